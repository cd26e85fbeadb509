//! Pre-printed cards used on this device, and the team's pool as the platform told it last.

use crate::{
    Read, Result, StoreError, Write,
    device::{get_cbor, set},
    row::{count, to_cbor},
};
use domain::{
    blank::{BlankNumber, BlankRefusal, BlankState},
    code::Code,
    ids::{OperatorId, Rid, UnixTime},
};
use protocol::blanks::BlankPool;
use rusqlite::{Row, params};

const POOL: &str = "card_pool";

/// A blank that was bound or spoiled here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedBlank {
    /// Number.
    pub number: BlankNumber,
    /// `Bound` or `Spoiled`.
    pub state: BlankState,
    /// The registration it was handed to, if it ever was.
    pub bound: Option<(Rid, Code)>,
    /// Who.
    pub operator: OperatorId,
    /// When, by the device's clock.
    pub changed_at: UnixTime,
    /// Rises with every change.
    pub revision: u64,
    /// The platform has answered this revision.
    pub told: bool,
    /// Why the platform did not take the binding.
    pub refused: Option<BlankRefusal>,
}

const COLUMNS: &str = "number, state, rid, code, operator, changed_at, revision, told, refused";

fn from_row(row: &Row<'_>) -> Result<UsedBlank> {
    let bad = || StoreError::BadRow { table: "card" };
    let code = row
        .get::<_, Option<i64>>(3)?
        .map(|bits| Code::from_bits(count(bits)).ok_or_else(bad));
    let bound = row.get::<_, Option<[u8; 16]>>(2)?.map(Rid).zip(code.transpose()?);
    let state = match (row.get_ref(1)?.as_str().map_err(|_| bad())?, bound) {
        ("bound", Some((_, code))) => BlankState::Bound(code),
        ("spoiled", _) => BlankState::Spoiled,
        _ => return Err(bad()),
    };
    let (revision, told): (i64, i64) = (row.get(6)?, row.get(7)?);
    let refused: Option<String> = row.get(8)?;
    Ok(UsedBlank {
        number: BlankNumber::from_serial(row.get(0)?).ok_or_else(bad)?,
        state,
        bound,
        operator: row.get(4)?,
        changed_at: row.get(5)?,
        revision: count(revision),
        told: told == revision,
        refused: refused
            .map(|name| BlankRefusal::from_name(&name).ok_or_else(bad))
            .transpose()?,
    })
}

fn all(tx: &Read<'_>, condition: &str, values: impl rusqlite::Params) -> Result<Vec<UsedBlank>> {
    let mut statement = tx.sql(&format!("SELECT {COLUMNS} FROM card {condition}"))?;
    let mut rows = statement.query(values)?;
    let mut blanks = Vec::new();
    while let Some(row) = rows.next()? {
        blanks.push(from_row(row)?);
    }
    Ok(blanks)
}

/// The blank with this number, if it was used here.
pub fn get(tx: &Read<'_>, number: BlankNumber) -> Result<Option<UsedBlank>> {
    Ok(all(tx, "WHERE number = ?1", [number.serial()])?.pop())
}

/// Blanks of a registration, the one changed last first.
pub fn of_registration(tx: &Read<'_>, rid: &Rid) -> Result<Vec<UsedBlank>> {
    all(tx, "WHERE rid = ?1 ORDER BY changed_at DESC, number DESC", [rid.0])
}

/// Every blank used here, the one changed last first.
pub fn list(tx: &Read<'_>) -> Result<Vec<UsedBlank>> {
    all(tx, "ORDER BY changed_at DESC, number DESC", [])
}

/// Blanks whose present state the platform has not answered yet.
pub fn untold(tx: &Read<'_>, limit: usize) -> Result<Vec<UsedBlank>> {
    all(tx, "WHERE told < revision ORDER BY number LIMIT ?1", [limit as i64])
}

/// Blanks that the platform did not take and that are still in a resident's hands: they must be exchanged. A blank is no
/// longer among them once it was taken back (spoiled), or another one was bound in its place.
pub fn to_exchange(tx: &Read<'_>) -> Result<Vec<UsedBlank>> {
    all(
        tx,
        "WHERE refused IS NOT NULL AND state = 'bound' AND NOT EXISTS (
             SELECT 1 FROM card AS other WHERE other.rid = card.rid AND other.state = 'bound' AND other.refused IS NULL)
         ORDER BY changed_at, number",
        [],
    )
}

/// The blank was handed to a registration.
pub fn bind(
    tx: &Write<'_>,
    number: BlankNumber,
    rid: &Rid,
    code: Code,
    operator: OperatorId,
    now: UnixTime,
) -> Result<()> {
    tx.run(
        "INSERT INTO card (number, state, rid, code, operator, changed_at, revision) VALUES (?1, 'bound', ?2, ?3, ?4, ?5, 1)",
        params![number.serial(), rid.0, code.bits() as i64, operator, now],
    )?;
    Ok(())
}

/// The blank is of no more use. One that the platform refused is not this device's to speak of: nothing is sent.
pub fn spoil(tx: &Write<'_>, number: BlankNumber, operator: OperatorId, now: UnixTime) -> Result<()> {
    tx.run(
        "INSERT INTO card (number, state, operator, changed_at, revision) VALUES (?1, 'spoiled', ?2, ?3, 1)
         ON CONFLICT (number) DO UPDATE SET state = 'spoiled', operator = excluded.operator,
             changed_at = excluded.changed_at, revision = revision + 1,
             told = CASE WHEN refused IS NULL THEN told ELSE revision + 1 END",
        params![number.serial(), operator, now],
    )?;
    Ok(())
}

/// The platform answered what was said about a blank at `revision`; what was done with it since is still to be said.
pub fn answered(tx: &Write<'_>, number: BlankNumber, revision: u64, refused: Option<BlankRefusal>) -> Result<()> {
    tx.run(
        "UPDATE card SET told = MAX(told, ?2), refused = ?3 WHERE number = ?1 AND revision >= ?2",
        params![number.serial(), revision as i64, refused.map(BlankRefusal::name)],
    )?;
    Ok(())
}

/// The platform may have forgotten what it was told: every blank is said again. The same word again changes nothing there.
pub(crate) fn untell(tx: &Write<'_>) -> Result<()> {
    tx.run("UPDATE card SET told = 0 WHERE told > 0", []).map(|_| ())
}

/// The team's pool and the server's time at which it was so; `None` before the first contact.
pub fn pool(tx: &Read<'_>) -> Result<Option<(BlankPool, UnixTime)>> {
    get_cbor(tx, POOL)
}

/// Keeps the pool as it was at `at`; an older word changes nothing.
pub fn set_pool(tx: &Write<'_>, pool: &BlankPool, at: UnixTime) -> Result<()> {
    match self::pool(tx)? {
        Some((_, known)) if known > at => Ok(()),
        _ => set(tx, POOL, &to_cbor(&(pool.clone(), at))),
    }
}
