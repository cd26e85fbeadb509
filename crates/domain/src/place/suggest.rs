//! From the address on a card to the commune of today: a suggestion, never a decision.
//!
//! Cards carry the four levels of before (thôn or tổ, commune, district, province), the same with fewer parts, or the two
//! levels since 2025-07-01. Where the text fits several communes all are returned and the volunteer asks: guessing
//! wrong sends a family to the wrong office.

use super::{
    Before, CommuneCode, Kind, Today,
    address::{self, Closeness, Keys, Level, Part, plain_key},
    commune, tables,
};
use crate::text;
use serde::{Serialize, Serializer};

/// Communes of today that an address can mean.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Suggestion {
    /// Most likely first; empty when the address lies elsewhere or says nothing.
    pub suggested: Vec<Suggested>,
    /// The address fits several: somebody must choose.
    pub ask: bool,
}

/// One commune that an address can mean.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggested {
    /// Code, in JSON as five digits.
    #[serde(serialize_with = "five_digits")]
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub code: CommuneCode,
    /// `Phường Hải Châu`.
    pub name: &'static str,
    /// Chosen unless somebody says otherwise: the only one, or the one that most of a split commune went to.
    /// At most one is; none is when names clash.
    pub default: bool,
}

fn five_digits<S: Serializer>(code: &CommuneCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(code)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Province {
    DaNang,
    /// Exists in addresses of before 2025-07-01 only.
    QuangNam,
    /// `Quảng Nam - Đà Nẵng`, one province until 1996.
    Both,
}

/// Suggests communes for an address line. Any text is allowed.
pub fn suggest(address: &str) -> Suggestion {
    let found = read(address);
    if found.is_empty() {
        return read(&address::with_commas(address)).finish();
    }
    found.finish()
}

fn read(address: &str) -> Found {
    let mut parts = address::parts(address);
    let mut province = None;
    while let Some(named) = parts.last().and_then(province_of) {
        parts.pop();
        province = match province {
            Some(other) if other != named => Some(Province::Both),
            _ => Some(named),
        };
    }
    // Without any mark the plain form is all there is; "Tam Thanh" then stands for Thành and Thạnh too.
    let from_closest: &[Closeness] = if text::has_vietnamese_marks(address) {
        &[Closeness::Tone, Closeness::Plain]
    } else {
        &[Closeness::Plain]
    };
    let Some((last, before_last)) = parts.split_last() else {
        return Found::default();
    };
    let district = district_of(last);
    if let (Some(district), Some(unit)) = (&district, before_last.last()) {
        for closeness in from_closest {
            let units = units_named(unit, *closeness, |before| before.district == *district);
            if !units.is_empty() {
                return with_reading_of_today(units, last, province);
            }
        }
    }
    let Some(province) = province else {
        // Xã Tân Hiệp exists all over the country: alone it means nothing.
        return Found::default();
    };
    let is_district = last.level == Some(Level::District)
        || (last.level.is_none() && district.is_some() && province != Province::DaNang);
    if !is_district {
        for closeness in from_closest {
            let found = todays_named(last, *closeness);
            let units = units_named(last, *closeness, |before| {
                before.quang_nam || province != Province::QuangNam
            });
            let found = found.or_with(units);
            if !found.is_empty() {
                return found;
            }
        }
    }
    // The district is known and the commune is not: say at least what became of the district.
    district.map_or_else(Found::default, |district| {
        let mut all = Found::default();
        for before in tables().before.iter().filter(|before| before.district == district) {
            all.add(before.becomes, false);
        }
        all
    })
}

/// A district of Quảng Nam followed by Đà Nẵng did not exist before 2025-07-01: then the last part may well be the
/// commune of today and the part before it a neighbourhood that kept its name. Both readings count.
fn with_reading_of_today(mut units: Found, last: &Part<'_>, province: Option<Province>) -> Found {
    if province == Some(Province::DaNang) && last.level.is_none() && units.quang_nam {
        let today = todays_named(last, Closeness::Plain);
        if today.codes.iter().any(|(code, _)| !units.has(*code)) {
            units.merge(today);
        }
    }
    units
}

fn province_of(part: &Part<'_>) -> Option<Province> {
    if matches!(part.level, Some(Level::Commune(_))) {
        return None;
    }
    match plain_key(part.name()).as_str() {
        "danang" => Some(Province::DaNang),
        "quangnam" => Some(Province::QuangNam),
        _ => None,
    }
}

/// The plain key of the district of before that the part names.
fn district_of(part: &Part<'_>) -> Option<String> {
    if matches!(part.level, Some(Level::Commune(_) | Level::Province)) {
        return None;
    }
    let key = plain_key(part.name());
    tables()
        .before
        .iter()
        .any(|before| before.district == key)
        .then_some(key)
}

/// Communes of today with the name of this part.
fn todays_named(part: &Part<'_>, closeness: Closeness) -> Found {
    let keys = part.keys();
    let named: Vec<&Today> = tables()
        .today
        .iter()
        .filter(|today| is_named(&keys, &today.keys, closeness))
        .collect();
    let (named, said) = of_kind(part, named, |today| today.commune.kind);
    let mut found = Found {
        of_said_kind: said,
        ..Found::default()
    };
    for today in named {
        found.add(today.commune.code, true);
    }
    found
}

/// What became of the units of before with the name of this part.
fn units_named(part: &Part<'_>, closeness: Closeness, keep: impl Fn(&Before) -> bool) -> Found {
    if matches!(part.level, Some(Level::District | Level::Province)) {
        return Found::default();
    }
    let keys = part.keys();
    let named: Vec<&Before> = tables()
        .before
        .iter()
        .filter(|before| is_named(&keys, &before.keys, closeness) && keep(before))
        .collect();
    let (named, said) = of_kind(part, named, |before| before.kind);
    // Several units of before: none is likelier than another, whatever each of them says about its own parts.
    let one_unit = named
        .windows(2)
        .all(|pair| pair[0].keys == pair[1].keys && pair[0].district == pair[1].district);
    let mut found = Found {
        of_said_kind: said,
        ..Found::default()
    };
    for before in named {
        found.add(before.becomes, one_unit && before.is_default);
        found.quang_nam |= before.quang_nam;
    }
    found
}

fn is_named(part: &[Keys], name: &Keys, closeness: Closeness) -> bool {
    part.iter().any(|keys| keys.agree(name, closeness))
}

/// Where the part says phường, xã or thị trấn and some of the candidates are of that kind, only those. A kind that fits
/// none is no reason to find nothing: xã became phường without another name.
/// Also says whether it did so.
fn of_kind<T: Copy>(part: &Part<'_>, candidates: Vec<T>, kind: impl Fn(T) -> Kind) -> (Vec<T>, bool) {
    let Some(Level::Commune(said)) = part.level else {
        return (candidates, false);
    };
    let fitting: Vec<T> = candidates.iter().copied().filter(|one| kind(*one) == said).collect();
    if fitting.is_empty() {
        (candidates, false)
    } else {
        (fitting, true)
    }
}

/// Communes found so far, each once.
#[derive(Default)]
struct Found {
    codes: Vec<(CommuneCode, bool)>,
    /// Some unit of before was in Quảng Nam.
    quang_nam: bool,
    /// The part names a kind, and these are of it.
    of_said_kind: bool,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    fn has(&self, code: CommuneCode) -> bool {
        self.codes.iter().any(|(other, _)| *other == code)
    }

    fn add(&mut self, code: CommuneCode, default: bool) {
        match self.codes.iter_mut().find(|(other, _)| *other == code) {
            Some((_, already)) => *already |= default,
            None => self.codes.push((code, default)),
        }
    }

    /// Both, unless only one of them is of the kind that the part names.
    fn or_with(mut self, other: Self) -> Self {
        match (self.of_said_kind, other.of_said_kind) {
            (true, false) => self,
            (false, true) => other,
            _ => {
                self.merge(other);
                self
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (code, default) in other.codes {
            self.add(code, default);
        }
        self.quang_nam |= other.quang_nam;
    }

    fn finish(mut self) -> Suggestion {
        let ask = self.codes.len() > 1;
        let defaults = self.codes.iter().filter(|(_, default)| *default).count();
        // The only one is the default; two that each claim it are a clash of names.
        for (_, default) in &mut self.codes {
            *default = !ask || (*default && defaults == 1);
        }
        self.codes.sort_by_key(|(_, default)| !default);
        let suggested = self
            .codes
            .into_iter()
            .filter_map(|(code, default)| {
                Some(Suggested {
                    code,
                    name: &commune(code)?.full_name,
                    default,
                })
            })
            .collect();
        Suggestion { suggested, ask }
    }
}
