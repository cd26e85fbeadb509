//! Signed answers of the gateway, kept once each in exactly the bytes that were verified, and which of them is the receipt
//! of which envelope.

use crate::{Read, Result, Write, row::count};
use domain::ids::{Eid, UnixTime};
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

/// The receipt of one envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The signed answer in which it stands.
    pub answer: Vec<u8>,
    /// The gateway's own number of the envelope.
    pub number: u64,
}

/// Keeps a verified answer; the same bytes again give the same id.
pub fn keep_answer(tx: &Write<'_>, bytes: &[u8], now: UnixTime) -> Result<i64> {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    tx.run(
        "INSERT INTO answer (digest, bytes, kept_at) VALUES (?1, ?2, ?3) ON CONFLICT (digest) DO NOTHING",
        params![digest, bytes, now],
    )?;
    Ok(tx
        .sql("SELECT id FROM answer WHERE digest = ?1")?
        .query_row([digest], |row| row.get(0))?)
}

/// Notes the receipt of an envelope; the first one stands.
pub(crate) fn put(tx: &Write<'_>, eid: &Eid, answer: i64, number: u64) -> Result<()> {
    tx.run(
        "INSERT INTO receipt (eid, answer, number) VALUES (?1, ?2, ?3) ON CONFLICT (eid) DO NOTHING",
        params![eid.0, answer, number as i64],
    )?;
    Ok(())
}

/// The receipt of an envelope.
pub fn of(tx: &Read<'_>, eid: &Eid) -> Result<Option<Receipt>> {
    let found = tx
        .sql("SELECT bytes, number FROM receipt JOIN answer ON answer.id = receipt.answer WHERE eid = ?1")?
        .query_row([eid.0], |row| {
            Ok(Receipt {
                answer: row.get(0)?,
                number: count(row.get(1)?),
            })
        })
        .optional()?;
    Ok(found)
}

/// Every answer kept, oldest first.
pub fn answers(tx: &Read<'_>) -> Result<Vec<Vec<u8>>> {
    let mut statement = tx.sql("SELECT bytes FROM answer ORDER BY id")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
