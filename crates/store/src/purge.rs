//! Plaintext leaves the device by the rule of `domain::retention::purge_at`; a stub stays: rid, code, initials, household,
//! state, keyed hashes of number and address.

use crate::{Read, Result, StoreError, Write, envelopes, point, revise::erase_content, row};
use domain::{
    ids::{Rid, UnixTime},
    retention::purge_at,
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
        if is_due(tx, &rid, now)? {
            due.push(rid);
        }
    }
    Ok(due)
}

fn is_due(tx: &Read<'_>, rid: &Rid, now: UnixTime) -> Result<bool> {
    let (state, received_at, decided_at, restored) = tx
        .sql("SELECT state, received_at, decided_at, restored FROM registration WHERE rid = ?1")?
        .query_row([rid.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?
        .ok_or(StoreError::NotFound)?;
    Ok(match row::state(&state)? {
        // The content went with the withdrawal; what was sent of it need not stay either.
        State::Withdrawn => true,
        // It came back with the refusal, for the correction: it goes when that is decided.
        _ if restored => false,
        state => purge_at(state, received_at, decided_at).is_some_and(|at| at <= now),
    })
}

/// Erases the content, its search words and its sent sealed bodies. Nothing unsent is touched. `WrongState` if it is not
/// due. Call [`crate::Store::scrub`] after the commit: until then the write-ahead log still holds what was erased.
pub fn purge(tx: &Write<'_>, rid: &Rid, now: UnixTime) -> Result<()> {
    if !is_due(tx, rid, now)? {
        return Err(StoreError::WrongState);
    }
    point!("purge");
    erase_content(tx, rid)?;
    envelopes::erase_bodies(tx, rid)
}
