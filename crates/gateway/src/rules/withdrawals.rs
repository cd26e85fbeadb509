//! What follows a withdrawal. It stops the processing at once. What was opened is erased later: after a delay, so that
//! a tablet in the wrong hands can be revoked before it has erased anybody; and only with a person's word where one
//! device withdraws more than usual.

use domain::ids::UnixTime;

/// Seconds in which the withdrawals of one device are counted.
pub(crate) const DAY: i64 = 86_400;

/// How this platform erases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Hours between a withdrawal and the erasure.
    pub delay_hours: u32,
    /// Withdrawals of one device within a day that are nothing unusual.
    pub usual: u32,
}

impl Default for Erasure {
    fn default() -> Self {
        Self {
            delay_hours: 72,
            usual: 20,
        }
    }
}

impl Erasure {
    /// When a registration withdrawn at `at` is erased, where `of_day` is how many its device withdrew within a day, this
    /// one included; `None` where a person's word is awaited.
    pub(crate) fn at(&self, at: UnixTime, of_day: u64) -> Option<UnixTime> {
        (of_day <= u64::from(self.usual)).then(|| at.saturating_add(i64::from(self.delay_hours) * 3600))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unusual_waits_for_a_word() {
        let erasure = Erasure {
            delay_hours: 2,
            usual: 3,
        };
        assert_eq!(erasure.at(100, 3), Some(7300));
        assert_eq!(erasure.at(100, 4), None);
        assert_eq!(erasure.at(i64::MAX, 1), Some(i64::MAX));
    }
}
