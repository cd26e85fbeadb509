//! What waits to be sent, in the order of the chain. "Being sent" is not stored. One envelope that cannot be sent although
//! others can is set aside for a while, so that it holds up none of them.

pub use crate::spool::Waiting;
use crate::{Read, Result, StoreError, Write, row::count};
use domain::{
    ids::{Eid, Rid, UnixTime},
    retry::Batch,
};
use rusqlite::{OptionalExtension as _, Row, params};
use std::collections::HashSet;

const WAITING: &str = "SELECT eid, outbox.epoch, outbox.seq, bytes FROM outbox JOIN envelope USING (eid)";

fn read_row(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting {
        eid: Eid(row.get(0)?),
        epoch: row.get(1)?,
        seq: count(row.get(2)?),
        envelope: row.get(3)?,
    })
}

/// An envelope that waits alone, because it could not be sent and others could ([`set_aside`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The envelope.
    pub eid: Eid,
    /// Its registration.
    pub rid: Rid,
    /// Why, as a stable code.
    pub reason: String,
    /// How often it was set aside.
    pub times: u32,
    /// Since when.
    pub since: UnixTime,
    /// When it is tried again by itself.
    pub next_at: UnixTime,
}

/// What is due at `now` and not among `asked`, in the order of the chain, but what failed alone before after all others:
/// at most `max` envelopes and `max_bytes` bytes together, but always the first one however long it is. A clock that was
/// set back since an envelope was set aside makes it due.
pub fn due(tx: &Read<'_>, now: UnixTime, max: usize, max_bytes: usize, asked: &HashSet<Eid>) -> Result<Vec<Waiting>> {
    let (mut found, mut batch) = (Vec::new(), Batch::new(max, max_bytes));
    for failed in ["attempts = 0", "attempts > 0"] {
        let mut statement = tx.sql(&format!(
            "{WAITING} WHERE {failed} AND (next_at IS NULL OR next_at <= ?1 OR failed_at > ?1)
             ORDER BY outbox.epoch, outbox.seq"
        ))?;
        let mut rows = statement.query([now])?;
        while let Some(row) = rows.next()? {
            let waiting = read_row(row)?;
            if asked.contains(&waiting.eid) {
                continue;
            }
            if !batch.takes(waiting.envelope.len()) {
                return Ok(found);
            }
            found.push(waiting);
        }
    }
    Ok(found)
}

/// Everything that waits, due or not, in the order of the chain: what the spool must hold.
pub fn waiting(tx: &Read<'_>) -> Result<Vec<Waiting>> {
    let mut statement = tx.sql(&format!("{WAITING} ORDER BY outbox.epoch, outbox.seq"))?;
    let rows = statement.query_map([], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many envelopes wait.
pub fn len(tx: &Read<'_>) -> Result<u64> {
    Ok(count(
        tx.sql("SELECT count(*) FROM outbox")?.query_row([], |row| row.get(0))?,
    ))
}

/// When the oldest waiting envelope was put into the outbox.
pub fn oldest(tx: &Read<'_>) -> Result<Option<UnixTime>> {
    Ok(tx
        .sql("SELECT min(queued_at) FROM outbox")?
        .query_row([], |row| row.get(0))?)
}

/// Sending failed for this envelope alone: why (a stable code), and how many seconds to wait by how often that happened.
/// It stays in the outbox, and everything else goes past it.
pub fn set_aside(tx: &Write<'_>, eid: &Eid, reason: &str, now: UnixTime, wait: impl FnOnce(u32) -> u64) -> Result<()> {
    let times: Option<u32> = tx
        .sql("SELECT attempts + 1 FROM outbox WHERE eid = ?1")?
        .query_row([eid.0], |row| row.get(0))
        .optional()?;
    let times = times.ok_or(StoreError::NotFound)?;
    let next_at = now.saturating_add_unsigned(wait(times));
    tx.run(
        "UPDATE outbox SET attempts = ?2, reason = ?3, failed_at = ?4, next_at = ?5 WHERE eid = ?1",
        params![eid.0, times, reason, now, next_at],
    )?;
    Ok(())
}

/// Sending failed for this envelope alone, and it is not known yet whether for its sake: from now on it goes last.
pub fn send_last(tx: &Write<'_>, eid: &Eid, reason: &str) -> Result<()> {
    tx.run(
        "UPDATE outbox SET attempts = max(attempts, 1), reason = ?2 WHERE eid = ?1",
        params![eid.0, reason],
    )?;
    Ok(())
}

/// What was set aside and still waits, in the order of the chain.
pub fn aside(tx: &Read<'_>) -> Result<Vec<Aside>> {
    let mut statement = tx.sql(
        "SELECT eid, rid, reason, attempts, failed_at, next_at FROM outbox JOIN envelope USING (eid)
         WHERE next_at IS NOT NULL ORDER BY outbox.epoch, outbox.seq",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Aside {
            eid: Eid(row.get(0)?),
            rid: Rid(row.get(1)?),
            reason: row.get(2)?,
            times: row.get(3)?,
            since: row.get(4)?,
            next_at: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A person pressed "now": everything is due. How often each was set aside stays known.
pub fn all_due(tx: &Write<'_>) -> Result<()> {
    tx.run("UPDATE outbox SET next_at = failed_at WHERE next_at IS NOT NULL", [])?;
    Ok(())
}

pub(crate) fn put(tx: &Write<'_>, eid: &Eid, now: UnixTime) -> Result<()> {
    tx.run(
        "INSERT INTO outbox (eid, epoch, seq, queued_at) SELECT eid, epoch, seq, ?2 FROM envelope WHERE eid = ?1
         ON CONFLICT (eid) DO NOTHING",
        params![eid.0, now],
    )?;
    Ok(())
}

pub(crate) fn remove(tx: &Write<'_>, eid: &Eid) -> Result<()> {
    tx.run("DELETE FROM outbox WHERE eid = ?1", [eid.0])?;
    Ok(())
}
