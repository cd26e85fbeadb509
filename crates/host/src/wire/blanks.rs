//! Pre-printed cards.

use domain::ids::Rid;
use serde::{Deserialize, Serialize};

/// A pre-printed card for a registration; one of text and picture is given.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindBlank {
    /// Registration.
    pub rid: Rid,
    /// Text of the blank's QR, from a scanner.
    pub text: Option<String>,
    /// A picture file's bytes, base64.
    pub picture: Option<String>,
}
