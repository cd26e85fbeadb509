//! How long plaintext stays on a device: of a saved registration, and of a form that was never finished. Strokes of a
//! signature leave with the save ([`crate::registration::Registration::without_strokes`]).

use crate::state::State;

/// How long plaintext stays after a final verdict: 72 hours (ADR 6).
pub const AFTER_VERDICT: i64 = 72 * 3600;
/// How long plaintext stays after a verified receipt without a verdict: 7 days.
pub const AFTER_RECEIPT: i64 = 7 * 24 * 3600;

/// How long plaintext stays for a correction that nobody makes: 30 days after the refusal came to this device. Then the
/// task stays and the card is scanned anew.
pub const AFTER_REFUSAL: i64 = 30 * 24 * 3600;

/// How long an unfinished form stays that nobody touches at most: a shift, which a setting of the city may make shorter
/// ([`crate::master::Settings`]). Then its content goes and the count stays.
pub const DRAFT: i64 = 24 * 3600;

/// When the plaintext of a registration must be gone, if it can go at all. Nothing unsent is ever purged. `wanted_since`
/// is since when a person is to correct it here, or when its content came back for that.
pub fn purge_at(
    state: State,
    received_at: Option<i64>,
    decided_at: Option<i64>,
    wanted_since: Option<i64>,
) -> Option<i64> {
    match (state, wanted_since) {
        (State::Refused | State::PossibleDuplicate, Some(since)) => Some(since.saturating_add(AFTER_REFUSAL)),
        _ => purge_unwanted_at(state, received_at, decided_at),
    }
}

fn purge_unwanted_at(state: State, received_at: Option<i64>, decided_at: Option<i64>) -> Option<i64> {
    match state {
        State::Accepted => decided_at.map(|at| at.saturating_add(AFTER_VERDICT)),
        // A verdict without a receipt proves the same thing: without it, what was decided early would stay for ever.
        State::Received | State::PossibleDuplicate | State::Refused => {
            received_at.or(decided_at).map(|at| at.saturating_add(AFTER_RECEIPT))
        }
        State::Draft | State::Queued | State::Quarantined | State::Withdrawn | State::Discarded => None,
    }
}

/// How long after a verdict another word of the platform must have come before the sealed body may go: a day, so that a
/// platform restored from yesterday's backup can still be sent what it forgot.
pub const CONFIRMED_AFTER: i64 = 24 * 3600;

/// Whether the sealed bodies of a registration may go with its plaintext: decided, and heard of the platform (`contact`, its
/// signed time) a day or more after that. The device cannot read them; they are what a platform that forgot is healed with.
pub fn sealed_may_go(state: State, decided_at: Option<i64>, contact: Option<i64>) -> bool {
    match state {
        State::Withdrawn => true,
        State::Accepted | State::PossibleDuplicate | State::Refused => decided_at
            .zip(contact)
            .is_some_and(|(decided, contact)| contact >= decided.saturating_add(CONFIRMED_AFTER)),
        State::Draft | State::Queued | State::Received | State::Quarantined | State::Discarded => false,
    }
}
