//! What travels about pre-printed cards. A part of [`super::types`].

use domain::{ids::Rid, pool::CardNumber};
use serde::{Deserialize, Serialize};

/// A pre-printed card for a registration; one of text and picture is given.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindCard {
    /// Registration.
    pub rid: Rid,
    /// Text of the card's QR, from a scanner.
    pub text: Option<String>,
    /// A picture file's bytes, base64.
    pub picture: Option<String>,
}

/// A blank practice card.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PracticeCard {
    /// Number.
    pub number: CardNumber,
    /// Text of its QR.
    pub qr: String,
    /// The practice platform will say that another tablet bound it before.
    pub copied: bool,
}

/// The account of a team's pre-printed cards: the four states add up to `made`.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardPool {
    /// Team.
    pub team: String,
    /// Ever made.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub made: u64,
    /// Not handed out yet.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub blank: u64,
    /// Handed to a resident.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bound: u64,
    /// Used up.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub spoiled: u64,
    /// Called void.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub void: u64,
    /// Bindings that did not hold: copies, cards of others, void ones.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub refused: u64,
    /// The account adds up.
    pub adds_up: bool,
}
