//! Counts for the coordinator's board.

use super::fixed;
use super::registrations::Standing;
use domain::{code::Code, ids::UnixTime, place::CommuneCode};
use protocol::board::{BoardCounts, BoardRefusal};
use rusqlite::{OptionalExtension as _, Transaction};

/// `received` of the table of counts: registrations of which an envelope is here.
const RECEIVED: &str = "received";

/// One count for each standing of the registrations of a commune, kept with every change (triggers of `board_counts`), not
/// counted here; `received` is kept on its own, so that [`BoardCounts::holds`] says something.
pub(crate) fn counts(tx: &Transaction<'_>, commune: CommuneCode) -> rusqlite::Result<BoardCounts> {
    let mut counts = BoardCounts::default();
    let mut statement = tx.prepare_cached("SELECT standing, count FROM board_counts WHERE commune = ?1")?;
    let mut rows = statement.query([commune.0])?;
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str()?;
        if name == RECEIVED {
            counts.received = row.get(1)?;
            continue;
        }
        let slot = match Standing::from_name(name)? {
            Standing::Held => &mut counts.held,
            Standing::Waiting => &mut counts.waiting,
            Standing::Accepted => &mut counts.accepted,
            Standing::PossibleDuplicate => &mut counts.possible_duplicate,
            Standing::Refused => &mut counts.refused,
            Standing::Withdrawn => &mut counts.withdrawn,
            Standing::Unreadable => &mut counts.unreadable,
        };
        *slot = row.get(1)?;
    }
    // What waits for a notice waits for a person who imports it.
    let for_notice: u64 = tx
        .prepare_cached(
            "SELECT COUNT(*) FROM waiting_for_notice CROSS JOIN registrations ON head = number
             WHERE commune = ?1 AND standing = 'waiting'",
        )?
        .query_row([commune.0], |row| row.get(0))?;
    counts.waiting -= for_notice;
    counts.held += for_notice;
    Ok(counts)
}

/// How many registrations wait for the opener, and since when the oldest.
pub(crate) fn backlog(tx: &Transaction<'_>) -> rusqlite::Result<(u64, Option<UnixTime>)> {
    let waiting = tx
        .prepare_cached("SELECT COALESCE(SUM(count), 0) FROM board_counts WHERE standing = 'waiting'")?
        .query_row([], |row| row.get(0))?;
    let oldest = tx
        .prepare_cached(
            "SELECT received_at FROM envelopes
             WHERE number = (SELECT MIN(head) FROM registrations WHERE standing = 'waiting')",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok((waiting, oldest))
}

/// Counts everything again: false when what was kept is something else.
pub(crate) fn counts_are_true(tx: &Transaction<'_>) -> rusqlite::Result<bool> {
    let counted = "SELECT commune, standing, COUNT(*) FROM registrations GROUP BY commune, standing UNION ALL
         SELECT COALESCE(registrations.commune, envelopes.commune), 'received', COUNT(DISTINCT envelopes.rid)
         FROM envelopes LEFT JOIN registrations USING (rid) GROUP BY 1";
    let kept = "SELECT commune, standing, count FROM board_counts WHERE count <> 0";
    let sql = format!(
        "SELECT NOT EXISTS (SELECT * FROM ({counted}) EXCEPT {kept}) AND NOT EXISTS ({kept} EXCEPT SELECT * FROM ({counted}))"
    );
    tx.query_row(&sql, [], |row| row.get(0))
}

/// Most refused registrations listed.
const REFUSALS: u32 = 500;

/// Registrations of a commune whose present revision was refused, the oldest decision first.
pub(crate) fn refusals(tx: &Transaction<'_>, commune: CommuneCode) -> rusqlite::Result<Vec<BoardRefusal>> {
    let mut statement = tx.prepare_cached(
        "SELECT registrations.rid, envelopes.code, envelopes.device, teams.name, verdicts.decided_at
         FROM registrations
         JOIN envelopes ON envelopes.number = registrations.head
         JOIN verdicts ON verdicts.eid = envelopes.eid
         JOIN devices ON devices.id = envelopes.device
         JOIN teams ON teams.id = devices.team
         WHERE registrations.commune = ?1 AND registrations.standing = 'refused'
         ORDER BY verdicts.decided_at, envelopes.number LIMIT ?2",
    )?;
    let rows = statement.query_map([commune.0, REFUSALS], |row| {
        let bits: u64 = row.get(1)?;
        Ok(BoardRefusal {
            rid: fixed(row, "rid")?,
            code: Code::from_bits(bits).ok_or(rusqlite::Error::IntegralValueOutOfRange(1, bits as i64))?,
            device: row.get(2)?,
            team: row.get(3)?,
            since: row.get(4)?,
        })
    })?;
    rows.collect()
}
