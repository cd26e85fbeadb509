//! What somebody chose on this device and expects to find again: camera, hand scanner, print queues.

use crate::refusal::Refusal;
use crate::{AppError, Session, paper::Paper};
use store::device;

/// A part of the machine that is chosen once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The camera that cards are read with.
    Camera,
    /// The serial port of the hand scanner.
    Scanner,
}

/// Bytes of the longest id a system gives.
const LONGEST: usize = 512;

impl Choice {
    /// Name of the note in the device's database.
    const fn note(self) -> &'static str {
        match self {
            Self::Camera => "eyes/camera",
            Self::Scanner => "eyes/scanner",
        }
    }
}

impl Session {
    /// What was chosen; `None` for nothing.
    ///
    /// # Errors
    /// Of the store.
    pub fn chosen(&self, choice: Choice) -> Result<Option<String>, AppError> {
        let note = self.store.read(|tx| device::note(tx, choice.note()))?;
        Ok(note
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|id| !id.is_empty()))
    }

    /// Remembers a choice; `None` for nothing.
    ///
    /// # Errors
    /// `malformed_arguments` for an id of more than 512 bytes.
    pub fn choose(&self, choice: Choice, id: Option<&str>) -> Result<(), AppError> {
        let id = id.unwrap_or_default();
        if id.len() > LONGEST {
            return Err(AppError::Refused(Refusal::MalformedArguments));
        }
        self.store
            .write(|tx| device::set_note(tx, choice.note(), id.as_bytes()))?;
        Ok(())
    }

    /// The print queue used last for each kind of paper.
    ///
    /// # Errors
    /// Of the store.
    pub fn print_queues(&self) -> Result<Vec<(Paper, String)>, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let mut chosen = Vec::new();
            for paper in Paper::ALL {
                chosen.extend(device::print_queue(tx, paper.name())?.map(|queue| (paper, queue)));
            }
            Ok(chosen)
        })
    }
}
