//! The Secret Service of a Linux desktop (GNOME Keyring, KWallet) over D-Bus.

use crate::{HomeId, Result, SecretKind, SecretVault, StoreError};
use keyring_core::{Entry, Error, api::CredentialStoreApi};
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

    /// True if a Secret Service answers. Without a bus this is `false` and not an error.
    pub fn is_available(&self) -> bool {
        on_its_own_thread(|| zbus_secret_service_keyring_store::Store::new().map(|_| ())).is_ok()
    }
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

fn entry(home: HomeId) -> keyring_core::Result<Entry> {
    zbus_secret_service_keyring_store::Store::new()?.build(SERVICE, &home.to_string(), None)
}

fn load(home: HomeId) -> keyring_core::Result<Option<Zeroizing<Vec<u8>>>> {
    match entry(home)?.get_secret() {
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
        let Some(secret) = on_its_own_thread(move || load(home))? else {
            return Ok(None);
        };
        <[u8; 32]>::try_from(secret.as_slice())
            .map(|secret| Some(Zeroizing::new(secret)))
            .map_err(|_| StoreError::SecretMismatch)
    }

    fn create(&self, home: &HomeId, secret: &[u8; 32]) -> Result<()> {
        let (home, secret) = (*home, Zeroizing::new(*secret));
        let made = on_its_own_thread(move || {
            if load(home)?.is_some() {
                return Ok(false);
            }
            entry(home)?.set_secret(secret.as_ref())?;
            Ok(true)
        })?;
        if made { Ok(()) } else { Err(StoreError::SecretExists) }
    }
}
