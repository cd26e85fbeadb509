//! The thread that lets the opener work through what waits: at start, after each batch, and now and then.

use crate::{
    error::GatewayError,
    gateway::Gateway,
    opener::{Inbox as _, Opener},
};
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

/// Revisions decided in one go.
const AT_ONCE: u32 = 64;
/// How long to sleep when nobody wakes the worker (what the command line did is seen then).
const IDLE: Duration = Duration::from_secs(30);
/// How long to wait after an error of disk or database.
const AFTER_ERROR: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Signals {
    work: bool,
    stop: bool,
}

/// Wakes the worker.
#[derive(Clone, Default)]
pub struct Waker(Arc<(Mutex<Signals>, Condvar)>);

impl Waker {
    /// Something may be waiting.
    pub fn wake(&self) {
        self.signal(|signals| signals.work = true);
    }

    fn stop(&self) {
        self.signal(|signals| signals.stop = true);
    }

    fn signal(&self, set: impl FnOnce(&mut Signals)) {
        set(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.notify_all();
    }

    /// Sleeps until woken or `at_most`; false when it is time to stop. `keep` leaves the wake for the next wait.
    fn wait(&self, at_most: Duration, keep: bool) -> bool {
        let signals = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asleep = |signals: &mut Signals| !signals.stop && (keep || !signals.work);
        let (mut signals, _) = self
            .0
            .1
            .wait_timeout_while(signals, at_most, asleep)
            .unwrap_or_else(PoisonError::into_inner);
        signals.work &= keep;
        !signals.stop
    }
}

/// The running thread.
pub struct Worker {
    waker: Waker,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts the thread; it begins with what waited since the last run. `delay` is slept before each round.
    pub fn start(gateway: Arc<Gateway>, mut opener: Opener, delay: Duration) -> Result<Self, GatewayError> {
        let waker = Waker::default();
        waker.wake();
        let signals = waker.clone();
        let run = move || {
            while signals.wait(IDLE, false) {
                if !delay.is_zero() && !signals.wait(delay, true) {
                    return;
                }
                // A panic is a bug; what waits goes on waiting for the next round, and the thread lives.
                let round = std::panic::catch_unwind(AssertUnwindSafe(|| drain(&gateway, &mut opener)));
                let failed = match round {
                    Ok(Ok(_)) => None,
                    Ok(Err(error)) => Some(error.code()),
                    Err(_) => Some("panicked"),
                };
                if let Some(code) = failed {
                    tracing::error!(code, "opener_failed");
                    signals.wake();
                    if !signals.wait(AFTER_ERROR, true) {
                        return;
                    }
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("opener".to_owned())
            .spawn(run)
            .map_err(GatewayError::io("opener"))?;
        Ok(Self { waker, thread })
    }

    /// Wakes the thread from elsewhere.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Lets the present round end, then ends the thread.
    pub fn stop(self) {
        self.waker.stop();
        if self.thread.join().is_err() {
            tracing::error!("opener_panicked");
        }
    }
}

/// Erases and decides until nothing waits. Returns how many revisions were decided.
pub fn drain(gateway: &Gateway, opener: &mut Opener) -> Result<usize, GatewayError> {
    let mut decided = 0;
    loop {
        // A "no" comes first.
        let said = gateway.withdrawals(AT_ONCE)?;
        if !said.is_empty() {
            let found = opener.examine(&said);
            one_by_one(gateway, &found, |found| found.number, |found| gateway.examined(found))?;
            continue;
        }
        let gone = gateway.to_erase(AT_ONCE)?;
        if !gone.is_empty() {
            opener.erase(&gone)?;
            gateway.erased(&gone)?;
            continue;
        }
        let work = gateway.waiting(AT_ONCE)?;
        if work.is_empty() {
            gateway.sign_head()?;
            return Ok(decided);
        }
        let before = (decided, gateway.stepped_over());
        let master = gateway.master()?;
        one_by_one(
            gateway,
            &work,
            |work| work.number,
            |work| {
                let rulings = opener.decide(work, &master)?;
                gateway.decided(&rulings)?;
                decided += rulings.len();
                Ok(())
            },
        )?;
        // Never round and round for what does not move.
        if before == (decided, gateway.stepped_over()) {
            return Ok(decided);
        }
    }
}

/// Does something with all of these; where one of them cannot be read, with each alone, and that one is stepped over. Every
/// step may be repeated.
fn one_by_one<T>(
    gateway: &Gateway,
    items: &[T],
    number: impl Fn(&T) -> u64,
    mut step: impl FnMut(&[T]) -> Result<(), GatewayError>,
) -> Result<(), GatewayError> {
    match step(items) {
        Err(error) if error.is_of_one_row() => {}
        done => return done,
    }
    for item in items {
        match step(std::slice::from_ref(item)) {
            Err(error) if error.is_of_one_row() => gateway.step_over(number(item), &error),
            done => done?,
        }
    }
    Ok(())
}
