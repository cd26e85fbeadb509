//! The device and who works on it.

use app::{look::Look, practice::Practice};
use domain::ids::{DeviceId, OperatorId, Realm, UnixTime};
use serde::{Deserialize, Serialize};

/// Where the device stands.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No device in the folder yet: an invitation is needed.
    New,
    /// A PIN is needed.
    Locked,
    /// Somebody works on it.
    Open,
    /// Its data had to be set aside: an invitation makes it a device again, what waits is sent before.
    Lost,
    /// Everything is there and something keeps it shut: see `trouble`.
    Trouble,
}

/// What the device is for.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Registers residents.
    Volunteer,
    /// Sees the board of its communes too.
    Coordinator,
}

/// A person who may sign in.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Operator number.
    pub id: OperatorId,
    /// Name.
    pub name: String,
    /// Has a PIN on this device.
    pub has_pin: bool,
}

/// The truth about data, for the line on top.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncView {
    /// A run is going on.
    pub running: bool,
    /// Held back by a person.
    pub paused: bool,
    /// Envelopes that wait.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub unsent: u64,
    /// Stable code of what is in the way; absent when nothing is.
    pub reason: Option<String>,
    /// When the platform last answered.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub last_contact: Option<UnixTime>,
}

/// How the device stands.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppState {
    /// Phase.
    pub phase: Phase,
    /// Stable code of what keeps the device shut, in phase *trouble*.
    pub trouble: Option<String>,
    /// World.
    pub realm: Realm,
    /// Device number; 0 for practice.
    pub device: DeviceId,
    /// Role.
    pub role: RoleName,
    /// Team.
    pub team: String,
    /// Communes of the team, five digits each.
    pub communes: Vec<String>,
    /// People of the team.
    pub people: Vec<Person>,
    /// Who works on it, while open.
    pub operator: Option<Person>,
    /// The PIN of who works on it would not be taken today and is to be changed; false while locked.
    pub weak_pin: bool,
    /// Sending.
    pub sync: SyncView,
    /// Open tasks; 0 while locked.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub tasks: u64,
    /// Forms that nobody touched for a day and that were dropped when somebody signed in.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub dropped_forms: u64,
    /// The trainer's switches, in practice.
    pub practice: Option<Practice>,
    /// The present as well as it is known, whatever the machine's clock says: for "how long ago".
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub now: UnixTime,
    /// What the machine's clock shows, where it is known to be wrong: more than a day behind what is certain.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub clock_wrong: Option<UnixTime>,
    /// How the window looks.
    pub look: Look,
    /// Minutes without a touch after which the window locks itself: the city's setting.
    pub idle_minutes: u16,
    /// Version of the program.
    pub program: String,
}

/// An invitation and the first PIN.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolDevice {
    /// `https://...`; may be empty where the invitation's QR carries it.
    pub gateway: String,
    /// `TNI1:...`, alone or with the address after it.
    pub invitation: String,
    /// The first person's PIN.
    pub pin: String,
}

/// Operator and PIN.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Who.
    pub operator: OperatorId,
    /// PIN.
    pub pin: String,
}

/// A PIN for another person of the team.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddOperator {
    /// Who.
    pub operator: OperatorId,
    /// Their new PIN.
    pub pin: String,
}

/// One's own PIN.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePin {
    /// Present PIN.
    pub old: String,
    /// New PIN.
    pub new: String,
}

/// Hold back or go on.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// True holds back.
    pub paused: bool,
}
