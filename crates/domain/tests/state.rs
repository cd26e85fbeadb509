//! The transition function: a case for every state and event, and a random device against a random platform.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use domain::{
    ids::Eid,
    registration::FieldName,
    retention::{AFTER_RECEIPT, AFTER_REFUSAL, AFTER_VERDICT, purge_at},
    state::{Conservation, Decision, Effect, Event, QuarantineReason, Reason, RefusalCode, State, next},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const HEAD: Eid = Eid([1; 16]);
const OLD: Eid = Eid([0; 16]);
const NEW: Eid = Eid([2; 16]);
const REASON: Reason = Reason {
    field: FieldName::Name,
    code: RefusalCode::NameMismatch,
};

fn event(name: &str) -> Event {
    let verdict = |eid, decision| Event::Verdict { eid, decision };
    let stopped = |eid| Event::Stopped {
        eid,
        reason: QuarantineReason::DigestConflict,
    };
    match name {
        "saved" => Event::Saved { head: NEW },
        "discarded" => Event::Discarded,
        "sent_again" => Event::SentAgain { eid: HEAD },
        "corrected" => Event::Corrected { head: NEW },
        "withdrawn" => Event::Withdrawn { head: NEW },
        "receipt" => Event::Receipt { eid: HEAD },
        "receipt_old" => Event::Receipt { eid: OLD },
        "held" => Event::Held { eid: HEAD },
        "held_old" => Event::Held { eid: OLD },
        "stopped" => stopped(HEAD),
        "stopped_old" => stopped(OLD),
        "accepted" => verdict(HEAD, Decision::Accepted),
        "duplicate" => verdict(HEAD, Decision::PossibleDuplicate),
        "refused" => verdict(HEAD, Decision::Refused(REASON)),
        "accepted_old" => verdict(OLD, Decision::Accepted),
        "duplicate_old" => verdict(OLD, Decision::PossibleDuplicate),
        "refused_old" => verdict(OLD, Decision::Refused(REASON)),
        other => panic!("no event {other}"),
    }
}

/// Rows: events (`_old`: about a revision that is not the head). Columns: the state before, in the order of
/// [`State::ALL`]. Cells: `-` illegal, else the state after (`.` the same) and the effects: `E` the new revision is
/// enqueued, `D` the revision of the event is dequeued, `X` content erased, `T` task opened, `C` tasks closed.
const CASES: &str = "
event          draft         queued         received       accepted       duplicate      refused        withdrawn  discarded    quarantined
saved          queued:E      -              -              -              -              -              -          -            -
discarded      discarded:X   -              -              -              -              -              -          .:X          -
corrected      -             .:EC           queued:EC      queued:EC      queued:EC      queued:EC      -          -            queued:EC
sent_again     -             -              -              -              -              -              -          -            queued:E
withdrawn      -             withdrawn:ECX  withdrawn:ECX  withdrawn:ECX  withdrawn:ECX  withdrawn:ECX  -          -            withdrawn:ECX
receipt        -             received:D     .:D            .:D            .:D            .:D            .:D        -            .:D
receipt_old    -             .:D            .:D            .:D            .:D            .:D            .:D        -            .:D
held           -             received:D     .:D            .:D            .:D            .:D            .:D        -            .:D
held_old       -             .:D            .:D            .:D            .:D            .:D            .:D        -            .:D
stopped        -             quarantined:DC quarantined:DC quarantined:DC quarantined:DC quarantined:DC .:D        -            .:DC
stopped_old    -             .:D            .:D            .:D            .:D            .:D            .:D        -            .:D
accepted       -             accepted:DC    accepted:DC    .:DC           accepted:DC    accepted:DC    .:         -            .:
duplicate      -             duplicate:DC   duplicate:DC   .:D            .:DC           .:D            .:         -            .:
refused        -             refused:DCT    refused:DCT    refused:DCT    refused:DCT    .:DCT          .:         -            .:
accepted_old   -             .:             .:             .:             .:             .:             .:         -            .:
duplicate_old  -             .:             .:             .:             .:             .:             .:         -            .:
refused_old    -             .:             .:             .:             .:             .:             .:         -            .:
";

