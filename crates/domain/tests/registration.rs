//! From the form to a registration: every problem, who signs at which age, and the way back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod people;

use domain::{
    Sensitive,
    ids::Realm,
    registration::{
        Circumstances, Draft, FieldName, MAX_SIGNATURE, Manner, PhoneOwner, Registration, Relation, SignatureManner,
        Signer, Source, Unfinished,
    },
    signers::SigningRule,
};
use people::{adult, around, child, drawn, field, text};
use proptest::prelude::*;

const DEV: Realm = Realm::Development;

fn finish(draft: &Draft) -> Result<Registration, Unfinished> {
    draft.finish(&around(DEV))
}

/// `name/missing`, sorted as the window shows them.
fn problems(result: Result<Registration, Unfinished>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(Unfinished::Declined) => vec!["declined".to_owned()],
        Err(Unfinished::Problems(problems)) => problems
            .iter()
            .map(|problem| {
                let field = serde_json::to_value(problem.field).unwrap();
                format!("{}/{}", field.as_str().unwrap(), problem.code)
            })
            .collect(),
    }
}

/// One thing done to a form that was in order.
type Bend = fn(&mut Draft);

#[test]
fn a_complete_form_is_a_registration() {
    let registration = finish(&adult()).unwrap();
    assert_eq!(registration.residence.commune.to_string(), "20242");
    assert_eq!(registration.consent.contact, Some(true));
    assert_eq!(registration.indicators, ["online_services", "vneid"]);
    assert_eq!(
        registration.consent.notice_hash,
        domain::master::Master::built_in().notice(1).unwrap().hash()
    );
    finish(&child("2015-09-03")).unwrap();
}

#[test]
fn an_empty_form_names_everything_that_is_missing() {
    assert_eq!(
        problems(finish(&Draft::default())),
        [
            "name/missing",
            "birth/missing",
            "sex/missing",
            "pin/missing",
            "commune/missing",
            "group/missing",
            "consent/notice_not_shown",
            "consent/unanswered",
        ]
    );
}

#[test]
fn every_problem_of_an_adult_form() {
    let cases: &[(&str, Bend)] = &[
        ("name/missing", |d| d.name = None),
        ("name/name_has_digit", |d| d.name = field("Trần Thị 2", Source::Typed)),
        ("name/forbidden_characters", |d| {
            d.name = field("Trần\u{202e}Thị", Source::Typed)
        }),
        ("name/too_long", |d| {
            d.name = field(&"ă".repeat(10 << 20), Source::Typed)
        }),
        ("birth/date_invalid", |d| d.birth = field("1988-02-30", Source::Typed)),
        ("sex/missing", |d| d.sex = None),
        ("sex/sex_invalid", |d| d.sex = field("Nữ", Source::Typed)),
        ("pin/missing", |d| d.number = None),
        ("pin/number_and_no_number", |d| d.no_number = true),
        ("pin/type_twice", |d| d.number = field("048188999301", Source::ByHeart)),
        ("pin/typed_differently", |d| {
            d.number = field("048188999301", Source::ByHeart);
            d.number_again = Some(text("048188999310"));
        }),
        ("card_address/too_long", |d| {
            d.card_address = field(&"x".repeat(201), Source::Typed)
        }),
        ("card_address/forbidden_characters", |d| {
            d.card_address = field("Tổ\u{200b}18", Source::Typed);
        }),
        ("issued/date_invalid", |d| d.issued = Some(text("10/05/2022"))),
        ("issued/date_invalid", |d| d.issued = Some(text("2026-11-24"))),
        ("commune/missing", |d| d.residence.commune = None),
        ("commune/commune_unknown", |d| {
            d.residence.commune = Some("20195".to_owned())
        }),
        ("commune/commune_unknown", |d| {
            d.residence.commune = Some("020242".to_owned())
        }),
        ("commune/commune_unknown", |d| {
            d.residence.commune = Some("Hải Châu".to_owned())
        }),
        ("group/missing", |d| d.residence.group = None),
        ("group/missing", |d| d.residence.group = Some(text("  "))),
        ("house/too_long", |d| d.residence.house = Some(text(&"x".repeat(201)))),
        ("phone/phone_too_short", |d| {
            if let Some(phone) = &mut d.phone {
                phone.number = text("090599912");
            }
        }),
        ("consent/notice_not_shown", |d| d.consent.notice = None),
        ("consent/notice_not_shown", |d| d.consent.notice = Some(2)),
        ("consent/unanswered", |d| d.consent.account = None),
        ("consent/unanswered", |d| d.consent.contact = None),
        ("consent/unanswered", |d| d.consent.help = None),
        ("signature/own_signature_missing", |d| d.consent.signatures.clear()),
        ("signature/own_signature_missing", |d| {
            d.consent.signatures = vec![drawn(Signer::Representative)];
        }),
        ("signature/signature_empty", |d| d.consent.signatures[0].strokes = None),
        ("signature/signature_empty", |d| {
            d.consent.signatures[0].strokes = Some(Sensitive::new(Vec::new()));
        }),
        ("signature/signature_too_long", |d| {
            d.consent.signatures[0].strokes = Some(Sensitive::new(vec![0; MAX_SIGNATURE + 1]));
        }),
        ("signature/witness_missing", |d| {
            d.consent.signatures[0].manner = Manner::Witness
        }),
        ("signature/witness_is_operator", |d| {
            d.consent.signatures[0].manner = Manner::Witness;
            d.consent.signatures[0].witness = Some(7);
        }),
        ("signature/signature_empty", |d| {
            d.consent.signatures[0].manner = Manner::Kept
        }),
        ("indicators/indicator_invalid", |d| {
            d.indicators = vec!["VNeID".to_owned()]
        }),
        ("indicators/indicator_invalid", |d| d.indicators = vec![String::new()]),
        ("indicators/indicator_invalid", |d| {
            d.indicators = (0..33).map(|number| format!("key_{number}")).collect();
        }),
    ];
    for (at, (expected, bend)) in cases.iter().enumerate() {
        let mut draft = adult();
        bend(&mut draft);
        assert_eq!(problems(finish(&draft)), [*expected], "case {at}");
    }
}

