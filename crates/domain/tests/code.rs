//! The check characters of a registration's code: what a hand or an ear gets wrong is noticed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use domain::{
    code::{ALPHABET, BadCode, Code, DEVELOPMENT_GROUP, FIRST_RESERVED_GROUP, PRACTICE_GROUP, realm_of},
    ids::Realm,
};
use proptest::prelude::*;

fn symbols(code: Code) -> Vec<usize> {
    code.to_string()
        .bytes()
        .filter(|byte| *byte != b'-')
        .map(|byte| ALPHABET.iter().position(|letter| *letter == byte).unwrap())
        .collect()
}

fn text(symbols: &[usize]) -> String {
    symbols.iter().map(|symbol| char::from(ALPHABET[*symbol])).collect()
}

fn code(group: u16, random: u64) -> Code {
    Code::from_bits(u64::from(group) << 40 | random).unwrap()
}

fn any_code() -> impl Strategy<Value = Code> {
    (0u64..1 << 50).prop_map(|bits| Code::from_bits(bits).unwrap())
}

/// The sum of two codes, symbol by symbol, is a code: then what an error does depends on the error alone, and trying
/// every error on one code tries it on all of them.
#[test]
fn the_code_is_linear() {
    for a in 0..50 {
        for b in 0..50 {
            let (x, y) = (1u64 << a, 1u64 << b);
            let sum: Vec<usize> = symbols(Code::from_bits(x).unwrap())
                .iter()
                .zip(symbols(Code::from_bits(y).unwrap()))
                .map(|(x, y)| x ^ y)
                .collect();
            assert_eq!(symbols(Code::from_bits(x ^ y).unwrap()), sum);
        }
    }
}

