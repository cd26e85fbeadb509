//! Which day is it? A tablet's clock may stand anywhere: an empty battery puts it to 1970 or 2015. What cannot lie is the
//! last time the platform signed, and the day the program was made; the rules go by the latest of the three.

use crate::{date::CivilDate, ids::UnixTime};

/// What the machine's clock may lag behind before it is called wrong: a day, in seconds.
pub const TOLERANCE: i64 = 24 * 60 * 60;

/// Longest time that a device is believed to have been without contact: a year and a month (396 days), in seconds. A
/// gateway's certificate is as old at most. A device that was longer away needs its clock set.
pub const WITHOUT_CONTACT: i64 = 396 * 24 * 60 * 60;

/// Everything that is known of the present moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What the machine's wall clock says.
    pub machine: UnixTime,
    /// The latest time signed by the server that this device has seen, if any.
    pub server: Option<UnixTime>,
    /// When the program was made; 0 where nobody knows.
    pub built: UnixTime,
}

impl Clock {
    /// It is not earlier than this, whatever the machine says.
    pub fn floor(&self) -> UnixTime {
        self.server.map_or(self.built, |server| server.max(self.built))
    }

    /// The best guess at the present: the latest of the three; of a machine that runs ahead by more than a device is ever
    /// without contact, the floor alone. A child stays a child then, and whoever comes of age within these months is asked
    /// for a representative rather than not.
    pub fn now(&self) -> UnixTime {
        match self.runs_ahead() {
            true => self.floor(),
            false => self.machine.max(self.floor()),
        }
    }

    /// Only a device that has heard its platform can tell: an old program on a practice device is no wrong clock.
    fn runs_ahead(&self) -> bool {
        self.server.is_some() && self.machine.saturating_sub(self.floor()) > WITHOUT_CONTACT
    }

    /// Today at a door in Đà Nẵng, for every rule: ages, who signs, dates in the future, what was done today.
    pub fn today(&self) -> CivilDate {
        CivilDate::in_vietnam(self.now())
    }

    /// The platform signed `told`: the new floor, where that makes one. A server whose own clock stands years ahead (the
    /// empty battery of a ward's machine) is not followed: its one day would cut the device off for years.
    pub fn raised(&self, told: UnixTime) -> Option<UnixTime> {
        let new = self.server.is_none_or(|server| told > server);
        (new && told <= self.now().saturating_add(WITHOUT_CONTACT)).then_some(told)
    }

    /// The latest signed time that is known once the platform signed `told`, whether that raises the floor or not: a server that
    /// was set up in this very second raises nothing, and what its root signed is a floor all the same.
    pub fn heard(&self, told: UnixTime) -> Option<UnixTime> {
        self.raised(told).or(self.server)
    }

    /// It may be as late as this. A clock before the floor says nothing of the present: since the last contact the
    /// gateway may have made itself another certificate, and a tablet in 2015 must still reach it.
    pub fn latest(&self) -> UnixTime {
        match self.machine < self.floor() {
            true => self.floor().saturating_add(WITHOUT_CONTACT),
            false => self.machine,
        }
    }

    /// The machine's clock is known to be wrong: more than a day behind the floor, or ahead of it by more than a device is
    /// ever without contact. Less than that cannot be told from a device that was long without contact.
    pub fn is_wrong(&self) -> bool {
        self.floor().saturating_sub(self.machine) > TOLERANCE || self.runs_ahead()
    }
}
