//! What live scanning says to the window, and what the window asks of it.

use crate::scanning::{CameraStatus, Purpose, ScannerStatus};
use app::read_idcard::IdCardScan;
use serde::{Deserialize, Serialize};

/// Begins live scanning; a run that goes on ends.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartScan {
    /// What is looked for.
    pub purpose: Purpose,
    /// The camera chosen now, remembered from then on; else the one used last.
    pub camera: Option<String>,
}

/// Ends a run.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopScan {
    /// Its number; another run goes on.
    pub run: u32,
}

/// The hand scanner at a serial port, remembered.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChooseScanner {
    /// The port; nothing for none.
    pub port: Option<String>,
}

/// How live scanning stands.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanView {
    /// The run's number.
    pub run: u32,
    /// The camera.
    pub camera: CameraStatus,
    /// Its name, once one is chosen.
    pub device: Option<String>,
    /// The hand scanner.
    pub scanner: ScannerStatus,
}

/// A camera or a serial port.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanDevice {
    /// Finds it again.
    pub id: String,
    /// As the system calls it.
    pub name: String,
}

/// What can be chosen, and what is.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanDevices {
    /// Cameras that are there.
    pub cameras: Vec<ScanDevice>,
    /// The camera used last, perhaps not there now.
    pub camera: Option<String>,
    /// Serial ports that are there.
    pub ports: Vec<ScanDevice>,
    /// The hand scanner's port, perhaps not there now.
    pub port: Option<String>,
}

/// What the window is told during a run, as event `scan`.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum ScanTold {
    /// Camera or scanner stand differently now.
    Status {
        /// How.
        view: ScanView,
    },
    /// A card, or something else that was held up.
    Card {
        /// The run.
        run: u32,
        /// What it was; with a draft the run has ended.
        scan: Box<IdCardScan>,
    },
    /// A card that may not be used here.
    Refused {
        /// The run.
        run: u32,
        /// Why.
        code: String,
    },
    /// The text of a code.
    Text {
        /// The run.
        run: u32,
        /// Its text.
        text: String,
    },
}
