//! The gateway over HTTPS: the only crate of the device that knows HTTP and TLS.
//!
//! Nothing that comes back is believed for having come back: every answer that changes anything is signed by a key of
//! the [`Trust`](protocol::enrolment::Trust) message and bound to its question. TLS keeps the conversation private; the
//! signatures make it true. There is no clock and no randomness here except what TLS itself needs.

mod address;
mod connection;
mod error;
mod http;
mod status;
mod tls;

pub use connection::Connection;
pub use error::ClientError;
pub use tls::Clock;
