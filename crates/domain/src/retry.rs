//! Decisions of the sync loop, without clock, network or randomness (docs/protocol.md: backoff, Retry-After, halving).

use crate::ids::UnixTime;
use serde::{Deserialize, Serialize};

/// Most envelopes in one batch.
pub const BATCH_MAX: usize = 50;
/// Most bytes of envelopes in one batch.
pub const BATCH_BYTES: usize = 64 * 1024;
/// First step of the backoff in seconds.
const BACKOFF_BASE: u64 = 5;
/// Longest step of the backoff in seconds.
const BACKOFF_CAP: u64 = 15 * 60;
/// A batch at which the server stumbled is sent again in parts of this fraction: a server that fails at everything is
/// asked a few times more, not many.
const SPLIT: usize = 4;
/// So many envelopes may fail alone before it is the server that is ill.
const ALONE: u32 = 2;
/// Longest wait of an envelope that was set aside, in seconds.
const ASIDE_CAP: u64 = 24 * 60 * 60;

/// Why a call to the gateway brought nothing, classified once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Obstacle {
    /// No route, refused, timed out, cut.
    Unreachable,
    /// HTTP 200 without the gateway's signature: somebody else answered.
    CaptivePortal,
    /// The server's certificate does not come from the pinned CA.
    Untrusted,
    /// 429 or 503.
    Busy {
        /// Seconds the server asked for.
        retry_after: Option<u32>,
    },
    /// The token is no longer good.
    Unauthorised,
    /// The gateway speaks only newer versions.
    UpgradeNeeded,
    /// The device was revoked.
    Revoked,
    /// 413: what was sent is too large for somebody on the way.
    TooLarge,
    /// Another answer of the server (5xx, nonsense).
    ServerError,
}

crate::coded! {
    Obstacle {
        Obstacle::Unreachable => "unreachable",
        Obstacle::CaptivePortal => "captive_portal",
        Obstacle::Untrusted => "untrusted",
        Obstacle::Busy { .. } => "busy",
        Obstacle::Unauthorised => "unauthorised",
        Obstacle::UpgradeNeeded => "upgrade_needed",
        Obstacle::Revoked => "revoked",
        Obstacle::TooLarge => "too_large",
        Obstacle::ServerError => "server_error",
    }
}

/// What the sync loop does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Try again after so many seconds.
    WaitSeconds(u64),
    /// Send fewer envelopes at once: [`Run::batch`] has become smaller.
    Smaller,
    /// The one envelope that was sent is too large by itself: it waits alone ([`aside`]), all others go on.
    SetAside,
    /// The one envelope that was sent failed at the server, and nothing shows yet whether because of it: it goes last, and
    /// another one is tried.
    Last,
    /// Get a new token, then go on at once.
    Reauthorise,
    /// Stop until something outside changes (another network, an update, a person).
    Pause,
}

/// Full jitter: `rand(0, min(15 min, 5 s * 2^attempt))`, in seconds. `jitter` is a random number in `0..=u32::MAX`.
pub fn backoff(attempt: u32, jitter: u32) -> u64 {
    let span = BACKOFF_BASE.saturating_mul(1u64 << attempt.min(20)).min(BACKOFF_CAP);
    (span * u64::from(jitter)) >> 32
}

/// An idle device asks once in so many seconds.
const SLOT: u64 = 60 * 60;
/// First and longest time after which a device that is waiting for a verdict asks again, in seconds.
const SOON: u64 = 60;
/// Longest delay after a network came back, in seconds.
const RETURN: u64 = 120;

/// The second of the hour in which an idle device asks, spread evenly over all devices whatever their numbers.
pub const fn slot(device: u32) -> u64 {
    // The finishing step of a well-known mixer (MurmurHash3).
    let mut mixed = device ^ (device >> 16);
    mixed = mixed.wrapping_mul(0x85eb_ca6b);
    mixed ^= mixed >> 13;
    mixed = mixed.wrapping_mul(0xc2b2_ae35);
    mixed ^= mixed >> 16;
    (mixed as u64 * SLOT) >> 32
}

/// How many seconds a device with nothing in its way waits by itself until it asks again: soon after something happened,
/// for the verdicts, then less and less, and at last in its slot of the hour. `quiet` is how many runs in a row brought
/// nothing new.
pub fn next_contact(device: u32, now: UnixTime, quiet: u32, jitter: u32) -> u64 {
    let hour = SLOT as i64;
    let until_slot = (slot(device) as i64 - now).rem_euclid(hour) as u64;
    let until_slot = if until_slot == 0 { SLOT } else { until_slot };
    let span = SOON.saturating_mul(1u64 << quiet.min(20));
    if span >= SLOT {
        return until_slot;
    }
    let soon = span / 2 + (((span / 2) * u64::from(jitter)) >> 32);
    soon.min(until_slot)
}

