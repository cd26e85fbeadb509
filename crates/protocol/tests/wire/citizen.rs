//! The QR on a resident's card, as a ward office without a network reads it.

use crate::common::*;
use domain::{
    code::{Code, DEMO_GROUP, DEVELOPMENT_GROUP},
    ids::{Realm, UnixTime},
};
use proptest::prelude::*;
use protocol::{
    changes::DeviceKey,
    citizen::{Citizen, MAX_TEXT, Standing},
};

/// 2026-09-21 in days since 1970.
const DAY: u32 = 20_717;

fn card(group: u16, realm: Realm) -> Citizen {
    Citizen {
        code: Code::from_parts(group, [1, 2, 3, 4, 5]).unwrap(),
        realm,
        device: 7,
        day: DAY,
    }
}

fn list(revoked_at: Option<UnixTime>) -> Vec<DeviceKey> {
    vec![
        DeviceKey {
            device: 6,
            key: signer(6).public(),
            revoked_at: Some(0),
        },
        DeviceKey {
            device: 7,
            key: signer(7).public(),
            revoked_at,
        },
    ]
}

/// Characters of QR alphanumeric mode (ISO/IEC 18004).
pub fn is_alphanumeric(text: &str) -> bool {
    text.bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z') || b" $%*+-./:".contains(&b))
}

#[test]
fn every_card_has_one_standing() {
    let live = || card(12, Realm::Live);
    let demo = || card(DEMO_GROUP, Realm::Demo);
    let development = || card(DEVELOPMENT_GROUP, Realm::Development);
    let midnight = i64::from(DAY) * 86_400;
    let rows = [
        ("good", live(), 7, Realm::Live, list(None), Standing::Valid),
        (
            "revoked later",
            live(),
            7,
            Realm::Live,
            list(Some(midnight + 86_400)),
            Standing::Valid,
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
            demo(),
            7,
            Realm::Live,
            list(None),
            Standing::Demo,
        ),
        (
            "practice card of an unknown device",
            demo(),
            7,
            Realm::Live,
            vec![],
            Standing::Demo,
        ),
        (
            "practice card with a wrong signature",
            demo(),
            8,
            Realm::Live,
            list(None),
            Standing::Forged,
        ),
        (
            "practice card in practice",
            demo(),
            7,
            Realm::Demo,
            list(None),
            Standing::Valid,
        ),
        (
            "developer's card",
            development(),
            7,
            Realm::Live,
            list(None),
            Standing::Demo,
        ),
        (
            "practice code that says it is real",
            card(DEMO_GROUP, Realm::Live),
            7,
            Realm::Live,
            list(None),
            Standing::Forged,
        ),
        (
            "real code that says it is practice",
            card(12, Realm::Demo),
            7,
            Realm::Demo,
            list(None),
            Standing::Forged,
        ),
    ];
    for (why, citizen, key, world, keys, expected) in rows {
        let (standing, read) = Citizen::check(&citizen.to_text(&signer(key)), world, &keys);
        assert_eq!(standing, expected, "{why}");
        assert_eq!(read, Some(citizen), "{why}");
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
            Citizen::check(text, Realm::Live, &list(None)),
            (Standing::Forged, None),
            "{text}"
        );
    }
}

#[test]
fn no_altered_character_is_ever_valid() {
    let text = card(12, Realm::Live).to_text(&signer(7));
    let standing = |text: &str| Citizen::check(text, Realm::Live, &list(None)).0;
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_card_is_short_plain_and_read_again(citizen in citizens()) {
        let text = citizen.to_text(&signer(7));
        prop_assert!(text.len() < 160, "{} characters", text.len());
        prop_assert!(is_alphanumeric(&text), "{text}");
        prop_assert_eq!(Citizen::read(&text).map(|(read, ..)| read), Ok(citizen));
    }

    #[test]
    fn any_text_may_be_held_against_the_checker(text in "(TN1:)?[ -~]{0,200}|\\PC{0,60}") {
        prop_assert_eq!(Citizen::check(&text, Realm::Live, &list(None)).0, Standing::Forged);
    }
}
