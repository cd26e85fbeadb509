//! Keys from keys, keyed hashes, and a sealed small file.

use crate::{Result, StoreError};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use domain::{number::PersonalNumber, registration::Residence, text};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A 32-byte key, wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// HKDF-SHA256 (RFC 5869) with the home id as salt.
pub(crate) fn derive(secret: &[u8], salt: &[u8], purpose: &str) -> Key {
    let mut out = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(purpose.as_bytes(), out.as_mut())
        .expect("32 bytes are within what HKDF gives");
    out
}

/// HMAC-SHA256 over `purpose || 0x00 || message`.
pub(crate) fn keyed(key: &[u8; 32], purpose: &str, message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Key of the keyed hashes by which a stub still answers: the same number, the same address.
pub(crate) struct LookupKey(Key);

impl LookupKey {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    pub(crate) fn number(&self, number: &PersonalNumber) -> [u8; 32] {
        keyed(&self.0, "pin", number.expose().as_bytes())
    }

    pub(crate) fn address(&self, residence: &Residence) -> [u8; 32] {
        let line = Zeroizing::new(format!(
            "{}\0{}\0{}",
            residence.commune,
            text::search_key(residence.group.expose()),
            text::search_key(residence.house.expose()),
        ));
        keyed(&self.0, "address", line.as_bytes())
    }
}

/// Seals with a nonce made of the plaintext (XChaCha20-Poly1305, nonce = HMAC of name and plaintext): the same bytes
/// under the same name give the same file, other bytes another nonce, and no random source is needed.
/// Form: nonce (24) || ciphertext with tag (plaintext + 16).
pub(crate) fn seal(key: &Key, name: &str, plaintext: &[u8]) -> Vec<u8> {
    let nonce_key = derive(key.as_ref(), b"", "nonce");
    let mac = keyed(&nonce_key, name, plaintext);
    let nonce = &mac[..24];
    let ciphertext = cipher(key)
        .encrypt(
            nonce.try_into().expect("24 bytes"),
            Payload {
                msg: plaintext,
                aad: name.as_bytes(),
            },
        )
        .expect("encrypting into memory cannot fail");
    [nonce, &ciphertext].concat()
}

/// Opens what [`seal`] made under the same name.
pub(crate) fn unseal(key: &Key, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = sealed.split_at_checked(24).ok_or(StoreError::CannotOpen)?;
    cipher(key)
        .decrypt(
            nonce.try_into().expect("24 bytes"),
            Payload {
                msg: ciphertext,
                aad: name.as_bytes(),
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| StoreError::CannotOpen)
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.as_slice().try_into().expect("32 bytes"))
}
