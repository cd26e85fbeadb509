//! Who did what when. Append-only, without personal data; each row's hash covers the row before it, so that what was
//! changed, dropped or reordered is noticed.

use crate::{Read, Result, Write, row::count};
use domain::ids::{Eid, OperatorId, Rid, UnixTime};
use rusqlite::params;
use sha2::{Digest as _, Sha256};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// When, by the device's wall clock.
    pub at: UnixTime,
    /// Who; `None` for the program itself.
    pub operator: Option<OperatorId>,
    /// What, as a stable code.
    pub action: &'a str,
    /// Which registration.
    pub rid: Option<Rid>,
    /// Which revision.
    pub eid: Option<Eid>,
}

impl Entry<'_> {
    /// SHA-256 over the hash before and every field, each with its length or a mark that it is absent.
    fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.at.to_be_bytes());
        let mut field = |bytes: Option<&[u8]>| {
            hash.update(bytes.map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
            hash.update(bytes.unwrap_or_default());
        };
        field(
            self.operator
                .map(OperatorId::to_be_bytes)
                .as_ref()
                .map(|bytes| &bytes[..]),
        );
        field(Some(self.action.as_bytes()));
        field(self.rid.as_ref().map(|rid| &rid.0[..]));
        field(self.eid.as_ref().map(|eid| &eid.0[..]));
        hash.finalize().into()
    }
}

fn head(tx: &Read<'_>) -> Result<(u64, [u8; 32])> {
    Ok(tx
        .sql("SELECT rows, hash FROM audit_head WHERE id = 1")?
        .query_row([], |row| Ok((count(row.get(0)?), row.get(1)?)))?)
}

/// Adds an entry.
pub fn append(tx: &Write<'_>, entry: &Entry<'_>) -> Result<()> {
    let hash = entry.hash(&head(tx)?.1);
    tx.run(
        "INSERT INTO audit (at, operator, action, rid, eid, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            entry.at,
            entry.operator,
            entry.action,
            entry.rid.map(|rid| rid.0),
            entry.eid.map(|eid| eid.0),
            hash
        ],
    )?;
    tx.run("UPDATE audit_head SET rows = rows + 1, hash = ?1 WHERE id = 1", [hash])?;
    Ok(())
}

/// True if every entry follows from the one before and none is missing at the end.
pub fn verify_chain(tx: &Read<'_>) -> Result<bool> {
    let mut statement = tx.sql("SELECT at, operator, action, rid, eid, hash FROM audit ORDER BY id")?;
    let mut rows = statement.query([])?;
    let (mut number, mut previous) = (0u64, [0; 32]);
    while let Some(row) = rows.next()? {
        let action: String = row.get(2)?;
        let entry = Entry {
            at: row.get(0)?,
            operator: row.get(1)?,
            action: &action,
            rid: row.get::<_, Option<[u8; 16]>>(3)?.map(Rid),
            eid: row.get::<_, Option<[u8; 16]>>(4)?.map(Eid),
        };
        previous = entry.hash(&previous);
        if previous != row.get::<_, [u8; 32]>(5)? {
            return Ok(false);
        }
        number += 1;
    }
    Ok((number, previous) == head(tx)?)
}

/// Number of entries.
pub fn len(tx: &Read<'_>) -> Result<u64> {
    Ok(head(tx)?.0)
}
