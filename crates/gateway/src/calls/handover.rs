//! Between the HTTP side and the opener: sealed envelopes one way, decisions and sealed verdicts the other.
//!
//! The two databases commit apart. Every step may be repeated after a crash: the opener decides a revision once and
//! says the same again, and here a verdict has one row for each `eid`.

use crate::{
    error::GatewayError,
    faults,
    gateway::Gateway,
    opener::{Examined, Inbox, Ruled, Ruling, Work},
    rules::people::captured_at,
    rules::{
        revisions::Hold,
        withdrawals::{DAY, Erasure},
    },
    store::{
        changes, devices, envelopes,
        registrations::{self, Standing},
        settings, teams, verdicts,
        withdrawals::{self, Withdrawal},
    },
};
use domain::{
    ids::{DeviceId, Rid, UnixTime},
    master::Master,
    state::QuarantineReason,
};
use protocol::{
    changes::{Change, Stopped},
    envelope::verify_header,
};
use rusqlite::Transaction;
use std::sync::PoisonError;

impl Gateway {
    /// How many envelopes could not be read or decided about since the start: they wait, and hold up nobody behind them.
    pub(crate) fn stepped_over(&self) -> u32 {
        let stepped_over = self.stepped_over.lock().unwrap_or_else(PoisonError::into_inner);
        u32::try_from(stepped_over.len()).unwrap_or(u32::MAX)
    }

    /// The first of `numbers` that can be read, at most `limit`.
    fn work(
        &self,
        tx: &Transaction<'_>,
        limit: u32,
        numbers: impl Fn(u32) -> rusqlite::Result<Vec<u64>>,
    ) -> Result<Vec<Work>, GatewayError> {
        loop {
            let mut numbers = numbers(limit.saturating_add(self.stepped_over()))?;
            {
                let stepped_over = self.stepped_over.lock().unwrap_or_else(PoisonError::into_inner);
                numbers.retain(|number| !stepped_over.contains(number));
            }
            numbers.truncate(limit as usize);
            let none_left = numbers.is_empty();
            let work = self.work_again(tx, numbers)?;
            if none_left || !work.is_empty() {
                return Ok(work);
            }
        }
    }

    /// What the opener needs of these; what cannot be read is left out.
    pub(super) fn work_again(&self, tx: &Transaction<'_>, numbers: Vec<u64>) -> Result<Vec<Work>, GatewayError> {
        let mut work = Vec::with_capacity(numbers.len());
        for number in numbers {
            match Self::work_of(tx, number) {
                Ok(one) => work.push(one),
                Err(error) if error.is_of_one_row() => self.step_over(number, &error),
                Err(error) => return Err(error),
            }
        }
        Ok(work)
    }

    /// What the opener needs of an envelope.
    fn work_of(tx: &Transaction<'_>, number: u64) -> Result<Work, GatewayError> {
        let kept = envelopes::by_number(tx, number)?.ok_or(GatewayError::Stored("envelope"))?;
        let header = verify_header(&kept.header, &kept.body_hash, &kept.signature, &kept.signing).ok();
        let device = header
            .as_ref()
            .map(|header| devices::get(tx, header.device))
            .transpose()?
            .flatten();
        let code_taken = match kept.code {
            Some(code) => registrations::code_taken(tx, code, &kept.rid)?,
            None => false,
        };
        let people = match (&header, &device) {
            (Some(header), Some(device)) => {
                teams::people_at(tx, device.team, captured_at(&header.captured, kept.received_at))?
            }
            _ => Vec::new(),
        };
        Ok(Work {
            number,
            eid: kept.eid,
            rid: kept.rid,
            received_at: kept.received_at,
            // Bytes altered under our hands no longer verify: the opener is not asked to guess.
            envelope: header.and_then(|_| kept.bytes()),
            // What is sealed to a revoked device could be opened by whoever has it.
            sealing: device
                .as_ref()
                .filter(|device| device.revoked_at.is_none())
                .map(|device| device.sealing),
            device: device.map(|device| device.id),
            code_taken,
            people,
        })
    }
}

impl Inbox for Gateway {
    fn master(&self) -> Result<Master, GatewayError> {
        Gateway::master(self)
    }

    fn waiting(&self, limit: u32) -> Result<Vec<Work>, GatewayError> {
        self.store
            .read(|tx| self.work(tx, limit, |limit| registrations::waiting(tx, limit)))
    }

    fn withdrawals(&self, limit: u32) -> Result<Vec<Work>, GatewayError> {
        self.store
            .read(|tx| self.work(tx, limit, |limit| withdrawals::to_examine(tx, limit)))
    }

    fn examined(&self, found: &[Examined]) -> Result<(), GatewayError> {
        let now = self.now();
        self.store.write(|tx| -> Result<_, GatewayError> {
            let erasure = settings::erasure(tx)?;
            for Examined { rid, number, genuine } in found {
                let Some(withdrawal) = withdrawals::get(tx, rid)?.filter(|known| known.head == *number) else {
                    continue;
                };
                match genuine {
                    true => go(tx, rid, &withdrawal, &erasure, now)?,
                    false => take_back(tx, rid, withdrawal.head, Hold::NoStatement)?,
                }
                tracing::info!(number, genuine, device = withdrawal.device, "withdrawal_examined");
            }
            Ok(())
        })
    }

