//! How every database file of the gateway is opened.

use crate::error::GatewayError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::{cmp::Ordering, path::Path, time::Duration};

/// How long a writer waits for the other process (`invite` beside `serve`).
const BUSY: Duration = Duration::from_secs(20);
/// SQLite before this can lose committed writes in WAL mode with two connections ("WAL-reset").
const OLDEST: i32 = 3_051_003;

/// One file, its migrations in order; `user_version` counts those applied.
pub(crate) struct Schema {
    pub(crate) migrations: &'static [&'static str],
}

/// Opens (and makes, where `create`) a database and brings it to the newest schema, all of it or nothing.
pub(crate) fn open(path: &Path, schema: &Schema, create: bool) -> Result<Connection, GatewayError> {
    let mut connection = connect(path, create)?;
    migrate(&mut connection, schema)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(connection)
}

/// Opens a database that is of the newest schema, and changes nothing of it.
pub(crate) fn open_as_it_is(path: &Path, schema: &Schema) -> Result<Connection, GatewayError> {
    let connection = connect(path, false)?;
    let known = newest(schema);
    let found = version(&connection)?;
    match found.cmp(&known) {
        Ordering::Less => return Err(GatewayError::OlderSchema { found, known }),
        Ordering::Greater => return Err(GatewayError::NewerSchema { found, known }),
        Ordering::Equal => {}
    }
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(connection)
}

fn newest(schema: &Schema) -> u32 {
    u32::try_from(schema.migrations.len()).expect("few migrations")
}

fn version(connection: &Connection) -> Result<u32, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn connect(path: &Path, create: bool) -> Result<Connection, GatewayError> {
    if rusqlite::version_number() < OLDEST {
        return Err(GatewayError::OldSqlite {
            found: rusqlite::version().to_owned(),
        });
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        make_private(path)?;
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    // A migration that rebuilds a table drops the old one; what refers to it is looked at before it commits.
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, schema: &Schema) -> Result<(), GatewayError> {
    let known = newest(schema);
    if version(connection)? == known {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = version(&tx)?;
    if found > known {
        return Err(GatewayError::NewerSchema { found, known });
    }
    for migration in &schema.migrations[found as usize..] {
        tx.execute_batch(migration)?;
    }
    if tx.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(GatewayError::Stored("reference"));
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// The file exists with access for its owner alone before SQLite writes into it (WAL and SHM take its mode).
fn make_private(path: &Path) -> Result<(), GatewayError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(GatewayError::io("making a database file")(error)),
    }
}

/// Moves the WAL into the database and empties it, so that nothing erased stays in it. False when a reader of another
/// connection stands in the way.
pub(crate) fn truncate_wal(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        .map(|busy| busy == 0)
}
