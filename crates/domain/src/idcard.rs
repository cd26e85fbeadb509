//! The text in the QR code of a national ID card, and what else people hold up (docs/domain.md, ID cards).
//!
//! ```text
//! PIN12 | old ID number or empty | name | ddmmyyyy | Nam or Nữ | address | issued ddmmyyyy [| four more]
//! ```
//!
//! The CCCD (2021-2024) has seven fields, the Căn cước (since 2024-07-01) eleven. The code carries no signature: what is
//! read here is *scanned*, never *verified*. Reading goes in this order, one file each: `encoding` turns bytes into
//! text, `not_a_card` recognises what is not a card, `layout` finds the fields, `values` reads them.

mod encoding;
mod layout;
mod not_a_card;
mod typed;
mod values;

use crate::{
    Sensitive,
    date::{PartialDate, Precision},
    name::PersonName,
    number::PersonalNumber,
    place,
    registration::{Draft, DraftField, Sex, Source},
};
use serde::{Deserialize, Serialize};

/// Most bytes a card's code can have: the largest QR code holds 2,953.
pub const MAX_BYTES: usize = 4096;

/// What one delivery of a scanner was.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdCardReading {
    /// Whether it can be used.
    pub status: IdCardStatus,
    /// What it was.
    pub kind: IdCardKind,
    /// Everything worth saying, in the order in which it was noticed; empty for `ok` and `not_a_card`.
    pub codes: Vec<IdCardCode>,
    /// What could be read; nothing is filled in by guess.
    pub fields: IdCardFields,
    /// Fields after the seventh. They concern other people without a purpose: counted, never kept.
    pub extra_fields: usize,
    /// Communes of today that the address can mean; a suggestion, and not where the person lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commune: Option<place::Suggestion>,
}

/// Whether a reading can be used.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdCardStatus {
    /// Read without remark.
    Ok,
    /// Read; somebody should look at the codes.
    Warning,
    /// A card, but to be scanned again or typed.
    Error,
    /// Something else, named by the kind.
    NotACard,
}

/// What was held up.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdCardKind {
    /// Căn cước công dân of 2021-2024, seven fields.
    Cccd,
    /// Căn cước since 2024-07-01, eleven fields.
    CanCuoc,
    /// Health-insurance card.
    HealthInsurance,
    /// Personal QR of Decision 1405.
    PersonalQr,
    /// A code of the VNeID app: bound to a session, cannot be checked offline.
    Vneid,
    /// A card too damaged to tell which, or something unknown.
    Unknown,
}

/// One thing worth saying about a reading.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdCardCode {
    /// Error: more than [`MAX_BYTES`].
    TooLong,
    /// Error: nothing was delivered.
    Empty,
    /// Error: letters were lost on the way (another character set was guessed); scan again.
    EncodingDamaged,
    /// Error: the empty second field is gone and the others moved up; scan again.
    FieldsShifted,
    /// Error: the end is missing; scan again.
    Truncated,
    /// Error: more than eleven fields, so no field can be told for sure.
    TooManyFields,
    /// Error: control, bidi or zero-width characters.
    ForbiddenCharacters,
    /// Error: the first field is not twelve digits.
    #[serde(rename = "pin_invalid")]
    NumberInvalid,
    /// Error: the name is missing or holds what no name holds.
    NameInvalid,
    /// Error: a date that is not in the calendar, or not a date.
    DateInvalid,
    /// Error: neither Nam nor Nữ.
    SexInvalid,
    /// Error: typed by a scanner through an input method (Telex, VNI) or a strange layout; only of [`read_typed`].
    InputMethod,
    /// Warning: UTF-8 had been shown in another character set and could be brought back exactly.
    Repaired,
    /// Warning: copied out of an app (dates with slashes); ask for the card.
    AppCopy,
    /// Warning: eight to ten fields; the first seven are read.
    FieldCountUnusual,
    /// Warning: the second field is neither empty nor an old ID number.
    OldIdInvalid,
    /// Warning: no address, or one that cannot be kept (over 200 characters).
    AddressInvalid,
    /// Warning: name and address have no Vietnamese mark at all: numbers can be used, text is to be retyped.
    NoDiacritics,
    /// Warning: the PIN's sex digit against the printed sex.
    SexMismatch,
    /// Warning: the PIN's year against the birth date.
    BirthYearMismatch,
    /// Warning: the PIN's place is not among the 63; it may be a country.
    PlaceCodeUnknown,
}

impl IdCardCode {
    /// True when the reading may not be used.
    pub const fn is_error(self) -> bool {
        use IdCardCode::*;
        match self {
            TooLong | Empty | EncodingDamaged | FieldsShifted | Truncated | TooManyFields | ForbiddenCharacters
            | NumberInvalid | NameInvalid | DateInvalid | SexInvalid | InputMethod => true,
            Repaired | AppCopy | FieldCountUnusual | OldIdInvalid | AddressInvalid | NoDiacritics | SexMismatch
            | BirthYearMismatch | PlaceCodeUnknown => false,
        }
    }
}

