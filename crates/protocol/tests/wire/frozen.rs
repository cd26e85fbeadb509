//! What left the house and may not move, whatever the source calls it: JSON of a draft, stable names with their numbers,
//! codes, and bytes of messages. The recorded answers are in `fixtures/frozen/`; a change of theirs is a new version of
//! the protocol, never a renaming.

use crate::common::*;
use domain::{
    code::{BadCode, Code, DEMO_GROUP},
    ids::{Digest, HouseholdId, Realm},
    pin::Pin,
    pool::{BadCardNumber, CardNumber, CardRange, CardRefusal, CardState},
    registration::{
        Draft, DraftField, DraftPhone, DraftRepresentative, FieldName, Manner, PhoneOwner, Relation, Sex, Signer,
        Source,
    },
    state::{QuarantineReason, RefusalCode, State},
};
use minicbor::Decode;
use protocol::{
    cards::{BlankCard, CardAnswer, CardLine, CardOutcome, CardPool, CardReport},
    cbor,
    signed::Message as _,
};
use serde::Serialize;
use serde_json::{Value, json};

/// Every variant of an enum that travels as its number, by the name it has in JSON.
fn variants<T: for<'b> Decode<'b, ()> + Serialize>() -> Value {
    (0u32..64)
        .map_while(|number| minicbor::decode::<T>(&cbor::encode(&number)).ok())
        .map(|value| serde_json::to_value(value).unwrap())
        .collect()
}

fn names() -> Value {
    let code = Code::from_parts(DEMO_GROUP, [1, 2, 3, 4, 5]).unwrap();
    let cards = [
        CardState::Blank,
        CardState::Bound(code),
        CardState::Spoiled,
        CardState::Void,
    ];
    let bad_cards = [BadCardNumber::Form, BadCardNumber::Mistyped];
    let bad_codes = [BadCode::Length, BadCode::Character, BadCode::Mistyped];
    let long = " ".repeat(41);
    let bad_numbers = ["", "x", "123456789", "1", &long];
    json!({
        "field": variants::<FieldName>(),
        "refusal": variants::<RefusalCode>(),
        "stopped": variants::<QuarantineReason>(),
        "state": variants::<State>(),
        "realm": variants::<Realm>(),
        "source": variants::<Source>(),
        "sex": variants::<Sex>(),
        "phone": variants::<PhoneOwner>(),
        "relation": variants::<Relation>(),
        "signer": variants::<Signer>(),
        "manner": [Manner::Drawn, Manner::Mark, Manner::Witness, Manner::Kept],
        "card": cards,
        "card_name": cards.map(CardState::name),
        "card_refusal": CardRefusal::ALL.map(CardRefusal::name),
        "card_refusal_code": CardRefusal::ALL.map(CardRefusal::code),
        "card_number_code": bad_cards.map(|bad| bad.code()),
        "code_code": bad_codes.map(|bad| bad.code()),
        "number_code": bad_numbers.map(|text| Pin::parse(text).unwrap_err()),
        "demo": { "code": code, "card": CardNumber::from_serial(90_000_007).unwrap() },
    })
}

/// A draft in which every field is filled in.
fn full() -> Draft {
    let field = |value: &str, source| {
        Some(DraftField {
            value: domain::Sensitive::new(value.to_owned()),
            source,
        })
    };
    let mut draft = realistic(Some(4)).to_draft();
    draft.pin = field("048188999301", Source::ByHeart);
    draft.pin_again = Some(domain::Sensitive::new("048188999301".to_owned()));
    draft.household = Some(HouseholdId([8; 16]));
    draft.representative = Some(DraftRepresentative {
        name: domain::Sensitive::new("Trần Thị Sáu".to_owned()),
        relation: Relation::Guardian,
        pin: domain::Sensitive::new("048160999302".to_owned()),
    });
    draft.phone = Some(DraftPhone {
        number: domain::Sensitive::new("0905000301".to_owned()),
        owner: PhoneOwner::Family,
    });
    draft
}

fn messages() -> Value {
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let number = |serial| CardNumber::from_serial(serial).unwrap();
    let range = CardRange {
        first: number(80_000_010),
        last: number(80_000_019),
    };
    let line = CardLine {
        number: number(80_000_012),
        code: Code::from_bits(77),
        spoiled: true,
        at: NOW,
        operator: 4,
        ext: domain::ext::Extensions::NONE,
    };
    let pool = CardPool {
        team: 12,
        made: vec![range],
        used: vec![range],
        void: vec![],
        ext: domain::ext::Extensions::NONE,
    };
    let answer = CardAnswer {
        request: Digest([3; 32]),
        time: NOW,
        cards: [None, Some(CardRefusal::Bound), Some(CardRefusal::Unknown)]
            .map(CardOutcome::from)
            .to_vec(),
        ext: domain::ext::Extensions::NONE,
    };
    let report = CardReport {
        device: 7,
        cards: vec![line],
        ext: domain::ext::Extensions::NONE,
    };
    let blank = BlankCard {
        number: number(80_001_234),
        team: 12,
    };
    json!({
        "registration": hex(cbor::encode(&realistic(Some(8)))),
        "pool": hex(cbor::encode(&pool)),
        "report": [CardReport::CONTEXT, hex(cbor::encode(&report))],
        "answer": [CardAnswer::CONTEXT, hex(cbor::encode(&answer))],
        "blank": blank.to_text(&signer(3)),
    })
}

#[test]
fn the_json_of_a_draft_stands() {
    let recorded = include_str!("../../../../fixtures/frozen/draft.json");
    assert_eq!(serde_json::to_string_pretty(&full()).unwrap() + "\n", recorded);
    assert_eq!(serde_json::from_str::<Draft>(recorded).unwrap(), full());
}

#[test]
fn names_numbers_and_codes_stand() {
    let recorded: Value = serde_json::from_str(include_str!("../../../../fixtures/frozen/names.json")).unwrap();
    assert_eq!(names(), recorded);
}

#[test]
fn the_bytes_of_messages_stand() {
    let recorded: Value = serde_json::from_str(include_str!("../../../../fixtures/frozen/messages.json")).unwrap();
    assert_eq!(messages(), recorded);
}
