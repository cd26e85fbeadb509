//! Tables `teams`, `team_communes`, `operators`.

use domain::place::CommuneCode;
use protocol::enrolment::Operator;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// The team with this name, made where there is none.
pub(crate) fn find_or_make(tx: &Transaction<'_>, name: &str) -> rusqlite::Result<i64> {
    tx.execute("INSERT OR IGNORE INTO teams (name) VALUES (?1)", [name])?;
    tx.query_row("SELECT id FROM teams WHERE name = ?1", [name], |row| row.get(0))
}

/// The team with this name.
pub(crate) fn find(tx: &Transaction<'_>, name: &str) -> rusqlite::Result<Option<i64>> {
    tx.query_row("SELECT id FROM teams WHERE name = ?1", [name], |row| row.get(0))
        .optional()
}

pub(crate) fn name(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<String> {
    tx.query_row("SELECT name FROM teams WHERE id = ?1", [team], |row| row.get(0))
}

/// True when it was not there before.
pub(crate) fn add_commune(tx: &Transaction<'_>, team: i64, commune: CommuneCode) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO team_communes (team, commune) VALUES (?1, ?2)";
    tx.execute(sql, params![team, commune.0]).map(|rows| rows > 0)
}

pub(crate) fn communes(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<Vec<CommuneCode>> {
    tx.prepare_cached("SELECT commune FROM team_communes WHERE team = ?1 ORDER BY commune")?
        .query_map([team], |row| row.get(0).map(CommuneCode))?
        .collect()
}

/// True when it was not there before.
pub(crate) fn add_operator(tx: &Transaction<'_>, team: i64, name: &str) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO operators (team, name) VALUES (?1, ?2)";
    tx.execute(sql, params![team, name]).map(|rows| rows > 0)
}

pub(crate) fn operators(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<Vec<Operator>> {
    tx.prepare_cached("SELECT id, name FROM operators WHERE team = ?1 ORDER BY id")?
        .query_map([team], |row| {
            Ok(Operator {
                id: row.get(0)?,
                name: row.get(1)?,
                ext: Default::default(),
            })
        })?
        .collect()
}
