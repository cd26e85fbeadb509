//! The envelope: a finished registration, correction or withdrawal, frozen for ever.
//!
//! Bytes: CBOR array of header (byte string), sealed body (byte string) and signature (64 bytes). The signature is
//! over header and SHA-256 of the sealed body, so that an erased body leaves a provable header.

use crate::{
    ProtocolError,
    cbor::{self, Blob},
    keys::{KeyId, SealKey, SealSecret, SignSecret, Signature, VerifyKey},
    sealed,
};
use domain::{
    clock::Clock,
    code::Code,
    ext::Extensions,
    ids::{DeviceId, Digest, Eid, Link, OperatorId, Realm, Rid, UnixTime},
    place::CommuneCode,
    registration::Registration,
};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

/// The version this program writes.
pub const VERSION: u32 = 1;
/// Most bytes of one envelope.
pub const MAX_BYTES: usize = 16 * 1024;
const CONTEXT: &str = "tungnha/1/envelope";
const INFO: &str = "tungnha/1/body";

/// What an envelope says about its registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// The first revision.
    #[n(0)]
    Registration,
    /// A later revision.
    #[n(1)]
    Correction,
    /// The resident withdrew; the body is empty but for the reason's absence.
    #[n(2)]
    Withdrawal,
}

impl Kind {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Registration => "registration",
            Kind::Correction => "correction",
            Kind::Withdrawal => "withdrawal",
        }
    }
}

/// When a record was captured, with what helps to judge a wrong clock. Nothing is ordered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Capture {
    /// The device's wall clock, seconds since 1970 UTC.
    #[n(0)]
    pub wall: UnixTime,
    /// Seconds on the monotonic clock since boot.
    #[n(1)]
    pub monotonic: u64,
    /// First 4 bytes of the boot id.
    #[n(2)]
    pub boot: u32,
    /// The last time signed by the server that the device had seen, if any.
    #[n(3)]
    pub server_floor: Option<UnixTime>,
}

impl Capture {
    /// When it was captured as far as anybody can know, by the one rule for every clock: not before the last server time the
    /// device had seen, nor by a machine that ran ahead of it by years.
    pub fn at(&self) -> UnixTime {
        let clock = Clock {
            machine: self.wall,
            server: self.server_floor,
            built: UnixTime::MIN,
        };
        clock.now()
    }
}

/// What the gateway may read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Header {
    /// Format of header and body.
    #[n(0)]
    pub version: u32,
    /// This envelope.
    #[n(1)]
    pub eid: Eid,
    /// The registration.
    #[n(2)]
    pub rid: Rid,
    /// The revision this one corrects or withdraws.
    #[n(3)]
    pub base: Option<Link>,
    /// Device.
    #[n(4)]
    pub device: DeviceId,
    /// Life of the device's sequence; a new one begins after a restore.
    #[n(5)]
    pub epoch: u32,
    /// Gap-free number within the epoch, from 1.
    #[n(6)]
    pub seq: u64,
    /// The device's previous envelope in this epoch.
    #[n(7)]
    pub prev: Option<Link>,
    /// Who registered.
    #[n(8)]
    pub operator: OperatorId,
    /// Which world.
    #[n(9)]
    pub realm: Realm,
    /// To which opener key the body is sealed.
    #[n(10)]
    pub opener: KeyId,
    /// What this envelope says.
    #[n(11)]
    pub kind: Kind,
    /// Clocks.
    #[n(12)]
    pub captured: Capture,
    /// Commune of residence: decides which ward sees the counts.
    #[n(13)]
    pub commune: CommuneCode,
    /// Version of the notice shown.
    #[n(14)]
    pub notice: u16,
    /// The registration's code, so that the gateway can check that it is the only one.
    #[n(15)]
    pub code: Code,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// The body: what only the opener reads.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    /// A registration or its correction.
    #[n(0)]
    Registration(#[n(0)] Box<Registration>),
    /// A withdrawal carries nothing.
    #[n(1)]
    Withdrawal,
}

