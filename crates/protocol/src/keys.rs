//! Keys: Ed25519 (RFC 8032) to sign, X25519 (RFC 7748, through HPKE) to seal.

use crate::ProtocolError;
use domain::{bytes_newtype, ids::Rid};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hpke::{Deserializable, Kem as _, Serializable, kem::X25519HkdfSha256};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

bytes_newtype!(/// Ed25519 public key.
    VerifyKey, 32);
bytes_newtype!(/// X25519 public key.
    SealKey, 32);
bytes_newtype!(/// Ed25519 signature.
    Signature, 64);
bytes_newtype!(/// First 8 bytes of the SHA-256 of a public key: names a key, proves nothing.
    KeyId, 8);
bytes_newtype!(/// First 16 bytes of the SHA-256 of the platform's root key, carried by an invitation.
    RootHash, 16);

fn short_hash<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&Sha256::digest(bytes)[..N]);
    out
}

impl VerifyKey {
    /// The key's name.
    pub fn id(&self) -> KeyId {
        KeyId(short_hash(&self.0))
    }

    /// For people who compare two screens: the first 64 bits of the key's name, in four groups.
    pub fn fingerprint(&self) -> String {
        let digits = self.id().to_string();
        let groups = [0, 4, 8, 12].map(|at| digits.get(at..at + 4).unwrap_or_default());
        groups.join(" ")
    }

    /// The hash an invitation carries of a root key.
    pub fn root_hash(&self) -> RootHash {
        RootHash(short_hash(&self.0))
    }

    /// Verifies `signature` over `context || 0x00 || message`. The context keeps a signature made for one purpose from
    /// serving another. Strict verification (no small-order keys).
    pub fn verify(&self, context: &str, message: &[u8], signature: &Signature) -> Result<(), ProtocolError> {
        self.verify_bare(&framed(context, message), signature)
    }

    /// Verifies what a standard frames itself (COSE).
    pub(crate) fn verify_bare(&self, message: &[u8], signature: &Signature) -> Result<(), ProtocolError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| ProtocolError::BadKey)?;
        key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0))
            .map_err(|_| ProtocolError::BadSignature)
    }
}

/// Bytes of chance in a `rid` that shows its device.
pub const RID_CHANCE: usize = 8;

/// A `rid` that shows whose it is: chance, then the first half of `SHA-256("tungnha/1/rid" || 0x00 || key || chance)`.
/// Nobody else can show it for a key of their own, also after having seen it.
pub fn rid_of(key: &VerifyKey, chance: [u8; RID_CHANCE]) -> Rid {
    let bound: [u8; RID_CHANCE] = short_hash(&framed("tungnha/1/rid", &[&key.0[..], &chance].concat()));
    let mut rid = [0; 16];
    rid[..RID_CHANCE].copy_from_slice(&chance);
    rid[RID_CHANCE..].copy_from_slice(&bound);
    Rid(rid)
}

/// True when the `rid` shows that it belongs to the device with this signing key. One that older programs drew at random
/// shows nothing.
pub fn shows(rid: &Rid, key: &VerifyKey) -> bool {
    let mut chance = [0; RID_CHANCE];
    chance.copy_from_slice(&rid.0[..RID_CHANCE]);
    rid_of(key, chance) == *rid
}

impl SealKey {
    /// The key's name.
    pub fn id(&self) -> KeyId {
        KeyId(short_hash(&self.0))
    }
}

fn framed(context: &str, message: &[u8]) -> Vec<u8> {
    [context.as_bytes(), &[0], message].concat()
}

/// Ed25519 private key; wiped when dropped.
pub struct SignSecret(SigningKey);

impl SignSecret {
    /// A new key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// From its 32 secret bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Its 32 secret bytes, for the encrypted store.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> VerifyKey {
        VerifyKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `context || 0x00 || message`.
    pub fn sign(&self, context: &str, message: &[u8]) -> Signature {
        self.sign_bare(&framed(context, message))
    }

    /// Signs what a standard frames itself (COSE). Such a frame must begin with none of our contexts.
    pub(crate) fn sign_bare(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl std::fmt::Debug for SignSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignSecret({})", self.public().id())
    }
}

/// X25519 private key.
#[derive(Clone)]
pub struct SealSecret(Zeroizing<[u8; 32]>);

impl SealSecret {
    /// A new key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut rng = rng;
        let (secret, _) = X25519HkdfSha256::gen_keypair_with_rng(&mut rng);
        Self(Zeroizing::new(secret.to_bytes().into()))
    }

    /// From its 32 secret bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Its 32 secret bytes, for the encrypted store.
    pub fn bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    /// The public half.
    pub fn public(&self) -> Result<SealKey, ProtocolError> {
        Ok(SealKey(X25519HkdfSha256::sk_to_pk(&self.hpke()?).to_bytes().into()))
    }

    pub(crate) fn hpke(&self) -> Result<<X25519HkdfSha256 as hpke::Kem>::PrivateKey, ProtocolError> {
        Deserializable::from_bytes(self.0.as_ref()).map_err(|_| ProtocolError::BadKey)
    }
}

impl std::fmt::Debug for SealSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealSecret(<redacted>)")
    }
}
