//! Table `device_days`: how much of its quotas a device used today.

use crate::rules::quotas::Quota;
use domain::ids::{DeviceId, UnixTime};
use rusqlite::{Transaction, params};

const DAY: i64 = 86_400;

/// Uses up one; false when nothing is left of it today.
pub(crate) fn use_up(tx: &Transaction<'_>, device: DeviceId, quota: Quota, now: UnixTime) -> rusqlite::Result<bool> {
    tx.prepare_cached(
        "INSERT INTO device_days (device, what, day, used) VALUES (?1, ?2, ?3, 1)
         ON CONFLICT (device, what) DO UPDATE SET used = CASE WHEN day = ?3 THEN used + 1 ELSE 1 END, day = ?3
             WHERE day <> ?3 OR used < ?4",
    )?
    .execute(params![device, quota.name(), now.div_euclid(DAY), quota.a_day()])
    .map(|rows| rows > 0)
}