#[test]
fn every_problem_of_a_representative() {
    let with = |bend: fn(&mut domain::registration::DraftRepresentative)| {
        let mut draft = child("2015-09-03");
        bend(draft.representative.as_mut().unwrap());
        problems(finish(&draft))
    };
    assert_eq!(with(|_| {}), [""; 0]);
    assert_eq!(with(|one| one.relation = Relation::Guardian), [""; 0]);
    assert_eq!(with(|one| one.name = text("")), ["representative/name_empty"]);
    assert_eq!(
        with(|one| one.number = text("048215999414")),
        ["representative/same_person"]
    );
    assert_eq!(with(|one| one.number = text("04821599941")).len(), 1);
    let mut alone = child("2015-09-03");
    alone.representative = None;
    assert_eq!(problems(finish(&alone)), ["representative/missing"]);
}

#[test]
fn what_is_not_born_yet_is_not_registered() {
    let mut draft = child("2026-11-24");
    assert_eq!(problems(finish(&draft)), ["birth/birth_in_future"]);
    draft.birth = field("2026-11-23", Source::BirthCertificate);
    assert!(finish(&draft).is_ok());
}

#[test]
fn nobody_is_older_than_anybody_ever_was() {
    let mut draft = adult();
    draft.birth = field("1900-01-01", Source::Typed);
    for (year, expected) in [(2030, &[][..]), (2031, &["birth/birth_too_long_ago"])] {
        let mut late = around(DEV);
        late.today.year = year;
        assert_eq!(problems(draft.finish(&late)), expected);
    }
}

#[test]
fn worlds_do_not_mix() {
    assert_eq!(problems(adult().finish(&around(Realm::Live))), ["pin/practice_person"]);
    assert_eq!(problems(adult().finish(&around(Realm::Practice))), [""; 0]);
    let mut real = adult();
    real.number = field("048188123456", Source::Scanned);
    assert_eq!(
        problems(real.finish(&around(Realm::Practice))),
        ["pin/real_card_in_demo"]
    );
    assert_eq!(problems(real.finish(&around(Realm::Live))), [""; 0]);
    let mut mother = child("2015-09-03");
    mother.representative.as_mut().unwrap().number = text("048190123456");
    assert_eq!(
        problems(mother.finish(&around(Realm::Practice))),
        ["representative/real_card_in_demo"]
    );
}

#[test]
fn no_wins_over_everything() {
    for mut draft in [adult(), child("2015-09-03"), Draft::default()] {
        draft.consent.account = Some(false);
        assert_eq!(finish(&draft), Err(Unfinished::Declined));
    }
}

