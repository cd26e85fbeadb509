//! Tables `grants`, `invitation_grants`: the wards whose board a coordinator's device may see.

use domain::{
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
};
use rusqlite::{Transaction, params};

/// True when the device had not got it.
pub(crate) fn give(tx: &Transaction<'_>, device: DeviceId, ward: CommuneCode, at: UnixTime) -> rusqlite::Result<bool> {
    tx.execute(
        "INSERT OR IGNORE INTO grants (device, ward, granted_at) VALUES (?1, ?2, ?3)",
        params![device, ward.0, at],
    )
    .map(|rows| rows > 0)
}

/// True when the device had it.
pub(crate) fn take_back(tx: &Transaction<'_>, device: DeviceId, ward: CommuneCode) -> rusqlite::Result<bool> {
    tx.execute(
        "DELETE FROM grants WHERE device = ?1 AND ward = ?2",
        params![device, ward.0],
    )
    .map(|rows| rows > 0)
}

/// Every grant of a device goes.
pub(crate) fn take_all_back(tx: &Transaction<'_>, device: DeviceId) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM grants WHERE device = ?1", [device])?;
    Ok(())
}

pub(crate) fn of(tx: &Transaction<'_>, device: DeviceId) -> rusqlite::Result<Vec<CommuneCode>> {
    tx.prepare_cached("SELECT ward FROM grants WHERE device = ?1 ORDER BY ward")?
        .query_map([device], |row| row.get(0).map(CommuneCode))?
        .collect()
}

/// The device that takes this invitation will get it.
pub(crate) fn promise(tx: &Transaction<'_>, code_hash: &[u8; 32], ward: CommuneCode) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO invitation_grants (code_hash, ward) VALUES (?1, ?2)",
        params![code_hash, ward.0],
    )?;
    Ok(())
}

/// Gives a device what its invitation promised.
pub(crate) fn keep_promise(
    tx: &Transaction<'_>,
    code_hash: &[u8; 32],
    device: DeviceId,
    at: UnixTime,
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO grants (device, ward, granted_at) SELECT ?2, ward, ?3 FROM invitation_grants WHERE code_hash = ?1",
        params![code_hash, device, at],
    )?;
    Ok(())
}
