//! What the opener keeps: `opener.db` (decisions, and opened bodies under a key of their person) and `person-keys.db`
//! (those keys). A copy of one without the other opens nothing; erasing a person deletes the key.

use super::{Opened, Ruled, Ruling, Work};
use crate::{
    env::{Env, random},
    error::GatewayError,
    sqlite::{self, Schema},
    store::{fixed, unreadable},
};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _,
    aead::{Aead as _, Payload},
};
use domain::{
    code::ALPHABET,
    ids::{Rid, UnixTime},
    number::PersonalNumber,
    registration::Sourced,
};
use hmac::{Hmac, Mac as _};
use protocol::{cbor, changes::SealedVerdict, envelope::Body};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params, types::Type};
use sha2::Sha256;
use std::{collections::HashMap, path::Path};
use zeroize::Zeroizing;

const OPENER: Schema = Schema {
    migrations: &[include_str!("../../../../migrations/gateway/opener/0001_opener.sql")],
};
const PERSON_KEYS: Schema = Schema {
    migrations: &[include_str!(
        "../../../../migrations/gateway/person_keys/0001_person_keys.sql"
    )],
};

pub(super) type PersonKeys = HashMap<Rid, Zeroizing<[u8; 32]>>;

pub(super) struct Vault {
    opener: Connection,
    person_keys: Connection,
    /// Key of the duplicate check; never leaves the opener.
    number_key: Zeroizing<[u8; 32]>,
}

impl Vault {
    pub(super) fn open(folder: &Path, number_key: Zeroizing<[u8; 32]>) -> Result<Self, GatewayError> {
        let opener = sqlite::open(&folder.join("opener.db"), &OPENER, true)?;
        let person_keys = sqlite::open(&folder.join("person-keys.db"), &PERSON_KEYS, true)?;
        // What an erasure left in a WAL when the process was ended.
        for connection in [&person_keys, &opener] {
            sqlite::truncate_wal(connection)?;
        }
        Ok(Self {
            opener,
            person_keys,
            number_key,
        })
    }

    pub(super) fn is_erased(&self, rid: &Rid) -> Result<bool, GatewayError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM tombstones WHERE rid = ?1)";
        Ok(self
            .opener
            .prepare_cached(sql)?
            .query_row([&rid.0[..]], |row| row.get(0))?)
    }

    /// What was ruled before about this revision.
    pub(super) fn ruling(&self, work: &Work) -> Result<Option<Ruling>, GatewayError> {
        let sql = "SELECT standing, decided_at, sealed FROM decisions WHERE eid = ?1";
        let ruling = self
            .opener
            .prepare_cached(sql)?
            .query_row([&work.eid.0[..]], |row| {
                let name = row.get_ref("standing")?.as_str()?;
                let ruled = Ruled::ALL.into_iter().find(|ruled| ruled.name() == name);
                let verdict = match row.get_ref("sealed")?.as_blob_or_null()? {
                    None => None,
                    Some(bytes) => {
                        let verdict: SealedVerdict =
                            cbor::decode(bytes, bytes.len()).map_err(|_| unreadable(Type::Blob))?;
                        Some(verdict)
                    }
                };
                Ok(Ruling {
                    number: work.number,
                    eid: work.eid,
                    rid: work.rid,
                    ruled: ruled.ok_or_else(|| unreadable(Type::Text))?,
                    decided_at: row.get("decided_at")?,
                    verdict,
                })
            })
            .optional()?;
        Ok(ruling)
    }

    /// Keys of these persons, made and durable before anything is encrypted with them.
    pub(super) fn person_keys(
        &mut self,
        rids: impl Iterator<Item = Rid>,
        env: &dyn Env,
    ) -> Result<PersonKeys, GatewayError> {
        let tx = self
            .person_keys
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut keys = PersonKeys::new();
        for rid in rids {
            let fresh = Zeroizing::new(random::<32>(env));
            tx.prepare_cached("INSERT OR IGNORE INTO person_keys (rid, key) VALUES (?1, ?2)")?
                .execute(params![rid.0, &fresh[..]])?;
            let key = tx
                .prepare_cached("SELECT key FROM person_keys WHERE rid = ?1")?
                .query_row([&rid.0[..]], |row| fixed::<[u8; 32], _>(row, "key"))?;
            keys.insert(rid, Zeroizing::new(key));
        }
        tx.commit()?;
        Ok(keys)
    }

    /// One transaction in which rulings and bodies are written.
    pub(super) fn record<T>(
        &mut self,
        person_keys: &PersonKeys,
        work: impl FnOnce(&Book<'_>) -> Result<T, GatewayError>,
    ) -> Result<T, GatewayError> {
        let tx = self.opener.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&Book {
            tx: &tx,
            person_keys,
            number_key: &self.number_key,
        })?;
        tx.commit()?;
        Ok(value)
    }

    pub(super) fn erase(&mut self, rids: &[Rid], now: UnixTime) -> Result<(), GatewayError> {
        let tx = self
            .person_keys
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for rid in rids {
            tx.execute("DELETE FROM person_keys WHERE rid = ?1", [&rid.0[..]])?;
        }
        tx.commit()?;
        let tx = self.opener.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for rid in rids {
            tx.execute("DELETE FROM bodies WHERE rid = ?1", [&rid.0[..]])?;
            tx.execute("DELETE FROM persons WHERE rid = ?1", [&rid.0[..]])?;
            tx.execute("UPDATE decisions SET sealed = NULL WHERE rid = ?1", [&rid.0[..]])?;
            tx.execute(
                "INSERT OR IGNORE INTO tombstones (rid, erased_at) VALUES (?1, ?2)",
                params![rid.0, now],
            )?;
        }
        tx.commit()?;
        for connection in [&self.person_keys, &self.opener] {
            if !sqlite::truncate_wal(connection)? {
                tracing::warn!("wal_busy");
            }
        }
        Ok(())
    }
}

