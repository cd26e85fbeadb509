//! A platform that forgot. Every start of a gateway is a *life* with a random name; a page says whose life answers and where
//! the device's log ends. A device that knows another life, or a cursor beyond that life's end, is told *reset*: it asks
//! `POST /v1/have` what of its envelopes is there, sends again what is not, and takes verdicts anew (docs/protocol.md).

use crate::{cbor, signed::Message};
pub use domain::ids::Instance;
use domain::{
    ext::Extensions,
    ids::{DeviceId, Digest, UnixTime},
};
use minicbor::{Decode, Encode};

/// Most ranges of a question.
pub const RANGES_MAX: usize = 4096;

/// The last number a device can have come to: far beyond any, and small enough to count with.
pub const SEQ_MAX: u64 = 1 << 50;

/// Which life answers: extension [`Life::NUMBER`] of a page of changes, only where the device asked with the life it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Life {
    /// Its name.
    #[n(0)]
    pub instance: Instance,
    /// The last number of the device's log.
    #[n(1)]
    pub end: u64,
    /// The device's life or cursor is not of this log: the page holds no changes, the device asks `have` first.
    #[n(2)]
    pub reset: bool,
}

impl Life {
    /// Its number among the extensions of a page.
    pub const NUMBER: u64 = 14;

    /// As the extensions of a page.
    pub fn to_extensions(self) -> Extensions {
        // Three short values: never more than extensions may hold.
        Extensions::new([(Self::NUMBER, cbor::encode(&self))]).unwrap_or_default()
    }

    /// What a page says; `None` from a gateway that is older than this.
    pub fn of(extensions: &Extensions) -> Option<Self> {
        cbor::decode(extensions.get(Self::NUMBER)?, 64).ok()
    }
}

/// Numbers of a device's sequence from `first` to `last`, both with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Range {
    /// The first.
    #[n(0)]
    pub first: u64,
    /// The last.
    #[n(1)]
    pub last: u64,
}

impl Range {
    /// The ranges of rising numbers; one that stands twice counts once.
    pub fn of(numbers: impl IntoIterator<Item = u64>) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for number in numbers {
            match ranges.last_mut() {
                Some(range) if number <= range.last.saturating_add(1) => range.last = range.last.max(number),
                _ => ranges.push(Self {
                    first: number,
                    last: number,
                }),
            }
        }
        ranges
    }

    /// What of this range is not among rising `numbers`.
    pub fn without(self, numbers: impl IntoIterator<Item = u64>) -> Vec<Self> {
        let (mut missing, mut next) = (Vec::new(), self.first);
        for number in numbers {
            if number < next {
                continue;
            }
            if number > self.last {
                break;
            }
            if number > next {
                missing.push(Self {
                    first: next,
                    last: number - 1,
                });
            }
            match number.checked_add(1) {
                Some(after) => next = after,
                None => return missing,
            }
        }
        if next <= self.last {
            missing.push(Self {
                first: next,
                last: self.last,
            });
        }
        missing
    }

    /// Whether a number is in it.
    pub fn contains(&self, number: u64) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

/// Numbers of one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Span {
    /// Life of the device's sequence.
    #[n(0)]
    pub epoch: u32,
    /// Its numbers, rising.
    #[n(1)]
    pub ranges: Vec<Range>,
}

/// Whether an envelope's place is in one of these.
pub fn holds(spans: &[Span], epoch: u32, seq: u64) -> bool {
    let of_epoch = spans.iter().filter(|span| span.epoch == epoch);
    of_epoch.flat_map(|span| &span.ranges).any(|range| range.contains(seq))
}

/// `POST /v1/have`, signed by the device's transport key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HaveRequest {
    /// Device.
    #[n(0)]
    pub device: DeviceId,
    /// The life it knew last; none of a device that met none yet.
    #[n(1)]
    pub life: Option<Instance>,
    /// Its cursor of changes in that life.
    #[n(2)]
    pub since: u64,
    /// What it believes the platform has.
    #[n(3)]
    pub sent: Vec<Span>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl HaveRequest {
    /// Ranges that are some, in the bounds, and not too many.
    pub fn is_sound(&self) -> bool {
        let mut ranges = self.sent.iter().flat_map(|span| &span.ranges);
        let count: usize = self.sent.iter().map(|span| span.ranges.len().max(1)).sum();
        count <= RANGES_MAX && ranges.all(|range| (1..=range.last).contains(&range.first) && range.last <= SEQ_MAX)
    }
}

impl Message for HaveRequest {
    const CONTEXT: &'static str = "tungnha/1/have";
    const LIMIT: usize = 64 * 1024;
}

/// What of it is there (signed by a platform key).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HaveAnswer {
    /// SHA-256 of the request.
    #[n(0)]
    pub request: Digest,
    /// The server's time.
    #[n(1)]
    pub time: UnixTime,
    /// The life that answers.
    #[n(2)]
    pub life: Instance,
    /// The platform does not know all that this device was told: verdicts are taken anew, from the beginning of the log.
    #[n(3)]
    pub forgot: bool,
    /// Asked about and not there: to be sent again.
    #[n(4)]
    pub missing: Vec<Span>,
    /// There and accepted.
    #[n(5)]
    pub accepted: Vec<Span>,
    /// There, a coordinator looks at it.
    #[n(6)]
    pub doubtful: Vec<Span>,
    /// There and refused.
    #[n(7)]
    pub refused: Vec<Span>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for HaveAnswer {
    const CONTEXT: &'static str = "tungnha/1/have-answer";
    const LIMIT: usize = 512 * 1024;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: u64, last: u64) -> Range {
        Range { first, last }
    }

    #[test]
    fn ranges_of_numbers_and_what_is_missing_of_them() {
        assert_eq!(Range::of([1, 2, 2, 3, 7]), [range(1, 3), range(7, 7)]);
        assert_eq!(range(1, 5).without([]), [range(1, 5)]);
        assert_eq!(range(2, 6).without([1, 2, 2, 4, 9]), [range(3, 3), range(5, 6)]);
        assert_eq!(range(2, 4).without([2, 3, 4]), []);
        assert_eq!(range(u64::MAX, u64::MAX).without([u64::MAX]), []);
    }

    #[test]
    fn a_life_travels_as_an_extension() {
        let life = Life {
            instance: Instance([7; 16]),
            end: 9,
            reset: true,
        };
        assert_eq!(Life::of(&life.to_extensions()), Some(life));
        assert_eq!(Life::of(&Extensions::NONE), None);
    }
}
