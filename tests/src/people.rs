//! Invented people: numbers end in 999xxx, which nobody has.

use serde_json::{Value, json};

/// Somebody who does not exist.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name line.
    pub name: String,
    /// Twelve digits.
    pub number: String,
    /// `yyyy-mm-dd`.
    pub birth: String,
    /// `male` or `female`.
    pub sex: &'static str,
    /// Phone.
    pub phone: String,
    /// House line.
    pub house: String,
    /// Address on the card.
    pub address: String,
}

const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bh'nướch"];
const MIDDLE: [&str; 6] = ["Thị", "Văn", "Bảo", "Đình", "Mỹ", "Quốc"];
const GIVEN: [&str; 10] = [
    "Hạnh", "Sáu", "Ngơn", "Khôi", "Tín", "Thu", "Phước", "Vinh", "Diệu", "Ẩn",
];

impl Person {
    /// The `n`th person; every field is particular enough to be looked for in a file.
    pub fn number(n: u32) -> Self {
        let at = |list: &'static [&'static str], n: u32| list[n as usize % list.len()];
        let female = n.is_multiple_of(2);
        let year = 1950 + n % 50;
        Self {
            name: format!("{} {} {}", at(&FAMILY, n), at(&MIDDLE, n / 8), at(&GIVEN, n / 3)),
            number: format!("048{}{:02}999{:03}", u32::from(female), year % 100, n % 1000),
            birth: format!("{year}-{:02}-{:02}", 1 + n % 12, 1 + n % 28),
            sex: if female { "female" } else { "male" },
            phone: format!("0905{:06}", 700_000 + n),
            house: format!("K{}/{} Hoàng Văn Thụ", 100 + n, 7 + n % 50),
            address: format!("Tổ {}, Thạch Thang, Hải Châu, Đà Nẵng", 1 + n % 60),
        }
    }

    /// Somebody whose every field is found nowhere else by chance.
    pub fn planted() -> Self {
        Self {
            name: "Huỳnh Nguyễn Đặng Thị Quỳnh Ngơn".to_owned(),
            number: "048188999777".to_owned(),
            birth: "1988-02-09".to_owned(),
            sex: "female",
            phone: "0905731846".to_owned(),
            house: "K731/45 kiệt Đống Đa".to_owned(),
            address: "Tổ 57, Thạch Thang, Hải Châu, Đà Nẵng".to_owned(),
        }
    }

    /// The finished form, as a volunteer with the person's card and phone would have it.
    pub fn draft(&self) -> Value {
        let scanned = |value: &str| json!({ "value": value, "source": "scanned" });
        json!({
            "name": scanned(&self.name),
            "birth": scanned(&self.birth),
            "sex": scanned(self.sex),
            "pin": scanned(&self.number),
            "card_address": scanned(&self.address),
            "issued": "2022-05-10",
            "residence": { "commune": "20242", "group": "Tổ 12", "house": self.house },
            "phone": { "number": self.phone, "owner": "myself" },
            "consent": {
                "notice": 1, "account": true, "contact": true, "help": false, "read_aloud": true,
                "signatures": [{ "signer": "myself", "manner": "drawn", "strokes": [12, 40, 13, 44, 19, 52, 30, 41] }]
            }
        })
    }

    /// What the card's QR says (CCCD, seven fields).
    pub fn idcard_text(&self) -> String {
        let day = |date: &str| date.split('-').rev().collect::<String>();
        let sex = if self.sex == "female" { "Nữ" } else { "Nam" };
        format!(
            "{}||{}|{}|{sex}|{}|{}",
            self.number,
            self.name,
            day(&self.birth),
            self.address,
            day("2022-05-10")
        )
    }

    /// The person's row in the simulated population data.
    pub fn population_row(&self) -> String {
        format!("{},{},{},{},0", self.number, self.name, self.birth, self.sex)
    }
}
