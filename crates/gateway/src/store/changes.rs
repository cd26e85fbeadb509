//! Table `changes`: one log for each device.
//!
//! Numbers are given inside the writing transaction, which SQLite runs one at a time: a number that can be read has no
//! smaller one still to come, so a cursor never skips what commits late.

use super::unreadable;
use domain::ids::{DeviceId, Rid, UnixTime};
use protocol::{cbor, changes::Change};
use rusqlite::{Transaction, params, types::Type};

/// A row that says "the present state of this", read when the page is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// The team's people and communes.
    Team,
    /// The trust message.
    Trust,
    /// The device was revoked.
    Revoked,
    /// The team's pool of pre-printed cards.
    Blanks,
}

impl Marker {
    const ALL: [Marker; 4] = [Marker::Team, Marker::Trust, Marker::Revoked, Marker::Blanks];

    const fn name(self) -> &'static str {
        match self {
            Marker::Team => "team",
            Marker::Trust => "trust",
            Marker::Revoked => "revoked",
            Marker::Blanks => "cards",
        }
    }
}

/// One entry of a device's log.
pub(crate) enum Entry {
    /// To be filled in from the present state.
    Marker(Marker),
    /// As it was written.
    Change(Change),
}

fn next_number(tx: &Transaction<'_>, device: DeviceId) -> rusqlite::Result<i64> {
    tx.prepare_cached("UPDATE devices SET log_last = log_last + 1 WHERE id = ?1 RETURNING log_last")?
        .query_row([device], |row| row.get(0))
}

/// Appends a marker; an older one of its kind says nothing more and goes.
pub(crate) fn mark(tx: &Transaction<'_>, device: DeviceId, marker: Marker) -> rusqlite::Result<()> {
    let number = next_number(tx, device)?;
    tx.prepare_cached("DELETE FROM changes WHERE device = ?1 AND kind = ?2")?
        .execute(params![device, marker.name()])?;
    tx.prepare_cached("INSERT INTO changes (device, number, kind) VALUES (?1, ?2, ?3)")?
        .execute(params![device, number, marker.name()])?;
    Ok(())
}

/// How long a verdict that carries a person stays in the log after it was written, if its device has it by then.
pub(crate) const CARRIED: i64 = 72 * 3600;

/// Appends a verdict that carries a person; `bare` says the same without the person.
pub(crate) fn append_carrying(
    tx: &Transaction<'_>,
    device: DeviceId,
    rid: &Rid,
    change: &Change,
    bare: &Change,
    at: UnixTime,
) -> rusqlite::Result<()> {
    let number = next_number(tx, device)?;
    tx.prepare_cached(
        "INSERT INTO changes (device, number, kind, rid, payload, carries, bare, added_at)
         VALUES (?1, ?2, 'verdict', ?3, ?4, 1, ?5, ?6)",
    )?
    .execute(params![
        device,
        number,
        rid.0,
        cbor::encode(change),
        cbor::encode(bare),
        at
    ])?;
    Ok(())
}

/// True when the device has got something of its log that is to go by now.
pub(crate) fn carries_too_long(
    tx: &Transaction<'_>,
    device: DeviceId,
    cursor: u64,
    now: UnixTime,
) -> rusqlite::Result<bool> {
    let cursor = i64::try_from(cursor).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM changes WHERE device = ?1 AND number <= ?2 AND carries = 1 AND added_at <= ?3)",
    )?
    .query_row(params![device, cursor, now - CARRIED], |row| row.get(0))
}

/// The device has its log up to `cursor`: people in older verdicts go from it.
pub(crate) fn drop_carried(tx: &Transaction<'_>, device: DeviceId, cursor: u64, now: UnixTime) -> rusqlite::Result<()> {
    let cursor = i64::try_from(cursor).unwrap_or(i64::MAX);
    let what = "device = ?1 AND number <= ?2 AND carries = 1 AND added_at <= ?3";
    let before = now - CARRIED;
    // What an older gateway wrote has no bare form.
    tx.prepare_cached(&format!("DELETE FROM changes WHERE {what} AND bare IS NULL"))?
        .execute(params![device, cursor, before])?;
    tx.prepare_cached(&format!(
        "UPDATE changes SET payload = bare, bare = NULL, carries = 0 WHERE {what}"
    ))?
    .execute(params![device, cursor, before])?;
    Ok(())
}

/// A revoked device has no log any more but that it is revoked, and the trust message with which it still sends.
pub(crate) fn forget(tx: &Transaction<'_>, device: DeviceId) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM changes WHERE device = ?1 AND kind NOT IN ('revoked', 'trust')",
        [device],
    )?;
    Ok(())
}

/// Appends a change about one registration.
pub(crate) fn append(tx: &Transaction<'_>, device: DeviceId, rid: &Rid, change: &Change) -> rusqlite::Result<()> {
    let kind = if matches!(change, Change::Verdict(_)) {
        "verdict"
    } else {
        "stopped"
    };
    let number = next_number(tx, device)?;
    tx.prepare_cached("INSERT INTO changes (device, number, kind, rid, payload) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![device, number, kind, rid.0, cbor::encode(change)])?;
    Ok(())
}

/// Entries after `since`, oldest first, with their numbers.
pub(crate) fn after(
    tx: &Transaction<'_>,
    device: DeviceId,
    since: u64,
    limit: usize,
) -> rusqlite::Result<Vec<(u64, Entry)>> {
    // A cursor beyond what SQLite can count is beyond every log.
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "SELECT number, kind, payload FROM changes WHERE device = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?
    .query_map(params![device, since, limit], |row| {
        let kind = row.get_ref(1)?.as_str()?;
        let entry = match (
            Marker::ALL.into_iter().find(|marker| marker.name() == kind),
            row.get_ref(2)?.as_blob_or_null()?,
        ) {
            (Some(marker), _) => Entry::Marker(marker),
            (None, Some(payload)) => {
                Entry::Change(cbor::decode(payload, payload.len()).map_err(|_| unreadable(Type::Blob))?)
            }
            (None, None) => return Err(unreadable(Type::Null)),
        };
        Ok((row.get(0)?, entry))
    })?
    .collect()
}

/// Verdicts carry what was sent, sealed to the device: a withdrawal takes them back from the log, and a later verdict
/// takes the place of earlier ones.
pub(crate) fn drop_verdicts(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM changes WHERE rid = ?1 AND kind = 'verdict'", [&rid.0[..]])?;
    Ok(())
}
