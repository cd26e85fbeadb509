//! The QR on a resident's card, as a ward office without a network reads it.

use crate::common::*;
use domain::{
    code::{Code, DEVELOPMENT_GROUP, PRACTICE_GROUP},
    date::{CivilDate, Day},
    ids::{Realm, UnixTime},
};
use proptest::prelude::*;
use protocol::{
    changes::{DeviceKey, Origin},
    citizen::{Citizen, MAX_TEXT, Printed, Standing, looks_like},
    keys::{SignSecret, VerifyKey},
};

/// 2026-09-21 in days since 1970.
const DAY: u32 = 20_717;

fn card(group: u16, realm: Realm) -> Citizen {
    Citizen {
        code: Code::from_parts(group, [1, 2, 3, 4, 5]).unwrap(),
        realm,
        device: 7,
        day: Day::from_number(DAY),
    }
}

fn list(revoked_at: Option<UnixTime>) -> Vec<DeviceKey> {
    vec![
        DeviceKey {
            device: 6,
            key: signer(6).public(),
            revoked_at: Some(0),
            origin: None,
        },
        DeviceKey {
            device: 7,
            key: signer(7).public(),
            revoked_at,
            origin: None,
        },
    ]
}

fn check(text: &str, realm: Realm, keys: &[DeviceKey]) -> (Standing, Option<Citizen>) {
    Citizen::check(text, realm, |device| {
        keys.iter().find(|key| key.device == device).cloned()
    })
}

/// The two forms that were ever printed.
type Form = fn(&Citizen, &SignSecret) -> String;
const FORMS: [Form; 2] = [Citizen::to_text, Citizen::to_text_of_version_1];

const TN1: &str = "TN1::WKRI3C00X507H0LS0200+*0093L2U53C:*6 37X21/37EEOZRR0U3HND170.5QHUUNI77D3MDNYS1HXP/:D3SKYJV+B46NH88F%7FE FZ.20USJ6F3A44+NADKA0";
const CLAIM169: &str = "NCFOXNXTSMAHO.JUHIWC8+SU$6PBPI.*NS$N2S8BKL%V1ZB06K5PJ6L83:L3IFTDG3JC3DG3 RV4S8ZFP0ME9U59WV7BC37Q+W29\
    /RM.4VVHVGQF:AQZ6O%T57FTVJRR9UEWR 34TSH26R7OM-F74PD+CMULM$UX%Q$A3TDFX2VRK5*XHW9J D0Q95";

/// Characters of QR alphanumeric mode (ISO/IEC 18004).
pub fn is_alphanumeric(text: &str) -> bool {
    text.bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z') || b" $%*+-./:".contains(&b))
}

