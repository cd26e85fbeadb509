//! Migrations: every file of `migrations/device` in order, all or nothing. A fresh database takes the same way as an old
//! one, so the two are equal.

use crate::{Result, Write, device::LOOKUP_KEY, search};
use rand_core::CryptoRng;
use rusqlite::{Connection, TransactionBehavior, params};
use zeroize::Zeroizing;

/// The migrations, oldest first; `user_version` is how many of them a file has seen.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/device/0001_first.sql"),
    include_str!("../../../migrations/device/0002_keys_and_cards.sql"),
    include_str!("../../../migrations/device/0003_names_first.sql"),
    include_str!("../../../migrations/device/0004_newer.sql"),
    include_str!("../../../migrations/device/0005_master.sql"),
    include_str!("../../../migrations/device/0006_signers.sql"),
    include_str!("../../../migrations/device/0007_forgotten.sql"),
    include_str!("../../../migrations/device/0008_stepped_over.sql"),
    include_str!("../../../migrations/device/0009_age_of_forms.sql"),
    include_str!("../../../migrations/device/0010_bodies_that_go.sql"),
];

/// The newest schema that changed what the search keeps.
const SEARCH_SINCE: usize = 3;

/// The newest schema this program knows.
pub(crate) const KNOWN: u32 = MIGRATIONS.len() as u32;

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
    if from > 0 && from < SEARCH_SINCE {
        search::rebuild(&Write::in_transaction(&transaction))?;
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

    /// A migration that is not written yet.
    const NEXT: &str = "CREATE TABLE more (a INTEGER); ALTER TABLE answer ADD COLUMN more TEXT;";

    #[test]
    fn a_fresh_schema_equals_an_upgraded_one() {
        let all = [MIGRATIONS, &[NEXT]].concat();
        let fresh = tempfile::tempdir().unwrap();
        let mut fresh = database(fresh.path());
        migrate(&mut fresh, &all, &mut Sevens).unwrap();
        assert_eq!(dump(&fresh).0 as usize, all.len());
        for released in 1..all.len() {
            let old = tempfile::tempdir().unwrap();
            let mut old = database(old.path());
            migrate(&mut old, &all[..released], &mut Sevens).unwrap();
            assert_ne!(dump(&fresh), dump(&old), "schema {released}");
            migrate(&mut old, &all, &mut Sevens).unwrap();
            assert_eq!(dump(&fresh), dump(&old), "from schema {released}");
        }
    }

    /// What a device of the first schema holds is there after the second; the list of keys comes anew.
    #[test]
    fn an_upgrade_keeps_everything_but_the_list_that_is_fetched_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = database(dir.path());
        migrate(&mut connection, &MIGRATIONS[..1], &mut Sevens).unwrap();
        connection
            .execute_batch(
                "UPDATE ledger SET begun = 1;
                 INSERT INTO setting VALUES ('device_keys', x'00'), ('identity', x'01');
                 INSERT INTO registration (rid, state, begun_at) VALUES (zeroblob(16), 'draft', 7);
                 INSERT INTO draft VALUES (zeroblob(16), x'7b7d', 7, 7);",
            )
            .unwrap();
        migrate(&mut connection, MIGRATIONS, &mut Sevens).unwrap();
        let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(
            text("SELECT group_concat(name ORDER BY name) FROM setting"),
            "identity,lookup_key"
        );
        assert_eq!(text("SELECT group_concat(state) FROM registration"), "draft");
        assert_eq!(text("SELECT CAST(content AS TEXT) FROM draft"), "{}");
        assert_eq!(text("SELECT CAST(begun AS TEXT) FROM ledger"), "1");
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
            assert!(migrate(&mut connection, &[MIGRATIONS, &[NEXT, broken]].concat(), &mut Sevens).is_err());
            drop(connection);
            assert_eq!(fs::read(dir.path().join("a.db")).unwrap(), before.1);
            assert_eq!(dump(&database(dir.path())), before.0);
        }
        // Nor does a fresh file keep half a schema.
        let dir = tempfile::tempdir().unwrap();
        let mut connection = database(dir.path());
        assert!(
            migrate(
                &mut connection,
                &[MIGRATIONS, &["CREATE TABLE audit (a)"]].concat(),
                &mut Sevens
            )
            .is_err()
        );
        assert_eq!(dump(&connection), (0, Vec::new()));
    }
}
