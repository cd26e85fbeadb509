//! Which day it is, for every rule: never before what cannot lie.

use domain::clock::{Clock, TOLERANCE};
use proptest::prelude::*;

/// 1970, 2015, today, 2045: every clock a tablet was ever seen with, and any other.
fn times() -> impl Strategy<Value = i64> {
    prop_oneof![
        0..4_000_000_000i64,
        prop::sample::select(vec![0, 1_420_070_400, 1_795_845_946, 2_366_841_600]),
    ]
}

proptest! {
    #[test]
    fn now_is_the_latest_of_the_three(machine in times(), server in prop::option::of(times()), built in times()) {
        let clock = Clock { machine, server, built };
        let told: Vec<_> = [Some(machine), server, Some(built)].into_iter().flatten().collect();
        prop_assert_eq!(Some(clock.now()), told.iter().max().copied());
        // The floor does not look at the machine's clock, which anybody can set.
        prop_assert_eq!(clock.floor(), Clock { machine: 0, ..clock }.now());
        prop_assert_eq!(clock.is_wrong(), machine + TOLERANCE < clock.floor());
    }
}
