//! Sending what waits and fetching what was decided.
//!
//! No transaction is ever open while the network is asked. What is on its way is known only in memory: after a crash it
//! is simply sent again, and the gateway gives the same receipt.

mod adopt;
pub mod apply;
pub mod healing;
mod last_word;
pub mod locked;
mod reset;
pub mod run;
mod way_back;

use serde::Serialize;

/// Why a sync ended that met nothing in its way and still left records: the gateway took none of them.
pub const NO_PROGRESS: &str = "no_progress";
/// Why a sync ended that left nothing unsent: something the platform said could not be taken in, and is kept.
pub const STEPPED_OVER: &str = "stepped_over";
/// Why a run says so once: the platform had lost records, and they were sent again.
pub const FORGOT: &str = "platform_forgot";
/// Why a run says so once: the platform had lost records that this device cannot send again.
pub const LOST: &str = "platform_lost";
/// Codes of syncing itself.
pub(crate) const OWN_CODES: [&str; 4] = [NO_PROGRESS, STEPPED_OVER, FORGOT, LOST];

/// How far a call to sync came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Envelopes for which a verified receipt came in this call.
    pub receipts: u64,
    /// Envelopes that were stopped and wait for a person.
    pub stopped: u64,
    /// Verdicts applied.
    pub verdicts: u64,
    /// Envelopes still in the outbox.
    pub left: u64,
    /// Somebody was asked: without that, nothing is known of any network.
    #[serde(skip)]
    pub asked: bool,
    /// So many seconds the server wants to hear nothing by itself.
    #[serde(skip)]
    pub quiet: Option<u64>,
    /// The platform answered and everything that could be asked was asked; only what is too large may be left.
    #[serde(skip)]
    pub reached: bool,
    /// Why something is left: a stable code; absent when nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the platform had forgotten, and what came of it; absent when it remembers everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healed: Option<healing::Healing>,
    /// After how many seconds a next try makes sense, where waiting helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_in: Option<u64>,
}
