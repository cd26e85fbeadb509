//! The chain over the received envelopes (column `chain`), its head, and the heads that were signed.

use super::fixed;
use crate::rules::chain;
use domain::ids::{Digest, UnixTime};
use protocol::keys::Signature;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// Number and link of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) hash: Digest,
}

/// A head that the platform signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignedHead {
    pub(crate) head: Head,
    pub(crate) at: UnixTime,
    pub(crate) signature: Signature,
}

pub(crate) fn head(tx: &Transaction<'_>) -> rusqlite::Result<Head> {
    tx.prepare_cached("SELECT number, hash FROM chain_head")?
        .query_row([], |row| {
            Ok(Head {
                number: row.get("number")?,
                hash: fixed(row, "hash")?,
            })
        })
}

/// Adds an envelope that was stored right now, the one after the head.
pub(crate) fn add(tx: &Transaction<'_>, number: u64, digest: &Digest, received_at: UnixTime) -> rusqlite::Result<()> {
    let before = head(tx)?;
    let hash = chain::of_envelope(&before.hash, number, digest, received_at);
    tx.prepare_cached("UPDATE envelopes SET chain = ?2 WHERE number = ?1")?
        .execute(params![number, hash.0])?;
    tx.prepare_cached("UPDATE chain_head SET number = ?1, hash = ?2")?
        .execute(params![number, hash.0])?;
    Ok(())
}

/// Adds up to `limit` envelopes that were received before there was a chain; true when some may be left.
pub(crate) fn catch_up(tx: &Transaction<'_>, limit: u32) -> rusqlite::Result<bool> {
    let rows: Vec<(u64, Digest, UnixTime)> = tx
        .prepare_cached(
            "SELECT number, digest, received_at FROM envelopes
             WHERE number > (SELECT number FROM chain_head) ORDER BY number LIMIT ?1",
        )?
        .query_map([limit], |row| Ok((row.get(0)?, fixed(row, "digest")?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (number, digest, received_at) in &rows {
        add(tx, *number, digest, *received_at)?;
    }
    Ok(rows.len() == limit as usize)
}

/// The link of an envelope that is here.
pub(crate) fn of(tx: &Transaction<'_>, number: u64) -> rusqlite::Result<Option<Digest>> {
    tx.prepare_cached("SELECT chain FROM envelopes WHERE number = ?1 AND chain IS NOT NULL")?
        .query_row([number], |row| fixed(row, "chain"))
        .optional()
}

pub(crate) fn put_signed(tx: &Transaction<'_>, signed: &SignedHead) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO signed_heads (number, hash, signed_at, signature) VALUES (?1, ?2, ?3, ?4)",
        params![signed.head.number, signed.head.hash.0, signed.at, signed.signature.0],
    )?;
    Ok(())
}

/// The signed head that was signed last.
pub(crate) fn last_signed(tx: &Transaction<'_>) -> rusqlite::Result<Option<SignedHead>> {
    let sql = "SELECT * FROM signed_heads ORDER BY number DESC LIMIT 1";
    tx.prepare_cached(sql)?.query_row([], signed).optional()
}

/// Every head that was signed.
pub(crate) fn all_signed(tx: &Transaction<'_>) -> rusqlite::Result<Vec<SignedHead>> {
    tx.prepare_cached("SELECT * FROM signed_heads ORDER BY number")?
        .query_map([], signed)?
        .collect()
}

fn signed(row: &rusqlite::Row<'_>) -> rusqlite::Result<SignedHead> {
    Ok(SignedHead {
        head: Head {
            number: row.get("number")?,
            hash: fixed(row, "hash")?,
        },
        at: row.get("signed_at")?,
        signature: fixed(row, "signature")?,
    })
}
