//! What the device knows about itself: identity, keys, trust, and where its chain and cursors stand.

use crate::{
    Read, Result, StoreError, Write,
    hashing::LookupKey,
    row::{count, from_cbor, to_cbor},
};
use domain::{
    ids::{DeviceId, Instance, Link, Realm, UnixTime},
    lease::Lease,
    place::CommuneCode,
};
use minicbor::{Decode, Encode};
use protocol::{
    cbor::Blob,
    enrolment::{Operator, Role},
    keys::{SealSecret, SignSecret},
};
use rusqlite::{OptionalExtension as _, params};
use zeroize::Zeroizing;

/// Who this device is, as the gateway said at enrolment and since.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Identity {
    /// The device's number.
    #[n(0)]
    pub device: DeviceId,
    /// Device group of its codes, 10 bits.
    #[n(1)]
    pub group: u16,
    /// World.
    #[n(2)]
    pub realm: Realm,
    /// What it is for.
    #[n(3)]
    pub role: Role,
    /// Team name.
    #[n(4)]
    pub team: String,
    /// Communes it works in.
    #[n(5)]
    pub communes: Vec<CommuneCode>,
    /// People of the team.
    #[n(6)]
    pub operators: Vec<Operator>,
    /// Base URL of the gateway; none in the practice.
    #[n(7)]
    pub gateway: Option<String>,
}

/// The device's private keys.
#[derive(Debug)]
pub struct Keys {
    /// Signs envelopes and citizen QRs.
    pub signing: SignSecret,
    /// Verdicts are sealed to it.
    pub sealing: SealSecret,
    /// Asks for tokens.
    pub transport: SignSecret,
}

/// Where the chain of envelopes stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Life of the sequence.
    pub epoch: u32,
    /// The number the next envelope takes; the first is 1.
    pub seq: u64,
    /// Link of the last envelope of this epoch.
    pub prev: Option<Link>,
}

