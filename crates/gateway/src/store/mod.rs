//! The gateway's own database (`gateway.db`): one module for each table, SQL nowhere else.
//!
//! Writers are short IMMEDIATE transactions with `synchronous=FULL`: what a caller was answered survives a crash. The
//! command line opens the same file beside the running server.

pub(crate) mod acts;
pub(crate) mod blanks;
pub(crate) mod board;
pub(crate) mod chain;
pub(crate) mod changes;
pub(crate) mod devices;
pub(crate) mod envelopes;
pub(crate) mod grants;
pub(crate) mod healing;
pub(crate) mod invitations;
pub(crate) mod lives;
pub(crate) mod master;
pub(crate) mod quotas;
pub(crate) mod reconcile;
pub(crate) mod registrations;
pub(crate) mod reports;
pub(crate) mod settings;
pub(crate) mod teams;
pub(crate) mod verdicts;
pub(crate) mod withdrawals;

use crate::{
    error::GatewayError,
    lock,
    sqlite::{self, Schema},
};
use rusqlite::{Connection, Transaction, TransactionBehavior, types::Type};
use std::{
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicUsize, Ordering},
    },
};

const SCHEMA: Schema = Schema {
    migrations: &[
        include_str!("../../../../migrations/gateway/sqlite/0001_gateway.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0002_keys_and_cards.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0003_owners.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0004_withdrawals.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0005_master.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0006_lives.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0007_teams.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0008_kept.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0009_bounds.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0010_acts.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0011_chain.sql"),
        include_str!("../../../../migrations/gateway/sqlite/0012_sequences.sql"),
    ],
};

/// Who reads at once: a board that takes long keeps nobody from a token.
const READERS: usize = 4;

/// Several connections to one file: readers wait neither for the disk nor for one another.
pub(crate) struct Store {
    writer: Mutex<Connection>,
    readers: [Mutex<Connection>; READERS],
    /// Whose turn it is when all are busy.
    turn: AtomicUsize,
}

impl Store {
    /// Opens the database of a data folder; `create` for the server's first start.
    pub(crate) fn open(data: &Path, create: bool) -> Result<Self, GatewayError> {
        let path = data.join("gateway.db");
        if !create && !path.exists() {
            return Err(GatewayError::NotInitialised);
        }
        let writer = sqlite::open(&path, &SCHEMA, create)?;
        Self::around(&path, writer)
    }

