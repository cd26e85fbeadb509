//! What holds for every card and for every bytes.

#![allow(clippy::unwrap_used)]

use domain::idcard::{self, IdCardCode, IdCardKind, IdCardStatus};
use proptest::{prelude::*, sample::select};

const WORDS: [&str; 24] = [
    "Nguyễn",
    "Trần",
    "Huỳnh",
    "Đặng",
    "Bh'nướch",
    "Lê",
    "Thị",
    "Văn",
    "Mỹ",
    "Phước",
    "Hạnh",
    "Quỳnh",
    "Ổn",
    "Ưng",
    "Ngơn",
    "Y",
    "Jăk",
    "Kŏr",
    "Čil",
    "Ñĕm",
    "Bĭnh",
    "Ŭ",
    "AN",
    "NGÃ",
];
const PLACES: [&str; 6] = [
    "K12/3 Lê Lợi, Thạch Thang, Hải Châu, Đà Nẵng",
    "Tổ 14, Hòa Minh, Liên Chiểu, Đà Nẵng",
    "Thôn Pơr'ning, Lăng, Tây Giang, Quảng Nam",
    "Thôn 2, Xã Trà Linh, Thành phố Đà Nẵng",
    "",
    "Ấp Ở Đợ, Xã À, Ề",
];

#[derive(Debug, Clone)]
struct Person {
    number: String,
    old_id: String,
    name: String,
    birth: String,
    birth_value: String,
    sex: &'static str,
    address: String,
    issued: (u16, u8, u8),
}

prop_compose! {
    fn person()(
        place in select(vec!["001", "048", "049", "096"]),
        year in 1900u16..2100,
        (month, day) in (1u8..=12, 1u8..=28),
        known in 0..3,
        male in any::<bool>(),
        serial in 0u32..1000,
        old_id in "(|[0-9]{9})",
        name in prop::collection::vec(select(WORDS.to_vec()), 1..7),
        address in select(PLACES.to_vec()),
        issued in (2021u16..2030, 1u8..=12, 1u8..=28),
    ) -> Person {
        let sex_digit = (year - 1900) / 100 * 2 + u16::from(!male);
        Person {
            number: format!("{place}{sex_digit}{:02}999{serial:03}", year % 100),
            old_id,
            name: name.join(" "),
            birth: match known { 0 => format!("{day:02}{month:02}{year}"), 1 => format!("{month:02}{year}"), _ => year.to_string() },
            birth_value: match known { 0 => format!("{year}-{month:02}-{day:02}"), 1 => format!("{year}-{month:02}"), _ => year.to_string() },
            sex: if male { "Nam" } else { "Nữ" },
            address: format!("{address}, Việt Nam"),
            issued,
        }
    }
}

impl Person {
    fn card(&self, new: bool) -> String {
        let (year, month, day) = self.issued;
        let Person {
            number,
            old_id,
            name,
            birth,
            sex,
            address,
            ..
        } = self;
        let end = if new { "||||" } else { "" };
        format!("{number}|{old_id}|{name}|{birth}|{sex}|{address}|{day:02}{month:02}{year}{end}")
    }
}

/// UTF-8 bytes shown one by one; `windows` chooses Windows-1252 over Latin-1.
fn shown(text: &str, windows: bool) -> String {
    const FROM_80: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let table: Vec<char> = FROM_80.chars().collect();
    text.bytes()
        .map(|byte| match byte {
            0x80..=0x9f if windows => table[usize::from(byte - 0x80)],
            _ => char::from(byte),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let reading = idcard::read(&bytes);
        let usable = matches!(reading.status, IdCardStatus::Ok | IdCardStatus::Warning);
        prop_assert_eq!(reading.to_draft_fields().is_some(), usable);
    }

    #[test]
    fn any_text_with_separators_is_answered(text in "(048188999301)?[|0-9/a-zA-ZÀ-ỹ ]{0,80}\\PC{0,20}") {
        let reading = idcard::read(text.as_bytes());
        prop_assert_eq!(reading.status == IdCardStatus::Error, reading.codes.iter().any(|code| code.is_error()));
    }

    #[test]
    fn a_card_comes_back_as_it_was_written(person in person(), new in any::<bool>()) {
        let reading = idcard::read(person.card(new).as_bytes());
        prop_assert_eq!(reading.status, IdCardStatus::Ok, "{:?}", reading.codes);
        prop_assert_eq!(reading.kind, if new { IdCardKind::CanCuoc } else { IdCardKind::Cccd });
        prop_assert_eq!(reading.extra_fields, if new { 4 } else { 0 });
        let fields = &reading.fields;
        prop_assert_eq!(fields.number.as_ref().map(|number| number.expose()), Some(person.number.as_str()));
        prop_assert_eq!(fields.old_id.as_ref().map_or("", |id| id.expose().as_str()), &person.old_id);
        prop_assert_eq!(fields.name.as_ref().map(|name| name.expose()), Some(person.name.as_str()));
        prop_assert_eq!(fields.birth.map(|birth| birth.value.to_string()), Some(person.birth_value));
        let printed = if person.address.starts_with(',') { person.address.trim() } else { person.address.as_str() };
        prop_assert_eq!(fields.address.as_ref().map(|line| line.expose().as_str()), Some(printed));
        let (year, month, day) = person.issued;
        prop_assert_eq!(fields.issued.map(|date| date.to_string()), Some(format!("{year}-{month:02}-{day:02}")));
    }

    #[test]
    fn text_shown_in_the_wrong_character_set_comes_back_exactly(person in person(), windows in any::<bool>(), mark in any::<bool>()) {
        let card = person.card(false);
        let delivered = shown(&format!("{}{card}", if mark { "\u{feff}" } else { "" }), windows);
        let (expected, mut repaired) = (idcard::read(card.as_bytes()), idcard::read(delivered.as_bytes()));
        prop_assert_eq!(repaired.codes.remove(0), IdCardCode::Repaired);
        prop_assert_eq!(&repaired.codes, &expected.codes);
        prop_assert_eq!(repaired.fields, expected.fields);
    }

    #[test]
    fn one_changed_byte_never_panics_and_never_adds_fields(person in person(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = person.card(true).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let reading = idcard::read(&bytes);
        prop_assert!(reading.extra_fields <= 5);
        if let Some(name) = reading.fields.name {
            prop_assert!(!name.expose().chars().any(domain::text::is_forbidden));
        }
    }
}
