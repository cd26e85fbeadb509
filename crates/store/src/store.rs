//! The open database: one connection, one transaction at a time.

use crate::{
    Home, KdfCost, Result, Spool, StoreError, audit,
    hashing::Key,
    home::{CONTACT, OpenGuard, SPOOL},
    point, schema, search,
};
use domain::ids::OperatorId;
use rand_core::CryptoRng;
use rusqlite::{Connection, TransactionBehavior};
use std::{
    fmt,
    ops::Deref,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The device's database, open. Closing is dropping it; the home's lock stays with [`Home`].
pub struct Store {
    // Dropped in this order: the connection is closed before anybody may open again.
    connection: Mutex<Connection>,
    guard: OpenGuard,
    key: Key,
    secret: Key,
    operator: OperatorId,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.guard.0.id())
    }
}

/// A transaction that reads one consistent state.
pub struct Read<'t> {
    connection: &'t Connection,
}

/// A transaction that writes: all of it or nothing.
pub struct Write<'t> {
    read: Read<'t>,
}

impl<'t> Deref for Write<'t> {
    type Target = Read<'t>;
    fn deref(&self) -> &Read<'t> {
        &self.read
    }
}

impl Read<'_> {
    pub(crate) fn sql(&self, text: &str) -> Result<rusqlite::CachedStatement<'_>> {
        Ok(self.connection.prepare_cached(text)?)
    }
}

impl<'t> Write<'t> {
    /// The transaction that this connection has begun.
    pub(crate) fn in_transaction(connection: &'t Connection) -> Self {
        Self {
            read: Read { connection },
        }
    }

    /// Tries one part of the transaction: where it fails, it is as if it had not begun, and the caller says whether the
    /// rest goes on.
    pub fn attempt<T, E: From<StoreError>>(&self, job: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        self.run("SAVEPOINT part", [])?;
        let answer = job(self);
        if answer.is_err() {
            self.run("ROLLBACK TO part", [])?;
        }
        self.run("RELEASE part", [])?;
        answer
    }

    /// Runs one statement; the number of rows it changed.
    pub(crate) fn run(&self, text: &str, values: impl rusqlite::Params) -> Result<usize> {
        Ok(self.sql(text)?.execute(values)?)
    }
}

/// What `doctor` wants to know of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Version of SQLite.
    pub sqlite: String,
    /// Version of SQLCipher.
    pub cipher: String,
    /// Schema of the file.
    pub schema: u32,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// What `quick_check` complains about; empty is good.
    pub structure: Vec<String>,
    /// Pages whose authentication code does not fit; empty is good.
    pub pages: Vec<String>,
    /// The audit trail's chain holds.
    pub audit: bool,
    /// What is wrong with the search index alone, which is no damage: [`Store::mend_search`]. Empty is good.
    pub index: Vec<String>,
}

impl Health {
    /// The file is whole and nobody changed what was done.
    pub fn is_good(&self) -> bool {
        self.structure.is_empty() && self.pages.is_empty() && self.index.is_empty() && self.audit
    }
}

/// `quick_check` lets each virtual table look at itself: "malformed inverted index for FTS5 table main.search", or "fts5:
/// corruption found reading blob 1 from table "search"".
fn is_about_the_index(line: &str) -> bool {
    line == StoreError::IndexDamaged.code() || line.contains("FTS5 table main.") || line.starts_with("fts5: ")
}

