//! `code verify`: is this a code, and is this card one of ours? Works without a network.

use domain::{code::Code, ids::Realm};
use protocol::{
    changes::DeviceKey,
    citizen::{Citizen, Standing},
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
        known_devices: usize,
    },
}

impl Verification {
    /// True when nothing speaks against it.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Code { status, .. } => *status == "well_formed",
            Self::CitizenQr { status, .. } => *status == Standing::Valid,
        }
    }
}

/// Judges a text. `realm` is the verifier's world, `keys` the devices it knows.
pub fn verify(text: &str, realm: Realm, keys: &[DeviceKey]) -> Verification {
    if text.trim_start().starts_with("TN") && text.contains(':') {
        let (status, citizen) = Citizen::check(text, realm, keys);
        return Verification::CitizenQr {
            status,
            code: citizen.as_ref().map(|citizen| citizen.code),
            realm: citizen.as_ref().map(|citizen| citizen.realm),
            issued: citizen.as_ref().map(|citizen| {
                let day = domain::date::CivilDate::in_vietnam(i64::from(citizen.day) * 86_400);
                format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
            }),
            known_devices: keys.len(),
        };
    }
    match text.parse::<Code>() {
        Ok(code) => Verification::Code {
            status: "well_formed",
            code: Some(code),
            realm: Some(domain::code::realm_of(code)),
        },
        Err(bad) => Verification::Code {
            status: bad.code(),
            code: None,
            realm: None,
        },
    }
}