#[test]
fn every_card_has_one_standing() {
    let live = || card(12, Realm::Live);
    let practice = || card(PRACTICE_GROUP, Realm::Practice);
    let development = || card(DEVELOPMENT_GROUP, Realm::Development);
    // 2026-09-21 in Đà Nẵng begins at 17:00 universal time of the day before.
    let midnight = Day::from_number(DAY).begins_at();
    let rows = [
        ("good", live(), 7, Realm::Live, list(None), Standing::Valid),
        (
            "revoked later",
            live(),
            7,
            Realm::Live,
            list(Some(midnight + 86_400)),
            Standing::RevokedSince,
        ),
        (
            "revoked that day",
            live(),
            7,
            Realm::Live,
            list(Some(midnight + 43_200)),
            Standing::Revoked,
        ),
        (
            "revoked in the last second of that day",
            live(),
            7,
            Realm::Live,
            list(Some(midnight + 86_399)),
            Standing::Revoked,
        ),
        (
            "revoked in the small hours of the day after, which is still that day in London",
            live(),
            7,
            Realm::Live,
            list(Some(midnight + 86_400 + 6 * 3600)),
            Standing::RevokedSince,
        ),
        (
            "revoked before",
            live(),
            7,
            Realm::Live,
            list(Some(midnight - 1)),
            Standing::Revoked,
        ),
        (
            "device not on the list",
            live(),
            7,
            Realm::Live,
            list(None)[..1].to_vec(),
            Standing::UnknownSigner,
        ),
        ("empty list", live(), 7, Realm::Live, vec![], Standing::UnknownSigner),
        ("another key", live(), 8, Realm::Live, list(None), Standing::Forged),
        (
            "another key, revoked device",
            live(),
            8,
            Realm::Live,
            list(Some(0)),
            Standing::Forged,
        ),
        (
            "practice card in the real world",
            practice(),
            7,
            Realm::Live,
            list(None),
            Standing::Practice,
        ),
        (
            "practice card of an unknown device",
            practice(),
            7,
            Realm::Live,
            vec![],
            Standing::Practice,
        ),
        (
            "practice card with a wrong signature",
            practice(),
            8,
            Realm::Live,
            list(None),
            Standing::Forged,
        ),
        (
            "practice card in practice",
            practice(),
            7,
            Realm::Practice,
            list(None),
            Standing::Valid,
        ),
        (
            "developer's card",
            development(),
            7,
            Realm::Live,
            list(None),
            Standing::Practice,
        ),
        (
            "practice code that says it is real",
            card(PRACTICE_GROUP, Realm::Live),
            7,
            Realm::Live,
            list(None),
            Standing::Forged,
        ),
        (
            "real code that says it is practice",
            card(12, Realm::Practice),
            7,
            Realm::Practice,
            list(None),
            Standing::Forged,
        ),
    ];
    for (why, citizen, key, world, keys, expected) in rows {
        for form in FORMS {
            let (standing, read) = check(&form(&citizen, &signer(key)), world, &keys);
            assert_eq!(standing, expected, "{why}");
            assert_eq!(read, Some(citizen.clone()), "{why}");
        }
    }
    for text in [
        "",
        "TN1:",
        "TN2:ABC",
        "https://example.org",
        "TN1:🎫",
        &format!("TN1:{}", "A".repeat(MAX_TEXT)),
    ] {
        assert_eq!(
            check(text, Realm::Live, &list(None)),
            (Standing::Forged, None),
            "{text}"
        );
    }
}

/// Issue 12, line 7: what a device cannot have issued is forged, whoever has its key: a day before its enrolment, a code of
/// another group. Of a revoked one no card is simply valid.
#[test]
fn what_its_device_cannot_have_issued_is_not_valid() {
    let origin = |enrolled, group| {
        Some(Origin {
            enrolled: Day::from_number(enrolled),
            group,
        })
    };
    let rows = [
        (12, None, None, Standing::Valid),
        (12, origin(DAY, 12), None, Standing::Valid),
        (12, origin(DAY + 1, 12), None, Standing::Forged),
        (12, origin(DAY, 13), None, Standing::Forged),
        // Enrolled and revoked today, dated before: the attack of issue 12.
        (
            12,
            origin(DAY + 1, 12),
            Some(Day::from_number(DAY + 1).begins_at()),
            Standing::Forged,
        ),
        (
            12,
            origin(DAY - 9, 12),
            Some(Day::from_number(DAY + 1).begins_at()),
            Standing::RevokedSince,
        ),
        (
            12,
            origin(DAY - 9, 12),
            Some(Day::from_number(DAY).begins_at()),
            Standing::Revoked,
        ),
    ];
    for (group, origin, revoked_at, expected) in rows {
        for form in FORMS {
            let text = form(&card(group, Realm::Live), &signer(7));
            let mut keys = list(revoked_at);
            keys[1].origin = origin;
            assert_eq!(
                check(&text, Realm::Live, &keys).0,
                expected,
                "{origin:?} {revoked_at:?}"
            );
        }
    }
    // Of another world it is a practice card, whatever its group.
    let practice = card(domain::code::PRACTICE_GROUP, Realm::Practice).to_text(&signer(7));
    let mut keys = list(None);
    keys[1].origin = origin(DAY, 12);
    assert_eq!(check(&practice, Realm::Live, &keys).0, Standing::Practice);
}

