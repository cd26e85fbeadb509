//! What a device reports of itself: counts, no personal data.

use crate::signed::Message;
use domain::{
    ext::Extensions,
    ids::{DeviceId, UnixTime},
};
use minicbor::{Decode, Encode};

/// `POST /v1/reports`: how the device stands, signed by its transport key. Sent after records and verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceReport {
    /// Device.
    #[n(0)]
    pub device: DeviceId,
    /// The device's wall clock when it wrote the report.
    #[n(1)]
    pub time: UnixTime,
    /// Registrations ever begun.
    #[n(2)]
    pub begun: u64,
    /// Counts in the order of `domain::state::State::ALL`.
    #[n(3)]
    pub by_state: Vec<u64>,
    /// Capture time of the oldest unsent envelope.
    #[n(4)]
    pub oldest_unsent: Option<UnixTime>,
    /// Envelopes in the outbox.
    #[n(5)]
    pub unsent: u64,
    /// Version of the program.
    #[n(6)]
    pub program: String,
    /// Where the device secret lies: `keyring` or `file` (weaker).
    #[n(7)]
    pub secret: String,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for DeviceReport {
    const CONTEXT: &'static str = "tungnha/1/report";
    const LIMIT: usize = 3072;
}

/// The gateway's "yes" to a report.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Acknowledged {
    /// The server's time.
    #[n(0)]
    pub time: UnixTime,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for Acknowledged {
    const CONTEXT: &'static str = "tungnha/1/acknowledged";
    const LIMIT: usize = 2048;
}
