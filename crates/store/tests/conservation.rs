//! Whatever is done, in whatever order, rolled back or not: every registration ever begun is in exactly one state, the
//! chain has no gap, what is unsent is in the outbox, and the audit trail holds (docs/protocol.md: I5, I8, I10).

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::{Rig, THU, decide, settle};
use domain::{
    ids::{Eid, Rid},
    registration::{Draft, FieldName},
    state::{Decision, Effect, Event, QuarantineReason, Reason, RefusalCode, State, next},
};
use proptest::prelude::*;
use std::{
    collections::{BTreeSet, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
};
use store::{Store, StoreError, audit, drafts, outbox, purge, receipts, records, revise, tasks};

/// How a transaction ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Commit,
    Error,
    Panic,
}

#[derive(Debug, Clone)]
enum Op {
    Begin,
    Type(usize),
    Discard(usize),
    Save(usize),
    Withdraw(usize),
    Answer(usize, usize, u8),
    Purge(i64),
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    let any = any::<usize>();
    prop_oneof![
        4 => Just(Op::Begin),
        1 => any.prop_map(Op::Type),
        1 => any.prop_map(Op::Discard),
        5 => any.prop_map(Op::Save),
        1 => any.prop_map(Op::Withdraw),
        6 => (any, any, 0u8..7).prop_map(|(which, revision, what)| Op::Answer(which, revision, what)),
        1 => (0i64..2_000_000).prop_map(Op::Purge),
        1 => Just(Op::Reopen),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![6 => Just(End::Commit), 1 => Just(End::Error), 1 => Just(End::Panic)]
}

/// What the test knows must be true.
#[derive(Default, Clone)]
struct Model {
    people: Vec<(Rid, State, Vec<Eid>)>,
    unsent: Vec<Eid>,
    /// Registrations with an open task: what the effects said last.
    tasks: BTreeSet<Rid>,
    audited: u64,
}

impl Model {
    fn follow(&mut self, rid: Rid, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::OpenTask(_) => drop(self.tasks.insert(rid)),
                Effect::CloseTasks => drop(self.tasks.remove(&rid)),
                Effect::Dequeue(eid) => self.unsent.retain(|unsent| unsent != eid),
                Effect::Enqueue(_) | Effect::EraseContent => {}
            }
        }
    }
}

fn event(what: u8, eid: Eid) -> Event {
    let refused = Reason {
        field: FieldName::Birth,
        code: RefusalCode::BirthMismatch,
    };
    match what {
        0 => Event::Receipt { eid },
        1 => Event::Held { eid },
        2 => Event::Stopped {
            eid,
            reason: QuarantineReason::DigestConflict,
        },
        3 => Event::Verdict {
            eid,
            decision: Decision::Accepted,
        },
        4 => Event::Verdict {
            eid,
            decision: Decision::PossibleDuplicate,
        },
        5 => Event::Verdict {
            eid,
            decision: Decision::Refused(refused),
        },
        _ => Event::Receipt { eid },
    }
}

fn note(tx: &store::Write<'_>, action: &str, rid: Rid, now: i64) -> Result<(), StoreError> {
    audit::append(
        tx,
        &audit::Entry {
            at: now,
            operator: Some(7),
            action,
            rid: Some(rid),
            eid: None,
        },
    )
}

