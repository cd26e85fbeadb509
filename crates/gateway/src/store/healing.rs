//! Table `healings`: what devices were found to have sent that was no longer here.

use domain::ids::{DeviceId, UnixTime};
use rusqlite::{Transaction, params};

/// Most ranges kept for one device: what more it claims is asked for all the same.
const MOST: u32 = 1000;

/// What this platform had forgotten of one device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Healing {
    /// Envelopes asked for again.
    pub(crate) asked: u64,
    /// Of these, how many never came: the device has purged them, or has not been here since.
    pub(crate) missing: u64,
}

impl Healing {
    /// As the board shows it: `forgot:ASKED:MISSING`.
    pub(crate) fn flag(self) -> Option<String> {
        (self.asked > 0).then(|| format!("forgot:{}:{}", self.asked, self.missing))
    }
}

/// Notes that this range of a device's sequence was here once and is not any more; again is once.
pub(crate) fn put(
    tx: &Transaction<'_>,
    device: DeviceId,
    epoch: u32,
    (first, last): (u64, u64),
    at: UnixTime,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO healings (device, epoch, first, last, noted_at) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE (SELECT COUNT(*) FROM healings WHERE device = ?1) < ?6",
    )?
    .execute(params![device, epoch, first, last, at, MOST])?;
    Ok(())
}

/// What was forgotten of a device.
pub(crate) fn of(tx: &Transaction<'_>, device: DeviceId) -> rusqlite::Result<Healing> {
    tx.prepare_cached(
        "SELECT COALESCE(SUM(last - first + 1), 0),
             COALESCE(SUM(last - first + 1 - (SELECT COUNT(DISTINCT seq) FROM envelopes
                 WHERE envelopes.device = healings.device AND envelopes.epoch = healings.epoch
                     AND seq BETWEEN first AND last)), 0)
         FROM healings WHERE device = ?1",
    )?
    .query_row([device], |row| {
        Ok(Healing {
            asked: row.get(0)?,
            missing: row.get(1)?,
        })
    })
}
