//! Dates as paper gives them: sometimes only a year.

mod day;

pub use day::{CivilDate, Day, in_words};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// How much of a date is known.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Day, month and year.
    Day,
    /// Month and year.
    Month,
    /// Year alone, as on the cards of some elderly people.
    Year,
}

/// A Gregorian date of known precision, 1900-01-01 ..= 2199-12-31. Text form `1988-02-09`, `1938-05` or `1938`;
/// a missing part is never filled in.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "string"))]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    year: u16,
    month: u8,
    day: u8,
}

/// A date that is not in the calendar or not in the accepted text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date")]
pub struct BadDate;

/// Days in a month of the Gregorian calendar; 0 for a month that does not exist.
pub const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

impl PartialDate {
    /// A full date.
    pub fn day(year: u16, month: u8, day: u8) -> Result<Self, BadDate> {
        let known = (1900..2200).contains(&year) && day >= 1 && day <= days_in_month(year, month);
        known.then_some(Self { year, month, day }).ok_or(BadDate)
    }

    /// Month and year.
    pub fn month(year: u16, month: u8) -> Result<Self, BadDate> {
        let known = (1900..2200).contains(&year) && (1..=12).contains(&month);
        known.then_some(Self { year, month, day: 0 }).ok_or(BadDate)
    }

    /// Year alone.
    pub fn year_only(year: u16) -> Result<Self, BadDate> {
        (1900..2200)
            .contains(&year)
            .then_some(Self { year, month: 0, day: 0 })
            .ok_or(BadDate)
    }

    /// The year.
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// Month and day where they are known.
    pub const fn month_day(&self) -> (Option<u8>, Option<u8>) {
        (
            if self.month == 0 { None } else { Some(self.month) },
            if self.day == 0 { None } else { Some(self.day) },
        )
    }

    /// How much is known.
    pub const fn precision(&self) -> Precision {
        match (self.month, self.day) {
            (0, _) => Precision::Year,
            (_, 0) => Precision::Month,
            _ => Precision::Day,
        }
    }

    /// Whole years of age on `today`, as the youngest the person can be: what is unknown counts as the end of its span.
    pub fn age_at_least(&self, today: CivilDate) -> u16 {
        let month = if self.month == 0 { 12 } else { self.month };
        let day = if self.day == 0 {
            days_in_month(self.year, month)
        } else {
            self.day
        };
        let had_birthday = (today.month, today.day) >= (month, day);
        today
            .year
            .saturating_sub(self.year)
            .saturating_sub(u16::from(!had_birthday))
    }

    /// True when the whole span the date can mean lies after `today`.
    pub fn is_after(&self, today: CivilDate) -> bool {
        (self.year, self.month.max(1), self.day.max(1)) > (today.year, today.month, today.day)
    }

    /// As a Vietnamese reader writes it: `09/02/1988`, `05/1938`, `1938`.
    pub fn display_vi(&self) -> String {
        let (year, month, day) = (self.year, self.month, self.day);
        match self.precision() {
            Precision::Day => CivilDate { year, month, day }.to_string(),
            Precision::Month => format!("{month:02}/{year:04}"),
            Precision::Year => format!("{year:04}"),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision() {
            Precision::Day => write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day),
            Precision::Month => write!(f, "{:04}-{:02}", self.year, self.month),
            Precision::Year => write!(f, "{:04}", self.year),
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A birth date is personal data; the precision is all a log may know.
        write!(f, "PartialDate(<redacted>, {:?})", self.precision())
    }
}

impl FromStr for PartialDate {
    type Err = BadDate;
    fn from_str(text: &str) -> Result<Self, BadDate> {
        let number = |part: &str, len: usize| -> Result<u16, BadDate> {
            if part.len() != len || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(BadDate);
            }
            part.parse().map_err(|_| BadDate)
        };
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            [y] => Self::year_only(number(y, 4)?),
            [y, m] => Self::month(number(y, 4)?, number(m, 2)? as u8),
            [y, m, d] => Self::day(number(y, 4)?, number(m, 2)? as u8, number(d, 2)? as u8),
            _ => Err(BadDate),
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
