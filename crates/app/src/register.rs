//! A finished draft becomes a registration, its correction or its withdrawal: one transaction each, from the parsed
//! draft to the frozen envelope. *This is the example for every other use case.*

use crate::refusal::Refusal;
use crate::session::Revision;
use crate::{AppError, Session};
use domain::{
    clock::Clock,
    code::Code,
    ext::Extensions,
    ids::{Eid, Rid},
    master::Master,
    registration::{Circumstances, Draft, Unfinished},
    signers::SigningRule,
    state::{self, Event, RefusalCode, State},
};
use protocol::envelope::Kind;
use serde::Serialize;
use store::{
    Moment, Read, StoreError, drafts, envelopes,
    records::{self, Record},
    revise,
};

/// What a volunteer is told after saving.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The registration.
    pub rid: Rid,
    /// Its code.
    pub code: Code,
    /// Where it stands.
    pub state: State,
}

impl Session {
    pub(crate) fn circumstances<'a>(&self, clock: Clock, correcting: bool, master: &'a Master) -> Circumstances<'a> {
        Circumstances {
            today: clock.today(),
            realm: self.identity.realm,
            signing: SigningRule::CAREFUL,
            operator: self.operator,
            correcting,
            master,
        }
    }

    /// Saves a finished draft. With a `rid` that is saved already the answer is the same again: a crash between saving
    /// and showing never makes a second record.
    ///
    /// # Errors
    /// `other_content` where the `rid` is another person's, or says something else of this one.
    /// [`AppError::Problems`] names everything in the way and changes nothing; [`AppError::Declined`] erases what was
    /// begun under this `rid` and counts it.
    pub fn register(&self, rid: Option<Rid>, draft: &Draft) -> Result<Saved, AppError> {
        let rid = rid.unwrap_or_else(|| self.new_rid());
        let (moment, clock) = (self.env.moment(), self.clock()?);
        if let Some(saved) = self
            .store
            .read(|tx| -> Result<_, AppError> { self.already_saved(tx, rid, draft, clock) })?
        {
            return Ok(saved);
        }
        let registration = match draft.finish(&self.circumstances(clock, false, &self.master())) {
            Ok(registration) => registration,
            Err(Unfinished::Problems(problems)) => return Err(AppError::Problems(problems)),
            Err(Unfinished::Declined) => {
                self.decline(rid, moment)?;
                return Err(AppError::Declined);
            }
        };
        self.has_room()?;
        let eid = Eid(self.env.random());
        store::point!("register.before_transaction");
        let (saved, kept) = self.store.write(|tx| -> Result<_, AppError> {
            if records::get(tx, &rid)?.is_none() {
                drafts::begin(tx, &rid, draft.household.as_ref(), draft, clock.now())?;
            }
            let code = self.new_code()?;
            let kept = self.keep_revision(
                tx,
                Revision {
                    rid,
                    eid,
                    code,
                    kind: Kind::Registration,
                    base: None,
                    commune: registration.residence.commune,
                    notice: registration.consent.notice,
                    content: Some(registration),
                    before: (State::Draft, None),
                    event: Event::Saved { head: eid },
                    moment,
                    action: "enroll",
                },
            )?;
            Ok((
                Saved {
                    rid,
                    code,
                    state: kept.state,
                },
                kept,
            ))
        })?;
        store::point!("register.after_commit");
        self.copy_to_spool(&kept);
        Ok(saved)
    }

    /// What is new does not live on the room that sending needs.
    fn has_room(&self) -> Result<(), AppError> {
        match self.store.home().keep_reserve() {
            Err(StoreError::DiskFull) => Err(StoreError::DiskFull.into()),
            // What else is wrong with that file is no reason to turn a resident away.
            _ => Ok(()),
        }
    }

    fn already_saved(&self, tx: &Read<'_>, rid: Rid, draft: &Draft, clock: Clock) -> Result<Option<Saved>, AppError> {
        match records::get(tx, &rid)? {
            None => Ok(None),
            Some(record) if record.state == State::Draft => Ok(None),
            Some(record) => match record.code {
                Some(_) if !self.says_the_same(tx, &record, draft, clock)? => {
                    Err(AppError::Refused(Refusal::OtherContent))
                }
                Some(code) => Ok(Some(Saved {
                    rid,
                    code,
                    state: record.state,
                })),
                None => Err(AppError::Refused(Refusal::NotInThisState)),
            },
        }
    }

    /// One id, one content. After a correction or a purge the person is all that can be compared.
    fn says_the_same(&self, tx: &Read<'_>, record: &Record, draft: &Draft, clock: Clock) -> Result<bool, AppError> {
        let Ok(said) = draft.finish(&self.circumstances(clock, false, &self.master())) else {
            return Ok(false);
        };
        let said = said.without_strokes();
        Ok(match (&record.content, &said.number) {
            (Some(kept), _) if record.revisions == 1 => *kept == said,
            (_, Some(number)) => records::same_number(tx, &number.value)?.contains(&record.rid),
            (_, None) => record.initials == said.initials(),
        })
    }

    /// A declined purpose 1: the content goes, the count stays.
    fn decline(&self, rid: Rid, moment: Moment) -> Result<(), AppError> {
        self.store.write(|tx| -> Result<_, AppError> {
            if records::get(tx, &rid)?.is_none() {
                drafts::begin(tx, &rid, None, &Draft::default(), self.clock_in(tx)?.now())?;
            }
            drafts::discard(tx, &rid)?;
            self.audit(tx, moment, "decline", Some(rid), None)
        })?;
        self.store.scrub()?;
        Ok(())
    }

    /// Saves a correction as a new revision. Signatures the device no longer holds stay those of the revision before.
    pub fn correct(&self, rid: Rid, draft: &Draft) -> Result<Saved, AppError> {
        let moment = self.env.moment();
        let mut registration = match draft.finish(&self.circumstances(self.clock()?, true, &self.master())) {
            Ok(registration) => registration,
            Err(Unfinished::Problems(problems)) => return Err(AppError::Problems(problems)),
            // Saying no now is a withdrawal, and has its own command.
            Err(Unfinished::Declined) => return Err(AppError::Refused(Refusal::WithdrawInstead)),
        };
        self.has_room()?;
        let eid = Eid(self.env.random());
        store::point!("correct.before_transaction");
        let (saved, kept) = self.store.write(|tx| -> Result<_, AppError> {
            let (record, head, digest, old_code) = self.existing(tx, rid)?;
            // What a newer program said of this person is not in the form, and stays.
            registration.ext = record
                .content
                .as_ref()
                .map_or(Extensions::NONE, |before| before.ext.clone());
            let code = match record.reason {
                Some(reason) if reason.code == RefusalCode::CodeTaken => self.new_code()?,
                _ => old_code,
            };
            let kept = self.keep_revision(
                tx,
                Revision {
                    rid,
                    eid,
                    code,
                    kind: Kind::Correction,
                    base: Some(digest.link()),
                    commune: registration.residence.commune,
                    notice: registration.consent.notice,
                    content: Some(registration),
                    before: (record.state, Some(head)),
                    event: Event::Corrected { head: eid },
                    moment,
                    action: "correct",
                },
            )?;
            Ok((
                Saved {
                    rid,
                    code,
                    state: kept.state,
                },
                kept,
            ))
        })?;
        store::point!("correct.after_commit");
        self.copy_to_spool(&kept);
        Ok(saved)
    }

    /// Sends what had stopped once more, as it was signed: after the ward said that the cause is mended.
    ///
    /// # Errors
    /// `not_in_this_state` for what has not stopped.
    pub fn send_again(&self, rid: Rid) -> Result<Saved, AppError> {
        let moment = self.env.moment();
        self.store
            .write(|tx| -> Result<_, AppError> {
                let (record, head, _, code) = self.existing(tx, rid)?;
                let transition = state::next(record.state, Some(head), Event::SentAgain { eid: head })?;
                revise::send_again(tx, &rid, &transition, self.clock_in(tx)?.now())?;
                self.audit(tx, moment, "send_again", Some(rid), Some(head))?;
                Ok(Saved {
                    rid,
                    code,
                    state: transition.state,
                })
            })
            .inspect(|_| self.copy_waiting())
    }

    /// Saves a withdrawal and erases the content on this device. Saying it twice is saying it once.
    pub fn withdraw(&self, rid: Rid) -> Result<Saved, AppError> {
        let done = match self.withdraw_once(rid) {
            Err(error) if error.is_disk_full() && self.store.home().give_up_reserve() => self.withdraw_once(rid),
            done => done,
        };
        let _ = self.store.home().keep_reserve();
        done
    }

    fn withdraw_once(&self, rid: Rid) -> Result<Saved, AppError> {
        let moment = self.env.moment();
        let eid = Eid(self.env.random());
        let (saved, kept) = self.store.write(|tx| -> Result<_, AppError> {
            let (record, head, digest, code) = self.existing(tx, rid)?;
            if record.state == State::Withdrawn {
                return Ok((
                    Saved {
                        rid,
                        code,
                        state: State::Withdrawn,
                    },
                    None,
                ));
            }
            let before = envelopes::header(tx, &head)?;
            let kept = self.keep_revision(
                tx,
                Revision {
                    rid,
                    eid,
                    code,
                    kind: Kind::Withdrawal,
                    base: Some(digest.link()),
                    commune: before.commune,
                    notice: before.notice,
                    content: None,
                    before: (record.state, Some(head)),
                    event: Event::Withdrawn { head: eid },
                    moment,
                    action: "withdraw",
                },
            )?;
            Ok((
                Saved {
                    rid,
                    code,
                    state: kept.state,
                },
                Some(kept),
            ))
        })?;
        store::point!("withdraw.after_commit");
        if let Some(kept) = kept {
            self.copy_to_spool(&kept);
        }
        self.store.scrub()?;
        Ok(saved)
    }
}
