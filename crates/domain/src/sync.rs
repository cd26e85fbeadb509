//! Decisions of the sync loop, without clock, network or randomness (docs/protocol.md: backoff, Retry-After, halving).

use serde::{Deserialize, Serialize};

/// Most envelopes in one batch.
pub const BATCH_MAX: usize = 50;
/// Most bytes of envelopes in one batch.
pub const BATCH_BYTES: usize = 64 * 1024;
/// First step of the backoff in seconds.
const BACKOFF_BASE: u64 = 5;
/// Longest step of the backoff in seconds.
const BACKOFF_CAP: u64 = 15 * 60;

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
    /// 413: the batch was too big.
    TooLarge,
    /// Another answer of the server (5xx, nonsense).
    ServerError,
}

impl Obstacle {
    /// Stable code for people's messages and JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::CaptivePortal => "captive_portal",
            Self::Untrusted => "untrusted",
            Self::Busy { .. } => "busy",
            Self::Unauthorised => "unauthorised",
            Self::UpgradeNeeded => "upgrade_needed",
            Self::Revoked => "revoked",
            Self::TooLarge => "too_large",
            Self::ServerError => "server_error",
        }
    }
}

/// What the sync loop does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Try again after so many seconds.
    WaitSeconds(u64),
    /// Send half as many envelopes at once.
    Halve(usize),
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

/// Decides after an obstacle. `attempt` counts failures in a row, `batch` is the present size of a batch.
pub fn after(obstacle: Obstacle, attempt: u32, jitter: u32, batch: usize) -> Step {
    match obstacle {
        Obstacle::Busy {
            retry_after: Some(seconds),
        } => {
            // Spread the herd: what the server asked for, plus up to a quarter.
            let seconds = u64::from(seconds);
            Step::WaitSeconds(seconds + (((seconds / 4 + 1) * u64::from(jitter)) >> 32))
        }
        Obstacle::TooLarge if batch > 1 => Step::Halve(batch / 2),
        Obstacle::Unauthorised if attempt == 0 => Step::Reauthorise,
        Obstacle::UpgradeNeeded | Obstacle::Untrusted => Step::Pause,
        Obstacle::Unreachable
        | Obstacle::CaptivePortal
        | Obstacle::Busy { retry_after: None }
        | Obstacle::Unauthorised
        | Obstacle::Revoked
        | Obstacle::TooLarge
        | Obstacle::ServerError => Step::WaitSeconds(backoff(attempt, jitter)),
    }
}
