//! Names of persons.
use serde::{Deserialize, Serialize};

/// A name line as on the paper.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName(String);
impl PersonName {
    /// Parses.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(Self(text.to_owned()))
    }
    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
    /// `N.T.H`.
    pub fn initials(&self) -> String {
        String::new()
    }
}
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}
