//! An examination that changes nothing and tells nothing about anybody.

use crate::{AppError, Session, views::Queue};
use domain::ids::Realm;
use serde::Serialize;
use store::outbox;

/// What was found.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Findings {
    /// Everything is as it should be.
    pub healthy: bool,
    /// Version of this program.
    pub program: &'static str,
    /// SQLite's version.
    pub sqlite: String,
    /// SQLCipher's version.
    pub cipher: String,
    /// Schema of the database.
    pub schema: u32,
    /// World.
    pub realm: Realm,
    /// Where the device secret lies; `file` is weaker than `keyring`.
    pub secret: &'static str,
    /// Size of the database in bytes.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub database_bytes: u64,
    /// What SQLite's and SQLCipher's own checks complained about; empty is good.
    pub damage: Vec<String>,
    /// The audit trail's chain is unbroken.
    pub audit_chain: bool,
    /// Counts, and whether they add up.
    pub queue: Queue,
    /// Sealed copies in the spool; equals the unsent envelopes.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub spooled: u64,
}

impl Session {
    /// Examines the device.
    pub fn doctor(&self) -> Result<Findings, AppError> {
        let health = self.store.health()?;
        let queue = self.queue()?;
        let unsent = self.store.read(outbox::len)?;
        let spooled = self.spool.list()?.len() as u64;
        let damage: Vec<String> = health.structure.iter().chain(&health.pages).cloned().collect();
        Ok(Findings {
            healthy: health.is_good() && queue.conservation && spooled == unsent,
            program: crate::PROGRAM,
            sqlite: health.sqlite,
            cipher: health.cipher,
            schema: health.schema,
            realm: self.identity.realm,
            secret: self.store.home().secret_kind().name(),
            database_bytes: health.bytes,
            damage,
            audit_chain: health.audit,
            queue,
            spooled,
        })
    }
}
