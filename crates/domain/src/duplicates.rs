//! How a duplicate is found on the device: by the personal number, among everything this device ever registered, also what
//! has no content any more (the number is kept as a keyed hash). It warns and never refuses: whether it is the same person
//! is for people to say. What other devices registered only the platform knows ([`crate::verdict`]).

use crate::{ids::Rid, state::State};

/// Whether a registration of the same number is shown as one that may be the same person's: not the registration in hand
/// itself, and none that was withdrawn, because whoever took back may register anew.
pub fn warns(other: Rid, state: State, in_hand: Option<Rid>) -> bool {
    Some(other) != in_hand && state != State::Withdrawn
}
