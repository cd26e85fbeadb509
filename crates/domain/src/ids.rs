//! Identifiers that travel. All are opaque bytes; as text they are lower-case hexadecimal.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::str::FromStr;

/// Text that is not the hexadecimal form of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {expected} hexadecimal digits")]
pub struct BadId {
    /// Number of hexadecimal digits the identifier has.
    pub expected: usize,
}

/// Reads lower-case hexadecimal of exactly `N` bytes.
fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], BadId> {
    let bad = BadId { expected: N * 2 };
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return Err(bad);
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = [0; N];
    for (slot, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *slot = digit(pair[0]).ok_or(bad)? << 4 | digit(pair[1]).ok_or(bad)?;
    }
    Ok(out)
}

/// A type of so many opaque bytes: a byte string in CBOR, lower-case hexadecimal where it is shown. Whoever uses it needs
/// `minicbor`.
#[macro_export]
macro_rules! bytes_newtype {
    ($(#[$meta:meta])* $name:ident, $len:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(d.bytes()?).map_err(|_| minicbor::decode::Error::message("wrong length"))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = $crate::ids::BadId;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| $crate::ids::BadId { expected: $len * 2 })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

/// [`bytes_newtype`] with a text form.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        bytes_newtype!(
            $(#[$doc])*
            #[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "string"))]
            $name, $len
        );

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                from_hex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

id!(/// The random name of one life of a gateway: from a start to the next.
    Instance, 16);
id!(/// One envelope: 16 random bytes made on the device. Clocks lie, so nothing in it is a time.
    Eid, 16);
id!(/// One registration, stable through all its revisions: 16 random bytes made on the device.
    Rid, 16);
id!(/// One household on one device: 16 random bytes.
    HouseholdId, 16);
id!(/// SHA-256 of what the device signed of an envelope.
    Digest, 32);
id!(/// The first 16 bytes of a [`Digest`], as the header links to other envelopes.
    Link, 16);

impl Digest {
    /// The short form that a later header carries in `prev` and `base`.
    pub fn link(&self) -> Link {
        let mut out = [0; 16];
        out.copy_from_slice(&self.0[..16]);
        Link(out)
    }
}

/// Which world a record belongs to. Worlds never mix: each has its own folder, keys and codes.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    minicbor::Encode,
    minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Realm {
    /// Real residents.
    #[n(0)]
    Live,
    /// Practice: refused by every gateway of another realm.
    #[n(1)]
    #[serde(rename = "demo")]
    Practice,
    /// Developers' machines.
    #[n(2)]
    Development,
}

/// A device's number, given by the gateway at enrolment.
pub type DeviceId = u32;
/// A volunteer's number, given by the gateway.
pub type OperatorId = u32;
/// Seconds since 1970-01-01T00:00:00Z.
pub type UnixTime = i64;
