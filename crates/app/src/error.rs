//! One error for every use case: a stable code, fields where they help, no personal data.

use crate::{paper::printer::PrinterError, refusal::Refusal};
use client::ClientError;
use domain::registration::Problem;
use domain::state::Illegal;
use protocol::ProtocolError;
use store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The draft has problems; every one is named.
    #[error("the draft has {} problems", .0.len())]
    Problems(Vec<Problem>),
    /// The resident did not agree to purpose 1: what was read is erased.
    #[error("consent declined; nothing was kept")]
    Declined,
    /// A rule says no. The code names the rule.
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
    /// The gateway says no. The code is the gateway's.
    #[error("refused by the gateway: {0}")]
    GatewayRefused(String),
    /// The event cannot happen in this state.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// Disk, keys, lock.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Network.
    #[error(transparent)]
    Client(ClientError),
    /// Bytes from outside.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// Paper.
    #[error("printing failed: {0}")]
    Print(String),
    /// The machine's printers.
    #[error(transparent)]
    Printer(#[from] PrinterError),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<print::PrintError> for AppError {
    fn from(error: print::PrintError) -> Self {
        Self::Print(error.code().to_owned())
    }
}

impl From<ClientError> for AppError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused { code } => Self::GatewayRefused(code),
            other => Self::Client(other),
        }
    }
}

impl AppError {
    /// Stable code; people's sentences are looked up by it.
    pub fn code(&self) -> &str {
        match self {
            Self::Problems(_) => "problems",
            Self::Declined => "declined",
            Self::Refused(refusal) => refusal.code(),
            Self::GatewayRefused(code) => code,
            Self::Illegal(_) => "not_in_this_state",
            Self::Store(error) => error.code(),
            Self::Client(error) => error.code(),
            Self::Protocol(error) => error.code(),
            Self::Print(_) => "print_failed",
            Self::Printer(error) => error.code(),
        }
    }

    /// Codes of this type itself, beside those of what it wraps and of [`Refusal`].
    pub const OWN_CODES: [&'static str; 4] = ["problems", "declined", "not_in_this_state", "print_failed"];

    /// Every code that a use case can end with, each once. What a newer gateway refuses with is not among them.
    pub fn codes() -> std::collections::BTreeSet<&'static str> {
        let refusals = Refusal::ALL.iter().map(|refusal| refusal.code());
        let denials = protocol::denial::Denial::ALL.iter().map(|denial| denial.code());
        let wrapped = [
            StoreError::ALL_CODES,
            ProtocolError::ALL_CODES,
            domain::retry::Obstacle::ALL_CODES,
            PrinterError::ALL_CODES,
            &ClientError::OWN_CODES,
            &Self::OWN_CODES,
            &crate::sync::OWN_CODES,
        ];
        refusals
            .chain(denials)
            .chain(wrapped.into_iter().flatten().copied())
            .collect()
    }

    /// True when a rule refused; false when the surroundings (disk, lock, network, keys) were in the way.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Problems(_) | Self::Declined | Self::Refused(_) | Self::GatewayRefused(_) | Self::Illegal(_) => true,
            Self::Protocol(_) => true,
            Self::Store(_) | Self::Client(_) | Self::Print(_) | Self::Printer(_) => false,
        }
    }

    /// After a wrong PIN: attempts left before it costs time, and seconds to wait.
    pub fn patience(&self) -> (Option<u32>, Option<u64>) {
        match self {
            Self::Store(StoreError::WrongPin {
                attempts_left,
                wait_seconds,
            }) => (Some(*attempts_left), Some(*wait_seconds)),
            Self::Store(StoreError::PinDelay { wait_seconds }) => (None, Some(*wait_seconds)),
            _ => (None, None),
        }
    }

    /// It is about one thing alone: what is wrong with it says nothing about the next one. Disk, keys and damage are about
    /// everything.
    pub(crate) fn is_about_one(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Illegal(_) | Self::Protocol(_) => true,
            Self::Store(error) => error.is_about_one(),
            _ => false,
        }
    }

    /// What the store said, where it was the store.
    pub(crate) fn of_the_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }

    /// No room is left on the disk.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Store(StoreError::DiskFull))
    }

    /// Another program, or another thread of this one, has the folder in hand.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Store(StoreError::InUse))
    }

    /// A file of the device is not as it was written.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Store(StoreError::Corrupt))
    }

    /// Numbers and places that help, where there are any: attempts left, seconds to wait, where a file was set aside.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Store(StoreError::WrongPin {
                attempts_left,
                wait_seconds,
            }) => Some(format!("attempts_left={attempts_left} wait_seconds={wait_seconds}")),
            Self::Store(StoreError::PinDelay { wait_seconds }) => Some(format!("wait_seconds={wait_seconds}")),
            Self::Store(StoreError::Damaged { aside }) => Some(format!("aside={}", aside.display())),
            Self::Store(StoreError::NewerSchema { found, known }) => Some(format!("found={found} known={known}")),
            Self::Store(StoreError::VaultUnavailable(why)) => Some((*why).to_owned()),
            Self::Illegal(illegal) => Some(format!("state={}", illegal.state.name())),
            _ => None,
        }
    }
}
