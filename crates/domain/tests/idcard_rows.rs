//! Every row of the facts about card codes, by name: what people hold up and what the volunteer is told.

#![allow(clippy::unwrap_used)]

use domain::idcard::{self, IdCardCode, IdCardKind, IdCardReading, IdCardStatus};

const CCCD: &str =
    "048188999301|201999301|Trần Thị Mỹ Hạnh|09021988|Nữ|K12/3 Lê Lợi, Thạch Thang, Hải Châu, Đà Nẵng|10052022";
const CAN_CUOC: &str =
    "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|Tổ 5, Phường Hải Châu, Thành phố Đà Nẵng|10082024||||";
const ADDRESS: &str = "K12/3 Lê Lợi, Thạch Thang, Hải Châu, Đà Nẵng";

/// The reading as the command-line tool prints it.
fn json(bytes: impl AsRef<[u8]>) -> serde_json::Value {
    serde_json::to_value(idcard::read(bytes.as_ref())).unwrap()
}

fn codes(reading: &IdCardReading) -> Vec<String> {
    reading
        .codes
        .iter()
        .map(|code| serde_json::to_value(code).unwrap().as_str().unwrap().to_owned())
        .collect()
}

/// `status codes` of a reading, short enough for a table.
fn verdict(bytes: impl AsRef<[u8]>) -> String {
    let reading = idcard::read(bytes.as_ref());
    let status = serde_json::to_value(reading.status).unwrap();
    [status.as_str().unwrap().to_owned()]
        .into_iter()
        .chain(codes(&reading))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The CCCD with field `at` (0-6) replaced.
fn with(at: usize, value: &str) -> String {
    let mut fields: Vec<&str> = CCCD.split('|').collect();
    fields[at] = value;
    fields.join("|")
}

/// UTF-8 bytes shown one by one as characters of Windows-1252, or of Latin-1.
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

#[test]
fn a_cccd_in_the_exact_shape_of_the_output() {
    let mut read = json(CCCD);
    let commune = read["commune"].take();
    assert!(
        commune["suggested"].as_array().is_some_and(|list| !list.is_empty()),
        "{commune}"
    );
    assert!(commune["ask"].is_boolean());
    assert_eq!(
        read,
        serde_json::json!({
            "status": "ok",
            "kind": "cccd",
            "codes": [],
            "fields": {
                "pin": "048188999301",
                "old_id": "201999301",
                "name": "Trần Thị Mỹ Hạnh",
                "birth": {"value": "1988-02-09", "precision": "day"},
                "sex": "female",
                "address": ADDRESS,
                "issued": "2022-05-10",
            },
            "extra_fields": 0,
            "commune": null,
        })
    );
}

#[test]
fn a_can_cuoc_has_four_more_fields_that_are_only_counted() {
    let adult = json(CAN_CUOC);
    assert_eq!(
        (&adult["status"], &adult["kind"], &adult["extra_fields"]),
        (&"ok".into(), &"can_cuoc".into(), &4.into())
    );
    assert_eq!(adult["fields"]["old_id"], serde_json::Value::Null);

    let child = CAN_CUOC.replace("||||", "|048088999777|Người Cha|Người Mẹ|khác");
    let read = idcard::read(child.as_bytes());
    assert_eq!((read.status, read.extra_fields), (IdCardStatus::Ok, 4));
    let printed = serde_json::to_string(&read).unwrap();
    for third_person in ["048088999777", "Người", "khác"] {
        assert!(!printed.contains(third_person));
    }
}

#[test]
fn rows_of_what_else_is_held_up() {
    let shifted = CCCD.replace("|201999301", "");
    let copied = shifted
        .replace("09021988", "09/02/1988")
        .replace("10052022", "10/05/2022");
    for (row, text, expected) in [
        ("empty second field collapsed", shifted, "error fields_shifted"),
        (
            "the same on the new card",
            CAN_CUOC.replacen("||", "|", 1),
            "error fields_shifted",
        ),
        ("copied out of Zalo", copied, "warning app_copy"),
        (
            "copied with the old number",
            CCCD.replace("09021988", "09/02/1988").replace("10052022", "10/05/2022"),
            "warning app_copy",
        ),
        ("shown as Latin-1", shown(CCCD, false), "warning repaired"),
        ("shown as Windows-1252", shown(CCCD, true), "warning repaired"),
        ("shown so twice", shown(&shown(CCCD, true), true), "warning repaired"),
        ("shown as Big5", with(2, "Hu廙軟h Th廙"), "error encoding_damaged"),
        (
            "shown as Big5, a separator swallowed",
            with(2, "Hu廙軟h Th廙").replacen("廙|", "廙", 1),
            "error encoding_damaged",
        ),
        (
            "letters turned into question marks",
            with(2, "Hu?nh Th? Thu"),
            "error encoding_damaged",
        ),
        ("letters replaced", with(2, "Hu\u{fffd}nh"), "error encoding_damaged"),
        (
            "half of the bytes lost",
            with(2, "Huá»nh Thá»‹"),
            "error encoding_damaged",
        ),
        (
            "no marks at all",
            "048188999301||Nguyen Van Thu|09021988|Nu|To 5, Hai Chau, Da Nang|10052022".into(),
            "warning no_diacritics",
        ),
        ("impossible date", with(3, "31021990"), "error date_invalid"),
        ("impossible issue date", with(6, "31042022"), "error date_invalid"),
        ("sex digit against printed sex", with(4, "Nam"), "warning sex_mismatch"),
        (
            "year digits against birth date",
            with(3, "09021989"),
            "warning birth_year_mismatch",
        ),
        (
            "place code of no province",
            with(0, "003188999301"),
            "warning place_code_unknown",
        ),
        (
            "several warnings",
            with(0, "003088999301"),
            "warning sex_mismatch place_code_unknown",
        ),
    ] {
        assert_eq!(verdict(&text), expected, "{row}");
    }
}

#[test]
fn rows_of_what_is_not_a_card() {
    let base64 = "aGVsbG8gd29ybGQgdGhpcyBpcyBhIGxvbmcgY29kZSB0aGF0IG5vYm9keSBjYW4gcmVhZA9Zz1x";
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzZXNzaW9uIjoxfQ.c2lnbmF0dXJl";
    let insurance = "GD4480999123456|5472e1baa76e205468e1bb8b204de1bbb92048e1baa16e68|09/02/1988|2|486169204368c3a275|48 - 001|01/01/2024|-|31/12/2024|48001|-|4|01/01/2028|15a2bc3d-7102|$";
    for (row, text, kind) in [
        ("VNeID: prefix", "VNEID:session:42", IdCardKind::Vneid),
        ("VNeID: link", "https://app.vneid.gov.vn/qr?s=42", IdCardKind::Vneid),
        ("VNeID: JSON", "{\"session\":\"42\",\"exp\":1}", IdCardKind::Vneid),
        ("VNeID: token", token, IdCardKind::Vneid),
        ("VNeID: long base64", base64, IdCardKind::Vneid),
        ("health insurance", insurance, IdCardKind::HealthInsurance),
        (
            "health insurance, ten digits",
            "4899912345|4c c3aa".replace(' ', "").as_str(),
            IdCardKind::HealthInsurance,
        ),
        (
            "personal QR of Decision 1405",
            "048188999301|TRẦN THỊ MỸ HẠNH|1988-02-09|0|Q1|",
            IdCardKind::PersonalQr,
        ),
        (
            "bank: VietQR",
            "00020101021138540010A00000072701240006970436011099990000010208QRIBFTTA53037045802VN6304ABCD",
            IdCardKind::Unknown,
        ),
        (
            "bank: VietQR with a name in small letters",
            "00020101021138540010A00000072701240006970436011099990000010208QRIBFTTA5914TranThiMyHanh6304ABCD",
            IdCardKind::Unknown,
        ),
        ("link", "https://danang.gov.vn/dich-vu-cong", IdCardKind::Unknown),
        (
            "link that only mentions VNeID",
            "https://example.vn/vneid",
            IdCardKind::Unknown,
        ),
        ("Wi-Fi", "WIFI:T:WPA;S:Nha|Tro;P:12345678;;", IdCardKind::Unknown),
        ("plain words", "Xin chào", IdCardKind::Unknown),
        ("other data with separators", "A|B|C", IdCardKind::Unknown),
        ("a short number", "8935001234567", IdCardKind::Unknown),
        ("Han text", "你好", IdCardKind::Unknown),
    ] {
        let reading = idcard::read(text.as_bytes());
        assert_eq!((reading.status, reading.kind), (IdCardStatus::NotACard, kind), "{row}");
        assert!(reading.codes.is_empty() && reading.to_draft_fields().is_none(), "{row}");
        assert_eq!(
            serde_json::to_value(&reading.fields).unwrap(),
            serde_json::json!({}),
            "{row}"
        );
    }
    assert_eq!(
        idcard::read(b"\xff\xfa\x01\x80").kind,
        IdCardKind::Unknown,
        "bytes of nothing"
    );
}

#[test]
fn a_card_is_recognised_although_its_second_field_could_be_hexadecimal() {
    assert_eq!(verdict(with(1, "201999301")), "ok");
    assert_eq!(
        verdict(with(1, "414243444546")),
        "ok",
        "twelve digits of the CMND of 2013"
    );
}

#[test]
fn text_cut_anywhere_is_truncated_and_nothing_half_is_kept() {
    for card in [CCCD, CAN_CUOC] {
        let seventh = card.match_indices('|').nth(5).unwrap().0 + 1;
        for end in 12..seventh + 8 {
            let reading = idcard::read(&card.as_bytes()[..end]);
            assert_eq!(reading.codes, [IdCardCode::Truncated], "cut at {end}");
            assert_eq!(reading.status, IdCardStatus::Error);
            let whole = idcard::read(card.as_bytes()).fields;
            let part = reading.fields;
            assert!(part.name.is_none() || part.name == whole.name, "cut at {end}");
            assert!(part.address.is_none() || part.address == whole.address, "cut at {end}");
            assert!(part.issued.is_none());
        }
    }
    let child = CAN_CUOC.replace("||||", "||Người");
    let inside_a_letter = &child.as_bytes()[..child.len() - 3];
    assert_eq!(
        verdict(inside_a_letter),
        "error truncated",
        "among the fields that are only counted"
    );
    let cut = json(&CCCD.as_bytes()[..CCCD.find("|Nữ").unwrap()]);
    assert_eq!(cut["fields"]["name"], "Trần Thị Mỹ Hạnh");
    assert_eq!(cut["fields"].get("birth"), None, "the last field may lack its end");
}

#[test]
fn errors_carry_what_could_be_read() {
    let shifted = json(CCCD.replace("|201999301", ""));
    let mut whole = json(CCCD);
    whole["fields"].as_object_mut().unwrap().remove("old_id");
    assert_eq!(shifted["fields"], whole["fields"]);

    let date = json(with(3, "31021990"));
    assert_eq!(date["fields"].get("birth"), None);
    assert_eq!(date["fields"]["pin"], "048188999301");
    assert_eq!(date["fields"]["issued"], "2022-05-10");

    let damaged = json(with(2, "Hu廙軟h"));
    assert_eq!(damaged["fields"].get("name"), None);
    assert_eq!(damaged["fields"]["birth"]["value"], "1988-02-09");
    let swallowed = json(with(2, "Hu廙軟h廙").replacen("廙|", "廙", 1));
    assert_eq!(
        swallowed["fields"],
        serde_json::json!({"pin": "048188999301"}),
        "places are not certain any more"
    );
}

#[test]
fn birth_dates_keep_their_precision() {
    for (row, printed, value, precision) in [
        ("whole", "09021988", "1988-02-09", "day"),
        ("year", "1988", "1988", "year"),
        ("year behind zeros", "00001988", "1988", "year"),
        ("month", "021988", "1988-02", "month"),
        ("month behind zeros", "00021988", "1988-02", "month"),
        ("29 February of a leap year", "29021988", "1988-02-29", "day"),
        ("1 January is a date like others", "01011988", "1988-01-01", "day"),
        ("slashes", "09/02/1988", "1988-02-09", "day"),
        ("slashes without zeros", "9/2/1988", "1988-02-09", "day"),
        ("month with slash", "02/1988", "1988-02", "month"),
        ("zeros with slashes", "00/00/1988", "1988", "year"),
    ] {
        let birth = json(with(3, printed))["fields"]["birth"].take();
        assert_eq!(
            birth,
            serde_json::json!({"value": value, "precision": precision}),
            "{row}"
        );
    }
    for (row, printed) in [
        ("day without month", "09001988"),
        ("month 13", "09131988"),
        ("29 February of a common year", "29021989"),
        ("year too early", "09021788"),
        ("two-digit year", "09/02/88"),
        ("seven digits", "9021988"),
        ("letters", "O9021988"),
        ("nothing", ""),
        ("full-width digits", "０９０２１９８８"),
        ("sign", "+9021988"),
    ] {
        let reading = idcard::read(with(3, printed).as_bytes());
        assert!(reading.codes.contains(&IdCardCode::DateInvalid), "{row}");
        assert_eq!(reading.fields.birth, None, "{row}");
    }
    assert_eq!(
        verdict(with(6, "00002022")),
        "error date_invalid",
        "an issue date is whole"
    );
}

#[test]
fn what_scanners_put_around_the_text() {
    for (row, delivered) in [
        ("byte order mark", format!("\u{feff}{CCCD}")),
        ("CR LF", format!("{CCCD}\r\n")),
        ("tab", format!("{CCCD}\t")),
        ("NUL", format!("{CCCD}\0")),
        ("STX and ETX", format!("\u{2}{CCCD}\u{3}\r")),
        ("AIM identifier", format!("]Q1{CCCD}\r\n")),
        ("AIM identifier and ECI", format!("]Q2\\000026{CCCD}")),
        ("identifier before the mark", format!("]Q1\u{feff}{CCCD}")),
        ("spaces around fields", CCCD.replace('|', "  | ")),
        ("no-break spaces around fields", CCCD.replace('|', "\u{a0}|\u{a0}")),
    ] {
        assert_eq!(json(&delivered), json(CCCD), "{row}");
    }
    let upper = with(4, "NỮ").replace("Trần Thị Mỹ Hạnh", "Tra\u{300}\u{302}n");
    assert_eq!(verdict(upper), "ok", "capitals, decomposed");
}

#[test]
fn every_way_to_print_the_sex() {
    for (printed, sex) in [
        ("Nữ", "female"),
        ("NỮ", "female"),
        ("nữ", "female"),
        ("Nu\u{31b}\u{303}", "female"),
        ("Nam", "male"),
        ("NAM", "male"),
    ] {
        assert_eq!(json(with(4, printed))["fields"]["sex"], sex, "{printed}");
    }
    for printed in ["", "Khác", "1", "Nữa", "M"] {
        assert_eq!(verdict(with(4, printed)), "error sex_invalid", "{printed}");
    }
}

#[test]
fn utf_16_counts_only_behind_its_mark() {
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = format!("\u{feff}{CCCD}\r\n").encode_utf16().flat_map(unit).collect();
        assert_eq!(verdict(&bytes), "warning repaired");
        assert_eq!(json(&bytes)["fields"], json(CCCD)["fields"]);
        assert_ne!(
            json(&bytes[2..])["status"],
            "warning",
            "without its mark nothing is guessed"
        );
    }
}

