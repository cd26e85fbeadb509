//! What a volunteer must correct: opened and closed by the effects of a transition.

use crate::{
    Read, Result, Write,
    row::{count, from_cbor, to_cbor},
};
use domain::{
    code::Code,
    ids::{HouseholdId, Rid, UnixTime},
    registration::FieldName,
    state::{Reason, RefusalCode},
};
use rusqlite::params;

/// An open task, with what a stub still knows of the registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Number on this device.
    pub id: i64,
    /// Registration.
    pub rid: Rid,
    /// Where.
    pub field: FieldName,
    /// What.
    pub code: RefusalCode,
    /// Since when.
    pub opened_at: UnixTime,
    /// `N.T.H`.
    pub initials: String,
    /// The registration's code as printed.
    pub code_text: String,
    /// Household, to find the house again.
    pub household: Option<HouseholdId>,
}

/// Open tasks, oldest first.
pub fn list(tx: &Read<'_>) -> Result<Vec<Task>> {
    let mut statement = tx.sql(
        "SELECT task.id, rid, task.reason, opened_at, initials, code, household
         FROM task JOIN registration USING (rid) WHERE closed_at IS NULL ORDER BY task.id",
    )?;
    let mut rows = statement.query([])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        // One that cannot be read hides no other; its registration is in the list of refused ones.
        let Ok(reason) = from_cbor::<Reason>("task", &row.get::<_, Vec<u8>>(2)?) else {
            continue;
        };
        let code = row
            .get::<_, Option<i64>>(5)?
            .and_then(|bits| Code::from_bits(count(bits)));
        tasks.push(Task {
            id: row.get(0)?,
            rid: Rid(row.get(1)?),
            field: reason.field,
            code: reason.code,
            opened_at: row.get(3)?,
            initials: row.get(4)?,
            code_text: code.map(|code| code.to_string()).unwrap_or_default(),
            household: row.get::<_, Option<[u8; 16]>>(6)?.map(HouseholdId),
        });
    }
    Ok(tasks)
}

/// Opens a task unless the same one is open.
pub(crate) fn open(tx: &Write<'_>, rid: &Rid, reason: &Reason, now: UnixTime) -> Result<()> {
    tx.run(
        "INSERT INTO task (rid, reason, opened_at) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM task WHERE rid = ?1 AND reason = ?2 AND closed_at IS NULL)",
        params![rid.0, to_cbor(reason), now],
    )?;
    Ok(())
}

/// Closes the open tasks of a registration, but not one that the same transition opens again: a verdict that arrives
/// twice leaves one task.
pub(crate) fn close(tx: &Write<'_>, rid: &Rid, reopened: Option<&Reason>, now: UnixTime) -> Result<()> {
    tx.run(
        "UPDATE task SET closed_at = ?2 WHERE rid = ?1 AND closed_at IS NULL AND reason IS NOT ?3",
        params![rid.0, now, reopened.map(to_cbor)],
    )?;
    Ok(())
}
