//! Dates of every precision, ages, and what day it is in Đà Nẵng.

#![allow(clippy::unwrap_used)]

use domain::{
    clock::{Clock, TOLERANCE, WITHOUT_CONTACT},
    date::{CivilDate, Day, PartialDate, Precision, days_in_month, in_words},
};
use proptest::prelude::*;

fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

fn civil(text: &str) -> CivilDate {
    let date = date(text);
    let (month, day) = date.month_day();
    CivilDate {
        year: date.year(),
        month: month.unwrap(),
        day: day.unwrap(),
    }
}

#[test]
fn every_precision_keeps_what_is_known() {
    for (text, precision, parts, shown) in [
        ("1988-02-09", Precision::Day, (Some(2), Some(9)), "09/02/1988"),
        ("1938-05", Precision::Month, (Some(5), None), "05/1938"),
        ("1938", Precision::Year, (None, None), "1938"),
    ] {
        let date = date(text);
        assert_eq!((date.precision(), date.month_day()), (precision, parts), "{text}");
        assert_eq!((date.to_string().as_str(), date.display_vi().as_str()), (text, shown));
        assert_eq!(serde_json::to_string(&date).unwrap(), format!("\"{text}\""));
        assert_eq!(
            serde_json::from_str::<PartialDate>(&format!("\"{text}\"")).unwrap(),
            date
        );
        assert!(!format!("{date:?}").contains("19"), "a birth date is not for logs");
    }
}

#[test]
fn days_that_do_not_exist() {
    for text in [
        "",
        "88",
        "1899",
        "2200",
        "1899-12-31",
        "2200-01-01",
        "1988-00",
        "1988-13",
        "1988-2",
        "1988-02-00",
        "1988-02-30",
        "1990-02-31",
        "1989-02-29",
        "1900-02-29",
        "2100-02-29",
        "1988-04-31",
        "1988-02-9",
        "1988-02-09-01",
        "1988/02/09",
        "09-02-1988",
        " 1988",
        "+988",
        "１９８８",
        "1988-0２",
    ] {
        assert!(text.parse::<PartialDate>().is_err(), "{text}");
        assert!(
            serde_json::from_str::<PartialDate>(&format!("\"{text}\"")).is_err(),
            "{text}"
        );
    }
    for text in [
        "1988-02-29",
        "2000-02-29",
        "1900-01-01",
        "2199-12-31",
        "1900",
        "2199-12",
    ] {
        assert!(text.parse::<PartialDate>().is_ok(), "{text}");
    }
    assert_eq!([0, 13, 255].map(|month| days_in_month(2024, month)), [0; 3]);
}

#[test]
fn age_counts_the_unknown_as_late_as_it_can_be() {
    for (born, today, age) in [
        ("2010-06-15", "2026-06-14", 15),
        ("2010-06-15", "2026-06-15", 16),
        ("2010-06", "2026-06-29", 15),
        ("2010-06", "2026-06-30", 16),
        ("2010", "2026-12-30", 15),
        ("2010", "2026-12-31", 16),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02", "2026-02-28", 17),
        ("2008-02", "2026-03-01", 18),
        ("2026-06-15", "2026-06-15", 0),
        ("2026-12-31", "2026-06-15", 0),
        ("2199", "2026-06-15", 0),
    ] {
        assert_eq!(date(born).age_at_least(civil(today)), age, "born {born}, today {today}");
    }
}

#[test]
fn only_what_lies_wholly_ahead_is_in_the_future() {
    for (text, ahead) in [
        ("2026-06-15", false),
        ("2026-06-16", true),
        ("2026-06", false),
        ("2026-07", true),
        ("2026", false),
        ("2027", true),
    ] {
        assert_eq!(date(text).is_after(civil("2026-06-15")), ahead, "{text}");
    }
}

#[test]
fn the_day_in_vietnam_begins_at_17_hours_universal_time() {
    for (at, day) in [
        (0, "1970-01-01"),
        (-7 * 3600 - 1, "1969-12-31"),
        (-7 * 3600, "1970-01-01"),
        (17 * 3600 - 1, "1970-01-01"),
        (17 * 3600, "1970-01-02"),
        (951_843_599, "2000-02-29"),
        (951_843_600, "2000-03-01"),
        (1_709_139_599, "2024-02-28"),
        (1_709_139_600, "2024-02-29"),
        (1_798_736_399, "2026-12-31"),
        (1_798_736_400, "2027-01-01"),
        (i64::MIN, "1900-01-01"),
        (i64::MAX, "2199-12-31"),
    ] {
        assert_eq!(CivilDate::in_vietnam(at), civil(day), "{at}");
    }
}

