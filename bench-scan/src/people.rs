//! Texts of cards of people who do not exist: their serial numbers begin with 999.

use crate::dice::Dice;
use qrcode::{EcLevel, QrCode, Version};

const FAMILY: [&str; 12] = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Đặng",
    "Võ",
    "Bh'nướch",
    "Zơrâm",
    "Hồ",
    "Ngô",
    "Trương",
];
const MIDDLE: [&str; 10] = [
    "Văn",
    "Thị",
    "Hữu",
    "Thị Mỹ",
    "Quốc",
    "Thị Hồng",
    "Minh",
    "Đức",
    "Ngọc",
    "Thị Kim",
];
const GIVEN: [&str; 12] = [
    "Sáu", "Hạnh", "Ngơn", "Tín", "Dũng", "Loan", "Phước", "Hường", "Khuê", "Tuyết", "Bảo", "Ý",
];
const STREETS: [&str; 8] = [
    "K123/45 Nguyễn Lương Bằng, Tổ 7",
    "Tổ 12",
    "Thôn Pơr'ning",
    "Số 8 Lê Duẩn, Tổ 31",
    "Kiệt 24 Trưng Nữ Vương",
    "Thôn Phú Hòa 2",
    "K10/2 Hoàng Diệu",
    "Tổ 5",
];
const PLACES: [&str; 8] = [
    "Hòa Liên, Hòa Vang, Đà Nẵng",
    "Thạch Thang, Hải Châu, Đà Nẵng",
    "Lăng, Tây Giang, Quảng Nam",
    "Bình Minh, Thăng Bình, Quảng Nam",
    "Hòa Khánh Bắc, Liên Chiểu, Đà Nẵng",
    "An Hải Tây, Sơn Trà, Đà Nẵng",
    "Hòa Vang, Đà Nẵng",
    "Tam Thăng, Tam Kỳ, Quảng Nam",
];

/// The text on one invented card, 90 to 160 bytes, in either of the two formats.
pub fn card(dice: &mut Dice) -> String {
    loop {
        let woman = dice.below(2);
        let year = 1935 + dice.below(70);
        let (century, short) = (if year < 2000 { 0 } else { 2 }, year % 100);
        let new = dice.below(2) == 0;
        let old = if dice.below(2) == 0 {
            format!("{:09}", 200_000_000 + dice.below(12_000_000))
        } else {
            String::new()
        };
        let birth = if year < 1950 && dice.below(2) == 0 {
            year.to_string()
        } else {
            format!("{:02}{:02}{year}", 1 + dice.below(28), 1 + dice.below(12))
        };
        let text = format!(
            "{}{}{short:02}999{:03}|{old}|{} {} {}|{birth}|{}|{}, {}|{:02}{:02}{}{}",
            dice.of(&["048", "049"]),
            century + woman,
            dice.below(1000),
            dice.of(&FAMILY),
            dice.of(&MIDDLE),
            dice.of(&GIVEN),
            ["Nam", "Nữ"][woman],
            dice.of(&STREETS),
            dice.of(&PLACES),
            1 + dice.below(28),
            1 + dice.below(12),
            if new {
                2024 + dice.below(2)
            } else {
                2021 + dice.below(3)
            },
            if new { "||||" } else { "" },
        );
        if (90..=160).contains(&text.len()) {
            return text;
        }
    }
}

/// The code on such a card: any of the levels that cards are thought to have, in the smallest version that holds it.
pub fn code(text: &str, dice: &mut Dice) -> QrCode {
    let (level, versions) =
        *dice.of(&[(EcLevel::L, 5..9), (EcLevel::M, 6..10), (EcLevel::Q, 8..12)].map(|(l, v)| (l, (v.start, v.end))));
    (versions.0..versions.1)
        .find_map(|version| QrCode::with_version(text.as_bytes(), Version::Normal(version), level).ok())
        .unwrap_or_else(|| {
            QrCode::with_error_correction_level(text.as_bytes(), level).expect("a card's text fits into a code")
        })
}
