//! What the central side decides: a row for each refusal.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod people;

use domain::{
    Sensitive,
    ids::{Digest, Realm},
    master::Master,
    place::CommuneCode,
    registration::{FieldName, Registration, Sex, SignatureManner},
    signers::SigningRule,
    state::{Decision, Reason, RefusalCode},
    verdict::{Facts, PersonOnRecord, Population, decide},
};
use people::{TODAY, adult, around, child};

fn facts() -> Facts<'static> {
    Facts {
        captured: TODAY,
        realm: Realm::Development,
        signing: SigningRule::CAREFUL,
        operator: 7,
        correcting: false,
        population: Population::NotAsked,
        same_number: false,
        code_taken: false,
        master: Master::built_in(),
    }
}

fn on_record(name: &str, birth: &str, sex: Sex, deceased: bool) -> Population {
    Population::Found(PersonOnRecord {
        name: Sensitive::new(name.to_owned()),
        birth: birth.parse().unwrap(),
        sex,
        deceased,
    })
}

fn registration() -> Registration {
    adult().finish(&around(Realm::Development)).unwrap()
}

fn refused(field: FieldName, code: RefusalCode) -> Decision {
    Decision::Refused(Reason { field, code })
}

/// One thing wrong with a record, or known about it.
type Bend = fn(&mut Registration, &mut Facts<'static>);

#[test]
fn what_the_form_would_have_refused_is_refused_whatever_the_device_says() {
    let cases: &[(&str, FieldName, RefusalCode, Bend)] = &[
        (
            "codes of before are not communes",
            FieldName::Commune,
            RefusalCode::CommuneUnknown,
            |r, _| {
                r.residence.commune = CommuneCode(20195);
            },
        ),
        (
            "unknown notice",
            FieldName::Consent,
            RefusalCode::NoticeUnknown,
            |r, _| r.consent.notice = 9,
        ),
        (
            "another text under a known number",
            FieldName::Consent,
            RefusalCode::NoticeUnknown,
            |r, _| {
                r.consent.notice_hash = Digest([9; 32]);
            },
        ),
        (
            "purpose 2 not answered",
            FieldName::Consent,
            RefusalCode::ConsentIncomplete,
            |r, _| r.consent.contact = None,
        ),
        (
            "nobody signed",
            FieldName::Signature,
            RefusalCode::SignatureMissing,
            |r, _| r.consent.signatures.clear(),
        ),
        (
            "kept from nothing",
            FieldName::Signature,
            RefusalCode::SignatureMissing,
            |r, _| {
                r.consent.signatures[0].manner = SignatureManner::Kept;
            },
        ),
        (
            "the witness is the operator",
            FieldName::Signature,
            RefusalCode::SignatureMissing,
            |r, _| {
                r.consent.signatures[0].manner = SignatureManner::Witness(7);
            },
        ),
        (
            "too long a line",
            FieldName::House,
            RefusalCode::FieldInvalid,
            |r, _| {
                r.residence.house = Sensitive::new("x".repeat(201));
            },
        ),
        ("not tidy", FieldName::Record, RefusalCode::FieldInvalid, |r, _| {
            r.residence.group = Sensitive::new(" Tổ  18".to_owned());
        }),
        (
            "help listed without consent to it",
            FieldName::Record,
            RefusalCode::FieldInvalid,
            |r, _| r.consent.help = false,
        ),
        (
            "a practice person in the real world",
            FieldName::Number,
            RefusalCode::FieldInvalid,
            |_, f| f.realm = Realm::Live,
        ),
        (
            "born after the capture",
            FieldName::Birth,
            RefusalCode::FieldInvalid,
            |r, _| {
                r.birth.value = "2027".parse().unwrap();
            },
        ),
        (
            "a child now",
            FieldName::Representative,
            RefusalCode::RepresentativeMissing,
            |r, _| {
                r.birth.value = "2015-09-03".parse().unwrap();
            },
        ),
        (
            "the code belongs to somebody else",
            FieldName::Code,
            RefusalCode::CodeTaken,
            |_, f| f.code_taken = true,
        ),
        (
            "no such number",
            FieldName::Number,
            RefusalCode::NumberUnknown,
            |_, f| f.population = Population::NotFound,
        ),
        ("has died", FieldName::Record, RefusalCode::PersonDeceased, |_, f| {
            f.population = on_record("Trần Thị Mỹ Hạnh", "1988-02-09", Sex::Female, true);
        }),
        ("another name", FieldName::Name, RefusalCode::NameMismatch, |_, f| {
            f.population = on_record("Trần Thị Mỹ Hằng", "1988-02-09", Sex::Female, false);
        }),
        ("another day", FieldName::Birth, RefusalCode::BirthMismatch, |_, f| {
            f.population = on_record("Trần Thị Mỹ Hạnh", "1988-02-10", Sex::Female, false);
        }),
        ("another sex", FieldName::Sex, RefusalCode::SexMismatch, |_, f| {
            f.population = on_record("Trần Thị Mỹ Hạnh", "1988-02-09", Sex::Male, false);
        }),
    ];
    for (why, field, code, bend) in cases {
        let (mut registration, mut facts) = (registration(), facts());
        assert_eq!(decide(&registration, &facts), Decision::Accepted);
        bend(&mut registration, &mut facts);
        // A suspicion never hides what the volunteer can correct.
        for same_number in [false, true] {
            facts.same_number = same_number;
            assert_eq!(decide(&registration, &facts), refused(*field, *code), "{why}");
        }
    }
}

#[test]
fn what_is_in_order_is_accepted() {
    let mut facts = facts();
    for population in [
        Population::NotAsked,
        on_record("Trần Thị Mỹ Hạnh", "1988-02-09", Sex::Female, false),
        on_record("TRAN THI MY HANH", "1988", Sex::Female, false),
        on_record("Trần Thị Mỹ Hạnh", "1988-02", Sex::Female, false),
    ] {
        facts.population = population;
        assert_eq!(decide(&registration(), &facts), Decision::Accepted);
    }
    let child = child("2015-09-03").finish(&around(Realm::Development)).unwrap();
    facts.population = Population::NotAsked;
    assert_eq!(decide(&child, &facts), Decision::Accepted);
}

#[test]
fn a_suspicion_goes_to_a_person() {
    let facts = Facts {
        same_number: true,
        ..facts()
    };
    assert_eq!(decide(&registration(), &facts), Decision::PossibleDuplicate);
}

#[test]
fn a_correction_may_keep_the_signature() {
    let kept = registration().without_strokes();
    let mut facts = facts();
    assert_eq!(
        decide(&kept, &facts),
        refused(FieldName::Signature, RefusalCode::SignatureMissing)
    );
    facts.correcting = true;
    assert_eq!(decide(&kept, &facts), Decision::Accepted);
}
