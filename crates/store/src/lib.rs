//! The device's encrypted database, its key slots, device secret, spool and lock file. The only crate that names
//! rusqlite on the device; none of its types leave it.
//!
//! # The home folder
//!
//! | name | what |
//! |---|---|
//! | `lock` | empty; its file lock is taken before anything else is touched, so that one program works here at a time |
//! | `device.json` | random home id, realm, where the device secret lies, whether a database was made: nothing personal |
//! | `slots.json` | the database key, wrapped once per operator |
//! | `attempts` | sealed under the device secret, overwritten in place: wrong PINs; the same lies beside the secret |
//! | `registrations.db` (+ `-wal`) | SQLCipher 4, random raw 32-byte key: the truth |
//! | `spool/` | sealed copies of unsent envelopes and unapplied answers, readable with the device secret alone |
//! | `contact` | sealed the same way: how to reach the gateway while the device is locked |
//! | `reserve` | room that is given up when the disk is full |
//! | `aside/<n>/` | databases that did not open; never deleted, never overwritten |
//!
//! The device secret lies outside: in the system's keyring, else in a 0600 file in a folder of its own ([`vault`]).
//!
//! # The way in
//!
//! [`Home::open`] takes the lock; [`Home::unlock`] turns operator and PIN into a [`Store`]; [`Store::read`] and
//! [`Store::write`] hand a transaction to the functions of the modules named after what they keep. While the device is
//! locked, [`Home::spool`] still sends. Time and randomness are arguments.

pub mod audit;
pub mod blanks;
mod clock;
mod counter;
pub mod device;
pub mod drafts;
pub mod envelopes;
mod error;
mod files;
mod hashing;
pub mod healing;
pub mod home;
mod in_place;
pub mod master;
pub mod newer;
mod open;
pub mod outbox;
mod pin;
#[doc(hidden)]
pub mod point;
pub mod purge;
pub mod receipts;
pub mod records;
mod reserve;
pub mod revise;
mod row;
mod schema;
mod search;
pub mod signers;
mod slots;
pub mod spool;
mod store;
pub mod stray;
pub mod tasks;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vault;

pub use clock::Moment;
pub use error::StoreError;
pub use files::write_private;
pub use home::{Home, HomeId};
pub use pin::KdfCost;
pub use spool::{Contact, Spool, Spooled};
pub use store::{Health, Read, Store, Write};
pub use vault::{FileVault, SecretKind, SecretVault};

#[cfg(target_os = "linux")]
pub use vault::KeyringVault;

/// The result of everything here.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
