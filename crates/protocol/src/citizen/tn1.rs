//! The first form: `TN1:` and Base45 (RFC 9285) of payload || signature (64 bytes); payload is a canonical CBOR map.

use super::{Citizen, Form, MAX_TEXT, Printed};
use crate::{
    ProtocolError, cbor,
    keys::{SignSecret, Signature},
};

pub(super) const PREFIX: &str = "TN1:";
pub(super) const CONTEXT: &str = "tungnha/1/citizen";

pub(super) fn write(citizen: &Citizen, with: &SignSecret) -> String {
    let payload = cbor::encode(citizen);
    let signature = with.sign(CONTEXT, &payload);
    format!("{PREFIX}{}", base45::encode([&payload[..], &signature.0].concat()))
}

pub(super) fn read(text: &str) -> Result<Printed, ProtocolError> {
    let bytes = base45::decode(text).map_err(|_| ProtocolError::Malformed)?;
    let split = bytes.len().checked_sub(64).ok_or(ProtocolError::Malformed)?;
    let (payload, signature) = bytes.split_at(split);
    Ok(Printed {
        citizen: cbor::decode(payload, MAX_TEXT)?,
        form: Form::Tn1,
        signed: payload.to_vec(),
        signature: Signature::try_from(signature)?,
    })
}
