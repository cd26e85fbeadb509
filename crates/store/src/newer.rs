//! What the platform said that this program cannot read yet. It is kept as it came, is read again by a later program, and
//! is why people are told that one is needed. Persons are in it only sealed to this device.

use crate::{
    Read, Result, Write,
    row::{count, from_cbor, to_cbor},
};
use domain::ids::{Rid, UnixTime};
use protocol::{changes::Change, open::Open};
use rusqlite::params;

/// Keeps a change; the same again is kept once.
pub fn put(tx: &Write<'_>, change: &Open<Change>, at: UnixTime) -> Result<()> {
    let rid = match change {
        Open::Known(Change::Verdict(verdict)) => Some(verdict.rid.0),
        _ => None,
    };
    tx.run(
        "INSERT OR IGNORE INTO newer (item, rid, kept_at) VALUES (?1, ?2, ?3)",
        params![to_cbor(change), rid, at],
    )
    .map(|_| ())
}

/// Everything kept, the oldest first.
pub fn all(tx: &Read<'_>) -> Result<Vec<(i64, Open<Change>)>> {
    let mut statement = tx.sql("SELECT id, item FROM newer ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let read = |row: rusqlite::Result<(i64, Vec<u8>)>| {
        let (id, item) = row?;
        Ok((id, from_cbor("newer", &item)?))
    };
    rows.map(read).collect()
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
