//! Chance that can be repeated: a failure names its seed, `TUNGNHA_SEED` runs it again.

use std::{
    ops::Range,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// xorshift64*: fast, small, and not for keys.
pub struct Chance(u64);

impl Chance {
    /// Seeded by `TUNGNHA_SEED` or the clock; the seed is printed, so that it stands beside a failure.
    pub fn new() -> Self {
        let seed = match std::env::var("TUNGNHA_SEED") {
            Ok(seed) => seed.parse().expect("TUNGNHA_SEED is a number"),
            Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| {
                u64::try_from(since.as_nanos() & u128::from(u64::MAX)).expect("masked")
            }),
        };
        println!("seed: TUNGNHA_SEED={seed}");
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number of a range.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.within(0..times) == 0
    }

    /// One of a list.
    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.within(0..list.len() as u64)).expect("below the length")]
    }

    /// A moment of something that takes so long: half of them anywhere, half in its last third, where a command that
    /// derives a key first does its writing.
    pub fn moment_of(&mut self, span: &Span) -> Duration {
        let whole = u64::try_from(span.0.as_micros()).expect("not so long").max(3);
        let from = if self.once_in(2) { 0 } else { whole * 2 / 3 };
        Duration::from_micros(self.within(from..whole))
    }

    /// 32 hexadecimal digits.
    pub fn id(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}

/// How long something takes, measured again whenever it comes to its end: a busy machine becomes idle and back.
#[derive(Debug, Clone, Copy)]
pub struct Span(Duration);

impl Span {
    /// Measures once.
    pub fn of(job: impl FnOnce()) -> Self {
        let start = std::time::Instant::now();
        job();
        Self(start.elapsed())
    }

    /// It ended after so long.
    pub fn ended_after(&mut self, took: Duration) {
        self.0 = (self.0 + took) / 2;
    }

    /// It was still running after so long: perhaps it takes longer than was thought.
    pub fn still_ran_after(&mut self, at_least: Duration) {
        self.0 = self.0.max(at_least) + self.0 / 64;
    }
}
