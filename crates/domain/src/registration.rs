//! What a registration holds, and how a volunteer's draft becomes one (FACTS: "What a registration holds").
//!
//! [`Draft`] is whatever stands in the form: every part may be missing or wrong. [`Registration`] cannot be wrong:
//! it only comes out of [`Draft::finish`], which answers with every problem at once.

use crate::{
    Sensitive,
    date::{CivilDate, PartialDate},
    ids::{HouseholdId, OperatorId},
    name::PersonName,
    notice,
    phone::Phone,
    pin::Pin,
    place::{self, CommuneCode},
    practice,
    signing::{self, SigningRule},
    text,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest free line (address, house, group) in characters; the gateway refuses longer ones too.
pub const MAX_LINE: usize = 200;
/// From this age, in completed years, a registration needs the number or the word that there is none in hand.
pub const NUMBER_FROM_AGE: u16 = 16;
/// Longest simplified signature in bytes (see NOTICE: evidence of consent, not a picture gallery).
pub const MAX_SIGNATURE: usize = 400;

/// Where the value of a field came from; shown beside the field and kept with it.
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

/// What a consent is for (NOTICE, purposes 1-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 1: make and keep a digital-citizen account. Needed to register.
    Account,
    /// 2: call or text. Asked only where a phone was given.
    Contact,
    /// 3: tell the ward what help is wanted.
    Help,
}

/// Who signs.
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

// ---------------------------------------------------------------------------------------------- draft

/// A value with its source, as it stands in the form.
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
    pub pin: Option<DraftField>,
    /// The number typed a second time; needed when its source is `by_heart`.
    #[schemars(with = "Option<String>")]
    pub pin_again: Option<Sensitive<String>>,
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
    pub pin: Sensitive<String>,
}

/// Answers per purpose: absent means not answered yet.
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

// ----------------------------------------------------------------------------------------- registration

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
    pub pin: Option<Sourced<Pin>>,
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
    pub pin: Pin,
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

/// Names a part of the form; stable, used by problems, verdicts, tasks and the window.
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
    Pin,
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

/// One thing that stops a draft, or that a volunteer should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub field: FieldName,
    /// What, as a stable code.
    pub code: &'static str,
}

/// Everything the rules need besides the draft.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// Today in Vietnam.
    pub today: CivilDate,
    /// The world the device works in.
    pub realm: crate::ids::Realm,
    /// Who signs by age.
    pub signing: SigningRule,
    /// The operator who enrols (a witness must be somebody else).
    pub operator: OperatorId,
    /// True for a correction: signatures may be those of the corrected revision.
    pub correcting: bool,
}

/// Why a draft does not become a registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfinished {
    /// Purpose 1 was answered with no: nothing may be kept.
    #[error("consent declined")]
    Declined,
    /// Parts are missing or wrong; all of them are named.
    #[error("{} problems", .0.len())]
    Problems(Vec<Problem>),
}

impl Draft {
    /// Turns the form into a registration, or says everything that is in the way.
    ///
    /// Order matters for one thing only: a declined purpose 1 wins over every other problem, so that nobody is
    /// asked to complete a form that must be erased.
    pub fn finish(&self, around: &Circumstances) -> Result<Registration, Unfinished> {
        if self.consent.account == Some(false) {
            return Err(Unfinished::Declined);
        }
        let mut problems = Problems::default();
        let name = problems.required(FieldName::Name, self.name.as_ref(), PersonName::parse);
        let birth = problems.required(FieldName::Birth, self.birth.as_ref(), |text| {
            text.parse::<PartialDate>().map_err(|_| "date_invalid")
        });
        if let Some(birth) = &birth
            && birth.value.is_after(around.today)
        {
            problems.add(FieldName::Birth, "birth_in_future");
        }
        if let Some(birth) = &birth
            && birth.value.year() + 130 < around.today.year
        {
            problems.add(FieldName::Birth, "birth_too_long_ago");
        }
        let sex = problems.required(FieldName::Sex, self.sex.as_ref(), |text| match text {
            "male" => Ok(Sex::Male),
            "female" => Ok(Sex::Female),
            _ => Err("sex_invalid"),
        });
        let age = birth.as_ref().map(|birth| birth.value.age_at_least(around.today));
        let pin = self.finish_pin(around, age, &mut problems);
        let card_address = self.card_address.as_ref().and_then(|field| {
            let line = problems.line(FieldName::CardAddress, Some(&field.value), false)?;
            Some(Sourced {
                value: line,
                source: field.source,
            })
        });
        let issued = self.issued.as_ref().and_then(|text| {
            let date = text.expose().parse::<PartialDate>().ok();
            if date.is_none_or(|date| date.is_after(around.today)) {
                problems.add(FieldName::Issued, "date_invalid");
            }
            date
        });
        let residence = self.finish_residence(&mut problems);
        let phone = self
            .phone
            .as_ref()
            .and_then(|phone| match Phone::parse(phone.number.expose()) {
                Ok(number) => Some(PhoneEntry {
                    number,
                    owner: phone.owner,
                }),
                Err(code) => {
                    problems.add(FieldName::Phone, code);
                    None
                }
            });
        let representative = self.finish_representative(around, &mut problems);
        let consent = self.finish_consent(around, age, representative.is_some(), &mut problems);
        let indicators = self.finish_indicators(&mut problems);

        match (name, birth, sex, residence, consent, problems.0.is_empty()) {
            (Some(name), Some(birth), Some(sex), Some(residence), Some(consent), true) => Ok(Registration {
                name,
                birth,
                sex,
                pin,
                card_address,
                issued,
                residence,
                phone,
                household: self.household,
                representative: representative
                    .filter(|_| age.is_some_and(|age| around.signing.needs_representative(age))),
                indicators: if consent.help { indicators } else { Vec::new() },
                consent,
            }),
            _ => Err(Unfinished::Problems(problems.sorted())),
        }
    }

