//! The calls over HTTP/1.1 and 2. A thin layer: it reads bounded bodies, asks [`Gateway`](crate::Gateway) on a blocking
//! thread and turns what it says into statuses. It logs routes and codes, never bytes of a request.

mod boards;
mod callers;
mod doors;
mod noted;
mod routes;
mod server;

pub use callers::Rate;
pub use routes::router;
pub use server::{Options, Running, start};

use crate::{Gateway, Health, worker::Waker};
use boards::Boards;
use callers::Callers;
use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

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
    /// Connections in all.
    pub connections: usize,
    /// Connections of one address (one /64 of IPv6): many tablets may stand behind one.
    pub connections_of_address: usize,
    /// How old a connection may become.
    pub age: Duration,
    /// How long an answer may wait for its reader to take something of it.
    pub stall: Duration,
    /// Calls of one address that anybody can make.
    pub anonymous: Rate,
    /// Of these, invitations that one address may try.
    pub invitations: Rate,
    /// Calls answered at once; others wait.
    pub calls: usize,
    /// How old a board may be that is answered.
    pub board_age: Duration,
    /// How long it is enough to know how the server is.
    pub health_age: Duration,
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
            connections: 4096,
            connections_of_address: 512,
            age: Duration::from_secs(300),
            stall: Duration::from_secs(30),
            // Behind one address of a mobile network stand the tablets of many wards.
            anonymous: Rate::new(600, 50),
            invitations: Rate::new(100, 2),
            calls: 128,
            board_age: Duration::from_secs(5),
            health_age: Duration::from_secs(10),
        }
    }
}

/// What every handler holds.
#[derive(Clone)]
pub struct Service {
    gateway: Arc<Gateway>,
    waker: Waker,
    batches: Arc<Semaphore>,
    calls: Arc<Semaphore>,
    boards: Arc<Boards>,
    health: Arc<tokio::sync::Mutex<Option<(Instant, Health)>>>,
    requests: Arc<AtomicU64>,
    anonymous: Arc<Callers>,
    invitations: Arc<Callers>,
    limits: Limits,
}

impl Service {
    /// `waker` is woken after each batch.
    pub fn new(gateway: Arc<Gateway>, waker: Waker, limits: Limits) -> Self {
        Self {
            gateway,
            waker,
            batches: Arc::new(Semaphore::new(limits.batches)),
            calls: Arc::new(Semaphore::new(limits.calls)),
            boards: Arc::new(Boards::new(limits.board_age)),
            health: Arc::default(),
            requests: Arc::new(AtomicU64::new(1)),
            anonymous: Arc::new(Callers::new(limits.anonymous)),
            invitations: Arc::new(Callers::new(limits.invitations)),
            limits,
        }
    }
}
