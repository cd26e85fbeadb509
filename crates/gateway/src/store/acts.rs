//! Table `acts`: what people did at the server.

use super::fixed;
use crate::rules::chain;
use domain::ids::{Digest, UnixTime};
use protocol::keys::Signature;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) number: u64,
    pub(crate) at: UnixTime,
    pub(crate) by: String,
    pub(crate) what: String,
    pub(crate) about: String,
    pub(crate) hash: Digest,
    pub(crate) signature: Signature,
}

/// Adds a row; `sign` signs its hash.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    at: UnixTime,
    texts: [&str; 3],
    sign: impl FnOnce(&[u8]) -> Signature,
) -> rusqlite::Result<()> {
    let last: Option<(u64, Digest)> = tx
        .query_row(
            "SELECT number, hash FROM acts ORDER BY number DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, fixed(row, "hash")?)),
        )
        .optional()?;
    let (before, hash) = last.unwrap_or((0, chain::START));
    let hash = chain::of_act(&hash, before + 1, at, texts);
    tx.execute(
        "INSERT INTO acts (number, at, by, what, about, hash, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![before + 1, at, texts[0], texts[1], texts[2], hash.0, sign(&hash.0).0],
    )?;
    Ok(())
}

/// Up to `limit` rows after `number`.
pub(crate) fn after(tx: &Transaction<'_>, number: u64, limit: u32) -> rusqlite::Result<Vec<Act>> {
    tx.prepare_cached("SELECT * FROM acts WHERE number > ?1 ORDER BY number LIMIT ?2")?
        .query_map(params![number, limit], |row| {
            Ok(Act {
                number: row.get("number")?,
                at: row.get("at")?,
                by: row.get("by")?,
                what: row.get("what")?,
                about: row.get("about")?,
                hash: fixed(row, "hash")?,
                signature: fixed(row, "signature")?,
            })
        })?
        .collect()
}

/// The number of the last row ever made, also where it is gone.
pub(crate) fn last_ever(tx: &Transaction<'_>) -> rusqlite::Result<u64> {
    let sql = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'acts'), 0)";
    tx.query_row(sql, [], |row| row.get(0))
}