fn get(tx: &Read<'_>, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let value: Option<Vec<u8>> = tx
        .sql("SELECT value FROM setting WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value.map(Zeroizing::new))
}

pub(crate) fn set(tx: &Write<'_>, name: &str, value: &[u8]) -> Result<()> {
    tx.run(
        "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}

pub(crate) fn get_cbor<T>(tx: &Read<'_>, name: &str) -> Result<Option<T>>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    get(tx, name)?.map(|bytes| from_cbor("setting", &bytes)).transpose()
}

/// The identity; `None` before enrolment.
pub fn identity(tx: &Read<'_>) -> Result<Option<Identity>> {
    get_cbor(tx, "identity")
}

/// Keeps the identity.
pub fn set_identity(tx: &Write<'_>, identity: &Identity) -> Result<()> {
    set(tx, "identity", &to_cbor(identity))
}

/// The platform is reached at this address from now on; everything else of the device stays.
pub fn set_gateway(tx: &Write<'_>, address: &str) -> Result<()> {
    let known = identity(tx)?.ok_or(StoreError::NotEnrolled)?;
    set_identity(
        tx,
        &Identity {
            gateway: Some(address.to_owned()),
            ..known
        },
    )
}

/// The private keys; `None` before they were made.
pub fn keys(tx: &Read<'_>) -> Result<Option<Keys>> {
    let Some(bytes) = get(tx, "keys")? else {
        return Ok(None);
    };
    let (seeds, rest) = bytes.as_chunks::<32>();
    match (seeds, rest) {
        ([signing, sealing, transport], []) => Ok(Some(Keys {
            signing: SignSecret::from_seed(signing),
            sealing: SealSecret::from_bytes(sealing),
            transport: SignSecret::from_seed(transport),
        })),
        _ => Err(StoreError::BadRow { table: "setting" }),
    }
}

/// Keeps the private keys.
pub fn set_keys(tx: &Write<'_>, keys: &Keys) -> Result<()> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(96));
    bytes.extend_from_slice(keys.signing.seed().as_ref());
    bytes.extend_from_slice(keys.sealing.bytes().as_ref());
    bytes.extend_from_slice(keys.transport.seed().as_ref());
    set(tx, "keys", &bytes)
}

/// The trust message as it was verified (CBOR, signed by the root).
pub fn trust(tx: &Read<'_>) -> Result<Option<Vec<u8>>> {
    Ok(get(tx, "trust")?.map(|bytes| bytes.to_vec()))
}

/// Keeps a verified trust message.
pub fn set_trust(tx: &Write<'_>, bytes: &[u8]) -> Result<()> {
    set(tx, "trust", bytes)
}

/// The print queue that was used last for a kind of paper, by the paper's stable name.
pub fn print_queue(tx: &Read<'_>, paper: &str) -> Result<Option<String>> {
    let name = get(tx, &format!("print_queue.{paper}"))?;
    Ok(name.and_then(|name| String::from_utf8(name.to_vec()).ok()))
}

/// Keeps it.
pub fn set_print_queue(tx: &Write<'_>, paper: &str, queue: &str) -> Result<()> {
    set(tx, &format!("print_queue.{paper}"), queue.as_bytes())
}

/// Where the chain stands.
pub fn position(tx: &Read<'_>) -> Result<Position> {
    Ok(tx
        .sql("SELECT epoch, seq, prev FROM chain WHERE id = 1")?
        .query_row([], |row| {
            Ok(Position {
                epoch: row.get(0)?,
                seq: count(row.get(1)?),
                prev: row.get::<_, Option<[u8; 16]>>(2)?.map(Link),
            })
        })?)
}

/// The envelope `seq` with this link was made: the next one follows it. `BrokenChain` if it was not its turn
/// (docs/protocol.md, I5).
pub fn advance(tx: &Write<'_>, epoch: u32, seq: u64, link: Link) -> Result<()> {
    let changed = tx.run(
        "UPDATE chain SET seq = seq + 1, prev = ?3 WHERE id = 1 AND epoch = ?1 AND seq = ?2",
        params![epoch, seq as i64, link.0],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::BrokenChain)
    }
}

/// Begins a new life of the sequence (after a fork was found). `epoch` must be beyond the present one; two copies of one
/// device part for good when each takes a random one.
pub fn new_epoch(tx: &Write<'_>, epoch: u32) -> Result<()> {
    let changed = tx.run(
        "UPDATE chain SET epoch = ?1, seq = 1, prev = NULL WHERE id = 1 AND epoch < ?1",
        [epoch],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::BrokenChain)
    }
}

/// Cursor of the changes feed; 0 at first.
pub fn cursor(tx: &Read<'_>) -> Result<u64> {
    Ok(get_cbor(tx, "cursor")?.unwrap_or(0))
}

/// Keeps the cursor; it never goes back.
pub fn set_cursor(tx: &Write<'_>, cursor: u64) -> Result<()> {
    let cursor = cursor.max(self::cursor(tx)?);
    set(tx, "cursor", &to_cbor(&cursor))
}

/// The platform's log is another one than the cursor was of: it is read from its beginning.
pub fn restart_cursor(tx: &Write<'_>) -> Result<()> {
    set(tx, "cursor", &to_cbor(&0u64))
}

/// The life of the platform that this device knew last; none before the first that named itself.
pub fn life(tx: &Read<'_>) -> Result<Option<Instance>> {
    get_cbor(tx, "life")
}

/// Keeps it.
pub fn set_life(tx: &Write<'_>, life: &Instance) -> Result<()> {
    set(tx, "life", &to_cbor(life))
}

/// The latest time signed by the server that this device has seen.
pub fn server_floor(tx: &Read<'_>) -> Result<Option<UnixTime>> {
    get_cbor(tx, "server_floor")
}

/// Raises the floor; a lower time changes nothing.
pub fn raise_server_floor(tx: &Write<'_>, time: UnixTime) -> Result<()> {
    match server_floor(tx)? {
        Some(known) if known >= time => Ok(()),
        _ => set(tx, "server_floor", &to_cbor(&time)),
    }
}

/// The root said when it is: the floor goes there, also down. Nobody else's word lowers it.
pub fn set_server_floor(tx: &Write<'_>, time: UnixTime) -> Result<()> {
    set(tx, "server_floor", &to_cbor(&time))
}

/// When the platform revoked this device: it is locked for people, its outbox still sends.
pub fn revoked(tx: &Read<'_>) -> Result<Option<UnixTime>> {
    get_cbor(tx, "revoked")
}

/// The device was revoked; the first time stands.
pub fn set_revoked(tx: &Write<'_>, at: UnixTime) -> Result<()> {
    match revoked(tx)? {
        Some(_) => Ok(()),
        None => set(tx, "revoked", &to_cbor(&at)),
    }
}

/// What is kept of the time since the last contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KeptLease {
    /// As somebody looked last.
    #[n(0)]
    pub lease: Lease,
    /// Once it is over: epoch and number of the first envelope that is not old.
    #[n(1)]
    pub over_since: Option<(u32, u64)>,
}

/// How long the platform was not heard; `None` before anybody looked.
pub fn lease(tx: &Read<'_>) -> Result<Option<KeptLease>> {
    get_cbor(tx, "lease")
}

/// Keeps it.
pub fn set_lease(tx: &Write<'_>, lease: &KeptLease) -> Result<()> {
    set(tx, "lease", &to_cbor(lease))
}

/// A small value of another part of the program that has no table of its own (CBOR bytes under a stable name).
pub fn note(tx: &Read<'_>, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(get_cbor::<Blob>(tx, &format!("note.{name}"))?.map(|blob| blob.0))
}

/// Keeps a small value; see [`note`].
pub fn set_note(tx: &Write<'_>, name: &str, value: &[u8]) -> Result<()> {
    set(tx, &format!("note.{name}"), &to_cbor(&Blob(value.to_vec())))
}

/// Where the key of the keyed hashes lies; made with the database, kept only in it.
pub(crate) const LOOKUP_KEY: &str = "lookup_key";

/// Key of the keyed hashes of numbers and addresses.
pub(crate) fn lookup_key(tx: &Read<'_>) -> Result<LookupKey> {
    let bytes = get(tx, LOOKUP_KEY)?.ok_or(StoreError::BadRow { table: "setting" })?;
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(|key| LookupKey::new(Zeroizing::new(key)))
        .map_err(|_| StoreError::BadRow { table: "setting" })
}
