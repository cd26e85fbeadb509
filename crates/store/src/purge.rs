//! Plaintext leaves the device by the rule of `domain::retention::purge_at`; a stub stays: rid, code, initials, household,
//! state, keyed hashes of number and address.

use crate::{Read, Result, StoreError, Write, device, envelopes, point, revise::erase_content, row};
use domain::{
    ids::{Rid, UnixTime},
    retention::{purge_at, sealed_may_go},
    state::State,
};
use rusqlite::OptionalExtension as _;

/// Registrations whose content, or whose sent sealed bodies, must be gone at `now`.
pub fn due(tx: &Read<'_>, now: UnixTime) -> Result<Vec<Rid>> {
    let mut statement = tx.sql("SELECT rid FROM registration WHERE content IS NOT NULL")?;
    let rows = statement.query_map([], |row| row.get(0).map(Rid))?;
    let mut candidates: Vec<Rid> = rows.collect::<Result<_, _>>()?;
    candidates.extend(envelopes::with_sent_bodies(tx)?);
    candidates.sort();
    candidates.dedup();
    let mut due = Vec::new();
    for rid in candidates {
        if Due::of(tx, &rid, now)?.any() {
            due.push(rid);
        }
    }
    Ok(due)
}

/// What of a registration must go.
struct Due {
    content: bool,
    bodies: bool,
}

impl Due {
    fn of(tx: &Read<'_>, rid: &Rid, now: UnixTime) -> Result<Self> {
        let (state, received_at, decided_at, restored, content) = tx
            .sql(
                "SELECT state, received_at, decided_at, restored, content IS NOT NULL FROM registration WHERE rid = ?1",
            )?
            .query_row([rid.0], |row| {
                let state: String = row.get(0)?;
                Ok((
                    state,
                    row.get(1)?,
                    row.get(2)?,
                    row.get::<_, bool>(3)?,
                    row.get::<_, bool>(4)?,
                ))
            })
            .optional()?
            .ok_or(StoreError::NotFound)?;
        let state = row::state(&state)?;
        let time = match state {
            // The content went with the withdrawal; what was sent of it need not stay either.
            State::Withdrawn => true,
            // It came back with the refusal, for the correction: it goes when that is decided.
            _ if restored => false,
            state => purge_at(state, received_at, decided_at).is_some_and(|at| at <= now),
        };
        let sealed = time && sealed_may_go(state, decided_at, device::server_floor(tx)?);
        Ok(Self {
            content: time && content,
            bodies: sealed && envelopes::has_sent_bodies(tx, rid)?,
        })
    }

    const fn any(&self) -> bool {
        self.content || self.bodies
    }
}

/// Erases what is due of the content, its search words and its sent sealed bodies. Nothing unsent is touched. `WrongState` if
/// nothing is. Call [`crate::Store::scrub`] after the commit: until then the write-ahead log still holds what was erased.
pub fn purge(tx: &Write<'_>, rid: &Rid, now: UnixTime) -> Result<()> {
    let due = Due::of(tx, rid, now)?;
    if !due.any() {
        return Err(StoreError::WrongState);
    }
    point!("purge");
    if due.content {
        erase_content(tx, rid)?;
    }
    if due.bodies {
        envelopes::erase_bodies(tx, rid)?;
    }
    Ok(())
}
