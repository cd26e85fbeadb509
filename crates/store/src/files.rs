//! Small files that are either old or new after any crash: temporary file, fsync, rename, fsync of the folder.

use crate::Result;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Makes a folder that only this user can enter (0700 on Unix), with its parents.
pub(crate) fn private_dir(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    Ok(())
}

/// Options for a file that only this user can read (0600 on Unix).
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// Replaces a file durably; on failure the old one stands and nothing is left behind.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, bytes, true)
}

/// Replaces a file as a whole without waiting for the disk: after a power cut it may be old, new, torn or gone.
pub(crate) fn replace_lazily(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, bytes, false)
}

fn put(path: &Path, bytes: &[u8], durable: bool) -> Result<()> {
    let temporary = temporary(path);
    let written = (|| {
        let mut file = private_file().create(true).truncate(true).open(&temporary)?;
        file.write_all(bytes)?;
        if durable {
            file.sync_all()?;
        }
        fs::rename(&temporary, path)
    })();
    if let Err(error) = written {
        // Best effort: a leftover is overwritten the next time.
        let _ = fs::remove_file(&temporary);
        return Err(error.into());
    }
    if durable {
        sync_dir(path.parent().unwrap_or(Path::new(".")))
    } else {
        Ok(())
    }
}

/// Writes a file that only this user can read, in a folder that only this user can enter; what was there is replaced.
/// For what must lie in clear for a moment (a card for the printer), outside a home folder.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    private_dir(path.parent().unwrap_or(Path::new(".")))?;
    replace_lazily(path, bytes)
}

/// Makes renames and removals in a folder durable.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The bytes of a file, or `None` where there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Removes a file; one that is not there is as good.
pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
