//! Lists and the board.

use domain::state::State;
use serde::{Deserialize, Serialize};

/// A page of a list.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Only these states; empty means all but drafts.
    pub states: Vec<State>,
    /// How many to skip.
    pub offset: u32,
    /// How many to give, at most 200.
    pub limit: u32,
}

/// What was typed.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Text.
    pub text: String,
    /// At most so many.
    pub limit: u32,
}

/// A commune.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByCommune {
    /// Five digits.
    pub commune: String,
}
