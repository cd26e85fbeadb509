//! The 12-digit personal identification number (FACTS: PIN).
use serde::{Deserialize, Serialize};

/// `PPP G YY NNNNNN`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin(String);
impl Pin {
    /// Parses.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(Self(text.to_owned()))
    }
    /// The digits.
    pub fn expose(&self) -> &str {
        &self.0
    }
    /// Sex by the fourth digit.
    pub fn sex(&self) -> crate::registration::Sex {
        crate::registration::Sex::Male
    }
    /// Birth year by digits 4 to 6.
    pub fn birth_year(&self) -> u16 {
        0
    }
    /// Place of birth registration, if the code is one of the 63.
    pub fn province(&self) -> Option<&'static str> {
        None
    }
}
impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}
