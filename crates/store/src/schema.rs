//! Migrations: every file of `migrations/device` in order, all or nothing. A fresh database takes the same way as an old
//! one, so the two are equal.

use crate::Result;
use rand_core::CryptoRng;
use rusqlite::{Connection, TransactionBehavior, params};
use zeroize::Zeroizing;

/// The migrations, oldest first; `user_version` is how many of them a file has seen.
pub(crate) const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/device/0001_first.sql")];

/// The newest schema this program knows.
pub(crate) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// Key of the keyed hashes of numbers and addresses; made with the database, kept only in it.
pub(crate) const LOOKUP_KEY: &str = "lookup_key";

/// Brings a database from its `user_version` to the end of `migrations` in one transaction.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[&str], rng: &mut dyn CryptoRng) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? as usize;
    let Some(missing) = migrations.get(from..).filter(|missing| !missing.is_empty()) else {
        return Ok(());
    };
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    if from == 0 {
        let mut key = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(key.as_mut());
        transaction.execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)",
            params![LOOKUP_KEY, key.as_slice()],
        )?;
    }
    // A PRAGMA takes no bound parameter; a number of our own.
    transaction.execute_batch(&format!("PRAGMA user_version = {}", migrations.len()))?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::connect;
    use rand_core::{TryCryptoRng, TryRng};
    use std::{convert::Infallible, fs, path::Path};

    struct Sevens;
    impl TryRng for Sevens {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(7)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(7)
        }
        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
            out.fill(7);
            Ok(())
        }
    }
    impl TryCryptoRng for Sevens {}

    fn database(dir: &Path) -> Connection {
        connect(&dir.join("a.db"), &Zeroizing::new([5; 32])).ok().unwrap()
    }

    fn dump(connection: &Connection) -> (u32, Vec<(String, Option<String>)>) {
        let version = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        let mut statement = connection
            .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        (version, rows.map(Result::unwrap).collect())
    }

    const SECOND: &str = "CREATE TABLE more (a INTEGER); ALTER TABLE answer ADD COLUMN more TEXT;";

    #[test]
    fn a_fresh_schema_equals_an_upgraded_one() {
        let (fresh, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut fresh = database(fresh.path());
        migrate(&mut fresh, &[MIGRATIONS[0], SECOND], &mut Sevens).unwrap();
        let mut old = database(old.path());
        migrate(&mut old, MIGRATIONS, &mut Sevens).unwrap();
        assert_ne!(dump(&fresh), dump(&old));
        migrate(&mut old, &[MIGRATIONS[0], SECOND], &mut Sevens).unwrap();
        assert_eq!(dump(&fresh), dump(&old));
        assert_eq!(dump(&fresh).0, 2);
    }

    #[test]
    fn a_failing_migration_leaves_the_file_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        migrate(&mut database(dir.path()), MIGRATIONS, &mut Sevens).unwrap();
        let before = (dump(&database(dir.path())), fs::read(dir.path().join("a.db")).unwrap());
        // Every statement up to the last one works.
        for broken in [
            "DROP TABLE task; CREATE TABLE audit (a);",
            "UPDATE ledger SET begun = 7; UPDATE ledger SET begun = -1;",
        ] {
            let mut connection = database(dir.path());
            assert!(migrate(&mut connection, &[MIGRATIONS[0], SECOND, broken], &mut Sevens).is_err());
            drop(connection);
            assert_eq!(fs::read(dir.path().join("a.db")).unwrap(), before.1);
            assert_eq!(dump(&database(dir.path())), before.0);
        }
        // Nor does a fresh file keep half a schema.
        let dir = tempfile::tempdir().unwrap();
        let mut connection = database(dir.path());
        assert!(migrate(&mut connection, &[MIGRATIONS[0], "CREATE TABLE audit (a)"], &mut Sevens).is_err());
        assert_eq!(dump(&connection), (0, Vec::new()));
    }
}
