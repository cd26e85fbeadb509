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
        transaction
            .execute("INSERT INTO setting (name, value) VALUES (?1, ?2)", params![LOOKUP_KEY, key.as_slice()])?;
    }
    // A PRAGMA takes no bound parameter; a number of our own.
    transaction.execute_batch(&format!("PRAGMA user_version = {}", migrations.len()))?;
    transaction.commit()?;
    Ok(())
}