/// Printed cards outlive every version of this program.
#[test]
fn a_card_printed_by_the_first_version_is_valid_for_ever() {
    let fixture = include_str!("../../../../fixtures/citizen/tn1.json");
    let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
    let text = fixture["text"].as_str().unwrap();
    let hex = fixture["key"].as_str().unwrap();
    let key: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let key = DeviceKey {
        device: 1,
        key: VerifyKey::try_from(&key[..]).unwrap(),
        revoked_at: None,
        origin: None,
    };
    let printed = Citizen {
        code: fixture["code"].as_str().unwrap().parse().unwrap(),
        realm: Realm::Development,
        device: 1,
        day: Day::from_number(20_783),
    };
    let keys = [key];
    assert_eq!(
        check(text, Realm::Development, &keys),
        (Standing::Valid, Some(printed.clone()))
    );
    assert_eq!(
        check(text, Realm::Live, &keys),
        (Standing::Practice, Some(printed.clone()))
    );
    assert_eq!(
        check(text, Realm::Development, &[]),
        (Standing::UnknownSigner, Some(printed))
    );
    assert!(text.starts_with("TN1:"));
}

/// The bytes of both forms, so that a change of an encoder is noticed before anything is printed with it.
#[test]
fn the_forms_do_not_change() {
    let citizen = card(12, Realm::Live);
    assert_eq!(citizen.to_text_of_version_1(&signer(7)), TN1);
    assert_eq!(citizen.to_text(&signer(7)), CLAIM169);
}

#[test]
fn no_altered_character_is_ever_valid() {
    for text in FORMS.map(|form| form(&card(12, Realm::Live), &signer(7))) {
        let standing = |text: &str| check(text, Realm::Live, &list(None)).0;
        assert_eq!(standing(&text), Standing::Valid);
        for at in 0..text.len() {
            let (before, after) = (&text[..at], &text[at + 1..]);
            for other in (b' '..=b'~').map(char::from).filter(|c| !text[at..].starts_with(*c)) {
                let altered = format!("{before}{other}{after}");
                assert_ne!(standing(&altered), Standing::Valid, "position {at}: {other}");
            }
            assert_ne!(
                standing(&format!("{before}{after}")),
                Standing::Valid,
                "position {at} left out"
            );
        }
    }
}

proptest! {
    /// A card of a day before its device was revoked may be good, and nobody can tell offline; the hours are those of Đà Nẵng.
    #[test]
    fn a_revocation_takes_the_cards_of_its_own_day_and_later(issued in 0i64..4_000_000_000, revoked in 0i64..4_000_000_000, near in any::<bool>()) {
        let revoked = if near { issued + revoked % 200_000 - 100_000 } else { revoked };
        let citizen = Citizen { day: Day::of(issued), ..card(12, Realm::Live) };
        let judged = check(&citizen.to_text(&signer(7)), Realm::Live, &list(Some(revoked))).0;
        let date = |at| CivilDate::in_vietnam(at);
        let expected = if date(issued) < date(revoked) { Standing::RevokedSince } else { Standing::Revoked };
        prop_assert_eq!(judged, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_card_is_short_plain_and_read_again(citizen in citizens()) {
        for form in FORMS {
            let text = form(&citizen, &signer(7));
            // What a QR code of version 8 holds at level M in alphanumeric mode (ISO/IEC 18004, table 7).
            prop_assert!(text.len() <= 221, "{} characters", text.len());
            prop_assert!(is_alphanumeric(&text), "{text}");
            prop_assert!(looks_like(&text));
            prop_assert_eq!(Printed::read(&format!(" {text}\r\n")).map(|read| read.citizen), Ok(citizen.clone()));
        }
    }

    #[test]
    fn any_text_may_be_held_against_the_checker(text in "(TN1:|NCF)?[ -~]{0,200}|\\PC{0,60}") {
        prop_assert_eq!(check(&text, Realm::Live, &list(None)).0, Standing::Forged);
    }
}