fn state(name: &str) -> State {
    State::from_name(if name == "duplicate" {
        "possible_duplicate"
    } else {
        name
    })
    .unwrap()
}

#[test]
fn every_event_in_every_state() {
    let mut lines = CASES.lines().filter(|line| !line.is_empty());
    let columns: Vec<State> = lines.next().unwrap().split_whitespace().skip(1).map(state).collect();
    assert_eq!(columns, State::ALL);
    let mut tried = 0;
    for line in lines {
        let mut cells = line.split_whitespace();
        let name = cells.next().unwrap();
        for (before, cell) in columns.iter().zip(cells.by_ref()) {
            tried += 1;
            let head = (*before != State::Draft).then_some(HEAD);
            let result = next(*before, head, event(name));
            let shown = match &result {
                Err(illegal) => {
                    assert_eq!(illegal.state, *before);
                    "-".to_owned()
                }
                Ok(transition) => {
                    let effects: String = transition.effects.iter().map(|effect| letter(effect, name)).collect();
                    let after = match transition.state {
                        same if same == *before => ".",
                        State::PossibleDuplicate => "duplicate",
                        other => other.name(),
                    };
                    format!("{after}:{effects}")
                }
            };
            assert_eq!(shown, cell, "{name} in {}", before.name());
        }
    }
    assert_eq!(tried, 17 * 9);
}

fn letter(effect: &Effect, event: &str) -> char {
    let about = if event.ends_with("_old") { OLD } else { HEAD };
    match effect {
        Effect::Enqueue(eid) => {
            assert_eq!(*eid, if event == "sent_again" { HEAD } else { NEW });
            'E'
        }
        Effect::Dequeue(eid) => {
            assert_eq!(
                *eid, about,
                "an answer about one revision must not stop the sending of another"
            );
            'D'
        }
        Effect::EraseContent => 'X',
        Effect::OpenTask(reason) => {
            assert_eq!(*reason, REASON);
            'T'
        }
        Effect::CloseTasks => 'C',
    }
}

#[test]
fn every_reason_stops_alike() {
    use QuarantineReason::*;
    for reason in [DigestConflict, Unreadable, WrongRealm, StaleBase] {
        let stopped = next(State::Queued, Some(HEAD), Event::Stopped { eid: HEAD, reason }).unwrap();
        assert_eq!(stopped.state, State::Quarantined);
    }
}

#[test]
fn names_are_stable_and_distinct() {
    let names: BTreeSet<&str> = State::ALL.into_iter().map(State::name).collect();
    assert_eq!(names.len(), State::ALL.len());
    for state in State::ALL {
        assert_eq!(State::from_name(state.name()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.name());
    }
    assert_eq!(State::from_name("sending"), None);
}

#[test]
fn plaintext_leaves_when_it_must_and_never_before_it_is_sent() {
    for state in State::ALL {
        for received in [None, Some(1_000)] {
            for decided in [None, Some(5_000)] {
                let expected = match state {
                    State::Accepted => decided.map(|at| at + AFTER_VERDICT),
                    State::Received | State::PossibleDuplicate | State::Refused => {
                        received.or(decided).map(|at| at + AFTER_RECEIPT)
                    }
                    _ => None,
                };
                assert_eq!(purge_at(state, received, decided, None), expected, "{}", state.name());
                let wanted = match state {
                    State::Refused | State::PossibleDuplicate => Some(9_000 + AFTER_REFUSAL),
                    _ => expected,
                };
                assert_eq!(
                    purge_at(state, received, decided, Some(9_000)),
                    wanted,
                    "{}",
                    state.name()
                );
            }
        }
    }
    assert_eq!(
        (AFTER_VERDICT, AFTER_RECEIPT, AFTER_REFUSAL),
        (259_200, 604_800, 2_592_000)
    );
    assert_eq!(
        purge_at(State::Received, Some(i64::MAX), None, None),
        Some(i64::MAX),
        "a wild clock is no crash"
    );
}

// ------------------------------------------------------------------------------------------ state machine

/// What the platform says about one revision: it takes it or stops it, and later decides, perhaps after a look.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Silent,
    Stopped,
    Receipt,
    Held,
    Looked,
    Decided(bool),
    LookedAndDecided(bool),
}