    /// Opens the database as it is, beside the server that runs on it or not. An older one is brought to the newest schema only
    /// where no server runs.
    pub(crate) fn attach(data: &Path) -> Result<Self, GatewayError> {
        let path = data.join("gateway.db");
        if !path.exists() {
            return Err(GatewayError::NotInitialised);
        }
        match sqlite::open_as_it_is(&path, &SCHEMA) {
            Ok(writer) => Self::around(&path, writer),
            Err(GatewayError::OlderSchema { found, known }) => match lock::take(data) {
                Ok(_alone) => Self::open(data, false),
                Err(GatewayError::InUse) => Err(GatewayError::OlderSchema { found, known }),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    fn around(path: &Path, writer: Connection) -> Result<Self, GatewayError> {
        let reader = || -> Result<_, GatewayError> {
            let reader = sqlite::open_as_it_is(path, &SCHEMA)?;
            reader.pragma_update(None, "query_only", "ON")?;
            Ok(Mutex::new(reader))
        };
        Ok(Self {
            writer: Mutex::new(writer),
            readers: [reader()?, reader()?, reader()?, reader()?],
            turn: AtomicUsize::new(0),
        })
    }

    /// One transaction: all of it durably, or nothing.
    pub(crate) fn write<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic inside `work` rolled its transaction back, so the connection behind a poisoned lock is sound.
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    /// One consistent view.
    pub(crate) fn read<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.reader();
        let tx = connection.transaction()?;
        let value = work(&tx)?;
        tx.finish()?;
        Ok(value)
    }

    /// A connection that nobody reads with, or else a place in the queue of one.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        for reader in &self.readers {
            match reader.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        self.readers[turn].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Empties the WAL; false when another process was reading.
    pub(crate) fn truncate_wal(&self) -> Result<bool, GatewayError> {
        let _no_reader = self
            .readers
            .each_ref()
            .map(|reader| reader.lock().unwrap_or_else(PoisonError::into_inner));
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(sqlite::truncate_wal(&writer)?)
    }
}

/// Bytes of a column as one of the identifiers or keys of fixed length.
pub(crate) fn fixed<T, E>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: for<'a> TryFrom<&'a [u8], Error = E>,
{
    let bytes = row.get_ref(column)?.as_blob()?;
    T::try_from(bytes).map_err(|_| unreadable(Type::Blob))
}

/// The same for a column that may be null.
pub(crate) fn fixed_or_null<T, E>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: for<'a> TryFrom<&'a [u8], Error = E>,
{
    match row.get_ref(column)?.as_blob_or_null()? {
        None => Ok(None),
        Some(bytes) => T::try_from(bytes).map(Some).map_err(|_| unreadable(Type::Blob)),
    }
}

pub(crate) fn unreadable(kind: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, kind, Box::new(GatewayError::Stored("value")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(connection: &Connection) -> Vec<(String, Option<String>)> {
        let mut statement = connection
            .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn an_upgraded_schema_equals_a_fresh_one_and_keeps_what_was_there() {
        const FIRST: Schema = Schema {
            migrations: &[SCHEMA.migrations[0]],
        };
        let dir = tempfile::tempdir().unwrap();
        let (old, fresh) = (dir.path().join("old.db"), dir.path().join("fresh.db"));
        sqlite::open(&old, &FIRST, true)
            .unwrap()
            .execute_batch(
                "INSERT INTO teams VALUES (1, 'T'), (2, 'U');
                 INSERT INTO team_communes VALUES (1, 20242), (1, 20200), (2, 20194);
                 INSERT INTO operators VALUES (4, 1, 'P'), (5, 2, 'Q');
                 INSERT INTO devices (id, code_group, team, role, signing, sealing, transport, program, enrolled_at, log_last)
                 VALUES (3, 0, 1, 'volunteer', zeroblob(32), x'', x'', '', 7, 9),
                        (8, 0, 1, 'volunteer', x'01', x'', x'', '', 7, 2),
                        (9, 0, 1, 'coordinator', x'02', x'', x'', '', 7, 0);
                 INSERT INTO invitations VALUES (x'aa', 2, 'coordinator', 9, NULL, NULL),
                                                (x'bb', 2, 'volunteer', 9, NULL, NULL);
                 INSERT INTO changes (device, number, kind, payload)
                 VALUES (3, 7, 'verdict', x'aa'), (3, 8, 'device_keys', NULL), (3, 9, 'team', NULL);",
            )
            .unwrap();
        let upgraded = sqlite::open(&old, &SCHEMA, false).unwrap();
        assert_eq!(dump(&upgraded), dump(&sqlite::open(&fresh, &SCHEMA, true).unwrap()));
        let text = |sql: &str| upgraded.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(
            text("SELECT group_concat(id || '/' || key_serial) FROM devices"),
            "3/3,8/8,9/9"
        );
        assert_eq!(
            text("SELECT group_concat(number || kind) FROM changes"),
            "7verdict,9team"
        );
        // A team is of its ward; what a coordinator could see is granted; who was of it is of it since ever.
        assert_eq!(text("SELECT group_concat(ward || name) FROM teams"), "20200T,20194U");
        assert_eq!(
            text("SELECT group_concat(device || '/' || ward) FROM grants"),
            "9/20200,9/20242"
        );
        assert_eq!(
            text("SELECT group_concat(hex(code_hash) || ward) FROM invitation_grants"),
            "AA20194"
        );
        assert_eq!(
            text("SELECT group_concat(operator || '/' || joined_at) FROM operator_terms WHERE left_at IS NULL"),
            "4/0,5/0"
        );
    }
}
