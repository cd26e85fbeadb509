//! Plaintext leaves the device by the rule of `domain::retention::purge_at`; a stub stays: rid, code, initials, household,
//! state, keyed hashes of number and address.

use crate::{Read, Result, StoreError, Write, device, envelopes, point, revise::erase_but_words, row, search};
use domain::{
    ids::{Rid, UnixTime},
    retention::{purge_at, sealed_may_go},
    state::State,
};
use rusqlite::Row;

/// Most registrations of one transaction: the device answers in between.
pub const AT_ONCE: usize = 50;

/// What the rule needs of a registration whose content is here, or of which a sealed body is and no longer waits. Both
/// come out of partial indexes that hold nothing else.
const CANDIDATES: &str = "
    WITH candidate (rid) AS (
        SELECT rid FROM registration INDEXED BY registration_content
            WHERE content IS NOT NULL AND state NOT IN ('draft', 'queued', 'quarantined', 'discarded')
        UNION
        SELECT rid FROM envelope INDEXED BY envelope_bodies
            WHERE bytes IS NOT NULL AND kind <> 'withdrawal'
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.eid = envelope.eid)
    )
    SELECT rid, state, received_at, decided_at, restored,
           (SELECT max(opened_at) FROM task WHERE task.rid = candidate.rid AND closed_at IS NULL),
            content IS NOT NULL,
            EXISTS (SELECT 1 FROM envelope WHERE envelope.rid = candidate.rid AND bytes IS NOT NULL AND kind <> 'withdrawal'
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.eid = envelope.eid))
    FROM candidate JOIN registration USING (rid)";
const ONE: &str = "
    SELECT rid, state, received_at, decided_at, restored,
           (SELECT max(opened_at) FROM task WHERE task.rid = registration.rid AND closed_at IS NULL),
            content IS NOT NULL,
            EXISTS (SELECT 1 FROM envelope WHERE envelope.rid = registration.rid AND bytes IS NOT NULL AND kind <> 'withdrawal'
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.eid = envelope.eid))
    FROM registration WHERE rid = ?1";

/// Registrations whose content, or whose sent sealed bodies, must be gone at `now`.
pub fn due(tx: &Read<'_>, now: UnixTime) -> Result<Vec<Rid>> {
    let contact = device::server_floor(tx)?;
    let mut statement = tx.sql(CANDIDATES)?;
    let mut rows = statement.query([])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        if Due::of(row, now, contact)?.any() {
            due.push(Rid(row.get(0)?));
        }
    }
    due.sort();
    Ok(due)
}

/// What of a registration must go.
struct Due {
    content: bool,
    bodies: bool,
}

impl Due {
    fn of(row: &Row<'_>, now: UnixTime, contact: Option<UnixTime>) -> Result<Self> {
        let state = row::state(&row.get::<_, String>(1)?)?;
        let (received_at, decided_at): (Option<UnixTime>, Option<UnixTime>) = (row.get(2)?, row.get(3)?);
        let (restored, task): (bool, Option<UnixTime>) = (row.get(4)?, row.get(5)?);
        let (content, bodies): (bool, bool) = (row.get(6)?, row.get(7)?);
        // The content went with the withdrawal; what was sent of it need not stay either.
        let time = state == State::Withdrawn || {
            // A possible duplicate has no task; what came back of it counts from the decision.
            let wanted = task.or(decided_at.filter(|_| restored));
            purge_at(state, received_at, decided_at, wanted).is_some_and(|at| at <= now)
        };
        Ok(Self {
            content: time && content,
            bodies: time && bodies && sealed_may_go(state, decided_at, contact),
        })
    }

    fn one(tx: &Read<'_>, rid: &Rid, now: UnixTime) -> Result<Self> {
        let contact = device::server_floor(tx)?;
        let mut statement = tx.sql(ONE)?;
        let mut rows = statement.query([rid.0])?;
        Self::of(rows.next()?.ok_or(StoreError::NotFound)?, now, contact)
    }

    const fn any(&self) -> bool {
        self.content || self.bodies
    }
}

/// Purges so many registrations at once, at most [`AT_ONCE`]; `each` is called after each of them.
pub fn purge_all<E: From<StoreError>>(
    tx: &Write<'_>,
    rids: &[Rid],
    now: UnixTime,
    mut each: impl FnMut(&Rid) -> Result<(), E>,
) -> Result<(), E> {
    let rids = &rids[..rids.len().min(AT_ONCE)];
    let mut without_words = Vec::new();
    for rid in rids {
        if purge_row(tx, rid, now)? {
            without_words.push(*rid);
        }
        each(rid)?;
    }
    Ok(search::remove_all(tx, &without_words)?)
}

/// Erases the content, its search words and its sent sealed bodies. Nothing unsent is touched. `WrongState` if it is not
/// due. Call [`crate::Store::scrub`] after the commit: until then the write-ahead log still holds what was erased.
pub fn purge(tx: &Write<'_>, rid: &Rid, now: UnixTime) -> Result<()> {
    purge_all(tx, &[*rid], now, |_| Ok(()))
}

/// Whether its search words have to go, too.
fn purge_row(tx: &Write<'_>, rid: &Rid, now: UnixTime) -> Result<bool> {
    let due = Due::one(tx, rid, now)?;
    if !due.any() {
        return Err(StoreError::WrongState);
    }
    point!("purge");
    if due.content {
        erase_but_words(tx, rid)?;
    }
    if due.bodies {
        envelopes::erase_bodies(tx, rid)?;
    }
    Ok(due.content)
}
