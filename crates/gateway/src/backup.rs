//! `backup`: all databases of a data folder as they were at one moment, and the keys, in a folder of its own. Works beside the
//! running server, which goes on.

use crate::error::GatewayError;
use rusqlite::{Connection, OpenFlags, backup::Backup};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// Every database, relative to the folder.
const DATABASES: [&str; 3] = ["gateway.db", "opener/opener.db", "opener/person-keys.db"];
/// Folders whose key files go with them.
const KEYS: [&str; 2] = ["keys", "opener"];
/// How long the moment is waited for at which nobody writes.
const BUSY: Duration = Duration::from_secs(20);
/// Pages copied at once.
const PAGES: i32 = 4096;

/// Copies `data` to `out`, which must not exist. Returns how many bytes were written.
///
/// # Errors
/// `file_exists`, `not_initialised`, and what disk and SQLite say; what was begun is taken away again.
pub fn backup(data: &Path, out: &Path) -> Result<u64, GatewayError> {
    if out.exists() {
        return Err(GatewayError::FileExists);
    }
    if DATABASES.iter().any(|name| !data.join(name).exists()) {
        return Err(GatewayError::NotInitialised);
    }
    private_dir(out)?;
    let copied = copy(data, out);
    if copied.is_err() {
        let _ = fs::remove_dir_all(out);
    }
    copied
}

fn copy(data: &Path, out: &Path) -> Result<u64, GatewayError> {
    for folder in KEYS {
        private_dir(&out.join(folder))?;
    }
    let sources = at_one_moment(data)?;
    let mut bytes = 0;
    for (name, source) in DATABASES.iter().zip(&sources) {
        let path = out.join(name);
        private_file(&path, &[])?;
        let mut target = Connection::open(&path)?;
        Backup::new(source, &mut target)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        target.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
        target.close().map_err(|(_, error)| error)?;
        durable(&path)?;
        bytes += fs::metadata(&path).map_err(GatewayError::io("a backup"))?.len();
    }
    for folder in KEYS {
        for file in key_files(&data.join(folder))? {
            let name = file.file_name().unwrap_or_default();
            let secret = zeroize::Zeroizing::new(fs::read(&file).map_err(GatewayError::io("a key"))?);
            private_file(&out.join(folder).join(name), &secret)?;
            bytes += secret.len() as u64;
        }
    }
    for folder in [out.join("keys"), out.join("opener"), out.to_owned()] {
        durable(&folder)?;
    }
    Ok(bytes)
}

/// Connections that all see their database as it was at one moment: for that moment nobody writes in any of them.
fn at_one_moment(data: &Path) -> Result<Vec<Connection>, GatewayError> {
    let open = |name: &&str| -> Result<Connection, GatewayError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(data.join(name), flags)?;
        connection.busy_timeout(BUSY)?;
        Ok(connection)
    };
    let still: Vec<_> = DATABASES.iter().map(open).collect::<Result<_, _>>()?;
    let seen: Vec<_> = DATABASES.iter().map(open).collect::<Result<_, _>>()?;
    for connection in &still {
        connection.execute_batch("BEGIN IMMEDIATE")?;
    }
    for connection in &seen {
        connection.execute_batch("BEGIN")?;
        // The first look fixes what a transaction sees.
        connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))?;
    }
    for connection in &still {
        connection.execute_batch("ROLLBACK")?;
    }
    Ok(seen)
}

/// Everything in a folder of keys that is no database.
fn key_files(folder: &Path) -> Result<Vec<PathBuf>, GatewayError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(GatewayError::io("keys"))? {
        let path = entry.map_err(GatewayError::io("keys"))?.path();
        if path
            .extension()
            .is_some_and(|ending| ending == "key" || ending == "der")
        {
            files.push(path);
        }
    }
    Ok(files)
}

fn private_dir(path: &Path) -> Result<(), GatewayError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(GatewayError::io("making a backup"))
}

fn private_file(path: &Path, bytes: &[u8]) -> Result<(), GatewayError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = |path| {
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write(path).map_err(GatewayError::io("writing a backup"))
}

fn durable(path: &Path) -> Result<(), GatewayError> {
    fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(GatewayError::io("writing a backup"))
}
