//! Counts for the coordinator's board.

use super::registrations::Standing;
use domain::place::CommuneCode;
use protocol::report::BoardCounts;
use rusqlite::Transaction;

/// One count for each standing of the registrations of a commune; `received` is counted on its own, so that
/// [`BoardCounts::holds`] says something.
pub(crate) fn counts(tx: &Transaction<'_>, commune: CommuneCode) -> rusqlite::Result<BoardCounts> {
    let mut counts = BoardCounts::default();
    let mut statement =
        tx.prepare_cached("SELECT standing, COUNT(*) FROM registrations WHERE commune = ?1 GROUP BY standing")?;
    let mut rows = statement.query([commune.0])?;
    while let Some(row) = rows.next()? {
        let slot = match Standing::from_name(row.get_ref(0)?.as_str()?)? {
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
    // From the envelopes: a registration that is received but stands nowhere would show.
    counts.received = tx
        .prepare_cached(
            "SELECT COUNT(DISTINCT envelopes.rid) FROM envelopes LEFT JOIN registrations USING (rid)
         WHERE COALESCE(registrations.commune, envelopes.commune) = ?1",
        )?
        .query_row([commune.0], |row| row.get(0))?;
    Ok(counts)
}
