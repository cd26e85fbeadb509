//! The states of a registration, by its head revision, as one pure function (docs/protocol.md).
//!
//! `draft -> queued -> received -> accepted | possible_duplicate | refused`, and `withdrawn`, `discarded`,
//! `quarantined`. "Being sent" is not a state: after a crash the record is simply queued.

use crate::ids::Eid;
use crate::registration::FieldName;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Where a registration is. Every registration ever begun is in exactly one of these (docs/protocol.md, I10).
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    Encode,
    Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum State {
    /// In the form.
    #[n(0)]
    Draft,
    /// Saved on this device, waiting to be sent.
    #[n(1)]
    Queued,
    /// The gateway's receipt for the head revision was verified.
    #[n(2)]
    Received,
    /// Account made.
    #[n(3)]
    Accepted,
    /// A coordinator looks at a possible duplicate.
    #[n(4)]
    PossibleDuplicate,
    /// A field must be corrected.
    #[n(5)]
    Refused,
    /// The resident changed their mind.
    #[n(6)]
    Withdrawn,
    /// Consent not given, or an expired draft: content erased, the count stays.
    #[n(7)]
    Discarded,
    /// Device and gateway disagree about bytes, or the opener cannot read: both kept, a person decides.
    #[n(8)]
    Quarantined,
}

impl State {
    /// Every state, in the order in which people read them.
    pub const ALL: [State; 9] = [
        State::Draft,
        State::Queued,
        State::Received,
        State::Accepted,
        State::PossibleDuplicate,
        State::Refused,
        State::Withdrawn,
        State::Discarded,
        State::Quarantined,
    ];

    /// The stable name, as stored and shown in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Queued => "queued",
            State::Received => "received",
            State::Accepted => "accepted",
            State::PossibleDuplicate => "possible_duplicate",
            State::Refused => "refused",
            State::Withdrawn => "withdrawn",
            State::Discarded => "discarded",
            State::Quarantined => "quarantined",
        }
    }

    /// The state with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// The decision of the opener about one revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Account made.
    #[n(0)]
    Accepted,
    /// A coordinator decides.
    #[n(1)]
    PossibleDuplicate,
    /// A field must be corrected.
    #[n(2)]
    Refused(#[n(0)] Reason),
}

/// Field and code of a refusal.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Reason {
    /// Where.
    #[n(0)]
    pub field: FieldName,
    /// What.
    #[n(1)]
    pub code: RefusalCode,
}

/// Why the opener refuses.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[allow(missing_docs)]
pub enum RefusalCode {
    #[n(0)]
    NameMismatch,
    #[n(1)]
    BirthMismatch,
    #[n(2)]
    SexMismatch,
    #[n(3)]
    #[serde(rename = "pin_unknown")]
    NumberUnknown,
    // Not said by our own opener, for a registration without a number is accepted; kept for a platform that wants one.
    #[n(4)]
    #[serde(rename = "pin_missing")]
    NumberMissing,
    #[n(5)]
    CommuneUnknown,
    #[n(6)]
    NoticeUnknown,
    #[n(7)]
    ConsentIncomplete,
    #[n(8)]
    SignatureMissing,
    #[n(9)]
    RepresentativeMissing,
    #[n(10)]
    FieldInvalid,
    #[n(11)]
    CodeTaken,
    #[n(12)]
    PersonDeceased,
}

/// Why a record stopped.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum QuarantineReason {
    /// The gateway holds other bytes under this `eid`.
    #[n(0)]
    DigestConflict,
    /// The gateway or opener cannot read the envelope.
    #[n(1)]
    Unreadable,
    /// The envelope belongs to another realm than the gateway.
    #[n(2)]
    WrongRealm,
    /// `base` is not the head the platform knows: a conflict, never last-write-wins.
    #[n(3)]
    StaleBase,
}

/// What happened to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The volunteer saved the finished draft; its first revision is `head`.
    Saved { head: Eid },
    /// The draft was dropped: consent not given, or it expired.
    Discarded,
    /// A correction was saved; `head` is the new revision.
    Corrected { head: Eid },
    /// The resident withdrew; `head` is the withdrawal.
    Withdrawn { head: Eid },
    /// A person looked at what had stopped and sends the same revision again.
    SentAgain { eid: Eid },
    /// A verified receipt for one revision.
    Receipt { eid: Eid },
    /// A verified receipt that says a person decides first (`held`).
    Held { eid: Eid },
    /// The gateway answered that this revision cannot be taken as it is.
    Stopped { eid: Eid, reason: QuarantineReason },
    /// The opener's verdict on one revision.
    Verdict { eid: Eid, decision: Decision },
    /// The platform came back without this revision: it is sent again, and nothing that was said about it holds.
    Forgotten { eid: Eid },
    /// The platform came back without its verdict about this revision: the verdict comes anew.
    Undecided { eid: Eid },
}

/// What the store must do together with the new state, in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Put this revision into the outbox.
    Enqueue(Eid),
    /// This revision needs no more sending.
    Dequeue(Eid),
    /// Erase what was typed.
    EraseContent,
    /// Open a task for the volunteer: this field, this code.
    OpenTask(Reason),
    /// Tasks about this registration are settled.
    CloseTasks,
}

/// What a person may do with a registration in a state: the same table as [`next`], for whoever shows buttons.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// A correction may be saved.
    pub correct: bool,
    /// It may be withdrawn. Saying it again is no harm, but offers nothing.
    pub withdraw: bool,
    /// It stopped, and may be sent again as it is: after the ward said that the cause is mended.
    pub send_again: bool,
}