    fn finish_pin(&self, around: &Circumstances, age: Option<u16>, problems: &mut Problems) -> Option<Sourced<Pin>> {
        let Some(field) = &self.pin else {
            // From this age everybody has a card to bring; of a child the number may simply not be known.
            if !self.no_number && age.is_none_or(|age| age >= NUMBER_FROM_AGE) {
                problems.add(FieldName::Pin, "missing");
            }
            return None;
        };
        if self.no_number {
            problems.add(FieldName::Pin, "number_and_no_number");
        }
        let pin = match Pin::parse(field.value.expose()) {
            Ok(pin) => pin,
            Err(code) => {
                problems.add(FieldName::Pin, code);
                return None;
            }
        };
        if field.source == Source::ByHeart {
            match &self.pin_again {
                None => problems.add(FieldName::Pin, "type_twice"),
                Some(again) if again.expose() != field.value.expose() => {
                    problems.add(FieldName::Pin, "typed_differently")
                }
                Some(_) => {}
            }
        }
        if let Err(code) = practice::admit(around.realm, &pin) {
            problems.add(FieldName::Pin, code);
        }
        Some(Sourced {
            value: pin,
            source: field.source,
        })
    }

    fn finish_residence(&self, problems: &mut Problems) -> Option<Residence> {
        let commune = match &self.residence.commune {
            None => {
                problems.add(FieldName::Commune, "missing");
                None
            }
            Some(code) => {
                let known = code
                    .parse::<CommuneCode>()
                    .ok()
                    .filter(|code| place::commune(*code).is_some());
                if known.is_none() {
                    problems.add(FieldName::Commune, "commune_unknown");
                }
                known
            }
        };
        let group = problems.line(FieldName::Group, self.residence.group.as_ref(), true);
        let house = match &self.residence.house {
            None => Some(Sensitive::default()),
            some => problems.line(FieldName::House, some.as_ref(), false),
        };
        Some(Residence {
            commune: commune?,
            group: group?,
            house: house?,
            lodging: self.residence.lodging,
        })
    }

    fn finish_representative(&self, around: &Circumstances, problems: &mut Problems) -> Option<Representative> {
        let given = self.representative.as_ref()?;
        let name = PersonName::parse(given.name.expose());
        let pin = Pin::parse(given.pin.expose());
        for code in [name.as_ref().err(), pin.as_ref().err()].into_iter().flatten() {
            problems.add(FieldName::Representative, code);
        }
        let (name, pin) = (name.ok()?, pin.ok()?);
        if let Err(code) = practice::admit_representative(around.realm, &pin) {
            problems.add(FieldName::Representative, code);
        }
        if self
            .pin
            .as_ref()
            .is_some_and(|own| own.value.expose() == given.pin.expose())
        {
            problems.add(FieldName::Representative, "same_person");
        }
        Some(Representative {
            name,
            relation: given.relation,
            pin,
        })
    }

