//! Opening the database file: engine checked, key given, damage told from everything else, schema brought up to date.

use crate::{Result, StoreError, hashing::Key, schema};
use rand_core::CryptoRng;
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::path::Path;
use zeroize::Zeroizing;

/// SQLite before this could lose committed writes in WAL mode ("WAL-reset" bug).
const OLDEST_SQLITE: i32 = 3_051_003;

/// Bytes of a page of SQLCipher 4: no database is shorter.
pub(crate) const PAGE: u64 = 4096;

/// What came of opening a file with a key that is known to be its own.
pub(crate) enum Opened {
    Ready(Connection),
    /// It does not open: the file is damaged and was not touched.
    Damaged,
}

/// Opens or makes the database. The key came out of an authenticated slot, so "not a database" means damage here, where
/// elsewhere it may mean a wrong key.
pub(crate) fn open(path: &Path, key: &Key, rng: &mut dyn CryptoRng) -> Result<Opened> {
    let damaged = |error: rusqlite::Error| match StoreError::from(error) {
        StoreError::Corrupt => Ok(Opened::Damaged),
        other => Err(other),
    };
    let mut connection = match connect(path, key) {
        Ok(connection) => connection,
        Err(ConnectError::Engine(what)) => return Err(StoreError::Engine(what)),
        Err(ConnectError::Sqlite(error)) => return damaged(error),
    };
    let found = match probe(&connection) {
        Ok(version) => version,
        Err(error) => return damaged(error),
    };
    if found > schema::KNOWN {
        return Err(StoreError::NewerSchema {
            found,
            known: schema::KNOWN,
        });
    }
    settle(&connection)?;
    schema::migrate(&mut connection, schema::MIGRATIONS, rng)?;
    Ok(Opened::Ready(connection))
}

pub(crate) enum ConnectError {
    Engine(&'static str),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for ConnectError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// A keyed connection that has read nothing yet and writes nothing when it is closed.
pub(crate) fn connect(path: &Path, key: &Key) -> Result<Connection, ConnectError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(ConnectError::Engine("sqlite_too_old"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Before the key: SQLCipher would print what goes wrong with it to stderr.
    // Keys lie in the cipher's own locked heap; locking every page besides costs two system calls each (ADR 28).
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    // A PRAGMA takes no bound parameter; this one holds hexadecimal digits only.
    let mut statement = Zeroizing::new(String::with_capacity(96));
    statement.push_str("PRAGMA key = \"x'");
    for byte in key.iter() {
        for digit in [byte >> 4, byte & 15] {
            statement.push(char::from_digit(digit.into(), 16).expect("below 16"));
        }
    }
    statement.push_str("'\";");
    connection.execute_batch(&statement)?;
    let cipher: Option<String> = connection.query_row("PRAGMA cipher_version", [], |row| row.get(0)).ok();
    if cipher.is_none_or(|version| version.is_empty()) {
        return Err(ConnectError::Engine("no_cipher"));
    }
    // Exclusive before the first read: the index of the log then lies in memory and no -shm file is made. Without a
    // checkpoint on closing, a file that turns out to be newer or damaged is left exactly as it is.
    connection.execute_batch("PRAGMA cipher_compatibility = 4; PRAGMA locking_mode = EXCLUSIVE;")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// Reads what can be read without writing: the schema version, then the first page of every table that is always needed.
fn probe(connection: &Connection) -> rusqlite::Result<u32> {
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    if (1..=schema::KNOWN).contains(&version) {
        for table in ["setting", "chain", "ledger", "audit_head"] {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))?;
        }
    }
    Ok(version)
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(())
}
