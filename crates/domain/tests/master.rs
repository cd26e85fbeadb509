//! Master data: which notice is in force on a day, what becomes of a record when another one begins, what is no statement.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

#[allow(dead_code, reason = "each test file takes what it needs")]
mod people;

use domain::{
    date::{CivilDate, Day},
    ids::Realm,
    master::{BadStatement, CommuneName, Master, Settings, Statement, Validity},
    notice::Notice,
    place::CommuneCode,
    signers::SigningRule,
    state::{Decision, Reason, RefusalCode},
    verdict::{Facts, Population, decide},
};
use people::{adult, around};

fn day(text: &str) -> Day {
    text.parse::<CivilDate>().unwrap().into()
}

fn valid(from: &str, until: Option<&str>) -> Validity {
    Validity {
        from: day(from),
        until: until.map(day),
    }
}

fn notice(version: u16, text: &str) -> Notice {
    Notice {
        version,
        vietnamese: format!("{text}\n1. Một.\n2. Hai.\n3. Ba.\n"),
        english: "A translation.".to_owned(),
    }
}

fn master(said: impl IntoIterator<Item = (Validity, Statement)>) -> Master {
    let mut master = Master::built_in().clone();
    for (valid, item) in said {
        master.add(valid, item).unwrap();
    }
    master
}

fn shown(master: &Master, on: &str) -> u16 {
    master.notice_on(day(on)).version
}

#[test]
fn the_notice_of_a_day_is_the_one_said_last_for_that_day() {
    let alone = Master::built_in();
    assert_eq!((shown(alone, "01/01/1980"), shown(alone, "01/01/2100")), (1, 1));
    let two = master([(valid("01/01/2027", None), Statement::Notice(notice(2, "Hai")))]);
    assert_eq!((shown(&two, "31/12/2026"), shown(&two, "01/01/2027")), (1, 2));

    // A notice of a few weeks: before and after it the other one.
    let weeks = valid("01/03/2027", Some("14/03/2027"));
    let three = master([
        (valid("01/01/2027", None), Statement::Notice(notice(2, "Hai"))),
        (weeks, Statement::Notice(notice(3, "Ba"))),
    ]);
    let days = ["28/02/2027", "01/03/2027", "14/03/2027", "15/03/2027"];
    assert_eq!(days.map(|day| shown(&three, day)), [2, 3, 3, 2]);

    // Said again with other days, the same text: the later word holds.
    let again = master([
        (valid("01/01/2027", None), Statement::Notice(notice(2, "Hai"))),
        (
            valid("01/02/2027", None),
            Statement::Notice(Notice {
                ..alone.notice(1).unwrap().clone()
            }),
        ),
    ]);
    assert_eq!(["01/01/2027", "01/02/2027"].map(|day| shown(&again, day)), [2, 1]);
}

#[test]
fn a_list_whose_days_are_over_serves_until_there_is_another() {
    let settings = |idle_lock_minutes| {
        Statement::Settings(Settings {
            idle_lock_minutes,
            ..Settings::DEFAULT
        })
    };
    let master = master([
        (valid("01/01/2027", Some("31/01/2027")), settings(5)),
        (valid("01/03/2027", Some("31/03/2027")), settings(7)),
    ]);
    let minutes = |on| master.settings_on(day(on)).idle_lock_minutes;
    // What the program brings along has no end, so it fills every gap.
    assert_eq!(
        [minutes("15/01/2027"), minutes("15/02/2027"), minutes("15/03/2027")],
        [5, 3, 7]
    );
    assert_eq!(minutes("01/04/2027"), 3);
}

#[test]
fn a_commune_that_went_is_offered_no_more_and_stays_known() {
    let hai_chau = CommuneCode(20242);
    let mut list = Master::built_in().communes_on(day("01/01/2026")).to_vec();
    assert_eq!(list.len(), 94);
    list.retain(|commune| commune.code != hai_chau);
    let new = CommuneName {
        code: CommuneCode(99_001),
        name: "Phường Mới".to_owned(),
    };
    list.push(new.clone());
    let master = master([(valid("01/07/2027", None), Statement::Communes(list))]);
    let offered = |on, code| master.communes_on(day(on)).iter().any(|commune| commune.code == code);
    assert!(offered("30/06/2027", hai_chau) && !offered("01/07/2027", hai_chau));
    assert!(!offered("30/06/2027", new.code) && offered("01/07/2027", new.code));
    assert_eq!(master.commune(hai_chau).unwrap().name, "Phường Hải Châu");
    let draft = adult();
    let registration = draft.finish(&around(Realm::Development)).unwrap();
    assert_eq!(registration.residence.commune, hai_chau);
    let today = CivilDate::from(day("01/08/2027"));
    let around = domain::registration::Circumstances {
        today,
        master: &master,
        ..around(Realm::Development)
    };
    assert_eq!(
        draft.finish(&around).unwrap().residence.commune,
        hai_chau,
        "a form begun before"
    );
}

