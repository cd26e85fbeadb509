//! What can go wrong with the device's data. Codes and numbers only: no personal data, no text of a statement.

use domain::pin::WeakPin;
use rusqlite::ErrorCode;
use std::{io, path::PathBuf};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another program, or another part of this one, works in this folder.
    #[error("the folder is in use by another program")]
    InUse,
    /// The folder holds no device.
    #[error("there is no device in this folder")]
    NoHome,
    /// The folder already holds a device.
    #[error("there is a device in this folder already")]
    HomeExists,
    /// `device.json`, `slots.json` or `contact` is not what this program writes.
    #[error("{file} cannot be read")]
    BadFile {
        /// The file's name within the home folder.
        file: &'static str,
    },
    /// The device secret is not where it was put (a new keyring, a moved disk).
    #[error("the device secret is missing")]
    SecretMissing,
    /// A device secret was found, but it is not this device's.
    #[error("the device secret does not belong to this folder")]
    SecretMismatch,
    /// A secret for this device exists already; it is never overwritten.
    #[error("a device secret exists already")]
    SecretExists,
    /// The place for secrets does not answer, or refuses.
    #[error("the place for secrets is not available: {0}")]
    VaultUnavailable(&'static str),
    /// The folder for the secret lies inside the data folder: who copies one would have both.
    #[error("the secret must not lie inside the data folder")]
    SecretInsideHome,
    /// The PIN is wrong. Nothing but the counter was touched.
    #[error("wrong PIN")]
    WrongPin {
        /// Wrong attempts left before a delay begins.
        attempts_left: u32,
        /// Seconds until the next attempt is judged.
        wait_seconds: u64,
    },
    /// Too many wrong PINs: not judged, not counted.
    #[error("wait {wait_seconds} seconds before the next PIN")]
    PinDelay {
        /// Seconds until the next attempt is judged.
        wait_seconds: u64,
    },
    /// Not a PIN that may be chosen.
    #[error("PIN not accepted: {}", .0.code())]
    WeakPin(WeakPin),
    /// Nobody by this number may open this device.
    #[error("no such operator on this device")]
    UnknownOperator,
    /// This operator has a slot already, or it is the last one and cannot go.
    #[error("operator slot cannot be changed: {0}")]
    OperatorSlot(&'static str),
    /// Cost of the PIN's key derivation out of range.
    #[error("key derivation cost is out of range")]
    BadCost,
    /// The database was made by a newer program; the file was not touched.
    #[error("the database has schema {found}, this program knows {known}")]
    NewerSchema {
        /// Version in the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// The database did not open with its own key. It was moved aside whole; opening again makes a new, empty one.
    #[error("the database is damaged and was set aside")]
    Damaged {
        /// Where it lies now.
        aside: PathBuf,
    },
    /// Damage was met while working. Close, then [`crate::Home::set_aside`], if `doctor` confirms it.
    #[error("the database is damaged")]
    Corrupt,
    /// The search index was damaged. It only repeats what the registrations hold and was made anew; nothing is lost, and
    /// what was to be done was not done yet.
    #[error("the search index was damaged")]
    IndexDamaged,
    /// No room left; nothing was half-written.
    #[error("the disk is full")]
    DiskFull,
    /// Another failure of the file system.
    #[error("file system: {0}")]
    Io(io::ErrorKind),
    /// The linked SQLite or SQLCipher is not one this program trusts.
    #[error("the database engine is unsuitable: {0}")]
    Engine(&'static str),
    /// A statement failed: extended result code of SQLite.
    #[error("database error {code_number}")]
    Database {
        /// Extended result code (<https://www.sqlite.org/rescode.html>).
        code_number: i32,
    },
    /// A row does not decode: not written by this program.
    #[error("a row of {table} cannot be read")]
    BadRow {
        /// The table.
        table: &'static str,
    },
    /// No registration by this id.
    #[error("no such registration")]
    NotFound,
    /// What was asked does not fit the state in which the registration is.
    #[error("not in this state")]
    WrongState,
    /// The code belongs to another registration, or this one has another code.
    #[error("the code is taken")]
    CodeTaken,
    /// The envelope's number is not the next of the chain: the database would have a gap or a fork.
    #[error("the envelope does not continue the chain")]
    BrokenChain,
    /// The device has no identity or keys yet.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// Encryption of a small file failed: it was cut or altered.
    #[error("sealed data does not open")]
    CannotOpen,
}

domain::coded! {
    StoreError {
        StoreError::InUse => "in_use",
        StoreError::NoHome => "no_home",
        StoreError::HomeExists => "home_exists",
        StoreError::BadFile { .. } => "bad_file",
        StoreError::SecretMissing => "secret_missing",
        StoreError::SecretMismatch => "secret_mismatch",
        StoreError::SecretExists => "secret_exists",
        StoreError::VaultUnavailable(_) => "vault_unavailable",
        StoreError::SecretInsideHome => "secret_inside_home",
        StoreError::WrongPin { .. } => "wrong_pin",
        StoreError::PinDelay { .. } => "pin_delay",
        StoreError::WeakPin(WeakPin::NotSixDigits) => "weak_pin",
        StoreError::WeakPin(WeakPin::Repeated) => "weak_pin_repeated",
        StoreError::WeakPin(WeakPin::InARow) => "weak_pin_row",
        StoreError::WeakPin(WeakPin::Date) => "weak_pin_date",
        StoreError::WeakPin(WeakPin::Year) => "weak_pin_year",
        StoreError::UnknownOperator => "unknown_operator",
        StoreError::OperatorSlot(_) => "operator_slot",
        StoreError::BadCost => "bad_cost",
        StoreError::NewerSchema { .. } => "newer_schema",
        StoreError::Damaged { .. } => "damaged",
        StoreError::Corrupt => "corrupt",
        StoreError::IndexDamaged => "index_damaged",
        StoreError::DiskFull => "disk_full",
        StoreError::Io(_) => "io",
        StoreError::Engine(_) => "engine",
        StoreError::Database { .. } => "database",
        StoreError::BadRow { .. } => "bad_row",
        StoreError::NotFound => "not_found",
        StoreError::WrongState => "wrong_state",
        StoreError::CodeTaken => "code_taken",
        StoreError::BrokenChain => "broken_chain",
        StoreError::NotEnrolled => "not_enrolled",
        StoreError::CannotOpen => "cannot_open",
    }
}

impl StoreError {
    /// A row or a rule of one registration; the others are as they were.
    pub fn is_about_one(&self) -> bool {
        match self {
            Self::BadRow { .. } | Self::NotFound | Self::WrongState | Self::CodeTaken | Self::BrokenChain => true,
            Self::Database { code_number } => code_number & 0xff == CONSTRAINT,
            _ => false,
        }
    }
}

/// Primary result code of a broken constraint.
const CONSTRAINT: i32 = 19;

impl From<WeakPin> for StoreError {
    fn from(why: WeakPin) -> Self {
        Self::WeakPin(why)
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::Io(kind),
        }
    }
}

// Not public: rusqlite is a matter of this crate. Its messages may quote what a person typed, so only the number stays.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                // A virtual table's own complaint; the only ones here are the search index.
                ErrorCode::DatabaseCorrupt if failure.extended_code == rusqlite::ffi::SQLITE_CORRUPT_VTAB => {
                    Self::IndexDamaged
                }
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt,
                _ => Self::Database {
                    code_number: failure.extended_code,
                },
            },
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => Self::BadRow { table: "?" },
            _ => Self::Database { code_number: 1 },
        }
    }
}
