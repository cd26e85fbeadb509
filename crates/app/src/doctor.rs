//! An examination that tells nothing about anybody and changes nothing, except that a damaged search index is made anew.

use crate::{AppError, Session, views::Queue};
use domain::{
    code::Code,
    ids::{Realm, Rid},
};
use serde::Serialize;
use store::{
    SecretKind, newer, outbox, records,
    stray::{self, Stray},
};

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
    /// The PIN of who asks would not be taken today and is to be changed.
    pub weak_pin: bool,
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
    /// Registrations of which something on this device cannot be read; they are sent and decided all the same.
    pub unreadable: Vec<Rid>,
    /// What the platform said and this device could not take in: kept, and tried again.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub stepped_over: u64,
    /// Copies of records that the database lost and could not take in again, with the platform's answer: a person decides.
    pub strays: Vec<StrayCopy>,
}

impl Findings {
    /// The device secret of a real device lies in a file, which whoever reads the whole disk reads too.
    pub fn has_weaker_secret(&self) -> bool {
        self.secret == SecretKind::File.name() && self.realm != Realm::Practice
    }
}

/// A copy of a record that the database lost and went on without.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StrayCopy {
    /// The registration, where the copy could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rid: Option<Rid>,
    /// The code its resident was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The platform's answer: `received`, `held`, `stale_base`, `digest_conflict`, `unreadable`, `wrong_realm`; or
    /// `not_read`, where the copy itself cannot be read and was not sent.
    pub outcome: String,
}

impl From<Stray> for StrayCopy {
    fn from(stray: Stray) -> Self {
        Self {
            rid: stray.rid,
            code: stray.code,
            outcome: stray.outcome,
        }
    }
}

impl Session {
    /// Examines the device.
    pub fn doctor(&self) -> Result<Findings, AppError> {
        let mut health = self.store.health()?;
        if !health.index.is_empty() {
            self.store.mend_search()?;
            health = self.store.health()?;
        }
        let queue = self.queue()?;
        let (unsent, unreadable, stepped_over, strays) = self.store.read(|tx| -> Result<_, AppError> {
            let strays = stray::all(tx)?.into_iter().map(StrayCopy::from).collect();
            Ok((outbox::len(tx)?, records::unreadable(tx)?, newer::len(tx)?, strays))
        })?;
        let spooled = self.spool.list()?.len() as u64;
        let damage: Vec<String> = [&health.structure, &health.pages, &health.index]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        Ok(Findings {
            healthy: health.is_good() && queue.conservation && spooled == unsent,
            program: crate::PROGRAM,
            sqlite: health.sqlite,
            cipher: health.cipher,
            schema: health.schema,
            realm: self.identity.realm,
            secret: self.store.home().secret_kind().name(),
            weak_pin: self.has_weak_pin(),
            database_bytes: health.bytes,
            damage,
            audit_chain: health.audit,
            queue,
            spooled,
            unreadable,
            stepped_over,
            strays,
        })
    }
}
