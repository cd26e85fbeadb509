//! What a coordinator may see of a commune: counts, codes, devices and cards; nothing of a person. Who may see it is
//! decided by `gateway/src/rules/access.rs`.

use domain::{
    code::Code,
    ids::{DeviceId, Rid, UnixTime},
};
use serde::{Deserialize, Serialize};

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
