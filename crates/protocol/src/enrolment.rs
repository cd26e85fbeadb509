//! How a device comes to know the platform, and the platform the device.

use crate::{
    ProtocolError,
    cbor::Blob,
    keys::{RootHash, SealKey, VerifyKey},
    signed::Message,
};
use domain::{
    ext::Extensions,
    ids::{DeviceId, OperatorId, Realm, UnixTime},
    place::CommuneCode,
};
use minicbor::{Decode, Encode};
use std::{fmt, str::FromStr};

/// A one-time invitation as text: `TNI1:` and Base45 (RFC 9285) of code (10 bytes) and root hash (16 bytes).
/// Base45 keeps a QR of it in alphanumeric mode. In a QR the gateway's URL may follow after a space.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// 80 random bits, good for one device within 15 minutes.
    pub code: [u8; 10],
    /// First 16 bytes of the SHA-256 of the platform's root key.
    pub root: RootHash,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation(root {})", self.root)
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TNI1:{}", base45::encode([&self.code[..], &self.root.0].concat()))
    }
}

impl FromStr for Invitation {
    type Err = ProtocolError;
    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        let text = text.trim().strip_prefix("TNI1:").ok_or(ProtocolError::Malformed)?;
        if text.len() > 64 {
            return Err(ProtocolError::Malformed);
        }
        let bytes = base45::decode(text).map_err(|_| ProtocolError::Malformed)?;
        let (code, root) = bytes.split_at_checked(10).ok_or(ProtocolError::Malformed)?;
        let code = code.try_into().map_err(|_| ProtocolError::Malformed)?;
        Ok(Self {
            code,
            root: RootHash::try_from(root)?,
        })
    }
}

/// What the root vouches for (`GET /v1/trust`), signed by the root key that stands inside.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Trust {
    /// Ed25519 root key.
    #[n(0)]
    pub root: VerifyKey,
    /// Rises with every change; a device never goes back.
    #[n(1)]
    pub serial: u64,
    /// The platform's world.
    #[n(2)]
    pub realm: Realm,
    /// CA certificates (X.509 DER): the one in use and a backup.
    #[n(3)]
    pub authorities: Vec<Blob>,
    /// Keys that sign receipts, changes pages and every other answer.
    #[n(4)]
    pub platform: Vec<VerifyKey>,
    /// Keys to which bodies are sealed, the preferred one first.
    #[n(5)]
    pub openers: Vec<SealKey>,
    /// When it was signed.
    #[n(6)]
    pub issued_at: UnixTime,
    /// Keys that sign blank cards, older ones too, for printed cards outlive them; absent from platforms without pools.
    #[n(7)]
    pub blanks: Option<Vec<VerifyKey>>,
    /// Extension 1: where the platform is reached ([`Trust::addresses`]).
    #[n(31)]
    pub ext: Extensions,
}

/// Number of the extension that names addresses.
const ADDRESSES: u64 = 1;
/// Most addresses and longest one, in bytes.
const MOST_ADDRESSES: usize = 4;
const LONGEST_ADDRESS: usize = 200;

impl Message for Trust {
    const CONTEXT: &'static str = "tungnha/1/trust";
    const LIMIT: usize = 16 * 1024;
}

impl Trust {
    /// Keys that sign blank cards.
    pub fn blank_keys(&self) -> &[VerifyKey] {
        self.blanks.as_deref().unwrap_or_default()
    }

    /// Where the platform is reached, the preferred address first; empty where it never said so. What no address can be
    /// is left out.
    pub fn addresses(&self) -> Vec<String> {
        let said = self.ext.get(ADDRESSES);
        let mut said: Vec<String> = said.and_then(|bytes| minicbor::decode(bytes).ok()).unwrap_or_default();
        said.retain(|address| address.len() <= LONGEST_ADDRESS);
        said.truncate(MOST_ADDRESSES);
        said
    }

    /// Says where the platform is reached; nothing else of the extensions stays.
    ///
    /// # Errors
    /// `Malformed` for more than 4 addresses, or one longer than 200 bytes.
    pub fn set_addresses(&mut self, addresses: &[String]) -> Result<(), ProtocolError> {
        if addresses.len() > MOST_ADDRESSES || addresses.iter().any(|address| address.len() > LONGEST_ADDRESS) {
            return Err(ProtocolError::Malformed);
        }
        let entry = (!addresses.is_empty()).then(|| (ADDRESSES, crate::cbor::encode(&addresses.to_vec())));
        self.ext = Extensions::new(entry).map_err(|_| ProtocolError::Malformed)?;
        Ok(())
    }

