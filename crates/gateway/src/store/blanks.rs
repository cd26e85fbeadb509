//! Tables `blanks` and `card_refusals`: every pre-printed card ever made, and what did not hold.

use super::unreadable;
use domain::{
    blank::{BlankNumber, BlankRange, BlankRefusal, BlankState},
    code::Code,
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
};
use protocol::{blanks::BlankPool, board::BoardBlanks};
use rusqlite::{OptionalExtension as _, Row, Transaction, params, types::Type};

/// A blank as it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blank {
    pub(crate) team: i64,
    pub(crate) state: BlankState,
}

fn number_of(serial: i64) -> rusqlite::Result<BlankNumber> {
    u32::try_from(serial)
        .ok()
        .and_then(BlankNumber::from_serial)
        .ok_or_else(|| unreadable(Type::Integer))
}

fn state_of(name: &str, code: Option<u64>) -> rusqlite::Result<BlankState> {
    Ok(match (name, code.and_then(Code::from_bits)) {
        ("blank", _) => BlankState::Unused,
        ("bound", Some(code)) => BlankState::Bound(code),
        ("spoiled", _) => BlankState::Spoiled,
        ("void", _) => BlankState::Void,
        _ => return Err(unreadable(Type::Text)),
    })
}

/// The serial after the last one made within these, and the sheet after the last one.
pub(crate) fn next(tx: &Transaction<'_>, (first, end): (u32, u32)) -> rusqlite::Result<(u32, u32)> {
    let serial: Option<u32> = tx.query_row(
        "SELECT MAX(number) FROM cards WHERE number >= ?1 AND number < ?2",
        [first, end],
        |row| row.get(0),
    )?;
    let sheet: Option<u32> = tx.query_row("SELECT MAX(sheet) FROM cards", [], |row| row.get(0))?;
    Ok((serial.map_or(first, |last| last + 1), sheet.map_or(1, |last| last + 1)))
}

/// A number is taken. It is void until its card was made.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    number: BlankNumber,
    team: i64,
    sheet: u32,
    at: UnixTime,
) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO cards (number, team, sheet, state, changed_at) VALUES (?1, ?2, ?3, 'void', ?4)")?
        .execute(params![number.serial(), team, sheet, at])?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, number: BlankNumber) -> rusqlite::Result<Option<Blank>> {
    tx.prepare_cached("SELECT team, state, code FROM cards WHERE number = ?1")?
        .query_row([number.serial()], |row| {
            Ok(Blank {
                team: row.get(0)?,
                state: state_of(row.get_ref(1)?.as_str()?, row.get(2)?)?,
            })
        })
        .optional()
}

/// A blank changed. `by` is the device; none for the coordinator. The code of a blank that was bound once stays known.
pub(crate) fn set(
    tx: &Transaction<'_>,
    number: BlankNumber,
    state: BlankState,
    by: Option<DeviceId>,
    at: UnixTime,
) -> rusqlite::Result<()> {
    let code = match state {
        BlankState::Bound(code) => Some(code.bits()),
        _ => None,
    };
    tx.prepare_cached(
        "UPDATE cards SET state = ?2, code = COALESCE(?3, code), device = COALESCE(?4, device), changed_at = ?5
         WHERE number = ?1",
    )?
    .execute(params![number.serial(), state.name(), code, by, at])?;
    Ok(())
}

/// Blanks of a sheet, in order.
pub(crate) fn of_sheet(tx: &Transaction<'_>, sheet: u32) -> rusqlite::Result<Vec<(BlankNumber, Blank)>> {
    tx.prepare_cached("SELECT number, team, state, code FROM cards WHERE sheet = ?1 ORDER BY number")?
        .query_map([sheet], |row| {
            let blank = Blank {
                team: row.get(1)?,
                state: state_of(row.get_ref(2)?.as_str()?, row.get(3)?)?,
            };
            Ok((number_of(row.get(0)?)?, blank))
        })?
        .collect()
}

/// What a device did that does not hold; saying it again is one refusal. True when it is new.
pub(crate) fn refuse(
    tx: &Transaction<'_>,
    number: BlankNumber,
    device: DeviceId,
    code: Option<Code>,
    reason: BlankRefusal,
    at: UnixTime,
) -> rusqlite::Result<bool> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO card_refusals (number, device, code, reason, noted_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        number.serial(),
        device,
        code.map_or(0, |code| code.bits()),
        reason.name(),
        at
    ])
    .map(|rows| rows > 0)
}

/// The pool of a team as its devices know it.
pub(crate) fn pool(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<BlankPool> {
    let mut statement = tx.prepare_cached("SELECT number, state FROM cards WHERE team = ?1 ORDER BY number")?;
    let (mut made, mut used, mut void) = (Vec::new(), Vec::new(), Vec::new());
    let mut rows = statement.query([team])?;
    while let Some(row) = rows.next()? {
        let number = number_of(row.get(0)?)?;
        made.push(number);
        match row.get_ref(1)?.as_str()? {
            "bound" | "spoiled" => used.push(number),
            "void" => void.push(number),
            _ => {}
        }
    }
    Ok(BlankPool {
        team: u32::try_from(team).map_err(|_| unreadable(Type::Integer))?,
        made: BlankRange::of(made),
        used: BlankRange::of(used),
        void: BlankRange::of(void),
        ext: Default::default(),
    })
}

const REFUSED: &str = "(SELECT COUNT(*) FROM card_refusals JOIN devices ON devices.id = card_refusals.device
      WHERE devices.team = teams.id)";

/// Accounts of the pools of a commune's teams, for the board. `made` is counted on its own.
pub(crate) fn accounts(tx: &Transaction<'_>, commune: CommuneCode) -> rusqlite::Result<Vec<BoardBlanks>> {
    let count = |state: &str| format!("(SELECT COUNT(*) FROM cards WHERE team = teams.id AND state = '{state}')");
    let sql = format!(
        "SELECT name, (SELECT COUNT(*) FROM cards WHERE team = teams.id), {}, {}, {}, {}, {REFUSED}
         FROM teams JOIN team_communes ON team_communes.team = teams.id WHERE commune = ?1 ORDER BY name",
        count("blank"),
        count("bound"),
        count("spoiled"),
        count("void")
    );
    let account = |row: &Row<'_>| {
        Ok(BoardBlanks {
            team: row.get(0)?,
            made: row.get(1)?,
            blank: row.get(2)?,
            bound: row.get(3)?,
            spoiled: row.get(4)?,
            void: row.get(5)?,
            refused: row.get(6)?,
        })
    };
    let pools: Vec<_> = tx
        .prepare_cached(&sql)?
        .query_map([commune.0], account)?
        .collect::<Result<_, _>>()?;
    // A team that has no blanks and no quarrel about one says nothing.
    Ok(pools
        .into_iter()
        .filter(|pool| pool.made > 0 || pool.refused > 0)
        .collect())
}
