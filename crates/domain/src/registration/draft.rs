//! The form as it stands.

use super::{Manner, PhoneOwner, Relation, Signer, Source};
use crate::{
    Sensitive,
    ids::{HouseholdId, OperatorId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value with its source, as it stands in the form.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftField {
    /// The text in the field.
    #[schemars(with = "String")]
    pub value: Sensitive<String>,
    /// Where it came from.
    pub source: Source,
}

/// The form as it stands. Everything may be missing; nothing is chosen beforehand.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// Name line as on the paper.
    pub name: Option<DraftField>,
    /// `1988-02-09`, `1938-05` or `1938`.
    pub birth: Option<DraftField>,
    /// `male` or `female`.
    pub sex: Option<DraftField>,
    /// Twelve digits.
    #[serde(rename = "pin")]
    pub number: Option<DraftField>,
    /// The number typed a second time; needed when its source is `by_heart`.
    #[schemars(with = "Option<String>")]
    #[serde(rename = "pin_again")]
    pub number_again: Option<Sensitive<String>>,
    /// The person has no number in hand (*chưa có số*): becomes a task for later.
    pub no_number: bool,
    /// Address line on the card.
    pub card_address: Option<DraftField>,
    /// Issue date of the card, `2022-05-10`.
    #[schemars(with = "Option<String>")]
    pub issued: Option<Sensitive<String>>,
    /// Where the person lives now.
    pub residence: DraftResidence,
    /// Phone; none is normal.
    pub phone: Option<DraftPhone>,
    /// Household reference, 32 hexadecimal digits; made by the device for the first person of a house.
    #[schemars(with = "Option<String>")]
    pub household: Option<HouseholdId>,
    /// For somebody who is not of age: who acts.
    pub representative: Option<DraftRepresentative>,
    /// Answers and signatures.
    pub consent: DraftConsent,
    /// Keys of help given or wanted, from the ward's list; kept only with consent to purpose 3.
    pub indicators: Vec<String>,
}

/// *Nơi đang ở*.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraftResidence {
    /// Commune code of today, five digits.
    pub commune: Option<String>,
    /// *Tổ* or *thôn*.
    #[schemars(with = "Option<String>")]
    pub group: Option<Sensitive<String>>,
    /// House or alley line; may be empty.
    #[schemars(with = "Option<String>")]
    pub house: Option<Sensitive<String>>,
    /// *Nhà trọ*: rented rooms, so the next person is not offered this household.
    pub lodging: bool,
}

/// A phone as typed.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftPhone {
    /// The digits as typed.
    #[schemars(with = "String")]
    pub number: Sensitive<String>,
    /// Whose it is.
    pub owner: PhoneOwner,
}

/// Who acts for a child.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftRepresentative {
    /// Name line.
    #[schemars(with = "String")]
    pub name: Sensitive<String>,
    /// Relation to the child.
    pub relation: Relation,
    /// Number of the representative, twelve digits.
    #[schemars(with = "String")]
    #[serde(rename = "pin")]
    pub number: Sensitive<String>,
}

/// Answers per purpose: absent means not answered yet.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraftConsent {
    /// Version of the notice that was shown.
    pub notice: Option<u16>,
    /// Purpose 1.
    pub account: Option<bool>,
    /// Purpose 2.
    pub contact: Option<bool>,
    /// Purpose 3.
    pub help: Option<bool>,
    /// The notice was read aloud.
    pub read_aloud: bool,
    /// Signatures given.
    pub signatures: Vec<DraftSignature>,
}

/// One signature or its substitute.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftSignature {
    /// Who signed.
    pub signer: Signer,
    /// How.
    pub manner: Manner,
    /// For `drawn`: the simplified strokes, 1 to 400 bytes (x, y pairs). Coordinates only, no picture.
    #[serde(default)]
    #[schemars(with = "Option<Vec<u8>>")]
    pub strokes: Option<Sensitive<Vec<u8>>>,
    /// For `witness`: the second operator.
    #[serde(default)]
    pub witness: Option<OperatorId>,
}
