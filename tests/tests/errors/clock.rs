//! A wrong clock: an empty battery puts a tablet into 1970 or 2015, and the family at the door is registered all the same.

use crate::*;
use app::verify::Verification;
use domain::{date::CivilDate, registration::FieldName};
use tungnha_tests::inside::{self, Moved};

const YEAR: i64 = 365 * 86_400;

fn draft(person: &Person) -> domain::registration::Draft {
    serde_json::from_value(person.draft()).unwrap()
}

/// Somebody of ten years, with nobody beside them.
fn child(number: u32) -> Person {
    let year = CivilDate::in_vietnam(SystemEnv::new().now()).year - 10;
    let person = Person::number(number);
    Person {
        birth: format!("{year}-01-02"),
        number: format!(
            "048{}{:02}{}",
            if person.sex == "male" { 2 } else { 3 },
            year % 100,
            &person.number[6..]
        ),
        ..person
    }
}

#[test]
fn a_tablet_in_the_past_registers_adults_refuses_children_alone_and_prints_the_day_it_is() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let env = Moved::new();
    let session = device.unlock(env.clone());
    let today = CivilDate::in_vietnam(env.now());
    let mut saved = Vec::new();
    for (number, wall) in [(470, 300), (471, 1_420_070_400), (472, SystemEnv::new().now() - YEAR)] {
        env.set(wall - SystemEnv::new().now());
        assert!(session.clock().unwrap().is_wrong(), "{wall}");
        let registered = session.register(None, &draft(&Person::number(number)));
        let rid = registered.unwrap_or_else(|error| panic!("at {wall}: {error:?}")).rid;
        let Err(AppError::Problems(problems)) = session.register(None, &draft(&child(number + 5))) else {
            panic!("a child alone, at {wall}");
        };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert!(fields.contains(&FieldName::Representative), "{fields:?}");
        assert!(
            !fields.contains(&FieldName::Birth) && !fields.contains(&FieldName::Issued),
            "{fields:?}"
        );
        let qr = session.card(rid).unwrap().summary(std::path::Path::new("")).qr;
        let Verification::CitizenQr { issued, .. } = session.verify(&qr).unwrap() else {
            panic!("a card's QR");
        };
        assert_eq!(issued, Some(today.iso()), "the day on the card, at {wall}");
        saved.push(rid);
    }
    // What was made in 1970 is sent in 2015, judged as of today, and forgotten by nobody's clock.
    let report = inside::sync(&session);
    assert_eq!((report.receipts, report.left), (3, 0), "{report:?}");
    env.set(0);
    assert!(!session.clock().unwrap().is_wrong());
    drop(session);
    for rid in saved {
        assert_eq!(device.sync_until_decided(&rid.to_string())["state"], "accepted");
    }
}

/// Twenty years ahead a child would sign alone, what was sent would be gone at once, and every card would bear another day.
#[test]
fn a_tablet_twenty_years_ahead_goes_by_what_its_platform_said_last_and_says_so() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let env = Moved::new();
    let today = CivilDate::in_vietnam(env.now());
    env.set(20 * YEAR);
    let session = device.unlock(env.clone());
    assert!(session.clock().unwrap().is_wrong());
    let rid = session.register(None, &draft(&Person::number(476))).unwrap().rid;
    let Err(AppError::Problems(problems)) = session.register(None, &draft(&child(477))) else {
        panic!("a child alone");
    };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
    assert!(fields.contains(&FieldName::Representative), "{fields:?}");
    let qr = session.card(rid).unwrap().summary(std::path::Path::new("")).qr;
    let Verification::CitizenQr { issued, .. } = session.verify(&qr).unwrap() else {
        panic!("a card's QR");
    };
    assert_eq!(issued, Some(today.iso()), "the day on the card");
    let report = inside::sync(&session);
    assert_eq!((report.receipts, report.left), (1, 0), "{report:?}");
    assert_eq!(session.purge_due().unwrap(), 0);
    assert!(
        session.show(rid).unwrap().draft.is_some(),
        "nothing goes before its time"
    );
    drop(session);
    assert_eq!(device.sync_until_decided(&rid.to_string())["state"], "accepted");
}

/// A practice device hears no server: the day the program was made is what it knows.
#[test]
fn a_practice_tablet_in_the_past_goes_by_the_day_of_its_program() {
    let device = Device::practice();
    let env = Moved::new();
    env.set(-11 * YEAR);
    let session = device.unlock(env.clone());
    assert!(env.built() > 1_790_000_000, "the build says when it was made");
    assert_eq!(session.clock().unwrap().now(), env.built());
    session.register(None, &draft(&Person::number(473))).unwrap();
}

/// A form begun at a wrong clock is there when the clock is right again, and the other way round. What does go is counted.
#[test]
fn no_jump_of_the_clock_erases_a_form_and_a_day_of_nobody_touching_it_does_and_is_told() {
    let device = Device::practice();
    let env = Moved::new();
    env.set(-11 * YEAR);
    let session = device.unlock(env.clone());
    let begin = |number| {
        session
            .begin_draft(Some(draft(&Person::number(number))), None)
            .unwrap()
            .rid
    };
    let (first, second) = (begin(474), begin(475));
    for wall in [0, 10 * 86_400, 20 * YEAR, -30 * YEAR, 0] {
        env.set(wall);
        assert_eq!(session.discard_expired_drafts().unwrap(), 0, "{wall}");
    }
    env.pass(20 * 3600);
    assert_eq!(session.discard_expired_drafts().unwrap(), 0);
    session.put_draft(second, &draft(&Person::number(475))).unwrap();
    env.pass(5 * 3600);
    assert_eq!(
        session.discard_expired_drafts().unwrap(),
        1,
        "25 hours since the first was touched, 5 since the second"
    );
    let left: Vec<_> = session.open_drafts().unwrap().iter().map(|open| open.rid).collect();
    assert_eq!(left, [second]);
    assert!(session.open_draft(first).is_err());
    assert!(session.queue().unwrap().conservation);
}
