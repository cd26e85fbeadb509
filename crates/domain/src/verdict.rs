//! What the central side decides about an opened record: one pure function that the gateway's opener and the
//! simulated platform of practice.

use crate::{
    date::{CivilDate, PartialDate},
    ids::Realm,
    master::Master,
    problem::ProblemCode,
    registration::{Circumstances, FieldName, Registration, Sex, Unfinished},
    signers::SigningRule,
    state::{Decision, Reason, RefusalCode},
    text,
};

/// What the national population data says about a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Population {
    /// The adapter is not configured, or the record has no number.
    NotAsked,
    /// No such number.
    NotFound,
    /// A person.
    Found(PersonOnRecord),
}

/// A person in the national population data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonOnRecord {
    /// Name line.
    pub name: crate::Sensitive<String>,
    /// Birth date.
    pub birth: PartialDate,
    /// Sex.
    pub sex: Sex,
    /// Registered as dead.
    pub deceased: bool,
}

/// Everything the decision needs besides the record.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Day of capture in Vietnam.
    pub captured: CivilDate,
    /// The platform's realm.
    pub realm: Realm,
    /// Who signs by age.
    pub signing: SigningRule,
    /// Which notices and communes there ever were: a record is judged by what was shown when it was made.
    pub master: &'a Master,
    /// The operator in the header.
    pub operator: crate::ids::OperatorId,
    /// The record corrects another revision.
    pub correcting: bool,
    /// Answer of the population adapter.
    pub population: Population,
    /// Another registration is of the same person (by number, or by name, birth and sex where one has none) and has an
    /// account, or waits for one.
    pub same_number: bool,
    /// Another registration has the same code.
    pub code_taken: bool,
}

/// Decides. Rules of the form first (a device is not trusted to have kept them), then the code, then the population
/// data, then duplicates. Never refuses for a suspicion: a possible duplicate goes to a person.
pub fn decide(registration: &Registration, facts: &Facts<'_>) -> Decision {
    let refused = |field, code| Decision::Refused(Reason { field, code });
    let around = Circumstances {
        today: facts.captured,
        realm: facts.realm,
        signing: facts.signing,
        operator: facts.operator,
        correcting: facts.correcting,
        master: facts.master,
    };
    let again = registration.to_draft().finish(&around).map(|again| Registration {
        // What a newer program says besides has no field in the form and no rule here.
        ext: registration.ext.clone(),
        ..again
    });
    match again {
        Ok(again) if again == *registration => {}
        Ok(again) if again.consent.notice_hash != registration.consent.notice_hash => {
            return refused(FieldName::Consent, RefusalCode::NoticeUnknown);
        }
        Ok(_) => return refused(FieldName::Record, RefusalCode::FieldInvalid),
        Err(Unfinished::Declined) => return refused(FieldName::Consent, RefusalCode::ConsentIncomplete),
        Err(Unfinished::Problems(problems)) => {
            let (field, problem) = problems
                .first()
                .map_or((FieldName::Record, None), |problem| (problem.field, Some(problem.code)));
            let code = match field {
                FieldName::Consent if problem == Some(ProblemCode::NoticeNotShown) => RefusalCode::NoticeUnknown,
                FieldName::Consent => RefusalCode::ConsentIncomplete,
                FieldName::Signature => RefusalCode::SignatureMissing,
                FieldName::Representative => RefusalCode::RepresentativeMissing,
                FieldName::Commune => RefusalCode::CommuneUnknown,
                _ => RefusalCode::FieldInvalid,
            };
            return refused(field, code);
        }
    }
    if facts.code_taken {
        return refused(FieldName::Code, RefusalCode::CodeTaken);
    }
    match &facts.population {
        Population::NotAsked => {}
        Population::NotFound => return refused(FieldName::Number, RefusalCode::NumberUnknown),
        Population::Found(person) => {
            if person.deceased {
                return refused(FieldName::Record, RefusalCode::PersonDeceased);
            }
            if text::search_key(person.name.expose()) != text::search_key(registration.name.value.expose()) {
                return refused(FieldName::Name, RefusalCode::NameMismatch);
            }
            if !compatible(&person.birth, &registration.birth.value) {
                return refused(FieldName::Birth, RefusalCode::BirthMismatch);
            }
            if person.sex != registration.sex.value {
                return refused(FieldName::Sex, RefusalCode::SexMismatch);
            }
        }
    }
    if facts.same_number {
        return Decision::PossibleDuplicate;
    }
    Decision::Accepted
}

/// Two dates agree when what both know is the same.
fn compatible(a: &PartialDate, b: &PartialDate) -> bool {
    let ((a_month, a_day), (b_month, b_day)) = (a.month_day(), b.month_day());
    let agree = |x: Option<u8>, y: Option<u8>| x.zip(y).is_none_or(|(x, y)| x == y);
    a.year() == b.year() && agree(a_month, b_month) && agree(a_day, b_day)
}