#[test]
fn encodings_that_are_not_utf_8() {
    let legacy = [
        &b"048188999301||Hu\xfdnh Th\xf5 Thu|09021988|N\xf7|"[..],
        b"\xd0\xe0 N\xa4ng|10052022",
    ]
    .concat();
    assert_eq!(verdict(&legacy), "error encoding_damaged");
    let read = json(&legacy);
    assert_eq!(
        read["fields"],
        serde_json::json!({"pin": "048188999301", "birth": {"value": "1988-02-09", "precision": "day"}, "issued": "2022-05-10"})
    );
}

#[test]
fn poisoned_text() {
    for c in [
        '\u{202e}',
        '\u{200b}',
        '\u{200d}',
        '\u{2066}',
        '\u{feff}',
        '\u{ad}',
        '\u{7}',
        '\n',
        '\0',
        '\u{e0041}',
        '\u{fe0f}',
        '\u{e000}',
    ] {
        for (at, field) in CCCD.split('|').enumerate() {
            let middle = field.char_indices().nth(2).map_or(field.len(), |(byte, _)| byte);
            let poisoned = format!("{}{c}{}", &field[..middle], &field[middle..]);
            let reading = idcard::read(with(at, &poisoned).as_bytes());
            assert_eq!(reading.codes, [IdCardCode::ForbiddenCharacters], "{c:?} in field {at}");
            assert_eq!(reading.status, IdCardStatus::Error);
        }
        let extra = CAN_CUOC.replace("||||", &format!("|a{c}b|||"));
        assert_eq!(
            verdict(extra),
            "error forbidden_characters",
            "{c:?} in a field that is only counted"
        );
    }
}

