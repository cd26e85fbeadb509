//! What the platform said and could not be taken in: because only a later program reads it, or because something about
//! it, or about the record it meets, is not as it should be. It is kept as it came, with why, and tried again; nothing
//! else waits for it. Persons are in it only sealed to this device.

use crate::{
    Read, Result, Write,
    row::{count, from_cbor, to_cbor},
};
use domain::ids::{Rid, UnixTime};
use protocol::{changes::Change, open::Open};
use rusqlite::{OptionalExtension as _, params};

/// Keeps a change, and why (a stable code); the same again is kept once.
pub fn put(tx: &Write<'_>, change: &Open<Change>, why: &str, at: UnixTime) -> Result<()> {
    let rid = match change {
        Open::Known(Change::Verdict(verdict)) => Some(verdict.rid.0),
        Open::Known(Change::Stopped(stopped)) => Some(stopped.rid.0),
        _ => None,
    };
    tx.run(
        "INSERT INTO newer (item, rid, why, kept_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (item) DO UPDATE SET why = excluded.why",
        params![to_cbor(change), rid, why, at],
    )
    .map(|_| ())
}

/// Why the oldest of it is kept; `None` where nothing is.
pub fn why(tx: &Read<'_>) -> Result<Option<String>> {
    Ok(tx
        .sql("SELECT why FROM newer ORDER BY id LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// Everything kept that can be read at all, the oldest first.
pub fn all(tx: &Read<'_>) -> Result<Vec<(i64, Open<Change>)>> {
    let mut statement = tx.sql("SELECT id, item FROM newer ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, item) = row?;
        // A damaged one stays where it is and keeps the others from nothing.
        if let Ok(change) = from_cbor("newer", &item) {
            found.push((id, change));
        }
    }
    Ok(found)
}

/// How much is kept.
pub fn len(tx: &Read<'_>) -> Result<u64> {
    let rows = tx.sql("SELECT count(*) FROM newer")?.query_row([], |row| row.get(0))?;
    Ok(count(rows))
}

/// It was read.
pub fn remove(tx: &Write<'_>, id: i64) -> Result<()> {
    tx.run("DELETE FROM newer WHERE id = ?1", [id]).map(|_| ())
}

/// The resident withdrew: what was said about them is nobody's any more.
pub(crate) fn forget(tx: &Write<'_>, rid: &Rid) -> Result<()> {
    tx.run("DELETE FROM newer WHERE rid = ?1", [rid.0]).map(|_| ())
}
