//! A registration changes: a revision is put, an answer or verdict settles it. The one room that knows registration,
//! envelope, outbox, search, tasks and receipts together; the state changes only by a `domain::state::Transition`.

use crate::{
    Result, StoreError, Write, device, drafts, envelopes,
    hashing::LookupKey,
    newer, outbox, point, receipts,
    records::{by_code, get},
    row::{to_cbor, to_name},
    search, tasks,
};
use domain::{
    ids::{Eid, Rid, UnixTime},
    registration::{Draft, Registration},
    state::{Effect, QuarantineReason, RefusalCode, State, Transition},
};
use protocol::envelope::Envelope;
use rusqlite::params;
use zeroize::Zeroizing;

/// A revision that was made: what was signed, and what of it stays readable on this device.
#[derive(Debug)]
pub struct NewRevision<'a> {
    /// The signed envelope; who, what, when and its place in the chain stand in its header.
    pub envelope: &'a Envelope,
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
    /// The receipt says whether a person decides first.
    pub held: Option<bool>,
    /// The answer that is the receipt ([`receipts::keep_answer`]), and the gateway's number of the envelope.
    pub receipt: Option<(i64, u64)>,
}

/// Saves a revision: the form is gone, the registration, its envelope and its place in the outbox are there, the chain
/// has moved on. One call inside one transaction; the audit row is the caller's.
///
/// `BrokenChain` if it is not this envelope's turn, `CodeTaken` if the code is another registration's or this one has
/// another, `NotFound` if the registration was never begun.
pub fn put_revision(tx: &Write<'_>, new: &NewRevision<'_>, to: &Transition) -> Result<()> {
    let header = &new.envelope.header;
    let digest = new.envelope.digest();
    if !to.effects.contains(&Effect::Enqueue(header.eid)) {
        return Err(StoreError::WrongState);
    }
    let record = get(tx, &header.rid)?.ok_or(StoreError::NotFound)?;
    let owner = by_code(tx, header.code)?.map(|record| record.rid);
    // A code is for life, but for one that the platform had given to somebody else before.
    let taken = record
        .reason
        .is_some_and(|reason| reason.code == RefusalCode::CodeTaken);
    if owner.is_some_and(|rid| rid != header.rid) || record.code.is_some_and(|code| code != header.code && !taken) {
        return Err(StoreError::CodeTaken);
    }
    device::advance(tx, header.epoch, header.seq, digest.link())?;
    envelopes::put(tx, new.envelope)?;
    tx.run("DELETE FROM draft WHERE rid = ?1", [header.rid.0])?;
    let kept = new.content.map(|content| content.clone().without_strokes());
    let key = device::lookup_key(tx)?;
    let stub = kept.as_ref().map(|content| Stub::of(&key, content));
    tx.run(
        "UPDATE registration SET code = ?2, state = ?3, head = ?4, head_digest = ?5, kind = ?6, content = ?7,
             saved_at = ?8, received_at = NULL, decided_at = NULL, reason = NULL, quarantine = NULL,
             held = 0, restored = 0, revisions = revisions + 1,
             household = coalesce(?9, household), initials = coalesce(?10, initials),
             pin_mac = iif(?7 IS NULL, pin_mac, ?11), address_mac = coalesce(?12, address_mac)
         WHERE rid = ?1",
        params![
            header.rid.0,
            header.code.bits() as i64,
            to.state.name(),
            header.eid.0,
            digest.0,
            header.kind.name(),
            kept.as_ref().map(to_cbor),
            new.now,
            kept.as_ref()
                .and_then(|content| content.household)
                .map(|household| household.0),
            stub.as_ref().map(|stub| &stub.initials),
            stub.as_ref().and_then(|stub| stub.number),
            stub.as_ref().map(|stub| stub.address),
        ],
    )?;
    if let Some(content) = &kept {
        search::put(tx, &header.rid, header.code, content)?;
    }
    apply(tx, &header.rid, to, new.now)
}

/// Takes in a revision that this database lost with its last transactions, from the copy that was to be sent: it waits
/// again, and the code its resident was told is known again. Its body is sealed to the platform, so content and form are
/// gone. The chain is the caller's: a new epoch begins after what was lost.
///
/// `CodeTaken` if the code is another registration's or this one has another; a database error (constraint) where
/// another revision has its place in the chain.
pub fn adopt(tx: &Write<'_>, envelope: &Envelope, to: &Transition, now: UnixTime) -> Result<()> {
    let header = &envelope.header;
    if !to.effects.contains(&Effect::Enqueue(header.eid)) {
        return Err(StoreError::WrongState);
    }
    let record = get(tx, &header.rid)?;
    let owner = by_code(tx, header.code)?.map(|record| record.rid);
    let known = record.as_ref().and_then(|record| record.code);
    if owner.is_some_and(|rid| rid != header.rid) || known.is_some_and(|code| code != header.code) {
        return Err(StoreError::CodeTaken);
    }
    if record.is_none() {
        drafts::begin(tx, &header.rid, None, &Draft::default(), now)?;
    }
    tx.run("DELETE FROM draft WHERE rid = ?1", [header.rid.0])?;
    search::remove(tx, &header.rid)?;
    envelopes::put(tx, envelope)?;
    tx.run(
        "UPDATE registration SET code = ?2, state = ?3, head = ?4, head_digest = ?5, kind = ?6, content = NULL,
             saved_at = ?7, received_at = NULL, decided_at = NULL, reason = NULL, quarantine = NULL,
             held = 0, restored = 0, revisions = revisions + 1
         WHERE rid = ?1",
        params![
            header.rid.0,
            header.code.bits() as i64,
            to.state.name(),
            header.eid.0,
            envelope.digest().0,
            header.kind.name(),
            header.captured.wall,
        ],
    )?;
    apply(tx, &header.rid, to, now)
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
                 held = iif(state = 'received', coalesce(?8, held), 0),
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
                with.held,
            ],
        )?;
    }
    apply(tx, rid, to, with.now)
}

/// What had stopped waits again, as it was signed.
pub fn send_again(tx: &Write<'_>, rid: &Rid, to: &Transition, now: UnixTime) -> Result<()> {
    tx.run(
        "UPDATE registration SET state = ?2, quarantine = NULL WHERE rid = ?1",
        params![rid.0, to.state.name()],
    )?;
    apply(tx, rid, to, now)
}

fn apply(tx: &Write<'_>, rid: &Rid, to: &Transition, now: UnixTime) -> Result<()> {
    for effect in &to.effects {
        match effect {
            Effect::Enqueue(eid) => outbox::put(tx, eid, now)?,
            Effect::Dequeue(eid) => outbox::remove(tx, eid)?,
            Effect::EraseContent => {
                erase_content(tx, rid)?;
                newer::forget(tx, rid)?;
            }
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
    erase_but_words(tx, rid)?;
    search::remove(tx, rid)
}

/// The same without the words, which are the caller's.
pub(crate) fn erase_but_words(tx: &Write<'_>, rid: &Rid) -> Result<()> {
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

/// What a stub still answers.
struct Stub {
    initials: String,
    number: Option<[u8; 32]>,
    address: [u8; 32],
}

impl Stub {
    fn of(key: &LookupKey, content: &Registration) -> Self {
        Self {
            initials: content.initials(),
            number: content.number.as_ref().map(|number| key.number(&number.value)),
            address: key.address(&content.residence),
        }
    }
}
