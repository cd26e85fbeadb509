//! Which day it is, for every rule: never before what cannot lie.

use domain::clock::{Clock, TOLERANCE, WITHOUT_CONTACT};
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
    fn now_is_the_latest_of_the_three_but_for_a_machine_years_ahead(machine in times(), server in prop::option::of(times()), built in times()) {
        let clock = Clock { machine, server, built };
        // The floor does not look at the machine's clock, which anybody can set.
        let floor = server.unwrap_or(0).max(built);
        prop_assert_eq!(clock.floor(), floor);
        let ahead = server.is_some() && machine - floor > WITHOUT_CONTACT;
        prop_assert_eq!(clock.now(), if ahead { floor } else { machine.max(floor) });
        prop_assert_eq!(clock.is_wrong(), ahead || machine + TOLERANCE < floor);
    }

    /// The floor never goes down by what a platform says, and one word of it raises it by thirteen months at most.
    #[test]
    fn each_raise_of_the_floor_is_bounded(machine in times(), server in prop::option::of(times()), built in times(), told in times()) {
        let clock = Clock { machine, server, built };
        match clock.raised(told) {
            Some(floor) => {
                prop_assert_eq!(floor, told);
                prop_assert!(server.is_none_or(|server| told > server));
                prop_assert!(told <= clock.now() + WITHOUT_CONTACT);
            }
            None => prop_assert!(server.is_some_and(|server| told <= server) || told > clock.now() + WITHOUT_CONTACT),
        }
        // Whatever is told, also the very time that is known: nobody is left without the floor that they had.
        prop_assert!(clock.heard(told).is_some() || server.is_none());
        prop_assert!(clock.heard(told) >= server);
        prop_assert!(server.is_none() || clock.heard(server.unwrap_or_default()) == server);
        prop_assert!(clock.latest() >= clock.floor() && clock.latest() >= machine.min(clock.now()));
    }
}
