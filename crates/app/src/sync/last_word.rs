//! What a platform said for good about one envelope.

use domain::ids::Eid;
use protocol::{
    envelope::Envelope,
    receipt::{BatchAnswer, Outcome},
};

/// The answer's last word about an envelope as a stable name; `None` while it waits.
pub(crate) fn last_word(answer: &BatchAnswer, eid: Eid, envelope: &Envelope) -> Option<(&'static str, bool)> {
    let only = answer.items.first().filter(|_| answer.items.len() == 1)?;
    if only.eid.is_some_and(|named| named != eid) {
        return None;
    }
    let ours = only.digest == envelope.digest();
    Some(match only.outcome {
        Outcome::Received | Outcome::Replayed if ours => ("received", true),
        Outcome::Held if ours => ("held", true),
        Outcome::Received | Outcome::Replayed | Outcome::Held | Outcome::DigestConflict => ("digest_conflict", false),
        Outcome::StaleBase => ("stale_base", false),
        Outcome::Unreadable => ("unreadable", false),
        Outcome::WrongRealm => ("wrong_realm", false),
        Outcome::Retry | Outcome::Newer(_) => return None,
    })
}
