//! Registrations: one row each, from the form to the stub. The state changes only by a `domain::state::Transition`.

use crate::{
    Read, Result, StoreError, Write, device, envelopes,
    hashing::keyed,
    outbox, point, receipts,
    row::{self, count, from_cbor, from_name, to_cbor, to_name},
    search, tasks,
};
use domain::{
    code::Code,
    ids::{Digest, Eid, HouseholdId, Link, OperatorId, Rid, UnixTime},
    pin::Pin,
    registration::{Registration, Residence},
    state::{Conservation, Effect, QuarantineReason, Reason, RefusalCode, State, Transition},
    text,
};
use protocol::envelope::{Capture, Kind};
use rusqlite::{OptionalExtension as _, Row, params};
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
    /// What was registered, without strokes; `None` for a draft and after a purge.
    pub content: Option<Registration>,
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
}

/// A revision that was made, and everything to be kept with it.
#[derive(Debug)]
pub struct NewRevision<'a> {
    /// Registration.
    pub rid: Rid,
    /// The revision.
    pub eid: Eid,
    /// The registration's code; the same in every revision.
    pub code: Code,
    /// What the envelope says.
    pub kind: Kind,
    /// Its place in the chain.
    pub epoch: u32,
    /// Its place in the chain.
    pub seq: u64,
    /// Digest of the envelope.
    pub digest: Digest,
    /// The revision it corrects or withdraws.
    pub base: Option<Link>,
    /// The signed bytes.
    pub envelope: &'a [u8],
    /// Clocks at capture.
    pub captured: Capture,
    /// Who enrolled.
    pub operator: OperatorId,
    /// What to keep readable; `None` for a withdrawal. Strokes are dropped here again.
    pub content: Option<&'a Registration>,
    /// Now.
    pub now: UnixTime,
}

/// What an answer or verdict about one revision brings besides the new state. Everything but the receipt is kept only if
/// the revision is still the head.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    /// The revision it is about.
    pub eid: Option<Eid>,
    /// Now.
    pub now: UnixTime,
    /// When the gateway stored it (signed by the gateway).
    pub received_at: Option<UnixTime>,
    /// When the opener decided.
    pub decided_at: Option<UnixTime>,
    /// The account that was made.
    pub account: Option<String>,
    /// Why it stopped.
    pub quarantine: Option<QuarantineReason>,
    /// The answer that is the receipt ([`receipts::keep_answer`]), and the gateway's number of the envelope.
    pub receipt: Option<(i64, u64)>,
}

const COLUMNS: &str = "rid, code, state, head, head_digest, kind, household, initials, content, begun_at, saved_at, \
                       received_at, decided_at, reason, quarantine, account, revisions";

