//! Table `reports`: the last one of each device.

use super::unreadable;
use domain::ids::{DeviceId, UnixTime};
use protocol::{cbor, report::DeviceReport, signed::Message};
use rusqlite::{OptionalExtension as _, Transaction, params, types::Type};

pub(crate) fn put(tx: &Transaction<'_>, report: &DeviceReport, at: UnixTime) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO reports (device, report, received_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (device) DO UPDATE SET report = excluded.report, received_at = excluded.received_at",
        params![report.device, cbor::encode(report), at],
    )?;
    Ok(())
}

/// The last report and when it came.
pub(crate) fn get(tx: &Transaction<'_>, device: DeviceId) -> rusqlite::Result<Option<(DeviceReport, UnixTime)>> {
    tx.prepare_cached("SELECT report, received_at FROM reports WHERE device = ?1")?
        .query_row([device], |row| {
            let report = cbor::decode(row.get_ref(0)?.as_blob()?, DeviceReport::LIMIT);
            Ok((report.map_err(|_| unreadable(Type::Blob))?, row.get(1)?))
        })
        .optional()
}