/// The opener's database inside a transaction.
pub(super) struct Book<'a> {
    tx: &'a Transaction<'a>,
    person_keys: &'a PersonKeys,
    number_key: &'a [u8; 32],
}

impl Book<'_> {
    /// HMAC-SHA-256 of the number. Its free digits are few: without the key a hash could be turned back.
    fn number_of(&self, number: Option<&Sourced<PersonalNumber>>) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.number_key).expect("HMAC takes any key");
        mac.update(b"tungnha/1/number\0");
        mac.update(number?.value.expose().as_bytes());
        Some(mac.finalize().into_bytes().into())
    }

    /// Another registration with this number is accepted or being looked at.
    pub(super) fn same_number(
        &self,
        rid: &Rid,
        number: Option<&Sourced<PersonalNumber>>,
    ) -> Result<bool, GatewayError> {
        let Some(number) = self.number_of(number) else {
            return Ok(false);
        };
        let sql = "SELECT EXISTS (SELECT 1 FROM persons WHERE number = ?1 AND rid != ?2
                       AND standing IN ('accepted', 'possible_duplicate'))";
        Ok(self
            .tx
            .prepare_cached(sql)?
            .query_row(params![number, rid.0], |row| row.get(0))?)
    }

    /// Keeps an opened body and where its person stands. Returns the account of an accepted one, the same through all
    /// corrections.
    pub(super) fn keep(
        &self,
        work: &Work,
        opened: &Opened,
        ruled: Ruled,
        env: &dyn Env,
    ) -> Result<Option<String>, GatewayError> {
        let known: Option<Option<String>> = self
            .tx
            .prepare_cached("SELECT account FROM persons WHERE rid = ?1")?
            .query_row([&work.rid.0[..]], |row| row.get(0))
            .optional()?;
        let account = known
            .flatten()
            .or_else(|| (ruled == Ruled::Accepted).then(|| new_account(env)));
        self.tx
            .prepare_cached(
                "INSERT INTO persons (rid, number, account, standing) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (rid) DO UPDATE SET
                     number = excluded.number, account = excluded.account, standing = excluded.standing",
            )?
            .execute(params![
                work.rid.0,
                self.number_of(opened.registration.number.as_ref()),
                account,
                ruled.name()
            ])?;
        self.tx
            .prepare_cached("INSERT OR IGNORE INTO bodies (eid, rid, encrypted) VALUES (?1, ?2, ?3)")?
            .execute(params![work.eid.0, work.rid.0, self.encrypt(work, opened, env)?])?;
        Ok(account.filter(|_| ruled == Ruled::Accepted))
    }

    fn encrypt(&self, work: &Work, opened: &Opened, env: &dyn Env) -> Result<Vec<u8>, GatewayError> {
        let key = self
            .person_keys
            .get(&work.rid)
            .ok_or(GatewayError::Stored("person key"))?;
        let nonce = random::<12>(env);
        let body = Body::Registration(Box::new(opened.registration.clone()));
        let plain = Zeroizing::new(cbor::encode(&body));
        let sealed = ChaCha20Poly1305::new(&(**key).into())
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: &plain,
                    aad: &work.eid.0,
                },
            )
            .map_err(|_| GatewayError::Stored("body"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Records what was ruled. An unreadable revision takes its person out of the duplicate check.
    pub(super) fn put_ruling(&self, ruling: &Ruling) -> Result<(), GatewayError> {
        if ruling.ruled == Ruled::Unreadable {
            self.tx.execute(
                "UPDATE persons SET standing = 'unreadable' WHERE rid = ?1",
                [&ruling.rid.0[..]],
            )?;
        }
        self.tx
            .prepare_cached(
                "INSERT INTO decisions (eid, rid, standing, decided_at, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                ruling.eid.0,
                ruling.rid.0,
                ruling.ruled.name(),
                ruling.decided_at,
                ruling.verdict.as_ref().map(cbor::encode),
            ])?;
        Ok(())
    }
}

/// `CDS-` and ten random characters (50 bits).
fn new_account(env: &dyn Env) -> String {
    let characters = random::<10>(env).map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    format!("CDS-{}", characters.iter().collect::<String>())
}