#[derive(Encode, Decode)]
struct Wire {
    #[n(0)]
    header: Blob,
    #[n(1)]
    sealed: Blob,
    #[n(2)]
    signature: Signature,
}

/// An envelope whose parts were taken apart but whose signature was not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The header.
    pub header: Header,
    header_bytes: Vec<u8>,
    sealed: Vec<u8>,
    signature: Signature,
}

impl Envelope {
    /// Seals and signs. The result never changes again.
    pub fn make(
        header: Header,
        body: &Body,
        opener: &SealKey,
        signer: &SignSecret,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, ProtocolError> {
        let header_bytes = cbor::encode(&header);
        let sealed = sealed::seal(opener, INFO, &header_bytes, &cbor::encode(body), rng)?;
        let mut envelope = Self {
            header,
            header_bytes,
            sealed,
            signature: Signature([0; 64]),
        };
        envelope.signature = signer.sign(CONTEXT, &envelope.signed_bytes());
        match envelope.to_bytes().len() {
            len if len > MAX_BYTES => Err(ProtocolError::TooLong { limit: MAX_BYTES }),
            _ => Ok(envelope),
        }
    }

    /// Takes bytes apart. A signature is checked by [`Envelope::verify`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProtocolError> {
        let wire: Wire = cbor::decode(bytes, MAX_BYTES)?;
        let version = peek_version(&wire.header.0)?;
        if version != VERSION {
            return Err(ProtocolError::UnknownVersion { version });
        }
        let header: Header = cbor::decode(&wire.header.0, MAX_BYTES)?;
        Ok(Self {
            header,
            header_bytes: wire.header.0,
            sealed: wire.sealed.0,
            signature: wire.signature,
        })
    }

    /// The bytes that travel.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&Wire {
            header: Blob(self.header_bytes.clone()),
            sealed: Blob(self.sealed.clone()),
            signature: self.signature,
        })
    }

    fn signed_bytes(&self) -> Vec<u8> {
        signed_bytes(&self.header_bytes, &Sha256::digest(&self.sealed).into())
    }

    /// SHA-256 of what the device signed: one value for header and body, still computable when the body is erased.
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.signed_bytes()).into())
    }

    /// The header's exact bytes.
    pub fn header_bytes(&self) -> &[u8] {
        &self.header_bytes
    }

    /// The sealed body.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// SHA-256 of the sealed body, kept when the body is erased.
    pub fn body_hash(&self) -> Digest {
        Digest(Sha256::digest(&self.sealed).into())
    }

    /// The device's signature.
    pub fn signature(&self) -> Signature {
        self.signature
    }

    /// Verifies the device's signature.
    pub fn verify(&self, key: &VerifyKey) -> Result<(), ProtocolError> {
        key.verify(CONTEXT, &self.signed_bytes(), &self.signature)
    }

    /// Opens the body; only the opener can.
    pub fn open(&self, with: &SealSecret) -> Result<Body, ProtocolError> {
        cbor::decode(&sealed::open(with, INFO, &self.header_bytes, &self.sealed)?, MAX_BYTES)
    }
}

fn signed_bytes(header: &[u8], body_hash: &[u8; 32]) -> Vec<u8> {
    [header, body_hash].concat()
}

/// Verifies a header whose body was erased: header bytes, hash of the sealed body, signature.
pub fn verify_header(
    header: &[u8],
    body_hash: &Digest,
    signature: &Signature,
    key: &VerifyKey,
) -> Result<Header, ProtocolError> {
    key.verify(CONTEXT, &signed_bytes(header, &body_hash.0), signature)?;
    cbor::decode(header, MAX_BYTES)
}

fn peek_version(header: &[u8]) -> Result<u32, ProtocolError> {
    let mut decoder = minicbor::Decoder::new(header);
    let malformed = |_| ProtocolError::Malformed;
    decoder.map().map_err(malformed)?;
    match decoder.u32().map_err(malformed)? {
        0 => decoder.u32().map_err(malformed),
        _ => Err(ProtocolError::Malformed),
    }
}
