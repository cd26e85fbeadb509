//! What is asked of the machine's clocks.

use domain::ids::UnixTime;

/// A moment as three clocks tell it; the wall clock alone lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Wall clock, seconds since 1970-01-01T00:00:00Z.
    pub wall: UnixTime,
    /// Seconds since boot.
    pub monotonic: u64,
    /// Names the boot.
    pub boot: u32,
}