/// How long a device waits after a network came back, in seconds: a whole ward comes out of the same dead spot at once.
pub fn after_return(jitter: u32) -> u64 {
    (RETURN * u64::from(jitter)) >> 32
}

/// How long an envelope waits that was set aside for the `times`th time, in seconds: a quarter of an hour, doubling up to
/// a day, the upper half of it by chance. A limit on the way does not go away by asking often, and nobody must forget it.
pub fn aside(times: u32, jitter: u32) -> u64 {
    let span = BACKOFF_CAP
        .saturating_mul(1u64 << times.saturating_sub(1).min(20))
        .min(ASIDE_CAP);
    span / 2 + (((span / 2) * u64::from(jitter)) >> 32)
}

/// Which envelopes make the next batch, asked one after the other in the order of the chain: at most so many and at most
/// [`BATCH_BYTES`] together, but always the first one however long it is.
#[derive(Debug)]
pub struct Batch {
    most: usize,
    count: usize,
    bytes: usize,
    limit: usize,
}

impl Batch {
    /// An empty one for at most `most` envelopes and `limit` bytes.
    pub const fn new(most: usize, limit: usize) -> Self {
        Self {
            most,
            count: 0,
            bytes: 0,
            limit,
        }
    }

    /// True if an envelope of so many bytes still goes in; it is counted. After the first `false` the batch is closed.
    pub fn takes(&mut self, bytes: usize) -> bool {
        let fits = self.count == 0 || self.bytes.saturating_add(bytes) <= self.limit;
        if self.count >= self.most || !fits {
            self.most = self.count;
            return false;
        }
        self.count += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        true
    }
}

/// The memory of one run of sending, open or locked: failures in a row, the size of a batch, whether a new token was
/// fetched already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    attempt: u32,
    batch: usize,
    reauthorised: bool,
    /// A batch was taken in this run: the server is well.
    taken: bool,
    /// Envelopes that failed alone since then.
    alone: u32,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            attempt: 0,
            batch: BATCH_MAX,
            reauthorised: false,
            taken: false,
            alone: 0,
        }
    }
}

impl Run {
    /// Most envelopes of the next batch; at least 1.
    pub const fn batch(&self) -> usize {
        self.batch
    }

    /// A call was answered.
    pub fn answered(&mut self) {
        self.attempt = 0;
    }

    /// A batch was answered: whatever is still in the way is not the server.
    pub fn taken(&mut self) {
        self.answered();
        self.taken = true;
        if self.alone > 0 {
            self.alone = 0;
            self.batch = BATCH_MAX;
        }
    }

    /// A call failed. `sent` is how many envelopes it carried; 0 for a call without any.
    pub fn failed(&mut self, obstacle: Obstacle, sent: usize, jitter: u32) -> Step {
        let wait = Step::WaitSeconds(backoff(self.attempt, jitter));
        match obstacle {
            Obstacle::TooLarge if sent > 1 => {
                self.batch = sent / 2;
                return Step::Smaller;
            }
            Obstacle::TooLarge if sent == 1 => {
                // What stood in the way is out of the way.
                self.batch = BATCH_MAX;
                return Step::SetAside;
            }
            // One envelope may be what the server stumbles over; whether it is, the others show.
            Obstacle::ServerError if sent > 1 => {
                self.batch = (sent / SPLIT).max(1);
                return Step::Smaller;
            }
            Obstacle::ServerError if sent == 1 && self.taken => {
                self.batch = BATCH_MAX;
                return Step::SetAside;
            }
            Obstacle::ServerError if sent == 1 && self.alone < ALONE => {
                self.alone += 1;
                self.batch = 1;
                return Step::Last;
            }
            // A token that is refused again at once is refused for another reason.
            Obstacle::Unauthorised if !self.reauthorised => {
                self.reauthorised = true;
                return Step::Reauthorise;
            }
            Obstacle::UpgradeNeeded | Obstacle::Untrusted => return Step::Pause,
            _ => {}
        }
        self.attempt = self.attempt.saturating_add(1);
        match obstacle {
            Obstacle::Busy {
                retry_after: Some(seconds),
            } => {
                // Spread the herd: what the server asked for, plus up to a quarter.
                let seconds = u64::from(seconds);
                Step::WaitSeconds(seconds + (((seconds / 4 + 1) * u64::from(jitter)) >> 32))
            }
            _ => wait,
        }
    }
}