fn read_row(row: &Row<'_>) -> Result<Record> {
    let bad = || StoreError::BadRow { table: "registration" };
    let content: Option<Zeroizing<Vec<u8>>> = row.get::<_, Option<Vec<u8>>>(8)?.map(Zeroizing::new);
    let code: Option<i64> = row.get(1)?;
    Ok(Record {
        rid: Rid(row.get(0)?),
        code: code
            .map(|bits| Code::from_bits(count(bits)).ok_or_else(bad))
            .transpose()?,
        state: row::state(&row.get::<_, String>(2)?)?,
        head: row.get::<_, Option<[u8; 16]>>(3)?.map(Eid),
        head_digest: row.get::<_, Option<[u8; 32]>>(4)?.map(Digest),
        kind: row
            .get::<_, Option<String>>(5)?
            .map(|name| row::kind(&name))
            .transpose()?,
        household: row.get::<_, Option<[u8; 16]>>(6)?.map(HouseholdId),
        initials: row.get(7)?,
        content: content.map(|content| from_cbor("registration", &content)).transpose()?,
        begun_at: row.get(9)?,
        saved_at: row.get(10)?,
        received_at: row.get(11)?,
        decided_at: row.get(12)?,
        reason: row
            .get::<_, Option<Vec<u8>>>(13)?
            .map(|bytes| from_cbor("registration", &bytes))
            .transpose()?,
        quarantine: row
            .get::<_, Option<String>>(14)?
            .map(|name| from_name("registration", name))
            .transpose()?,
        account: row.get(15)?,
        revisions: row.get(16)?,
    })
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

/// The registration in this row.
pub(crate) fn by_id(tx: &Read<'_>, id: i64) -> Result<Option<Record>> {
    one(tx, "id = ?1", id)
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

// ------------------------------------------------------------------------------------------------- writing

/// Saves a revision: the form is gone, the registration, its envelope and its place in the outbox are there, the chain
/// has moved on. One call inside one transaction; the audit row is the caller's.
///
/// `BrokenChain` if it is not this envelope's turn, `CodeTaken` if the code is another registration's or this one has
/// another, `NotFound` if the registration was never begun.
pub fn put_revision(tx: &Write<'_>, new: &NewRevision<'_>, to: &Transition) -> Result<()> {
    if !to.effects.contains(&Effect::Enqueue(new.eid)) {
        return Err(StoreError::WrongState);
    }
    let record = get(tx, &new.rid)?.ok_or(StoreError::NotFound)?;
    let owner = by_code(tx, new.code)?.map(|record| record.rid);
    // A code is for life, but for one that the platform had given to somebody else before.
    let taken = record
        .reason
        .is_some_and(|reason| reason.code == RefusalCode::CodeTaken);
    if owner.is_some_and(|rid| rid != new.rid) || record.code.is_some_and(|code| code != new.code && !taken) {
        return Err(StoreError::CodeTaken);
    }
    device::advance(tx, new.epoch, new.seq, new.digest.link())?;
    envelopes::put(tx, new)?;
    tx.run("DELETE FROM draft WHERE rid = ?1", [new.rid.0])?;
    let kept = new.content.map(|content| content.clone().without_strokes());
    let stub = kept.as_ref().map(|content| Stub::of(tx, content)).transpose()?;
    tx.run(
        "UPDATE registration SET code = ?2, state = ?3, head = ?4, head_digest = ?5, kind = ?6, content = ?7,
             saved_at = ?8, received_at = NULL, decided_at = NULL, reason = NULL, quarantine = NULL,
             restored = 0, revisions = revisions + 1,
             household = coalesce(?9, household), initials = coalesce(?10, initials),
             pin_mac = iif(?7 IS NULL, pin_mac, ?11), address_mac = coalesce(?12, address_mac)
         WHERE rid = ?1",
        params![
            new.rid.0,
            new.code.bits() as i64,
            to.state.name(),
            new.eid.0,
            new.digest.0,
            new.kind.name(),
            kept.as_ref().map(to_cbor),
            new.now,
            kept.as_ref()
                .and_then(|content| content.household)
                .map(|household| household.0),
            stub.as_ref().map(|stub| &stub.initials),
            stub.as_ref().and_then(|stub| stub.pin),
            stub.as_ref().map(|stub| stub.address),
        ],
    )?;
    if let Some(content) = &kept {
        search::put(tx, &new.rid, new.code, content)?;
    }
    apply(tx, &new.rid, to, new.now)
}

/// Applies what an answer or verdict brought. Any number of times, in any order, it gives the same rows (I8 of
/// docs/protocol.md).
pub fn settle(tx: &Write<'_>, rid: &Rid, to: &Transition, with: &Settlement) -> Result<()> {
    let record = get(tx, rid)?.ok_or(StoreError::NotFound)?;
    point!("settle");
    if let (Some(eid), Some((answer, number))) = (&with.eid, with.receipt) {
        receipts::put(tx, eid, answer, number)?;
    }
    let reason = to.effects.iter().find_map(|effect| match effect {
        Effect::OpenTask(reason) => Some(to_cbor(reason)),
        _ => None,
    });
    tx.run(
        "UPDATE registration SET state = ?2, restored = iif(state = ?2, restored, 0) WHERE rid = ?1",
        params![rid.0, to.state.name()],
    )?;
    if with.eid.is_some() && with.eid == record.head {
        // A verdict proves that the platform has the record: without a receipt's own time the purge counts from now.
        let arrived = matches!(
            to.state,
            State::Received | State::Accepted | State::PossibleDuplicate | State::Refused
        );
        tx.run(
            "UPDATE registration SET received_at = coalesce(?2, received_at, ?3), decided_at = coalesce(?4, decided_at),
                 account = coalesce(?5, account), quarantine = coalesce(?6, quarantine),
                 reason = iif(state = 'refused', coalesce(?7, reason), NULL)
             WHERE rid = ?1",
            params![
                rid.0,
                with.received_at,
                arrived.then_some(with.now),
                with.decided_at,
                with.account,
                with.quarantine.as_ref().map(to_name),
                reason,
            ],
        )?;
    }
    apply(tx, rid, to, with.now)
}

fn apply(tx: &Write<'_>, rid: &Rid, to: &Transition, now: UnixTime) -> Result<()> {
    for effect in &to.effects {
        match effect {
            Effect::Enqueue(eid) => outbox::put(tx, eid, now)?,
            Effect::Dequeue(eid) => outbox::remove(tx, eid)?,
            Effect::EraseContent => erase_content(tx, rid)?,
            Effect::OpenTask(reason) => tasks::open(tx, rid, reason, now)?,
            Effect::CloseTasks => {
                let reopened = to.effects.iter().find_map(|effect| match effect {
                    Effect::OpenTask(reason) => Some(reason),
                    _ => None,
                });
                tasks::close(tx, rid, reopened, now)?;
            }
        }
    }
    Ok(())
}

/// Drops what was typed, its words in the search index and its form; the stub stays.
pub(crate) fn erase_content(tx: &Write<'_>, rid: &Rid) -> Result<()> {
    search::remove(tx, rid)?;
    tx.run(
        "UPDATE registration SET content = NULL, restored = 0 WHERE rid = ?1",
        [rid.0],
    )?;
    tx.run("DELETE FROM draft WHERE rid = ?1", [rid.0])?;
    Ok(())
}

/// Puts back what a refusal or possible duplicate brought with it, so that it can be corrected. It stays until the state
/// changes ("that copy goes once it is decided"). In every other state there is nothing to correct: `WrongState`.
pub fn restore_content(tx: &Write<'_>, rid: &Rid, content: &Registration) -> Result<()> {
    let record = get(tx, rid)?.ok_or(StoreError::NotFound)?;
    let (State::Refused | State::PossibleDuplicate, Some(code)) = (record.state, record.code) else {
        return Err(StoreError::WrongState);
    };
    let kept = content.clone().without_strokes();
    tx.run(
        "UPDATE registration SET content = ?2, restored = 1 WHERE rid = ?1",
        params![rid.0, *Zeroizing::new(to_cbor(&kept))],
    )?;
    search::put(tx, rid, code, &kept)
}

// -------------------------------------------------------------------------------- what a stub still answers

struct Stub {
    initials: String,
    pin: Option<[u8; 32]>,
    address: [u8; 32],
}

impl Stub {
    fn of(tx: &Read<'_>, content: &Registration) -> Result<Self> {
        Ok(Self {
            initials: content.initials(),
            pin: content.pin.as_ref().map(|pin| pin_mac(tx, &pin.value)).transpose()?,
            address: address_mac(tx, &content.residence)?,
        })
    }
}

fn pin_mac(tx: &Read<'_>, pin: &Pin) -> Result<[u8; 32]> {
    Ok(keyed(&*device::lookup_key(tx)?, "pin", pin.expose().as_bytes()))
}

fn address_mac(tx: &Read<'_>, residence: &Residence) -> Result<[u8; 32]> {
    let line = Zeroizing::new(format!(
        "{}\0{}\0{}",
        residence.commune,
        text::search_key(residence.group.expose()),
        text::search_key(residence.house.expose()),
    ));
    Ok(keyed(&*device::lookup_key(tx)?, "address", line.as_bytes()))
}

fn with_mac(tx: &Read<'_>, sql: &str, mac: [u8; 32]) -> Result<Vec<Rid>> {
    let mut statement = tx.sql(sql)?;
    let rows = statement.query_map([mac], |row| row.get(0).map(Rid))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Registrations of this number on this device, newest first, withdrawn ones too; also after a purge.
pub fn same_pin(tx: &Read<'_>, pin: &Pin) -> Result<Vec<Rid>> {
    with_mac(
        tx,
        "SELECT rid FROM registration WHERE pin_mac = ?1 ORDER BY id DESC",
        pin_mac(tx, pin)?,
    )
}

/// Registrations at this address on this device, newest first; also after a purge.
pub fn same_address(tx: &Read<'_>, residence: &Residence) -> Result<Vec<Rid>> {
    with_mac(
        tx,
        "SELECT rid FROM registration WHERE address_mac = ?1 ORDER BY id DESC",
        address_mac(tx, residence)?,
    )
}
