//! Chains: each link is made from the one before it, so that what is taken out or changed shows in every later one.

use domain::ids::{Digest, UnixTime};
use sha2::{Digest as _, Sha256};

/// What comes before the first link.
pub(crate) const START: Digest = Digest([0; 32]);

/// The link of a received envelope.
pub(crate) fn of_envelope(before: &Digest, number: u64, digest: &Digest, received_at: UnixTime) -> Digest {
    let link = Sha256::new()
        .chain_update(b"tungnha/1/chain\0")
        .chain_update(before.0)
        .chain_update(number.to_be_bytes())
        .chain_update(digest.0)
        .chain_update(received_at.to_be_bytes());
    Digest(link.finalize().into())
}

/// The link of what a person did.
pub(crate) fn of_act(before: &Digest, number: u64, at: UnixTime, texts: [&str; 3]) -> Digest {
    let mut link = Sha256::new()
        .chain_update(b"tungnha/1/act\0")
        .chain_update(before.0)
        .chain_update(number.to_be_bytes())
        .chain_update(at.to_be_bytes());
    for text in texts {
        link.update((text.len() as u64).to_be_bytes());
        link.update(text);
    }
    Digest(link.finalize().into())
}

/// What the platform signs of a head.
pub(crate) fn signed_of_head(number: u64, hash: &Digest, at: UnixTime) -> Vec<u8> {
    [&number.to_be_bytes()[..], &hash.0, &at.to_be_bytes()].concat()
}
