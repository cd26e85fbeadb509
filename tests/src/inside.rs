//! The same use cases without a process in between: for what no command shows, and for other clocks.

use crate::{Device, device::PIN};
use app::{
    Session,
    env::{Env, SystemEnv},
    place::Place,
    sync::{Report, run::Pace},
};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use store::Moment;

/// The machine's clock, moved by so many seconds; and its uptime, of which some has passed.
pub struct Moved {
    real: SystemEnv,
    by: AtomicI64,
    up: AtomicU64,
}

impl Moved {
    /// Not moved yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            real: SystemEnv::new(),
            by: AtomicI64::new(0),
            up: AtomicU64::new(0),
        })
    }

    /// Shows the wall clock so many seconds ahead of the real one from now on (behind, when negative).
    pub fn set(&self, seconds: i64) {
        self.by.store(seconds, Ordering::SeqCst);
    }

    /// So many seconds pass by the clock that nobody can set; the wall clock stands where it stands.
    pub fn pass(&self, seconds: u64) {
        self.up.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Env for Moved {
    fn built(&self) -> i64 {
        self.real.built()
    }

    fn moment(&self) -> Moment {
        let real = self.real.moment();
        Moment {
            wall: real.wall + self.by.load(Ordering::SeqCst),
            monotonic: real.monotonic + self.up.load(Ordering::SeqCst),
            ..real
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.real.fill(bytes);
    }

    fn millis(&self) -> u64 {
        self.real.millis()
    }
}

impl Device {
    /// The device's folders, as the use cases take them.
    pub fn place(&self) -> Place {
        Place {
            home: self.home(),
            secrets: Some(self.secrets()),
            keyring: Some(false),
        }
    }

    /// Unlocks the device in this process. While it is open nothing here may open its files with plain calls: that
    /// would drop SQLite's locks.
    #[track_caller]
    pub fn unlock(&self, env: Arc<dyn Env>) -> Session {
        Session::open(&self.place(), None, PIN, env).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// [`Device::unlock`] by the machine's clock.
    #[track_caller]
    pub fn unlock_now(&self) -> Session {
        self.unlock(Arc::new(SystemEnv::new()))
    }
}

/// Waits for a future.
pub fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// One sync of an unlocked device with its gateway, without patience.
#[track_caller]
pub fn sync(session: &Session) -> Report {
    wait_for(async {
        let connection = session.connect().expect("a connection is only prepared");
        let sleep = |time| tokio::time::sleep(time);
        let pace = Pace {
            patience: 0,
            sleep: &sleep,
        };
        session
            .sync(&connection, pace)
            .await
            .expect("the device itself is well")
    })
}