/// Does one operation in the model and in the transaction; `false` if it does not apply.
fn step(rig: &mut Rig, tx: &store::Write<'_>, model: &mut Model, op: &Op, now: i64) -> Result<bool, StoreError> {
    let pick = |which: usize, len: usize| (len > 0).then(|| which % len);
    match *op {
        Op::Begin => {
            let rid = rig.rid();
            drafts::begin(tx, &rid, None, &Draft::default(), now)?;
            note(tx, "begun", rid, now)?;
            model.people.push((rid, State::Draft, Vec::new()));
        }
        Op::Type(which) => {
            let Some(at) = pick(which, model.people.len()) else {
                return Ok(false);
            };
            let (rid, state, _) = model.people[at];
            let put = drafts::put(tx, &rid, &Draft::default(), now);
            assert_eq!(put.is_ok(), state == State::Draft);
            return Ok(false);
        }
        Op::Discard(which) => {
            let Some(at) = pick(which, model.people.len()) else {
                return Ok(false);
            };
            let (rid, state, _) = &mut model.people[at];
            let legal = next(*state, None, Event::Discarded).is_ok();
            assert_eq!(drafts::discard(tx, rid).is_ok(), legal);
            if !legal {
                return Ok(false);
            }
            *state = State::Discarded;
            note(tx, "discarded", *rid, now)?;
        }
        Op::Save(which) | Op::Withdraw(which) => {
            let Some(at) = pick(which, model.people.len()) else {
                return Ok(false);
            };
            let (rid, state, revisions) = &mut model.people[at];
            let content = matches!(op, Op::Save(_)).then(|| THU.registration());
            let eid = Eid([0; 16]);
            let event = match (&content, *state) {
                (Some(_), State::Draft) => Event::Saved { head: eid },
                (Some(_), _) => Event::Corrected { head: eid },
                (None, _) => Event::Withdrawn { head: eid },
            };
            let Ok(to) = next(*state, revisions.last().copied(), event) else {
                return Ok(false);
            };
            let eid = rig.revise(tx, rid, content.as_ref(), now)?;
            note(tx, "saved", *rid, now)?;
            *state = to.state;
            revisions.push(eid);
            model.unsent.push(eid);
            let rid = *rid;
            model.follow(rid, &to.effects);
        }
        Op::Answer(which, revision, what) => {
            let Some(at) = pick(which, model.people.len()) else {
                return Ok(false);
            };
            let (rid, state, revisions) = &mut model.people[at];
            let Some(revision) = pick(revision, revisions.len()) else {
                return Ok(false);
            };
            let eid = revisions[revision];
            let event = event(what, eid);
            let effects = decide(tx, rid, event).effects;
            *state = settle(tx, rid, eid, event, now)?;
            // The same answer again changes nothing.
            let once = (records::get(tx, rid)?, tasks::list(tx)?.len());
            settle(tx, rid, eid, event, now)?;
            assert_eq!((records::get(tx, rid)?, tasks::list(tx)?.len()), once);
            let rid = *rid;
            model.follow(rid, &effects);
            note(tx, "answered", rid, now)?;
        }
        Op::Purge(ahead) => {
            for rid in purge::due(tx, now + ahead)? {
                purge::purge(tx, &rid, now + ahead)?;
            }
            return Ok(false);
        }
        Op::Reopen => return Ok(false),
    }
    model.audited += 1;
    Ok(true)
}

