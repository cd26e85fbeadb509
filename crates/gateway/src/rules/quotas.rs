//! What one device may make this platform keep within a day. Nothing that a device can repeat grows without an end.

/// Something a device can repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quota {
    /// Envelopes of any kind: a tablet that was away for a month has some thousands.
    Received,
    /// Other bytes under a known `eid`, kept as evidence.
    Conflicts,
    /// Corrections and withdrawals of registrations that are not here. More are asked for again tomorrow.
    Orphans,
    /// Words about blank cards that do not hold.
    CardRefusals,
}

impl Quota {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Quota::Received => "received",
            Quota::Conflicts => "conflicts",
            Quota::Orphans => "orphans",
            Quota::CardRefusals => "card_refusals",
        }
    }

    /// So many a day.
    pub(crate) const fn a_day(self) -> u32 {
        match self {
            Quota::Received => 20_000,
            Quota::Conflicts => 20,
            Quota::Orphans => 100,
            Quota::CardRefusals => 200,
        }
    }
}
