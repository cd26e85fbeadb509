//! What an answer of the platform changes on the device. Everything here may happen any number of times, late and in
//! any order, and ends in the same state.

use crate::refusal::Refusal;
use crate::{AppError, Session};
use domain::ids::{Eid, UnixTime};
use domain::state::{self, Event, QuarantineReason, State};
use protocol::{
    changes::{Change, ChangesPage, SealedVerdict, Stopped},
    enrolment::Trust,
    open::Open,
    receipt::{BatchAnswer, Item, Outcome},
};
use store::{
    Moment, Write, blanks,
    device::{self, Identity},
    envelopes, newer, receipts, records,
    revise::{self, Settlement},
    signers,
};

/// What one answer changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Envelopes with a receipt.
    pub receipts: u64,
    /// Envelopes stopped.
    pub stopped: u64,
    /// Verdicts.
    pub verdicts: u64,
    /// Words that only a newer program reads: kept, or waited for.
    pub newer: u64,
}

/// What came of a verdict.
enum Heard {
    Applied,
    /// It concerns nothing here, or does not open.
    Nothing,
    /// Its decision is of a kind that only a newer program knows.
    Newer,
}

impl Session {
    /// Applies a verified batch answer in one transaction and forgets the spool's copies.
    ///
    /// `sent` names what was asked about, in that order: the gateway cannot name an envelope whose bytes it could not
    /// take apart. Empty where nobody knows any more; such an envelope is then simply sent again.
    pub fn apply_batch(&self, answer: &BatchAnswer, signed: &[u8], sent: &[Eid]) -> Result<Applied, AppError> {
        let moment = self.env.moment();
        store::point!("sync.before_apply");
        let (applied, settled) = self.store.write(|tx| -> Result<_, AppError> {
            let mut applied = Applied::default();
            let mut settled = Vec::new();
            let kept = receipts::keep_answer(tx, signed, answer.time)?;
            device::raise_server_floor(tx, answer.time)?;
            let in_order = answer.items.len() == sent.len();
            for (position, item) in answer.items.iter().enumerate() {
                let Some(eid) = item.eid.or_else(|| sent.get(position).copied().filter(|_| in_order)) else {
                    continue;
                };
                // An answer about an envelope that is not ours proves nothing and changes nothing.
                let Some((rid, _)) = records::by_eid(tx, &eid)? else {
                    continue;
                };
                let record = records::get(tx, &rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
                let ours = envelopes::digest(tx, &eid)?;
                let event = match (item.outcome, ours == Some(item.digest)) {
                    (Outcome::Retry, _) => continue,
                    (Outcome::Newer(_), _) => {
                        applied.newer += 1;
                        continue;
                    }
                    // A receipt for other bytes than ours is no receipt.
                    (Outcome::Received | Outcome::Replayed | Outcome::Held, false) | (Outcome::DigestConflict, _) => {
                        Event::Stopped {
                            eid,
                            reason: QuarantineReason::DigestConflict,
                        }
                    }
                    (Outcome::Received | Outcome::Replayed, true) => Event::Receipt { eid },
                    (Outcome::Held, true) => Event::Held { eid },
                    (Outcome::Unreadable, _) => Event::Stopped {
                        eid,
                        reason: QuarantineReason::Unreadable,
                    },
                    (Outcome::WrongRealm, _) => Event::Stopped {
                        eid,
                        reason: QuarantineReason::WrongRealm,
                    },
                    (Outcome::StaleBase, _) => Event::Stopped {
                        eid,
                        reason: QuarantineReason::StaleBase,
                    },
                };
                self.settle(tx, &record, event, moment, Some((kept, *item)))?;
                settled.push(eid);
                match event {
                    Event::Stopped { .. } => applied.stopped += 1,
                    _ => applied.receipts += 1,
                }
            }
            Ok((applied, settled))
        })?;
        store::point!("sync.after_apply");
        self.forget_spooled(&settled);
        Ok(applied)
    }

    /// Applies a verified page of changes and moves the cursor, in one transaction.
    pub fn apply_page(&self, page: &ChangesPage) -> Result<Applied, AppError> {
        let moment = self.env.moment();
        store::point!("sync.before_page");
        let applied = self.store.write(|tx| -> Result<_, AppError> {
            let mut applied = Applied::default();
            device::raise_server_floor(tx, page.time)?;
            for change in &page.changes {
                let understood = match change {
                    Open::Known(change) => self.apply_change(tx, change, page.time, moment, &mut applied)?,
                    Open::Newer(_) => false,
                };
                if !understood {
                    newer::put(tx, change, moment.wall)?;
                    self.audit(tx, moment, "newer", None, None)?;
                    applied.newer += 1;
                }
            }
            if let Some(news) = &page.keys {
                // A part that does not fit together changes nothing; the next contact asks for it again.
                if let Ok(list) = news.list() {
                    signers::put(tx, &list, news.serial)?;
                    if !news.more {
                        signers::set_complete(tx, page.time)?;
                    }
                }
            }
            if let Some(news) = &page.master {
                self.apply_master(tx, news, moment)?;
            }
            device::set_cursor(tx, page.next)?;
            Ok(applied)
        })?;
        if page.master.as_ref().is_some_and(|news| !news.items.is_empty()) {
            self.reread_master()?;
        }
        store::point!("sync.after_page");
        // After the commit: who is cut off here is not of the team, whatever happens next. Not done is done at the next
        // unlocking.
        if page
            .changes
            .iter()
            .any(|change| matches!(change, Open::Known(Change::Team(_))))
        {
            let _ = self.let_go();
        }
        Ok(applied)
    }

    /// Applies one change that came at `at`, the server's time. False when only a newer program can.
    fn apply_change(
        &self,
        tx: &Write<'_>,
        change: &Change,
        at: UnixTime,
        moment: Moment,
        applied: &mut Applied,
    ) -> Result<bool, AppError> {
        match change {
            Change::Verdict(verdict) => match self.apply_verdict(tx, verdict, moment)? {
                Heard::Applied => applied.verdicts += 1,
                Heard::Nothing => {}
                Heard::Newer => return Ok(false),
            },
            Change::Stopped(Stopped { rid, eid, reason, .. }) => {
                if let Some(record) = records::get(tx, rid)? {
                    let event = Event::Stopped {
                        eid: *eid,
                        reason: *reason,
                    };
                    self.settle(tx, &record, event, moment, None)?;
                    applied.stopped += 1;
                }
            }
            Change::Team(team) => {
                let identity = Identity {
                    team: team.name.clone(),
                    communes: team.communes.clone(),
                    operators: team.operators.clone(),
                    ..self.identity.clone()
                };
                device::set_identity(tx, &identity)?;
            }
            Change::Trust(bytes) => self.apply_trust(tx, &bytes.0)?,
            Change::Blanks(pool) => blanks::set_pool(tx, pool, at)?,
            Change::Revoked => device::set_revoked(tx, at)?,
        }
        Ok(true)
    }

    /// Reads again what an older program kept unread: this one may know more. Needs no network.
    pub(crate) fn read_kept(&self) -> Result<Applied, AppError> {
        let moment = self.env.moment();
        let kept = self.store.read(newer::all)?;
        if kept.iter().all(|(_, change)| change.known().is_none()) {
            return Ok(Applied::default());
        }
        self.store.write(|tx| {
            let mut applied = Applied::default();
            for (id, change) in &kept {
                let Open::Known(change) = change else { continue };
                if self.apply_change(tx, change, moment.wall, moment, &mut applied)? {
                    newer::remove(tx, *id)?;
                }
            }
            Ok(applied)
        })
    }

    fn apply_verdict(&self, tx: &Write<'_>, sealed: &SealedVerdict, moment: Moment) -> Result<Heard, AppError> {
        let Some(record) = records::get(tx, &sealed.rid)? else {
            return Ok(Heard::Nothing);
        };
        let device = self.identity.device;
        let Ok(verdict) = sealed.open(device, &self.keys.sealing) else {
            // One bad verdict blocks no other; the audit row is how support learns of it.
            self.audit(tx, moment, "verdict_unreadable", Some(sealed.rid), Some(sealed.eid))?;
            return Ok(Heard::Nothing);
        };
        let Some(decision) = verdict.decision.into_known() else {
            return Ok(Heard::Newer);
        };
        let event = Event::Verdict {
            eid: sealed.eid,
            decision,
        };
        let transition = state::next(record.state, record.head, event)?;
        let decides = record.head == Some(sealed.eid) && transition.state != State::Withdrawn;
        revise::settle(
            tx,
            &record.rid,
            &transition,
            &Settlement {
                eid: Some(sealed.eid).filter(|_| decides),
                decided_at: Some(verdict.decided_at),
                account: verdict.account,
                now: self.clock_in(tx)?.now(),
                ..Settlement::default()
            },
        )?;
        if decides
            && transition.state == State::Refused
            && record.content.is_none()
            && let Some(sent) = &verdict.sent
        {
            revise::restore_content(tx, &record.rid, sent)?;
        }
        self.audit(tx, moment, "verdict", Some(sealed.rid), Some(sealed.eid))?;
        Ok(Heard::Applied)
    }

    fn apply_trust(&self, tx: &Write<'_>, bytes: &[u8]) -> Result<(), AppError> {
        let Some(known) = device::trust(tx)? else { return Ok(()) };
        let known: Trust = Trust::read(&known)?;
        // A trust message that the root did not sign, or an older one, is not an error of this page: it is ignored.
        if known.verify_next(bytes).is_ok() {
            device::set_trust(tx, bytes)?;
        }
        Ok(())
    }

    fn settle(
        &self,
        tx: &Write<'_>,
        record: &records::Record,
        event: Event,
        moment: Moment,
        receipt: Option<(i64, Item)>,
    ) -> Result<(), AppError> {
        let transition = state::next(record.state, record.head, event)?;
        let (eid, quarantine) = match event {
            Event::Stopped { eid, reason } => (eid, Some(reason).filter(|_| transition.state == State::Quarantined)),
            Event::Receipt { eid } | Event::Held { eid } => (eid, None),
            _ => return Err(AppError::Refused(Refusal::NotInThisState)),
        };
        let is_receipt = !matches!(event, Event::Stopped { .. });
        revise::settle(
            tx,
            &record.rid,
            &transition,
            &Settlement {
                eid: Some(eid),
                received_at: receipt.filter(|_| is_receipt).map(|(_, item)| item.received_at),
                quarantine,
                receipt: receipt
                    .filter(|_| is_receipt)
                    .map(|(answer, item)| (answer, item.number)),
                now: self.clock_in(tx)?.now(),
                ..Settlement::default()
            },
        )?;
        let action = if is_receipt { "receipt" } else { "stopped" };
        self.audit(tx, moment, action, Some(record.rid), Some(eid))
    }
}
