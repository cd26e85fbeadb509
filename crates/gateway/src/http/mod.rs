//! The calls over HTTP/1.1 and 2. A thin layer: it reads bounded bodies, asks [`Gateway`](crate::Gateway) on a blocking
//! thread and turns what it says into statuses. It logs routes and codes, never bytes of a request.

mod routes;
mod server;

pub use routes::router;
pub use server::{Options, Running, start};

use crate::{Gateway, worker::Waker};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// Who is answered, and what a caller may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The least protocol version whose calls are answered. Tokens and batches are answered to every version: what was
    /// registered never waits for an update.
    pub least_version: u32,
    /// Batches taken in at once; more get 503 with `Retry-After`.
    pub batches: usize,
    /// Time for the headers of a request, and between requests.
    pub headers: Duration,
    /// Time for the body of a request.
    pub body: Duration,
    /// Time for TLS to be agreed on.
    pub handshake: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            least_version: protocol::version::FIRST,
            batches: crate::MAX_BATCHES,
            // A tablet at the edge of the network sends 64 KiB in a minute even at 10 kbit/s.
            headers: Duration::from_secs(30),
            body: Duration::from_secs(60),
            handshake: Duration::from_secs(20),
        }
    }
}

/// What every handler holds.
#[derive(Clone)]
pub struct Service {
    gateway: Arc<Gateway>,
    waker: Waker,
    batches: Arc<Semaphore>,
    limits: Limits,
}

impl Service {
    /// `waker` is woken after each batch.
    pub fn new(gateway: Arc<Gateway>, waker: Waker, limits: Limits) -> Self {
        Self {
            gateway,
            waker,
            batches: Arc::new(Semaphore::new(limits.batches)),
            limits,
        }
    }
}
