//! The use cases: in which order things happen, and nothing else. Rules are in `domain`, bytes in `protocol`, disk in
//! `store`, network in `client`, paper in `print`. What a window may ask is in `host`.

pub mod blanks;
pub mod board;
pub mod choices;
pub mod device;
pub mod doctor;
pub mod env;
pub mod error;
pub mod forms;
pub mod gateway;
pub mod households;
mod known_master;
mod lease;
mod line;
pub mod look;
pub mod master;
mod operators;
pub mod paper;
pub mod place;
pub mod practice;
pub mod read_idcard;
pub mod refusal;
pub mod register;
mod same_number;
pub mod session;
pub mod sync;
pub mod verify;
pub mod views;

pub use error::AppError;
pub use session::Session;

/// Version of the program, as reported to the gateway.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");
