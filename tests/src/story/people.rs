//! Who lives behind the doors, and what they say. Everybody is invented; their cards are in `fixtures/idcards/`.

use serde_json::{Value, json};

/// Communes of today that the journey meets.
pub const COMMUNES: [(&str, &str); 10] = [
    ("20242", "Phường Hải Châu"),
    ("20794", "Xã Thăng An"),
    ("20455", "Xã Tây Giang"),
    ("20200", "Phường Hòa Khánh"),
    ("20197", "Phường Liên Chiểu"),
    ("20356", "Phường Quảng Phú"),
    ("20950", "Xã Trà Linh"),
    ("20275", "Phường An Hải"),
    ("20305", "Phường An Khê"),
    ("20579", "Phường Điện Bàn Đông"),
];

/// The name of a commune of the journey.
pub fn commune_name(code: &str) -> &'static str {
    COMMUNES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or("?", |(_, name)| name)
}

/// What happens at a door.
pub enum Answer {
    /// Registered.
    Yes,
    /// Says no to purpose 1.
    No,
    /// Somebody else acts, or nobody can: no form is begun.
    NotAsked,
}

/// One person and how they are met.
pub struct Door {
    /// Number of the card's picture, or of the draft.
    pub number: u8,
    /// What a person would tell about it.
    pub told: &'static str,
    pub answer: Answer,
    /// Where the person lives today.
    pub commune: &'static str,
    /// Changes of the form that is filled from the card, or the whole form where there is none.
    pub form: fn(&mut Value),
}

/// Before noon: no network.
pub const MORNING: [Door; 6] = [
    Door {
        number: 1,
        told: "reads the notice herself and signs with a finger.",
        answer: Answer::Yes,
        commune: "20242",
        form: |_| {},
    },
    Door {
        number: 2,
        told: "knows only the year of his birth, and it stays a year. He sees badly: the notice is read aloud to him, and the \
               second volunteer is his witness.",
        answer: Answer::Yes,
        commune: "20794",
        form: |draft| {
            draft["consent"]["read_aloud"] = json!(true);
            draft["consent"]["signatures"] = json!([{ "signer": "myself", "manner": "witness", "witness": null }]);
        },
    },
    Door {
        number: 5,
        told: "lives with her grandmother, who brings the card. A grandmother does not sign for parents who can: not \
               registered, nothing kept, the parents are asked another day.",
        answer: Answer::NotAsked,
        commune: "20579",
        form: |_| {},
    },
    Door {
        number: 7,
        told: "his old commune Hòa Liên was split. Asked where he lives, he says Phường Liên Chiểu.",
        answer: Answer::Yes,
        commune: "20197",
        form: |_| {},
    },
    Door {
        number: 13,
        told: "hears the notice and says no. What was typed is erased at once; only the count stays.",
        answer: Answer::No,
        commune: "20200",
        form: neighbour,
    },
    Door {
        number: 12,
        told: "her card says Nữ, the digit in her number says Nam: a warning. The volunteer believes the number and changes \
               the field. (That is a mistake, and it comes back.)",
        answer: Answer::Yes,
        commune: "20305",
        form: |draft| draft["sex"] = json!({ "value": "male", "source": "edited" }),
    },
];

/// After noon: no network either.
pub const AFTERNOON: [Door; 7] = [
    Door {
        number: 3,
        told: "keeps the apostrophe in her name, on the card and in the search.",
        answer: Answer::Yes,
        commune: "20455",
        form: |_| {},
    },
    Door {
        number: 6,
        told: "is 17 and signs alone. His card names another province; he rents a room in Phường Hòa Khánh, and that counts.",
        answer: Answer::Yes,
        commune: "20200",
        form: |draft| {
            draft["residence"] =
                json!({ "commune": "20200", "group": "Tổ 9", "house": "Nhà trọ, kiệt 21 Âu Cơ", "lodging": true });
        },
    },
    Door {
        number: 8,
        told: "the marks in her card's code are lost: numbers are taken, name and address are typed from the card.",
        answer: Answer::Yes,
        commune: "20356",
        form: |draft| {
            draft["name"] = typed("Nguyễn Thị Thu");
            draft["card_address"] = typed("Thôn Thanh Tân, Tam Thanh, Tam Kỳ, Quảng Nam");
            draft["residence"]["group"] = json!("Thôn Thanh Tân");
        },
    },
    Door {
        number: 10,
        told: "his wife brings his card; he has died. Nobody registers the dead: nothing is kept.",
        answer: Answer::NotAsked,
        commune: "20410",
        form: |_| {},
    },
    Door {
        number: 11,
        told: "agrees to the account and to nothing else. That a team in another street had him already, this tablet cannot \
               know.",
        answer: Answer::Yes,
        commune: "20275",
        form: |draft| draft["consent"]["help"] = json!(false),
    },
    Door {
        number: 4,
        told: "is a child without a card: the birth certificate is typed, mother and child both agree and sign.",
        answer: Answer::Yes,
        commune: "20200",
        form: child,
    },
    Door {
        number: 9,
        told: "has VNeID on his phone: the volunteer types what it shows. His hand is hurt, so he makes a cross.",
        answer: Answer::Yes,
        commune: "20950",
        form: vneid,
    },
];

fn field(value: &str, source: &str) -> Value {
    json!({ "value": value, "source": source })
}

fn typed(value: &str) -> Value {
    field(value, "typed")
}

