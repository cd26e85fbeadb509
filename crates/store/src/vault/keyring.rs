//! The Secret Service of a Linux desktop (GNOME Keyring, KWallet) over D-Bus.

use crate::{HomeId, Result, SecretKind, SecretVault, StoreError};
use keyring_core::{Entry, Error, api::CredentialStoreApi};
use std::{io, sync::Arc};
use zeroize::Zeroizing;

const SERVICE: &str = "tungnha";

/// Secrets in the user's keyring, one item per home.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyringVault;

impl KeyringVault {
    /// The vault; nothing is asked of the bus yet.
    pub const fn new() -> Self {
        Self
    }

    /// True if a Secret Service answers, false if this machine has none (no bus, nobody on it).
    ///
    /// # Errors
    /// `VaultUnavailable` if there is one that does not answer, as one may be that is late after a start: a new device
    /// must not settle for less because of that.
    pub fn is_there(&self) -> Result<bool> {
        on_its_own_thread(|| match zbus_secret_service_keyring_store::Store::new() {
            Ok(_) => Ok(true),
            Err(Error::PlatformFailure(error)) if is_none(&*error) => Ok(false),
            Err(error) => Err(error),
        })
    }
}

/// Nobody offers secrets on the bus, or there is no bus: its socket is not there, or nobody listens any more.
fn is_none(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        let io = io.or_else(|| cause.downcast_ref::<Arc<io::Error>>().map(Arc::as_ref));
        let kind = io.map(io::Error::kind);
        matches!(cause.downcast_ref(), Some(secret_service::Error::Unavailable))
            || matches!(kind, Some(io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused))
    })
}

/// The blocking D-Bus client drives an executor of its own, which panics inside a runtime's thread: so it gets a thread.
fn on_its_own_thread<T: Send + 'static>(job: impl FnOnce() -> keyring_core::Result<T> + Send + 'static) -> Result<T> {
    let answer = std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(job)?
        .join()
        .map_err(|_| StoreError::VaultUnavailable("keyring_panicked"))?;
    answer.map_err(|error| {
        StoreError::VaultUnavailable(match error {
            Error::NoStorageAccess(_) => "keyring_locked_or_absent",
            Error::PlatformFailure(_) => "keyring_failed",
            _ => "keyring_refused",
        })
    })
}

/// The item of a home's secret.
fn entry(home: HomeId) -> keyring_core::Result<Entry> {
    item(&home.to_string())
}

/// The item that counts its attempts.
fn count(home: HomeId) -> keyring_core::Result<Entry> {
    item(&format!("{home}-attempts"))
}

fn item(name: &str) -> keyring_core::Result<Entry> {
    zbus_secret_service_keyring_store::Store::new()?.build(SERVICE, name, None)
}

fn load(entry: &Entry) -> keyring_core::Result<Option<Zeroizing<Vec<u8>>>> {
    match entry.get_secret() {
        Ok(secret) => Ok(Some(Zeroizing::new(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

impl SecretVault for KeyringVault {
    fn kind(&self) -> SecretKind {
        SecretKind::Keyring
    }

    fn load(&self, home: &HomeId) -> Result<Option<Zeroizing<[u8; 32]>>> {
        let home = *home;
        let Some(secret) = on_its_own_thread(move || load(&entry(home)?))? else {
            return Ok(None);
        };
        <[u8; 32]>::try_from(secret.as_slice())
            .map(|secret| Some(Zeroizing::new(secret)))
            .map_err(|_| StoreError::SecretMismatch)
    }

    fn create(&self, home: &HomeId, secret: &[u8; 32]) -> Result<()> {
        let (home, secret) = (*home, Zeroizing::new(*secret));
        let made = on_its_own_thread(move || {
            let entry = entry(home)?;
            if load(&entry)?.is_some() {
                return Ok(false);
            }
            entry.set_secret(secret.as_ref())?;
            Ok(true)
        })?;
        if made { Ok(()) } else { Err(StoreError::SecretExists) }
    }

    fn counts(&self, home: &HomeId) -> Result<Vec<Vec<u8>>> {
        let home = *home;
        let kept = on_its_own_thread(move || load(&count(home)?))?;
        Ok(kept.into_iter().map(|count| count.to_vec()).collect())
    }

    fn keep_count(&self, home: &HomeId, _turn: u64, kept: &[u8]) -> Result<()> {
        let (home, kept) = (*home, kept.to_vec());
        on_its_own_thread(move || count(home)?.set_secret(&kept))
    }
}