impl Store {
    pub(crate) fn new(connection: Connection, guard: OpenGuard, key: Key, secret: Key, operator: OperatorId) -> Self {
        Self {
            connection: Mutex::new(connection),
            guard,
            key,
            secret,
            operator,
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // After a panic inside a closure the transaction was rolled back while unwinding: the connection is sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads one consistent state. Must not be called inside another `read` or `write`: there is one connection.
    pub fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Read<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(StoreError::from)?;
        job(&Read {
            connection: &transaction,
        })
    }

    /// Writes all or nothing: commits when `job` answers `Ok`, rolls back when it answers `Err` or panics. When this
    /// returns `Ok`, the data is on the disk (`synchronous=FULL`). Must not be called inside `read` or `write`.
    pub fn write<T, E: From<StoreError>>(&self, job: impl FnOnce(&Write<'_>) -> Result<T, E>) -> Result<T, E> {
        point!("write.begin");
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let answer = job(&Write::in_transaction(&transaction))?;
        point!("write.before_commit");
        if let Err(error) = transaction.commit().map_err(StoreError::from) {
            drop(connection);
            // What the index still had in memory meets its damage only now. The next try goes through.
            if matches!(error, StoreError::IndexDamaged) {
                self.mend_search()?;
            }
            return Err(error.into());
        }
        point!("write.after_commit");
        Ok(answer)
    }

    /// Makes the search index anew from what the registrations hold.
    pub fn mend_search(&self) -> Result<()> {
        self.write(search::make_anew)
    }

    /// After a purge: empties the write-ahead log, so that what was erased is gone from the disk and not only from the
    /// tables. Deleted cells and index entries were overwritten when they were deleted.
    pub fn scrub(&self) -> Result<()> {
        self.home().with_reserve(|| self.empty_log())
    }

    fn empty_log(&self) -> Result<()> {
        let connection = self.connection();
        point!("purge.before_checkpoint");
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        point!("purge.after_checkpoint");
        if busy == 0 { Ok(()) } else { Err(StoreError::InUse) }
    }

    /// Checks the whole file: slow, for `doctor`.
    pub fn health(&self) -> Result<Health> {
        let lines = |connection: &Connection, pragma: &str| -> Result<Vec<String>> {
            let mut statement = connection.prepare(pragma)?;
            let found = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(found.collect::<Result<Vec<_>, _>>()?)
        };
        let connection = self.connection();
        let pages = lines(&connection, "PRAGMA cipher_integrity_check")?;
        let found = match lines(&connection, "PRAGMA quick_check") {
            Ok(found) if found == ["ok"] => Vec::new(),
            Ok(found) => found,
            Err(error) => vec![error.code().to_owned()],
        };
        let (mut index, structure): (Vec<_>, Vec<_>) = found.into_iter().partition(|line| is_about_the_index(line));
        let one = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, String>(0));
        let cipher = one("PRAGMA cipher_version")?;
        drop(connection);
        let audit = self.read(audit::verify_chain).unwrap_or(false);
        if index.is_empty()
            && !matches!(
                self.read(search::finds_what_is_there),
                Ok(true) | Err(StoreError::Corrupt)
            )
        {
            index.push(StoreError::IndexDamaged.code().to_owned());
        }
        let path = self.home().path().join(crate::home::DATABASE);
        Ok(Health {
            sqlite: rusqlite::version().to_owned(),
            cipher,
            schema: schema::KNOWN,
            bytes: std::fs::metadata(path)?.len(),
            structure,
            pages,
            audit,
            index,
        })
    }

    /// The home it belongs to.
    pub fn home(&self) -> &Home {
        &self.guard.0
    }

    /// Who opened it.
    pub fn operator(&self) -> OperatorId {
        self.operator
    }

    /// The spool, without asking for the device secret again.
    pub fn spool(&self) -> Result<Spool> {
        let home = self.home();
        Spool::new(
            &home.path().join(SPOOL),
            &home.path().join(CONTACT),
            &self.secret,
            home.id(),
        )
    }

    /// Gives another operator a slot. Fails if the operator has one, or the PIN is weak.
    pub fn add_operator(&self, operator: OperatorId, pin: &str, cost: KdfCost, rng: &mut dyn CryptoRng) -> Result<()> {
        domain::pin::judge(pin)?;
        self.share_pin(operator, pin, cost, rng)
    }

    /// Gives another operator a slot under the PIN that opened this one. It was judged when it was chosen, by an older
    /// program perhaps, and is not judged again.
    pub fn share_pin(&self, operator: OperatorId, pin: &str, cost: KdfCost, rng: &mut dyn CryptoRng) -> Result<()> {
        let home = self.home();
        home.change_slots(|slots| {
            if slots.operators().contains(&operator) {
                return Err(StoreError::OperatorSlot("exists"));
            }
            slots.put(home.id(), operator, &self.secret, pin, cost, &self.key, rng)
        })
    }

    /// Takes an operator's slot away; the last one stays.
    pub fn remove_operator(&self, operator: OperatorId) -> Result<()> {
        self.home().change_slots(|slots| slots.remove(operator))
    }

    /// Takes away the slots of people who are not among these. Somebody is always left: where none of these has a slot,
    /// nobody's goes until one of them has.
    pub fn keep_operators(&self, people: &[OperatorId]) -> Result<()> {
        let home = self.home();
        // A file that stays as it is need not be written.
        if home.operators()?.iter().all(|slot| people.contains(slot)) {
            return Ok(());
        }
        home.change_slots(|slots| {
            slots.keep(people);
            Ok(())
        })
    }

    /// Closes the database and hands back the home, whose lock is still held.
    pub fn close(self) -> Home {
        self.guard.0.clone()
    }

    /// The raw key, for tests that look behind the encryption.
    #[cfg(feature = "testing")]
    pub fn raw_key_for_tests(&self) -> [u8; 32] {
        *self.key
    }

    #[cfg(feature = "testing")]
    pub(crate) fn execute_for_tests(&self, statements: &str) {
        self.connection()
            .execute_batch(statements)
            .expect("a test's own statements");
    }
}
