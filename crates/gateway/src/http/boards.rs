//! Boards as they were answered last: sixty desks that look at one ward cost one look at the database, and however many wards
//! are looked at, a few at a time leave readers for everybody else.

use crate::{Gateway, error::Denied};
use domain::place::CommuneCode;
use protocol::board::Board;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

/// Boards made at once.
const AT_ONCE: usize = 2;

type Kept = Arc<tokio::sync::Mutex<Option<(Instant, Arc<Board>)>>>;

pub(super) struct Boards {
    /// One entry for each commune that exists.
    kept: Mutex<HashMap<CommuneCode, Kept>>,
    places: Semaphore,
    age: Duration,
}

impl Boards {
    /// A board is answered again until it is so old.
    pub(super) fn new(age: Duration) -> Self {
        Self {
            kept: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
            age,
        }
    }

    /// The board of a commune that exists.
    pub(super) async fn of(&self, gateway: &Arc<Gateway>, commune: CommuneCode) -> Result<Arc<Board>, Denied> {
        let kept = {
            let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(commune).or_default().clone()
        };
        // Who comes while it is made waits for it, and not beside it.
        let mut kept = kept.lock().await;
        if let Some((made, board)) = &*kept
            && made.elapsed() < self.age
        {
            return Ok(board.clone());
        }
        let _place = self.places.acquire().await;
        let gateway = gateway.clone();
        let made = tokio::task::spawn_blocking(move || gateway.board_of(commune)).await;
        let board = Arc::new(made.map_err(|_| crate::GatewayError::Stored("board"))??);
        *kept = Some((Instant::now(), board.clone()));
        Ok(board)
    }
}
