//! Clock and randomness, as arguments. One adapter touches the machine's own.

use domain::ids::UnixTime;
use rand_core::{TryCryptoRng, TryRng};
use std::{convert::Infallible, path::Path};

/// What the gateway asks of the machine it runs on.
pub trait Env: Send + Sync {
    /// Seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> UnixTime;
    /// Fills with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
    /// Bytes free for us where a folder lies; `None` where that is not known.
    fn free(&self, _folder: &Path) -> Option<u64> {
        None
    }
}

/// The machine's own clock and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Env for System {
    #[allow(clippy::disallowed_methods, reason = "the one adapter that reads the clock")]
    fn now(&self) -> UnixTime {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => since.as_secs().try_into().unwrap_or(UnixTime::MAX),
            Err(_) => 0,
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the one adapter that asks for randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a machine without randomness cannot make keys");
    }

    #[cfg(unix)]
    fn free(&self, folder: &Path) -> Option<u64> {
        let about = rustix::fs::statvfs(folder).ok()?;
        about.f_bavail.checked_mul(about.f_frsize)
    }
}

/// [`Env`] as the generator that the protocol's functions take.
pub struct EnvRng<'a>(pub &'a dyn Env);

impl TryRng for EnvRng<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(random(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(random(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for EnvRng<'_> {}

/// `N` random bytes.
pub fn random<const N: usize>(env: &dyn Env) -> [u8; N] {
    let mut bytes = [0; N];
    env.fill(&mut bytes);
    bytes
}
