//! What people look at: the queue, a registration, tasks, search.

use crate::refusal::Refusal;
use crate::{
    AppError, Session,
    blanks::{BlankTask, KnownBlank},
    forms::DraftItem,
};
use domain::{
    code::Code,
    date::Day,
    ids::{Rid, UnixTime},
    registration::{Draft, FieldName},
    state::{Allowed, Conservation, QuarantineReason, Reason, RefusalCode, State},
};
use protocol::citizen::Printed;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{
    StoreError, blanks,
    healing::{self, Forgotten},
    outbox, records, tasks,
};

/// The queue in numbers, and whether they add up (docs/protocol.md, I10).
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Registrations ever begun.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub begun: u64,
    /// Count per state; all nine are named, also those at 0.
    #[cfg_attr(feature = "bindings", ts(type = "Record<State, number>"))]
    pub by_state: BTreeMap<&'static str, u64>,
    /// Envelopes in the outbox.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub unsent: u64,
    /// Capture time of the oldest of them, seconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub oldest_unsent: Option<UnixTime>,
    /// The counts add up to what was ever begun.
    pub conservation: bool,
    /// Envelopes that wait alone because they cannot be sent while others can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<Vec<SetAside>>"))]
    pub aside: Vec<SetAside>,
    /// Registrations that the platform had forgotten and that were sent again.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub healed: u64,
    /// Codes of registrations that the platform has forgotten and that this device can no longer send: to be registered anew.
    pub lost: Vec<Code>,
}

/// An envelope that cannot be sent while others can, and so holds up none of them.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// The registration.
    pub rid: Rid,
    /// Why, as a stable code.
    pub reason: String,
    /// How often it was tried.
    pub times: u32,
    /// When it is tried again by itself, seconds since 1970 UTC.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub next_at: UnixTime,
}

impl From<outbox::Aside> for SetAside {
    fn from(aside: outbox::Aside) -> Self {
        Self {
            rid: aside.rid,
            reason: aside.reason,
            times: aside.times,
            next_at: aside.next_at,
        }
    }
}

/// One registration as this device knows it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// The registration.
    pub rid: Rid,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Where it stands.
    pub state: State,
    /// What may be done with it now.
    pub allowed: Allowed,
    /// `N.T.H`.
    pub initials: String,
    /// Revisions made here.
    pub revisions: u32,
    /// Saved, seconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub saved_at: Option<UnixTime>,
    /// First receipt of the head revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub received_at: Option<UnixTime>,
    /// The platform's decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub decided_at: Option<UnixTime>,
    /// Account, where one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Why it was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<QuarantineReason>,
    /// Pre-printed cards it was given on this device, the one changed last first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<Vec<KnownBlank>>"))]
    #[serde(rename = "cards")]
    pub blanks: Vec<KnownBlank>,
    /// The platform has it, and a person there decides before it goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<bool>"))]
    pub held: bool,
    /// Something of what this device keeps of it cannot be read; it is sent and decided all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<bool>"))]
    pub unreadable: bool,
    /// The draft that would make the same registration again; absent once the content is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
}

/// Something for the volunteer to do.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The registration.
    pub rid: Rid,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// `N.T.H`.
    pub initials: String,
    /// The field to mend.
    pub field: FieldName,
    /// Why.
    pub reason: RefusalCode,
    /// Since when, seconds since 1970 UTC.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub opened_at: UnixTime,
    /// The content is still here, or came back with the refusal; otherwise the card is scanned again.
    pub content: bool,
}

/// One person found.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The registration.
    pub rid: Rid,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Where it stands.
    pub state: State,
    /// The platform has it, and a person there decides before it goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<bool>"))]
    pub held: bool,
    /// The name; absent once the content is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `N.T.H`.
    pub initials: String,
    /// The year of birth; absent once the content is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// House and group of the residence; absent once the content is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Found {
    /// A line about a registration.
    pub(crate) fn of(record: store::records::Record) -> Self {
        let content = record.content.as_ref();
        Self {
            rid: record.rid,
            code: record.code,
            state: record.state,
            held: record.held,
            name: content.map(|content| content.name.value.expose().to_owned()),
            birth_year: content.map(|content| content.birth.value.year()),
            address: content.map(|content| content.residence.line()),
            initials: record.initials,
        }
    }
}

/// States of what was saved: all but forms, finished or dropped.
const SAVED: [State; 7] = [
    State::Queued,
    State::Received,
    State::Accepted,
    State::PossibleDuplicate,
    State::Refused,
    State::Withdrawn,
    State::Quarantined,
];
/// Most rows of one page.
const PAGE: u32 = 200;
/// Tasks and registrations of the page of today.
const TASKS_TODAY: usize = 20;
const RECENT: u32 = 10;

/// What today needs.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Today {
    /// Saved today.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub saved_today: u64,
    /// Counts.
    pub queue: Queue,
    /// Tasks, oldest first, at most 20.
    pub tasks: Vec<Task>,
    /// Pre-printed cards that must be exchanged, oldest first.
    #[serde(rename = "cards")]
    pub blanks: Vec<BlankTask>,
    /// Open forms, newest first.
    pub drafts: Vec<DraftItem>,
    /// Saved last, at most 10.
    pub recent: Vec<Found>,
    /// The platform was not heard for too long: old records are locked, and left out here.
    pub records_locked: bool,
}

/// A page of registrations.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// All there are.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub total: u64,
    /// This page.
    pub items: Vec<Found>,
}

