//! What one address may ask of the calls that anybody can make, before it is known who calls.

use crate::error::Denied;
use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::HashMapStateStore};
use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

/// Addresses remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;
/// Seconds that who asks too often is told to wait.
const RETRY_AFTER: u32 = 30;

/// So many at once, and so many a second.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// At once.
    pub burst: NonZeroU32,
    /// From then on.
    pub per_second: NonZeroU32,
}

impl Rate {
    /// For settings: 0 is 1.
    pub fn new(burst: u32, per_second: u32) -> Self {
        let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            burst: at_least_one(burst),
            per_second: at_least_one(per_second),
        }
    }
}

/// Counts the calls of each address.
pub(super) struct Callers(RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>);

impl Callers {
    pub(super) fn new(rate: Rate) -> Self {
        Self(RateLimiter::hashmap(
            Quota::per_second(rate.per_second).allow_burst(rate.burst),
        ))
    }

    /// `busy` where this address has asked too often.
    pub(super) fn admit(&self, address: IpAddr) -> Result<(), Denied> {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&household(address)).map_err(|_| Denied::Busy {
            retry_after: RETRY_AFTER,
        })
    }
}

/// Whoever has one IPv6 address has the 2^64 beside it too.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stopped_and_the_next_one_is_not() {
        let callers = Callers::new(Rate::new(3, 1));
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..3 {
            callers.admit(one).unwrap();
        }
        assert_eq!(callers.admit(one).unwrap_err().code(), "busy");
        callers.admit(other).unwrap();
        let beside: [IpAddr; 2] = ["2001:db8::1", "2001:db8::2:3:4:5"].map(|text| text.parse().unwrap());
        assert_eq!(household(beside[0]), household(beside[1]));
        assert_eq!(household("::ffff:192.0.2.1".parse().unwrap()), one);
    }
}
