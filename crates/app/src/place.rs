//! Where a device lies, and what its folder shows without a PIN.

use crate::{AppError, Session, env::Env, sync::locked::Locked};
use domain::ids::{OperatorId, Realm};
use std::{path::PathBuf, sync::Arc};
use store::{Contact, FileVault, Home, SecretKind, SecretVault};

/// The slot under which a database opens before the gateway has named anybody.
pub(crate) const FIRST: OperatorId = 0;

/// Where a device lies and where its secret is kept.
#[derive(Debug, Clone)]
pub struct Place {
    /// The device's folder.
    pub home: PathBuf,
    /// Folder for secrets kept as files; `None` is the user's state folder.
    pub secrets: Option<PathBuf>,
    /// For a new device: keyring (`true`), file (`false`), or a file only where the machine has no keyring (`None`).
    pub keyring: Option<bool>,
}

impl Place {
    fn file_vault(&self) -> Result<FileVault, AppError> {
        let folder = match &self.secrets {
            Some(folder) => folder.clone(),
            None => {
                let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).or_else(|| {
                    std::env::var_os("HOME")
                        .or_else(|| std::env::var_os("LOCALAPPDATA"))
                        .map(|home| PathBuf::from(home).join(".local").join("state"))
                });
                state
                    .ok_or(store::StoreError::VaultUnavailable("no home folder"))?
                    .join("tung-nha")
                    .join("secrets")
            }
        };
        Ok(FileVault::new(&folder, &self.home)?)
    }

    /// The machine's keyring; `None` where it has none. One that is there and does not answer is an error.
    #[cfg(target_os = "linux")]
    fn keyring_if_any() -> Result<Option<Box<dyn SecretVault>>, AppError> {
        let vault = store::KeyringVault::new();
        Ok(vault.is_there()?.then(|| Box::new(vault) as Box<dyn SecretVault>))
    }

    /// For this system none is built.
    #[cfg(not(target_os = "linux"))]
    fn keyring_if_any() -> Result<Option<Box<dyn SecretVault>>, AppError> {
        Ok(None)
    }

    fn keyring_vault() -> Result<Box<dyn SecretVault>, AppError> {
        Self::keyring_if_any()?.ok_or_else(|| store::StoreError::VaultUnavailable("no keyring").into())
    }

    /// The vault of an existing device.
    pub(crate) fn vault(&self, kind: SecretKind) -> Result<Box<dyn SecretVault>, AppError> {
        match kind {
            SecretKind::File => Ok(Box::new(self.file_vault()?)),
            SecretKind::Keyring => Self::keyring_vault(),
        }
    }

    pub(crate) fn new_vault(&self) -> Result<Box<dyn SecretVault>, AppError> {
        match self.keyring {
            Some(true) => Self::keyring_vault(),
            Some(false) => Ok(Box::new(self.file_vault()?)),
            None => match Self::keyring_if_any()? {
                Some(vault) => Ok(vault),
                None => Ok(Box::new(self.file_vault()?)),
            },
        }
    }
}

/// How a folder stands, by what lies in it and not by what could be opened: a device full of records is never called new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody was given this device to the end.
    New,
    /// A PIN opens it.
    Locked,
    /// Its database was set aside, or nobody's PIN is left: an invitation makes it a device again. What waits is sent.
    Lost,
    /// Everything is there, and something keeps it shut: its stable code.
    Trouble(&'static str),
}

/// What a folder shows without a PIN.
#[derive(Debug)]
pub struct Seen {
    /// How it stands.
    pub standing: Standing,
    /// People who have a PIN on it.
    pub with_pin: Vec<OperatorId>,
    /// Team and names, sealed under the device secret: a copy of what the database knows, which the next unlock makes
    /// again where it is not there.
    pub face: Option<Contact>,
}

/// A device's folder in this program's hands: nobody else can open it as long as one of these lives.
#[derive(Clone)]
pub struct Folder {
    home: Home,
    place: Place,
}

impl Folder {
    /// Takes the folder in hand; `None` where no device was ever made.
    ///
    /// # Errors
    /// `in_use` while another program has it.
    pub fn take(place: &Place) -> Result<Option<Self>, AppError> {
        Ok(match Home::exists(&place.home)? {
            true => Some(Self {
                home: Home::open(&place.home)?,
                place: place.clone(),
            }),
            false => None,
        })
    }

    /// Its world.
    pub fn realm(&self) -> Realm {
        self.home.realm()
    }

    /// What it shows without a PIN.
    pub fn seen(&self) -> Seen {
        let slots = self.home.operators();
        let mut with_pin = slots.as_ref().cloned().unwrap_or_default();
        with_pin.retain(|operator| *operator != FIRST);
        let spool = self
            .place
            .vault(self.home.secret_kind())
            .and_then(|vault| Ok(self.home.spool(&*vault)?));
        let standing = match (slots, self.home.has_database(), self.home.is_lost()) {
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => Standing::Trouble(error.code()),
            (Ok(slots), Ok(made), Ok(lost)) => match spool.as_ref().err().and_then(AppError::of_the_store) {
                // Begun and not finished: enrolling goes on where it stopped.
                _ if with_pin.is_empty() && !lost && !(made && slots.is_empty()) => Standing::New,
                Some(error) => Standing::Trouble(error.code()),
                None if lost || !made || slots.is_empty() => Standing::Lost,
                None => Standing::Locked,
            },
        };
        Seen {
            standing,
            with_pin,
            face: spool.ok().and_then(|spool| spool.contact().ok().flatten()),
        }
    }

    /// What a locked device may show of itself: team and names, sealed under the device secret.
    pub fn face(&self) -> Option<Contact> {
        let vault = self.place.vault(self.home.secret_kind()).ok()?;
        self.home.spool(&*vault).ok()?.contact().ok()?
    }

    /// Envelopes that wait in the spool.
    pub fn unsent(&self) -> u64 {
        let copies = self
            .place
            .vault(self.home.secret_kind())
            .ok()
            .and_then(|vault| self.home.spool(&*vault).ok())
            .and_then(|spool| spool.list().ok());
        copies.map_or(0, |copies| copies.len() as u64)
    }

    /// Judges a PIN and opens the device; without an operator, for the first who has one.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn unlock(&self, operator: Option<OperatorId>, pin: &str, env: Arc<dyn Env>) -> Result<Session, AppError> {
        Session::unlock(&self.home, &self.place, operator, pin, env)
    }

    /// The device as far as it can send without a PIN; `None` where it was never enrolled to the end.
    ///
    /// # Errors
    /// Of the vault and of the spool.
    pub fn locked(&self, env: Arc<dyn Env>) -> Result<Option<Locked>, AppError> {
        let vault = self.place.vault(self.home.secret_kind())?;
        Locked::of(&self.home, &*vault, env)
    }
}
