//! Table `verdicts`: exactly one for each decided revision.

use super::registrations::Standing;
use domain::ids::{Eid, Rid, UnixTime};
use rusqlite::{OptionalExtension as _, Transaction, params};

/// False when the revision has its verdict already.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    eid: &Eid,
    rid: &Rid,
    standing: Standing,
    at: UnixTime,
) -> rusqlite::Result<bool> {
    tx.prepare_cached("INSERT OR IGNORE INTO verdicts (eid, rid, standing, decided_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![eid.0, rid.0, standing.name(), at])
        .map(|rows| rows > 0)
}

/// What was decided about a revision.
pub(crate) fn standing(tx: &Transaction<'_>, eid: &Eid) -> rusqlite::Result<Option<Standing>> {
    tx.prepare_cached("SELECT standing FROM verdicts WHERE eid = ?1")?
        .query_row([&eid.0[..]], |row| Standing::from_name(row.get_ref(0)?.as_str()?))
        .optional()
}
