//! `POST /v1/batches`: envelopes in, receipts out. Everything of a batch is stored in one transaction; the answer is
//! signed after it is durable.

use crate::{
    error::{Denied, GatewayError},
    faults,
    gateway::Gateway,
    rules::{
        arrival::{Checked, Sender, check},
        people::{captured_at, is_of_team},
        quotas::Quota,
        revisions::{self, Candidate, Chain, Hold, Place, Step},
        room::{KEPT_FREE, takes_records},
        sequence,
    },
    store::{
        changes,
        devices::{self, Device, Flag},
        envelopes, master, quotas,
        registrations::{self, Standing},
        teams, verdicts, withdrawals,
    },
};
use domain::{
    ids::{Eid, Rid, UnixTime},
    master::Master,
    retry::BATCH_MAX,
    state::QuarantineReason,
};
use protocol::{
    cbor,
    changes::{Change, Stopped},
    envelope::{Envelope, Kind},
    keys::shows,
    receipt::{BATCH_LIMIT, BatchAnswer, BatchRequest, Item, Outcome, request_digest},
};
use rusqlite::Transaction;

/// Seconds after which a device asks again whether there is room.
const UNTIL_ROOM: u32 = 600;

impl Gateway {
    /// Takes a batch of the device to which the token belongs.
    pub fn batch(&self, device: domain::ids::DeviceId, request: &[u8]) -> Result<Vec<u8>, Denied> {
        if request.len() > BATCH_LIMIT {
            return Err(Denied::TooLarge);
        }
        let batch: BatchRequest = cbor::decode(request, BATCH_LIMIT).map_err(|_| Denied::Malformed)?;
        match batch.envelopes.len() {
            0 => return Err(Denied::Malformed),
            count if count > BATCH_MAX => return Err(Denied::TooLarge),
            _ => {}
        }
        if !takes_records(self.env.free(&self.data), KEPT_FREE) {
            tracing::error!("no_room");
            return Err(Denied::Busy {
                retry_after: UNTIL_ROOM,
            });
        }
        let (device, now) = (self.device(device)?, self.now());
        let sender = Sender {
            device: device.id,
            signing: device.signing,
            realm: self.realm,
        };
        let checked: Vec<Checked> = batch
            .envelopes
            .iter()
            .map(|bytes| check(&sender, &bytes.0, now))
            .collect();
        let (items, used_twice) = self.store.write(|tx| -> Result<_, Denied> {
            // Read again under the lock: a revocation that committed before this batch counts.
            let device = devices::get(tx, device.id)?.ok_or(Denied::Unauthorised)?;
            devices::touch(tx, device.id, now)?;
            let mut taken = Vec::with_capacity(checked.len());
            let mut used_twice = None;
            for envelope in &checked {
                taken.push(match envelope {
                    Checked::Answered(item) => Taken::Answered(*item),
                    Checked::Good(envelope) => {
                        if is_number_used(tx, &device, envelope)? {
                            used_twice = used_twice.max(Some(envelope.header.epoch));
                        }
                        let taken = take(tx, &device, envelope, now)?;
                        self.wait_for_notice(tx, &taken, envelope)?;
                        taken
                    }
                });
            }
            // Only now: a base later in the batch may have placed what came before it.
            let items = taken
                .iter()
                .map(|taken| taken.item(tx))
                .collect::<Result<Vec<_>, _>>()?;
            faults::point("batch_before_commit");
            Ok((items, used_twice))
        })?;
        faults::point("batch_after_commit");
        Ok(self.sign(&BatchAnswer {
            request: request_digest(request),
            time: now,
            items,
            wait: None,
            ext: BatchAnswer::saying_used_twice(used_twice),
        }))
    }
}

impl Gateway {
    /// A new revision under a notice that nobody imported here (yet) is kept and held: what a person agreed to cannot be
    /// judged, and is not refused for it. A "no" waits for nothing.
    fn wait_for_notice(&self, tx: &Transaction<'_>, taken: &Taken, envelope: &Envelope) -> Result<(), Denied> {
        let Taken::Stored { eid, new: true } = taken else {
            return Ok(());
        };
        let (notice, kind) = (envelope.header.notice, envelope.header.kind);
        let brought_along = Master::built_in().notice(notice).is_some();
        if brought_along || kind == Kind::Withdrawal || self.known_in(tx)?.notice(notice).is_some() {
            return Ok(());
        }
        let kept = envelopes::by_eid(tx, eid)?.ok_or(GatewayError::Stored("envelope"))?;
        Ok(master::wait(tx, kept.number, notice)?)
    }
}

