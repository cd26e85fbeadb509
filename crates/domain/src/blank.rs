//! Pools of blanks (pre-printed cards) (ADR 20): the number on a blank, and what may become of it.
//!
//! A blank number is `P` and ten digits, `P1234-5678-90`: the world and serial (eight digits), two check digits. It is told
//! from a registration's code by the letter in front, by having digits only and by its length; no parser takes the one
//! for the other. The check digits: [`check_characters`].

use crate::{check_characters, code::Code, ids::Realm};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// Digits of the serial; the first says which world.
const SERIAL_DIGITS: usize = 8;
const DIGITS: usize = SERIAL_DIGITS + 2;
const END: u32 = 100_000_000;
const DEVELOPMENT: u32 = 80_000_000;
const PRACTICE: u32 = 90_000_000;

/// The number of a pre-printed card, without its check digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "string"))]
pub struct BlankNumber(u32);

/// Text that is not a blank number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBlankNumber {
    /// Does not begin with `P`, or has not ten digits after it.
    #[error("a card number is P and ten digits")]
    Form,
    /// The check digits do not fit: a typing error.
    #[error("the check digits do not fit")]
    Mistyped,
}

crate::coded! {
    BadBlankNumber {
        BadBlankNumber::Form => "card_number_form",
        BadBlankNumber::Mistyped => "card_number_mistyped",
    }
}

impl BlankNumber {
    /// From its serial, as it travels; `None` when there are no such numbers.
    pub fn from_serial(serial: u32) -> Option<Self> {
        (serial < END).then_some(Self(serial))
    }

    /// The serial, below 100,000,000.
    pub const fn serial(self) -> u32 {
        self.0
    }

    /// The serials of a world: its first, and the one after its last.
    pub const fn serials(realm: Realm) -> (u32, u32) {
        match realm {
            Realm::Live => (0, DEVELOPMENT),
            Realm::Development => (DEVELOPMENT, PRACTICE),
            Realm::Practice => (PRACTICE, END),
        }
    }

    /// The world the number belongs to.
    pub const fn realm(self) -> Realm {
        match self.0 {
            0..DEVELOPMENT => Realm::Live,
            DEVELOPMENT..PRACTICE => Realm::Development,
            _ => Realm::Practice,
        }
    }

    /// True for a text that wants to be a blank number, whole or mistyped; a code may begin with `P` too, but is longer.
    pub fn looks_like(text: &str) -> bool {
        let rest = text.trim().strip_prefix(['P', 'p']);
        let digits = |rest: &str| rest.chars().filter(|c| !matches!(c, ' ' | '-')).count();
        rest.is_some_and(|rest| {
            (6..=DIGITS).contains(&digits(rest)) && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'))
        })
    }
}

impl fmt::Display for BlankNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (high, low) = (self.0 / 10_000, self.0 % 10_000);
        write!(f, "P{high:04}-{low:04}-{:02}", check_characters::of_blank(self.0))
    }
}

impl fmt::Debug for BlankNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for BlankNumber {
    type Err = BadBlankNumber;

    /// Reads what people write: either case, spaces and hyphens anywhere, `O` for `0`, `I` and `L` for `1`.
    fn from_str(text: &str) -> Result<Self, BadBlankNumber> {
        let mut characters = text.chars().filter(|c| !matches!(c, ' ' | '-'));
        if !matches!(characters.next(), Some('P' | 'p')) {
            return Err(BadBlankNumber::Form);
        }
        let (mut value, mut digits) = (0u64, 0);
        for character in characters {
            let digit = match character.to_ascii_uppercase() {
                'O' => 0,
                'I' | 'L' => 1,
                other => other.to_digit(10).ok_or(BadBlankNumber::Form)?,
            };
            digits += 1;
            if digits > DIGITS {
                return Err(BadBlankNumber::Form);
            }
            value = value * 10 + u64::from(digit);
        }
        if digits != DIGITS {
            return Err(BadBlankNumber::Form);
        }
        let number = Self((value / 100) as u32);
        match value % 100 == u64::from(check_characters::of_blank(number.0)) {
            true => Ok(number),
            false => Err(BadBlankNumber::Mistyped),
        }
    }
}