/// A finger's line, simplified (x, y pairs).
fn drawn(signer: &str) -> Value {
    json!({ "signer": signer, "manner": "drawn", "strokes": [12, 40, 13, 44, 19, 52, 30, 41, 36, 44, 52, 39] })
}

fn child(draft: &mut Value) {
    let seen = |value| field(value, "birth_certificate");
    *draft = json!({
        "name": seen("Phan Gia Bảo"),
        "birth": seen("2015-09-03"),
        "sex": seen("male"),
        "pin": seen("048215999414"),
        "card_address": seen("Tổ 7, Phường Hòa Khánh, Thành phố Đà Nẵng"),
        "residence": { "commune": "20200", "group": "Tổ 7", "house": "" },
        "representative": { "name": "Đỗ Thị Bích Liên", "relation": "mother", "pin": "048187999415" },
        "consent": {
            "notice": 1, "account": true, "help": true, "read_aloud": true,
            "signatures": [drawn("myself"), drawn("representative")],
        },
    });
}

fn vneid(draft: &mut Value) {
    let seen = |value| field(value, "vneid");
    *draft = json!({
        "name": seen("Hồ Văn Nết"),
        "birth": seen("1996-01-28"),
        "sex": seen("male"),
        "pin": seen("049096999125"),
        "card_address": seen("Thôn 3, Xã Trà Linh, Thành phố Đà Nẵng"),
        "residence": { "commune": "20950", "group": "Thôn 3", "house": "" },
        "consent": {
            "notice": 1, "account": true, "help": true, "read_aloud": true,
            "signatures": [{ "signer": "myself", "manner": "mark" }],
        },
    });
}

fn neighbour(draft: &mut Value) {
    *draft = json!({
        "name": typed("Mai Văn Lợi"),
        "birth": typed("1970-03-15"),
        "sex": typed("male"),
        "pin": typed("048070999555"),
        "residence": { "commune": "20200", "group": "Tổ 7", "house": "" },
        "consent": { "notice": 1, "account": false },
    });
}

/// The form as a scan fills it, with the answers of somebody who agrees to the account and to help; no phone.
/// The number of the old identity card stays behind: it has no purpose.
pub fn form_of(reading: &Value, commune: &str) -> Value {
    let fields = &reading["fields"];
    let scanned = |value: &Value| match value.as_str() {
        Some(value) => field(value, "scanned"),
        None => Value::Null,
    };
    let has_marks = reading["codes"]
        .as_array()
        .is_none_or(|codes| !codes.contains(&json!("no_diacritics")));
    let text = |name: &str| if has_marks { scanned(&fields[name]) } else { Value::Null };
    let (house, group) = house_and_group(fields["address"].as_str().unwrap_or_default());
    json!({
        "name": text("name"),
        "birth": scanned(&fields["birth"]["value"]),
        "sex": scanned(&fields["sex"]),
        "pin": scanned(&fields["pin"]),
        "card_address": text("address"),
        "issued": fields["issued"],
        "residence": { "commune": commune, "group": group, "house": house },
        "consent": {
            "notice": 1, "account": true, "help": true, "read_aloud": false, "signatures": [drawn("myself")],
        },
    })
}

/// The house line and the *tổ* or *thôn* at the beginning of a card's address.
fn house_and_group(address: &str) -> (String, String) {
    let parts: Vec<_> = address.split(", ").collect();
    let is_group = |part: &&str| {
        ["Tổ ", "Thôn ", "Thon ", "Khối "]
            .iter()
            .any(|kind| part.starts_with(kind))
    };
    match parts.iter().position(is_group) {
        Some(at) => (parts[..at].join(", "), parts[at].to_owned()),
        None => (String::new(), String::new()),
    }
}

/// Commune and district of before, as the card prints them.
pub fn old_place(address: &str) -> String {
    let parts: Vec<_> = address.split(", ").collect();
    match parts.len().checked_sub(3) {
        Some(at) => parts[at..].join(", "),
        None => address.to_owned(),
    }
}

/// The person's row in the simulated national register: what the form says, except that of sex it believes the card.
pub fn register_row(form: &Value, sex: &str) -> String {
    let value = |name: &str| form[name]["value"].as_str().unwrap_or_default();
    format!("{},{},{},{sex},0", value("pin"), value("name"), value("birth"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let long = "K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng";
        assert_eq!(
            house_and_group(long),
            ("K45/12 Ông Ích Khiêm".to_owned(), "Tổ 18".to_owned())
        );
        assert_eq!(old_place(long), "Thạch Thang, Hải Châu, Đà Nẵng");
        assert_eq!(house_and_group("Đà Nẵng"), (String::new(), String::new()));
    }

    #[test]
    fn a_damaged_code_leaves_name_and_address_empty() {
        let reading = json!({
            "codes": ["no_diacritics"],
            "fields": { "pin": "049180999122", "name": "Nguyen Thi Thu", "sex": "female", "old_id": "205999122" },
        });
        let form = form_of(&reading, "20356");
        assert!(form["name"].is_null() && form["card_address"].is_null());
        assert_eq!(form["pin"], field("049180999122", "scanned"));
        assert!(!form.to_string().contains("205999122"));
    }

    #[test]
    fn everybody_is_met_once() {
        let mut numbers: Vec<_> = MORNING.iter().chain(&AFTERNOON).map(|door| door.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=13).collect::<Vec<_>>());
    }
}
