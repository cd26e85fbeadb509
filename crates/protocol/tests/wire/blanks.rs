//! Pre-printed cards: a real one is known without a network, an altered one is not.

use crate::{citizen::is_alphanumeric, common::*};
use domain::{
    blank::{BlankNumber, BlankRange, BlankRefusal},
    ids::Realm,
};
use proptest::prelude::*;
use protocol::{
    ProtocolError,
    blanks::{Blank, BlankOutcome, BlankPool, MAX_TEXT, PrintedBlank, looks_like},
    cbor,
};

fn blank() -> Blank {
    Blank {
        number: BlankNumber::from_serial(80_001_234).unwrap(),
        team: 12,
    }
}

#[test]
fn a_blank_card_is_short_and_its_signature_is_the_platforms() {
    let text = blank().to_text(&signer(3));
    // What a QR code of version 5 holds at level M in alphanumeric mode (ISO/IEC 18004, table 7).
    assert!(text.len() <= 122, "{} characters", text.len());
    println!("a blank card: {} characters", text.len());
    assert!(is_alphanumeric(&text) && looks_like(&text));
    let read = PrintedBlank::read(&format!(" {text}\r\n")).unwrap();
    assert_eq!(read.blank, blank());
    assert_eq!(read.blank.number.realm(), Realm::Development);
    // The key of today, an older one beside it, another platform's, none.
    let (ours, older, other) = (signer(3).public(), signer(4).public(), signer(5).public());
    assert_eq!(read.verify(&[older, ours]), Ok(()));
    assert_eq!(read.verify(&[other]), Err(ProtocolError::BadSignature));
    assert_eq!(read.verify(&[]), Err(ProtocolError::BadSignature));
}

#[test]
fn no_altered_character_is_ever_a_real_card() {
    let text = blank().to_text(&signer(3));
    let keys = [signer(3).public()];
    let real = |text: &str| PrintedBlank::read(text).is_ok_and(|read| read.verify(&keys).is_ok());
    assert!(real(&text));
    for at in 0..text.len() {
        for other in (b' '..=b'~').map(char::from).filter(|c| !text[at..].starts_with(*c)) {
            assert!(
                !real(&format!("{}{other}{}", &text[..at], &text[at + 1..])),
                "position {at}: {other}"
            );
        }
        assert!(
            !real(&format!("{}{}", &text[..at], &text[at + 1..])),
            "position {at} left out"
        );
    }
}

/// A pool of 5,000 blanks, used in the order of their sheets.
#[test]
fn the_pool_of_a_team_is_a_few_bytes() {
    let range = |first: u32, last: u32| BlankRange {
        first: BlankNumber::from_serial(first).unwrap(),
        last: BlankNumber::from_serial(last).unwrap(),
    };
    let pool = BlankPool {
        team: 12,
        made: vec![range(1000, 5999)],
        used: (0..40)
            .map(|tablet| range(1000 + tablet * 100, 1059 + tablet * 100))
            .collect(),
        void: vec![range(5990, 5999)],
        ext: Default::default(),
    };
    let bytes = cbor::encode(&pool).len();
    println!("pool of 5,000 cards, 40 tablets: {bytes} bytes");
    assert!(bytes < 400);
    assert_eq!(pool.blank(), 5000 - 2400 - 10);
}

#[test]
fn every_outcome_is_a_reason_or_none() {
    for refusal in BlankRefusal::ALL.map(Some).into_iter().chain([None]) {
        assert_eq!(BlankOutcome::from(refusal).refusal(), refusal);
    }
}

proptest! {
    #[test]
    fn any_text_may_be_held_against_the_reader(text in "(TNP1:)?[ -~]{0,150}|\\PC{0,60}") {
        let read = PrintedBlank::read(&text);
        prop_assert!(read.is_err() || read.unwrap().verify(&[signer(3).public()]).is_err());
        prop_assert!(PrintedBlank::read(&"A".repeat(MAX_TEXT + 1)).is_err());
    }
}
