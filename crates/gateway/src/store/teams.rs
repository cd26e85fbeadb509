//! Tables `teams`, `team_communes`, `operators`, `operator_terms`.

use domain::{
    ids::{OperatorId, UnixTime},
    place::CommuneCode,
};
use protocol::enrolment::Operator;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// The team of a ward with this name.
pub(crate) fn find(tx: &Transaction<'_>, ward: CommuneCode, name: &str) -> rusqlite::Result<Option<i64>> {
    tx.query_row(
        "SELECT id FROM teams WHERE ward = ?1 AND name = ?2",
        params![ward.0, name],
        |row| row.get(0),
    )
    .optional()
}

/// Teams of any ward with this name, with their wards.
pub(crate) fn named(tx: &Transaction<'_>, name: &str) -> rusqlite::Result<Vec<(i64, CommuneCode)>> {
    tx.prepare_cached("SELECT id, ward FROM teams WHERE name = ?1 ORDER BY ward")?
        .query_map([name], |row| Ok((row.get(0)?, CommuneCode(row.get(1)?))))?
        .collect()
}

pub(crate) fn make(tx: &Transaction<'_>, ward: CommuneCode, name: &str) -> rusqlite::Result<i64> {
    tx.execute("INSERT INTO teams (ward, name) VALUES (?1, ?2)", params![ward.0, name])?;
    Ok(tx.last_insert_rowid())
}

pub(crate) fn name(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<String> {
    tx.query_row("SELECT name FROM teams WHERE id = ?1", [team], |row| row.get(0))
}

pub(crate) fn ward(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<CommuneCode> {
    tx.query_row("SELECT ward FROM teams WHERE id = ?1", [team], |row| {
        row.get(0).map(CommuneCode)
    })
}

/// True when it was not there before.
pub(crate) fn add_commune(tx: &Transaction<'_>, team: i64, commune: CommuneCode) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO team_communes (team, commune) VALUES (?1, ?2)";
    tx.execute(sql, params![team, commune.0]).map(|rows| rows > 0)
}

/// True when it was there.
pub(crate) fn remove_commune(tx: &Transaction<'_>, team: i64, commune: CommuneCode) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM team_communes WHERE team = ?1 AND commune = ?2";
    tx.execute(sql, params![team, commune.0]).map(|rows| rows > 0)
}

pub(crate) fn communes(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<Vec<CommuneCode>> {
    tx.prepare_cached("SELECT commune FROM team_communes WHERE team = ?1 ORDER BY commune")?
        .query_map([team], |row| row.get(0).map(CommuneCode))?
        .collect()
}

/// A person joins, perhaps again. True when somebody of this name was not of the team.
pub(crate) fn add_operator(tx: &Transaction<'_>, team: i64, name: &str, at: UnixTime) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO operators (team, name) VALUES (?1, ?2)";
    tx.execute(sql, params![team, name])?;
    tx.execute(
        "INSERT OR REPLACE INTO operator_terms (operator, joined_at)
         SELECT id, ?3 FROM operators WHERE team = ?1 AND name = ?2 AND NOT EXISTS (
             SELECT 1 FROM operator_terms WHERE operator = operators.id AND left_at IS NULL)",
        params![team, name, at],
    )
    .map(|rows| rows > 0)
}

/// A person leaves. True when they were of the team.
pub(crate) fn remove_operator(
    tx: &Transaction<'_>,
    team: i64,
    operator: OperatorId,
    at: UnixTime,
) -> rusqlite::Result<bool> {
    tx.execute(
        "UPDATE operator_terms SET left_at = ?3 WHERE operator = ?2 AND left_at IS NULL
         AND EXISTS (SELECT 1 FROM operators WHERE id = ?2 AND team = ?1)",
        params![team, operator, at],
    )
    .map(|rows| rows > 0)
}

/// Who is of the team now.
pub(crate) fn operators(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<Vec<Operator>> {
    tx.prepare_cached(
        "SELECT id, name FROM operators WHERE team = ?1 AND EXISTS (
             SELECT 1 FROM operator_terms WHERE operator = operators.id AND left_at IS NULL) ORDER BY id",
    )?
    .query_map([team], |row| {
        Ok(Operator {
            id: row.get(0)?,
            name: row.get(1)?,
            ext: Default::default(),
        })
    })?
    .collect()
}

/// Who was of the team at some time, or joined it since: a record is not doubted because its person was named late.
pub(crate) fn people_at(tx: &Transaction<'_>, team: i64, at: UnixTime) -> rusqlite::Result<Vec<OperatorId>> {
    tx.prepare_cached(
        "SELECT id FROM operators WHERE team = ?1 AND EXISTS (
             SELECT 1 FROM operator_terms WHERE operator = operators.id
                 AND (left_at IS NULL OR left_at > ?2)) ORDER BY id",
    )?
    .query_map(params![team, at], |row| row.get(0))?
    .collect()
}
