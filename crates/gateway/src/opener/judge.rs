//! Opens a body and gathers the facts for `domain::verdict::decide`.

use super::Work;
use crate::{
    adapters::population::PopulationRegister,
    rules::people::{captured_at, witnesses_are_of_team},
};
use domain::{
    date::CivilDate,
    ids::Realm,
    master::Master,
    registration::{FieldName, Registration},
    signers::SigningRule,
    state::{Decision, Reason, RefusalCode},
    verdict::{self, Facts, Population},
};
use protocol::{
    envelope::{Body, Envelope, Header, Kind},
    keys::SealSecret,
};

/// An opened envelope and what the register says about its number.
pub(super) struct Opened {
    pub(super) header: Header,
    pub(super) registration: Registration,
    population: Population,
}

pub(super) struct Judge {
    pub(super) realm: Realm,
    pub(super) register: Box<dyn PopulationRegister>,
}

impl Judge {
    /// `None` when the body does not open with our key, or is not what its header says.
    pub(super) fn open(&mut self, work: &Work, key: &SealSecret) -> Option<Opened> {
        let envelope = Envelope::from_bytes(work.envelope.as_deref()?).ok()?;
        let body = envelope.open(key).ok()?;
        let registration = match (envelope.header.kind, body) {
            (Kind::Registration | Kind::Correction, Body::Registration(registration)) => *registration,
            _ => return None,
        };
        let population = match &registration.number {
            None => Population::NotAsked,
            Some(number) => self.register.ask(&number.value),
        };
        Some(Opened {
            header: envelope.header,
            registration,
            population,
        })
    }

    pub(super) fn decide(&self, work: &Work, opened: &Opened, same_person: bool, master: &Master) -> Decision {
        let (header, registration) = (&opened.header, &opened.registration);
        // The header is what the ward's counts and the notice's audit go by; it may not say something else.
        if header.commune != registration.residence.commune {
            return Decision::Refused(Reason {
                field: FieldName::Commune,
                code: RefusalCode::FieldInvalid,
            });
        }
        if header.notice != registration.consent.notice {
            return Decision::Refused(Reason {
                field: FieldName::Consent,
                code: RefusalCode::NoticeUnknown,
            });
        }
        if !witnesses_are_of_team(&registration.consent, &work.people) {
            return Decision::Refused(Reason {
                field: FieldName::Consent,
                code: RefusalCode::SignatureMissing,
            });
        }
        let facts = Facts {
            captured: CivilDate::in_vietnam(captured_at(&header.captured, work.received_at)),
            realm: self.realm,
            signing: SigningRule::CAREFUL,
            master,
            operator: header.operator,
            correcting: header.kind == Kind::Correction,
            population: opened.population.clone(),
            same_number: same_person,
            code_taken: work.code_taken,
        };
        verdict::decide(registration, &facts)
    }
}

/// True when the body opens and is what the header says: a withdrawal.
pub(super) fn is_withdrawal(work: &Work, key: &SealSecret) -> bool {
    let envelope = work
        .envelope
        .as_deref()
        .and_then(|bytes| Envelope::from_bytes(bytes).ok());
    envelope.is_some_and(|envelope| {
        envelope.header.kind == Kind::Withdrawal && matches!(envelope.open(key), Ok(Body::Withdrawal))
    })
}
