//! The central side of Từng Nhà on embedded SQLite: enrols devices, keeps what they send, says what became of it.
//!
//! - [`Gateway`] answers the calls of docs/protocol.md without HTTP: bytes in, signed bytes out. `calls/` has a file for
//!   each; what they decide from facts alone is in `rules/`; the database is `store/`.
//! - `http/` is the thin layer that brings those calls to the network.
//! - [`opener`] alone can read bodies: its own key files and its own database. It is handed sealed envelopes and hands
//!   back verdicts sealed to the device (`calls/handover`).
//! - [`adapters`] are the registers it asks; [`env`] is clock and randomness; [`cli`] the program.

mod backup;
mod calls;
mod gateway;
mod keys;
mod lock;
mod rules;
mod sqlite;
mod store;

pub mod adapters;
pub mod cli;
pub mod env;
pub mod error;
pub mod faults;
pub mod http;
pub mod opener;
pub mod worker;

pub use backup::backup;
pub use calls::{
    ActView, AskedKeys, BLANKS_ON_A_SHEET, DeviceView, Finding, Health, Imported, InvitationIssued, InvitationView,
    Invite, MAX_SHEETS, MadeBlanks, PersonView, Reconciled, Stated, TeamRef, TeamView, Voided, WaitingForNotice,
    WaitingWithdrawal, Word, read_sheet,
};
pub use error::{Denied, GatewayError};
pub use gateway::{Gateway, MAX_BATCHES};
pub use rules::healing::Asking;
pub use rules::withdrawals::Erasure;
