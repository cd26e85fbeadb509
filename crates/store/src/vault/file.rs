//! A 0600 file in a 0700 folder.

use crate::{HomeId, Result, SecretKind, SecretVault, StoreError, files, in_place::InPlace};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Secrets as files, one per home.
#[derive(Debug, Clone)]
pub struct FileVault {
    dir: PathBuf,
}

impl FileVault {
    /// A folder for secrets; it is made (0700) when the first secret is. Refused inside `home`, the data folder: a copy of
    /// that folder must not open itself.
    pub fn new(dir: &Path, home: &Path) -> Result<Self> {
        if real(dir)?.starts_with(real(home)?) {
            return Err(StoreError::SecretInsideHome);
        }
        Ok(Self { dir: dir.to_owned() })
    }

    fn file(&self, home: &HomeId) -> PathBuf {
        self.dir.join(format!("{home}.secret"))
    }

    fn count(&self, home: &HomeId) -> InPlace {
        InPlace::at(self.dir.join(format!("{home}.attempts")))
    }
}

/// The absolute path without links, also where its last parts do not exist yet.
fn real(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path)?;
    match path.canonicalize() {
        Ok(real) => Ok(real),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => Ok(real(parent)?.join(name)),
            // A path that ends in `..`, of a folder that does not exist.
            _ => Err(StoreError::Io(io::ErrorKind::NotFound)),
        },
        Err(error) => Err(error.into()),
    }
}

impl SecretVault for FileVault {
    fn kind(&self) -> SecretKind {
        SecretKind::File
    }

    fn load(&self, home: &HomeId) -> Result<Option<Zeroizing<[u8; 32]>>> {
        let Some(bytes) = files::read_if_there(&self.file(home))?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let secret = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| StoreError::SecretMismatch)?;
        Ok(Some(Zeroizing::new(secret)))
    }

    fn create(&self, home: &HomeId, secret: &[u8; 32]) -> Result<()> {
        files::private_dir(&self.dir)?;
        let path = self.file(home);
        let mut file = files::private_file()
            .create_new(true)
            .open(&path)
            .map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => StoreError::SecretExists,
                _ => error.into(),
            })?;
        if let Err(error) = file.write_all(secret).and_then(|()| file.sync_all()) {
            // Ours and unusable: nothing refers to it yet.
            let _ = fs::remove_file(&path);
            return Err(error.into());
        }
        files::sync_dir(&self.dir)
    }

    fn counts(&self, home: &HomeId) -> Result<Vec<Vec<u8>>> {
        self.count(home).read()
    }

    fn keep_count(&self, home: &HomeId, turn: u64, count: &[u8]) -> Result<()> {
        self.count(home).write(turn, count)
    }
}
