//! What waits to be sent, in the order of the chain. "Being sent" is not stored.

use crate::{Read, Result, Spooled, StoreError, Write, row::count};
use domain::ids::{Eid, UnixTime};
use rusqlite::{OptionalExtension as _, Row, params};

/// An envelope that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The envelope.
    pub eid: Eid,
    /// Life of the device's sequence.
    pub epoch: u32,
    /// Number within the epoch.
    pub seq: u64,
    /// The signed bytes.
    pub envelope: Vec<u8>,
}

impl Waiting {
    /// Its place in the spool.
    pub fn spooled(&self) -> Spooled {
        Spooled {
            epoch: self.epoch,
            seq: self.seq,
            eid: self.eid,
        }
    }
}

const WAITING: &str = "SELECT eid, outbox.epoch, outbox.seq, bytes FROM outbox JOIN envelope USING (eid)";

fn read_row(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting {
        eid: Eid(row.get(0)?),
        epoch: row.get(1)?,
        seq: count(row.get(2)?),
        envelope: row.get(3)?,
    })
}

/// What is due at `now`, in the order of the chain: at most `max` envelopes and `max_bytes` bytes together, but always
/// the first one however long it is.
pub fn due(tx: &Read<'_>, now: UnixTime, max: usize, max_bytes: usize) -> Result<Vec<Waiting>> {
    let mut statement = tx.sql(&format!(
        "{WAITING} WHERE next_at IS NULL OR next_at <= ?1 ORDER BY outbox.epoch, outbox.seq LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![now, max as i64])?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let waiting = read_row(row)?;
        bytes += waiting.envelope.len();
        if bytes > max_bytes && !found.is_empty() {
            break;
        }
        found.push(waiting);
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

/// Sending failed for this envelope alone: why (a stable code), and not before when to try again. It stays in the outbox.
pub fn note_failure(tx: &Write<'_>, eid: &Eid, reason: &str, now: UnixTime, next_at: UnixTime) -> Result<()> {
    tx.run(
        "UPDATE outbox SET attempts = attempts + 1, reason = ?2, failed_at = ?3, next_at = ?4 WHERE eid = ?1",
        params![eid.0, reason, now, next_at],
    )?;
    Ok(())
}

/// Forgets when to try again: a person pressed "now".
pub fn all_due(tx: &Write<'_>) -> Result<()> {
    tx.run("UPDATE outbox SET next_at = NULL WHERE next_at IS NOT NULL", [])?;
    Ok(())
}

/// The envelope at a place of the chain, for answers about ranges of numbers.
pub fn at(tx: &Read<'_>, epoch: u32, seq: u64) -> Result<Option<Eid>> {
    let found = tx
        .sql("SELECT eid FROM envelope WHERE epoch = ?1 AND seq = ?2")?
        .query_row(params![epoch, seq as i64], |row| row.get(0).map(Eid))
        .optional()?;
    Ok(found)
}

/// Puts an envelope back because the gateway says it never came. `WrongState` if its body was purged already.
pub fn requeue(tx: &Write<'_>, eid: &Eid, now: UnixTime) -> Result<()> {
    let whole = tx
        .sql("SELECT bytes IS NOT NULL FROM envelope WHERE eid = ?1")?
        .query_row([eid.0], |row| row.get::<_, bool>(0))
        .optional()?
        .ok_or(StoreError::NotFound)?;
    if whole {
        put(tx, eid, now)
    } else {
        Err(StoreError::WrongState)
    }
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
