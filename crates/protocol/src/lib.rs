//! What leaves a device, byte for byte. Pure: no I/O, no clock; randomness is an argument.
//!
//! Everything is canonical CBOR (RFC 8949, deterministic encoding) with integer keys. A message is accepted only in
//! exactly the bytes that encoding it again would give, so that stored bytes are the signed bytes. What may be said by
//! newer programs, and what older ones do with it: ADR 23, [`version`], [`open`], `domain::ext`.

pub mod blanks;
pub mod board;
pub mod cbor;
pub mod changes;
pub mod citizen;
pub mod denial;
pub mod enrolment;
pub mod envelope;
pub mod healing;
pub mod keys;
pub mod master;
pub mod open;
pub mod receipt;
pub mod report;
pub mod sealed;
pub mod signed;
pub mod version;

/// What is wrong with bytes from outside. No personal data, no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// Longer than this kind of message can be.
    #[error("message is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not CBOR of the expected shape, or not in canonical form.
    #[error("message is malformed")]
    Malformed,
    /// Made by a newer program.
    #[error("version {version} is not known")]
    UnknownVersion {
        /// The version found.
        version: u32,
    },
    /// The signature does not fit the bytes and the key.
    #[error("signature is wrong")]
    BadSignature,
    /// Signed by a key that is not on the list.
    #[error("signing key is not known")]
    UnknownKey,
    /// The sealed part does not open with this key and header.
    #[error("sealed part does not open")]
    CannotOpen,
    /// A public or private key is not a valid one.
    #[error("key is invalid")]
    BadKey,
    /// An answer that belongs to another question.
    #[error("answer does not belong to this request")]
    Mismatch,
}

impl From<domain::ids::BadId> for ProtocolError {
    fn from(_: domain::ids::BadId) -> Self {
        Self::Malformed
    }
}

domain::coded! {
    ProtocolError {
        ProtocolError::TooLong { .. } => "too_long",
        ProtocolError::Malformed => "malformed",
        ProtocolError::UnknownVersion { .. } => "unknown_version",
        ProtocolError::BadSignature => "bad_signature",
        ProtocolError::UnknownKey => "unknown_key",
        ProtocolError::CannotOpen => "cannot_open",
        ProtocolError::BadKey => "bad_key",
        ProtocolError::Mismatch => "mismatch",
    }
}
