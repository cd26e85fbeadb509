//! Forms that are being filled in. Beginning one counts as a registration begun (docs/protocol.md, I10).

use crate::{Moment, Read, Result, StoreError, Write, row::count};
use domain::{
    ids::{HouseholdId, Rid, UnixTime},
    registration::Draft,
};
use rusqlite::{OptionalExtension as _, params};
use zeroize::Zeroizing;

/// A form with what a list of open forms shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDraft {
    /// Registration.
    pub rid: Rid,
    /// Household it was begun in.
    pub household: Option<HouseholdId>,
    /// The form.
    pub draft: Draft,
    /// When it was begun.
    pub begun_at: UnixTime,
    /// When it last changed.
    pub changed_at: UnixTime,
}

/// Begins a registration: one more begun, state *draft*.
pub fn begin(tx: &Write<'_>, rid: &Rid, household: Option<&HouseholdId>, draft: &Draft, now: UnixTime) -> Result<()> {
    tx.run("UPDATE ledger SET begun = begun + 1 WHERE id = 1", [])?;
    tx.run(
        "INSERT INTO registration (rid, state, household, begun_at) VALUES (?1, 'draft', ?2, ?3)",
        params![rid.0, household.map(|household| household.0), now],
    )?;
    tx.run(
        "INSERT INTO draft (rid, content, begun_at, changed_at) VALUES (?1, ?2, ?3, ?3)",
        params![rid.0, *json(draft), now],
    )?;
    Ok(())
}

/// Keeps the form as it stands now. `NotFound` if this registration is not in the form any more.
pub fn put(tx: &Write<'_>, rid: &Rid, draft: &Draft, now: UnixTime) -> Result<()> {
    let changed = tx.run(
        "UPDATE draft SET content = ?2, changed_at = ?3 WHERE rid = ?1",
        params![rid.0, *json(draft), now],
    )?;
    if let Some(household) = draft.household {
        tx.run(
            "UPDATE registration SET household = ?2 WHERE rid = ?1 AND state = 'draft'",
            params![rid.0, household.0],
        )?;
    }
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}

/// The form of a registration, if it is still one.
pub fn get(tx: &Read<'_>, rid: &Rid) -> Result<Option<Draft>> {
    let content: Option<Vec<u8>> = tx
        .sql("SELECT content FROM draft WHERE rid = ?1")?
        .query_row([rid.0], |row| row.get(0))
        .optional()?;
    content.map(|content| parse(&Zeroizing::new(content))).transpose()
}

/// Every open form, the one changed last first.
pub fn list(tx: &Read<'_>) -> Result<Vec<OpenDraft>> {
    let mut statement = tx.sql(
        "SELECT rid, household, draft.content, draft.begun_at, changed_at FROM draft JOIN registration USING (rid)
         ORDER BY changed_at DESC, registration.id DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut drafts = Vec::new();
    while let Some(row) = rows.next()? {
        // One that cannot be read hides no other.
        let Ok(draft) = parse(&Zeroizing::new(row.get::<_, Vec<u8>>(2)?)) else {
            continue;
        };
        drafts.push(OpenDraft {
            rid: Rid(row.get(0)?),
            household: row.get::<_, Option<[u8; 16]>>(1)?.map(HouseholdId),
            draft,
            begun_at: row.get(3)?,
            changed_at: row.get(4)?,
        });
    }
    Ok(drafts)
}

/// Somebody worked on a form: its age begins anew.
pub fn touch(tx: &Write<'_>, rid: &Rid, now: Moment) -> Result<()> {
    tx.run(
        "UPDATE draft SET idle = 0, boot = ?2, monotonic = ?3 WHERE rid = ?1",
        params![rid.0, now.boot, now.monotonic as i64],
    )?;
    Ok(())
}

/// Counts the time since forms were last touched or counted, by the clock that nobody can set: within one boot what
/// passed, after another boot what passed since that. A form from before this was counted begins now. No jump of the wall
/// clock makes a form older.
pub fn grow_older(tx: &Write<'_>, now: Moment) -> Result<()> {
    tx.run(
        "UPDATE draft SET idle = idle + CASE WHEN boot IS NULL THEN 0
                                             WHEN boot = ?1 AND monotonic <= ?2 THEN ?2 - monotonic
                                             ELSE ?2 END,
                          boot = ?1, monotonic = ?2",
        params![now.boot, now.monotonic as i64],
    )?;
    Ok(())
}

/// Forms that nobody touched for longer than `seconds` of counted time, oldest first.
pub fn expired(tx: &Read<'_>, seconds: i64) -> Result<Vec<Rid>> {
    let mut statement = tx.sql("SELECT rid FROM draft WHERE idle > ?1 ORDER BY changed_at")?;
    let rows = statement.query_map([seconds], |row| row.get(0).map(Rid))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Drops a form (consent not given, or expired): its content is erased at once, the count stays. Call
/// [`crate::Store::scrub`] afterwards. Dropping what is dropped already changes nothing.
pub fn discard(tx: &Write<'_>, rid: &Rid) -> Result<()> {
    let changed = tx.run(
        "UPDATE registration SET state = 'discarded', household = NULL WHERE rid = ?1 AND state IN ('draft', 'discarded')",
        [rid.0],
    )?;
    tx.run("DELETE FROM draft WHERE rid = ?1", [rid.0])?;
    match changed {
        1 => Ok(()),
        _ if exists(tx, rid)? => Err(StoreError::WrongState),
        _ => Err(StoreError::NotFound),
    }
}

fn exists(tx: &Read<'_>, rid: &Rid) -> Result<bool> {
    let found: i64 = tx
        .sql("SELECT count(*) FROM registration WHERE rid = ?1")?
        .query_row([rid.0], |row| row.get(0))?;
    Ok(count(found) > 0)
}

fn json(draft: &Draft) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(serde_json::to_vec(draft).expect("a form always serialises"))
}

fn parse(content: &[u8]) -> Result<Draft> {
    serde_json::from_slice(content).map_err(|_| StoreError::BadRow { table: "draft" })
}
