//! Registrations: one row each, from the form to the stub, and how they are found. Written by [`crate::revise`].

use crate::{
    Read, Result, StoreError, device,
    row::{self, count, from_cbor, from_name},
    search,
};
use domain::{
    code::Code,
    ids::{Digest, Eid, HouseholdId, Rid, UnixTime},
    number::PersonalNumber,
    registration::{Registration, Residence},
    state::{Conservation, QuarantineReason, Reason, State},
};
use protocol::envelope::Kind;
use rusqlite::{OptionalExtension as _, Row};
use zeroize::Zeroizing;

/// A registration as the device knows it; without content it is a stub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Registration.
    pub rid: Rid,
    /// Its code; none while it is a draft.
    pub code: Option<Code>,
    /// Where it is.
    pub state: State,
    /// The last revision made here.
    pub head: Option<Eid>,
    /// Digest of that revision.
    pub head_digest: Option<Digest>,
    /// Kind of that revision.
    pub kind: Option<Kind>,
    /// Household.
    pub household: Option<HouseholdId>,
    /// `N.T.H`; empty for a draft.
    pub initials: String,
    /// What was registered, without strokes; `None` for a draft, after a purge and where it cannot be read.
    pub content: Option<Registration>,
    /// Something of the row cannot be read (damage, or a program of another version): what can be read stands here, and
    /// sending, verdicts and lists go on.
    pub unreadable: bool,
    /// When it was begun.
    pub begun_at: UnixTime,
    /// When the head was saved.
    pub saved_at: Option<UnixTime>,
    /// When the gateway received the head.
    pub received_at: Option<UnixTime>,
    /// When the head was decided.
    pub decided_at: Option<UnixTime>,
    /// Why it was refused.
    pub reason: Option<Reason>,
    /// Why it stopped.
    pub quarantine: Option<QuarantineReason>,
    /// The account that was made.
    pub account: Option<String>,
    /// Number of revisions made here.
    pub revisions: u32,
    /// The platform has the head, and a person there decides before it goes on.
    pub held: bool,
}

const COLUMNS: &str = "rid, code, state, head, head_digest, kind, household, initials, content, begun_at, saved_at, \
                       received_at, decided_at, reason, quarantine, account, revisions, held";

fn read_row(row: &Row<'_>) -> Result<Record> {
    let content: Option<Zeroizing<Vec<u8>>> = row.get::<_, Option<Vec<u8>>>(8)?.map(Zeroizing::new);
    let mut whole = Whole(true);
    Ok(Record {
        rid: Rid(row.get(0)?),
        code: whole.part(row.get::<_, Option<i64>>(1)?, |bits| Code::from_bits(count(bits))),
        state: row::state(&row.get::<_, String>(2)?)?,
        head: row.get::<_, Option<[u8; 16]>>(3)?.map(Eid),
        head_digest: row.get::<_, Option<[u8; 32]>>(4)?.map(Digest),
        kind: whole.part(row.get::<_, Option<String>>(5)?, |name| row::kind(&name).ok()),
        household: row.get::<_, Option<[u8; 16]>>(6)?.map(HouseholdId),
        initials: row.get(7)?,
        content: whole.part(content, |content| from_cbor("registration", &content).ok()),
        begun_at: row.get(9)?,
        saved_at: row.get(10)?,
        received_at: row.get(11)?,
        decided_at: row.get(12)?,
        reason: whole.part(row.get::<_, Option<Vec<u8>>>(13)?, |bytes| {
            from_cbor("registration", &bytes).ok()
        }),
        quarantine: whole.part(row.get::<_, Option<String>>(14)?, |name| {
            from_name("registration", name).ok()
        }),
        account: row.get(15)?,
        revisions: row.get(16)?,
        held: row.get(17)?,
        unreadable: !whole.0,
    })
}

/// Whether every part of a row could be read.
struct Whole(bool);

impl Whole {
    fn part<S, T>(&mut self, stored: Option<S>, read: impl FnOnce(S) -> Option<T>) -> Option<T> {
        let read = read(stored?);
        self.0 &= read.is_some();
        read
    }
}

fn one(tx: &Read<'_>, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Record>> {
    let mut statement = tx.sql(&format!("SELECT {COLUMNS} FROM registration WHERE {condition}"))?;
    let mut rows = statement.query([value])?;
    rows.next()?.map(read_row).transpose()
}

/// A registration.
pub fn get(tx: &Read<'_>, rid: &Rid) -> Result<Option<Record>> {
    one(tx, "rid = ?1", rid.0)
}

/// The registration with this code.
pub fn by_code(tx: &Read<'_>, code: Code) -> Result<Option<Record>> {
    one(tx, "code = ?1", code.bits() as i64)
}

/// The registration a revision belongs to, and whether it is still the head.
pub fn by_eid(tx: &Read<'_>, eid: &Eid) -> Result<Option<(Rid, bool)>> {
    let found = tx
        .sql("SELECT rid, head = eid FROM envelope JOIN registration USING (rid) WHERE eid = ?1")?
        .query_row([eid.0], |row| Ok((Rid(row.get(0)?), row.get(1)?)))
        .optional()?;
    Ok(found)
}

