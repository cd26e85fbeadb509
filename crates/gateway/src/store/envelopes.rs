//! Tables `envelopes` and `conflicts`: every envelope ever taken, in the bytes the device signed.

use super::{chain, fixed, fixed_or_null, registrations::Standing, unreadable};
use crate::rules::{
    revisions::{Hold, Revision},
    sequence::Gap,
};
use domain::{
    code::Code,
    ids::{DeviceId, Digest, Eid, Link, Rid, UnixTime},
};
use protocol::{
    cbor::{self, Blob},
    envelope::{Envelope, Kind},
    keys::{Signature, VerifyKey, shows},
};
use rusqlite::{OptionalExtension as _, Row, Transaction, params, types::Type};

/// Stores an envelope; `keep_body` is false for a registration that was withdrawn. Returns its number.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    envelope: &Envelope,
    held: Option<Hold>,
    keep_body: bool,
    at: UnixTime,
) -> rusqlite::Result<u64> {
    let (header, digest) = (&envelope.header, envelope.digest());
    tx.prepare_cached(
        "INSERT INTO envelopes (eid, digest, link, rid, kind, base, device, epoch, seq, prev, commune, code, header,
                                sealed, body_hash, signature, received_at, held, held_for)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?
    .execute(params![
        header.eid.0,
        digest.0,
        digest.link().0,
        header.rid.0,
        header.kind.name(),
        header.base.map(|base| base.0),
        header.device,
        header.epoch,
        header.seq,
        header.prev.map(|prev| prev.0),
        header.commune.0,
        header.code.bits(),
        envelope.header_bytes(),
        keep_body.then_some(envelope.sealed()),
        envelope.body_hash().0,
        envelope.signature().0,
        at,
        held.map(held_column),
        held.map(Hold::name),
    ])?;
    let number = u64::try_from(tx.last_insert_rowid()).map_err(|_| unreadable(Type::Integer))?;
    chain::add(tx, number, &digest, at)?;
    Ok(number)
}

/// What is kept under an eid, as the answer for a repetition needs it.
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) digest: Digest,
    pub(crate) received_at: UnixTime,
    pub(crate) held: Option<Hold>,
}

pub(crate) fn by_eid(tx: &Transaction<'_>, eid: &Eid) -> rusqlite::Result<Option<Kept>> {
    tx.prepare_cached("SELECT number, digest, received_at, held, held_for FROM envelopes WHERE eid = ?1")?
        .query_row([&eid.0[..]], |row| {
            Ok(Kept {
                number: row.get("number")?,
                digest: fixed(row, "digest")?,
                received_at: row.get("received_at")?,
                held: hold(row)?,
            })
        })
        .optional()
}

fn hold(row: &Row<'_>) -> rusqlite::Result<Option<Hold>> {
    let Some(held) = row.get_ref("held")?.as_str_or_null()? else {
        return Ok(None);
    };
    let name = row.get_ref("held_for")?.as_str_or_null()?.unwrap_or(held);
    Hold::from_name(name).map(Some).ok_or_else(|| unreadable(Type::Text))
}

/// The word of column `held`: its list is that of the first schema, and `held_for` says it exactly.
const fn held_column(hold: Hold) -> &'static str {
    match hold {
        Hold::ForeignCode | Hold::OtherCode | Hold::NoStatement | Hold::Overruled | Hold::NotOfTeam => {
            Hold::Misformed.name()
        }
        Hold::ForeignRid => Hold::OtherDevice.name(),
        hold => hold.name(),
    }
}

/// Which device sent an envelope.
pub(crate) fn device_of(tx: &Transaction<'_>, number: u64) -> rusqlite::Result<Option<DeviceId>> {
    tx.prepare_cached("SELECT device FROM envelopes WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()
}

/// All revisions of a registration, in the order of arrival.
pub(crate) fn revisions(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<Vec<Revision>> {
    tx.prepare_cached(
        "SELECT number, eid, link, base, kind, device, code, held, held_for, devices.signing
         FROM envelopes JOIN devices ON devices.id = envelopes.device WHERE rid = ?1 ORDER BY number",
    )?
    .query_map([&rid.0[..]], |row| {
        Ok(Revision {
            number: row.get("number")?,
            eid: fixed(row, "eid")?,
            link: fixed(row, "link")?,
            base: fixed_or_null(row, "base")?,
            kind: kind_of(row.get_ref("kind")?.as_str()?)?,
            device: row.get("device")?,
            code: Code::from_bits(row.get("code")?).ok_or_else(|| unreadable(Type::Integer))?,
            shows_rid: shows(rid, &fixed(row, "signing")?),
            held: hold(row)?,
        })
    })?
    .collect()
}

fn kind_of(name: &str) -> rusqlite::Result<Kind> {
    [Kind::Registration, Kind::Correction, Kind::Withdrawal]
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| unreadable(Type::Text))
}

pub(crate) fn set_held(tx: &Transaction<'_>, number: u64, held: Option<Hold>) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE envelopes SET held = ?2, held_for = ?3 WHERE number = ?1")?
        .execute(params![number, held.map(held_column), held.map(Hold::name)])?;
    Ok(())
}

/// Links of what came under one number of a device's sequence, with what each names as its predecessor.
pub(crate) fn at_seq(
    tx: &Transaction<'_>,
    device: DeviceId,
    epoch: u32,
    seq: u64,
) -> rusqlite::Result<Vec<(Link, Option<Link>)>> {
    tx.prepare_cached("SELECT link, prev FROM envelopes WHERE device = ?1 AND epoch = ?2 AND seq = ?3")?
        .query_map(params![device, epoch, seq], |row| {
            Ok((fixed(row, "link")?, fixed_or_null(row, "prev")?))
        })?
        .collect()
}

/// The first gaps of a device's sequences, at most `limit`.
pub(crate) fn gaps(tx: &Transaction<'_>, device: DeviceId, limit: u32) -> rusqlite::Result<Vec<Gap>> {
    let any: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM device_sequences WHERE device = ?1 AND highest > here)")?
        .query_row([device], |row| row.get(0))?;
    if !any {
        return Ok(Vec::new());
    }
    tx.prepare_cached(
        "SELECT epoch, before + 1 AS first, seq - 1 AS last FROM (
             SELECT epoch, seq, LAG(seq, 1, 0) OVER (PARTITION BY epoch ORDER BY seq) AS before
             FROM envelopes WHERE device = ?1)
         WHERE seq > before + 1 ORDER BY epoch, first LIMIT ?2",
    )?
    .query_map(params![device, limit], |row| {
        Ok(Gap {
            epoch: row.get("epoch")?,
            first: row.get("first")?,
            last: row.get("last")?,
        })
    })?
    .collect()
}

