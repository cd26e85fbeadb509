//! Invented residents: numbers end in 999xxx, which nobody has.

use serde_json::{Value, json};

const FAMILY: [&str; 14] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Hồ", "Ngô", "Dương", "Alăng", "Phan", "Trương",
];
const MIDDLE: [[&str; 6]; 2] = [
    ["Văn", "Quốc", "Đình", "Minh", "Hữu", "Gia"],
    ["Thị", "Thị Mỹ", "Ngọc", "Thị Thanh", "Bảo", "Kim"],
];
const GIVEN: [[&str; 13]; 2] = [
    [
        "An", "Bình", "Cường", "Dũng", "Hải", "Khoa", "Long", "Nam", "Phúc", "Quang", "Sơn", "Tài", "Vinh",
    ],
    [
        "Ánh",
        "Diệu",
        "Hạnh",
        "Hoa",
        "Hương",
        "Lan",
        "Loan",
        "Mai",
        "Nga",
        "Phượng",
        "Thảo",
        "Thu",
        "Yến",
    ],
];
const STREET: [&str; 8] = [
    "Ông Ích Khiêm",
    "Đống Đa",
    "Lý Tự Trọng",
    "Quang Trung",
    "Hải Phòng",
    "Thanh Thủy",
    "Cao Thắng",
    "Nguyễn Chí Thanh",
];

/// Texts that a careless page would run, render or turn round, as somebody may write them.
pub const HOSTILE: [&str; 7] = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=\"window.ran=1\">",
    "=HYPERLINK(\"http://x\",\"y\")",
    "\"><svg onload=window.ran=1>",
    "{@html window.ran=1}",
    "javascript:window.ran=1//'",
    "${window.ran=1}{{7*7}}",
];

/// Somebody who does not exist.
#[derive(Debug, Clone)]
pub struct Resident {
    pub name: String,
    pub number: String,
    pub birth: String,
    pub female: bool,
    pub address: String,
}

/// Mixes a number so that neighbours look unlike each other.
pub fn mix(n: u32) -> usize {
    let mut x = n.wrapping_add(1).wrapping_mul(0x9e37_79b1);
    x = (x ^ (x >> 15)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    (x ^ (x >> 16)) as usize
}

/// The house of household `n`.
pub fn house(n: u32) -> String {
    let chance = mix(n);
    format!(
        "K{}/{} {}",
        1 + chance % 90,
        1 + (chance >> 4) % 24,
        STREET[(chance >> 6) % 8]
    )
}

impl Resident {
    /// The `n`th one, always the same; beyond a thousand the place in the number tells them apart.
    pub fn number(n: u32) -> Self {
        let chance = mix(n);
        let female = chance % 2 == 1;
        let sex = usize::from(female);
        let year = 1940 + chance % 66;
        let century = sex + if year < 2000 { 0 } else { 2 };
        Self {
            name: format!(
                "{} {} {}",
                FAMILY[(chance >> 3) % 14],
                MIDDLE[sex][(chance >> 7) % 6],
                GIVEN[sex][(chance >> 11) % 13]
            ),
            number: format!(
                "{:03}{century}{:02}999{:03}",
                [48, 49][(n as usize / 1000) % 2],
                year % 100,
                n % 1000
            ),
            birth: format!("{year}-{:02}-{:02}", 1 + (chance >> 5) % 12, 1 + (chance >> 9) % 28),
            female,
            address: format!(
                "{} {}, Tổ {}, Thạch Thang, Hải Châu, Đà Nẵng",
                1 + chance % 180,
                STREET[(chance >> 4) % 8],
                1 + chance % 40
            ),
        }
    }

    fn sex(&self) -> &'static str {
        if self.female { "female" } else { "male" }
    }

    /// The finished form, as it is with a card and without a phone.
    pub fn form(&self, house: &str, group: &str) -> Value {
        let scanned = |value: &str| json!({ "value": value, "source": "scanned" });
        json!({
            "name": scanned(&self.name),
            "birth": scanned(&self.birth),
            "sex": scanned(self.sex()),
            "pin": scanned(&self.number),
            "card_address": scanned(&self.address),
            "issued": "2022-03-14",
            "residence": { "commune": "20242", "group": group, "house": house },
            "consent": {
                "notice": 1, "account": true, "help": false, "read_aloud": true,
                "signatures": [{ "signer": "myself", "manner": "drawn", "strokes": [12, 40, 13, 44, 19, 52, 30, 41] }]
            }
        })
    }

    /// A row of the population's data.
    pub fn row(&self) -> String {
        format!("{},{},{},{},0", self.number, self.name, self.birth, self.sex())
    }

    /// A row that says another sex.
    pub fn row_of_other_sex(&self) -> String {
        let other = if self.female { "male" } else { "female" };
        format!("{},{},{},{other},0", self.number, self.name, self.birth)
    }

    /// A row that says another birthday.
    pub fn row_of_other_birth(&self) -> String {
        format!("{},{},1949-12-31,{},0", self.number, self.name, self.sex())
    }
}
