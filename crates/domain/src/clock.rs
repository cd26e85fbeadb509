//! Which day is it? A tablet's clock may stand anywhere: an empty battery puts it to 1970 or 2015. What cannot lie is the
//! last time the platform signed, and the day the program was made; the rules go by the latest of the three.

use crate::{date::CivilDate, ids::UnixTime};

/// What the machine's clock may lag behind before it is called wrong: a day, in seconds.
pub const TOLERANCE: i64 = 24 * 60 * 60;

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

    /// The best guess at the present: the latest of the three.
    pub fn now(&self) -> UnixTime {
        self.machine.max(self.floor())
    }

    /// Today at a door in Đà Nẵng, for every rule: ages, who signs, dates in the future, what was done today.
    pub fn today(&self) -> CivilDate {
        CivilDate::in_vietnam(self.now())
    }

    /// The machine's clock is known to be wrong: more than a day behind the floor. One that runs ahead cannot be told
    /// from a device that was long without contact.
    pub fn is_wrong(&self) -> bool {
        self.floor().saturating_sub(self.machine) > TOLERANCE
    }
}
