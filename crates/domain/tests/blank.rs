//! Numbers of pre-printed cards, and what may become of a blank.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use domain::{
    blank::{BadBlankNumber, BlankEvent, BlankNumber, BlankRange, BlankRefusal, BlankState, count, next},
    code::Code,
    ids::Realm,
};
use proptest::prelude::*;

fn number(serial: u32) -> BlankNumber {
    BlankNumber::from_serial(serial).unwrap()
}

fn digits(number: BlankNumber) -> Vec<u8> {
    number
        .to_string()
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| byte - b'0')
        .collect()
}

fn text(digits: &[u8]) -> String {
    digits
        .iter()
        .fold("P".to_owned(), |text, digit| text + &digit.to_string())
}

/// The value of the ten digits modulo 97 decides, and it is a sum over the digits: an error changes it by what the error is
/// and where, in every number alike. So trying each error once, wherever digits allow it, tries it in all numbers.
#[test]
fn every_wrong_digit_and_every_swap_of_neighbours_is_caught() {
    let mut tried = std::collections::BTreeSet::new();
    // Serials that bring every digit, and every two digits, to every place; their check digits bring the rest.
    for serial in (0..10_000).flat_map(|n| [n, n * 10_000, n * 1_013 + 7]) {
        let right = digits(number(serial));
        for at in 0..10 {
            for wrong in (0..10).filter(|digit| *digit != right[at]) {
                if tried.insert(("digit", at, right[at], wrong)) {
                    let mut altered = right.clone();
                    altered[at] = wrong;
                    assert_eq!(
                        text(&altered).parse::<BlankNumber>(),
                        Err(BadBlankNumber::Mistyped),
                        "{right:?}"
                    );
                }
            }
        }
        for at in 0..9 {
            if right[at] != right[at + 1] && tried.insert(("swap", at, right[at], right[at + 1])) {
                let mut altered = right.clone();
                altered.swap(at, at + 1);
                assert_eq!(
                    text(&altered).parse::<BlankNumber>(),
                    Err(BadBlankNumber::Mistyped),
                    "{right:?}"
                );
            }
        }
    }
    // All ten digits at ten places for nine others, all unlike pairs at nine places; check digits go from 02 to 98, so
    // the last two are never 00, 01 or 99, which are no unlike pairs but 0 and 1.
    let of = |kind| tried.iter().filter(|(k, ..)| *k == kind).count();
    assert_eq!(of("digit"), 10 * 10 * 9);
    assert_eq!(of("swap"), 9 * 10 * 9 - 1, "no check digits are 01");
}

#[test]
fn a_released_number_reads_the_same_for_ever() {
    for (serial, expected) in [
        (0, "P0000-0000-98"),
        (1, "P0000-0001-95"),
        (99_999_999, "P9999-9999-52"),
    ] {
        assert_eq!(number(serial).to_string(), expected);
    }
    assert_eq!(BlankNumber::from_serial(100_000_000), None);
}

#[test]
fn worlds_have_numbers_of_their_own() {
    for realm in [Realm::Live, Realm::Development, Realm::Practice] {
        let (first, end) = BlankNumber::serials(realm);
        assert_eq!((number(first).realm(), number(end - 1).realm()), (realm, realm));
    }
    assert_eq!(number(90_000_000).to_string(), "P9000-0000-83");
}

/// What a person holds in the hand is one or the other, never both.
#[test]
fn no_code_is_a_card_number_and_no_card_number_a_code() {
    for serial in (0..100_000_000).step_by(99_991) {
        let written = number(serial).to_string();
        assert!(written.parse::<Code>().is_err(), "{written}");
        assert!(BlankNumber::looks_like(&written));
    }
    for bits in (0..1u64 << 50).step_by(1 << 34) {
        let written = Code::from_bits(bits).unwrap().to_string();
        assert_eq!(written.parse::<BlankNumber>(), Err(BadBlankNumber::Form), "{written}");
    }
    for (text, expected) in [
        ("", BadBlankNumber::Form),
        ("0000-0000-97", BadBlankNumber::Form),
        ("P0000-0000-9", BadBlankNumber::Form),
        ("P0000-0000-977", BadBlankNumber::Form),
        ("P0000-0000-9A", BadBlankNumber::Form),
        ("P0000-0000-96", BadBlankNumber::Mistyped),
    ] {
        assert_eq!(text.parse::<BlankNumber>(), Err(expected), "{text}");
    }
}

#[test]
fn every_state_and_event_has_one_outcome() {
    use BlankEvent as E;
    use BlankRefusal as R;
    use BlankState as S;
    let (mine, other) = (Code::from_bits(1).unwrap(), Code::from_bits(2).unwrap());
    let rows = [
        (S::Unused, E::Bind(mine), Ok(S::Bound(mine))),
        (S::Unused, E::Spoil, Ok(S::Spoiled)),
        (S::Unused, E::Void, Ok(S::Void)),
        (S::Bound(mine), E::Bind(mine), Ok(S::Bound(mine))),
        (S::Bound(mine), E::Bind(other), Err(R::Bound)),
        (S::Bound(mine), E::Spoil, Ok(S::Spoiled)),
        (S::Bound(mine), E::Void, Ok(S::Bound(mine))),
        (S::Spoiled, E::Bind(mine), Err(R::Spoiled)),
        (S::Spoiled, E::Spoil, Ok(S::Spoiled)),
        (S::Spoiled, E::Void, Ok(S::Spoiled)),
        (S::Void, E::Bind(mine), Err(R::Void)),
        (S::Void, E::Spoil, Ok(S::Void)),
        (S::Void, E::Void, Ok(S::Void)),
    ];
    for (state, event, expected) in rows {
        assert_eq!(next(state, event), expected, "{state:?} {event:?}");
        // Saying it twice is saying it once, and nothing leads back to blank.
        if let Ok(after) = expected {
            assert_eq!(next(after, event), Ok(after), "{state:?} {event:?} twice");
            assert_ne!(after, S::Unused);
        }
    }
    for reason in R::ALL {
        assert_eq!(R::from_name(reason.name()), Some(reason));
        assert!(reason.code().starts_with("card_"));
    }
}

proptest! {
    #[test]
    fn every_number_is_read_back_as_people_write_it(serial in 0u32..100_000_000, gap in "[ -]{0,2}", lower in any::<bool>(), alike in any::<bool>()) {
        let number = number(serial);
        let mut written = number.to_string().replace('-', &gap);
        if alike {
            written = written.replace('0', "O").replace('1', "l");
        }
        if lower {
            written = written.to_lowercase();
        }
        prop_assert_eq!(written.parse(), Ok(number), "{}", written);
        prop_assert_eq!(serde_json::from_str::<BlankNumber>(&serde_json::to_string(&number).unwrap()).unwrap(), number);
    }

    #[test]
    fn ranges_hold_exactly_what_they_were_made_of(numbers in proptest::collection::btree_set(0u32..60, 0..40)) {
        let ranges = BlankRange::of(numbers.iter().map(|serial| number(*serial)));
        prop_assert_eq!(count(&ranges), numbers.len() as u64);
        for serial in 0..61 {
            prop_assert_eq!(ranges.iter().any(|range| range.contains(number(serial))), numbers.contains(&serial));
        }
        prop_assert!(ranges.windows(2).all(|two| two[0].last.serial() + 1 < two[1].first.serial()), "none could be joined");
    }

    #[test]
    fn any_text_is_answered(text in ".{0,30}") {
        let _ = text.parse::<BlankNumber>();
    }
}