impl Session {
    /// What today needs.
    pub fn today(&self) -> Result<Today, AppError> {
        let records_locked = self.lease_is_over()?;
        let (mut tasks, blanks) = match records_locked {
            true => Default::default(),
            false => (self.tasks()?, self.blank_tasks()?),
        };
        tasks.truncate(TASKS_TODAY);
        let today = Day::of(self.clock()?.now());
        let (recent, saved_today) = self.store.read(|tx| -> Result<_, AppError> {
            let recent = records::page(tx, &SAVED, 0, RECENT)?;
            Ok((recent, records::saved_since(tx, today.begins_at())?))
        })?;
        let mut shown = Vec::with_capacity(recent.len());
        for record in recent {
            if !self.is_locked(&record.rid)? {
                shown.push(Found::of(record));
            }
        }
        Ok(Today {
            saved_today,
            queue: self.queue()?,
            tasks,
            blanks,
            drafts: self.open_drafts()?,
            recent: shown,
            records_locked,
        })
    }

    /// Registrations in these states (none named: all that were saved), newest first; at most 200 from `offset` on.
    ///
    /// # Errors
    /// `lease_over`; as for everything that shows people (`domain::lease`).
    pub fn page(&self, states: &[State], offset: u32, limit: u32) -> Result<Page, AppError> {
        self.may_look_around()?;
        let states = if states.is_empty() { &SAVED } else { states };
        self.store.read(|tx| -> Result<_, AppError> {
            let counts = records::counts(tx)?;
            let total = State::ALL
                .iter()
                .zip(counts.by_state)
                .filter(|(state, _)| states.contains(state))
                .map(|(_, count)| count)
                .sum();
            let page = records::page(tx, states, offset, limit.min(PAGE))?;
            Ok(Page {
                total,
                items: page.into_iter().map(Found::of).collect(),
            })
        })
    }

    /// What waits for somebody to do it: refused registrations, those that stopped, and pre-printed cards to exchange.
    pub fn open_tasks(&self) -> Result<u64, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let stopped = records::in_state(tx, State::Quarantined)?;
            Ok(stopped + (tasks::list(tx)?.len() + blanks::to_exchange(tx)?.len()) as u64)
        })
    }

    /// Envelopes that wait.
    pub fn unsent(&self) -> Result<u64, AppError> {
        Ok(self.store.read(outbox::len)?)
    }

    /// Counts by state.
    pub fn queue(&self) -> Result<Queue, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let counts: Conservation = records::counts(tx)?;
            let forgotten = healing::forgotten(tx)?;
            Ok(Queue {
                begun: counts.begun,
                by_state: State::ALL
                    .iter()
                    .map(|state| state.name())
                    .zip(counts.by_state)
                    .collect(),
                unsent: outbox::len(tx)?,
                oldest_unsent: outbox::oldest(tx)?,
                conservation: counts.holds(),
                aside: outbox::aside(tx)?.into_iter().map(SetAside::from).collect(),
                healed: forgotten.iter().filter(|each| !each.lost).count() as u64,
                lost: lost(tx, &forgotten)?,
            })
        })
    }

    /// One registration.
    pub fn show(&self, rid: Rid) -> Result<Shown, AppError> {
        self.may_view(&rid)?;
        let (record, blanks) = self.store.read(|tx| -> Result<_, AppError> {
            let record = records::get(tx, &rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
            Ok((record, blanks::of_registration(tx, &rid)?))
        })?;
        Ok(Shown {
            rid,
            code: record.code,
            state: record.state,
            allowed: Allowed::of(record.state),
            initials: record.initials,
            revisions: record.revisions,
            saved_at: record.saved_at,
            received_at: record.received_at,
            decided_at: record.decided_at,
            account: record.account,
            reason: record.reason,
            quarantine: record.quarantine,
            blanks: blanks.iter().map(KnownBlank::used).collect(),
            held: record.held,
            unreadable: record.unreadable,
            draft: record.content.as_ref().map(|content| content.to_draft()),
        })
    }

    /// Open tasks, oldest first.
    pub fn tasks(&self) -> Result<Vec<Task>, AppError> {
        self.may_look_around()?;
        self.store.read(|tx| -> Result<_, AppError> {
            tasks::list(tx)?
                .into_iter()
                .map(|task| {
                    let record = records::get(tx, &task.rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
                    Ok(Task {
                        rid: task.rid,
                        code: record.code,
                        initials: record.initials,
                        field: task.field,
                        reason: task.code,
                        opened_at: task.opened_at,
                        content: record.content.is_some(),
                    })
                })
                .collect()
        })
    }

    /// Finds people by name, number, phone, address or code; at most 200.
    pub fn search(&self, text: &str, limit: u32) -> Result<Vec<Found>, AppError> {
        self.may_look_around()?;
        // A card in the hand, of either kind: whoever it was given to.
        if let Some(rid) = self.bound_here(text)? {
            let record = self.store.read(|tx| records::get(tx, &rid))?;
            return Ok(record.into_iter().map(Found::of).collect());
        }
        let code = Printed::read(text).map(|printed| printed.citizen.code.to_string());
        let text = code.as_deref().unwrap_or(text);
        let look = || self.store.read(|tx| records::find(tx, text, limit.min(PAGE) as usize));
        let hits = match look() {
            // The index only repeats what the registrations hold.
            Err(StoreError::IndexDamaged) => {
                self.store.mend_search()?;
                look()?
            }
            found => found?,
        };
        Ok(hits.into_iter().map(Found::of).collect())
    }
}

/// The codes of what cannot be sent again.
fn lost(tx: &store::Read<'_>, forgotten: &[Forgotten]) -> Result<Vec<Code>, AppError> {
    let mut codes = Vec::new();
    for each in forgotten.iter().filter(|each| each.lost) {
        codes.extend(records::get(tx, &each.rid)?.and_then(|record| record.code));
    }
    Ok(codes)
}