    /// Verifies a trust message against the hash an invitation carried.
    pub fn verify_first(bytes: &[u8], root: &RootHash) -> Result<Self, ProtocolError> {
        let trust = crate::signed::Signed::verify_self(bytes, |trust: &Self| trust.root)?;
        if trust.root.root_hash() != *root {
            return Err(ProtocolError::UnknownKey);
        }
        Ok(trust)
    }

    /// Reads a trust message that this device verified before and kept in its encrypted store.
    pub fn read(bytes: &[u8]) -> Result<Self, ProtocolError> {
        crate::signed::Signed::verify_self(bytes, |trust: &Self| trust.root)
    }

    /// Verifies a later trust message against the known root.
    pub fn verify_next(&self, bytes: &[u8]) -> Result<Self, ProtocolError> {
        let next: Self = crate::signed::Signed::verify(bytes, &[self.root])?;
        if next.serial < self.serial || next.root != self.root || next.realm != self.realm {
            return Err(ProtocolError::Mismatch);
        }
        Ok(next)
    }
}

/// `POST /v1/devices`, signed by the device's own signing key. Repeating it with the same keys gives the same answer.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceRequest {
    /// The invitation's code.
    #[n(0)]
    pub code: Blob,
    /// Ed25519 key that signs envelopes and citizen QRs.
    #[n(1)]
    pub signing: VerifyKey,
    /// X25519 key to which verdicts are sealed.
    #[n(2)]
    pub sealing: SealKey,
    /// Ed25519 key that only asks for tokens: readable while the device is locked.
    #[n(3)]
    pub transport: VerifyKey,
    /// Version of the program.
    #[n(4)]
    pub program: String,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl fmt::Debug for DeviceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceRequest({})", self.signing.id())
    }
}

impl Message for DeviceRequest {
    const CONTEXT: &'static str = "tungnha/1/device";
    const LIMIT: usize = 2048;
}

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Registers residents.
    #[n(0)]
    Volunteer,
    /// Sees the board of its communes too.
    #[n(1)]
    Coordinator,
}

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Operator {
    /// Number.
    #[n(0)]
    pub id: OperatorId,
    /// Name as shown on the sign-in screen.
    #[n(1)]
    pub name: String,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// The answer to [`DeviceRequest`] (signed by a platform key).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceAnswer {
    /// Key the answer is for.
    #[n(0)]
    pub signing: VerifyKey,
    /// The device's number.
    #[n(1)]
    pub device: DeviceId,
    /// Device group of its codes, 10 bits.
    #[n(2)]
    pub group: u16,
    /// World.
    #[n(3)]
    pub realm: Realm,
    /// What it is for.
    #[n(4)]
    pub role: Role,
    /// Team name.
    #[n(5)]
    pub team: String,
    /// Communes it works in.
    #[n(6)]
    pub communes: Vec<CommuneCode>,
    /// People of the team.
    #[n(7)]
    pub operators: Vec<Operator>,
    /// The server's time.
    #[n(8)]
    pub time: UnixTime,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for DeviceAnswer {
    const CONTEXT: &'static str = "tungnha/1/device-answer";
    const LIMIT: usize = 64 * 1024;
}

/// `POST /v1/token`, signed by the transport key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenRequest {
    /// Device.
    #[n(0)]
    pub device: DeviceId,
    /// Used once.
    #[n(1)]
    pub nonce: Blob,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for TokenRequest {
    const CONTEXT: &'static str = "tungnha/1/token";
    const LIMIT: usize = 2048;
}

/// A bearer token.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TokenAnswer {
    /// The nonce of the request.
    #[n(0)]
    pub nonce: Blob,
    /// Goes into `Authorization: Bearer`, hexadecimal.
    #[n(1)]
    pub token: String,
    /// Seconds it is good for.
    #[n(2)]
    pub lifetime: u32,
    /// The server's time.
    #[n(3)]
    pub time: UnixTime,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenAnswer(<redacted>, {} s)", self.lifetime)
    }
}

impl Message for TokenAnswer {
    const CONTEXT: &'static str = "tungnha/1/token-answer";
    const LIMIT: usize = 2048;
}
