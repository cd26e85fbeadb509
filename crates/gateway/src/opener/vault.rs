//! What the opener keeps: `opener.db` (decisions, and opened bodies under a key of their person) and `person-keys.db`
//! (those keys). A copy of one without the other opens nothing; erasing a person deletes the key.

use super::{Opened, Ruled, Ruling, Work, people};
use crate::{
    env::{Env, random},
    error::GatewayError,
    sqlite::{self, Schema},
    store::{fixed, reconcile::Decided, registrations::Standing, unreadable},
};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _,
    aead::{Aead as _, Payload},
};
use domain::{
    code::ALPHABET,
    ids::{DeviceId, Eid, Rid, UnixTime},
    registration::Registration,
};
use people::Person;
use protocol::{
    cbor,
    changes::SealedVerdict,
    envelope::{Body, Kind, MAX_BYTES},
};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params, types::Type};
use std::{collections::HashMap, path::Path};
use zeroize::Zeroizing;

const OPENER: Schema = Schema {
    migrations: &[
        include_str!("../../../../migrations/gateway/opener/0001_opener.sql"),
        include_str!("../../../../migrations/gateway/opener/0002_one_person.sql"),
        include_str!("../../../../migrations/gateway/opener/0003_bare.sql"),
    ],
};
const PERSON_KEYS: Schema = Schema {
    migrations: &[include_str!(
        "../../../../migrations/gateway/person_keys/0001_person_keys.sql"
    )],
};

