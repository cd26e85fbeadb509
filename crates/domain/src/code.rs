//! The code of a registration (ADR 8): made offline, one for life, short enough to read aloud.
//!
//! Twelve characters of Crockford's Base32 (`0-9 A-Z` without `I L O U`): two for the device group (10 bits), eight
//! random (40 bits), two check characters ([`check_characters`]). Written in groups of four: `7KQ2-M4XA-9RTW`.

use crate::{check_characters, ids::Realm};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// Digits of Crockford's Base32, as every code here is written.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LEN: usize = 12;
const DATA: usize = 10;

/// First device group that is not for real residents; codes of these groups begin with `Z`.
pub const FIRST_RESERVED_GROUP: u16 = 992;
/// Device group of developers' machines.
pub const DEVELOPMENT_GROUP: u16 = 1022;
/// Device group of practice.
pub const PRACTICE_GROUP: u16 = 1023;

/// A code: 10 bits of device group and 40 random bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "string"))]
pub struct Code(u64);

/// Text that is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// Not twelve characters.
    #[error("a code has 12 characters")]
    Length,
    /// A character that no code has.
    #[error("not a character of a code")]
    Character,
    /// The check characters do not fit: a typing error.
    #[error("the check characters do not fit")]
    Mistyped,
}

impl BadCode {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length => "code_length",
            Self::Character => "code_character",
            Self::Mistyped => "code_mistyped",
        }
    }
}

impl Code {
    /// From a device group (below 1024, else `None`) and 40 random bits.
    pub fn from_parts(group: u16, random: [u8; 5]) -> Option<Self> {
        let random = random.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        (group < 1024).then_some(Self(u64::from(group) << 40 | random))
    }

    /// From its 50 bits, as they travel; `None` when there are more.
    pub fn from_bits(bits: u64) -> Option<Self> {
        (bits < 1 << 50).then_some(Self(bits))
    }

    /// Its 50 bits.
    pub const fn bits(&self) -> u64 {
        self.0
    }

    /// Device group.
    pub const fn group(&self) -> u16 {
        (self.0 >> 40) as u16
    }

    fn symbols(&self) -> [u8; LEN] {
        let mut data = [0; DATA];
        for (i, symbol) in data.iter_mut().enumerate() {
            *symbol = (self.0 >> (5 * (DATA - 1 - i)) & 31) as u8;
        }
        let mut out = [0; LEN];
        out[..DATA].copy_from_slice(&data);
        out[DATA..].copy_from_slice(&check_characters::of_code(&data));
        out
    }
}

/// The world a code belongs to, by its device group.
pub const fn realm_of(code: Code) -> Realm {
    match code.group() {
        PRACTICE_GROUP => Realm::Practice,
        group if group >= FIRST_RESERVED_GROUP => Realm::Development,
        _ => Realm::Live,
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, symbol) in self.symbols().into_iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(symbol)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

impl FromStr for Code {
    type Err = BadCode;

    /// Reads what people write: any case, spaces and hyphens anywhere, `O` for `0`, `I` and `L` for `1`, `U` for `V`.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let mut symbols = [0u8; LEN];
        let mut len = 0;
        for character in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
            let upper = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                'U' => 'V',
                other => other,
            };
            let symbol = ALPHABET
                .iter()
                .position(|c| char::from(*c) == upper)
                .ok_or(BadCode::Character)?;
            *symbols.get_mut(len).ok_or(BadCode::Length)? = symbol as u8;
            len += 1;
        }
        if len != LEN {
            return Err(BadCode::Length);
        }
        let code = Self(
            symbols[..DATA]
                .iter()
                .fold(0, |bits, symbol| bits << 5 | u64::from(*symbol)),
        );
        if code.symbols() == symbols {
            Ok(code)
        } else {
            Err(BadCode::Mistyped)
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<C> minicbor::Encode<C> for Code {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u64(self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Code {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::from_bits(d.u64()?).ok_or_else(|| minicbor::decode::Error::message("not a code"))
    }
}
