//! Tables `registrations` and `codes`: where each registration stands, and whose each code is.

use super::unreadable;
use domain::{
    code::Code,
    ids::{DeviceId, Rid},
    place::CommuneCode,
};
use rusqlite::{OptionalExtension as _, Transaction, params, types::Type};

/// Where a registration stands on the gateway; conservation counts these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing of it is in its chain of revisions: a person decides, or its first revision is still on the way.
    Held,
    /// The opener has not decided about the head.
    Waiting,
    /// Account made.
    Accepted,
    /// A coordinator looks at it.
    PossibleDuplicate,
    /// A field must be corrected.
    Refused,
    /// The resident withdrew.
    Withdrawn,
    /// The opener cannot read the head.
    Unreadable,
}

impl Standing {
    pub(crate) const ALL: [Standing; 7] = [
        Standing::Held,
        Standing::Waiting,
        Standing::Accepted,
        Standing::PossibleDuplicate,
        Standing::Refused,
        Standing::Withdrawn,
        Standing::Unreadable,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Standing::Held => "held",
            Standing::Waiting => "waiting",
            Standing::Accepted => "accepted",
            Standing::PossibleDuplicate => "possible_duplicate",
            Standing::Refused => "refused",
            Standing::Withdrawn => "withdrawn",
            Standing::Unreadable => "unreadable",
        }
    }

    pub(crate) fn from_name(name: &str) -> rusqlite::Result<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.name() == name)
            .ok_or_else(|| unreadable(Type::Text))
    }
}

/// Head and standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) head: Option<u64>,
    pub(crate) standing: Standing,
}

pub(crate) fn get(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<Option<Place>> {
    tx.prepare_cached("SELECT head, standing FROM registrations WHERE rid = ?1")?
        .query_row([&rid.0[..]], |row| {
            Ok(Place {
                head: row.get(0)?,
                standing: Standing::from_name(row.get_ref(1)?.as_str()?)?,
            })
        })
        .optional()
}

/// Counts a registration from its first envelope on, whatever that is.
pub(crate) fn begin(tx: &Transaction<'_>, rid: &Rid, device: DeviceId, commune: CommuneCode) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO registrations (rid, device, commune, standing) VALUES (?1, ?2, ?3, 'held')",
    )?
    .execute(params![rid.0, device, commune.0])?;
    Ok(())
}

/// Makes a revision the head; its envelope says whose it is, where, and with which code.
pub(crate) fn set_head(tx: &Transaction<'_>, rid: &Rid, number: u64, standing: Standing) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE registrations SET head = ?2, standing = ?3, erased = 0, (device, commune) =
             (SELECT device, commune FROM envelopes WHERE number = ?2) WHERE rid = ?1",
    )?
    .execute(params![rid.0, number, standing.name()])?;
    tx.prepare_cached("INSERT OR IGNORE INTO codes (code, rid) SELECT code, rid FROM envelopes WHERE number = ?1")?
        .execute([number])?;
    Ok(())
}

/// The codes a registration has.
pub(crate) fn codes(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<Vec<Code>> {
    tx.prepare_cached("SELECT code FROM codes WHERE rid = ?1")?
        .query_map([&rid.0[..]], |row| {
            Code::from_bits(row.get(0)?).ok_or_else(|| unreadable(Type::Integer))
        })?
        .collect()
}

/// Takes its codes from a registration that was not its owner's.
pub(crate) fn drop_codes(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM codes WHERE rid = ?1", [&rid.0[..]])?;
    Ok(())
}

/// Records the decision about a head; false when there is another head by now.
pub(crate) fn decide(tx: &Transaction<'_>, rid: &Rid, number: u64, standing: Standing) -> rusqlite::Result<bool> {
    tx.prepare_cached("UPDATE registrations SET standing = ?3 WHERE rid = ?1 AND head = ?2 AND standing = 'waiting'")?
        .execute(params![rid.0, number, standing.name()])
        .map(|rows| rows > 0)
}

/// True when another registration had this code first.
pub(crate) fn code_taken(tx: &Transaction<'_>, code: Code, rid: &Rid) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM codes WHERE code = ?1 AND rid != ?2)")?
        .query_row(params![code.bits(), rid.0], |row| row.get(0))
}

/// Heads that wait for the opener, oldest first. A registration with a withdrawal of its own device that is held is
/// left alone: a "no" that cannot be placed yet still stops the processing, until a person decides otherwise. So is one
/// whose notice is not known here.
pub(crate) fn waiting(tx: &Transaction<'_>, limit: u32) -> rusqlite::Result<Vec<u64>> {
    tx.prepare_cached(
        "SELECT head FROM registrations WHERE standing = 'waiting' AND NOT EXISTS (
             SELECT 1 FROM envelopes WHERE envelopes.rid = registrations.rid
                 AND envelopes.device = registrations.device AND kind = 'withdrawal' AND held IS NOT NULL
                 AND held_for IS NOT 'overruled')
             AND head NOT IN (SELECT number FROM waiting_for_notice)
         ORDER BY head LIMIT ?1",
    )?
    .query_map([limit], |row| row.get(0))?
    .collect()
}

/// Every withdrawn registration is to be erased once more; how many there are.
pub(crate) fn erase_again(tx: &Transaction<'_>) -> rusqlite::Result<u64> {
    tx.execute(
        "UPDATE registrations SET erased = 0 WHERE standing = 'withdrawn' AND erased = 1",
        [],
    )
    .map(|rows| rows as u64)
}

/// The opener knows that this resident withdrew, also where the withdrawal itself was forgotten here: nothing is processed.
pub(crate) fn withdraw(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE registrations SET standing = 'withdrawn', withdrawn_at = 0, examined = 1, erase_at = 0, erased = 0
         WHERE rid = ?1 AND head IS NOT NULL",
    )?
    .execute([&rid.0[..]])?;
    Ok(())
}

pub(crate) fn mark_erased(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE registrations SET erased = 1 WHERE rid = ?1 AND standing = 'withdrawn'",
        [&rid.0[..]],
    )?;
    Ok(())
}
