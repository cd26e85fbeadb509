//! HPKE base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, one shot.
//! Bytes: encapsulated key (32) || ciphertext with tag (plaintext + 16).

use crate::{
    ProtocolError,
    keys::{SealKey, SealSecret},
};
use hpke::{
    Deserializable, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256,
    single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;

/// Seals `plaintext` to `to`; `info` names the purpose, `aad` is bound to it and travels beside it.
pub fn seal(
    to: &SealKey,
    info: &str,
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, ProtocolError> {
    let key = Deserializable::from_bytes(&to.0).map_err(|_| ProtocolError::BadKey)?;
    let mut rng = rng;
    let (encapsulated, ciphertext) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &key,
        info.as_bytes(),
        plaintext,
        aad,
        &mut rng,
    )
    .map_err(|_| ProtocolError::BadKey)?;
    Ok([encapsulated.to_bytes().as_slice(), &ciphertext].concat())
}

/// Opens what [`seal`] made, with the same `info` and `aad`.
pub fn open(with: &SealSecret, info: &str, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, ProtocolError> {
    let (encapsulated, ciphertext) = sealed.split_at_checked(32).ok_or(ProtocolError::CannotOpen)?;
    let encapsulated = Deserializable::from_bytes(encapsulated).map_err(|_| ProtocolError::CannotOpen)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &with.hpke()?,
        &encapsulated,
        info.as_bytes(),
        ciphertext,
        aad,
    )
    .map_err(|_| ProtocolError::CannotOpen)
}
