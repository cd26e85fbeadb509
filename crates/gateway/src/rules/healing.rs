//! Whether a device's cursor is of this log, after a restart or a restored backup.

use domain::ids::Instance;
use std::str::FromStr;

/// The life of the platform that a device knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// It met none that named itself.
    None,
    /// This one.
    Life(Instance),
}

impl From<Option<Instance>> for Asking {
    fn from(life: Option<Instance>) -> Self {
        life.map_or(Self::None, Self::Life)
    }
}

impl FromStr for Asking {
    type Err = domain::ids::BadId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            text => text.parse().map(Self::Life),
        }
    }
}

/// What is known here of the life a device named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The present one.
    Present,
    /// An earlier one of this log, which then ended here for the device.
    Earlier { end: u64 },
    /// None of this log's: it was begun after the backup from which this log comes.
    Never,
    /// The device named none.
    Unnamed,
}

/// The numbers up to this cursor are numbers of this log.
pub(crate) fn is_of_this_log(known: Known, since: u64, end: u64) -> bool {
    match known {
        Known::Present | Known::Unnamed => since <= end,
        Known::Earlier { end } => since <= end,
        Known::Never => false,
    }
}

/// The device asks `have` first: always at its first contact with a life, for what was received and receipted leaves no trace
/// in the log of changes.
pub(crate) fn calls_for_reset(known: Known, since: u64, end: u64) -> bool {
    known != Known::Present || !is_of_this_log(known, since, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_log_is_found_out_also_when_this_one_has_grown_past_it() {
        assert!(is_of_this_log(Known::Present, 7, 7));
        assert!(!is_of_this_log(Known::Present, 8, 7), "beyond the end");
        assert!(is_of_this_log(Known::Earlier { end: 5 }, 5, 9));
        assert!(
            !is_of_this_log(Known::Earlier { end: 5 }, 7, 9),
            "6 and 7 were others then"
        );
        assert!(!is_of_this_log(Known::Never, 0, 9), "begun after the backup");
        assert!(is_of_this_log(Known::Unnamed, 3, 9));
        assert!(!calls_for_reset(Known::Present, 7, 7));
        assert!(
            calls_for_reset(Known::Earlier { end: 9 }, 7, 9),
            "receipts stand in no log"
        );
    }
}