#[test]
fn limits_come_before_parsing() {
    assert_eq!(verdict(""), "error empty");
    assert_eq!(verdict("\u{feff}\r\n"), "error empty");
    assert_eq!(verdict(vec![b'1'; idcard::MAX_BYTES + 1]), "error too_long");
    assert_eq!(
        verdict(CCCD.replace("Trần", &"Trần ".repeat(2_000_000))),
        "error too_long"
    );
    assert_eq!(verdict(with(2, &"An ".repeat(100))), "error name_invalid");
    assert_eq!(verdict(with(5, &"Đà Nẵng ".repeat(40))), "warning address_invalid");
}

#[test]
fn odd_counts_and_odd_fields() {
    for (row, text, expected) in [
        ("a name with a digit", with(2, "Trần Thị 2"), "error name_invalid"),
        ("no name", with(2, ""), "error name_invalid"),
        ("eleven digits in front", with(0, "04818899930"), "error pin_invalid"),
        ("letters in the number", with(0, "04818899930X"), "error pin_invalid"),
        ("nothing in front", with(0, ""), "error pin_invalid"),
        ("no address", with(5, ""), "warning address_invalid"),
        ("odd second field", with(1, "2019"), "warning old_id_invalid"),
        (
            "empty extra fields lost",
            CAN_CUOC.replace("||||", "||"),
            "warning field_count_unusual",
        ),
        ("twelve fields", format!("{CAN_CUOC}|"), "error too_many_fields"),
        (
            "short text without marks says nothing",
            "048188999301||An|09021988|Nữ|Hue|10052022".into(),
            "ok",
        ),
        (
            "one mark is enough",
            "048188999301||Nguyen Van Thu|09021988|Nữ|To 5, Hai Chau, Đa Nang|10052022".into(),
            "ok",
        ),
    ] {
        assert_eq!(verdict(&text), expected, "{row}");
    }
}

