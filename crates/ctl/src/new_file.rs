//! A file that somebody asked for, under a name that was free.

use crate::output::Failure;
use std::{
    io::{ErrorKind, Write as _},
    path::Path,
};

/// The whole file durably under `path`, or none. What is there already, a link that leads nowhere too, is left as it is:
/// it may be the only copy of somebody else's file. Only this user can read the new one, for it holds personal data.
///
/// # Errors
/// `FileExists` where the name is taken, `File` where the disk says no; either way nothing is left behind.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // A name nobody else can have, beside the target, so that the last step is one move that refuses a taken name.
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|error| error.error)
    });
    let told = path.to_string_lossy().into_owned();
    match written {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure::FileExists { path: told }),
        Err(error) => Err(Failure::File { path: told, error }),
    }
}