/// How much the opener keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Decisions.
    pub(crate) decisions: u64,
    /// Registrations that were erased.
    pub(crate) erased: u64,
    /// People of whom something was opened without its key being there.
    pub(crate) keyless: u64,
    /// People who were erased and whose key is there.
    pub(crate) with_erased_key: u64,
}

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
        let mut vault = Self {
            opener,
            person_keys,
            number_key,
        };
        let unnamed = vault.unnamed()?;
        if !unnamed.is_empty() {
            vault.write(|tx, key| people::name(tx, key, &unnamed))?;
        }
        Ok(vault)
    }

    pub(super) fn counts(&self) -> Result<Counts, GatewayError> {
        let sql = "SELECT (SELECT COUNT(*) FROM decisions), (SELECT COUNT(*) FROM tombstones)";
        let (decisions, erased) = self.opener.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let count = |connection: &Connection, sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0));
        let people = count(&self.opener, "SELECT COUNT(*) FROM persons")?;
        // A key is made, and durable, before its person is.
        let keys = count(&self.person_keys, "SELECT COUNT(*) FROM person_keys")?;
        let with_erased_key = self.with_erased_key()?;
        Ok(Counts {
            decisions,
            erased,
            keyless: people.saturating_sub(keys.saturating_sub(with_erased_key)),
            with_erased_key,
        })
    }

    fn with_erased_key(&self) -> Result<u64, GatewayError> {
        let mut erased = self.opener.prepare("SELECT rid FROM tombstones")?;
        let mut rows = erased.query([])?;
        let mut found = 0;
        while let Some(row) = rows.next()? {
            // A registration of somebody else under the same rid has a key of its own.
            let rid: Rid = fixed(row, "rid")?;
            found += u64::from(self.has_key(&rid)? && !self.is_person(&rid)?);
        }
        Ok(found)
    }

    fn is_person(&self, rid: &Rid) -> Result<bool, GatewayError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM persons WHERE rid = ?1)";
        let mut statement = self.opener.prepare_cached(sql)?;
        Ok(statement.query_row([&rid.0[..]], |row| row.get(0))?)
    }

    fn has_key(&self, rid: &Rid) -> Result<bool, GatewayError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM person_keys WHERE rid = ?1)";
        let mut statement = self.person_keys.prepare_cached(sql)?;
        Ok(statement.query_row([&rid.0[..]], |row| row.get(0))?)
    }

    /// Decided as it stands there, and readable if it ever was.
    pub(super) fn is_whole(&self, head: &Decided) -> Result<bool, GatewayError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM decisions WHERE eid = ?1 AND standing = ?2),
                          EXISTS (SELECT 1 FROM bodies WHERE eid = ?1)";
        let mut statement = self.opener.prepare_cached(sql)?;
        let (decided, opened): (bool, bool) = statement
            .query_row(params![head.eid.0, head.standing.name()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let readable = head.standing != Standing::Unreadable;
        Ok(decided && (!readable || opened && self.has_key(&head.rid)?))
    }

    pub(super) fn forget(&mut self, heads: &[(Rid, Eid)]) -> Result<(), GatewayError> {
        let mut keyless = Vec::new();
        for (rid, _) in heads {
            if !self.has_key(rid)? {
                keyless.push(*rid);
            }
        }
        let tx = self.opener.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (_, eid) in heads {
            tx.execute("DELETE FROM decisions WHERE eid = ?1", [&eid.0[..]])?;
            tx.execute("DELETE FROM bodies WHERE eid = ?1", [&eid.0[..]])?;
        }
        // Nothing opens these any more.
        for rid in keyless {
            tx.execute("DELETE FROM bodies WHERE rid = ?1", [&rid.0[..]])?;
        }
        tx.commit()?;
        Ok(())
    }

    /// True when this device's registration was withdrawn and destroyed.
    pub(super) fn is_erased(&self, work: &Work) -> Result<bool, GatewayError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM tombstones WHERE rid = ?1
                       AND (device IS NULL OR ?2 IS NULL OR device = ?2))";
        Ok(self
            .opener
            .prepare_cached(sql)?
            .query_row(params![work.rid.0, work.device], |row| row.get(0))?)
    }

    /// What was ruled before about this revision.
    pub(super) fn ruling(&self, work: &Work) -> Result<Option<Ruling>, GatewayError> {
        let sql = "SELECT standing, decided_at, sealed, bare FROM decisions WHERE eid = ?1";
        let ruling = self
            .opener
            .prepare_cached(sql)?
            .query_row([&work.eid.0[..]], |row| {
                let name = row.get_ref("standing")?.as_str()?;
                let ruled = Ruled::ALL.into_iter().find(|ruled| ruled.name() == name);
                let verdict = |column: &str| -> rusqlite::Result<Option<SealedVerdict>> {
                    row.get_ref(column)?
                        .as_blob_or_null()?
                        .map(|bytes| cbor::decode(bytes, bytes.len()).map_err(|_| unreadable(Type::Blob)))
                        .transpose()
                };
                Ok(Ruling {
                    number: work.number,
                    eid: work.eid,
                    rid: work.rid,
                    ruled: ruled.ok_or_else(|| unreadable(Type::Text))?,
                    decided_at: row.get("decided_at")?,
                    verdict: verdict("sealed")?,
                    bare: verdict("bare")?,
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

    pub(super) fn erase(&mut self, rids: &[(Rid, DeviceId)], now: UnixTime) -> Result<(), GatewayError> {
        let tx = self
            .person_keys
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (rid, _) in rids {
            tx.execute("DELETE FROM person_keys WHERE rid = ?1", [&rid.0[..]])?;
        }
        tx.commit()?;
        let tx = self.opener.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (rid, device) in rids {
            tx.execute("DELETE FROM bodies WHERE rid = ?1", [&rid.0[..]])?;
            tx.execute("DELETE FROM persons WHERE rid = ?1", [&rid.0[..]])?;
            tx.execute(
                "UPDATE decisions SET sealed = NULL, bare = NULL WHERE rid = ?1",
                [&rid.0[..]],
            )?;
            tx.execute(
                "INSERT OR REPLACE INTO tombstones (rid, erased_at, device) VALUES (?1, ?2, ?3)",
                params![rid.0, now, device],
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

/// Opens a kept body with its person's key.
fn decrypt(key: &[u8; 32], eid: &Eid, encrypted: &[u8]) -> Option<Registration> {
    let (nonce, sealed) = encrypted.split_first_chunk::<12>()?;
    let plain = ChaCha20Poly1305::new(key.into())
        .decrypt(
            nonce.into(),
            Payload {
                msg: sealed,
                aad: &eid.0,
            },
        )
        .ok()?;
    match cbor::decode(&Zeroizing::new(plain), MAX_BYTES).ok()? {
        Body::Registration(registration) => Some(*registration),
        Body::Withdrawal => None,
    }
}

impl Vault {
    /// Bodies of people of whom it is not known yet who they are, of revisions that were accepted or are possibly
    /// duplicates, the last one last.
    pub(super) fn unnamed(&self) -> Result<Vec<(Rid, Registration)>, GatewayError> {
        let mut statement = self.opener.prepare(
            "SELECT bodies.eid, bodies.rid, encrypted FROM bodies JOIN persons USING (rid)
             JOIN decisions ON decisions.eid = bodies.eid
             WHERE likeness IS NULL AND (account IS NOT NULL OR persons.standing = 'possible_duplicate')
                 AND decisions.standing IN ('accepted', 'possible_duplicate') ORDER BY decisions.decided_at",
        )?;
        let rows = statement.query_map([], |row| {
            let bytes: Vec<u8> = row.get("encrypted")?;
            Ok((fixed::<Eid, _>(row, "eid")?, fixed::<Rid, _>(row, "rid")?, bytes))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (eid, rid, encrypted) = row?;
            let key = self
                .person_keys
                .prepare_cached("SELECT key FROM person_keys WHERE rid = ?1")?
                .query_row([&rid.0[..]], |row| fixed::<[u8; 32], _>(row, "key"))
                .optional()?
                .map(Zeroizing::new);
            // A person whose key is gone is erased or lost: one of them holds up nobody else.
            if let Some(registration) = key.and_then(|key| decrypt(&key, &eid, &encrypted)) {
                found.push((rid, registration));
            }
        }
        Ok(found)
    }

    /// One transaction of the opener's own.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &[u8; 32]) -> Result<T, GatewayError>,
    ) -> Result<T, GatewayError> {
        let tx = self.opener.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&tx, &self.number_key)?;
        tx.commit()?;
        Ok(value)
    }
}

/// The opener's database inside a transaction.
pub(super) struct Book<'a> {
    tx: &'a Transaction<'a>,
    person_keys: &'a PersonKeys,
    number_key: &'a [u8; 32],
}

impl Book<'_> {
    /// Who somebody is, keyed.
    pub(super) fn person(&self, registration: &Registration) -> Person {
        people::person(self.number_key, registration)
    }

    /// Somebody else's registration is of this person and has an account or waits for one.
    pub(super) fn same_person(&self, rid: &Rid, person: &Person) -> Result<bool, GatewayError> {
        Ok(people::known(self.tx, rid, person)?)
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
        if opened.header.kind == Kind::Registration {
            // Somebody else's under the same rid, whose place this one took: another person, another account.
            self.tx
                .execute("DELETE FROM bodies WHERE rid = ?1", [&work.rid.0[..]])?;
            self.tx
                .execute("DELETE FROM persons WHERE rid = ?1", [&work.rid.0[..]])?;
        }
        let person = self.person(&opened.registration);
        let account = people::put(self.tx, &work.rid, &person, ruled, || {
            self.new_account(&work.rid, opened.header.device)
        })?;
        self.tx
            .prepare_cached("INSERT OR IGNORE INTO bodies (eid, rid, encrypted) VALUES (?1, ?2, ?3)")?
            .execute(params![work.eid.0, work.rid.0, self.encrypt(work, opened, env)?])?;
        Ok(account.filter(|_| ruled == Ruled::Accepted))
    }

    /// `CDS-` and ten characters (50 bits) that nobody without our key can foretell, made from the registration and its device: an
    /// opener that comes back from a backup gives the account that the resident was told. The next ones where it is taken.
    fn new_account(&self, rid: &Rid, device: DeviceId) -> Result<String, GatewayError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM persons WHERE account = ?1)";
        for attempt in 0u8..=u8::MAX {
            let parts: [&[u8]; 3] = [&rid.0, &device.to_be_bytes(), &[attempt]];
            let bytes = people::keyed(self.number_key, b"tungnha/1/account\0", &parts);
            let characters = bytes[..10]
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
            let account = format!("CDS-{}", characters.collect::<String>());
            if !self
                .tx
                .prepare_cached(sql)?
                .query_row([&account], |row| row.get::<_, bool>(0))?
            {
                return Ok(account);
            }
        }
        Err(GatewayError::Stored("account"))
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

    /// Records what was ruled. An unreadable revision says nothing of the person, whose account stays.
    pub(super) fn put_ruling(&self, ruling: &Ruling) -> Result<(), GatewayError> {
        if ruling.ruled == Ruled::Unreadable {
            self.tx.execute(
                "UPDATE persons SET standing = 'unreadable' WHERE rid = ?1",
                [&ruling.rid.0[..]],
            )?;
        }
        self.tx
            .prepare_cached(
                "INSERT INTO decisions (eid, rid, standing, decided_at, sealed, bare) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                ruling.eid.0,
                ruling.rid.0,
                ruling.ruled.name(),
                ruling.decided_at,
                ruling.verdict.as_ref().map(cbor::encode),
                ruling.bare.as_ref().map(cbor::encode),
            ])?;
        Ok(())
    }
}
