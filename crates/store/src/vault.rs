//! Where the device secret lies: 32 random bytes without which neither database nor spool opens, kept apart from both.

mod file;
#[cfg(target_os = "linux")]
mod keyring;

pub use file::FileVault;
#[cfg(target_os = "linux")]
pub use keyring::KeyringVault;

use crate::{HomeId, Result};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Which place a secret lies in; reported by `doctor` and on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// The system's keyring (Secret Service, Credential Manager): opens with the user's session.
    Keyring,
    /// A 0600 file outside the data folder: weaker, since whoever reads the whole disk reads it too.
    File,
}

impl SecretKind {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// A place for device secrets.
pub trait SecretVault: Send + Sync {
    /// Which place it is.
    fn kind(&self) -> SecretKind;

    /// The secret of a home; `None` if there is none. `VaultUnavailable` if the place does not answer.
    fn load(&self, home: &HomeId) -> Result<Option<Zeroizing<[u8; 32]>>>;

    /// Keeps a new secret durably. Never overwrites: `SecretExists`.
    fn create(&self, home: &HomeId, secret: &[u8; 32]) -> Result<()>;

    /// The sealed counts of attempts that were kept last, perhaps with an older or a torn one among them. Empty where none
    /// was kept.
    fn counts(&self, home: &HomeId) -> Result<Vec<Vec<u8>>>;

    /// Keeps a sealed count durably, also on a full disk once one was kept. `turn` rises by one each time; the count of the
    /// turn before may stay.
    fn keep_count(&self, home: &HomeId, turn: u64, count: &[u8]) -> Result<()>;
}
