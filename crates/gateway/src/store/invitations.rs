//! Table `invitations`: only hashes of codes.

use super::devices::{role_name, role_of};
use domain::ids::{DeviceId, UnixTime};
use protocol::enrolment::Role;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// An invitation that was given out.
pub(crate) struct Invited {
    pub(crate) team: i64,
    pub(crate) role: Role,
    pub(crate) expires_at: UnixTime,
    /// The device that used it, and what it was answered.
    pub(crate) used: Option<(DeviceId, Vec<u8>)>,
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    code_hash: &[u8; 32],
    team: i64,
    role: Role,
    expires_at: UnixTime,
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO invitations (code_hash, team, role, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![code_hash, team, role_name(role), expires_at],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, code_hash: &[u8; 32]) -> rusqlite::Result<Option<Invited>> {
    tx.query_row("SELECT * FROM invitations WHERE code_hash = ?1", [code_hash], |row| {
        let device: Option<DeviceId> = row.get("device")?;
        let answer: Option<Vec<u8>> = row.get("answer")?;
        Ok(Invited {
            team: row.get("team")?,
            role: role_of(row.get_ref("role")?.as_str()?)?,
            expires_at: row.get("expires_at")?,
            used: device.zip(answer),
        })
    })
    .optional()
}

pub(crate) fn mark_used(
    tx: &Transaction<'_>,
    code_hash: &[u8; 32],
    device: DeviceId,
    answer: &[u8],
) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE invitations SET device = ?2, answer = ?3 WHERE code_hash = ?1 AND device IS NULL",
        params![code_hash, device, answer],
    )?;
    Ok(())
}
