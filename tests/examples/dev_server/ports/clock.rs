//! A clock that stands where a story wants it, and chance that is the same every time: pictures do not change by
//! themselves. Nothing that leaves this machine is protected by such keys.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use store::Moment;

/// Clock and chance of a host or of a gateway.
pub struct Clock {
    began: Instant,
    state: Mutex<State>,
}

struct State {
    /// Seconds since 1970 when the hand was set.
    at: i64,
    /// Since when it goes on by itself; a clock that stands has none.
    since: Option<Instant>,
    chance: u64,
}

impl Clock {
    /// Stands at this time.
    pub fn standing(at: i64, seed: u64) -> Self {
        Self {
            began: Instant::now(),
            state: Mutex::new(State {
                at,
                since: None,
                chance: seed | 1,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stands at another time.
    pub fn set(&self, at: i64) {
        let mut state = self.state();
        (state.at, state.since) = (at, None);
    }

    /// Goes on from where it stands.
    pub fn run(&self) {
        self.state().since = Some(Instant::now());
    }

    fn wall(&self) -> i64 {
        let state = self.state();
        state.at + state.since.map_or(0, |since| since.elapsed().as_secs() as i64)
    }

    /// xorshift64*.
    fn bytes(&self, into: &mut [u8]) {
        let mut state = self.state();
        for piece in into.chunks_mut(8) {
            state.chance ^= state.chance >> 12;
            state.chance ^= state.chance << 25;
            state.chance ^= state.chance >> 27;
            let next = state.chance.wrapping_mul(0x2545_f491_4f6c_dd1d);
            piece.copy_from_slice(&next.to_le_bytes()[..piece.len()]);
        }
    }
}

impl app::env::Env for Clock {
    fn moment(&self) -> Moment {
        let wall = self.wall();
        Moment {
            wall,
            monotonic: u64::try_from(wall).unwrap_or(0),
            boot: 1,
        }
    }

    /// Nobody knows: a story lies wherever its clock stands.
    fn built(&self) -> i64 {
        0
    }

    fn millis(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.bytes(bytes);
    }
}

impl gateway::env::Env for Clock {
    fn now(&self) -> i64 {
        self.wall()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.bytes(bytes);
    }
}