impl Serialize for BlankNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BlankNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<C> minicbor::Encode<C> for BlankNumber {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u32(self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for BlankNumber {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::from_serial(d.u32()?).ok_or_else(|| minicbor::decode::Error::message("not a card number"))
    }
}

/// Where a blank stands. Every blank ever made is in exactly one of these.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlankState {
    /// Printed, not handed out.
    #[serde(rename = "blank")]
    Unused,
    /// Handed to the resident with this code.
    Bound(Code),
    /// Badly printed, torn, lost by the resident: used up.
    Spoiled,
    /// The whole sheet was lost or stolen before it was used: worth nothing.
    Void,
}

impl BlankState {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unused => "blank",
            Self::Bound(_) => "bound",
            Self::Spoiled => "spoiled",
            Self::Void => "void",
        }
    }
}

/// What happens to a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlankEvent {
    /// It is handed to the resident with this code.
    Bind(Code),
    /// It is of no more use.
    Spoil,
    /// The coordinator calls a lost sheet void.
    Void,
}

/// Why a blank cannot be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlankRefusal {
    /// It is bound to another registration: the other blank is a copy of this one, or this one of that.
    Bound,
    /// It was spoiled.
    Spoiled,
    /// It is void.
    Void,
    /// It belongs to another team.
    OtherTeam,
    /// The platform never made it.
    Unknown,
}

impl BlankRefusal {
    /// All reasons.
    pub const ALL: [Self; 5] = [Self::Bound, Self::Spoiled, Self::Void, Self::OtherTeam, Self::Unknown];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Spoiled => "spoiled",
            Self::Void => "void",
            Self::OtherTeam => "other_team",
            Self::Unknown => "unknown",
        }
    }

    /// The reason with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// Stable code of the refusal, as people are told it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bound => "card_bound",
            Self::Spoiled => "card_spoiled",
            Self::Void => "card_void",
            Self::OtherTeam => "card_other_team",
            Self::Unknown => "card_unknown",
        }
    }
}

/// What becomes of a blank: on the device that has it in hand, and on the platform when it hears of it. Saying the same
/// again changes nothing. A blank that was handed out or used up is not made void; one that is void stays so, whatever
/// an offline device still did with it.
pub fn next(state: BlankState, event: BlankEvent) -> Result<BlankState, BlankRefusal> {
    use BlankEvent as E;
    use BlankState as S;
    match (state, event) {
        (S::Unused, E::Bind(code)) => Ok(S::Bound(code)),
        (S::Bound(before), E::Bind(code)) if before == code => Ok(state),
        (S::Bound(_), E::Bind(_)) => Err(BlankRefusal::Bound),
        (S::Spoiled, E::Bind(_)) => Err(BlankRefusal::Spoiled),
        (S::Void, E::Bind(_)) => Err(BlankRefusal::Void),
        (S::Void, E::Spoil | E::Void) => Ok(S::Void),
        (_, E::Spoil) => Ok(S::Spoiled),
        (S::Unused, E::Void) => Ok(S::Void),
        (S::Bound(_) | S::Spoiled, E::Void) => Ok(state),
    }
}

/// Blank numbers from `first` to `last`, both included: sheets are used in their order, so a list of ranges is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct BlankRange {
    /// First.
    #[n(0)]
    pub first: BlankNumber,
    /// Last.
    #[n(1)]
    pub last: BlankNumber,
}

impl BlankRange {
    /// How many blanks.
    pub const fn len(&self) -> u64 {
        (self.last.0 as u64 + 1).saturating_sub(self.first.0 as u64)
    }

    /// True for a range that holds nothing, which an honest list does not have.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True when `number` is in it.
    pub const fn contains(&self, number: BlankNumber) -> bool {
        self.first.0 <= number.0 && number.0 <= self.last.0
    }

    /// The fewest ranges that hold exactly these numbers, which come in rising order.
    pub fn of(numbers: impl IntoIterator<Item = BlankNumber>) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for number in numbers {
            match ranges.last_mut() {
                Some(range) if range.last.0 + 1 == number.0 => range.last = number,
                _ => ranges.push(Self {
                    first: number,
                    last: number,
                }),
            }
        }
        ranges
    }
}

/// How many blanks these ranges hold.
pub fn count(ranges: &[BlankRange]) -> u64 {
    ranges.iter().map(BlankRange::len).sum()
}
