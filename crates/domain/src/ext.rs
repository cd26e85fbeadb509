//! Room for what newer programs will say (ADR 23). In every message and record that is a map, key 31 may hold a map of
//! *extensions*: number -> value. A program that does not know a number keeps the bytes, signs over them, gives them back
//! and does nothing else with them. An empty map is left out, so nothing changes where nothing is said.
//!
//! Values are plain CBOR in canonical form: integers, byte and text strings, arrays, maps (keys: integers or text), true,
//! false and null. No tags and no floating-point numbers, for which "canonical" has more than one reading.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// Most bytes of a map of extensions.
pub const MAX_BYTES: usize = 1024;
/// Most entries.
pub const MAX_ENTRIES: u64 = 16;
/// Deepest nesting of arrays and maps inside a value.
pub const MAX_DEPTH: u8 = 4;

/// What a newer program added, in the bytes in which it came. Equal when the bytes are.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Extensions(Vec<u8>);

/// Extensions that break a rule of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a map of extensions")]
pub struct BadExtensions;

impl Extensions {
    /// Nothing is said.
    pub const NONE: Self = Self(Vec::new());

    /// From numbers and the CBOR of their values, in any order; a number stands once.
    ///
    /// # Errors
    /// [`BadExtensions`] when a value is not canonical or there is too much of them.
    pub fn new(entries: impl IntoIterator<Item = (u64, Vec<u8>)>) -> Result<Self, BadExtensions> {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort();
        let mut encoder = Encoder::new(Vec::new());
        let written = encoder.map(entries.len() as u64).is_ok();
        let mut bytes = encoder.into_writer();
        for (number, value) in &entries {
            let mut key = Encoder::new(Vec::new());
            let _ = key.u64(*number);
            bytes.extend(key.into_writer());
            bytes.extend(value);
        }
        if entries.is_empty() || !written {
            return Ok(Self::NONE);
        }
        Self::of(&bytes).ok_or(BadExtensions)
    }

    /// The whole of `bytes` as extensions.
    fn of(bytes: &[u8]) -> Option<Self> {
        let read = Reader(bytes).extensions(0)? == bytes.len();
        (read && bytes.len() <= MAX_BYTES).then(|| Self(bytes.to_vec()))
    }

    /// True when nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The CBOR of the value under `number`.
    pub fn get(&self, number: u64) -> Option<&[u8]> {
        let mut d = Decoder::new(&self.0);
        for _ in 0..d.map().ok().flatten()? {
            let found = d.u64().ok()? == number;
            let from = d.position();
            let to = Reader(&self.0).item(from, MAX_DEPTH)?;
            if found {
                return self.0.get(from..to);
            }
            d.set_position(to);
        }
        None
    }
}

/// Numbers only would say nothing and values may be personal: a length has to do.
impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extensions({} bytes)", self.0.len())
    }
}

impl<C> Encode<C> for Extensions {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let bytes: &[u8] = if self.is_empty() { &[0xa0] } else { &self.0 };
        e.writer_mut().write_all(bytes).map_err(encode::Error::write)
    }

    fn is_nil(&self) -> bool {
        self.is_empty()
    }
}

impl<'b, C> Decode<'b, C> for Extensions {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bad = || decode::Error::message("not a map of extensions");
        let (input, from) = (d.input(), d.position());
        let to = Reader(input).extensions(from).ok_or_else(bad)?;
        d.set_position(to);
        Self::of(&input[from..to]).ok_or_else(bad)
    }

    fn nil() -> Option<Self> {
        Some(Self::NONE)
    }
}

impl Serialize for Extensions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hex = self.0.iter().map(|byte| format!("{byte:02x}"));
        serializer.serialize_str(&hex.collect::<String>())
    }
}

impl<'de> Deserialize<'de> for Extensions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> = digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        match bytes {
            Some(bytes) if bytes.is_empty() => Ok(Self::NONE),
            bytes => bytes
                .and_then(|bytes| Self::of(&bytes))
                .ok_or_else(|| D::Error::custom(BadExtensions)),
        }
    }
}

/// Where the canonical item at `at` ends; `None` when there is none, or it nests deeper than `depth`.
pub fn end_of_item(bytes: &[u8], at: usize, depth: u8) -> Option<usize> {
    Reader(bytes).item(at, depth)
}

