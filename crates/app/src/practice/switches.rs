//! The trainer's switches: what practice does to network and platform.

use serde::{Deserialize, Serialize};

/// What practice does to the network.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticeNetwork {
    /// Everything arrives.
    #[default]
    Good,
    /// Everything takes seconds.
    Slow,
    /// Every other call is cut.
    Dropping,
    /// Nothing arrives.
    None,
    /// A login page answers instead.
    CaptivePortal,
}

/// What the simulated platform decides in practice.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticePlatform {
    /// As the rules say: the same rules as the real one.
    #[default]
    Rules,
    /// Everything is refused (birth date does not fit).
    Refuse,
    /// Everything may be a duplicate.
    Duplicate,
}

/// The trainer's switches.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// Network.
    pub network: PracticeNetwork,
    /// Platform.
    pub platform: PracticePlatform,
}
