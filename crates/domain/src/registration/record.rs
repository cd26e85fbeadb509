//! A finished registration, and the way back to the form that would give it again.

use super::{
    Draft, DraftConsent, DraftField, DraftPhone, DraftRepresentative, DraftResidence, DraftSignature, Manner,
    PhoneOwner, Relation, Sex, Signer, Source,
};
use crate::{
    Sensitive,
    date::PartialDate,
    ext::Extensions,
    ids::{HouseholdId, OperatorId},
    name::PersonName,
    number::PersonalNumber,
    phone::Phone,
    place::CommuneCode,
};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A value with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Sourced<T> {
    /// The value.
    #[n(0)]
    pub value: T,
    /// Where it came from.
    #[n(1)]
    pub source: Source,
}

/// A finished registration: complete and consistent by the rules of this crate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Registration {
    /// Name line as on the paper, NFC.
    #[n(0)]
    pub name: Sourced<PersonName>,
    /// Birth date with its precision.
    #[n(1)]
    pub birth: Sourced<PartialDate>,
    /// Sex.
    #[n(2)]
    pub sex: Sourced<Sex>,
    /// Number, or none in hand.
    #[n(3)]
    #[serde(rename = "pin")]
    pub number: Option<Sourced<PersonalNumber>>,
    /// Address on the card.
    #[n(4)]
    pub card_address: Option<Sourced<Sensitive<String>>>,
    /// Issue date of the card.
    #[n(5)]
    pub issued: Option<PartialDate>,
    /// Where the person lives now.
    #[n(6)]
    pub residence: Residence,
    /// Phone.
    #[n(7)]
    pub phone: Option<PhoneEntry>,
    /// Household on this device.
    #[n(8)]
    pub household: Option<HouseholdId>,
    /// Who acts for a child.
    #[n(9)]
    pub representative: Option<Representative>,
    /// Consent.
    #[n(10)]
    pub consent: Consent,
    /// Help given or wanted; empty without consent to purpose 3. *Missing is not 0*.
    #[n(11)]
    pub indicators: Vec<String>,
    /// What a newer program says besides.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    #[n(31)]
    pub ext: Extensions,
}

/// *Nơi đang ở*; coverage counts this, not the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Residence {
    /// Commune of today.
    #[n(0)]
    pub commune: CommuneCode,
    /// *Tổ* / *thôn*.
    #[n(1)]
    pub group: Sensitive<String>,
    /// House or alley line; may be empty.
    #[n(2)]
    pub house: Sensitive<String>,
    /// Rented rooms.
    #[n(3)]
    pub lodging: bool,
}

impl Residence {
    /// House and group as one line: what tells neighbours apart. Empty when neither is known.
    pub fn line(&self) -> String {
        let parts = [self.house.expose(), self.group.expose()];
        let parts: Vec<_> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(", ")
    }
}

/// Phone with its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PhoneEntry {
    /// Number.
    #[n(0)]
    pub number: Phone,
    /// Whose it is.
    #[n(1)]
    pub owner: PhoneOwner,
}

/// Who acts for a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Representative {
    /// Name line, NFC.
    #[n(0)]
    pub name: PersonName,
    /// Relation to the child.
    #[n(1)]
    pub relation: Relation,
    /// Number.
    #[n(2)]
    #[serde(rename = "pin")]
    pub number: PersonalNumber,
}

/// What was agreed, by whom, to which text (Law 91/2025: provable consent).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Consent {
    /// Version of the notice; its hash is in [`notice`].
    #[n(0)]
    pub notice: u16,
    /// SHA-256 of the notice's text.
    #[n(1)]
    pub notice_hash: crate::ids::Digest,
    /// Purpose 2; `None` where no phone was given.
    #[n(2)]
    pub contact: Option<bool>,
    /// Purpose 3.
    #[n(3)]
    pub help: bool,
    /// Read aloud.
    #[n(4)]
    pub read_aloud: bool,
    /// Signatures, the person's first.
    #[n(5)]
    pub signatures: Vec<Signature>,
}