    fn finish_consent(
        &self,
        around: &Circumstances,
        age: Option<u16>,
        has_representative: bool,
        problems: &mut Problems,
    ) -> Option<Consent> {
        let given = &self.consent;
        let notice = given.notice.and_then(notice::by_version);
        if notice.is_none() {
            problems.add(FieldName::Consent, "notice_not_shown");
        }
        if given.account.is_none() || given.help.is_none() || (self.phone.is_some() && given.contact.is_none()) {
            problems.add(FieldName::Consent, "unanswered");
        }
        let age = age?;
        let needs = around.signing.signers(age);
        if around.signing.needs_representative(age) && !has_representative && self.representative.is_none() {
            problems.add(FieldName::Representative, "missing");
        }
        let mut signatures = Vec::new();
        for signer in needs {
            match given.signatures.iter().find(|signature| signature.signer == *signer) {
                None => problems.add(FieldName::Signature, signing::missing_code(*signer)),
                Some(signature) => match signature.finish(around) {
                    Ok(signature) => signatures.push(signature),
                    Err(code) => problems.add(FieldName::Signature, code),
                },
            }
        }
        let notice = notice?;
        Some(Consent {
            notice: notice.version,
            notice_hash: notice.hash(),
            contact: given.contact.filter(|_| self.phone.is_some()),
            help: given.help?,
            read_aloud: given.read_aloud,
            signatures,
        })
    }

    fn finish_indicators(&self, problems: &mut Problems) -> Vec<String> {
        let mut keys = self.indicators.clone();
        keys.sort();
        keys.dedup();
        let key_like = |key: &String| {
            (1..=40).contains(&key.len())
                && key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if keys.len() > 32 || !keys.iter().all(key_like) {
            problems.add(FieldName::Indicators, "indicator_invalid");
        }
        keys
    }

    /// Things a volunteer should look at that do not stop saving: number against sex and birth year, a doubtful phone.
    pub fn warnings(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        if let Some(Ok(pin)) = self.pin.as_ref().map(|field| Pin::parse(field.value.expose())) {
            let sex = self.sex.as_ref().and_then(|field| match field.value.expose().as_str() {
                "male" => Some(Sex::Male),
                "female" => Some(Sex::Female),
                _ => None,
            });
            if sex.is_some_and(|sex| sex != pin.sex()) {
                problems.add(FieldName::Sex, "sex_mismatch");
            }
            let birth = self
                .birth
                .as_ref()
                .and_then(|field| field.value.expose().parse::<PartialDate>().ok());
            if birth.is_some_and(|birth| birth.year() != pin.birth_year()) {
                problems.add(FieldName::Birth, "birth_year_mismatch");
            }
            if pin.province().is_none() {
                problems.add(FieldName::Pin, "place_code_unknown");
            }
        }
        if let Some(Ok(phone)) = self.phone.as_ref().map(|phone| Phone::parse(phone.number.expose()))
            && phone.is_doubtful()
        {
            problems.add(FieldName::Phone, "prefix_doubtful");
        }
        problems.sorted()
    }
}

impl DraftSignature {
    fn finish(&self, around: &Circumstances) -> Result<Signature, &'static str> {
        let manner = match self.manner {
            Manner::Drawn => match &self.strokes {
                Some(strokes) if (1..=MAX_SIGNATURE).contains(&strokes.expose().len()) => {
                    SignatureManner::Drawn(strokes.clone())
                }
                Some(strokes) if !strokes.expose().is_empty() => return Err("signature_too_long"),
                _ => return Err("signature_empty"),
            },
            Manner::Mark => SignatureManner::Mark,
            Manner::Witness => match self.witness {
                Some(witness) if witness != around.operator => SignatureManner::Witness(witness),
                Some(_) => return Err("witness_is_operator"),
                None => return Err("witness_missing"),
            },
            Manner::Kept if around.correcting => SignatureManner::Kept,
            Manner::Kept => return Err("signature_empty"),
        };
        Ok(Signature {
            signer: self.signer,
            manner,
        })
    }
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: FieldName, code: &'static str) {
        self.0.push(Problem { field, code });
    }

    fn required<T>(
        &mut self,
        field: FieldName,
        given: Option<&DraftField>,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<Sourced<T>> {
        let Some(given) = given else {
            self.add(field, "missing");
            return None;
        };
        match parse(given.value.expose()) {
            Ok(value) => Some(Sourced {
                value,
                source: given.source,
            }),
            Err(code) => {
                self.add(field, code);
                None
            }
        }
    }

    fn line(&mut self, field: FieldName, given: Option<&Sensitive<String>>, needed: bool) -> Option<Sensitive<String>> {
        let tidy = text::tidy_line(given.map_or("", |text| text.expose()), MAX_LINE);
        match tidy {
            Err(code) => {
                self.add(field, code);
                None
            }
            Ok(line) if line.is_empty() && needed => {
                self.add(field, "missing");
                None
            }
            Ok(line) => Some(Sensitive::new(line)),
        }
    }

    fn sorted(mut self) -> Vec<Problem> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
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
            pin: self
                .pin
                .as_ref()
                .and_then(|pin| field(pin.value.expose().to_owned(), pin.source)),
            pin_again: self
                .pin
                .as_ref()
                .map(|pin| Sensitive::new(pin.value.expose().to_owned())),
            no_number: self.pin.is_none(),
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
                pin: Sensitive::new(person.pin.expose().to_owned()),
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
