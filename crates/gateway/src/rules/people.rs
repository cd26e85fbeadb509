//! Who may stand behind a record: its operator and its witnesses are people of the team at the time of the capture.
//!
//! The operator is in the header, which the gateway reads: such a record is held. A witness is in the sealed body, which
//! the opener reads: a signature that nobody of the team witnessed is none.

use domain::{
    ids::{OperatorId, UnixTime},
    registration::{Consent, SignatureManner},
};
use protocol::envelope::Capture;

/// When a record was made, for a device whose clock may be wrong: not before the last server time it had seen, not
/// after its arrival.
pub(crate) fn captured_at(capture: &Capture, received_at: UnixTime) -> UnixTime {
    capture.at().min(received_at)
}

/// True when one of these people made the record.
pub(crate) fn is_of_team(operator: OperatorId, people: &[OperatorId]) -> bool {
    people.contains(&operator)
}

/// True when every witness is one of these people.
pub(crate) fn witnesses_are_of_team(consent: &Consent, people: &[OperatorId]) -> bool {
    consent.signatures.iter().all(|signature| match signature.manner {
        SignatureManner::Witness(witness) => people.contains(&witness),
        _ => true,
    })
}
