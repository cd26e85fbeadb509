//! Calendar days in Việt Nam (UTC+7, no daylight saving since 1975). The zone stands here and nowhere else.

use super::{BadDate, PartialDate};
use crate::ids::UnixTime;
use std::{fmt, str::FromStr};

const SECONDS: i64 = 86_400;
const ZONE: i64 = 7 * 3600;

/// A calendar day in Việt Nam by its number, counted from 1970-01-01, which is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day in Việt Nam at an instant.
    pub const fn of(at: UnixTime) -> Self {
        Self(at.saturating_add(ZONE).div_euclid(SECONDS))
    }

    /// From the number that travels in a citizen QR.
    pub const fn from_number(number: u32) -> Self {
        Self(number as i64)
    }

    /// The number that travels in a citizen QR; 0 for days before 1970.
    pub fn number(self) -> u32 {
        u32::try_from(self.0.max(0)).unwrap_or(u32::MAX)
    }

    /// Its first second in Việt Nam.
    pub const fn begins_at(self) -> UnixTime {
        self.0.saturating_mul(SECONDS).saturating_sub(ZONE)
    }

    /// The first second of the next day: from here on the day is over.
    pub const fn ended_at(self) -> UnixTime {
        Self(self.0.saturating_add(1)).begins_at()
    }

    /// Year, month and day. Days outside 1900-2199 are clamped to those years.
    pub fn civil(self) -> CivilDate {
        CivilDate::from(self)
    }
}

/// `23/11/2026 08:15`, in Việt Nam.
pub fn in_words(at: UnixTime) -> String {
    let day = Day::of(at);
    let minutes = at.saturating_sub(day.begins_at()) / 60;
    format!("{} {:02}:{:02}", day.civil(), minutes / 60, minutes % 60)
}

impl<C> minicbor::Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u32(self.number())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Day {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u32().map(Self::from_number)
    }
}

/// A calendar day as year, month and day: what "today" means at a door in Đà Nẵng. Text form `dd/mm/yyyy`, as people
/// there write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilDate {
    /// Year.
    pub year: u16,
    /// Month, 1-12.
    pub month: u8,
    /// Day, 1-31.
    pub day: u8,
}

impl CivilDate {
    /// The day in Việt Nam at an instant. Instants outside 1900-2199 are clamped to those years.
    pub fn in_vietnam(at: UnixTime) -> Self {
        Day::of(at).civil()
    }

    /// `yyyy-mm-dd` (ISO 8601).
    pub fn iso(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Day> for CivilDate {
    fn from(day: Day) -> Self {
        const FIRST: i64 = -25_567; // 1900-01-01
        const LAST: i64 = 84_005; // 2199-12-31
        // Howard Hinnant's days-to-civil, years counted from 1 March of year 0.
        let z = day.0.clamp(FIRST, LAST) + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u8;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u8;
        let year = (yoe + era * 400 + i64::from(month <= 2)) as u16;
        Self { year, month, day }
    }
}

impl From<CivilDate> for Day {
    fn from(date: CivilDate) -> Self {
        // Days from civil, the inverse of the above.
        let (y, m, d) = (
            i64::from(date.year) - i64::from(date.month <= 2),
            i64::from(date.month),
            i64::from(date.day),
        );
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Self(era * 146_097 + doe - 719_468)
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{:02}/{:04}", self.day, self.month, self.year)
    }
}

impl FromStr for CivilDate {
    type Err = BadDate;

    /// Reads `dd/mm/yyyy`, and as some cards print it `d/m/yyyy`. The date must be in the calendar, 1900-2199.
    fn from_str(text: &str) -> Result<Self, BadDate> {
        let number = |part: &str, lengths: std::ops::RangeInclusive<usize>| -> Result<u16, BadDate> {
            let digits = lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten().ok_or(BadDate)
        };
        let mut parts = text.split('/');
        let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadDate);
        };
        let (day, month) = (number(day, 1..=2)? as u8, number(month, 1..=2)? as u8);
        let year = number(year, 4..=4)?;
        PartialDate::day(year, month, day).map(|_| Self { year, month, day })
    }
}

impl From<CivilDate> for PartialDate {
    /// The fields of a [`CivilDate`] that came from text or from a [`Day`] are in the calendar.
    fn from(date: CivilDate) -> Self {
        Self {
            year: date.year,
            month: date.month,
            day: date.day,
        }
    }
}
