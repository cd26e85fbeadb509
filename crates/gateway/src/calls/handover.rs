//! Between the HTTP side and the opener: sealed envelopes one way, decisions and sealed verdicts the other.
//!
//! The two databases commit apart. Every step may be repeated after a crash: the opener decides a revision once and
//! says the same again, and here a verdict has one row for each `eid`.

use crate::{
    error::GatewayError,
    faults,
    gateway::Gateway,
    opener::{Inbox, Ruled, Ruling, Work},
    store::{
        changes, devices, envelopes,
        registrations::{self, Standing},
        verdicts,
    },
};
use domain::{
    ids::{DeviceId, Rid, UnixTime},
    state::QuarantineReason,
};
use protocol::{
    changes::{Change, Stopped},
    envelope::verify_header,
};
use rusqlite::Transaction;

impl Inbox for Gateway {
    fn waiting(&self, limit: u32) -> Result<Vec<Work>, GatewayError> {
        self.store.read(|tx| {
            let mut work = Vec::new();
            for number in registrations::waiting(tx, limit)? {
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
                work.push(Work {
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
                });
            }
            Ok(work)
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
                };
                let new = verdicts::insert(tx, &ruling.eid, &ruling.rid, standing, ruling.decided_at)?;
                let current = registrations::decide(tx, &ruling.rid, ruling.number, standing)?;
                let withdrawn =
                    registrations::get(tx, &ruling.rid)?.is_some_and(|place| place.standing == Standing::Withdrawn);
                let device = envelopes::revisions(tx, &ruling.rid)?
                    .into_iter()
                    .find(|revision| revision.number == ruling.number)
                    .map(|revision| revision.device);
                let device = match device {
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

    fn to_erase(&self, limit: u32) -> Result<Vec<(Rid, DeviceId)>, GatewayError> {
        Ok(self.store.read(|tx| registrations::to_erase(tx, limit))?)
    }

    fn erased(&self, rids: &[(Rid, DeviceId)]) -> Result<(), GatewayError> {
        self.store.write(|tx| -> Result<_, GatewayError> {
            for (rid, _) in rids {
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
