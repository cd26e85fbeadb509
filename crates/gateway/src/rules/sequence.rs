//! What a device's gap-free sequence shows: a copy of the device, a restored image, a missing envelope. None of it is
//! a reason to refuse a resident's record.

use domain::ids::Link;
use std::fmt;

/// Numbers of one epoch that never came (or not yet).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) epoch: u32,
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gap:{}:{}-{}", self.epoch, self.first, self.last)
    }
}

/// What is stored of a device at one number: the link of each envelope and the link it names as its predecessor's.
pub(crate) type AtSeq = [(Link, Option<Link>)];

/// False when an envelope shows a broken chain: `before` and `after` are what is stored at its neighbours' numbers.
/// A neighbour that has not arrived says nothing; it is looked at when it does.
pub(crate) fn fits(seq: u64, link: Link, prev: Option<Link>, before: &AtSeq, after: &AtSeq) -> bool {
    let first = match (seq, prev) {
        (0, _) => false,
        (1, prev) => prev.is_none(),
        (_, None) => false,
        (_, Some(prev)) => before.is_empty() || before.iter().any(|(link, _)| *link == prev),
    };
    first && after.iter().all(|(_, prev)| *prev == Some(link))
}
