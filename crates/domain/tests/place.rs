//! Addresses to communes of today, against every line of the tables that are embedded.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use domain::{
    place::{self, Suggestion, suggest},
    practice, text,
};
use proptest::prelude::*;
use std::sync::OnceLock;

#[derive(Debug, serde::Deserialize)]
struct Line {
    old_name: String,
    old_full_name: String,
    old_district: String,
    old_province: String,
    new_code: String,
}

fn mapping() -> &'static [Line] {
    static LINES: OnceLock<Vec<Line>> = OnceLock::new();
    LINES.get_or_init(|| {
        csv::Reader::from_reader(include_str!("../../../fixtures/commune_mapping.csv").as_bytes())
            .into_deserialize()
            .collect::<Result<_, _>>()
            .unwrap()
    })
}

/// `*20242` is the default; asking ends in `?`.
fn show(suggestion: &Suggestion) -> String {
    let codes: Vec<String> = suggestion
        .suggested
        .iter()
        .map(|one| format!("{}{}", if one.default { "*" } else { "" }, one.code))
        .collect();
    codes.join(" ") + if suggestion.ask { "?" } else { "" }
}

fn bare(kind_and_name: &str) -> &str {
    ["Thành phố ", "Thị xã ", "Quận ", "Huyện ", "Tỉnh "]
        .iter()
        .find_map(|kind| kind_and_name.strip_prefix(kind))
        .unwrap()
}

