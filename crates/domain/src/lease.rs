//! How long a device shows what it keeps without a word from the platform. A tablet that was lost or taken is told so at its
//! next contact; one that is kept away from every network is not. After the lease (7 days unless the city says otherwise)
//! old records are locked for people until the next contact. Registering, sending and withdrawing go on; nothing is erased.
//!
//! What is counted is the time since the last contact, step by step: within one boot by the clock that nobody sets, across
//! boots by the best guess at the present ([`crate::clock::Clock::now`]), and never less than the machine has run. So a
//! clock set back takes nothing back. One that runs ahead may lock too early, and the next contact mends it.

use crate::ids::UnixTime;
use minicbor::{Decode, Encode};

/// Days without contact until old records are locked: the city's setting, 1 to 30.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseDays(pub u16);

impl Default for LeaseDays {
    fn default() -> Self {
        Self(7)
    }
}

impl LeaseDays {
    /// It may be set.
    pub fn in_bounds(self) -> bool {
        (1..=30).contains(&self.0)
    }

    const fn seconds(self) -> u64 {
        self.0 as u64 * 24 * 3600
    }
}

/// A moment at which somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Look {
    /// The best guess at the present.
    #[n(0)]
    pub now: UnixTime,
    /// Seconds since the machine started.
    #[n(1)]
    pub monotonic: u64,
    /// Which start.
    #[n(2)]
    pub boot: u32,
}

/// What is known of the time since the last contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Lease {
    /// The platform's signed time at that contact.
    #[n(0)]
    contact: UnixTime,
    /// Seconds without contact until the last look. Never falls but by a contact.
    #[n(1)]
    spent: u64,
    /// The last look.
    #[n(2)]
    seen: Look,
}

impl Lease {
    /// The platform has just answered.
    pub const fn contacted(contact: UnixTime, look: Look) -> Self {
        Self {
            contact,
            spent: 0,
            seen: look,
        }
    }

    /// The platform answered at some time of which only its own word is known.
    pub fn since(contact: UnixTime, look: Look) -> Self {
        Self {
            spent: later(look.now, contact),
            ..Self::contacted(contact, look)
        }
    }

    /// Somebody looks again. `contact`: the last signed time that is known now.
    pub fn seen(self, contact: UnixTime, look: Look) -> Self {
        if contact > self.contact {
            return Self::since(contact, look);
        }
        let run = match look.boot == self.seen.boot && look.monotonic >= self.seen.monotonic {
            true => look.monotonic - self.seen.monotonic,
            false => look.monotonic,
        };
        Self {
            spent: self.spent.saturating_add(run.max(later(look.now, self.seen.now))),
            seen: look,
            ..self
        }
    }

    /// Seconds by which it is over; `None` while it holds.
    pub fn over_by(&self, days: LeaseDays) -> Option<u64> {
        self.spent.checked_sub(days.seconds()).filter(|over| *over > 0)
    }

    /// Seconds without contact.
    pub const fn spent(&self) -> u64 {
        self.spent
    }
}

fn later(now: UnixTime, before: UnixTime) -> u64 {
    u64::try_from(now.saturating_sub(before)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 3600;
    const CONTACT: UnixTime = 1_795_000_000;

    fn look(days: i64, monotonic_days: u64, boot: u32) -> Look {
        Look {
            now: CONTACT + days * DAY as i64,
            monotonic: monotonic_days * DAY,
            boot,
        }
    }

    fn over(lease: Lease) -> bool {
        lease.over_by(LeaseDays::default()).is_some()
    }

    #[test]
    fn it_holds_seven_days_and_a_contact_renews_it() {
        let lease = Lease::contacted(CONTACT, look(0, 1, 1));
        assert!(!over(lease.seen(CONTACT, look(7, 8, 1))), "the seventh day is whole");
        let ended = lease.seen(CONTACT, look(7, 8, 1)).seen(CONTACT, look(8, 9, 1));
        assert!(over(ended));
        assert!(!over(Lease::contacted(CONTACT + 8 * DAY as i64, look(8, 9, 1))));
        // A contact of which only the signed time is known counts from that time.
        let word = CONTACT + 6 * DAY as i64;
        assert_eq!(ended.seen(word, look(8, 9, 1)).spent(), 2 * DAY);
        assert!(lease.seen(CONTACT, look(2, 3, 1)).over_by(LeaseDays(1)).is_some());
    }

    #[test]
    fn a_clock_set_back_gives_nothing_back() {
        let ended = Lease::contacted(CONTACT, look(0, 0, 1)).seen(CONTACT, look(8, 8, 1));
        for (days, monotonic, boot) in [(0, 8, 1), (-4000, 0, 2), (0, 0, 3), (7, 0, 9)] {
            assert!(over(ended.seen(CONTACT, look(days, monotonic, boot))), "{days} {boot}");
        }
        // Set back before it ends: the days that the machine runs are counted all the same, through any number of starts.
        let mut lease = Lease::contacted(CONTACT, look(0, 0, 1));
        for boot in 2..10 {
            lease = lease.seen(CONTACT, look(0, 1, boot));
        }
        assert!(over(lease));
        let lying = Lease::contacted(CONTACT, look(0, 0, 1)).seen(CONTACT, look(0, 8, 1));
        assert!(over(lying), "within a boot");
    }

    #[test]
    fn a_tablet_that_was_off_for_a_week_is_locked_and_one_with_a_wrong_clock_at_contact_is_not() {
        let off = Lease::contacted(CONTACT, look(0, 3, 1)).seen(CONTACT, look(9, 0, 2));
        assert!(over(off));
        // Twenty years ahead all the time: a day is a day.
        let ahead = Lease::contacted(CONTACT, look(7300, 1, 1)).seen(CONTACT, look(7301, 2, 1));
        assert_eq!(ahead.spent(), DAY);
    }
}