impl Fate {
    fn messages(self, eid: Eid) -> Vec<Event> {
        let receipt = Event::Receipt { eid };
        let look = Event::Verdict {
            eid,
            decision: Decision::PossibleDuplicate,
        };
        let decide = |accepted| Event::Verdict {
            eid,
            decision: if accepted {
                Decision::Accepted
            } else {
                Decision::Refused(REASON)
            },
        };
        match self {
            Fate::Silent => vec![],
            Fate::Stopped => vec![Event::Stopped {
                eid,
                reason: QuarantineReason::Unreadable,
            }],
            Fate::Receipt => vec![receipt],
            Fate::Held => vec![Event::Held { eid }],
            Fate::Looked => vec![receipt, look],
            Fate::Decided(accepted) => vec![receipt, decide(accepted)],
            Fate::LookedAndDecided(accepted) => vec![receipt, look, decide(accepted)],
        }
    }

    /// The state of a registration whose head met this fate, once everything was heard.
    fn state(self) -> State {
        match self {
            Fate::Silent => State::Queued,
            Fate::Stopped => State::Quarantined,
            Fate::Receipt | Fate::Held => State::Received,
            Fate::Looked => State::PossibleDuplicate,
            Fate::Decided(true) | Fate::LookedAndDecided(true) => State::Accepted,
            Fate::Decided(false) | Fate::LookedAndDecided(false) => State::Refused,
        }
    }
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Silent),
        Just(Fate::Stopped),
        Just(Fate::Receipt),
        Just(Fate::Held),
        Just(Fate::Looked),
        any::<bool>().prop_map(Fate::Decided),
        any::<bool>().prop_map(Fate::LookedAndDecided),
    ]
}

#[derive(Debug, Clone)]
enum Act {
    Correct,
    Withdraw,
    /// One of the messages that exist so far, any number of times.
    Hear(prop::sample::Index),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Correct),
        1 => Just(Act::Withdraw),
        6 => any::<prop::sample::Index>().prop_map(Act::Hear),
    ]
}

/// One registration on a device, as the store would keep it.
struct Device {
    state: State,
    head: Option<Eid>,
    outbox: BTreeSet<Eid>,
    heard: BTreeSet<Eid>,
    tasks: usize,
    received_at: Option<i64>,
    decided_at: Option<i64>,
}

impl Device {
    fn new() -> Self {
        Self {
            state: State::Draft,
            head: None,
            outbox: BTreeSet::new(),
            heard: BTreeSet::new(),
            tasks: 0,
            received_at: None,
            decided_at: None,
        }
    }

    fn apply(&mut self, event: Event) -> bool {
        let Ok(transition) = next(self.state, self.head, event) else {
            return false;
        };
        match event {
            Event::Saved { head } | Event::Corrected { head } | Event::Withdrawn { head } => {
                self.head = Some(head);
                (self.received_at, self.decided_at) = (None, None);
            }
            Event::Receipt { eid } | Event::Held { eid } | Event::Stopped { eid, .. } => {
                self.heard.insert(eid);
                if self.head == Some(eid) && !matches!(event, Event::Stopped { .. }) {
                    self.received_at = Some(1);
                }
            }
            Event::Verdict { eid, .. } => {
                self.heard.insert(eid);
                if self.head == Some(eid) {
                    self.decided_at = Some(2);
                }
            }
            Event::Discarded | Event::SentAgain { .. } | Event::Forgotten { .. } | Event::Undecided { .. } => {}
        }
        self.state = transition.state;
        for effect in transition.effects {
            match effect {
                Effect::Enqueue(eid) => assert!(self.outbox.insert(eid), "a revision is enqueued once"),
                Effect::Dequeue(eid) => {
                    self.outbox.remove(&eid);
                    assert!(self.heard.contains(&eid), "dequeued without an answer about it");
                }
                Effect::OpenTask(_) => self.tasks += 1,
                Effect::CloseTasks => self.tasks = 0,
                Effect::EraseContent => assert!(matches!(self.state, State::Withdrawn | State::Discarded)),
            }
        }
        true
    }