/// Every error pattern of weight one and two: 12 * 31 + 66 * 31 * 31 of them, on the zero code.
#[test]
fn every_one_and_every_two_wrong_characters_are_caught() {
    let zero = symbols(code(0, 0));
    let mut tried = 0;
    for first in 0..12 {
        for second in first..12 {
            for x in 1..32 {
                for y in if first == second { 0..1 } else { 1..32 } {
                    let mut wrong = zero.clone();
                    wrong[first] ^= x;
                    wrong[second] ^= y;
                    assert_eq!(text(&wrong).parse::<Code>(), Err(BadCode::Mistyped), "{wrong:?}");
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 12 * 31 + 66 * 31 * 31);
}

/// Every swap of neighbours: every pair of unlike symbols at every two neighbouring places, the check characters among
/// them, each in a real code that holds that pair there.
#[test]
fn every_swap_of_neighbours_is_caught() {
    let mut tried = std::collections::BTreeSet::new();
    let mut swap = |bits: u64, at: usize| {
        let right = symbols(Code::from_bits(bits).unwrap());
        let (a, b) = (right[at], right[at + 1]);
        if a != b && tried.insert((at, a, b)) {
            let mut swapped = right.clone();
            swapped.swap(at, at + 1);
            assert_eq!(
                text(&swapped).parse::<Code>(),
                Err(BadCode::Mistyped),
                "{right:?} at {at}"
            );
        }
    };
    for pair in 0u64..1024 {
        // Ten data symbols: a pair at each of nine places.
        for at in 0..9 {
            swap(pair << (5 * (8 - at)), at);
        }
        // The last data symbol with the first check character, and the two check characters.
        swap(pair, 9);
        swap(pair, 10);
    }
    assert_eq!(tried.len(), 11 * 32 * 31);
}

#[test]
fn every_replacement_and_every_swap_in_sample_codes_is_caught() {
    for sample in [
        code(0, 0),
        code(991, (1 << 40) - 1),
        code(231, 0x35_9a3f_0c81),
        code(PRACTICE_GROUP, 1),
    ] {
        let right = symbols(sample);
        for at in 0..12 {
            for other in (0..32).filter(|other| *other != right[at]) {
                let mut wrong = right.clone();
                wrong[at] = other;
                assert_eq!(text(&wrong).parse::<Code>(), Err(BadCode::Mistyped));
            }
        }
        for at in 0..11 {
            let mut swapped = right.clone();
            swapped.swap(at, at + 1);
            let expected = if swapped == right {
                Ok(sample)
            } else {
                Err(BadCode::Mistyped)
            };
            assert_eq!(text(&swapped).parse(), expected);
        }
    }
}

#[test]
fn a_released_code_reads_the_same_for_ever() {
    // Printed on cards: neither the alphabet nor the check may ever change.
    assert_eq!(code(0, 0).to_string(), "0000-0000-0000");
    assert_eq!(code(0, 1).to_string(), "0000-0000-0168");
    assert_eq!(&code(PRACTICE_GROUP, 0).to_string()[..2], "ZZ");
}

#[test]
fn worlds_have_their_own_groups() {
    for group in 0..1024 {
        let code = code(group, 7);
        let expected = match group {
            PRACTICE_GROUP => Realm::Practice,
            group if group < FIRST_RESERVED_GROUP => Realm::Live,
            _ => Realm::Development,
        };
        assert_eq!(realm_of(code), expected);
        assert_eq!(code.to_string().starts_with('Z'), expected != Realm::Live, "{code}");
    }
    assert_eq!(
        (FIRST_RESERVED_GROUP, DEVELOPMENT_GROUP, PRACTICE_GROUP),
        (992, 1022, 1023)
    );
    assert_eq!(Code::from_parts(1024, [0; 5]), None);
    assert_eq!(Code::from_bits(1 << 50), None);
}

#[test]
fn what_is_not_a_code_says_why() {
    for (text, expected) in [
        ("", BadCode::Length),
        ("0000-0000-000", BadCode::Length),
        ("0000-0000-0000-0", BadCode::Length),
        ("0000-0000-000!", BadCode::Character),
        ("0000-0000-000ạ", BadCode::Character),
        ("0000-0000-0001", BadCode::Mistyped),
    ] {
        assert_eq!(text.parse::<Code>(), Err(expected), "{text}");
    }
    let codes = [BadCode::Length, BadCode::Character, BadCode::Mistyped].map(|bad| bad.code());
    assert_eq!(codes, ["code_length", "code_character", "code_mistyped"]);
}

proptest! {
    #[test]
    fn every_code_is_read_back_as_people_write_it(
        group in 0u16..1024, random in any::<[u8; 5]>(), gap in "[ -]{0,2}", lower in any::<bool>(), alike in any::<bool>(),
    ) {
        let code = Code::from_parts(group, random).unwrap();
        prop_assert_eq!(code.group(), group);
        prop_assert_eq!(Code::from_bits(code.bits()), Some(code));
        let shown = code.to_string();
        prop_assert_eq!(shown.len(), 14);
        prop_assert_eq!(shown.parse(), Ok(code));
        let mut written = shown.replace('-', &gap);
        if alike {
            written = written.replace('0', "O").replace('1', "I").replace('V', "U");
        }
        if lower {
            written = written.to_lowercase();
        }
        prop_assert_eq!(written.parse(), Ok(code), "{}", written);
        prop_assert_eq!(serde_json::from_str::<Code>(&serde_json::to_string(&code).unwrap()).unwrap(), code);
    }

    #[test]
    fn any_two_wrong_characters_in_any_code_are_caught(
        code in any_code(), at in proptest::sample::subsequence((0..12).collect::<Vec<usize>>(), 1..=2), by in [1usize..32, 1..32],
    ) {
        let mut wrong = symbols(code);
        for (at, by) in at.into_iter().zip(by) {
            wrong[at] ^= by;
        }
        prop_assert_eq!(text(&wrong).parse::<Code>(), Err(BadCode::Mistyped));
    }

    #[test]
    fn any_text_is_answered(text in ".{0,30}") {
        let _ = text.parse::<Code>();
    }
}
