//! Tables `devices`, `device_flags`.

use super::{fixed, unreadable};
use domain::{
    date::Day,
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
};
use protocol::{
    changes::{DeviceKey, Origin},
    enrolment::Role,
    keys::{SealKey, VerifyKey},
};
use rusqlite::{OptionalExtension as _, Row, Transaction, params, types::Type};

/// A device as enrolled.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) group: u16,
    pub(crate) team: i64,
    pub(crate) role: Role,
    pub(crate) signing: VerifyKey,
    pub(crate) sealing: SealKey,
    pub(crate) transport: VerifyKey,
    pub(crate) revoked_at: Option<UnixTime>,
    pub(crate) last_contact: Option<UnixTime>,
}

/// What is noticed about a device; never a reason to refuse what it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    /// One number of its sequence came with two envelopes.
    Cloned,
    /// An envelope does not name its predecessor.
    ChainBroken,
    /// A code of another device group.
    ForeignCode,
}

impl Flag {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Flag::Cloned => "cloned",
            Flag::ChainBroken => "chain_broken",
            Flag::ForeignCode => "foreign_code",
        }
    }
}

pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Volunteer => "volunteer",
        Role::Coordinator => "coordinator",
    }
}

pub(crate) fn role_of(name: &str) -> rusqlite::Result<Role> {
    match name {
        "volunteer" => Ok(Role::Volunteer),
        "coordinator" => Ok(Role::Coordinator),
        _ => Err(unreadable(Type::Text)),
    }
}

/// A device about to be enrolled.
pub(crate) struct NewDevice<'a> {
    pub(crate) team: i64,
    pub(crate) role: Role,
    pub(crate) signing: VerifyKey,
    pub(crate) sealing: SealKey,
    pub(crate) transport: VerifyKey,
    pub(crate) program: &'a str,
    pub(crate) at: UnixTime,
}

/// Adds a device; its number comes first and `group_of` gives its device group of codes.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    new: &NewDevice<'_>,
    group_of: impl FnOnce(DeviceId) -> u16,
) -> rusqlite::Result<(DeviceId, u16)> {
    tx.execute(
        "INSERT INTO devices
             (code_group, team, role, signing, sealing, transport, program, enrolled_at, last_contact, key_serial)
         VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, (SELECT COALESCE(MAX(key_serial), 0) + 1 FROM devices))",
        params![
            new.team,
            role_name(new.role),
            new.signing.0,
            new.sealing.0,
            new.transport.0,
            new.program,
            new.at
        ],
    )?;
    let id = DeviceId::try_from(tx.last_insert_rowid()).map_err(|_| unreadable(Type::Integer))?;
    let group = group_of(id);
    tx.execute("UPDATE devices SET code_group = ?2 WHERE id = ?1", params![id, group])?;
    Ok((id, group))
}

pub(crate) fn get(tx: &Transaction<'_>, id: DeviceId) -> rusqlite::Result<Option<Device>> {
    tx.prepare_cached("SELECT * FROM devices WHERE id = ?1")?
        .query_row([id], from_row)
        .optional()
}

pub(crate) fn by_signing(tx: &Transaction<'_>, key: &VerifyKey) -> rusqlite::Result<Option<Device>> {
    tx.query_row("SELECT * FROM devices WHERE signing = ?1", [&key.0[..]], from_row)
        .optional()
}

/// True when a device has one of these keys for verdicts or for tokens.
pub(crate) fn key_in_use(tx: &Transaction<'_>, sealing: &SealKey, transport: &VerifyKey) -> rusqlite::Result<bool> {
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM devices WHERE sealing = ?1) OR EXISTS (SELECT 1 FROM devices WHERE transport = ?2)",
        params![sealing.0, transport.0],
        |row| row.get(0),
    )
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        id: row.get("id")?,
        group: row.get("code_group")?,
        team: row.get("team")?,
        role: role_of(row.get_ref("role")?.as_str()?)?,
        signing: fixed(row, "signing")?,
        sealing: fixed(row, "sealing")?,
        transport: fixed(row, "transport")?,
        revoked_at: row.get("revoked_at")?,
        last_contact: row.get("last_contact")?,
    })
}