/// The heart of it: whatever begins when, a record stands under the notice that was shown.
#[test]
fn a_record_stands_under_the_notice_it_was_made_under() {
    let one = Master::built_in();
    let two = master([(valid("01/01/2027", None), Statement::Notice(notice(2, "Hai")))]);
    let decided = |captured: &str, under: u16, made_with: &Master, known: &Master| {
        let around = domain::registration::Circumstances {
            today: day(captured).into(),
            master: made_with,
            ..around(Realm::Development)
        };
        let mut draft = adult();
        draft.consent.notice = Some(under);
        let registration = draft.finish(&around).unwrap();
        let facts = Facts {
            captured: day(captured).into(),
            realm: Realm::Development,
            signing: SigningRule::CAREFUL,
            operator: 1,
            correcting: false,
            population: Population::NotAsked,
            same_number: false,
            code_taken: false,
            master: known,
        };
        decide(&registration, &facts)
    };
    let refused = Decision::Refused(Reason {
        field: domain::registration::FieldName::Consent,
        code: RefusalCode::NoticeUnknown,
    });
    assert_eq!(
        decided("31/12/2026", 1, one, &two),
        Decision::Accepted,
        "before the second begins"
    );
    assert_eq!(
        decided("05/01/2027", 1, one, &two),
        Decision::Accepted,
        "a tablet that had not heard of it"
    );
    assert_eq!(decided("05/01/2027", 2, &two, &two), Decision::Accepted);
    assert_eq!(
        decided("31/12/2026", 2, &two, &two),
        Decision::Accepted,
        "a tablet whose clock runs behind"
    );
    assert_eq!(
        decided("05/01/2027", 2, &two, one),
        refused,
        "nobody knows what was agreed to"
    );
    let other = master([(valid("01/01/2027", None), Statement::Notice(notice(2, "Khác")))]);
    assert_eq!(
        decided("05/01/2027", 2, &other, &two),
        refused,
        "another text under the same number"
    );
}

#[test]
fn what_is_no_statement_is_not_added() {
    let always = valid("01/01/2027", None);
    let mut master = Master::built_in().clone();
    let before = master.clone();
    let commune = |code, name: &str| CommuneName {
        code: CommuneCode(code),
        name: name.to_owned(),
    };
    let settings = |idle_lock_minutes, draft_hours| {
        Statement::Settings(Settings {
            idle_lock_minutes,
            draft_hours,
            ..Settings::DEFAULT
        })
    };
    let long = "x".repeat(17 * 1024);
    let two_purposes = Notice {
        vietnamese: "1. Một.\n2. Hai.\n".to_owned(),
        ..notice(2, "")
    };
    for (item, why) in [
        (Statement::Notice(notice(1, "Khác")), BadStatement::OtherText),
        (Statement::Notice(notice(3, "Ba")), BadStatement::Number),
        (Statement::Notice(notice(0, "Không")), BadStatement::Number),
        (Statement::Notice(notice(2, &long)), BadStatement::Text),
        (Statement::Notice(two_purposes), BadStatement::Text),
        (
            Statement::Notice(Notice {
                english: String::new(),
                ..notice(2, "Hai")
            }),
            BadStatement::Text,
        ),
        (Statement::Communes(vec![]), BadStatement::Communes),
        (
            Statement::Communes(vec![commune(2, "B"), commune(1, "A")]),
            BadStatement::Communes,
        ),
        (
            Statement::Communes(vec![commune(1, "A"), commune(1, "A")]),
            BadStatement::Communes,
        ),
        (Statement::Communes(vec![commune(100_000, "A")]), BadStatement::Communes),
        (Statement::Communes(vec![commune(1, " A")]), BadStatement::Communes),
        (Statement::Communes(vec![commune(1, "")]), BadStatement::Communes),
        (settings(0, 24), BadStatement::Bounds),
        (settings(31, 24), BadStatement::Bounds),
        (settings(3, 0), BadStatement::Bounds),
        (settings(3, 25), BadStatement::Bounds),
    ] {
        assert_eq!(master.add(always, item.clone()), Err(why), "{item:?}");
    }
    let turned = valid("02/01/2027", Some("01/01/2027"));
    assert_eq!(master.add(turned, settings(3, 24)), Err(BadStatement::Days));
    assert_eq!(master, before);
    assert_eq!(
        master.add(valid("02/01/2027", Some("02/01/2027")), settings(3, 24)),
        Ok(()),
        "a day"
    );
}
