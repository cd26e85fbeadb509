//! Sealed copies of envelopes that this database lost and went on without: sent all the same, and kept with what the
//! platform answered, for a person who decides.

use crate::{Read, Result, Write, row::count};
use domain::{
    code::Code,
    ids::{Eid, Rid, UnixTime},
};
use rusqlite::params;

/// A copy that nobody sends any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The envelope.
    pub eid: Eid,
    /// Its registration, where the copy could be read.
    pub rid: Option<Rid>,
    /// The code a resident was given with it, where the copy could be read.
    pub code: Option<Code>,
    /// The platform's answer, or why it was never sent, as a stable name.
    pub outcome: String,
    /// Since when.
    pub kept_at: UnixTime,
}

/// Keeps a copy with its bytes; the first answer stands.
pub fn put(tx: &Write<'_>, stray: &Stray, bytes: &[u8]) -> Result<()> {
    tx.run(
        "INSERT INTO stray (eid, rid, code, bytes, outcome, kept_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (eid) DO NOTHING",
        params![
            stray.eid.0,
            stray.rid.map(|rid| rid.0),
            stray.code.map(|code| code.bits() as i64),
            bytes,
            stray.outcome,
            stray.kept_at
        ],
    )?;
    Ok(())
}

/// All of them, the oldest first.
pub fn all(tx: &Read<'_>) -> Result<Vec<Stray>> {
    let mut statement = tx.sql("SELECT eid, rid, code, outcome, kept_at FROM stray ORDER BY kept_at, eid")?;
    let rows = statement.query_map([], |row| {
        let code: Option<i64> = row.get(2)?;
        Ok(Stray {
            eid: Eid(row.get(0)?),
            rid: row.get::<_, Option<[u8; 16]>>(1)?.map(Rid),
            code: code.and_then(|bits| Code::from_bits(count(bits))),
            outcome: row.get(3)?,
            kept_at: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
