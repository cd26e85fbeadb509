//! What people look at: the queue, a registration, tasks, search.

use crate::{AppError, Session, pool::PoolCard};
use domain::{
    code::Code,
    ids::{Rid, UnixTime},
    registration::{Draft, FieldName},
    state::{Conservation, QuarantineReason, Reason, RefusalCode, State},
};
use protocol::citizen::Printed;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{cards, outbox, records, search, tasks};

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
    #[cfg_attr(feature = "bindings", ts(as = "Option<Vec<PoolCard>>"))]
    pub cards: Vec<PoolCard>,
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

impl Session {
    /// Counts by state.
    pub fn queue(&self) -> Result<Queue, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let counts: Conservation = records::counts(tx)?;
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
            })
        })
    }

    /// One registration.
    pub fn show(&self, rid: Rid) -> Result<Shown, AppError> {
        let (record, cards) = self.store.read(|tx| -> Result<_, AppError> {
            let record = records::get(tx, &rid)?.ok_or(AppError::Refused("unknown_rid"))?;
            Ok((record, cards::of_registration(tx, &rid)?))
        })?;
        Ok(Shown {
            rid,
            code: record.code,
            state: record.state,
            initials: record.initials,
            revisions: record.revisions,
            saved_at: record.saved_at,
            received_at: record.received_at,
            decided_at: record.decided_at,
            account: record.account,
            reason: record.reason,
            quarantine: record.quarantine,
            cards: cards.iter().map(PoolCard::used).collect(),
            draft: record.content.as_ref().map(|content| content.to_draft()),
        })
    }

    /// Open tasks, oldest first.
    pub fn tasks(&self) -> Result<Vec<Task>, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            tasks::list(tx)?
                .into_iter()
                .map(|task| {
                    let record = records::get(tx, &task.rid)?.ok_or(AppError::Refused("unknown_rid"))?;
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

    /// Finds people.
    pub fn search(&self, text: &str, limit: u32) -> Result<Vec<Found>, AppError> {
        // A card in the hand, of either kind: whoever it was given to.
        if let Some(rid) = self.bound_here(text)? {
            let record = self.store.read(|tx| records::get(tx, &rid))?;
            return Ok(record.into_iter().map(Found::of).collect());
        }
        let code = Printed::read(text).map(|printed| printed.citizen.code.to_string());
        let text = code.as_deref().unwrap_or(text);
        let hits = self.store.read(|tx| search::find(tx, text, limit as usize))?;
        Ok(hits.into_iter().map(Found::of).collect())
    }
}