/// Looks whether bytes are canonical, without making anything of them.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Major type, argument, and where the head ends; only the shortest form of a head is one.
    fn head(&self, at: usize) -> Option<(u8, u64, usize)> {
        let first = *self.0.get(at)?;
        let width = match first & 31 {
            short @ 0..24 => return Some((first >> 5, u64::from(short), at + 1)),
            width @ 24..=27 => 1usize << (width - 24),
            _ => return None,
        };
        let argument = self.0.get(at + 1..)?.get(..width)?;
        let value = argument.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let shorter = match width {
            1 => value < 24,
            width => value >> (4 * width) == 0,
        };
        (!shorter).then_some((first >> 5, value, at + 1 + width))
    }

    fn extensions(&self, at: usize) -> Option<usize> {
        match self.head(at)? {
            (5, entries @ 1..=MAX_ENTRIES, at) => self.entries(at, entries, MAX_DEPTH, |major| major == 0),
            _ => None,
        }
    }

    fn item(&self, at: usize, depth: u8) -> Option<usize> {
        let (major, value, content) = self.head(at)?;
        match major {
            0 | 1 => Some(content),
            2 | 3 => {
                let end = content.checked_add(usize::try_from(value).ok()?)?;
                let string = self.0.get(content..end)?;
                (major == 2 || std::str::from_utf8(string).is_ok()).then_some(end)
            }
            4 => (0..value).try_fold(content, |at, _| self.item(at, depth.checked_sub(1)?)),
            5 => self.entries(content, value, depth.checked_sub(1)?, |major| {
                matches!(major, 0 | 1 | 3)
            }),
            7 => (content == at + 1 && matches!(value, 20..=22)).then_some(content),
            _ => None,
        }
    }

    /// Entries whose keys rise bytewise.
    fn entries(&self, mut at: usize, count: u64, depth: u8, key: impl Fn(u8) -> bool) -> Option<usize> {
        let mut before: &[u8] = &[];
        for _ in 0..count {
            let value = self.item(at, 0)?;
            let this = self.0.get(at..value)?;
            if !key(this.first()? >> 5) || this <= before {
                return None;
            }
            before = this;
            at = self.item(value, depth)?;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits = text
            .split_whitespace()
            .map(|pair| u8::from_str_radix(pair, 16).unwrap());
        digits.collect()
    }

    #[test]
    fn what_is_canonical_and_small_is_kept_as_it_came() {
        let deep = "a1 01 81 81 81 81 01";
        for good in [
            "a1 00 00",
            "a1 1b ff ff ff ff ff ff ff ff 38 63",
            "a2 01 f4 02 f6",
            "a2 00 43 01 02 03 18 18 62 c3 a1",
            "a1 05 a3 01 02 20 f5 61 61 80",
            deep,
        ] {
            let bytes = hex(good);
            let read: Extensions = minicbor::decode(&bytes).unwrap();
            assert_eq!(minicbor::to_vec(&read).unwrap(), bytes, "{good}");
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(serde_json::from_str::<Extensions>(&json).unwrap(), read, "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let many: String = (0..17).fold("b1".to_owned(), |text, n| format!("{text} {n:02x} 00"));
        let long = format!("a1 00 59 03 fc{}", " 00".repeat(0x3fc));
        for (bad, why) in [
            ("a0", "an empty map is left out"),
            ("80", "not a map"),
            ("a1 20 00", "a negative key"),
            ("a1 61 61 00", "a text key"),
            ("a2 01 00 00 00", "keys fall"),
            ("a2 01 00 01 00", "a key twice"),
            ("a1 18 17 00", "a key in a longer form"),
            ("a1 00 18 05", "a value in a longer form"),
            ("a1 00 19 00 ff", "a value in a longer form"),
            ("a1 00 1b 00 00 00 00 ff ff ff ff", "a value in a longer form"),
            ("a1 00 5f ff", "an indefinite string"),
            ("a1 00 9f ff", "an indefinite array"),
            ("bf 00 00 ff", "an indefinite map"),
            ("a1 00 c0 00", "a tag"),
            ("a1 00 f9 3c 00", "a floating-point number"),
            ("a1 00 f7", "undefined"),
            ("a1 00 f8 ff", "another simple value"),
            ("a1 00 62 c3 28", "not UTF-8"),
            ("a1 00 a1 40 00", "a byte string as key"),
            ("a1 00 a1 80 00", "an array as key"),
            ("a1 00", "no value"),
            ("a1 00 5b ff ff ff ff ff ff ff ff", "a length beyond all memory"),
            ("a1 01 81 81 81 81 81 01", "too deep"),
            (&many, "too many entries"),
            (&long, "too long"),
        ] {
            assert!(minicbor::decode::<Extensions>(&hex(bad)).is_err(), "{bad}: {why}");
        }
        assert!(minicbor::decode::<Extensions>(&hex(&long[..long.len() - 3].replace("03 fc", "03 fb"))).is_ok());
    }

    #[test]
    fn entries_are_found_by_their_number() {
        let made = Extensions::new([(300, hex("61 61")), (2, hex("82 01 02")), (5, hex("f6"))]).unwrap();
        assert_eq!(
            minicbor::to_vec(&made).unwrap(),
            hex("a3 02 82 01 02 05 f6 19 01 2c 61 61")
        );
        assert_eq!(made.get(2), Some(&hex("82 01 02")[..]));
        assert_eq!(made.get(300), Some(&hex("61 61")[..]));
        assert_eq!((made.get(3), Extensions::NONE.get(0)), (None, None));
        assert_eq!(Extensions::new([]), Ok(Extensions::NONE));
        assert_eq!(Extensions::new([(1, hex("00")), (1, hex("01"))]), Err(BadExtensions));
        assert_eq!(Extensions::new([(1, hex("00 00"))]), Err(BadExtensions));
        assert_eq!(format!("{made:?}"), "Extensions(12 bytes)");
    }
}
