//! From draft to registration: parse, don't validate, and say everything that is in the way.

use super::*;
use crate::{
    Sensitive,
    date::{CivilDate, PartialDate},
    ext::Extensions,
    ids::OperatorId,
    master::Master,
    name::PersonName,
    number::PersonalNumber,
    phone::Phone,
    place::CommuneCode,
    practice,
    problem::ProblemCode,
    signers::{self, SigningRule},
    text,
};

use serde::{Deserialize, Serialize};

/// One thing that stops a draft, or that a volunteer should look at.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub field: FieldName,
    /// What, as a stable code.
    pub code: ProblemCode,
}

/// Everything the rules need besides the draft.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
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
    /// Which notices and communes there are, and were.
    pub master: &'a Master,
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
    pub fn finish(&self, around: &Circumstances<'_>) -> Result<Registration, Unfinished> {
        if self.consent.account == Some(false) {
            return Err(Unfinished::Declined);
        }
        let mut problems = Problems::default();
        let name = problems.required(FieldName::Name, self.name.as_ref(), PersonName::parse);
        let birth = problems.required(FieldName::Birth, self.birth.as_ref(), |text| {
            text.parse::<PartialDate>().map_err(|_| ProblemCode::DateInvalid)
        });
        if let Some(birth) = &birth
            && birth.value.is_after(around.today)
        {
            problems.add(FieldName::Birth, ProblemCode::BirthInFuture);
        }
        if let Some(birth) = &birth
            && birth.value.year() + 130 < around.today.year
        {
            problems.add(FieldName::Birth, ProblemCode::BirthTooLongAgo);
        }
        let sex = problems.required(FieldName::Sex, self.sex.as_ref(), |text| match text {
            "male" => Ok(Sex::Male),
            "female" => Ok(Sex::Female),
            _ => Err(ProblemCode::SexInvalid),
        });
        let age = birth.as_ref().map(|birth| birth.value.age_at_least(around.today));
        let number = self.finish_number(around, age, &mut problems);
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
                problems.add(FieldName::Issued, ProblemCode::DateInvalid);
            }
            date
        });
        let residence = self.finish_residence(around, &mut problems);
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
                number,
                card_address,
                issued,
                residence,
                phone,
                household: self.household,
                representative: representative
                    .filter(|_| age.is_some_and(|age| around.signing.needs_representative(age))),
                indicators: if consent.help { indicators } else { Vec::new() },
                consent,
                ext: Extensions::NONE,
            }),
            _ => Err(Unfinished::Problems(problems.sorted())),
        }
    }

    fn finish_number(
        &self,
        around: &Circumstances<'_>,
        age: Option<u16>,
        problems: &mut Problems,
    ) -> Option<Sourced<PersonalNumber>> {
        let Some(field) = &self.number else {
            // From this age everybody has a card to bring; of a child the number may simply not be known.
            if !self.no_number && age.is_none_or(|age| age >= NUMBER_FROM_AGE) {
                problems.add(FieldName::Number, ProblemCode::Missing);
            }
            return None;
        };
        if self.no_number {
            problems.add(FieldName::Number, ProblemCode::NumberAndNoNumber);
        }
        let number = match PersonalNumber::parse(field.value.expose()) {
            Ok(number) => number,
            Err(code) => {
                problems.add(FieldName::Number, code);
                return None;
            }
        };
        if field.source == Source::ByHeart {
            match &self.number_again {
                None => problems.add(FieldName::Number, ProblemCode::TypeTwice),
                Some(again) if again.expose() != field.value.expose() => {
                    problems.add(FieldName::Number, ProblemCode::TypedDifferently)
                }
                Some(_) => {}
            }
        }
        if let Err(not_here) = practice::admit(around.realm, &number) {
            problems.add(FieldName::Number, not_here.into());
        }
        Some(Sourced {
            value: number,
            source: field.source,
        })
    }

    fn finish_residence(&self, around: &Circumstances<'_>, problems: &mut Problems) -> Option<Residence> {
        let commune = match &self.residence.commune {
            None => {
                problems.add(FieldName::Commune, ProblemCode::Missing);
                None
            }
            Some(code) => {
                let known = code
                    .parse::<CommuneCode>()
                    .ok()
                    .filter(|code| around.master.commune(*code).is_some());
                if known.is_none() {
                    problems.add(FieldName::Commune, ProblemCode::CommuneUnknown);
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

    fn finish_representative(&self, around: &Circumstances<'_>, problems: &mut Problems) -> Option<Representative> {
        let given = self.representative.as_ref()?;
        let name = PersonName::parse(given.name.expose());
        let number = PersonalNumber::parse(given.number.expose());
        for code in [name.as_ref().err(), number.as_ref().err()].into_iter().flatten() {
            problems.add(FieldName::Representative, *code);
        }
        let (name, number) = (name.ok()?, number.ok()?);
        if let Err(not_here) = practice::admit_representative(around.realm, &number) {
            problems.add(FieldName::Representative, not_here.into());
        }
        if self
            .number
            .as_ref()
            .is_some_and(|own| own.value.expose() == given.number.expose())
        {
            problems.add(FieldName::Representative, ProblemCode::SamePerson);
        }
        Some(Representative {
            name,
            relation: given.relation,
            number,
        })
    }

    fn finish_consent(
        &self,
        around: &Circumstances<'_>,
        age: Option<u16>,
        has_representative: bool,
        problems: &mut Problems,
    ) -> Option<Consent> {
        let given = &self.consent;
        let notice = given.notice.and_then(|number| around.master.notice(number));
        if notice.is_none() {
            problems.add(FieldName::Consent, ProblemCode::NoticeNotShown);
        }
        if given.account.is_none() || given.help.is_none() || (self.phone.is_some() && given.contact.is_none()) {
            problems.add(FieldName::Consent, ProblemCode::Unanswered);
        }
        let age = age?;
        let needs = around.signing.signers(age);
        if around.signing.needs_representative(age) && !has_representative && self.representative.is_none() {
            problems.add(FieldName::Representative, ProblemCode::Missing);
        }
        let mut signatures = Vec::new();
        for signer in needs {
            match given.signatures.iter().find(|signature| signature.signer == *signer) {
                None => problems.add(FieldName::Signature, signers::missing_code(*signer)),
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
            problems.add(FieldName::Indicators, ProblemCode::IndicatorInvalid);
        }
        keys
    }

    /// Things a volunteer should look at that do not stop saving: number against sex and birth year, a doubtful phone.
    pub fn warnings(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        if let Some(Ok(number)) = self
            .number
            .as_ref()
            .map(|field| PersonalNumber::parse(field.value.expose()))
        {
            let sex = self.sex.as_ref().and_then(|field| match field.value.expose().as_str() {
                "male" => Some(Sex::Male),
                "female" => Some(Sex::Female),
                _ => None,
            });
            if sex.is_some_and(|sex| sex != number.sex()) {
                problems.add(FieldName::Sex, ProblemCode::SexMismatch);
            }
            let birth = self
                .birth
                .as_ref()
                .and_then(|field| field.value.expose().parse::<PartialDate>().ok());
            if birth.is_some_and(|birth| birth.year() != number.birth_year()) {
                problems.add(FieldName::Birth, ProblemCode::BirthYearMismatch);
            }
            if number.province().is_none() {
                problems.add(FieldName::Number, ProblemCode::PlaceCodeUnknown);
            }
        }
        if let Some(Ok(phone)) = self.phone.as_ref().map(|phone| Phone::parse(phone.number.expose()))
            && phone.is_doubtful()
        {
            problems.add(FieldName::Phone, ProblemCode::PrefixDoubtful);
        }
        problems.sorted()
    }
}

impl DraftSignature {
    fn finish(&self, around: &Circumstances<'_>) -> Result<Signature, ProblemCode> {
        let manner = match self.manner {
            Manner::Drawn => match &self.strokes {
                Some(strokes) if (1..=MAX_SIGNATURE).contains(&strokes.expose().len()) => {
                    SignatureManner::Drawn(strokes.clone())
                }
                Some(strokes) if !strokes.expose().is_empty() => return Err(ProblemCode::SignatureTooLong),
                _ => return Err(ProblemCode::SignatureEmpty),
            },
            Manner::Mark => SignatureManner::Mark,
            Manner::Witness => match self.witness {
                Some(witness) if witness != around.operator => SignatureManner::Witness(witness),
                Some(_) => return Err(ProblemCode::WitnessIsOperator),
                None => return Err(ProblemCode::WitnessMissing),
            },
            Manner::Kept if around.correcting => SignatureManner::Kept,
            Manner::Kept => return Err(ProblemCode::SignatureEmpty),
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
    fn add(&mut self, field: FieldName, code: ProblemCode) {
        self.0.push(Problem { field, code });
    }

    fn required<T>(
        &mut self,
        field: FieldName,
        given: Option<&DraftField>,
        parse: impl Fn(&str) -> Result<T, ProblemCode>,
    ) -> Option<Sourced<T>> {
        let Some(given) = given else {
            self.add(field, ProblemCode::Missing);
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
                self.add(field, ProblemCode::Missing);
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