#[test]
fn a_draft_starts_from_a_usable_card_only() {
    let draft = idcard::read(CCCD.as_bytes()).to_draft_fields().unwrap();
    assert_eq!(
        serde_json::to_value(&draft).unwrap(),
        serde_json::to_value(domain::registration::Draft {
            issued: Some(domain::Sensitive::new("2022-05-10".into())),
            ..serde_json::from_value(serde_json::json!({
                "name": {"value": "Trần Thị Mỹ Hạnh", "source": "scanned"},
                "birth": {"value": "1988-02-09", "source": "scanned"},
                "sex": {"value": "female", "source": "scanned"},
                "pin": {"value": "048188999301", "source": "scanned"},
                "card_address": {"value": ADDRESS, "source": "scanned"},
            }))
            .unwrap()
        })
        .unwrap()
    );
    assert!(
        !serde_json::to_string(&draft).unwrap().contains("201999301"),
        "the old number stays behind"
    );

    let warned = idcard::read(with(3, "1938").as_bytes()).to_draft_fields().unwrap();
    assert_eq!(warned.birth.unwrap().value.expose(), "1938");
    assert!(idcard::read(with(3, "31021990").as_bytes()).to_draft_fields().is_none());

    let bare = b"048188999301||Nguyen Van Thu|09021988|Nu|To 5, Hai Chau, Da Nang|10052022";
    let bare = idcard::read(bare).to_draft_fields().unwrap();
    assert!(bare.name.is_none() && bare.card_address.is_none() && bare.number.is_some() && bare.birth.is_some());
}

#[test]
fn logs_show_nothing_of_a_card() {
    let debug = format!("{:?}", idcard::read(CCCD.as_bytes()).fields);
    for secret in ["048188999301", "201999301", "Hạnh", "1988", "Lê Lợi", "2022"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}
