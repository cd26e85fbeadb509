//! Communes of today and of before.
use serde::{Deserialize, Serialize};

/// Code of a commune-level unit of today, five digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommuneCode(pub u32);
impl std::fmt::Display for CommuneCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:05}", self.0)
    }
}
impl std::str::FromStr for CommuneCode {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "commune_unknown")
    }
}
/// A commune of today.
pub struct Commune {
    /// Code.
    pub code: CommuneCode,
    /// `Phường Hải Châu`.
    pub full_name: String,
}
/// Looks up a commune of today.
pub fn commune(code: CommuneCode) -> Option<&'static Commune> {
    let _ = code;
    None
}
