//! Counts a device reports and the coordinator's board (no personal data in either).

use crate::signed::Message;
use domain::{
    code::Code,
    ext::Extensions,
    ids::{DeviceId, Rid, UnixTime},
};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

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

/// `GET /v1/communes/{code}/board` (JSON).
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Commune code, five digits.
    pub commune: String,
    /// When the figures were made, seconds since 1970 UTC.
    pub time: UnixTime,
    /// Every registration the gateway ever received for this commune, by where it stands.
    pub registrations: BoardCounts,
    /// Devices, silent ones first.
    pub devices: Vec<BoardDevice>,
    /// Refused registrations, the oldest decision first, at most 500. What is wrong with them only their device can read.
    #[serde(default)]
    pub refusals: Vec<BoardRefusal>,
    /// Pools of pre-printed cards of the commune's teams; a team without cards is not named.
    #[serde(default)]
    pub pools: Vec<BoardBlanks>,
}

/// The account of a team's pre-printed cards.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardBlanks {
    /// Team.
    pub team: String,
    /// Cards ever made for it.
    pub made: u64,
    /// Not handed out yet.
    pub blank: u64,
    /// Handed to a resident.
    pub bound: u64,
    /// Used up.
    pub spoiled: u64,
    /// Called void.
    pub void: u64,
    /// What its devices did with cards and what did not hold: copies, cards of others, void ones. Not a number of cards.
    pub refused: u64,
}

impl BoardBlanks {
    /// Every card is in exactly one state.
    pub fn holds(&self) -> bool {
        self.blank + self.bound + self.spoiled + self.void == self.made
    }
}

/// A registration that waits for its volunteer to correct it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardRefusal {
    /// Registration.
    pub rid: Rid,
    /// Its code, to talk about it.
    pub code: Code,
    /// Device that can correct it.
    pub device: DeviceId,
    /// Its team.
    pub team: String,
    /// When it was decided.
    pub since: UnixTime,
}

/// Conservation on the gateway: the parts add up to `received`.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardCounts {
    /// Registrations ever received.
    pub received: u64,
    /// Waiting for the opener.
    pub waiting: u64,
    /// Held for a person to decide.
    pub held: u64,
    /// Accepted.
    pub accepted: u64,
    /// Perhaps registered before.
    pub possible_duplicate: u64,
    /// Refused, waiting for a correction.
    pub refused: u64,
    /// Withdrawn.
    pub withdrawn: u64,
    /// The opener cannot read them.
    pub unreadable: u64,
}

impl BoardCounts {
    /// The formula of conservation.
    pub fn holds(&self) -> bool {
        self.waiting
            + self.held
            + self.accepted
            + self.possible_duplicate
            + self.refused
            + self.withdrawn
            + self.unreadable
            == self.received
    }
}

/// One tablet.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardDevice {
    /// Device number.
    pub device: DeviceId,
    /// Team.
    pub team: String,
    /// Last call of any kind, seconds since 1970 UTC.
    pub last_contact: Option<UnixTime>,
    /// From its last report.
    pub oldest_unsent: Option<UnixTime>,
    /// From its last report.
    pub unsent: Option<u64>,
    /// From its last report, by state name.
    pub by_state: std::collections::BTreeMap<String, u64>,
    /// Seconds the device's clock was ahead of the server at its last report.
    pub clock_ahead: Option<i64>,
    /// Version of its program.
    pub program: Option<String>,
    /// `keyring` or `file`.
    pub secret: Option<String>,
    /// Of its signing key, as the device shows it: whoever compares the two knows which device took an invitation. Absent
    /// in a board of before.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Its sequence has a gap, or it was cloned or restored.
    pub flags: Vec<String>,
    /// Revoked.
    pub revoked: bool,
}

domain::codes! {
    /// Codes of [`Refusal`] that a gateway of this version sends. A newer one may send others.
    pub enum Denial {
        /// Not the message this call takes.
        Malformed => "malformed",
        /// More bytes or envelopes than a request may have.
        TooLarge => "too_large",
        /// No token, or one that is not good (any more).
        Unauthorised => "unauthorised",
        /// A good token, but not for this.
        Forbidden => "forbidden",
        /// No such invitation.
        InvitationUnknown => "invitation_unknown",
        /// Another device used it.
        InvitationUsed => "invitation_used",
        /// Older than its minutes.
        InvitationExpired => "invitation_expired",
        /// The keys are those of a device enrolled with another invitation.
        DeviceKnown => "device_known",
        /// A token request that was seen before.
        NonceUsed => "nonce_used",
        /// Not a commune of this team.
        CommuneUnknown => "commune_unknown",
        /// The program speaks an older version of the protocol than this call is answered to.
        UpgradeNeeded => "upgrade_needed",
        /// Too many batches at once.
        Busy => "busy",
        /// The caller was too slow.
        TooSlow => "too_slow",
        /// The gateway's own fault.
        Internal => "internal",
    }
}

/// The body of every answer that is not a success (JSON): a stable code, no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For example `invitation_used`, `unauthorised`, `too_large`.
    pub code: String,
    /// With `upgrade_needed`: the least protocol version that this call is answered to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
}
