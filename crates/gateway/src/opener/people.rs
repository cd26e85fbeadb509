//! Who is who: one person has one account, whatever becomes of a later revision. Only keyed hashes are compared.

use super::Ruled;
use crate::error::GatewayError;
use domain::{
    ids::Rid,
    registration::{Registration, Sex},
    text,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::{OptionalExtension as _, Transaction, params};
use sha2::Sha256;

/// Who a registration is about, as keyed hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    /// The number; none in hand.
    number: Option<[u8; 32]>,
    /// Name (without tones and capitals), birth and sex.
    likeness: [u8; 32],
}

/// HMAC-SHA-256. The free digits of a number are few: without the key a hash could be turned back.
pub(super) fn keyed(key: &[u8; 32], purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(purpose);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

pub(super) fn person(key: &[u8; 32], registration: &Registration) -> Person {
    let number = registration.number.as_ref().map(|number| number.value.expose());
    let birth = registration.birth.value;
    let (month, day) = birth.month_day();
    let [high, low] = birth.year().to_be_bytes();
    let sex = u8::from(registration.sex.value == Sex::Female);
    Person {
        number: number.map(|number| keyed(key, b"tungnha/1/number\0", &[number.as_bytes()])),
        likeness: keyed(
            key,
            b"tungnha/1/likeness\0",
            &[
                &[high, low, month.unwrap_or(0), day.unwrap_or(0), sex],
                text::search_key(registration.name.value.expose()).as_bytes(),
            ],
        ),
    }
}

/// Another registration is of this person and has an account, or waits for one: the same number, or where one of the two
/// has none, the same name, birth and sex. What became of a later revision of it does not matter.
pub(super) fn known(tx: &Transaction<'_>, rid: &Rid, person: &Person) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM persons
                   WHERE rid != ?2 AND (account IS NOT NULL OR standing = 'possible_duplicate')
                       AND (claim = ?1 OR likeness = ?3 AND (claim IS NULL OR ?1 IS NULL)))";
    tx.prepare_cached(sql)?
        .query_row(params![person.number, rid.0, person.likeness], |row| row.get(0))
}

/// Keeps where a person stands, and gives the account: made at the first acceptance, the same from then on. Who somebody
/// is follows the last revision that was accepted or may be a duplicate; a refused correction takes nothing away.
pub(super) fn put(
    tx: &Transaction<'_>,
    rid: &Rid,
    person: &Person,
    ruled: Ruled,
    new_account: impl FnOnce() -> Result<String, GatewayError>,
) -> Result<Option<String>, GatewayError> {
    let known: Option<Option<String>> = tx
        .prepare_cached("SELECT account FROM persons WHERE rid = ?1")?
        .query_row([&rid.0[..]], |row| row.get(0))
        .optional()?;
    let before = known.flatten();
    let counts = match ruled {
        Ruled::Accepted => true,
        Ruled::PossibleDuplicate => before.is_none(),
        Ruled::Refused | Ruled::Unreadable | Ruled::Withdrawn => false,
    };
    let account = match before {
        None if ruled == Ruled::Accepted => Some(new_account()?),
        known => known,
    };
    tx.prepare_cached(
        "INSERT INTO persons (rid, number, account, standing, claim, likeness)
         VALUES (?1, ?2, ?3, ?4, CASE WHEN ?5 THEN ?2 END, CASE WHEN ?5 THEN ?6 END)
         ON CONFLICT (rid) DO UPDATE SET number = excluded.number, account = excluded.account,
             standing = excluded.standing,
             claim = CASE WHEN ?5 THEN excluded.number ELSE claim END,
             likeness = CASE WHEN ?5 THEN ?6 ELSE likeness END",
    )?
    .execute(params![
        rid.0,
        person.number,
        account,
        ruled.name(),
        counts,
        person.likeness
    ])?;
    Ok(account)
}

/// Says of people from before who they are: this opener was started on a folder of an older one.
pub(super) fn name(tx: &Transaction<'_>, key: &[u8; 32], unnamed: &[(Rid, Registration)]) -> Result<(), GatewayError> {
    for (rid, registration) in unnamed {
        let person = person(key, registration);
        // Two accounts of one number from before stay two, told apart.
        tx.execute(
            "UPDATE persons SET claim = ?2, likeness = ?3, apart = MAX(apart, EXISTS (
                 SELECT 1 FROM persons AS other WHERE other.claim = ?2 AND other.account IS NOT NULL
                     AND other.apart = 0 AND other.rid != ?1))
             WHERE rid = ?1",
            params![rid.0, person.number, person.likeness],
        )?;
    }
    Ok(())
}
