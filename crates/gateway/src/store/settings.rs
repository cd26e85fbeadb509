//! Table `settings`: what the folder remembers of itself.

use crate::rules::withdrawals::Erasure;
use domain::ids::Realm;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// Name of a setting.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    /// The folder's world.
    Realm,
    /// The signed trust message that is current.
    Trust,
    /// What the current trust message says, without serial and date: a difference calls for a new one.
    TrustSubject,
    /// Serial of the current trust message, decimal.
    TrustSerial,
    /// Hours between a withdrawal and its erasure, decimal.
    ErasureDelay,
    /// Withdrawals of one device within a day that are nothing unusual, decimal.
    UsualWithdrawals,
    /// When the server was last asked whether it can write, decimal.
    Probe,
    /// When the last backup was made, decimal.
    LastBackup,
    /// URL at which the server was reached last, for invitations.
    Url,
    /// Addresses that the trust message names, one a line, the preferred one first.
    Addresses,
}

impl Key {
    const fn name(self) -> &'static str {
        match self {
            Key::Realm => "realm",
            Key::Trust => "trust",
            Key::TrustSubject => "trust_subject",
            Key::TrustSerial => "trust_serial",
            Key::ErasureDelay => "erasure_delay",
            Key::UsualWithdrawals => "usual_withdrawals",
            Key::Probe => "probe",
            Key::LastBackup => "last_backup",
            Key::Url => "url",
            Key::Addresses => "addresses",
        }
    }
}

pub(crate) fn get(tx: &Transaction<'_>, key: Key) -> rusqlite::Result<Option<Vec<u8>>> {
    tx.query_row("SELECT value FROM settings WHERE key = ?1", [key.name()], |row| {
        row.get(0)
    })
    .optional()
}

pub(crate) fn set(tx: &Transaction<'_>, key: Key, value: &[u8]) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![key.name(), value],
    )?;
    Ok(())
}

/// Addresses that the trust message names.
pub(crate) fn addresses(tx: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let text = get(tx, Key::Addresses)?.and_then(|value| String::from_utf8(value).ok());
    Ok(text.unwrap_or_default().lines().map(str::to_owned).collect())
}

/// How this platform erases; what was never set is as usual.
pub(crate) fn erasure(tx: &Transaction<'_>) -> rusqlite::Result<Erasure> {
    let number = |key, otherwise| -> rusqlite::Result<u32> {
        let text = get(tx, key)?.and_then(|value| String::from_utf8(value).ok());
        Ok(text.and_then(|text| text.parse().ok()).unwrap_or(otherwise))
    };
    let usual = Erasure::default();
    Ok(Erasure {
        delay_hours: number(Key::ErasureDelay, usual.delay_hours)?,
        usual: number(Key::UsualWithdrawals, usual.usual)?,
    })
}

/// The stable name of a realm.
pub(crate) const fn realm_name(realm: Realm) -> &'static str {
    match realm {
        Realm::Live => "live",
        Realm::Practice => "demo",
        Realm::Development => "development",
    }
}

/// The realm with this stable name.
pub(crate) fn realm_of(name: &[u8]) -> Option<Realm> {
    [Realm::Live, Realm::Practice, Realm::Development]
        .into_iter()
        .find(|realm| realm_name(*realm).as_bytes() == name)
}
