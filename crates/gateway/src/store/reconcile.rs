//! What a comparison with the opener's databases asks and changes.

use super::{fixed, registrations::Standing};
use domain::ids::{Eid, Rid};
use rusqlite::{Transaction, params};

/// A registration whose head was decided and whose body is here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided {
    pub(crate) rid: Rid,
    pub(crate) eid: Eid,
    pub(crate) standing: Standing,
}

/// How many verdicts there are, and how many registrations were withdrawn.
pub(crate) fn counts(tx: &Transaction<'_>) -> rusqlite::Result<(u64, u64)> {
    tx.query_row(
        "SELECT (SELECT COUNT(*) FROM verdicts),
             (SELECT COALESCE(SUM(count), 0) FROM board_counts WHERE standing = 'withdrawn')",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The next decided registrations after `rid`: those of which a revision was once accepted, or the others.
pub(crate) fn decided_after(
    tx: &Transaction<'_>,
    rid: &[u8],
    accepted: bool,
    limit: u32,
) -> rusqlite::Result<Vec<Decided>> {
    tx.prepare_cached(
        "SELECT registrations.rid AS rid, head_of.eid AS eid, standing
         FROM registrations JOIN envelopes AS head_of ON head_of.number = registrations.head
         WHERE registrations.rid > ?1 AND sealed IS NOT NULL
             AND standing IN ('accepted', 'possible_duplicate', 'refused', 'unreadable')
             AND ?2 = EXISTS (SELECT 1 FROM envelopes JOIN verdicts USING (eid)
                 WHERE envelopes.rid = registrations.rid AND held IS NULL AND verdicts.standing = 'accepted')
         ORDER BY registrations.rid LIMIT ?3",
    )?
    .query_map(params![rid, accepted, limit], |row| {
        Ok(Decided {
            rid: fixed(row, "rid")?,
            eid: fixed(row, "eid")?,
            standing: Standing::from_name(row.get_ref("standing")?.as_str()?)?,
        })
    })?
    .collect()
}

/// The revisions of a registration that were decided, in their order.
pub(crate) fn decided_of(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<Vec<u64>> {
    tx.prepare_cached(
        "SELECT number FROM envelopes JOIN verdicts USING (eid)
         WHERE envelopes.rid = ?1 AND held IS NULL AND sealed IS NOT NULL ORDER BY number",
    )?
    .query_map([&rid.0[..]], |row| row.get(0))?
    .collect()
}

/// The head waits for the opener again.
pub(crate) fn undecide(tx: &Transaction<'_>, rid: &Rid, eid: &Eid) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM verdicts WHERE eid = ?1", [&eid.0[..]])?;
    tx.execute(
        "UPDATE registrations SET standing = 'waiting' WHERE rid = ?1
             AND standing IN ('accepted', 'possible_duplicate', 'refused', 'unreadable')",
        [&rid.0[..]],
    )?;
    Ok(())
}
