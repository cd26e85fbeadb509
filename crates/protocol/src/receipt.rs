//! `POST /v1/batches`: envelopes up, receipts down.

use crate::{cbor::Blob, signed::Message};
use domain::ids::{Digest, Eid, UnixTime};
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
}

/// SHA-256 of a request's bytes: binds an answer to it.
pub fn request_digest(request: &[u8]) -> Digest {
    Digest(Sha256::digest(request).into())
}

/// What happened to one envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Outcome {
    /// Stored for good: a receipt.
    #[n(0)]
    Received,
    /// Stored before: the same receipt again.
    #[n(1)]
    Replayed,
    /// Stored; a person decides before it is processed: a receipt too.
    #[n(2)]
    Held,
    /// Other bytes are stored under this `eid`.
    #[n(3)]
    DigestConflict,
    /// Not an envelope this gateway can take apart or verify.
    #[n(4)]
    Unreadable,
    /// Belongs to another realm; not stored.
    #[n(5)]
    WrongRealm,
    /// `base` is not a revision of this registration that the gateway knows as its head; stored, a person decides.
    #[n(6)]
    StaleBase,
    /// Not now; leave it queued.
    #[n(7)]
    Retry,
}

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
}

impl Message for BatchAnswer {
    const CONTEXT: &'static str = "tungnha/1/receipt";
    const LIMIT: usize = 16 * 1024;
}