/// Under 7 the representative, 7 to under 16 both, from 16 the person alone; on the birthday itself one is older.
#[test]
fn who_signs_at_which_age() {
    use Signer::{Myself, Representative};
    for (birth, signers) in [
        ("2026-11-23", &[Representative][..]),
        ("2019-11-24", &[Representative]),
        ("2019-11-23", &[Myself, Representative]),
        ("2011-11-23", &[Myself, Representative]),
        ("2010-11-24", &[Myself, Representative]),
        ("2010-11-23", &[Myself]),
        // A year alone counts as its last day: the person may be that young.
        ("2019", &[Representative]),
        ("2018", &[Myself, Representative]),
        ("2010", &[Myself, Representative]),
        ("2009", &[Myself]),
        ("2010-11", &[Myself, Representative]),
        ("2010-10", &[Myself]),
    ] {
        let mut draft = child(birth);
        let registration = finish(&draft).unwrap();
        let signed: Vec<Signer> = registration.consent.signatures.iter().map(|one| one.signer).collect();
        assert_eq!(
            signed, signers,
            "{birth}: what is not needed is not kept, the person's comes first"
        );
        assert_eq!(
            registration.representative.is_some(),
            signers.contains(&Representative),
            "{birth}"
        );

        draft.consent.signatures.clear();
        let expected: Vec<&str> = signers
            .iter()
            .map(|signer| match signer {
                Myself => "signature/own_signature_missing",
                Representative => "signature/representative_signature_missing",
            })
            .collect();
        assert_eq!(problems(finish(&draft)), expected, "{birth}");
    }
}

#[test]
fn the_ages_are_a_setting() {
    let strict = Circumstances {
        signing: SigningRule {
            with_child_from: 10,
            alone_from: 18,
        },
        ..around(DEV)
    };
    let registration = child("2009-03-20").finish(&strict).unwrap();
    assert_eq!(registration.consent.signatures.len(), 2);
    for age in 0..120 {
        let signers = strict.signing.signers(age);
        assert_eq!(
            signers.contains(&Signer::Representative),
            strict.signing.needs_representative(age)
        );
        assert_eq!(signers.contains(&Signer::Myself), age >= 10);
    }
}

#[test]
fn the_number_is_mandatory_from_sixteen() {
    for (birth, expected) in [("2010-11-24", None), ("2010-11-23", Some("pin/missing"))] {
        let mut draft = child(birth);
        draft.number = None;
        assert_eq!(problems(finish(&draft)).first().map(String::as_str), expected);
        draft.no_number = true;
        let registration = finish(&draft).unwrap();
        assert_eq!(registration.number, None, "a task for later");
    }
}

#[test]
fn answers_that_do_not_apply_are_not_kept() {
    let mut draft = adult();
    draft.phone = None;
    let registration = finish(&draft).unwrap();
    assert_eq!(
        registration.consent.contact, None,
        "purpose 2 is asked only where a phone was given"
    );
    draft.consent.help = Some(false);
    assert_eq!(
        finish(&draft).unwrap().indicators,
        [""; 0],
        "no help wanted, no list of help"
    );
}

#[test]
fn the_device_forgets_what_was_drawn() {
    let registration = finish(&child("2015-09-03")).unwrap().without_strokes();
    assert!(
        registration
            .consent
            .signatures
            .iter()
            .all(|one| one.manner == SignatureManner::Kept)
    );
    let mut marked = adult();
    marked.consent.signatures[0].manner = Manner::Mark;
    let registration = finish(&marked).unwrap().without_strokes();
    assert_eq!(
        registration.consent.signatures[0].manner,
        SignatureManner::Mark,
        "only lines are forgotten"
    );

    let correcting = Circumstances {
        correcting: true,
        ..around(DEV)
    };
    assert_eq!(registration.to_draft().finish(&correcting), Ok(registration));
}

#[test]
fn warnings_do_not_stop() {
    let mut draft = adult();
    assert_eq!(draft.warnings(), []);
    draft.sex = field("male", Source::Edited);
    draft.birth = field("1987-02-09", Source::Edited);
    draft.number = field("999188999301", Source::Edited);
    let shown: Vec<(FieldName, &str)> = draft
        .warnings()
        .iter()
        .map(|one| (one.field, one.code.code()))
        .collect();
    assert_eq!(
        shown,
        [
            (FieldName::Birth, "birth_year_mismatch"),
            (FieldName::Sex, "sex_mismatch"),
            (FieldName::Number, "place_code_unknown"),
        ]
    );
    assert!(finish(&draft).is_ok());
}

