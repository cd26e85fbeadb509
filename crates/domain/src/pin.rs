//! Which digits may open a device. Six of them, everywhere a PIN is chosen: what the screens take is what the rule takes.
//!
//! Whoever has a tablet in hand tries what people choose first: birthdays, years, rows, repeats. All ways of writing a
//! birthday are fewer than a hundred thousand of a million, so they are refused and hardly anything else is.

use crate::date::days_in_month;

/// Digits of every PIN that is chosen.
pub const DIGITS: usize = 6;

crate::codes! {
    /// Why a PIN is not taken.
    pub enum WeakPin {
        /// Not exactly six of the digits 0 to 9.
        NotSixDigits => "weak_pin",
        /// The same digits again and again, two digits only, or the same forwards and backwards.
        Repeated => "weak_pin_repeated",
        /// A row: 123456, 9753, 147258.
        InARow => "weak_pin_row",
        /// A day: ddmmyy, mmddyy or yymmdd.
        Date => "weak_pin_date",
        /// A year of a living person stands at its beginning or end.
        Year => "weak_pin_year",
    }
}

/// Judges a PIN that somebody chooses. One that opens a device already is never judged: an older program took others.
///
/// # Errors
/// The first reason that fits.
pub fn judge(pin: &str) -> Result<(), WeakPin> {
    let text = pin.as_bytes();
    if text.len() != DIGITS || !text.iter().all(u8::is_ascii_digit) {
        return Err(WeakPin::NotSixDigits);
    }
    let digits: Vec<u8> = text.iter().map(|digit| digit - b'0').collect();
    let obvious = [
        (repeated as fn(&[u8]) -> bool, WeakPin::Repeated),
        (in_a_row, WeakPin::InARow),
        (day, WeakPin::Date),
        (year, WeakPin::Year),
    ];
    match obvious.iter().find(|(is, _)| is(&digits)) {
        Some((_, why)) => Err(*why),
        None => Ok(()),
    }
}

/// 111111, 121212, 123123, 112233, 118118, 110100, 123321.
fn repeated(digits: &[u8]) -> bool {
    let block = |length| digits.chunks(length).all(|part| part == &digits[..length]);
    let pairs = digits.chunks(2).all(|pair| pair[0] == pair[1]);
    let mirrored = digits.iter().eq(digits.iter().rev());
    let different = (0..10).filter(|digit| digits.contains(digit)).count();
    block(2) || block(3) || pairs || mirrored || different <= 2
}

/// Four in a row that go up, down or stay (also past 9, as in 8901); five with any other step (135790); two threes
/// (147258, 123789).
fn in_a_row(digits: &[u8]) -> bool {
    let steps: Vec<u8> = digits.windows(2).map(|pair| (pair[1] + 10 - pair[0]) % 10).collect();
    let run = |length: usize, allowed: &[u8]| {
        let mut runs = steps.windows(length - 1);
        runs.any(|run| allowed.contains(&run[0]) && run.iter().all(|step| *step == run[0]))
    };
    let three = |at: usize| steps[at] == steps[at + 1];
    run(4, &[0, 1, 9]) || run(5, &[2, 3, 4, 5, 6, 7, 8]) || (three(0) && three(3))
}

fn two(digits: &[u8]) -> u8 {
    digits[0] * 10 + digits[1]
}

/// A day that exists: 2000 was a leap year, so no day of any year is missed.
fn day(digits: &[u8]) -> bool {
    let [first, second, third] = [&digits[..2], &digits[2..4], &digits[4..]].map(two);
    let exists = |month, day| (1..=12).contains(&month) && (1..=days_in_month(2000, month)).contains(&day);
    exists(second, first) || exists(first, second) || exists(second, third)
}

/// 1920 to 2039 at either end: the year alone, with a month or day, or in 1/2/1990 written without zeros.
fn year(digits: &[u8]) -> bool {
    [&digits[..4], &digits[2..]].iter().any(|four| {
        let year = u16::from(two(&four[..2])) * 100 + u16::from(two(&four[2..]));
        (1920..2040).contains(&year)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_choose_first_is_refused_with_its_reason() {
        for (why, pins) in [
            (
                WeakPin::NotSixDigits,
                &[
                    "",
                    "12345",
                    "59283",
                    "5928361",
                    "59283a",
                    "５９２８３６",
                    " 592836",
                    "592-36",
                ][..],
            ),
            (
                WeakPin::Repeated,
                &[
                    "000000", "999999", "121212", "123123", "112233", "884422", "118118", "110100", "123321", "907709",
                ],
            ),
            (
                WeakPin::InARow,
                &[
                    "123456", "654321", "567890", "890123", "135790", "147036", "147258", "123789", "963852", "741963",
                    "592345", "432159", "777739",
                ],
            ),
            (
                WeakPin::Date,
                &["270419", "270488", "310185", "290204", "880427", "040229", "750415"],
            ),
            (WeakPin::Year, &["198547", "471985", "202638", "541990", "199047"]),
        ] {
            for pin in pins {
                assert_eq!(judge(pin), Err(why), "{pin}");
            }
        }
    }

    #[test]
    fn most_of_what_nobody_guesses_is_taken() {
        for pin in ["592836", "384917", "716408", "246813", "908152", "320058"] {
            assert_eq!(judge(pin), Ok(()), "{pin}");
        }
        let taken = (0..1_000_000).filter(|n| judge(&format!("{n:06}")).is_ok()).count();
        assert!(taken > 850_000, "of a million {taken} are left to choose from");
    }

    #[test]
    fn no_birthday_of_anybody_is_taken_however_it_is_written() {
        for year in 1920..2020u16 {
            for month in 1..=12u8 {
                for day in 1..=days_in_month(year, month) {
                    let yy = year % 100;
                    for pin in [
                        format!("{day:02}{month:02}{yy:02}"),
                        format!("{month:02}{day:02}{yy:02}"),
                        format!("{yy:02}{month:02}{day:02}"),
                        format!("{month:02}{year}"),
                        format!("{year}{month:02}"),
                        format!("{day:02}{year}"),
                    ] {
                        assert!(judge(&pin).is_err(), "{pin}");
                    }
                }
            }
        }
    }
}
