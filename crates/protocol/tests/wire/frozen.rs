//! What left the house and may not move, whatever the source calls it: JSON of a draft, stable names with their numbers,
//! codes, and bytes of messages. The recorded answers are in `fixtures/frozen/`; a change of theirs is a new version of
//! the protocol, never a renaming.

use crate::common::*;
use domain::{
    blank::{BadBlankNumber, BlankNumber, BlankRange, BlankRefusal, BlankState},
    code::{BadCode, Code, PRACTICE_GROUP},
    ids::{Digest, HouseholdId, Realm},
    number::PersonalNumber,
    registration::{
        Draft, DraftField, DraftPhone, DraftRepresentative, FieldName, Manner, PhoneOwner, Relation, Sex, Signer,
        Source,
    },
    state::{QuarantineReason, RefusalCode, State},
};
use minicbor::Decode;
use protocol::{
    blanks::{Blank, BlankAnswer, BlankLine, BlankOutcome, BlankPool, BlankReport},
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
    let code = Code::from_parts(PRACTICE_GROUP, [1, 2, 3, 4, 5]).unwrap();
    let blanks = [
        BlankState::Unused,
        BlankState::Bound(code),
        BlankState::Spoiled,
        BlankState::Void,
    ];
    let bad_cards = [BadBlankNumber::Form, BadBlankNumber::Mistyped];
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
        "card": blanks,
        "card_name": blanks.map(BlankState::name),
        "card_refusal": BlankRefusal::ALL.map(BlankRefusal::name),
        "card_refusal_code": BlankRefusal::ALL.map(BlankRefusal::code),
        "card_number_code": bad_cards.map(|bad| bad.code()),
        "code_code": bad_codes.map(|bad| bad.code()),
        "number_code": bad_numbers.map(|text| PersonalNumber::parse(text).unwrap_err()),
        "demo": { "code": code, "card": BlankNumber::from_serial(90_000_007).unwrap() },
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
    draft.number = field("048188999301", Source::ByHeart);
    draft.number_again = Some(domain::Sensitive::new("048188999301".to_owned()));
    draft.household = Some(HouseholdId([8; 16]));
    draft.representative = Some(DraftRepresentative {
        name: domain::Sensitive::new("Trần Thị Sáu".to_owned()),
        relation: Relation::Guardian,
        number: domain::Sensitive::new("048160999302".to_owned()),
    });
    draft.phone = Some(DraftPhone {
        number: domain::Sensitive::new("0905000301".to_owned()),
        owner: PhoneOwner::Family,
    });
    draft
}

fn messages() -> Value {
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let number = |serial| BlankNumber::from_serial(serial).unwrap();
    let range = BlankRange {
        first: number(80_000_010),
        last: number(80_000_019),
    };
    let line = BlankLine {
        number: number(80_000_012),
        code: Code::from_bits(77),
        spoiled: true,
        at: NOW,
        operator: 4,
        ext: domain::ext::Extensions::NONE,
    };
    let pool = BlankPool {
        team: 12,
        made: vec![range],
        used: vec![range],
        void: vec![],
        ext: domain::ext::Extensions::NONE,
    };
    let answer = BlankAnswer {
        request: Digest([3; 32]),
        time: NOW,
        blanks: [None, Some(BlankRefusal::Bound), Some(BlankRefusal::Unknown)]
            .map(BlankOutcome::from)
            .to_vec(),
        ext: domain::ext::Extensions::NONE,
    };
    let report = BlankReport {
        device: 7,
        blanks: vec![line],
        ext: domain::ext::Extensions::NONE,
    };
    let blank = Blank {
        number: number(80_001_234),
        team: 12,
    };
    json!({
        "registration": hex(cbor::encode(&realistic(Some(8)))),
        "pool": hex(cbor::encode(&pool)),
        "report": [BlankReport::CONTEXT, hex(cbor::encode(&report))],
        "answer": [BlankAnswer::CONTEXT, hex(cbor::encode(&answer))],
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