    fn decided(&self, rulings: &[Ruling]) -> Result<(), GatewayError> {
        self.store.write(|tx| -> Result<_, GatewayError> {
            for ruling in rulings {
                let standing = match ruling.ruled {
                    Ruled::Accepted => Standing::Accepted,
                    Ruled::PossibleDuplicate => Standing::PossibleDuplicate,
                    Ruled::Refused => Standing::Refused,
                    Ruled::Unreadable => Standing::Unreadable,
                    Ruled::Withdrawn => {
                        // Nobody is told: whoever withdrew knows, and whoever forgot it was we.
                        registrations::withdraw(tx, &ruling.rid)?;
                        envelopes::drop_bodies(tx, &ruling.rid)?;
                        changes::drop_verdicts(tx, &ruling.rid)?;
                        tracing::warn!(number = ruling.number, "was_withdrawn");
                        continue;
                    }
                };
                let new = verdicts::insert(tx, &ruling.eid, &ruling.rid, standing, ruling.decided_at)?;
                let current = registrations::decide(tx, &ruling.rid, ruling.number, standing)?;
                let withdrawn =
                    registrations::get(tx, &ruling.rid)?.is_some_and(|place| place.standing == Standing::Withdrawn);
                let device = match envelopes::device_of(tx, ruling.number)? {
                    Some(id) => devices::get(tx, id)?.filter(|device| device.revoked_at.is_none()),
                    None => None,
                };
                if let (true, false, Some(device)) = (new, withdrawn, device) {
                    tell(tx, device.id, ruling, current, self.now())?;
                }
                tracing::info!(
                    number = ruling.number,
                    standing = standing.name(),
                    new,
                    current,
                    "decided"
                );
            }
            faults::point("verdict_before_commit");
            Ok(())
        })?;
        faults::point("verdict_after_commit");
        Ok(())
    }

    fn step_over(&self, number: u64, why: &GatewayError) {
        tracing::error!(number, code = why.code(), detail = %why, "stepped_over");
        self.stepped_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(number);
    }

    fn to_erase(&self, limit: u32) -> Result<Vec<(Rid, DeviceId)>, GatewayError> {
        let now = self.now();
        Ok(self.store.read(|tx| withdrawals::to_erase(tx, now, limit))?)
    }

    fn erased(&self, rids: &[(Rid, DeviceId)]) -> Result<(), GatewayError> {
        self.store.write(|tx| -> Result<_, GatewayError> {
            for (rid, _) in rids {
                envelopes::drop_bodies(tx, rid)?;
                registrations::mark_erased(tx, rid)?;
            }
            Ok(())
        })?;
        // Dropped bodies must not outlive this in the WAL; another reader only delays it to the next time.
        if !self.store.truncate_wal()? {
            tracing::warn!("wal_busy");
        }
        Ok(())
    }
}

/// Writes a ruling into the device's log. A person goes from the log when a later revision is decided.
fn tell(tx: &Transaction<'_>, device: DeviceId, ruling: &Ruling, current: bool, now: UnixTime) -> rusqlite::Result<()> {
    if current {
        changes::drop_verdicts(tx, &ruling.rid)?;
    }
    let rid = &ruling.rid;
    match (&ruling.verdict, &ruling.bare) {
        (Some(verdict), Some(bare)) if current => {
            let (verdict, bare) = (Change::Verdict(verdict.clone()), Change::Verdict(bare.clone()));
            changes::append_carrying(tx, device, rid, &verdict, &bare, now)
        }
        // Another revision is the head by now: nothing of this one is to be corrected any more.
        (_, Some(bare)) => changes::append(tx, device, rid, &Change::Verdict(bare.clone())),
        (Some(verdict), None) => changes::append(tx, device, rid, &Change::Verdict(verdict.clone())),
        (None, None) if ruling.ruled == Ruled::Unreadable => {
            let stopped = Change::Stopped(Stopped {
                rid: *rid,
                eid: ruling.eid,
                reason: QuarantineReason::Unreadable,
                ext: Default::default(),
            });
            changes::append(tx, device, rid, &stopped)
        }
        (None, None) => Ok(()),
    }
}

/// A withdrawal that is one: its time to be erased, or a person's word that it waits for. Where a device withdraws more than
/// usual, everything it withdrew within the day waits.
fn go(
    tx: &Transaction<'_>,
    rid: &Rid,
    withdrawal: &Withdrawal,
    erasure: &Erasure,
    now: UnixTime,
) -> rusqlite::Result<()> {
    changes::drop_verdicts(tx, rid)?;
    let since = withdrawal.withdrawn_at - DAY;
    let of_day = withdrawals::of_device(tx, withdrawal.device, since)?;
    let revoked = devices::get(tx, withdrawal.device)?.is_some_and(|device| device.revoked_at.is_some());
    let erase_at = erasure.at(now, of_day).filter(|_| !revoked);
    withdrawals::examined(tx, rid, erase_at)?;
    match erase_at {
        Some(_) => Ok(()),
        None => withdrawals::await_word(tx, withdrawal.device, since),
    }
}

/// Holds a withdrawal and puts its registration back to where it stood.
pub(super) fn take_back(tx: &Transaction<'_>, rid: &Rid, number: u64, why: Hold) -> Result<(), GatewayError> {
    let known = envelopes::revisions(tx, rid)?;
    let base = known
        .iter()
        .find(|revision| revision.number == number)
        .and_then(|withdrawal| {
            known
                .iter()
                .find(|revision| Some(revision.link) == withdrawal.base && revision.held.is_none())
        })
        .ok_or(GatewayError::Stored("base"))?;
    let standing = verdicts::standing(tx, &base.eid)?.unwrap_or(Standing::Waiting);
    envelopes::set_held(tx, number, Some(why))?;
    Ok(registrations::set_head(tx, rid, base.number, standing)?)
}
