//! `POST /v1/batches`: envelopes up, receipts down.

use crate::{cbor::Blob, open::numbered, signed::Message};
use domain::{
    ext::Extensions,
    ids::{Digest, Eid, UnixTime},
};
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

/// Most bytes of a batch request: 64 KiB of envelopes and their framing.
pub const BATCH_LIMIT: usize = 66 * 1024;

/// 1 to 50 envelopes, at most 64 KiB together.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BatchRequest {
    /// Envelopes as made by the device.
    #[n(0)]
    pub envelopes: Vec<Blob>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// SHA-256 of a request's bytes: binds an answer to it.
pub fn request_digest(request: &[u8]) -> Digest {
    Digest(Sha256::digest(request).into())
}

/// What happened to one envelope. Newer gateways may say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Stored for good: a receipt.
    Received,
    /// Stored before: the same receipt again.
    Replayed,
    /// Stored; a person decides before it is processed: a receipt too.
    Held,
    /// Other bytes are stored under this `eid`.
    DigestConflict,
    /// Not an envelope this gateway can take apart or verify.
    Unreadable,
    /// Belongs to another realm; not stored.
    WrongRealm,
    /// `base` is not a revision of this registration that the gateway knows as its head; stored, a person decides.
    StaleBase,
    /// Not now; leave it queued.
    Retry,
    /// A number that only newer programs know; leave it queued.
    Newer(u32),
}

numbered!(Outcome {
    0 => Received,
    1 => Replayed,
    2 => Held,
    3 => DigestConflict,
    4 => Unreadable,
    5 => WrongRealm,
    6 => StaleBase,
    7 => Retry,
});

/// The answer for one envelope, in the order of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Item {
    /// The envelope; `None` where its bytes could not be taken apart.
    #[n(0)]
    pub eid: Option<Eid>,
    /// Digest of what the gateway holds or was sent.
    #[n(1)]
    pub digest: Digest,
    /// What happened.
    #[n(2)]
    pub outcome: Outcome,
    /// The gateway's own number of the stored envelope; 0 where nothing is stored.
    #[n(3)]
    pub number: u64,
    /// When it was first stored.
    #[n(4)]
    pub received_at: UnixTime,
}

/// All outcomes of a batch under one signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BatchAnswer {
    /// SHA-256 of the request.
    #[n(0)]
    pub request: Digest,
    /// The server's time.
    #[n(1)]
    pub time: UnixTime,
    /// One item per envelope taken up; what is absent stays queued.
    #[n(2)]
    pub items: Vec<Item>,
    /// Seconds the server asks the device to wait before the next call, also on success.
    #[n(3)]
    pub wait: Option<u32>,
    /// Extension 1: [`BatchAnswer::used_twice`].
    #[n(31)]
    pub ext: Extensions,
}

/// Number of the extension that names an epoch of which a number was used twice.
const USED_TWICE: u64 = 1;

impl BatchAnswer {
    /// The epoch of which a number in this batch was used before for another envelope: there are two copies of the device,
    /// or it was put back from an image. It goes on in a new one.
    pub fn used_twice(&self) -> Option<u32> {
        minicbor::decode(self.ext.get(USED_TWICE)?).ok()
    }

    /// Extensions that say so.
    pub fn saying_used_twice(epoch: Option<u32>) -> Extensions {
        Extensions::new(epoch.map(|epoch| (USED_TWICE, crate::cbor::encode(&epoch)))).unwrap_or_default()
    }
}

impl Message for BatchAnswer {
    const CONTEXT: &'static str = "tungnha/1/receipt";
    const LIMIT: usize = 16 * 1024;
}