fn check(store: &Store, model: &Model) {
    store
        .read(|tx| {
            let counts = records::counts(tx)?;
            assert!(counts.holds(), "{counts:?}");
            assert_eq!(counts.begun as usize, model.people.len());
            for (rid, state, revisions) in &model.people {
                let record = records::get(tx, rid)?.unwrap();
                assert_eq!((record.state, record.head), (*state, revisions.last().copied()));
                assert_eq!(record.revisions as usize, revisions.len());
                let readable = matches!(state, State::Queued);
                assert!(!readable || record.content.is_some(), "unsent content is never lost");
                for eid in revisions {
                    assert_eq!(records::by_eid(tx, eid)?, Some((*rid, Some(*eid) == record.head)));
                }
                let open = tasks::list(tx)?.iter().filter(|task| task.rid == *rid).count();
                assert_eq!(open, usize::from(model.tasks.contains(rid)), "{state:?}");
            }
            let waiting: Vec<_> = outbox::waiting(tx)?.into_iter().map(|waiting| waiting.eid).collect();
            assert_eq!(waiting, model.unsent, "in the order of the chain");
            let made: usize = model.people.iter().map(|(_, _, revisions)| revisions.len()).sum();
            assert_eq!(store::device::position(tx)?.seq as usize, made + 1, "no gap");
            assert!(audit::verify_chain(tx)?);
            assert_eq!(audit::len(tx)?, model.audited);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conservation_holds_whatever_happens(ops in proptest::collection::vec((op(), end()), 1..60)) {
        let mut rig = Rig::empty();
        let mut store = rig.store();
        let mut model = Model::default();
        for (at, (op, end)) in ops.iter().enumerate() {
            let now = 1000 + at as i64;
            if matches!(op, Op::Reopen) {
                let home = store.close();
                store = rig.unlock(&home).unwrap();
            }
            let mut after = model.clone();
            let answer = catch_unwind(AssertUnwindSafe(|| {
                store.write(|tx| {
                    step(&mut rig, tx, &mut after, op, now)?;
                    match end {
                        End::Commit => Ok(()),
                        End::Error => Err(StoreError::WrongState),
                        End::Panic => std::panic::resume_unwind(Box::new("as a bug would")),
                    }
                })
            }));
            match (end, answer) {
                (End::Commit, Ok(Ok(()))) => model = after,
                (End::Error, Ok(Err(StoreError::WrongState))) | (End::Panic, Err(_)) => {}
                (_, other) => panic!("{op:?} {end:?}: {other:?}"),
            }
        }
        check(&store, &model);
        prop_assert!(store.health().unwrap().is_good());
    }
}

#[test]
fn a_lost_row_is_noticed() {
    let mut rig = Rig::empty();
    let store = rig.store();
    for now in 0..3 {
        rig.register(&store, &THU.registration(), now);
    }
    assert!(store.read(records::counts).unwrap().holds());
    store::testing::execute(
        &store,
        "PRAGMA foreign_keys = OFF; DROP TRIGGER registration_stays; DELETE FROM registration WHERE id = 2;",
    );
    assert!(!store.read(records::counts).unwrap().holds());
}

#[test]
fn the_audit_trail_cannot_be_edited_unnoticed() {
    let edits = [
        "UPDATE audit SET action = 'x' WHERE id = 2",
        "UPDATE audit SET rid = NULL WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id = 3",
        "UPDATE audit SET id = 9 WHERE id = 1",
    ];
    for edit in edits {
        let mut rig = Rig::empty();
        let store = rig.store();
        let rid = rig.rid();
        for now in 0..3 {
            store.write(|tx| note(tx, "opened", rid, now)).unwrap();
        }
        assert!(store.read(audit::verify_chain).unwrap());
        let refused = catch_unwind(AssertUnwindSafe(|| store::testing::execute(&store, edit)));
        assert!(refused.is_err(), "{edit}: the triggers refuse it");
        store::testing::execute(&store, "DROP TRIGGER audit_unchanged; DROP TRIGGER audit_complete;");
        store::testing::execute(&store, edit);
        assert!(!store.read(audit::verify_chain).unwrap(), "{edit}");
        assert!(!store.health().unwrap().is_good());
    }
}

#[test]
fn an_envelope_out_of_turn_or_a_taken_code_is_refused_whole() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let (_, first) = rig.register(&store, &THU.registration(), 0);
    let rid = rig.rid();
    store
        .write(|tx| drafts::begin(tx, &rid, None, &Draft::default(), 1))
        .unwrap();
    let (taken, at) = store
        .read(|tx| {
            let owner = records::by_eid(tx, &first)?.unwrap().0;
            Ok::<_, StoreError>((records::get(tx, &owner)?.unwrap(), store::device::position(tx)?))
        })
        .unwrap();
    let free = domain::code::Code::from_parts(1022, [1; 5]).unwrap();
    for (code, seq, expected) in [
        (taken.code.unwrap(), at.seq, "code_taken"),
        (free, at.seq + 1, "broken_chain"),
        (free, at.seq - 1, "broken_chain"),
    ] {
        let eid = Eid(rig.rid().0);
        let content = THU.registration();
        let header = protocol::envelope::Header {
            code,
            seq,
            ..rig.header(rid, eid, at, 2)
        };
        let envelope = rig.seal(header, Some(&content));
        let new = revise::NewRevision {
            envelope: &envelope,
            content: Some(&content),
            now: 2,
        };
        let to = next(State::Draft, None, Event::Saved { head: eid }).unwrap();
        let error = store.write(|tx| revise::put_revision(tx, &new, &to)).unwrap_err();
        assert_eq!(error.code(), expected);
        let record = store.read(|tx| records::get(tx, &rid)).unwrap().unwrap();
        assert_eq!(record.state, State::Draft);
    }
}

#[test]
fn receipts_are_kept_once_in_their_own_bytes() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let (rid, eid) = rig.register(&store, &THU.registration(), 0);
    for number in [41, 42] {
        store
            .write(|tx| {
                let answer = receipts::keep_answer(tx, b"signed answer", 5)?;
                let to = decide(tx, &rid, Event::Receipt { eid });
                let with = revise::Settlement {
                    eid: Some(eid),
                    now: 5,
                    received_at: Some(4),
                    receipt: Some((answer, number)),
                    ..Default::default()
                };
                revise::settle(tx, &rid, &to, &with)
            })
            .unwrap();
    }
    store
        .read(|tx| {
            assert_eq!(receipts::answers(tx)?, [b"signed answer"]);
            let kept = receipts::of(tx, &eid)?.unwrap();
            assert_eq!((kept.answer.as_slice(), kept.number), (&b"signed answer"[..], 41));
            assert_eq!(records::get(tx, &rid)?.unwrap().received_at, Some(4));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn the_outbox_sends_in_order_within_its_bounds() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let mut made: Vec<Eid> = (0..6)
        .map(|now| rig.register(&store, &THU.registration(), now).1)
        .collect();
    store.write(|tx| store::device::new_epoch(tx, 3)).unwrap();
    assert!(matches!(
        store.write(|tx| store::device::new_epoch(tx, 3)),
        Err(StoreError::BrokenChain)
    ));
    made.extend((6..8).map(|now| rig.register(&store, &THU.registration(), now).1));
    let due = |now, max, bytes| -> Vec<Eid> {
        let due = store
            .read(|tx| outbox::due(tx, now, max, bytes, &HashSet::new()))
            .unwrap();
        due.into_iter().map(|waiting| waiting.eid).collect()
    };
    assert_eq!(due(10, 50, 1 << 20), made);
    assert_eq!(due(10, 3, 1 << 20), made[..3]);
    let one = store
        .read(|tx| outbox::due(tx, 10, 1, 0, &HashSet::new()))
        .unwrap()
        .remove(0)
        .envelope
        .len();
    assert_eq!(due(10, 50, one * 2 + one / 2), made[..2]);
    assert_eq!(due(10, 50, 0), made[..1], "the first one travels however long it is");
    let set_aside = |now, wait: &dyn Fn(u32) -> u64| {
        store
            .write(|tx| outbox::set_aside(tx, &made[0], "too_large", now, wait))
            .unwrap();
    };
    set_aside(10, &|times| u64::from(times) * 10);
    assert_eq!(due(19, 50, 1 << 20), made[1..], "one bad record holds up nothing");
    let last = [&made[1..], &made[..1]].concat();
    assert_eq!(due(20, 50, 1 << 20), last, "what failed alone before goes last");
    assert_eq!(
        due(9, 50, 1 << 20),
        last,
        "a clock that was set back keeps nothing waiting"
    );
    set_aside(20, &|times| u64::from(times) * 35);
    let aside = store.read(outbox::aside).unwrap().remove(0);
    assert_eq!(
        (aside.eid, aside.reason.as_str(), aside.times),
        (made[0], "too_large", 2)
    );
    assert_eq!((aside.since, aside.next_at), (20, 90), "it waits longer each time");
    store.write(outbox::all_due).unwrap();
    assert_eq!(due(20, 50, 1 << 20), last, "a person pressed now");
    let asked = HashSet::from([made[2]]);
    let rest = store.read(|tx| outbox::due(tx, 20, 2, 1 << 20, &asked)).unwrap();
    assert_eq!(
        rest.iter().map(|waiting| waiting.eid).collect::<Vec<_>>(),
        [made[1], made[3]],
        "nothing is asked twice in a run"
    );
    set_aside(20, &|times| u64::from(times));
    assert_eq!(
        store.read(outbox::aside).unwrap()[0].next_at,
        23,
        "how often it was is still known"
    );
    assert!(matches!(
        store.write(|tx| outbox::set_aside(tx, &Eid([0; 16]), "too_large", 0, |_| 1)),
        Err(StoreError::NotFound)
    ));
    store
        .read(|tx| {
            assert_eq!((outbox::len(tx)?, outbox::oldest(tx)?), (8, Some(0)));
            assert_eq!(store::envelopes::at(tx, 3, 1)?, Some(made[6]));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}
