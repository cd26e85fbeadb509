//! Decisions of the sync loop.

use domain::sync::{BATCH_MAX, Obstacle, Step, after, backoff};
use proptest::prelude::*;

const CAP: u64 = 15 * 60;

const ALL: [Obstacle; 10] = [
    Obstacle::Unreachable,
    Obstacle::CaptivePortal,
    Obstacle::Untrusted,
    Obstacle::Busy { retry_after: None },
    Obstacle::Busy { retry_after: Some(30) },
    Obstacle::Unauthorised,
    Obstacle::UpgradeNeeded,
    Obstacle::Revoked,
    Obstacle::TooLarge,
    Obstacle::ServerError,
];

#[test]
fn named_cases() {
    const MOST: u32 = u32::MAX;
    for (obstacle, attempt, batch, expected) in [
        (Obstacle::Unreachable, 0, 50, Step::WaitSeconds(4)),
        (Obstacle::Unreachable, 3, 50, Step::WaitSeconds(39)),
        (Obstacle::Unreachable, 8, 50, Step::WaitSeconds(CAP - 1)),
        (Obstacle::Unreachable, u32::MAX, 50, Step::WaitSeconds(CAP - 1)),
        (Obstacle::CaptivePortal, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::ServerError, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::Revoked, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::Busy { retry_after: None }, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::Busy { retry_after: Some(100) }, 0, 50, Step::WaitSeconds(125)),
        (Obstacle::Busy { retry_after: Some(0) }, 0, 50, Step::WaitSeconds(0)),
        (Obstacle::TooLarge, 0, 50, Step::Halve(25)),
        (Obstacle::TooLarge, 5, 3, Step::Halve(1)),
        (Obstacle::TooLarge, 1, 1, Step::WaitSeconds(9)),
        (Obstacle::Unauthorised, 0, 50, Step::Reauthorise),
        (Obstacle::Unauthorised, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::UpgradeNeeded, 0, 50, Step::Pause),
        (Obstacle::Untrusted, 0, 50, Step::Pause),
    ] {
        assert_eq!(
            after(obstacle, attempt, MOST, batch),
            expected,
            "{obstacle:?}, attempt {attempt}, batch {batch}"
        );
    }
}

#[test]
fn jitter_spreads_over_the_whole_step() {
    // 30,000 devices that come back at once must not stay together: the first and the last of 1,000 equal parts differ.
    for attempt in [0, 4, 7, 30] {
        let waits: Vec<u64> = (0..1_000u32)
            .map(|part| backoff(attempt, part * (u32::MAX / 999)))
            .collect();
        let span = (5u64 << attempt.min(20)).min(CAP);
        assert_eq!((waits[0], waits[999]), (0, span - 1));
        assert!(waits.is_sorted());
    }
}

#[test]
fn only_a_person_or_an_update_ends_a_pause_and_nothing_else_pauses() {
    for obstacle in ALL {
        let pauses = after(obstacle, 3, 7, 1) == Step::Pause;
        assert_eq!(
            pauses,
            matches!(obstacle, Obstacle::UpgradeNeeded | Obstacle::Untrusted),
            "{obstacle:?}"
        );
    }
}

proptest! {
    #[test]
    fn a_wait_never_exceeds_its_step_or_the_cap(attempt in any::<u32>(), jitter in any::<u32>()) {
        let step = 5u64.saturating_mul(1u64.checked_shl(attempt.min(40)).unwrap());
        let wait = backoff(attempt, jitter);
        prop_assert!(wait < step.min(CAP));
        prop_assert!(wait <= backoff(attempt.saturating_add(1), jitter), "waits do not shrink with failures");
    }

    #[test]
    fn what_the_server_asks_for_is_kept(seconds in any::<u32>(), attempt in any::<u32>(), jitter in any::<u32>()) {
        let Step::WaitSeconds(wait) = after(Obstacle::Busy { retry_after: Some(seconds) }, attempt, jitter, 50) else {
            return Err(TestCaseError::fail("busy means wait"));
        };
        let asked = u64::from(seconds);
        prop_assert!(wait >= asked && wait <= asked + asked / 4);
    }

    #[test]
    fn halving_ends_at_one(batch in 1..=BATCH_MAX, jitter in any::<u32>()) {
        let mut batch = batch;
        let mut halvings = 0;
        while let Step::Halve(smaller) = after(Obstacle::TooLarge, 0, jitter, batch) {
            prop_assert!(smaller >= 1 && smaller < batch);
            batch = smaller;
            halvings += 1;
        }
        prop_assert_eq!(batch, 1);
        prop_assert!(halvings <= 6);
    }
}