    fn check(&self) {
        let head = self.head.expect("saved");
        if self.outbox.contains(&head) {
            assert_eq!(
                purge_at(self.state, self.received_at, self.decided_at, None),
                None,
                "unsent is never purged"
            );
        }
        // What is waiting says so, and what says it is waiting is in the outbox.
        assert_eq!(
            self.state == State::Queued,
            self.outbox.contains(&head) && self.state != State::Withdrawn
        );
        assert_eq!(
            self.tasks,
            usize::from(self.state == State::Refused),
            "one task per refused record"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// I8 of docs/protocol.md. Whatever order, however often, however late: everything heard gives one final state, and
    /// it is the one that the fate of the head revision says.
    #[test]
    fn answers_converge(
        acts in prop::collection::vec(any_act(), 0..24),
        fates in prop::collection::vec(any_fate(), 32),
        order in Just((0..96usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let revision = |number: usize| Eid([number as u8; 16]);
        let mut device = Device::new();
        let mut revisions = 1;
        let mut withdrawn = false;
        let saved = device.apply(Event::Saved { head: revision(0) });
        prop_assert!(saved);
        device.check();
        let messages = |revisions: usize| -> Vec<Event> {
            (0..revisions).flat_map(|number| fates[number].messages(revision(number))).collect()
        };
        for act in acts {
            match act {
                Act::Correct => {
                    let before = device.state;
                    let done = device.apply(Event::Corrected { head: revision(revisions) });
                    prop_assert_eq!(done, before != State::Withdrawn);
                    revisions += usize::from(done);
                }
                Act::Withdraw => {
                    let done = device.apply(Event::Withdrawn { head: revision(revisions) });
                    prop_assert_eq!(done, !withdrawn);
                    revisions += usize::from(done);
                    withdrawn = true;
                }
                Act::Hear(which) => {
                    let said = messages(revisions);
                    if !said.is_empty() {
                        prop_assert!(device.apply(said[which.index(said.len())]));
                    }
                }
            }
            device.check();
        }
        let said = messages(revisions);
        for at in order.iter().chain(order.iter().rev()) {
            if let Some(message) = said.get(*at) {
                prop_assert!(device.apply(*message));
                device.check();
            }
        }
        let expected = if withdrawn { State::Withdrawn } else { fates[revisions - 1].state() };
        prop_assert_eq!(device.state, expected);
        // Only what the platform never answered still waits.
        for (number, fate) in fates.iter().enumerate().take(revisions) {
            let silent = matches!(fate, Fate::Silent);
            prop_assert_eq!(device.outbox.contains(&revision(number)), silent, "revision {}", number);
        }
    }

    /// I10 (docs/protocol.md) over many registrations: whatever happens to each, the counts add up to what was begun.
    #[test]
    fn counts_add_up(fates in prop::collection::vec((any_fate(), 0..4u8), 0..40)) {
        let mut counts = Conservation { begun: 0, by_state: [0; 9] };
        for (fate, way) in fates {
            let mut device = Device::new();
            counts.begun += 1;
            let column = |state: State| State::ALL.iter().position(|other| *other == state).unwrap();
            counts.by_state[column(device.state)] += 1;
            let mut events = match way {
                0 => vec![Event::Discarded],
                1 => vec![],
                _ => vec![Event::Saved { head: HEAD }],
            };
            if way > 1 {
                events.extend(fate.messages(HEAD));
            }
            if way > 2 {
                events.push(Event::Withdrawn { head: NEW });
            }
            for event in events {
                let before = device.state;
                prop_assert!(device.apply(event));
                counts.by_state[column(before)] -= 1;
                counts.by_state[column(device.state)] += 1;
                prop_assert!(counts.holds());
            }
        }
        let mut lost = counts.clone();
        lost.begun += 1;
        prop_assert!(!lost.holds());
    }
}
