//! The practice people's cards, read as a real card would be.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use domain::{
    idcard::{self, IdCardCode, IdCardKind, IdCardStatus},
    practice,
};

#[test]
fn each_card_teaches_what_it_should() {
    for person in practice::people() {
        let Some(text) = person.idcard_text() else { continue };
        let reading = idcard::read(text.as_bytes());
        let (status, codes) = match person.name.as_str() {
            "Nguyễn Thị Thu" => (IdCardStatus::Warning, vec![IdCardCode::NoDiacritics]),
            "Lương Thị Diệu" => (IdCardStatus::Warning, vec![IdCardCode::SexMismatch]),
            _ => (IdCardStatus::Ok, vec![]),
        };
        assert_eq!((reading.status, reading.codes), (status, codes), "{}", person.name);
        assert_eq!(reading.fields.number.as_ref(), Some(&person.number), "{}", person.name);
        assert_eq!(reading.fields.birth.unwrap().value, person.birth, "{}", person.name);
        assert_eq!(reading.fields.sex, Some(person.sex), "{}", person.name);
        assert_eq!(reading.fields.issued, person.issued, "{}", person.name);
        let can_cuoc = person.issued >= Some("2024-07-01".parse().unwrap());
        let expected = if can_cuoc {
            (IdCardKind::CanCuoc, 4)
        } else {
            (IdCardKind::Cccd, 0)
        };
        assert_eq!((reading.kind, reading.extra_fields), expected, "{}", person.name);
        if status == IdCardStatus::Ok {
            assert_eq!(reading.fields.name.unwrap().expose(), person.name);
            assert_eq!(reading.fields.address.unwrap().expose(), &person.address);
        }
        let suggested = reading.commune.unwrap_or_default().suggested;
        let lives_elsewhere = person.name == "Võ Minh Khôi";
        assert_eq!(
            suggested.iter().any(|one| one.code == person.commune),
            !lives_elsewhere,
            "{}",
            person.name
        );
    }
}

#[test]
fn names_of_parents_are_counted_and_dropped() {
    let child = practice::people()
        .iter()
        .find(|person| person.parents.is_some())
        .unwrap();
    let text = child.idcard_text().unwrap();
    let json = serde_json::to_string(&idcard::read(text.as_bytes())).unwrap();
    for name in child.parents.as_ref().unwrap().split('|') {
        assert!(text.contains(name) && !json.contains(name));
    }
}
