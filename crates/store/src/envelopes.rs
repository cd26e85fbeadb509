//! Revisions as they were signed. Part of a record: written by [`crate::revise`], sent by [`crate::outbox`], emptied by
//! [`crate::purge`].

use crate::{
    Read, Result, StoreError, Write,
    row::{count, to_cbor},
};
use domain::{
    code::Code,
    ids::{Digest, Eid, Rid},
};
use protocol::envelope::{Envelope, Header, MAX_BYTES};
use rusqlite::{OptionalExtension as _, params};

pub(crate) fn put(tx: &Write<'_>, envelope: &Envelope) -> Result<()> {
    let header = &envelope.header;
    tx.run(
        "INSERT INTO envelope (eid, rid, epoch, seq, kind, digest, base, operator, captured, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            header.eid.0,
            header.rid.0,
            header.epoch,
            header.seq as i64,
            header.kind.name(),
            envelope.digest().0,
            header.base.map(|base| base.0),
            header.operator,
            to_cbor(&header.captured),
            envelope.to_bytes(),
        ],
    )?;
    Ok(())
}

/// A sent body that may go. A withdrawal is kept for good: it tells nothing, and a "no" must be sayable again to a platform
/// that forgot it.
const SENT_BODY: &str = "bytes IS NOT NULL AND kind <> 'withdrawal' AND eid NOT IN (SELECT eid FROM outbox)";

/// Erases the sealed bodies of a registration's sent revisions; what proves each header stays. Nothing that waits to be
/// sent is touched.
pub(crate) fn erase_bodies(tx: &Write<'_>, rid: &Rid) -> Result<()> {
    let mut statement = tx.sql(&format!(
        "SELECT eid, bytes FROM envelope WHERE rid = ?1 AND {SENT_BODY}"
    ))?;
    let rows = statement.query_map([rid.0], |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    for (eid, bytes) in rows.collect::<Result<Vec<_>, _>>()? {
        // Bytes that no longer decode keep only the digest that was stored beside them.
        let rest = Envelope::from_bytes(&bytes).ok();
        tx.run(
            "UPDATE envelope SET bytes = NULL, header = ?2, body_hash = ?3, signature = ?4 WHERE eid = ?1",
            params![
                eid,
                rest.as_ref().map(|envelope| envelope.header_bytes()),
                rest.as_ref().map(|envelope| envelope.body_hash().0),
                rest.as_ref().map(|envelope| envelope.signature().0),
            ],
        )?;
    }
    Ok(())
}

/// The revision at a place of the chain; so that somebody can walk along the whole chain.
pub fn at(tx: &Read<'_>, epoch: u32, seq: u64) -> Result<Option<Eid>> {
    let found = tx
        .sql("SELECT eid FROM envelope WHERE epoch = ?1 AND seq = ?2")?
        .query_row(params![epoch, seq as i64], |row| row.get(0).map(Eid))
        .optional()?;
    Ok(found)
}

/// Epoch and number of a registration's first revision; `None` for a form.
pub fn first_place(tx: &Read<'_>, rid: &Rid) -> Result<Option<(u32, u64)>> {
    let found = tx
        .sql("SELECT epoch, seq FROM envelope WHERE rid = ?1 ORDER BY epoch, seq LIMIT 1")?
        .query_row([rid.0], |row| Ok((row.get(0)?, count(row.get(1)?))))
        .optional()?;
    Ok(found)
}

/// The digest of a revision made here; `None` for an envelope that is not this device's.
pub fn digest(tx: &Read<'_>, eid: &Eid) -> Result<Option<Digest>> {
    let found: Option<[u8; 32]> = tx
        .sql("SELECT digest FROM envelope WHERE eid = ?1")?
        .query_row([eid.0], |row| row.get(0))
        .optional()?;
    Ok(found.map(Digest))
}

/// The header of the first revision that carries the registration's present code; also after a purge. That is the day on
/// which the code was issued, whatever was corrected later.
pub fn issued(tx: &Read<'_>, rid: &Rid, code: Code) -> Result<Option<Header>> {
    let mut statement = tx.sql("SELECT eid FROM envelope WHERE rid = ?1 ORDER BY epoch, seq")?;
    let revisions = statement.query_map([rid.0], |row| row.get(0).map(Eid))?;
    for eid in revisions.collect::<Result<Vec<_>, _>>()? {
        let header = header(tx, &eid)?;
        if header.code == code {
            return Ok(Some(header));
        }
    }
    Ok(None)
}

/// The header of a revision made here; also after a purge.
pub fn header(tx: &Read<'_>, eid: &Eid) -> Result<Header> {
    let (bytes, header): (Option<Vec<u8>>, Option<Vec<u8>>) = tx
        .sql("SELECT bytes, header FROM envelope WHERE eid = ?1")?
        .query_row([eid.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let bad = StoreError::BadRow { table: "envelope" };
    match (bytes, header) {
        (Some(bytes), _) => Envelope::from_bytes(&bytes)
            .map(|envelope| envelope.header)
            .map_err(|_| bad),
        (None, Some(header)) => protocol::cbor::decode(&header, MAX_BYTES).map_err(|_| bad),
        (None, None) => Err(bad),
    }
}

/// The sealed bytes of a revision made here, while they are kept.
pub fn bytes(tx: &Read<'_>, eid: &Eid) -> Result<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = tx
        .sql("SELECT bytes FROM envelope WHERE eid = ?1")?
        .query_row([eid.0], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}