/// An envelope that went through the database.
enum Taken {
    Answered(Item),
    /// Stored, now or before.
    Stored {
        eid: Eid,
        new: bool,
    },
}

impl Taken {
    fn item(&self, tx: &Transaction<'_>) -> Result<Item, Denied> {
        let (eid, new) = match self {
            Taken::Answered(item) => return Ok(*item),
            Taken::Stored { eid, new } => (*eid, *new),
        };
        let kept = envelopes::by_eid(tx, &eid)?.ok_or(GatewayError::Stored("envelope"))?;
        let outcome = match (kept.held, new) {
            (Some(Hold::StaleBase), _) => Outcome::StaleBase,
            (Some(_), _) => Outcome::Held,
            (None, _) if master::waits(tx, kept.number)? => Outcome::Held,
            (None, true) => Outcome::Received,
            (None, false) if verdicts::standing(tx, &eid)? == Some(Standing::Unreadable) => Outcome::Unreadable,
            (None, false) => Outcome::Replayed,
        };
        Ok(Item {
            eid: Some(eid),
            digest: kept.digest,
            outcome,
            number: kept.number,
            received_at: kept.received_at,
        })
    }
}

fn take(tx: &Transaction<'_>, device: &Device, envelope: &Envelope, now: UnixTime) -> Result<Taken, Denied> {
    let (header, digest) = (&envelope.header, envelope.digest());
    let (eid, rid) = (header.eid, header.rid);
    if let Some(kept) = envelopes::by_eid(tx, &eid)? {
        if kept.digest == digest {
            return Ok(Taken::Stored { eid, new: false });
        }
        if quotas::use_up(tx, device.id, Quota::Conflicts, now)? {
            envelopes::keep_conflict(tx, envelope, !is_gone(tx, &rid)?, now)?;
        }
        return Ok(Taken::Answered(Item {
            eid: Some(eid),
            digest: kept.digest,
            outcome: Outcome::DigestConflict,
            number: kept.number,
            received_at: kept.received_at,
        }));
    }
    let known = envelopes::revisions(tx, &rid)?;
    if !has_quota(tx, device, header.kind, &known, now)? {
        return Ok(Taken::Answered(Item {
            eid: Some(eid),
            digest,
            outcome: Outcome::Retry,
            number: 0,
            received_at: now,
        }));
    }
    flag_device(tx, device, envelope, now)?;
    registrations::begin(tx, &rid, device.id, header.commune)?;
    let place = registrations::get(tx, &rid)?.ok_or(GatewayError::Stored("registration"))?;
    let candidate = Candidate {
        kind: header.kind,
        base: header.base,
        device: device.id,
        code: header.code,
        own_group: header.code.group() == device.group,
        shows_rid: shows(&rid, &device.signing),
        revoked: device.revoked_at.is_some(),
        of_team: is_of_team(
            header.operator,
            &teams::people_at(tx, device.team, captured_at(&header.captured, now))?,
        ),
    };
    let codes = registrations::codes(tx, &rid)?;
    let chain = Chain {
        known: &known,
        head: place.head,
        codes: &codes,
    };
    let placed = revisions::place(&candidate, &chain);
    let instead = placed == Ok(Place::Instead);
    // What takes its place is looked at before it goes: also the "no" that this platform had forgotten, and knows of from the
    // opener alone.
    let keep_body = placed.is_ok() || !is_gone(tx, &rid)?;
    let number = envelopes::insert(tx, envelope, placed.err(), keep_body, now)?;
    if instead {
        give_back(tx, &rid, &known)?;
    }
    if placed.is_ok() {
        become_head(tx, &rid, number, header.kind, now)?;
        settle_waiting(tx, &rid, number, now)?;
    }
    Ok(Taken::Stored { eid, new: true })
}

