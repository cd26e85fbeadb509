//! A message with one signature over its exact bytes.

use crate::{
    ProtocolError,
    cbor::{self, Blob},
    keys::{KeyId, SignSecret, Signature, VerifyKey},
};
use minicbor::{Decode, Encode};

/// A message that says for which purpose it is signed.
pub trait Message: Encode<()> + for<'b> Decode<'b, ()> {
    /// Separates purposes: `tungnha/1/...`.
    const CONTEXT: &'static str;
    /// Most bytes the message can have.
    const LIMIT: usize;
}

/// Payload bytes, the name of the key, the signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
    #[n(0)]
    payload: Blob,
    #[n(1)]
    key: KeyId,
    #[n(2)]
    signature: Signature,
}

impl Signed {
    /// Encodes and signs a message; the result is what travels and what is kept.
    pub fn make<M: Message>(message: &M, with: &SignSecret) -> Vec<u8> {
        let payload = cbor::encode(message);
        let signature = with.sign(M::CONTEXT, &payload);
        cbor::encode(&Signed {
            payload: Blob(payload),
            key: with.public().id(),
            signature,
        })
    }

    /// Verifies with one of `keys` and decodes.
    pub fn verify<M: Message>(bytes: &[u8], keys: &[VerifyKey]) -> Result<M, ProtocolError> {
        let signed: Signed = cbor::decode(bytes, M::LIMIT + 128)?;
        let key = keys
            .iter()
            .find(|key| key.id() == signed.key)
            .ok_or(ProtocolError::UnknownKey)?;
        key.verify(M::CONTEXT, &signed.payload.0, &signed.signature)?;
        cbor::decode(&signed.payload.0, M::LIMIT)
    }

    /// Decodes a message whose key stands inside it (a request that proves possession), then verifies with that key.
    pub fn verify_self<M: Message>(bytes: &[u8], key: impl Fn(&M) -> VerifyKey) -> Result<M, ProtocolError> {
        let signed: Signed = cbor::decode(bytes, M::LIMIT + 128)?;
        let message: M = cbor::decode(&signed.payload.0, M::LIMIT)?;
        let key = key(&message);
        if key.id() != signed.key {
            return Err(ProtocolError::BadSignature);
        }
        key.verify(M::CONTEXT, &signed.payload.0, &signed.signature)?;
        Ok(message)
    }
}
