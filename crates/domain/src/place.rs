//! Communes of today and what became of those of before.
//!
//! Since 2025-07-01 the city has 94 commune-level units and no districts. Codes are **reused** (20242 was Phước Ninh
//! and is now Hải Châu), so a code alone names nothing: the key is (code, valid-from). [`CommuneCode`] always means the
//! unit that is valid today; codes of before exist only inside the mapping table and never leave this module.

mod address;
mod suggest;

pub use suggest::{Suggested, Suggestion, suggest};

use crate::problem::ProblemCode;
use address::{Keys, plain_key};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Code of a commune-level unit of today (valid from 2025-07-01), five digits as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommuneCode(pub u32);

impl std::fmt::Display for CommuneCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:05}", self.0)
    }
}

impl std::str::FromStr for CommuneCode {
    type Err = ProblemCode;

    /// Exactly five digits, or `commune_unknown`. Whether such a unit exists is [`commune`]'s to say.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let five_digits = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        five_digits
            .then(|| text.parse().ok().map(Self))
            .flatten()
            .ok_or(ProblemCode::CommuneUnknown)
    }
}

/// What a unit is called by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Phường: urban.
    Phuong,
    /// Xã: rural.
    Xa,
    /// Đặc khu: islands.
    DacKhu,
    /// Thị trấn: existed until 2025-06-30.
    ThiTran,
    /// Huyện đảo: a district without communes (Hoàng Sa until 2025-06-30).
    HuyenDao,
}

/// A commune of today (`fixtures/communes.csv`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Commune {
    /// Code.
    pub code: CommuneCode,
    /// Phường, xã or đặc khu.
    pub kind: Kind,
    /// `Hải Châu`.
    pub name: String,
    /// `Phường Hải Châu`.
    pub full_name: String,
    /// `hai chau`, as [`search_key`](crate::text::search_key) makes it.
    pub search_key: String,
    /// `48` for what was Đà Nẵng before 2025-07-01, `49` for what was Quảng Nam.
    pub former_province: u16,
    /// Square kilometres.
    pub area_km2: f64,
    /// First day on which the code meant this unit, `2025-07-01`.
    pub valid_from: String,
    /// Latitude in degrees of a point inside or near the commune (WGS 84).
    pub lat: f64,
    /// Longitude in degrees of that point.
    pub lon: f64,
}

/// One line of `fixtures/commune_mapping.csv`: (a part of) a unit of before and what it belongs to today.
#[derive(Debug, Deserialize)]
struct MappingRow {
    old_kind: Kind,
    old_name: String,
    old_district: String,
    old_province: String,
    new_code: CommuneCode,
    is_default: Option<u8>,
}

/// A commune with the keys by which an address is compared.
struct Today {
    commune: Commune,
    keys: Keys,
}

/// A unit of before with the keys by which an address is compared.
struct Before {
    kind: Kind,
    keys: Keys,
    /// Plain key of the district without its kind. No two districts share one.
    district: String,
    /// Part of Quảng Nam, not of the Đà Nẵng of before.
    quang_nam: bool,
    becomes: CommuneCode,
    is_default: bool,
}

struct Tables {
    today: Vec<Today>,
    before: Vec<Before>,
}

/// The embedded tables, parsed once. They are part of the program: a line that does not parse is a bug, not bad input.
fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let today = rows(include_str!("../../../fixtures/communes.csv"));
        let before = rows(include_str!("../../../fixtures/commune_mapping.csv"));
        Tables {
            today: today
                .map(|commune: Commune| Today {
                    keys: Keys::of(&commune.name),
                    commune,
                })
                .collect(),
            before: before
                .map(|row: MappingRow| Before {
                    kind: row.old_kind,
                    keys: Keys::of(&row.old_name),
                    district: plain_key(address::Part::parse(&row.old_district).name()),
                    quang_nam: plain_key(&row.old_province).ends_with("quangnam"),
                    becomes: row.new_code,
                    is_default: row.is_default == Some(1),
                })
                .collect(),
        }
    })
}

fn rows<T: serde::de::DeserializeOwned>(embedded: &'static str) -> impl Iterator<Item = T> {
    csv::Reader::from_reader(embedded.as_bytes())
        .into_deserialize()
        .map(|row| row.expect("embedded fixture parses"))
}

/// All communes of today, by code.
pub fn communes() -> impl Iterator<Item = &'static Commune> {
    tables().today.iter().map(|today| &today.commune)
}

/// Looks up a commune of today.
pub fn commune(code: CommuneCode) -> Option<&'static Commune> {
    communes().find(|commune| commune.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn the_table_holds_what_the_city_has() {
        let kind = |kind| communes().filter(|commune| commune.kind == kind).count();
        assert_eq!((kind(Kind::Phuong), kind(Kind::Xa), kind(Kind::DacKhu)), (23, 70, 1));
        for commune in communes() {
            assert_eq!(commune.valid_from, "2025-07-01");
            assert_eq!(text::search_key(&commune.name), commune.search_key);
            assert!(
                commune.area_km2 > 0.0 && (14.9..17.0).contains(&commune.lat) && (107.0..113.0).contains(&commune.lon)
            );
        }
        assert_eq!(
            commune(CommuneCode(20242)).map(|commune| commune.full_name.as_str()),
            Some("Phường Hải Châu")
        );
    }

    #[test]
    fn every_line_of_the_mapping_leads_to_a_commune_of_today() {
        assert_eq!(tables().before.len(), 316);
        for before in &tables().before {
            assert!(commune(before.becomes).is_some());
        }
        let reached: std::collections::BTreeSet<_> = tables().before.iter().map(|before| before.becomes).collect();
        assert_eq!(reached.len(), 94, "every commune of today came from somewhere");
    }

    #[test]
    fn a_code_is_five_digits() {
        assert_eq!("20242".parse(), Ok(CommuneCode(20242)));
        assert_eq!(CommuneCode(48).to_string(), "00048");
        for bad in ["", "2024", "020242", "+2024", " 20242", "2024x", "２０２４２"] {
            assert_eq!(bad.parse::<CommuneCode>(), Err(ProblemCode::CommuneUnknown), "{bad}");
        }
    }
}