/// Whether today more of this kind is taken from the device; what is not stays with it until tomorrow.
fn has_quota(
    tx: &Transaction<'_>,
    device: &Device,
    kind: Kind,
    known: &[revisions::Revision],
    now: UnixTime,
) -> rusqlite::Result<bool> {
    let orphan = kind != Kind::Registration && known.is_empty();
    let left = quotas::use_up(tx, device.id, Quota::Received, now)?
        && (!orphan || quotas::use_up(tx, device.id, Quota::Orphans, now)?);
    if !left {
        tracing::warn!(device = device.id, orphan, "quota");
    }
    Ok(left)
}

/// What another device put under the owner's `rid` is held from now on and has no code any more.
fn give_back(tx: &Transaction<'_>, rid: &Rid, known: &[revisions::Revision]) -> rusqlite::Result<()> {
    for revision in known.iter().filter(|revision| revision.held.is_none()) {
        envelopes::set_held(tx, revision.number, Some(Hold::ForeignRid))?;
    }
    registrations::drop_codes(tx, rid)?;
    changes::drop_verdicts(tx, rid)
}

/// What comes later of a withdrawn registration is not kept.
fn is_gone(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<bool> {
    Ok(withdrawals::get(tx, rid)?.is_some_and(|withdrawal| withdrawal.examined))
}

/// The number of an envelope that is not here yet stands on another one.
fn is_number_used(tx: &Transaction<'_>, device: &Device, envelope: &Envelope) -> rusqlite::Result<bool> {
    let header = &envelope.header;
    let known = envelopes::by_eid(tx, &header.eid)?.is_some();
    Ok(!known && !envelopes::at_seq(tx, device.id, header.epoch, header.seq)?.is_empty())
}

/// Notes what the device's sequence and codes show. Nothing here decides about the record.
fn flag_device(tx: &Transaction<'_>, device: &Device, envelope: &Envelope, now: UnixTime) -> rusqlite::Result<()> {
    let header = &envelope.header;
    let at = |seq| envelopes::at_seq(tx, device.id, header.epoch, seq);
    let before = header.seq.checked_sub(1).map_or(Ok(Vec::new()), at)?;
    let after = at(header.seq + 1)?;
    let link = envelope.digest().link();
    if !at(header.seq)?.is_empty() {
        devices::flag(tx, device.id, Flag::Cloned, now)?;
    }
    if !sequence::fits(header.seq, link, header.prev, &before, &after) {
        devices::flag(tx, device.id, Flag::ChainBroken, now)?;
    }
    if header.code.group() != device.group {
        devices::flag(tx, device.id, Flag::ForeignCode, now)?;
    }
    Ok(())
}

fn become_head(tx: &Transaction<'_>, rid: &Rid, number: u64, kind: Kind, now: UnixTime) -> rusqlite::Result<()> {
    let withdrawn = kind == Kind::Withdrawal;
    registrations::set_head(
        tx,
        rid,
        number,
        if withdrawn {
            Standing::Withdrawn
        } else {
            Standing::Waiting
        },
    )?;
    match withdrawn {
        true => withdrawals::begin(tx, rid, now),
        false => Ok(()),
    }
}

/// Revisions that came before their base take their places; whose place is taken by now is told so.
fn settle_waiting(tx: &Transaction<'_>, rid: &Rid, mut head: u64, now: UnixTime) -> rusqlite::Result<()> {
    loop {
        let (known, codes) = (envelopes::revisions(tx, rid)?, registrations::codes(tx, rid)?);
        let chain = Chain {
            known: &known,
            head: Some(head),
            codes: &codes,
        };
        let Some(step) = revisions::next_step(&chain) else {
            return Ok(());
        };
        match step {
            Step::Head(revision) => {
                head = revision.number;
                envelopes::set_held(tx, head, None)?;
                become_head(tx, rid, head, revision.kind, now)?;
            }
            Step::Held(revision, hold) => {
                envelopes::set_held(tx, revision.number, Some(hold))?;
                if hold == Hold::StaleBase {
                    let reason = QuarantineReason::StaleBase;
                    let stopped = Change::Stopped(Stopped {
                        rid: *rid,
                        eid: revision.eid,
                        reason,
                        ext: Default::default(),
                    });
                    changes::append(tx, revision.device, rid, &stopped)?;
                }
            }
        }
    }
}
