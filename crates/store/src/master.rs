//! Master data as it was signed: every statement that came, in the order of its serial. None of it is about a person.

use crate::{Read, Result, Write, row::count};
use domain::ids::UnixTime;
use rusqlite::params;

/// Keeps a statement; the first of a serial stands.
pub fn put(tx: &Write<'_>, serial: u64, signed: &[u8], at: UnixTime) -> Result<()> {
    tx.run(
        "INSERT OR IGNORE INTO master (serial, signed, kept_at) VALUES (?1, ?2, ?3)",
        params![serial as i64, signed, at],
    )
    .map(|_| ())
}

/// Every statement, the earliest first.
pub fn all(tx: &Read<'_>) -> Result<Vec<Vec<u8>>> {
    let mut statement = tx.sql("SELECT signed FROM master ORDER BY serial")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The serial up to which nothing is missing: what the device asks with next. 0 at first.
pub fn serial(tx: &Read<'_>) -> Result<u64> {
    // Serials have no gaps; where one is missing, the question starts before it.
    let rows = tx
        .sql("SELECT coalesce(max(serial), 0) FROM (SELECT serial, row_number() OVER (ORDER BY serial) AS n FROM master) WHERE serial = n")?
        .query_row([], |row| row.get(0))?;
    Ok(count(rows))
}