/// Drops the bodies of a registration and the evidence that holds one; headers, hashes and signatures stay.
pub(crate) fn drop_bodies(tx: &Transaction<'_>, rid: &Rid) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE envelopes SET sealed = NULL WHERE rid = ?1 AND sealed IS NOT NULL",
        [&rid.0[..]],
    )?;
    tx.execute(
        "UPDATE conflicts SET bytes = x'' WHERE eid IN (SELECT eid FROM envelopes WHERE rid = ?1)",
        [&rid.0[..]],
    )?;
    Ok(())
}

/// Keeps other bytes that came under a known eid.
pub(crate) fn keep_conflict(
    tx: &Transaction<'_>,
    envelope: &Envelope,
    keep_body: bool,
    at: UnixTime,
) -> rusqlite::Result<()> {
    let bytes = if keep_body { envelope.to_bytes() } else { Vec::new() };
    tx.execute(
        "INSERT OR IGNORE INTO conflicts (eid, digest, device, bytes, received_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            envelope.header.eid.0,
            envelope.digest().0,
            envelope.header.device,
            bytes,
            at
        ],
    )?;
    Ok(())
}

/// An envelope as kept, with the key that signed it.
pub(crate) struct Stored {
    pub(crate) number: u64,
    pub(crate) eid: Eid,
    pub(crate) rid: Rid,
    pub(crate) digest: Digest,
    pub(crate) header: Vec<u8>,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) body_hash: Digest,
    pub(crate) signature: Signature,
    pub(crate) received_at: UnixTime,
    pub(crate) code: Option<Code>,
    pub(crate) signing: VerifyKey,
    /// Its link of the chain over everything received.
    pub(crate) chain: Option<Digest>,
}

impl Stored {
    /// The envelope's bytes as they travelled; `None` once the body was dropped.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let sealed = self.sealed.clone()?;
        Some(cbor::encode(&(Blob(self.header.clone()), Blob(sealed), self.signature)))
    }
}

/// Up to `limit` envelopes after `number`.
pub(crate) fn after(tx: &Transaction<'_>, number: u64, limit: u32) -> rusqlite::Result<Vec<Stored>> {
    tx.prepare_cached(
        "SELECT envelopes.*, devices.signing FROM envelopes JOIN devices ON devices.id = envelopes.device
         WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?
    .query_map(params![number, limit], stored)?
    .collect()
}

pub(crate) fn by_number(tx: &Transaction<'_>, number: u64) -> rusqlite::Result<Option<Stored>> {
    tx.prepare_cached(
        "SELECT envelopes.*, devices.signing FROM envelopes JOIN devices ON devices.id = envelopes.device
         WHERE number = ?1",
    )?
    .query_row([number], stored)
    .optional()
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        number: row.get("number")?,
        eid: fixed(row, "eid")?,
        rid: fixed(row, "rid")?,
        digest: fixed(row, "digest")?,
        header: row.get("header")?,
        sealed: row.get("sealed")?,
        body_hash: fixed(row, "body_hash")?,
        signature: fixed(row, "signature")?,
        received_at: row.get("received_at")?,
        code: Code::from_bits(row.get("code")?),
        signing: fixed(row, "signing")?,
        chain: fixed_or_null(row, "chain")?,
    })
}

/// What is here of a range of a device's sequence, rising, with what was decided about each.
pub(crate) fn standings(
    tx: &Transaction<'_>,
    device: DeviceId,
    epoch: u32,
    (first, last): (u64, u64),
) -> rusqlite::Result<Vec<(u64, Option<Standing>)>> {
    let bound = |seq| i64::try_from(seq).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "SELECT seq, standing FROM envelopes LEFT JOIN verdicts USING (eid)
         WHERE device = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
    )?
    .query_map(params![device, epoch, bound(first), bound(last)], |row| {
        let standing = row.get_ref(1)?.as_str_or_null()?.map(Standing::from_name).transpose()?;
        Ok((row.get(0)?, standing))
    })?
    .collect()
}