#[test]
fn a_day_is_written_as_people_write_it_and_read_again() {
    for (text, date) in [
        ("09/02/1988", Some("1988-02-09")),
        ("9/2/1988", Some("1988-02-09")),
        ("29/02/2024", Some("2024-02-29")),
        ("29/02/2023", None),
        ("31/04/2020", None),
        ("00/02/1988", None),
        ("02/1988", None),
        ("1988", None),
        ("09/02/88", None),
        ("009/02/1988", None),
        ("9/2/1988/", None),
        ("+9/02/1988", None),
        (" 9/2/1988", None),
        ("09/02/2200", None),
        ("", None),
    ] {
        assert_eq!(text.parse::<CivilDate>().ok(), date.map(civil), "{text}");
    }
    assert_eq!(civil("1988-02-09").to_string(), "09/02/1988");
    assert_eq!(civil("1988-02-09").iso(), "1988-02-09");
    // The hour of Đà Nẵng, and its day.
    assert_eq!(in_words(1_795_971_599), "29/11/2026 23:59");
    assert_eq!(in_words(1_795_971_600 + 59), "30/11/2026 00:00");
}

#[test]
fn today_is_the_latest_of_machine_server_and_build() {
    const BUILT: i64 = 1_795_000_000;
    const SERVER: i64 = 1_796_000_000;
    for (machine, server, built, now, wrong) in [
        // An empty battery: 1970, 2015.
        (300, Some(SERVER), BUILT, SERVER, true),
        (1_420_070_400, Some(SERVER), BUILT, SERVER, true),
        // Never enrolled, or a practice device: the program knows when it was made.
        (1_420_070_400, None, BUILT, BUILT, true),
        // In 2045; and as far ahead as a device that was long without contact.
        (2_366_841_600, Some(SERVER), BUILT, SERVER, true),
        (SERVER + WITHOUT_CONTACT + 1, Some(SERVER), BUILT, SERVER, true),
        (
            SERVER + WITHOUT_CONTACT,
            Some(SERVER),
            BUILT,
            SERVER + WITHOUT_CONTACT,
            false,
        ),
        // An old program on a practice device.
        (2_366_841_600, None, BUILT, 2_366_841_600, false),
        // A little late, or right, or ahead: nothing to say.
        (SERVER - TOLERANCE, Some(SERVER), BUILT, SERVER, false),
        (SERVER - TOLERANCE - 1, Some(SERVER), BUILT, SERVER, true),
        (SERVER + 7, Some(SERVER), BUILT, SERVER + 7, false),
        // A program newer than the last contact.
        (SERVER, Some(SERVER), SERVER + 90_000, SERVER + 90_000, true),
        (i64::MIN, None, 0, 0, true),
        (i64::MIN, Some(i64::MAX), 0, i64::MAX, true),
    ] {
        let clock = Clock { machine, server, built };
        assert_eq!((clock.now(), clock.is_wrong()), (now, wrong), "{clock:?}");
    }
}

proptest! {
    /// Setting the machine's clock moves today forward or not at all, and never before what is known for certain.
    #[test]
    fn no_clock_takes_today_back(machine: i64, other: i64, server: Option<i64>, built in 0i64..4_000_000_000) {
        let (one, two) = (Clock { machine, server, built }, Clock { machine: other, server, built });
        prop_assert!(one.today() >= CivilDate::in_vietnam(one.floor()));
        prop_assert!(one.now() >= built && server.is_none_or(|server| one.now() >= server));
        prop_assert!(machine < other || one.now() >= two.now() || one.is_wrong());
    }

    /// A day has one number, one date, a first second and a last one.
    #[test]
    fn a_day_holds_its_seconds(at in -2_200_000_000i64..7_200_000_000) {
        let day = Day::of(at);
        prop_assert!(day.begins_at() <= at && at < day.ended_at());
        prop_assert_eq!(day.ended_at() - day.begins_at(), 86_400);
        prop_assert_eq!((Day::of(day.begins_at()), Day::of(day.ended_at() - 1)), (day, day));
        prop_assert!(Day::of(day.ended_at()) > day);
        prop_assert_eq!(Day::from(day.civil()), day);
        prop_assert_eq!(day.civil().to_string().parse::<CivilDate>(), Ok(day.civil()));
        if at >= 0 {
            prop_assert_eq!(Day::from_number(day.number()), day);
        }
    }

    #[test]
    fn text_and_date_are_the_same_thing(year in 1900u16..2200, month in 0u8..14, day in 0u8..33) {
        let made = [PartialDate::day(year, month, day), PartialDate::month(year, month), PartialDate::year_only(year)];
        for made in made.into_iter().flatten() {
            prop_assert_eq!(made.to_string().parse::<PartialDate>(), Ok(made));
        }
        prop_assert_eq!(PartialDate::day(year, month, day).is_ok(), (1..=days_in_month(year, month)).contains(&day));
    }

    #[test]
    fn the_next_day_follows(at in -2_200_000_000i64..7_200_000_000) {
        let (today, tomorrow) = (CivilDate::in_vietnam(at), CivilDate::in_vietnam(at + 86_400));
        prop_assert!(PartialDate::day(today.year, today.month, today.day).is_ok());
        let expected = if today.day < days_in_month(today.year, today.month) {
            (today.year, today.month, today.day + 1)
        } else if today.month < 12 {
            (today.year, today.month + 1, 1)
        } else {
            (today.year + 1, 1, 1)
        };
        prop_assert_eq!((tomorrow.year, tomorrow.month, tomorrow.day), expected);
    }
}