/// Codes that the mapping gives for a unit of before, which its address must suggest, exactly.
fn becomes(line: &Line) -> Vec<String> {
    let mut codes: Vec<String> = mapping()
        .iter()
        .filter(|other| other.old_name == line.old_name && other.old_district == line.old_district)
        .map(|other| other.new_code.clone())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

fn codes(suggestion: &Suggestion) -> Vec<String> {
    let mut codes: Vec<String> = suggestion.suggested.iter().map(|one| one.code.to_string()).collect();
    codes.sort();
    codes
}

#[test]
fn every_unit_of_before_with_its_district_leads_where_the_mapping_says() {
    for line in mapping() {
        let (district, province) = (bare(&line.old_district), bare(&line.old_province));
        let expected = becomes(line);
        for address in [
            format!("K12/3 Trần Phú, Tổ 5, {}, {district}, {province}", line.old_name),
            format!(
                "Thôn 2, {}, {}, {}",
                line.old_full_name, line.old_district, line.old_province
            ),
            format!("{}, {district}, {province}", line.old_name),
            format!("{} - {district} - {province}", line.old_name),
            format!("{}, {district}", line.old_name),
        ] {
            let found = suggest(&address);
            assert_eq!(codes(&found), expected, "{address}");
            assert_eq!(found.ask, expected.len() > 1, "{address}");
            assert_eq!(found.suggested.iter().filter(|one| one.default).count(), 1, "{address}");
        }
    }
}

#[test]
fn without_district_the_right_commune_is_among_those_to_choose_from() {
    for line in mapping() {
        for province in [bare(&line.old_province), "Thành phố Đà Nẵng"] {
            for name in [&line.old_name, &line.old_full_name] {
                let address = format!("Tổ 5, {name}, {province}");
                let found = suggest(&address);
                for code in becomes(line) {
                    assert!(codes(&found).contains(&code), "{address}: {}", show(&found));
                }
            }
        }
    }
}

#[test]
fn without_marks_the_right_commune_is_among_those_to_choose_from() {
    for line in mapping() {
        let (district, province) = (bare(&line.old_district), bare(&line.old_province));
        for address in [
            format!("Thon 2, {}, {district}, {province}", line.old_name),
            format!("Thon 2, {}, {province}", line.old_name),
        ] {
            let address = text::search_key(&address);
            let found = suggest(&address);
            for code in becomes(line) {
                assert!(codes(&found).contains(&code), "{address}: {}", show(&found));
            }
        }
    }
}

#[test]
fn every_name_of_today_is_found_in_two_levels() {
    for commune in place::communes() {
        for address in [
            format!("12 Lê Lợi, Tổ 4, {}, Đà Nẵng", commune.full_name),
            format!("{}, Thành phố Đà Nẵng", commune.full_name),
            format!("Thôn 1, {}, Đà Nẵng", commune.name),
            format!("Tổ 4 {} thành phố Đà Nẵng, Việt Nam", commune.full_name.to_lowercase()),
            format!("THÔN 1, {}, TP. ĐÀ NẴNG", commune.full_name.to_uppercase()),
        ] {
            assert_eq!(show(&suggest(&address)), format!("*{}", commune.code), "{address}");
        }
    }
}

#[test]
fn named_cases() {
    for (why, address, expected) in [
        ("split in 2025", "Hòa Liên, Hòa Vang, Đà Nẵng", "*20197 20194?"),
        ("split in 2025, two levels", "Xã Hòa Liên, Đà Nẵng", "*20197 20194?"),
        ("split in 2024", "Tổ 9, Hòa Minh, Liên Chiểu, Đà Nẵng", "*20200 20209?"),
        ("existed twice: district", "Phước Ninh, Hải Châu, Đà Nẵng", "*20242"),
        (
            "existed twice: other district",
            "Phước Ninh, Quế Sơn, Quảng Nam",
            "*20669",
        ),
        (
            "existed twice: district of before 2025",
            "Phước Ninh, Nông Sơn, Quảng Nam",
            "*20669",
        ),
        ("existed twice: no district", "Phước Ninh, Đà Nẵng", "20242 20669?"),
        ("existed twice: province of before", "Phước Ninh, Quảng Nam", "*20669"),
        ("existed twice: kind", "Phường Phước Ninh, Đà Nẵng", "*20242"),
        ("existed twice: Phước Mỹ", "Phước Mỹ, Đà Nẵng", "20275 20734?"),
        ("existed twice: Phước Hòa", "Phước Hoà, Quảng Nam", "20341 20728?"),
        (
            "existed twice: Phước Hòa in Tam Kỳ",
            "Phước Hoà, TP. Tam Kỳ, Quảng Nam",
            "*20341",
        ),
        ("marks tell them apart", "Trà Don, Nam Trà My, Quảng Nam", "*20944"),
        ("marks tell them apart", "Trà Dơn, Nam Trà My, Quảng Nam", "*20938"),
        ("no marks", "Tra Don, Nam Tra My, Quang Nam", "20938 20944?"),
        ("wrong mark", "Trà Dòn, Nam Trà My, Quảng Nam", "20938 20944?"),
        ("no marks, district tells", "Tam Thanh, Tam Ky, Quang Nam", "*20356"),
        ("no marks, no district", "Tam Thanh, Quang Nam", "20977 20380 20356?"),
        ("marks, no district", "Tam Thành, Quảng Nam", "*20380"),
        (
            "no marks, same district",
            "Tam Dan, Phu Ninh, Quang Nam",
            "20364 20392?",
        ),
        (
            "today's against before, no marks",
            "Thanh Binh, Da Nang",
            "20878 20242?",
        ),
        ("today's against before, marks", "Thạnh Bình, Đà Nẵng", "*20878"),
        ("today's against before, marks", "Thanh Bình, Đà Nẵng", "*20242"),
        ("today's against before, kind", "Xa Thanh Binh, Da Nang", "*20878"),
        ("where the tone stands", "Hoà Quý, Ngũ Hành Sơn, Đà Nẵng", "*20285"),
        ("where the tone stands", "Hòa Qúy, Ngũ Hành Sơn, Đà Nẵng", "*20285"),
        ("where the tone stands", "phường Hoà Xuân, Đà Nẵng", "*20314"),
        ("decomposed", "Pho\u{300}a, Hòa Pha\u{301}t, Cẩm Lệ, Đà Nẵng", "*20305"),
        ("apostrophe", "Ch'ơm, Tây Giang, Quảng Nam", "*20443"),
        ("other apostrophe", "Ch’ơm, Tây Giang, Quảng Nam", "*20443"),
        (
            "a name that looks like a prefix",
            "TT. P Rao, Đông Giang, Quảng Nam",
            "*20467",
        ),
        (
            "a name that looks like a prefix",
            "P. Rao, Đông Giang, Quảng Nam",
            "*20467",
        ),
        ("abbreviations", "P.Hòa Phát, Q.Cẩm Lệ, TP.Đà Nẵng", "*20305"),
        ("abbreviations", "X. Bình Minh, H. Thăng Bình, T. Quảng Nam", "*20794"),
        ("town", "TT. Ái Nghĩa, H. Đại Lộc, Quảng Nam", "*20500"),
        ("town district", "P. Vĩnh Điện, TX. Điện Bàn, Quảng Nam", "*20551"),
        ("Roman or Arabic", "Hải Châu 1, Hải Châu, Đà Nẵng", "*20242"),
        ("spaces inside a name", "A Vương, Tây Giang, Quảng Nam", "*20458"),
        ("spaces inside a name", "La Êê, Nam Giang, Quảng Nam", "*20698"),
        ("island district", "Huyện Hoàng Sa, Đà Nẵng", "*20333"),
        (
            "one province until 1996",
            "Hòa Phong, Hòa Vang, Quảng Nam - Đà Nẵng",
            "*20320",
        ),
        (
            "one province until 1996, districts of then",
            "Hòa Phát, Hòa Vang, Quảng Nam - Đà Nẵng",
            "20194 20197 20200 20308 20314 20320 20332?",
        ),
        (
            "street like a commune",
            "45 Hải Châu, An Khê, Thanh Khê, Đà Nẵng",
            "*20305",
        ),
        (
            "street like a commune",
            "Hải Châu, Thọ Quang, Sơn Trà, Đà Nẵng",
            "*20263",
        ),
        ("street like a commune", "Sơn Trà, Phường Hòa Khánh, Đà Nẵng", "*20200"),
        (
            "old names under the province of today",
            "Bình Minh, Thăng Bình, Đà Nẵng",
            "20791 20794?",
        ),
        (
            "neighbourhood that kept its name",
            "Hòa Hương, Tam Kỳ, Đà Nẵng",
            "20341 20350?",
        ),
        ("district spelled out", "Hòa Hương, Thành phố Tam Kỳ, Đà Nẵng", "*20350"),
        (
            "unknown commune of a district",
            "Xã Không Có, Huyện Hiệp Đức, Quảng Nam",
            "20767 20770 20779?",
        ),
        (
            "district of before, same name today",
            "Hội An, Quảng Nam",
            "20401 20410 20413 20434?",
        ),
        ("same name today", "Phường Hội An, Đà Nẵng", "*20410"),
        ("elsewhere", "Bình Thới, Bình Sơn, Quảng Ngãi", ""),
        ("elsewhere, same names", "Xã Tân Hiệp, Hóc Môn, TP. Hồ Chí Minh", ""),
        (
            "elsewhere, street like the city",
            "12 Đà Nẵng, Máy Tơ, Ngô Quyền, Hải Phòng",
            "",
        ),
        ("no province", "Xã Tân Hiệp", ""),
        ("city alone", "Thành phố Đà Nẵng", ""),
        ("nothing", "", ""),
        ("nothing", " , - ,", ""),
    ] {
        let found = suggest(address);
        let mut shown = show(&found);
        if found.ask && !shown.contains('*') {
            // Without a default the order says nothing: compare as sets.
            let sorted = |text: &str| {
                let mut codes: Vec<String> = text.trim_end_matches('?').split(' ').map(str::to_owned).collect();
                codes.sort();
                codes.join(" ") + "?"
            };
            shown = sorted(&shown);
            assert_eq!(shown, sorted(expected), "{why}: {address}");
        } else {
            assert_eq!(shown, expected, "{why}: {address}");
        }
    }
}

#[test]
fn practice_people_are_suggested_where_they_live() {
    for person in practice::people() {
        let found = suggest(&person.address);
        if person.address.ends_with("Quảng Ngãi") {
            assert_eq!(found, Suggestion::default(), "{}", person.name);
            continue;
        }
        let default = found.suggested.iter().find(|one| one.default).map(|one| one.code);
        assert_eq!(default, Some(person.commune), "{}", person.name);
        assert_eq!(found.ask, person.name == "Đặng Văn Tín", "{}", person.name);
    }
}

#[test]
fn as_json() {
    assert_eq!(
        serde_json::to_value(suggest("Thạch Thang, Hải Châu, Đà Nẵng")).unwrap(),
        serde_json::json!({
            "suggested": [{"code": "20242", "name": "Phường Hải Châu", "default": true}],
            "ask": false,
        })
    );
}

proptest! {
    #[test]
    fn any_text_is_taken(address in ".{0,80}") {
        let found = suggest(&address);
        prop_assert_eq!(found.ask, found.suggested.len() > 1);
        prop_assert!(found.suggested.iter().filter(|one| one.default).count() <= 1);
    }

    /// Whatever stands before the commune changes nothing, however much it looks like one.
    #[test]
    fn the_house_line_never_wins(house in 0usize..316, unit in 0usize..316) {
        let (house, unit) = (&mapping()[house], &mapping()[unit]);
        let (district, province) = (bare(&unit.old_district), bare(&unit.old_province));
        let plain = suggest(&format!("{}, {district}, {province}", unit.old_name));
        let with_house = suggest(&format!("{}, {}, {district}, {province}", house.old_full_name, unit.old_name));
        prop_assert_eq!(plain, with_house);
    }
}