#[test]
fn nothing_personal_shows_in_a_debug_line() {
    let mut draft = adult();
    let registration = finish(&draft).unwrap();
    draft.name = field("Trần Thị 2", Source::Typed);
    for line in [
        format!("{draft:?}"),
        format!("{registration:?}"),
        format!("{:?}", finish(&draft)),
    ] {
        for secret in ["Trần", "Hạnh", "048188999301", "0905999123", "K45", "Thạch", "1988"] {
            assert!(!line.contains(secret), "{secret} in {line}");
        }
    }
}

fn any_source() -> impl Strategy<Value = Source> {
    prop::sample::select(vec![
        Source::Scanned,
        Source::Typed,
        Source::Edited,
        Source::Vneid,
        Source::BirthCertificate,
        Source::ByHeart,
    ])
}

fn any_draft() -> impl Strategy<Value = Draft> {
    let birth = (1930u16..2027, 0u8..13, 0u8..32).prop_map(|(year, month, day)| match (month, day) {
        (0, _) => format!("{year}"),
        (_, 0) => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    });
    let manner = prop::sample::select(vec![Manner::Drawn, Manner::Mark, Manner::Witness]);
    (
        (birth, any_source(), any_source(), any::<[bool; 10]>()),
        (
            manner.clone(),
            manner,
            prop::collection::vec(any::<u8>(), 1..=MAX_SIGNATURE),
            8u32..20,
        ),
        (
            "[A-ZĐ][a-zăâêôơưđ]{0,6}( [A-ZĐ][a-zàáạảã]{0,6}){0,3}",
            " ?Tổ [0-9]{1,2} ?",
            "[ A-Za-z0-9/]{0,30}",
        ),
        prop::collection::vec("[a-z0-9_]{1,40}", 0..5),
    )
        .prop_map(
            |((birth, source, pin_source, flags), (own, other, strokes, witness), (name, group, house), indicators)| {
                let mut draft = if flags[0] { adult() } else { child("2015-09-03") };
                draft.name = field(&name, source);
                draft.birth = field(&birth, source);
                draft.representative = child("2015-09-03").representative;
                if flags[1] {
                    draft.number = None;
                    draft.no_number = true;
                } else {
                    draft.number = field("048215999414", pin_source);
                    draft.number_again = Some(text("048215999414"));
                }
                if flags[2] {
                    draft.phone = None;
                } else if let Some(phone) = &mut draft.phone {
                    phone.owner = if flags[3] {
                        PhoneOwner::Family
                    } else {
                        PhoneOwner::Myself
                    };
                }
                draft.consent.contact = Some(flags[4]);
                draft.consent.help = Some(flags[5]);
                draft.consent.read_aloud = flags[6];
                draft.residence.group = Some(text(&group));
                draft.residence.house = (!flags[7]).then(|| text(&house));
                draft.residence.lodging = flags[8];
                if flags[9] {
                    draft.issued = None;
                    draft.card_address = None;
                }
                draft.indicators = indicators;
                draft.consent.signatures = [(Signer::Representative, other), (Signer::Myself, own)]
                    .map(|(signer, manner)| domain::registration::DraftSignature {
                        signer,
                        manner,
                        strokes: (manner == Manner::Drawn).then(|| Sensitive::new(strokes.clone())),
                        witness: (manner == Manner::Witness).then_some(witness),
                    })
                    .to_vec();
                draft
            },
        )
}

proptest! {
    /// A correction starts from what was sent, and the opener applies the rules of the form to it: both need the way
    /// from a registration to its form and back to lose nothing.
    #[test]
    fn there_and_back(draft in any_draft()) {
        if let Ok(registration) = finish(&draft) {
            let form = registration.to_draft();
            prop_assert_eq!(form.finish(&around(DEV)), Ok(registration));
            let json = serde_json::to_string(&form).unwrap();
            prop_assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), form);
        }
    }

    /// The forms above are not all refused, or the property would prove nothing.
    #[test]
    fn forms_with_a_real_date_finish(draft in any_draft()) {
        let date: Result<domain::date::PartialDate, _> = draft.birth.as_ref().unwrap().value.expose().parse();
        let born = date.is_ok_and(|date| !date.is_after(people::TODAY));
        let same_person = draft.number.is_some() && draft.representative.as_ref().is_some_and(|one| one.number == draft.number.as_ref().unwrap().value);
        prop_assert!(!same_person);
        prop_assert_eq!(finish(&draft).is_ok(), born, "{:?}", problems(finish(&draft)));
    }
}
