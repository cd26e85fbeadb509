//! A look behind the encryption, for tests of any crate: feature `testing`, never in a program.

use crate::home::DATABASE;
use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _, block_padding::NoPadding};
use std::{fs, io, path::Path};

const PAGE: usize = 4096;
/// End of every page: IV (16) and HMAC-SHA512 (64).
const RESERVE: usize = 80;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The plaintext of every page of the database and of every frame in its write-ahead log, valid or stale (SQLCipher 4:
/// AES-256-CBC, 4096-byte pages, the first 16 bytes of page 1 are the salt).
///
/// Only on a folder whose store is closed, or on a copy: opening a live database file with plain calls drops SQLite's
/// locks.
pub fn plaintext_pages(home: &Path, raw_key: &[u8; 32]) -> io::Result<Vec<Vec<u8>>> {
    let database = fs::read(home.join(DATABASE))?;
    let mut pages: Vec<_> = database
        .chunks_exact(PAGE)
        .enumerate()
        .map(|(at, page)| decrypt(page, at == 0, raw_key))
        .collect();
    let log = match fs::read(home.join(format!("{DATABASE}-wal"))) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    for frame in log
        .get(WAL_HEADER..)
        .unwrap_or_default()
        .chunks_exact(FRAME_HEADER + PAGE)
    {
        let number = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
        pages.push(decrypt(&frame[FRAME_HEADER..], number == 1, raw_key));
    }
    Ok(pages)
}

fn decrypt(page: &[u8], first: bool, key: &[u8; 32]) -> Vec<u8> {
    let start = if first { 16 } else { 0 };
    let iv = &page[PAGE - RESERVE..PAGE - RESERVE + 16];
    let mut plain = page[start..PAGE - RESERVE].to_vec();
    let decryptor = cbc::Decryptor::<Aes256>::new(key.into(), iv.try_into().expect("16 bytes"));
    decryptor.decrypt_padded::<NoPadding>(&mut plain).expect("whole blocks");
    plain
}

/// Marks an open database as made by another program's schema.
pub fn set_schema(store: &crate::Store, version: u32) {
    store.execute_for_tests(&format!("PRAGMA user_version = {version}"));
}

/// Runs any statements on an open database, as nobody but damage would.
pub fn execute(store: &crate::Store, statements: &str) {
    store.execute_for_tests(statements);
}

/// What is kept of an envelope whose body was erased: header bytes, hash of the sealed body, signature.
pub fn kept_header(
    tx: &crate::Read<'_>,
    eid: &domain::ids::Eid,
) -> Option<(Vec<u8>, domain::ids::Digest, protocol::keys::Signature)> {
    let mut statement = tx
        .sql("SELECT header, body_hash, signature FROM envelope WHERE eid = ?1 AND bytes IS NULL")
        .ok()?;
    statement
        .query_row([eid.0], |row| {
            Ok((
                row.get(0)?,
                domain::ids::Digest(row.get(1)?),
                protocol::keys::Signature(row.get(2)?),
            ))
        })
        .ok()
}
