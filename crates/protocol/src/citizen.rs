//! The QR on a resident's card: the code, signed by the device that issued it, verified offline by any ward office.
//!
//! Text: `TN1:` and Base45 (RFC 9285) of payload || signature (64 bytes); payload is a canonical CBOR map. The number
//! after `TN` is the version; cards already printed stay valid when a later version comes. No name, no number, no
//! address: whoever finds a card learns a code.

use crate::{
    ProtocolError, cbor,
    changes::DeviceKey,
    keys::{SignSecret, Signature},
};
use domain::{
    code::Code,
    ids::{DeviceId, Realm, UnixTime},
};
use minicbor::{Decode, Encode};

const PREFIX: &str = "TN1:";
const CONTEXT: &str = "tungnha/1/citizen";
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
    /// Day of issue, days since 1970-01-01.
    #[n(3)]
    pub day: u32,
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
    /// Signed by a device that was revoked before the day of issue.
    Revoked,
    /// A practice card, or a developer's.
    Demo,
    /// The signature does not fit, or the text was altered.
    Forged,
}

impl Citizen {
    /// Signs and writes the text of the QR.
    pub fn to_text(&self, with: &SignSecret) -> String {
        let payload = cbor::encode(self);
        let signature = with.sign(CONTEXT, &payload);
        format!("{PREFIX}{}", base45::encode([&payload[..], &signature.0].concat()))
    }

    /// Reads the text without checking the signature.
    pub fn read(text: &str) -> Result<(Self, Vec<u8>, Signature), ProtocolError> {
        if text.len() > MAX_TEXT {
            return Err(ProtocolError::TooLong { limit: MAX_TEXT });
        }
        let text = text.trim().strip_prefix(PREFIX).ok_or(ProtocolError::Malformed)?;
        let bytes = base45::decode(text).map_err(|_| ProtocolError::Malformed)?;
        let split = bytes.len().checked_sub(64).ok_or(ProtocolError::Malformed)?;
        let (payload, signature) = bytes.split_at(split);
        Ok((
            cbor::decode(payload, MAX_TEXT)?,
            payload.to_vec(),
            Signature::try_from(signature)?,
        ))
    }

    /// Checks a text against the list of device keys from the last contact. `realm` is the verifier's own world:
    /// a practice card is never valid in a live one.
    pub fn check(text: &str, realm: Realm, keys: &[DeviceKey]) -> (Standing, Option<Self>) {
        let Ok((citizen, payload, signature)) = Self::read(text) else {
            return (Standing::Forged, None);
        };
        if citizen.realm != domain::code::realm_of(citizen.code) {
            return (Standing::Forged, Some(citizen));
        }
        let standing = match keys.iter().find(|key| key.device == citizen.device) {
            None => Standing::UnknownSigner,
            Some(key) if key.key.verify(CONTEXT, &payload, &signature).is_err() => Standing::Forged,
            Some(DeviceKey {
                revoked_at: Some(at), ..
            }) if revoked_before(*at, citizen.day) => Standing::Revoked,
            Some(_) => Standing::Valid,
        };
        match standing {
            Standing::Valid | Standing::UnknownSigner | Standing::Revoked if citizen.realm != realm => {
                (Standing::Demo, Some(citizen))
            }
            other => (other, Some(citizen)),
        }
    }
}

fn revoked_before(at: UnixTime, day: u32) -> bool {
    i64::from(day) * 86_400 + 86_399 >= at
}
