//! Table `invitations`: only hashes of codes.

use super::{
    devices::{role_name, role_of},
    fixed_or_null,
};
use domain::{
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
};
use protocol::{enrolment::Role, keys::VerifyKey};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;

/// An invitation that was given out.
pub(crate) struct Invited {
    pub(crate) team: i64,
    pub(crate) role: Role,
    pub(crate) expires_at: UnixTime,
    pub(crate) cancelled: bool,
    /// The device that used it, and what it was answered.
    pub(crate) used: Option<(DeviceId, Vec<u8>)>,
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    code_hash: &[u8; 32],
    team: i64,
    role: Role,
    (now, expires_at): (UnixTime, UnixTime),
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO invitations (code_hash, team, role, made_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![code_hash, team, role_name(role), now, expires_at],
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
            cancelled: row.get::<_, Option<UnixTime>>("cancelled_at")?.is_some(),
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

/// An invitation as the list shows it. Its code is not kept and cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvitationView {
    /// Its name in this list: says nothing about the code.
    pub id: String,
    /// Ward of the team.
    pub ward: String,
    /// Team.
    pub team: String,
    /// `volunteer` or `coordinator`.
    pub role: &'static str,
    /// When it was made, seconds since 1970 UTC; 0 for those made before this was kept.
    pub made_at: UnixTime,
    /// Good until then.
    pub expires_at: UnixTime,
    /// `open`, `taken`, `expired` or `cancelled`.
    pub state: &'static str,
    /// The device that took it.
    pub device: Option<DeviceId>,
    /// Of that device's signing key, as its screen shows it.
    pub fingerprint: Option<String>,
}

/// Hexadecimal digits of a code's hash by which the list names an invitation.
const NAME_DIGITS: u32 = 12;

/// Every invitation, the newest first.
pub(crate) fn all(tx: &Transaction<'_>, now: UnixTime) -> rusqlite::Result<Vec<InvitationView>> {
    tx.prepare_cached(
        "SELECT substr(lower(hex(code_hash)), 1, ?1) AS name, invitations.*, teams.ward, teams.name AS team_name,
                devices.signing
         FROM invitations JOIN teams ON teams.id = invitations.team
         LEFT JOIN devices ON devices.id = invitations.device
         ORDER BY made_at DESC, expires_at DESC, name",
    )?
    .query_map([NAME_DIGITS], |row| {
        let device: Option<DeviceId> = row.get("device")?;
        let (expires_at, cancelled): (UnixTime, Option<UnixTime>) = (row.get("expires_at")?, row.get("cancelled_at")?);
        let state = match (device, cancelled) {
            (Some(_), _) => "taken",
            (None, Some(_)) => "cancelled",
            (None, None) if expires_at <= now => "expired",
            (None, None) => "open",
        };
        let key: Option<VerifyKey> = fixed_or_null(row, "signing")?;
        Ok(InvitationView {
            id: row.get("name")?,
            ward: CommuneCode(row.get("ward")?).to_string(),
            team: row.get("team_name")?,
            role: role_name(role_of(row.get_ref("role")?.as_str()?)?),
            made_at: row.get("made_at")?,
            expires_at,
            state,
            device,
            fingerprint: key.map(|key| key.fingerprint()),
        })
    })?
    .collect()
}

/// False when it is not open any more.
pub(crate) fn cancel(tx: &Transaction<'_>, name: &str, now: UnixTime) -> rusqlite::Result<bool> {
    tx.execute(
        "UPDATE invitations SET cancelled_at = ?3 WHERE substr(lower(hex(code_hash)), 1, ?2) = ?1
         AND device IS NULL AND cancelled_at IS NULL AND expires_at > ?3",
        params![name, NAME_DIGITS, now],
    )
    .map(|rows| rows > 0)
}
