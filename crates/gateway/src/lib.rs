//! The central side of Từng Nhà on embedded SQLite: enrols devices, keeps what they send, says what became of it.
//!
//! - [`Gateway`] answers the calls of docs/protocol.md without HTTP: bytes in, signed bytes out. Its database is
//!   `store/`.
//! - `http/` is the thin layer that brings those calls to the network.
//! - [`opener`] alone can read bodies: its own key files and its own database. It is handed sealed envelopes and hands
//!   back verdicts sealed to the device (`handover`).
//! - [`adapters`] are the registers it asks; [`env`] is clock and randomness; [`cli`] the program.

mod audit;
mod batches;
mod board;
mod cards;
mod enrolment;
mod gateway;
mod handover;
mod keys;
mod pages;
mod revisions;
mod sequence;
mod sqlite;
mod store;
mod tokens;
mod trust;

pub mod adapters;
pub mod cli;
pub mod env;
pub mod error;
pub mod faults;
pub mod http;
pub mod opener;
pub mod worker;

pub use audit::Finding;
pub use cards::{CARDS_ON_A_SHEET, MAX_SHEETS, MadeCards, Voided};
pub use enrolment::{InvitationIssued, Invite};
pub use error::{Denied, GatewayError};
pub use gateway::{Gateway, MAX_BATCHES};
