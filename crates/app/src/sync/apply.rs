//! What an answer of the platform changes on the device. Everything here may happen any number of times, late and in
//! any order, and ends in the same state.

use crate::refusal::Refusal;
use crate::{AppError, Session};
use domain::state::{self, Event, QuarantineReason, State};
use domain::{
    ids::{Eid, UnixTime},
    retry::Obstacle,
};
use protocol::{
    changes::{Change, ChangesPage, SealedVerdict, Stopped},
    enrolment::Trust,
    open::Open,
    receipt::{BatchAnswer, Item, Outcome},
};
use store::{
    Moment, StoreError, Write, blanks,
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
    /// What could not be taken in; nothing else waited for it.
    pub stepped_over: u64,
}

/// Why something is kept that only a newer program reads.
const UPGRADE: &str = Obstacle::UpgradeNeeded.code();

/// What came of a verdict.
enum Heard {
    Applied,
    /// It concerns nothing here.
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
            self.hear_time(tx, answer.time)?;
            if let Some(epoch) = answer.used_twice() {
                self.leave_epoch(tx, epoch, moment)?;
            }
            let in_order = answer.items.len() == sent.len();
            for (position, item) in answer.items.iter().enumerate() {
                let Some(eid) = item.eid.or_else(|| sent.get(position).copied().filter(|_| in_order)) else {
                    continue;
                };
                match tx.attempt(|tx| self.apply_item(tx, eid, item, kept, moment)) {
                    Ok(Some(event)) => {
                        settled.push(eid);
                        match event {
                            Event::Stopped { .. } => applied.stopped += 1,
                            _ => applied.receipts += 1,
                        }
                    }
                    Ok(None) => applied.newer += u64::from(matches!(item.outcome, Outcome::Newer(_))),
                    Err(error) if error.is_about_one() => {
                        self.audit(tx, moment, "answer_stepped_over", None, Some(eid))?;
                        applied.stepped_over += 1;
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok((applied, settled))
        })?;
        store::point!("sync.after_apply");
        self.forget_spooled(&settled);
        Ok(applied)
    }

