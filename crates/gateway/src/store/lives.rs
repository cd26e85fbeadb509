//! Tables `lives` and `log_ends`: from a start of the server to the next, and where each device's log ended then. A device
//! that comes with a cursor is judged by the life in which it got it.

use super::devices;
use crate::rules::healing::{Asking, Known, calls_for_reset};
use domain::ids::{DeviceId, Instance, UnixTime};
use protocol::healing::Life;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// A server starts: the ends of the logs as they are belong to the life before.
/// `name` is asked until it gives one that no life had.
pub(crate) fn begin(tx: &Transaction<'_>, name: impl Fn() -> Instance, at: UnixTime) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR REPLACE INTO log_ends (device, life, last)
         SELECT id, (SELECT MAX(number) FROM lives), log_last FROM devices
         WHERE EXISTS (SELECT 1 FROM lives)
             AND log_last > COALESCE((SELECT MAX(last) FROM log_ends WHERE device = devices.id), 0)",
        [],
    )?;
    let new = "INSERT OR IGNORE INTO lives (instance, began_at) VALUES (?1, ?2)";
    while tx.execute(new, params![name().0, at])? == 0 {}
    Ok(())
}

/// The present life and its number; `None` in a folder on which no server of today was started.
pub(crate) fn present(tx: &Transaction<'_>) -> rusqlite::Result<Option<(i64, Instance)>> {
    tx.prepare_cached("SELECT number, instance FROM lives ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, super::fixed(row, "instance")?)))
        .optional()
}

/// What is known of the life a device named.
pub(crate) fn known(tx: &Transaction<'_>, device: DeviceId, asking: Asking) -> rusqlite::Result<Known> {
    let Asking::Life(life) = asking else {
        return Ok(Known::Unnamed);
    };
    let number: Option<i64> = tx
        .prepare_cached("SELECT number FROM lives WHERE instance = ?1")?
        .query_row([&life.0[..]], |row| row.get(0))
        .optional()?;
    match (number, present(tx)?) {
        (None, _) => Ok(Known::Never),
        (Some(number), Some((present, _))) if number == present => Ok(Known::Present),
        (Some(number), _) => {
            let end = tx
                .prepare_cached("SELECT COALESCE(MAX(last), 0) FROM log_ends WHERE device = ?1 AND life <= ?2")?
                .query_row(params![device, number], |row| row.get(0))?;
            Ok(Known::Earlier { end })
        }
    }
}

/// What a page says of the life that answers.
pub(crate) fn of_page(tx: &Transaction<'_>, device: DeviceId, asking: Asking, since: u64) -> rusqlite::Result<Life> {
    let end = devices::log_end(tx, device)?;
    let instance = present(tx)?.map_or(Instance([0; 16]), |(_, life)| life);
    Ok(Life {
        instance,
        end,
        reset: calls_for_reset(known(tx, device, asking)?, since, end),
    })
}
