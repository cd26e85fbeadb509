//! Table `changes`: one log for each device.
//!
//! Numbers are given inside the writing transaction, which SQLite runs one at a time: a number that can be read has no
//! smaller one still to come, so a cursor never skips what commits late.

use super::unreadable;
use domain::ids::{DeviceId, Rid};
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

/// Verdicts carry what was sent, sealed to the device: a withdrawal takes them back from the log.
pub(crate) fn drop_verdicts(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM changes WHERE rid = ?1 AND kind = 'verdict'", [&rid.0[..]])?;
    Ok(())
}
