//! The QR on a resident's card: the code, signed by the device that issued it, verified offline by any ward office.
//! No name, no number, no address: whoever finds a card learns a code.
//!
//! Two forms, told apart by their first characters. Cards are printed in the newest; all that were ever printed stay
//! valid.
//!
//! | first characters | form |
//! |---|---|
//! | `TN1:` | [`tn1`]: Base45 of a CBOR map and an Ed25519 signature |
//! | `NCF` | [`claim169`]: MOSIP Claim 169 (a CWT in COSE_Sign1, zlib, Base45), which independent readers open |

mod claim169;
mod tn1;

use crate::{
    ProtocolError,
    changes::DeviceKey,
    keys::{SignSecret, Signature},
};
use domain::{
    code::Code,
    date::Day,
    ids::{DeviceId, Realm},
};
use minicbor::{Decode, Encode};

/// Longest text accepted.
pub const MAX_TEXT: usize = 400;

/// What the QR says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Citizen {
    /// The registration's code.
    #[n(0)]
    pub code: Code,
    /// Which world.
    #[n(1)]
    pub realm: Realm,
    /// Who signed.
    #[n(2)]
    pub device: DeviceId,
    /// Day of issue in Vietnam.
    #[n(3)]
    pub day: Day,
}

/// The answer of a check.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Signed by a device on the list.
    Valid,
    /// Signed by a device that is not on the list.
    UnknownSigner,
    /// Signed by a device that was revoked before the day of issue in Vietnam was over: the QR says the day and no hour,
    /// so a card of the very day is not believed, and every card of an earlier day is.
    Revoked,
    /// Signed by a device that was revoked after the day of issue. Whoever has its key can write any day, so nobody can
    /// tell without the platform whether the card was made before.
    RevokedSince,
    /// A practice card, or a developer's.
    #[serde(rename = "demo")]
    Practice,
    /// The signature does not fit, the text was altered, or its device cannot have issued it: a day before its enrolment, a
    /// code of another group.
    Forged,
}

/// A text that was taken apart; its signature is not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// What it says.
    pub citizen: Citizen,
    form: Form,
    signed: Vec<u8>,
    signature: Signature,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Tn1,
    Claim169,
}

/// True for a text that wants to be a citizen QR, whole or damaged.
pub fn looks_like(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(tn1::PREFIX) || (text.starts_with(claim169::PREFIX) && text.len() > claim169::SHORTEST)
}

impl Citizen {
    /// Signs and writes the text of the QR, in the newest form.
    pub fn to_text(&self, with: &SignSecret) -> String {
        claim169::write(self, with)
    }

    /// Signs and writes the first form. Nothing prints it any more; tests show that what was printed stays valid.
    pub fn to_text_of_version_1(&self, with: &SignSecret) -> String {
        tn1::write(self, with)
    }

    /// Checks a text against the device keys of the last contact. `realm` is the verifier's own world: a practice card
    /// is never valid in a live one.
    pub fn check(
        text: &str,
        realm: Realm,
        key_of: impl FnOnce(DeviceId) -> Option<DeviceKey>,
    ) -> (Standing, Option<Self>) {
        let Ok(printed) = Printed::read(text) else {
            return (Standing::Forged, None);
        };
        let key = key_of(printed.citizen.device);
        (printed.standing(realm, key.as_ref()), Some(printed.citizen))
    }
}

impl Printed {
    /// Takes a text apart without checking the signature. Only exactly what a device writes is read: one card has one
    /// text.
    ///
    /// # Errors
    /// `too_long`, `malformed`.
    pub fn read(text: &str) -> Result<Self, ProtocolError> {
        if text.len() > MAX_TEXT {
            return Err(ProtocolError::TooLong { limit: MAX_TEXT });
        }
        // Base45 never ends in a space: the last character of three is at most W, of two at most 5.
        let text = text.trim();
        match text.strip_prefix(tn1::PREFIX) {
            Some(rest) => tn1::read(rest),
            None => claim169::read(text),
        }
    }

    /// Judges it with the key the verifier knows of this device.
    pub fn standing(&self, realm: Realm, key: Option<&DeviceKey>) -> Standing {
        if self.citizen.realm != domain::code::realm_of(self.citizen.code) {
            return Standing::Forged;
        }
        let standing = match key {
            None => Standing::UnknownSigner,
            Some(key) if self.verify(key).is_err() => Standing::Forged,
            Some(DeviceKey {
                origin: Some(origin), ..
            }) if self.citizen.realm == realm
                && (self.citizen.day < origin.enrolled || self.citizen.code.group() != origin.group) =>
            {
                Standing::Forged
            }
            Some(DeviceKey {
                revoked_at: Some(at), ..
            }) => match *at < self.citizen.day.ended_at() {
                true => Standing::Revoked,
                false => Standing::RevokedSince,
            },
            Some(_) => Standing::Valid,
        };
        match standing {
            Standing::Valid | Standing::UnknownSigner | Standing::Revoked | Standing::RevokedSince
                if self.citizen.realm != realm =>
            {
                Standing::Practice
            }
            other => other,
        }
    }

    fn verify(&self, key: &DeviceKey) -> Result<(), ProtocolError> {
        match self.form {
            Form::Tn1 => key.key.verify(tn1::CONTEXT, &self.signed, &self.signature),
            Form::Claim169 => key.key.verify_bare(&self.signed, &self.signature),
        }
    }
}
