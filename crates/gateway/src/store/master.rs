//! Tables `master` and `waiting_for_notice`: what the root signed for every device, and what waits for it.

use domain::ids::DeviceId;
use rusqlite::{Transaction, params};

/// The serial of the last statement; 0 at first.
pub(crate) fn last(tx: &Transaction<'_>) -> rusqlite::Result<u64> {
    tx.query_row("SELECT coalesce(max(serial), 0) FROM master", [], |row| row.get(0))
}

pub(crate) fn put(tx: &Transaction<'_>, serial: u64, signed: &[u8]) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO master (serial, signed) VALUES (?1, ?2)",
        params![serial, signed],
    )
    .map(|_| ())
}

/// Statements after a serial, in their order.
pub(crate) fn after(tx: &Transaction<'_>, serial: u64) -> rusqlite::Result<Vec<(u64, Vec<u8>)>> {
    let serial = i64::try_from(serial).unwrap_or(i64::MAX);
    tx.prepare_cached("SELECT serial, signed FROM master WHERE serial > ?1 ORDER BY serial")?
        .query_map([serial], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The revision with this number waits for a notice.
pub(crate) fn wait(tx: &Transaction<'_>, number: u64, notice: u16) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO waiting_for_notice (number, notice) VALUES (?1, ?2)",
        params![number, notice],
    )
    .map(|_| ())
}

/// True while the revision with this number waits for its notice.
pub(crate) fn waits(tx: &Transaction<'_>, number: u64) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM waiting_for_notice WHERE number = ?1)")?
        .query_row([number], |row| row.get(0))
}

/// The notice is here: how many revisions wait no more.
pub(crate) fn arrived(tx: &Transaction<'_>, notice: u16) -> rusqlite::Result<u64> {
    tx.execute("DELETE FROM waiting_for_notice WHERE notice = ?1", [notice])
        .map(|rows| rows as u64)
}

/// For which notices how many revisions of which device wait.
pub(crate) fn waiting(tx: &Transaction<'_>) -> rusqlite::Result<Vec<(u16, DeviceId, u64)>> {
    tx.prepare_cached(
        "SELECT waiting_for_notice.notice, envelopes.device, COUNT(*)
         FROM waiting_for_notice JOIN envelopes USING (number)
         WHERE envelopes.sealed IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
    .collect()
}