/// Finds registrations by name, year of birth, number, phone, address or code, the likeliest first. A whole code or a whole
/// number is found also after a purge, by the stub.
pub fn find(tx: &Read<'_>, typed: &str, limit: usize) -> Result<Vec<Record>> {
    search::find(tx, &device::lookup_key(tx)?, typed, limit)?
        .into_iter()
        .map(|id| one(tx, "id = ?1", id)?.ok_or(StoreError::IndexDamaged))
        .collect()
}

/// Registrations in these states, newest first, from the `offset`th on. Walks the index of states, so that the cost of a
/// page does not grow with the registrations in other states.
pub fn page(tx: &Read<'_>, states: &[State], offset: u32, limit: u32) -> Result<Vec<Record>> {
    let names: Vec<String> = states.iter().map(|state| format!("'{}'", state.name())).collect();
    let mut statement = tx.sql(&format!(
        "SELECT {COLUMNS} FROM registration WHERE state IN ({}) ORDER BY id DESC LIMIT ?1 OFFSET ?2",
        names.join(", ")
    ))?;
    let mut rows = statement.query([limit, offset])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_row(row)?);
    }
    Ok(found)
}

/// How many registrations are in a state.
pub fn in_state(tx: &Read<'_>, state: State) -> Result<u64> {
    let found: i64 = tx
        .sql("SELECT count(*) FROM registration WHERE state = ?1")?
        .query_row([state.name()], |row| row.get(0))?;
    Ok(count(found))
}

/// How many registrations were saved at or after an instant and stand saved now.
pub fn saved_since(tx: &Read<'_>, since: UnixTime) -> Result<u64> {
    let found: i64 = tx
        .sql("SELECT count(*) FROM registration WHERE saved_at >= ?1")?
        .query_row([since], |row| row.get(0))?;
    Ok(count(found))
}

/// Households with at least one registration, the one registered last first.
pub fn households(tx: &Read<'_>, limit: u32) -> Result<Vec<HouseholdId>> {
    let mut statement = tx.sql(
        "SELECT household FROM registration WHERE household IS NOT NULL AND head IS NOT NULL
         GROUP BY household ORDER BY max(id) DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| row.get(0).map(HouseholdId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// People of one household on this device, oldest first (stubs too).
pub fn in_household(tx: &Read<'_>, household: &HouseholdId) -> Result<Vec<Record>> {
    let mut statement = tx.sql(&format!(
        "SELECT {COLUMNS} FROM registration WHERE household = ?1 ORDER BY id"
    ))?;
    let mut rows = statement.query([household.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_row(row)?);
    }
    Ok(found)
}

/// Registrations of which something cannot be read, oldest first. Looks at every row: for `doctor`.
pub fn unreadable(tx: &Read<'_>) -> Result<Vec<Rid>> {
    let mut statement = tx.sql(&format!("SELECT {COLUMNS} FROM registration ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let record = read_row(row)?;
        if record.unreadable {
            found.push(record.rid);
        }
    }
    Ok(found)
}

/// Every state's count, and how many registrations were ever begun (a number of its own: docs/protocol.md, I10).
pub fn counts(tx: &Read<'_>) -> Result<Conservation> {
    let begun: i64 = tx
        .sql("SELECT begun FROM ledger WHERE id = 1")?
        .query_row([], |row| row.get(0))?;
    let mut by_state = [0; 9];
    let mut statement = tx.sql("SELECT state, count(*) FROM registration GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let state = row::state(&row.get::<_, String>(0)?)?;
        let slot = State::ALL.iter().position(|known| *known == state);
        by_state[slot.expect("every state is in the list of all")] = count(row.get(1)?);
    }
    Ok(Conservation {
        begun: count(begun),
        by_state,
    })
}

fn with_mac(tx: &Read<'_>, sql: &str, mac: [u8; 32]) -> Result<Vec<Rid>> {
    let mut statement = tx.sql(sql)?;
    let rows = statement.query_map([mac], |row| row.get(0).map(Rid))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Registrations of this number on this device, newest first, withdrawn ones too; also after a purge.
pub fn same_number(tx: &Read<'_>, number: &PersonalNumber) -> Result<Vec<Rid>> {
    with_mac(
        tx,
        "SELECT rid FROM registration WHERE pin_mac = ?1 ORDER BY id DESC",
        device::lookup_key(tx)?.number(number),
    )
}

/// Registrations at this address on this device, newest first; also after a purge.
pub fn same_address(tx: &Read<'_>, residence: &Residence) -> Result<Vec<Rid>> {
    with_mac(
        tx,
        "SELECT rid FROM registration WHERE address_mac = ?1 ORDER BY id DESC",
        device::lookup_key(tx)?.address(residence),
    )
}
