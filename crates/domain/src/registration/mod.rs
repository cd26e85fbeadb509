//! What a registration holds, and how a volunteer's draft becomes one.
//!
//! [`Draft`] is whatever stands in the form: every part may be missing or wrong. [`Registration`] cannot be wrong:
//! it only comes out of [`Draft::finish`], which answers with every problem at once.

mod draft;
mod finish;
mod record;

pub use draft::{Draft, DraftConsent, DraftField, DraftPhone, DraftRepresentative, DraftResidence, DraftSignature};
pub use finish::{Circumstances, Problem, Unfinished};
pub use record::{Consent, PhoneEntry, Registration, Representative, Residence, Signature, SignatureManner, Sourced};

use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest free line (address, house, group) in characters; the gateway refuses longer ones too.
pub const MAX_LINE: usize = 200;
/// From this age, in completed years, a registration needs the number or the word that there is none in hand.
pub const NUMBER_FROM_AGE: u16 = 16;
/// Longest simplified signature in bytes (docs/domain.md, consent: evidence, not a picture gallery).
pub const MAX_SIGNATURE: usize = 400;

/// Where the value of a field came from; shown beside the field and kept with it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Source {
    /// Read from the card's QR. Scanned is not verified: the QR carries no signature.
    #[n(0)]
    Scanned,
    /// Typed by the volunteer from the card.
    #[n(1)]
    Typed,
    /// Scanned, then changed by hand.
    #[n(2)]
    Edited,
    /// Typed from the resident's VNeID screen.
    #[n(3)]
    Vneid,
    /// Typed from a birth certificate.
    #[n(4)]
    BirthCertificate,
    /// Said by the resident; a number is typed twice.
    #[n(5)]
    ByHeart,
}

/// Sex as the card prints it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Sex {
    /// Nam.
    #[n(0)]
    Male,
    /// Nữ.
    #[n(1)]
    Female,
}

/// Whose phone it is. One phone for a family is normal and never a sign of a duplicate.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PhoneOwner {
    /// The resident.
    #[n(0)]
    Myself,
    /// A family member.
    #[n(1)]
    Family,
}

/// How a representative stands to the child. Grandparents are not representatives while the parents can act.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Relation {
    /// Mẹ.
    #[n(0)]
    Mother,
    /// Cha.
    #[n(1)]
    Father,
    /// Người giám hộ.
    #[n(2)]
    Guardian,
}

/// Who signs.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Signer {
    /// The person registered.
    #[n(0)]
    Myself,
    /// The legal representative.
    #[n(1)]
    Representative,
}

/// How somebody signed. No fingerprint, no recording.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// Drawn with a finger; `strokes` holds the simplified line.
    Drawn,
    /// A cross by somebody who cannot write.
    Mark,
    /// A second operator as witness.
    Witness,
    /// Given with the revision that this one corrects; the device no longer holds it.
    Kept,
}

/// Names a part of the form; stable, used by problems, verdicts, tasks and the window.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[allow(missing_docs)]
pub enum FieldName {
    #[n(0)]
    Name,
    #[n(1)]
    Birth,
    #[n(2)]
    Sex,
    #[n(3)]
    #[serde(rename = "pin")]
    Number,
    #[n(4)]
    CardAddress,
    #[n(5)]
    Issued,
    #[n(6)]
    Commune,
    #[n(7)]
    Group,
    #[n(8)]
    House,
    #[n(9)]
    Phone,
    #[n(10)]
    Household,
    #[n(11)]
    Representative,
    #[n(12)]
    Consent,
    #[n(13)]
    Signature,
    #[n(14)]
    Indicators,
    #[n(15)]
    Code,
    #[n(16)]
    Record,
}
