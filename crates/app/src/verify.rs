//! `code verify`: is this a code, and is this card one of ours? Works without a network.

use crate::blanks::KnownBlank;
use domain::{
    code::{BadCode, Code},
    ids::{DeviceId, Realm, UnixTime},
};
use protocol::{
    blanks,
    changes::DeviceKey,
    citizen::{self, Citizen, Standing},
};
use serde::Serialize;

/// The answer.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verification {
    /// A code typed or read aloud: only the check characters can be judged.
    Code {
        /// `well_formed` or why not.
        status: &'static str,
        /// The code as it is written.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
        /// The world it belongs to.
        #[serde(skip_serializing_if = "Option::is_none")]
        realm: Option<Realm>,
    },
    /// The text of a citizen QR.
    CitizenQr {
        /// Judged with the list of device keys from the last contact.
        status: Standing,
        /// The code it carries.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
        /// The world it says.
        #[serde(skip_serializing_if = "Option::is_none")]
        realm: Option<Realm>,
        /// Day of issue, `yyyy-mm-dd`.
        #[serde(skip_serializing_if = "Option::is_none")]
        issued: Option<String>,
        /// Device keys known to the verifier.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        known_devices: u64,
        /// When the platform last said that this list is whole; absent before the first time.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
        listed_at: Option<UnixTime>,
    },
    /// A pre-printed card: its QR, or the number typed.
    #[serde(rename = "blank_card")]
    Blank {
        /// `blank`, `bound`, `spoiled`, `void`, `used`; or why it is no card of this team: `card_forged`, ...
        status: &'static str,
        /// The card.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(rename = "card")]
        blank: Option<KnownBlank>,
    },
    /// Some other text: an ID card, a web address, somebody else's QR.
    Other {
        /// `not_our_code`.
        status: &'static str,
    },
}

/// What the verifier knows of the city's devices, and since when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// Devices on its list.
    pub devices: u64,
    /// When the list was last known to be whole.
    pub listed_at: Option<UnixTime>,
}

impl Verification {
    /// True when nothing speaks against it.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Code { status, .. } => *status == "well_formed",
            Self::CitizenQr { status, .. } => *status == Standing::Valid,
            Self::Blank { blank, .. } => blank.as_ref().is_some_and(|blank| blank.refused.is_none()),
            Self::Other { .. } => false,
        }
    }
}

/// Characters of the longest text that may be a code somebody typed.
const TYPED: usize = 24;

/// The text to judge among the codes of a picture: one of ours where there is one, for other codes may lie on the same
/// table; `None` where nothing could be read.
pub fn text_in(found: &[scan::Found]) -> Option<String> {
    let texts = || found.iter().filter_map(|code| code.text.as_deref());
    texts()
        .find(|text| citizen::looks_like(text) || blanks::looks_like(text))
        .or_else(|| texts().next())
        .map(str::to_owned)
}

/// Judges a text. `realm` is the verifier's world, `key_of` looks a device up on its list.
pub fn verify(
    text: &str,
    realm: Realm,
    known: Known,
    key_of: impl FnOnce(DeviceId) -> Option<DeviceKey>,
) -> Verification {
    if citizen::looks_like(text) {
        let (status, citizen) = Citizen::check(text, realm, key_of);
        return Verification::CitizenQr {
            status,
            code: citizen.as_ref().map(|citizen| citizen.code),
            realm: citizen.as_ref().map(|citizen| citizen.realm),
            issued: citizen.as_ref().map(|citizen| citizen.day.civil().iso()),
            known_devices: known.devices,
            listed_at: known.listed_at,
        };
    }
    if text.trim().chars().count() > TYPED || blanks::looks_like(text) {
        return Verification::Other { status: "not_our_code" };
    }
    match text.parse::<Code>() {
        Ok(code) => Verification::Code {
            status: "well_formed",
            code: Some(code),
            realm: Some(domain::code::realm_of(code)),
        },
        Err(bad) => code(bad),
    }
}

fn code(bad: BadCode) -> Verification {
    Verification::Code {
        status: bad.code(),
        code: None,
        realm: None,
    }
}
