//! Live scanning: a camera and a hand scanner looked through until a card is found or somebody leaves the page.
//!
//! Cameras and serial ports are behind the ports [`Cameras`] and [`Scanners`]. An adapter may be as blunt as its library:
//! it may wait for ever and it may panic, also while it is closed. What guards against that is here, once
//! ([`watched`]), so that stopping never hangs on a driver.
//!
//! Frames and readings stay in memory: nothing here writes either anywhere.

pub mod choose;
#[cfg(feature = "testing")]
pub mod contract;
mod light;
mod lines;
mod run;
pub mod watched;

pub(crate) use run::{Around, Run};

use scan::frame::{Frame, PixelFormat};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

/// A camera of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraName {
    /// Finds it again, also at another time.
    pub id: String,
    /// As the system calls it.
    pub name: String,
}

/// One way in which a camera can deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mode {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Pixel format.
    pub format: PixelFormat,
    /// Frames per second, rounded down.
    pub fps: u32,
}

/// Why there is no picture. The same codes as [`CameraStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CameraError {
    /// There is none with this id.
    #[error("there is no such camera")]
    Missing,
    /// Another program has it.
    #[error("another program uses the camera")]
    Busy,
    /// The system does not let this program use it.
    #[error("this program may not use the camera")]
    Denied,
    /// It went away while it was open.
    #[error("the camera was unplugged")]
    Lost,
    /// Anything else: no mode that can be read, a driver that fails.
    #[error("the camera does not work")]
    Failed,
}

/// The cameras of this machine.
///
/// Called on threads that may be given up: a call may wait for ever or panic.
pub trait Cameras: Send + Sync {
    /// Those that can deliver pictures, in the system's order.
    ///
    /// # Errors
    /// When the system cannot be asked.
    fn list(&self) -> Result<Vec<CameraName>, CameraError>;

    /// Opens one in the mode that `choose` takes from those it offers.
    ///
    /// # Errors
    /// [`CameraError`]; `Failed` when `choose` takes none.
    fn open(&self, id: &str, choose: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError>;
}

/// An open camera; dropping it closes it. It stays on the thread that opened it.
pub trait Camera {
    /// The mode it delivers in.
    fn mode(&self) -> Mode;

    /// Waits for the next frame; `None` where the adapter itself lost patience, which is no error.
    ///
    /// # Errors
    /// `Lost` when it was unplugged, else `Failed`.
    fn frame(&mut self) -> Result<Option<Frame>, CameraError>;
}

/// A serial port where a hand scanner may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannerName {
    /// Finds it again.
    pub id: String,
    /// As the system calls it.
    pub name: String,
}

/// Serial ports of this machine.
pub trait Scanners: Send + Sync {
    /// All there are, in the system's order.
    ///
    /// # Errors
    /// When the system cannot be asked.
    fn list(&self) -> Result<Vec<ScannerName>, CameraError>;

    /// Opens one, for this program alone.
    ///
    /// # Errors
    /// [`CameraError`], said of the scanner.
    fn open(&self, id: &str) -> Result<Box<dyn Scanner>, CameraError>;
}

/// How long a [`Scanner`] waits for bytes.
pub const SCANNER_WAIT: Duration = Duration::from_millis(150);

/// An open serial port; dropping it closes it.
pub trait Scanner: Send {
    /// Bytes as they came, as many as fit; 0 when none came within [`SCANNER_WAIT`].
    ///
    /// # Errors
    /// `Lost` when it was unplugged, else `Failed`.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, CameraError>;
}

/// A machine without cameras and scanners.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Cameras for Nothing {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        Ok(Vec::new())
    }

    fn open(&self, _: &str, _: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        Err(CameraError::Missing)
    }
}

impl Scanners for Nothing {
    fn list(&self) -> Result<Vec<ScannerName>, CameraError> {
        Ok(Vec::new())
    }

    fn open(&self, _: &str) -> Result<Box<dyn Scanner>, CameraError> {
        Err(CameraError::Missing)
    }
}

/// What a run looks for.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A card that fills a form; the run ends with the first that can be used.
    Card,
    /// The text of any code, for the page that asks (a code to be verified, a printed card read back).
    Text,
}

/// How the camera stands. Each but `off`, `opening` and `running` is a code with a sentence.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraStatus {
    /// The run has ended.
    Off,
    /// Being opened.
    Opening,
    /// Pictures come.
    Running,
    /// There is none.
    NoCamera,
    /// Another program has it.
    CameraBusy,
    /// The system does not allow it.
    CameraDenied,
    /// Unplugged.
    CameraLost,
    /// No picture for some seconds.
    CameraStalled,
    /// Covered, or too dark to see anything.
    CameraBlack,
    /// It does not work.
    CameraFailed,
}

/// How the hand scanner stands. `scanner_…` are codes with a sentence.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannerStatus {
    /// None was chosen.
    None,
    /// It is listened to.
    Ready,
    /// Not plugged in.
    ScannerLost,
    /// Another program has it.
    ScannerBusy,
    /// The system does not allow it.
    ScannerDenied,
    /// It does not work.
    ScannerFailed,
}

impl From<CameraError> for CameraStatus {
    fn from(error: CameraError) -> Self {
        match error {
            CameraError::Missing => Self::NoCamera,
            CameraError::Busy => Self::CameraBusy,
            CameraError::Denied => Self::CameraDenied,
            CameraError::Lost => Self::CameraLost,
            CameraError::Failed => Self::CameraFailed,
        }
    }
}

impl From<CameraError> for ScannerStatus {
    fn from(error: CameraError) -> Self {
        match error {
            CameraError::Missing | CameraError::Lost => Self::ScannerLost,
            CameraError::Busy => Self::ScannerBusy,
            CameraError::Denied => Self::ScannerDenied,
            CameraError::Failed => Self::ScannerFailed,
        }
    }
}

/// The ports of one machine.
#[derive(Clone)]
pub struct Ports {
    /// Cameras.
    pub cameras: Arc<dyn Cameras>,
    /// Serial ports.
    pub scanners: Arc<dyn Scanners>,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            cameras: Arc::new(Nothing),
            scanners: Arc::new(Nothing),
        }
    }
}
