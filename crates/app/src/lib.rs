//! The use cases: in which order things happen, and nothing else. Rules are in `domain`, bytes in `protocol`, disk in
//! `store`, network in `client`, paper in `print`.

pub mod card;
pub mod device;
pub mod doctor;
pub mod enroll;
pub mod env;
pub mod error;
pub mod eyes;
pub mod gateway;
pub mod host;
pub mod paper;
pub mod pool;
pub mod practice;
pub mod rpc;
pub mod session;
pub mod sync;
pub mod verify;
pub mod views;

pub use client;
pub use domain;
pub use protocol;
pub use scan;
pub use store;

pub use error::AppError;
pub use session::Session;

/// Version of the program, as reported to the gateway.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");