/// One signature or its substitute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Signature {
    /// Who.
    #[n(0)]
    pub signer: Signer,
    /// How, with what proves it.
    #[n(1)]
    pub manner: SignatureManner,
}

/// How somebody signed, with what proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum SignatureManner {
    /// Simplified strokes. Sealed into the envelope; the device forgets them once the envelope is made.
    #[n(0)]
    Drawn(
        #[n(0)]
        #[cbor(with = "crate::wire::strokes")]
        Sensitive<Vec<u8>>,
    ),
    /// A cross.
    #[n(1)]
    Mark,
    /// A second operator.
    #[n(2)]
    Witness(#[n(0)] OperatorId),
    /// Given with the revision that this one corrects.
    #[n(3)]
    Kept,
}

impl Registration {
    /// Family, middle and given initials without marks, as the stub keeps them: `N.T.H`.
    pub fn initials(&self) -> String {
        self.name.value.initials()
    }
}

impl Registration {
    /// The same registration without the drawn lines: what the device keeps once the envelope is made.
    pub fn without_strokes(mut self) -> Self {
        for signature in &mut self.consent.signatures {
            if matches!(signature.manner, SignatureManner::Drawn(_)) {
                signature.manner = SignatureManner::Kept;
            }
        }
        self
    }

    /// The form that would give this registration again: the start of a correction, and how the opener applies the
    /// rules of the form to a body made by a device it does not trust.
    pub fn to_draft(&self) -> Draft {
        let field = |value: String, source| {
            Some(DraftField {
                value: Sensitive::new(value),
                source,
            })
        };
        let signature = |signature: &Signature| {
            let (manner, strokes, witness) = match &signature.manner {
                SignatureManner::Drawn(strokes) => (Manner::Drawn, Some(strokes.clone()), None),
                SignatureManner::Mark => (Manner::Mark, None, None),
                SignatureManner::Witness(operator) => (Manner::Witness, None, Some(*operator)),
                SignatureManner::Kept => (Manner::Kept, None, None),
            };
            DraftSignature {
                signer: signature.signer,
                manner,
                strokes,
                witness,
            }
        };
        Draft {
            name: field(self.name.value.expose().to_owned(), self.name.source),
            birth: field(self.birth.value.to_string(), self.birth.source),
            sex: field(
                if self.sex.value == Sex::Male { "male" } else { "female" }.to_owned(),
                self.sex.source,
            ),
            number: self
                .number
                .as_ref()
                .and_then(|number| field(number.value.expose().to_owned(), number.source)),
            number_again: self
                .number
                .as_ref()
                .map(|number| Sensitive::new(number.value.expose().to_owned())),
            no_number: self.number.is_none(),
            card_address: self
                .card_address
                .as_ref()
                .and_then(|line| field(line.value.expose().clone(), line.source)),
            issued: self.issued.map(|date| Sensitive::new(date.to_string())),
            residence: DraftResidence {
                commune: Some(self.residence.commune.to_string()),
                group: Some(self.residence.group.clone()),
                house: Some(self.residence.house.clone()),
                lodging: self.residence.lodging,
            },
            phone: self.phone.as_ref().map(|phone| DraftPhone {
                number: Sensitive::new(phone.number.expose().to_owned()),
                owner: phone.owner,
            }),
            household: self.household,
            representative: self.representative.as_ref().map(|person| DraftRepresentative {
                name: Sensitive::new(person.name.expose().to_owned()),
                relation: person.relation,
                number: Sensitive::new(person.number.expose().to_owned()),
            }),
            consent: DraftConsent {
                notice: Some(self.consent.notice),
                account: Some(true),
                contact: self.consent.contact,
                help: Some(self.consent.help),
                read_aloud: self.consent.read_aloud,
                signatures: self.consent.signatures.iter().map(signature).collect(),
            },
            indicators: self.indicators.clone(),
        }
    }
}