    /// One item of an answer; `None` where it settles nothing.
    fn apply_item(
        &self,
        tx: &Write<'_>,
        eid: Eid,
        item: &Item,
        answer: i64,
        moment: Moment,
    ) -> Result<Option<Event>, AppError> {
        // An answer about an envelope that is not ours proves nothing and changes nothing.
        let Some((rid, _)) = records::by_eid(tx, &eid)? else {
            return Ok(None);
        };
        let record = records::get(tx, &rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
        let ours = envelopes::digest(tx, &eid)?;
        let stopped = |reason| Event::Stopped { eid, reason };
        let event = match (item.outcome, ours == Some(item.digest)) {
            (Outcome::Retry | Outcome::Newer(_), _) => return Ok(None),
            // A receipt for other bytes than ours is no receipt.
            (Outcome::Received | Outcome::Replayed | Outcome::Held, false) | (Outcome::DigestConflict, _) => {
                stopped(QuarantineReason::DigestConflict)
            }
            (Outcome::Received | Outcome::Replayed, true) => Event::Receipt { eid },
            (Outcome::Held, true) => Event::Held { eid },
            (Outcome::Unreadable, _) => stopped(QuarantineReason::Unreadable),
            (Outcome::WrongRealm, _) => stopped(QuarantineReason::WrongRealm),
            (Outcome::StaleBase, _) => stopped(QuarantineReason::StaleBase),
        };
        self.settle(tx, &record, event, moment, Some((answer, *item)))?;
        Ok(Some(event))
    }

    /// Applies a verified page of changes and moves the cursor, in one transaction.
    pub fn apply_page(&self, page: &ChangesPage) -> Result<Applied, AppError> {
        let moment = self.env.moment();
        store::point!("sync.before_page");
        let applied = self.store.write(|tx| -> Result<_, AppError> {
            let mut applied = Applied::default();
            self.hear_time(tx, page.time)?;
            for change in &page.changes {
                self.hear(tx, change, page.time, moment, &mut applied)?;
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

    /// Takes in one change, or keeps it for later: whatever is wrong with it, the next one is heard.
    fn hear(
        &self,
        tx: &Write<'_>,
        change: &Open<Change>,
        at: UnixTime,
        moment: Moment,
        applied: &mut Applied,
    ) -> Result<(), AppError> {
        let Open::Known(known) = change else {
            newer::put(tx, change, UPGRADE, moment.wall)?;
            applied.newer += 1;
            return self.audit(tx, moment, "newer", None, None);
        };
        match tx.attempt(|tx| self.apply_change(tx, known, at, moment, applied)) {
            Ok(true) => Ok(()),
            Ok(false) => {
                newer::put(tx, change, UPGRADE, moment.wall)?;
                applied.newer += 1;
                self.audit(tx, moment, "newer", None, None)
            }
            Err(error) if error.is_about_one() => {
                let (rid, eid) = match known {
                    Change::Verdict(verdict) => (Some(verdict.rid), Some(verdict.eid)),
                    Change::Stopped(stopped) => (Some(stopped.rid), Some(stopped.eid)),
                    _ => (None, None),
                };
                // What is said of a record is said once. Lists and keys come anew with their next change.
                if rid.is_some() {
                    newer::put(tx, change, super::STEPPED_OVER, moment.wall)?;
                }
                applied.stepped_over += 1;
                self.audit(tx, moment, "change_stepped_over", rid, eid)
            }
            Err(error) => Err(error),
        }
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
                let known = device::identity(tx)?.ok_or(StoreError::NotEnrolled)?;
                let identity = Identity {
                    team: team.name.clone(),
                    communes: team.communes.clone(),
                    operators: team.operators.clone(),
                    ..known
                };
                device::set_identity(tx, &identity)?;
            }
            Change::Trust(bytes) => self.apply_trust(tx, &bytes.0)?,
            Change::Blanks(pool) => blanks::set_pool(tx, pool, at)?,
            Change::Revoked => device::set_revoked(tx, at)?,
        }
        Ok(true)
    }

    /// Tries again what could not be taken in before: this program may know more, or the record it was about has come
    /// back. Needs no network.
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
                match tx.attempt(|tx| self.apply_change(tx, change, moment.wall, moment, &mut applied)) {
                    Ok(true) => newer::remove(tx, *id)?,
                    Ok(false) => {}
                    Err(error) if error.is_about_one() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(applied)
        })
    }

    fn apply_verdict(&self, tx: &Write<'_>, sealed: &SealedVerdict, moment: Moment) -> Result<Heard, AppError> {
        let Some(record) = records::get(tx, &sealed.rid)? else {
            return Ok(Heard::Nothing);
        };
        // Dropped here: what the platform says of it is nobody's any more.
        if record.state == State::Discarded {
            return Ok(Heard::Nothing);
        }
        let verdict = sealed.open(self.identity.device, &self.keys.sealing)?;
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
            && matches!(transition.state, State::Refused | State::PossibleDuplicate)
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
        match known.verify_next(bytes) {
            Ok(next) => self.take_trust(tx, &next, bytes),
            Err(_) => Ok(()),
        }
    }

    /// Keeps a verified trust message; where it names addresses, this device goes to one of them.
    pub(super) fn take_trust(&self, tx: &Write<'_>, trust: &Trust, bytes: &[u8]) -> Result<(), AppError> {
        device::set_trust(tx, bytes)?;
        let known = device::identity(tx)?.ok_or(StoreError::NotEnrolled)?;
        let addresses = trust.addresses();
        match addresses.first() {
            Some(first)
                if known
                    .gateway
                    .as_ref()
                    .is_none_or(|gateway| !addresses.contains(gateway)) =>
            {
                Ok(device::set_gateway(tx, first)?)
            }
            _ => Ok(()),
        }
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
                held: is_receipt.then_some(matches!(event, Event::Held { .. })),
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
