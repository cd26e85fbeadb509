//! Unfinished forms: begun, kept at every change, checked, opened again, dropped after the shift.

use crate::refusal::Refusal;
use crate::{AppError, Session, households::Household, views::Found};
use domain::{
    Sensitive,
    date::PartialDate,
    ids::{HouseholdId, Rid, UnixTime},
    number::PersonalNumber,
    place::{self, Suggestion},
    registration::{Draft, DraftResidence, Problem, Signer, Unfinished},
    signers::SigningRule,
};
use serde::Serialize;
use store::{drafts, records};

/// What is still in the way of saving, and what helps.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftCheck {
    /// Everything that stops it.
    pub problems: Vec<Problem>,
    /// Things to look at.
    pub warnings: Vec<Problem>,
    /// Commune of today for the card's address.
    pub suggestion: Option<Suggestion>,
    /// Age in completed years, where the birth date is known.
    pub age: Option<u16>,
    /// Who must sign at this age.
    pub signers: Vec<Signer>,
    /// Registrations of the same number on this device.
    pub same_number: Vec<Found>,
    /// A household at this address on this device, to be offered.
    pub household: Option<Household>,
}

/// A form and what is still in its way.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenDraft {
    /// Registration.
    pub rid: Rid,
    /// Form.
    pub draft: Draft,
    /// Check.
    pub check: DraftCheck,
}

/// A form in a list.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftItem {
    /// Registration.
    pub rid: Rid,
    /// Name as far as typed.
    pub name: String,
    /// Changed last, seconds since 1970 UTC.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub changed_at: UnixTime,
}

impl Session {
    /// Begins a form, empty or with what is known already; `after` keeps house and place of that registration.
    ///
    /// # Errors
    /// `unknown_rid` for an `after` that is not here.
    pub fn begin_draft(&self, draft: Option<Draft>, after: Option<Rid>) -> Result<OpenDraft, AppError> {
        let rid = self.new_rid();
        let mut draft = draft.unwrap_or_default();
        draft.consent.notice = Some(self.notice(None)?.version);
        if let Some(after) = after {
            self.same_house(after, &mut draft)?;
        }
        if draft.household.is_none() && !draft.residence.lodging {
            draft.household = Some(HouseholdId(self.env.random()));
        }
        let now = self.clock()?.now();
        let moment = self.env.moment();
        self.store.write(|tx| {
            drafts::begin(tx, &rid, draft.household.as_ref(), &draft, now)?;
            drafts::touch(tx, &rid, moment)
        })?;
        self.opened(rid, draft, false)
    }

    /// Keeps a form as it stands.
    ///
    /// # Errors
    /// `unknown_rid` for a form that is not open.
    pub fn put_draft(&self, rid: Rid, draft: &Draft) -> Result<DraftCheck, AppError> {
        let now = self.clock()?.now();
        let moment = self.env.moment();
        self.store.write(|tx| {
            drafts::put(tx, &rid, draft, now)?;
            drafts::touch(tx, &rid, moment)
        })?;
        self.check(draft, false, Some(rid))
    }

    /// Opens a form again.
    ///
    /// # Errors
    /// `unknown_rid` for a form that is not open.
    pub fn open_draft(&self, rid: Rid) -> Result<OpenDraft, AppError> {
        let draft = self.store.read(|tx| drafts::get(tx, &rid))?;
        self.opened(rid, draft.ok_or(AppError::Refused(Refusal::UnknownRid))?, false)
    }

    /// Opens a saved registration as a form to be corrected.
    ///
    /// # Errors
    /// `content_gone` once the device has forgotten it.
    pub fn open_correction(&self, rid: Rid) -> Result<OpenDraft, AppError> {
        let draft = self.show(rid)?.draft;
        self.opened(rid, draft.ok_or(AppError::Refused(Refusal::ContentGone))?, true)
    }

    fn opened(&self, rid: Rid, draft: Draft, correcting: bool) -> Result<OpenDraft, AppError> {
        let check = self.check(&draft, correcting, Some(rid))?;
        Ok(OpenDraft { rid, draft, check })
    }

    /// What is in the way of saving a form, and what helps to fill it.
    pub fn check(&self, draft: &Draft, correcting: bool, rid: Option<Rid>) -> Result<DraftCheck, AppError> {
        let master = self.master();
        let around = self.circumstances(self.clock()?, correcting, &master);
        let problems: Vec<Problem> = match draft.finish(&around) {
            Ok(_) | Err(Unfinished::Declined) => Vec::new(),
            Err(Unfinished::Problems(problems)) => problems,
        };
        let birth = draft
            .birth
            .as_ref()
            .and_then(|field| field.value.expose().parse::<PartialDate>().ok());
        let age = birth.map(|birth| birth.age_at_least(around.today));
        let same_number = match draft
            .number
            .as_ref()
            .map(|field| PersonalNumber::parse(field.value.expose()))
        {
            Some(Ok(number)) => self.same_number(&number, rid)?,
            _ => Vec::new(),
        };
        Ok(DraftCheck {
            problems,
            warnings: draft.warnings(),
            suggestion: draft
                .card_address
                .as_ref()
                .map(|line| place::suggest(line.value.expose())),
            age,
            signers: age
                .map(|age| SigningRule::CAREFUL.signers(age).to_vec())
                .unwrap_or_default(),
            same_number,
            household: self.household_at(&draft.residence)?,
        })
    }

    /// Keeps house and place of the person before; each person chooses and signs alone.
    fn same_house(&self, after: Rid, draft: &mut Draft) -> Result<(), AppError> {
        self.may_view(&after)?;
        let record = self
            .store
            .read(|tx| records::get(tx, &after))?
            .ok_or(AppError::Refused(Refusal::UnknownRid))?;
        draft.household = record.household;
        if let Some(content) = record.content {
            draft.residence = DraftResidence {
                commune: Some(content.residence.commune.to_string()),
                group: Some(content.residence.group),
                house: Some(content.residence.house),
                lodging: content.residence.lodging,
            };
            draft.consent.read_aloud = content.consent.read_aloud;
        }
        Ok(())
    }

    /// Forms that are open, newest first.
    pub fn open_drafts(&self) -> Result<Vec<DraftItem>, AppError> {
        let open = self.store.read(drafts::list)?;
        Ok(open
            .into_iter()
            .map(|open| DraftItem {
                rid: open.rid,
                name: open
                    .draft
                    .name
                    .map(|name| name.value)
                    .map(Sensitive::into_exposed)
                    .unwrap_or_default(),
                changed_at: open.changed_at,
            })
            .collect())
    }

    /// Drops a form: its content goes at once, the count stays.
    pub fn discard(&self, rid: Rid, action: &str) -> Result<(), AppError> {
        let moment = self.env.moment();
        self.store.write(|tx| -> Result<_, AppError> {
            drafts::discard(tx, &rid)?;
            self.audit(tx, moment, action, Some(rid), None)
        })?;
        Ok(self.store.scrub()?)
    }

    /// Drops forms that nobody touched for as long as the city set, by the clock that nobody can set; how many they were.
    pub fn discard_expired_drafts(&self) -> Result<u64, AppError> {
        let moment = self.env.moment();
        let seconds = i64::from(self.settings()?.draft_hours) * 3600;
        let expired = self.store.write(|tx| {
            drafts::grow_older(tx, moment)?;
            drafts::expired(tx, seconds)
        })?;
        for rid in &expired {
            self.discard(*rid, "expire")?;
        }
        Ok(expired.len() as u64)
    }
}
