//! Withdrawn registrations on their way to be erased (columns of `registrations`), and table `withdrawal_words`.

use super::fixed;
use domain::ids::{DeviceId, Rid, UnixTime};
use rusqlite::{OptionalExtension as _, Transaction, params};

/// A withdrawal as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withdrawal {
    /// The gateway's number of the withdrawing envelope.
    pub(crate) head: u64,
    pub(crate) device: DeviceId,
    pub(crate) withdrawn_at: UnixTime,
    pub(crate) examined: bool,
    pub(crate) erased: bool,
}

/// The processing stops; nothing is erased before this is examined.
pub(crate) fn begin(tx: &Transaction<'_>, rid: &Rid, now: UnixTime) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE registrations SET withdrawn_at = ?2, examined = 0, erase_at = NULL WHERE rid = ?1")?
        .execute(params![rid.0, now])?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<Option<Withdrawal>> {
    tx.prepare_cached(
        "SELECT head, device, withdrawn_at, examined, erased FROM registrations
         WHERE rid = ?1 AND standing = 'withdrawn'",
    )?
    .query_row([&rid.0[..]], |row| {
        Ok(Withdrawal {
            head: row.get("head")?,
            device: row.get("device")?,
            withdrawn_at: row.get("withdrawn_at")?,
            examined: row.get("examined")?,
            erased: row.get("erased")?,
        })
    })
    .optional()
}

/// Numbers of withdrawals that the opener has not seen.
pub(crate) fn to_examine(tx: &Transaction<'_>, limit: u32) -> rusqlite::Result<Vec<u64>> {
    tx.prepare_cached("SELECT head FROM registrations WHERE standing = 'withdrawn' AND examined = 0 LIMIT ?1")?
        .query_map([limit], |row| row.get(0))?
        .collect()
}

/// It is one; `erase_at` is `None` where a person's word is awaited.
pub(crate) fn examined(tx: &Transaction<'_>, rid: &Rid, erase_at: Option<UnixTime>) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE registrations SET examined = 1, erase_at = ?2 WHERE rid = ?1")?
        .execute(params![rid.0, erase_at])?;
    Ok(())
}

/// How many registrations a device withdrew after `since`.
pub(crate) fn of_device(tx: &Transaction<'_>, device: DeviceId, since: UnixTime) -> rusqlite::Result<u64> {
    tx.prepare_cached(
        "SELECT COUNT(*) FROM registrations WHERE standing = 'withdrawn' AND device = ?1 AND withdrawn_at > ?2",
    )?
    .query_row(params![device, since], |row| row.get(0))
}

/// Nothing that the device withdrew after `since` is erased without a person's word.
pub(crate) fn await_word(tx: &Transaction<'_>, device: DeviceId, since: UnixTime) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE registrations SET erase_at = NULL
         WHERE standing = 'withdrawn' AND device = ?1 AND withdrawn_at > ?2 AND erased = 0",
    )?
    .execute(params![device, since])?;
    Ok(())
}

/// Withdrawn registrations that are to be erased now, each with the device whose it was.
pub(crate) fn to_erase(tx: &Transaction<'_>, now: UnixTime, limit: u32) -> rusqlite::Result<Vec<(Rid, DeviceId)>> {
    tx.prepare_cached(
        "SELECT rid, device FROM registrations
         WHERE standing = 'withdrawn' AND erased = 0 AND examined = 1 AND erase_at <= ?1 LIMIT ?2",
    )?
    .query_map(params![now, limit], |row| Ok((fixed(row, "rid")?, row.get("device")?)))?
    .collect()
}

/// What waits for a person's word, the oldest first.
pub(crate) fn waiting(tx: &Transaction<'_>, limit: u32) -> rusqlite::Result<Vec<(Rid, DeviceId, UnixTime)>> {
    tx.prepare_cached(
        "SELECT rid, device, withdrawn_at FROM registrations
         WHERE standing = 'withdrawn' AND erased = 0 AND examined = 1 AND erase_at IS NULL
         ORDER BY withdrawn_at LIMIT ?1",
    )?
    .query_map([limit], |row| {
        Ok((fixed(row, "rid")?, row.get("device")?, row.get("withdrawn_at")?))
    })?
    .collect()
}

/// Keeps what a person said.
pub(crate) fn put_word(tx: &Transaction<'_>, rid: &Rid, word: &str, by: &str, now: UnixTime) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO withdrawal_words (rid, word, by, said_at) VALUES (?1, ?2, ?3, ?4)",
        params![rid.0, word, by, now],
    )?;
    Ok(())
}
