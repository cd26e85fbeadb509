//! Canonical CBOR in, canonical CBOR out.

use crate::ProtocolError;
use minicbor::{Decode, Encode};

/// Encodes a message. The derive writes maps in ascending key order, shortest integers and definite lengths.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("writing CBOR into memory cannot fail")
}

/// Decodes a whole message of at most `limit` bytes and refuses any form but the canonical one.
pub fn decode<T>(bytes: &[u8], limit: usize) -> Result<T, ProtocolError>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    if bytes.len() > limit {
        return Err(ProtocolError::TooLong { limit });
    }
    let value: T = minicbor::decode(bytes).map_err(|_| ProtocolError::Malformed)?;
    if encode(&value) != bytes {
        return Err(ProtocolError::Malformed);
    }
    Ok(value)
}

/// A byte string of any length.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Blob(pub Vec<u8>);

impl<C> Encode<C> for Blob {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Blob {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.bytes().map(|bytes| Self(bytes.to_vec()))
    }
}
