//! Keys of the city's devices, as they verify citizen QRs: a copy of the platform's list, filled in parts.

use crate::{
    Read, Result, Write,
    device::{get_cbor, set},
    row::{count, to_cbor},
};
use domain::{
    date::Day,
    ids::{DeviceId, UnixTime},
};
use protocol::{
    changes::{DeviceKey, Origin},
    keys::VerifyKey,
};
use rusqlite::{OptionalExtension as _, params};

const SERIAL: &str = "signer_serial";
const COMPLETE: &str = "signers_complete";

/// The key of one device; `None` when it is not on the list.
pub fn get(tx: &Read<'_>, device: DeviceId) -> Result<Option<DeviceKey>> {
    Ok(tx
        .sql("SELECT key, revoked_at, enrolled, code_group FROM signer WHERE device = ?1")?
        .query_row([device], |row| {
            Ok(DeviceKey {
                device,
                key: VerifyKey(row.get(0)?),
                revoked_at: row.get(1)?,
                origin: match (row.get(2)?, row.get(3)?) {
                    (Some(day), Some(group)) => Some(Origin {
                        enrolled: Day::from_number(day),
                        group,
                    }),
                    _ => None,
                },
            })
        })
        .optional()?)
}

/// Devices on the list.
pub fn len(tx: &Read<'_>) -> Result<u64> {
    let rows = tx.sql("SELECT COUNT(*) FROM signer")?.query_row([], |row| row.get(0))?;
    Ok(count(rows))
}

/// The serial up to which the list is known; 0 at first.
pub fn serial(tx: &Read<'_>) -> Result<u64> {
    Ok(get_cbor(tx, SERIAL)?.unwrap_or(0))
}

/// When the list was last known to be whole and new (the server's time); `None` before the first time.
pub fn complete_at(tx: &Read<'_>) -> Result<Option<UnixTime>> {
    get_cbor(tx, COMPLETE)
}

/// Takes in a part of the list, which ends at `serial`. A part from before what is known changes nothing: it may say
/// less about a revocation.
pub fn put(tx: &Write<'_>, part: &[DeviceKey], serial: u64) -> Result<()> {
    if serial <= self::serial(tx)? {
        return Ok(());
    }
    for device in part {
        tx.run(
            "INSERT INTO signer (device, key, revoked_at, enrolled, code_group) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (device) DO UPDATE SET key = excluded.key, revoked_at = excluded.revoked_at,
                 enrolled = COALESCE(excluded.enrolled, enrolled),
                 code_group = COALESCE(excluded.code_group, code_group)",
            params![
                device.device,
                device.key.0,
                device.revoked_at,
                device.origin.map(|origin| origin.enrolled.number()),
                device.origin.map(|origin| origin.group),
            ],
        )?;
    }
    set(tx, SERIAL, &to_cbor(&serial))
}

/// The platform had nothing newer at `at`; an earlier time changes nothing.
pub fn set_complete(tx: &Write<'_>, at: UnixTime) -> Result<()> {
    match complete_at(tx)? {
        Some(known) if known >= at => Ok(()),
        _ => set(tx, COMPLETE, &to_cbor(&at)),
    }
}
