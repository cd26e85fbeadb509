//! What an envelope's bytes say before the database is asked: whose they are, and whether they can be kept at all.

use domain::ids::{DeviceId, Digest, Eid, Realm, UnixTime};
use protocol::{
    ProtocolError,
    envelope::{Envelope, VERSION},
    keys::VerifyKey,
    receipt::{Item, Outcome},
};
use sha2::{Digest as _, Sha256};

/// Who sent, and to which world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender {
    pub(crate) device: DeviceId,
    pub(crate) signing: VerifyKey,
    pub(crate) realm: Realm,
}

/// What is known about an envelope before the database is asked.
pub(crate) enum Checked {
    Good(Box<Envelope>),
    /// Answered as it stands.
    Answered(Item),
}

/// Takes bytes apart and checks whose they are; nothing that fails here is stored.
pub(crate) fn check(sender: &Sender, bytes: &[u8], now: UnixTime) -> Checked {
    let refused = |eid: Option<Eid>, digest, outcome| {
        Checked::Answered(Item {
            eid,
            digest,
            outcome,
            number: 0,
            received_at: now,
        })
    };
    let envelope = match Envelope::from_bytes(bytes) {
        Ok(envelope) => envelope,
        Err(error) => {
            // What a newer program made is not wrong: it waits for a newer gateway.
            let later = matches!(error, ProtocolError::UnknownVersion { version } if version > VERSION);
            let outcome = if later { Outcome::Retry } else { Outcome::Unreadable };
            return refused(None, Digest(Sha256::digest(bytes).into()), outcome);
        }
    };
    let (header, digest) = (&envelope.header, envelope.digest());
    let countable = i64::try_from(header.seq).is_ok_and(|seq| seq < i64::MAX);
    if header.device != sender.device || !countable {
        return refused(Some(header.eid), digest, Outcome::Unreadable);
    }
    if header.realm != sender.realm {
        return refused(Some(header.eid), digest, Outcome::WrongRealm);
    }
    match envelope.verify(&sender.signing) {
        Ok(()) => Checked::Good(Box::new(envelope)),
        Err(_) => refused(Some(header.eid), digest, Outcome::Unreadable),
    }
}