/// The last number of a device's log of changes.
pub(crate) fn log_end(tx: &Transaction<'_>, id: DeviceId) -> rusqlite::Result<u64> {
    tx.prepare_cached("SELECT log_last FROM devices WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
}

pub(crate) fn touch(tx: &Transaction<'_>, id: DeviceId, at: UnixTime) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE devices SET last_contact = ?2 WHERE id = ?1")?
        .execute(params![id, at])?;
    Ok(())
}

/// Notes up to where the device says it has its log.
pub(crate) fn has_log_to(tx: &Transaction<'_>, id: DeviceId, cursor: u64) -> rusqlite::Result<()> {
    // No device has more than there is.
    tx.prepare_cached("UPDATE devices SET cursor = MAX(cursor, MIN(?2, log_last)) WHERE id = ?1")?
        .execute(params![id, i64::try_from(cursor).unwrap_or(i64::MAX)])?;
    Ok(())
}

/// False when there is no such device, or it was revoked before.
pub(crate) fn revoke(tx: &Transaction<'_>, id: DeviceId, at: UnixTime) -> rusqlite::Result<bool> {
    let sql = "UPDATE devices SET revoked_at = ?2, key_serial = (SELECT MAX(key_serial) + 1 FROM devices)
               WHERE id = ?1 AND revoked_at IS NULL";
    tx.execute(sql, params![id, at]).map(|rows| rows > 0)
}

/// Gives a device to another team; false when there is no such device.
pub(crate) fn set_team(tx: &Transaction<'_>, id: DeviceId, team: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE devices SET team = ?2 WHERE id = ?1";
    tx.execute(sql, params![id, team]).map(|rows| rows > 0)
}

/// Every device.
pub(crate) fn all(tx: &Transaction<'_>) -> rusqlite::Result<Vec<DeviceId>> {
    tx.prepare_cached("SELECT id FROM devices ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect()
}

pub(crate) fn of_team(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<Vec<DeviceId>> {
    tx.prepare_cached("SELECT id FROM devices WHERE team = ?1 ORDER BY id")?
        .query_map([team], |row| row.get(0))?
        .collect()
}

/// Keys that are new or changed after a serial, as they verify citizen QRs, each with its own serial.
pub(crate) fn keys_after(tx: &Transaction<'_>, serial: u64, limit: usize) -> rusqlite::Result<Vec<(u64, DeviceKey)>> {
    let serial = i64::try_from(serial).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "SELECT key_serial, id, signing, revoked_at, enrolled_at, code_group FROM devices WHERE key_serial > ?1 ORDER BY key_serial LIMIT ?2",
    )?
    .query_map(params![serial, limit], |row| {
        let key = DeviceKey {
            device: row.get("id")?,
            key: fixed(row, "signing")?,
            revoked_at: row.get("revoked_at")?,
            origin: Some(Origin {
                enrolled: Day::of(row.get("enrolled_at")?),
                group: row.get("code_group")?,
            }),
        };
        Ok((row.get("key_serial")?, key))
    })?
    .collect()
}

/// Devices of the teams of one commune, silent ones first.
pub(crate) fn of_commune(tx: &Transaction<'_>, commune: CommuneCode) -> rusqlite::Result<Vec<Device>> {
    tx.prepare_cached(
        "SELECT devices.* FROM devices JOIN team_communes USING (team) WHERE commune = ?1
         ORDER BY last_contact NULLS FIRST, id",
    )?
    .query_map([commune.0], from_row)?
    .collect()
}

/// True when it was not flagged so before.
pub(crate) fn flag(tx: &Transaction<'_>, id: DeviceId, flag: Flag, at: UnixTime) -> rusqlite::Result<bool> {
    tx.prepare_cached("INSERT OR IGNORE INTO device_flags (device, flag, noted_at) VALUES (?1, ?2, ?3)")?
        .execute(params![id, flag.name(), at])
        .map(|rows| rows > 0)
}

pub(crate) fn flags(tx: &Transaction<'_>, id: DeviceId) -> rusqlite::Result<Vec<String>> {
    tx.prepare_cached("SELECT flag FROM device_flags WHERE device = ?1 ORDER BY flag")?
        .query_map([id], |row| row.get(0))?
        .collect()
}