/// The fields of a card that could be read. `Debug` shows none of them.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IdCardFields {
    /// Personal identification number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "pin")]
    pub number: Option<PersonalNumber>,
    /// Number of the old identity card, nine or twelve digits. Whoever makes a draft drops it: it has no purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_id: Option<Sensitive<String>>,
    /// Name line, NFC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<IdCardBirth>,
    /// Sex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Address line, NFC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Sensitive<String>>,
    /// Issue date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<PartialDate>,
}

/// A birth date and how much of it the card knows.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct IdCardBirth {
    /// `1988-02-09`, `1938-05` or `1938`.
    pub value: PartialDate,
    /// How much is known.
    pub precision: Precision,
}

impl From<PartialDate> for IdCardBirth {
    fn from(value: PartialDate) -> Self {
        Self {
            value,
            precision: value.precision(),
        }
    }
}

/// Reads what a scanner delivered for one code, bytes untouched. Never fails: what cannot be used says why.
pub fn read(bytes: &[u8]) -> IdCardReading {
    if bytes.len() > MAX_BYTES {
        return IdCardReading::failed(IdCardCode::TooLong);
    }
    let decoded = encoding::decode(bytes);
    if decoded.text.is_empty() {
        return IdCardReading::failed(IdCardCode::Empty);
    }
    if let Some(kind) = not_a_card::recognise(&decoded.text) {
        return IdCardReading::new(IdCardStatus::NotACard, kind);
    }
    let layout = layout::find(&decoded);
    let mut reading = IdCardReading::new(IdCardStatus::Ok, layout.kind);
    reading.extra_fields = layout.extra.len();
    if decoded.repaired {
        reading.say(IdCardCode::Repaired);
    }
    layout.codes.iter().for_each(|code| reading.say(*code));
    values::fill(&mut reading, &layout);
    reading.commune = reading
        .fields
        .address
        .as_ref()
        .map(|address| place::suggest(address.expose()));
    reading
}

/// Reads what a scanner typed as a keyboard: as [`read`], but a text that an input method or a keyboard layout changed is
/// refused with [`IdCardCode::InputMethod`], also where the card's own rules would only warn. Of such a text only the number
/// is handed on.
pub fn read_typed(text: &str) -> IdCardReading {
    let reading = read(text.as_bytes());
    if !typed::is_mangled(text, &reading) {
        return reading;
    }
    let mut refused = IdCardReading::failed(IdCardCode::InputMethod);
    refused.kind = reading.kind;
    refused.fields.number = reading.fields.number;
    refused
}

impl IdCardReading {
    fn new(status: IdCardStatus, kind: IdCardKind) -> Self {
        Self {
            status,
            kind,
            codes: Vec::new(),
            fields: IdCardFields::default(),
            extra_fields: 0,
            commune: None,
        }
    }

    fn failed(code: IdCardCode) -> Self {
        let mut reading = Self::new(IdCardStatus::Error, IdCardKind::Unknown);
        reading.say(code);
        reading
    }

    fn say(&mut self, code: IdCardCode) {
        if !self.codes.contains(&code) {
            self.codes.push(code);
        }
        if code.is_error() {
            self.status = IdCardStatus::Error;
        } else if self.status == IdCardStatus::Ok {
            self.status = IdCardStatus::Warning;
        }
    }

    /// The start of a draft: name, birth, sex, number, address and issue date as [`Source::Scanned`]; the old number
    /// stays behind. `None` unless the status is `ok` or `warning`.
    ///
    /// With [`IdCardCode::NoDiacritics`] name and address stay empty: they are to be retyped, and a form that is already
    /// full would be saved as it is.
    pub fn to_draft_fields(&self) -> Option<Draft> {
        if !matches!(self.status, IdCardStatus::Ok | IdCardStatus::Warning) {
            return None;
        }
        let scanned = |value: String| DraftField {
            value: Sensitive::new(value),
            source: Source::Scanned,
        };
        let fields = &self.fields;
        let has_marks = !self.codes.contains(&IdCardCode::NoDiacritics);
        let sex = |sex| match sex {
            Sex::Male => "male",
            Sex::Female => "female",
        };
        Some(Draft {
            name: fields
                .name
                .as_ref()
                .filter(|_| has_marks)
                .map(|name| scanned(name.expose().to_owned())),
            birth: fields.birth.map(|birth| scanned(birth.value.to_string())),
            sex: fields.sex.map(|value| scanned(sex(value).to_owned())),
            number: fields.number.as_ref().map(|number| scanned(number.expose().to_owned())),
            card_address: fields
                .address
                .as_ref()
                .filter(|_| has_marks)
                .map(|address| scanned(address.expose().clone())),
            issued: fields.issued.map(|date| Sensitive::new(date.to_string())),
            ..Draft::default()
        })
    }
}
