//! Clock and randomness: the one place that asks the operating system.

use domain::{clock::Clock, ids::UnixTime};
use rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;
use store::Moment;

/// What the program needs from outside to be repeatable in a test.
pub trait Env: Send + Sync {
    /// Wall clock, monotonic clock and boot.
    fn moment(&self) -> Moment;
    /// Random bytes good enough for keys.
    fn fill(&self, bytes: &mut [u8]);

    /// Milliseconds since some fixed moment of this process: for measuring spans.
    fn millis(&self) -> u64;

    /// When the program was made, seconds since 1970 UTC; 0 where nobody knows. It is not earlier than that.
    fn built(&self) -> UnixTime;

    /// Seconds since 1970 UTC by the wall clock, which may be wrong.
    fn now(&self) -> UnixTime {
        self.moment().wall
    }
}

impl dyn Env + '_ {
    /// So many random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// What is known of the present moment, with the last signed server time that this device has seen.
    pub fn clock(&self, server: Option<UnixTime>) -> Clock {
        Clock {
            machine: self.now(),
            server,
            built: self.built(),
        }
    }

    /// True for so many milliseconds from now on: the budget of whoever reads a picture.
    pub fn within(&self, millis: u64) -> impl FnMut() -> bool {
        let start = self.millis();
        move || self.millis() - start < millis
    }

    /// The randomness in the form that cryptography libraries ask for.
    pub fn rng(&self) -> EnvRng<'_> {
        EnvRng(self)
    }
}

/// [`Env`] as a random number generator.
pub struct EnvRng<'a>(&'a dyn Env);

impl TryRng for EnvRng<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.random()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.random()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for EnvRng<'_> {}

/// The commit's date, from the build script.
const BUILT: UnixTime = match i64::from_str_radix(env!("TUNGNHA_BUILT"), 10) {
    Ok(seconds) => seconds,
    Err(_) => 0,
};

/// The real clock and the operating system's randomness.
#[derive(Debug)]
pub struct SystemEnv {
    started: std::time::Instant,
    boot: u32,
    monotonic_at_start: u64,
}

impl SystemEnv {
    /// Reads the boot id and uptime once (Linux: `/proc`; elsewhere the program's start stands for the boot).
    #[allow(clippy::disallowed_methods, reason = "this is the adapter")]
    pub fn new() -> Self {
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
        Self {
            started: std::time::Instant::now(),
            boot: u32::from_str_radix(boot_id.get(..8).unwrap_or("0"), 16).unwrap_or(0),
            monotonic_at_start: uptime
                .split('.')
                .next()
                .and_then(|seconds| seconds.parse().ok())
                .unwrap_or(0),
        }
    }
}

impl Default for SystemEnv {
    fn default() -> Self {
        Self::new()
    }
}

impl Env for SystemEnv {
    #[allow(clippy::disallowed_methods, reason = "this is the adapter")]
    fn moment(&self) -> Moment {
        let wall = match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        };
        Moment {
            wall,
            monotonic: self.monotonic_at_start + self.started.elapsed().as_secs(),
            boot: self.boot,
        }
    }

    fn built(&self) -> UnixTime {
        BUILT
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    #[allow(clippy::disallowed_methods, reason = "this is the adapter")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes, or nothing can be made safely");
    }
}