impl Allowed {
    /// What `next` would take.
    pub fn of(state: State) -> Self {
        let head = Eid([0; 16]);
        let takes = |event| next(state, Some(head), event).is_ok();
        Self {
            correct: takes(Event::Corrected { head }),
            withdraw: takes(Event::Withdrawn { head }),
            send_again: takes(Event::SentAgain { eid: head }),
        }
    }
}

/// The result of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The state afterwards.
    pub state: State,
    /// What goes with it.
    pub effects: Vec<Effect>,
}

/// An event that cannot happen in a state: a bug or a lie, never silently absorbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event} cannot happen in state {}", .state.name())]
pub struct Illegal {
    /// The state it met.
    pub state: State,
    /// The event's name.
    pub event: &'static str,
}

/// The transition function. `head` is the registration's head revision (`None` for a draft).
///
/// Receipts and verdicts may arrive any number of times, late, in any order and for old revisions (docs/protocol.md,
/// I8): those answer with the same state and at most a `Dequeue`.
pub fn next(state: State, head: Option<Eid>, event: Event) -> Result<Transition, Illegal> {
    use State::*;
    let to = |state, effects: &[Effect]| {
        Ok(Transition {
            state,
            effects: effects.to_vec(),
        })
    };
    let illegal = |event| Err(Illegal { state, event });
    match (event, state) {
        (Event::Saved { head }, Draft) => to(Queued, &[Effect::Enqueue(head)]),
        (Event::Saved { .. }, _) => illegal("saved"),

        (Event::Discarded, Draft | Discarded) => to(Discarded, &[Effect::EraseContent]),
        (Event::Discarded, _) => illegal("discarded"),

        // What stopped is a case for a person, and a person has ways on: a correction, the same again, or a withdrawal.
        (Event::Corrected { head }, Queued | Received | Accepted | PossibleDuplicate | Refused | Quarantined) => {
            to(Queued, &[Effect::Enqueue(head), Effect::CloseTasks])
        }
        (Event::Corrected { .. }, _) => illegal("corrected"),

        (Event::Withdrawn { head }, Queued | Received | Accepted | PossibleDuplicate | Refused | Quarantined) => to(
            Withdrawn,
            &[Effect::Enqueue(head), Effect::CloseTasks, Effect::EraseContent],
        ),
        (Event::Withdrawn { .. }, _) => illegal("withdrawn"),

        (Event::SentAgain { eid }, Quarantined) if head == Some(eid) => to(Queued, &[Effect::Enqueue(eid)]),
        (Event::SentAgain { .. }, _) => illegal("sent_again"),

        (
            Event::Receipt { .. }
            | Event::Held { .. }
            | Event::Stopped { .. }
            | Event::Verdict { .. }
            | Event::Forgotten { .. }
            | Event::Undecided { .. },
            Draft | Discarded,
        ) => illegal("answer"),

        (Event::Forgotten { eid }, Received | Accepted | PossibleDuplicate | Refused) if head == Some(eid) => {
            to(Queued, &[Effect::Enqueue(eid), Effect::CloseTasks])
        }
        (Event::Forgotten { eid }, same) => to(same, &[Effect::Enqueue(eid)]),
        (Event::Undecided { eid }, Accepted | PossibleDuplicate | Refused) if head == Some(eid) => {
            to(Received, &[Effect::CloseTasks])
        }
        (Event::Undecided { .. }, same) => to(same, &[]),

        (Event::Receipt { eid } | Event::Held { eid }, Queued) if head == Some(eid) => {
            to(Received, &[Effect::Dequeue(eid)])
        }
        (Event::Receipt { eid } | Event::Held { eid }, same) => to(same, &[Effect::Dequeue(eid)]),

        // A withdrawal wins over every argument about bytes: the resident's word was "no".
        (Event::Stopped { eid, .. }, Withdrawn) => to(Withdrawn, &[Effect::Dequeue(eid)]),
        (Event::Stopped { eid, .. }, _) if head == Some(eid) => {
            to(Quarantined, &[Effect::Dequeue(eid), Effect::CloseTasks])
        }
        (Event::Stopped { eid, .. }, same) => to(same, &[Effect::Dequeue(eid)]),

        (Event::Verdict { .. }, Withdrawn | Quarantined) => to(state, &[]),
        (Event::Verdict { eid, .. }, _) if head != Some(eid) => to(state, &[]),
        // "A person looks at it" is an interim answer: arriving late, it does not undo the final one (I8 as well).
        (
            Event::Verdict {
                eid,
                decision: Decision::PossibleDuplicate,
            },
            Accepted | Refused,
        ) => to(state, &[Effect::Dequeue(eid)]),
        // A verdict proves that the platform has the record, whether or not the receipt arrived.
        (Event::Verdict { eid, decision }, _) => match decision {
            Decision::Accepted => to(Accepted, &[Effect::Dequeue(eid), Effect::CloseTasks]),
            Decision::PossibleDuplicate => to(PossibleDuplicate, &[Effect::Dequeue(eid), Effect::CloseTasks]),
            Decision::Refused(reason) => to(
                Refused,
                &[Effect::Dequeue(eid), Effect::CloseTasks, Effect::OpenTask(reason)],
            ),
        },
    }
}

/// Counts by state and the total ever begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conservation {
    /// Registrations ever begun on this device.
    pub begun: u64,
    /// Count per state, in the order of [`State::ALL`].
    pub by_state: [u64; 9],
}

impl Conservation {
    /// Conservation (docs/protocol.md, I10): the counts add up to what was ever begun.
    pub fn holds(&self) -> bool {
        self.by_state.iter().sum::<u64>() == self.begun
    }
}
