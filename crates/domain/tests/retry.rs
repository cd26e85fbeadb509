//! Decisions of the sync loop.

use domain::retry::{
    BATCH_BYTES, BATCH_MAX, Batch, Obstacle, Run, Step, after_return, aside, backoff, next_contact, slot,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

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

/// A run in which so many calls failed in a row.
fn after_failures(failures: u32) -> Run {
    let mut run = Run::default();
    for _ in 0..failures.min(64) {
        run.failed(Obstacle::Unreachable, 1, 0);
    }
    run
}

#[test]
fn named_cases() {
    const MOST: u32 = u32::MAX;
    for (obstacle, failures, sent, expected) in [
        (Obstacle::Unreachable, 0, 50, Step::WaitSeconds(4)),
        (Obstacle::Unreachable, 3, 50, Step::WaitSeconds(39)),
        (Obstacle::Unreachable, 8, 50, Step::WaitSeconds(CAP - 1)),
        (Obstacle::Unreachable, 64, 50, Step::WaitSeconds(CAP - 1)),
        (Obstacle::CaptivePortal, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::ServerError, 1, 0, Step::WaitSeconds(9)),
        (Obstacle::ServerError, 1, 50, Step::Smaller),
        (Obstacle::ServerError, 1, 1, Step::Last),
        (Obstacle::Revoked, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::Busy { retry_after: None }, 1, 50, Step::WaitSeconds(9)),
        (Obstacle::Busy { retry_after: Some(100) }, 0, 50, Step::WaitSeconds(125)),
        (Obstacle::Busy { retry_after: Some(0) }, 0, 50, Step::WaitSeconds(0)),
        (Obstacle::TooLarge, 0, 50, Step::Smaller),
        (Obstacle::TooLarge, 5, 3, Step::Smaller),
        (Obstacle::TooLarge, 1, 1, Step::SetAside),
        // Not about envelopes at all: a report, a list of changes.
        (Obstacle::TooLarge, 1, 0, Step::WaitSeconds(9)),
        (Obstacle::Unauthorised, 0, 50, Step::Reauthorise),
        (Obstacle::UpgradeNeeded, 0, 50, Step::Pause),
        (Obstacle::Untrusted, 0, 50, Step::Pause),
    ] {
        assert_eq!(
            after_failures(failures).failed(obstacle, sent, MOST),
            expected,
            "{obstacle:?}, {failures} failures before, {sent} sent"
        );
    }
}

/// A gateway that takes every token for one call and none for another must not be asked without end.
#[test]
fn a_token_is_fetched_anew_once_in_a_run() {
    let mut run = Run::default();
    assert_eq!(run.failed(Obstacle::Unauthorised, 0, 0), Step::Reauthorise);
    run.answered();
    assert!(matches!(run.failed(Obstacle::Unauthorised, 0, 0), Step::WaitSeconds(_)));
    run.answered();
    assert!(matches!(run.failed(Obstacle::Unauthorised, 0, 0), Step::WaitSeconds(_)));
}

#[test]
fn what_was_set_aside_waits_longer_each_time_and_never_more_than_a_day() {
    const DAY: u64 = 24 * 60 * 60;
    let longest: Vec<u64> = (1..12).map(|times| aside(times, u32::MAX)).collect();
    assert_eq!(longest[..3], [CAP - 1, 2 * CAP - 1, 4 * CAP - 1]);
    assert!(longest.is_sorted() && longest.iter().all(|wait| *wait < DAY));
    for times in [0, 1, 2, 9, u32::MAX] {
        assert!(aside(times, 0) >= CAP / 2 && aside(times, 0) >= aside(times, u32::MAX) / 2);
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

/// 30,000 idle devices numbered one after the other: no second of the hour gets more than a handful of them.
#[test]
fn idle_devices_spread_over_the_hour() {
    let mut seconds = vec![0; 3600];
    (1..=30_000).for_each(|device| seconds[slot(device) as usize] += 1);
    let most = seconds.iter().max().unwrap();
    assert!(*most <= 27, "{most} in one second, 8 on average");
    assert!(seconds.iter().filter(|count| **count == 0).count() < 10);
    for (device, now) in [(1, 1_800_000_000), (7, 1_800_000_123), (29_999, -5)] {
        let wait = next_contact(device, now, 30, 0);
        assert!((1..=3600).contains(&wait));
        assert_eq!((now + wait as i64).rem_euclid(3600) as u64, slot(device));
        assert_eq!(next_contact(device, now + wait as i64, 30, 0), 3600);
    }
    assert_eq!((after_return(0), after_return(u32::MAX)), (0, 119));
}

#[test]
fn a_device_that_waits_for_a_verdict_asks_soon_and_then_less_and_less() {
    // Just after its slot, so that the hour is far.
    let now = 1_800_000_000 + slot(3) as i64 + 1;
    let waits: Vec<u64> = (0..8).map(|quiet| next_contact(3, now, quiet, u32::MAX)).collect();
    assert!(waits.is_sorted() && waits[0] < 60 && waits[7] == 3599, "{waits:?}");
    assert!(next_contact(3, now, 0, 0) >= 30);
}

#[test]
fn only_a_person_or_an_update_ends_a_pause_and_nothing_else_pauses() {
    for obstacle in ALL {
        let pauses = after_failures(3).failed(obstacle, 1, 7) == Step::Pause;
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
    fn what_the_server_asks_for_is_kept(seconds in any::<u32>(), failures in 0u32..40, jitter in any::<u32>()) {
        let busy = Obstacle::Busy { retry_after: Some(seconds) };
        let Step::WaitSeconds(wait) = after_failures(failures).failed(busy, 50, jitter) else {
            return Err(TestCaseError::fail("busy means wait"));
        };
        let asked = u64::from(seconds);
        prop_assert!(wait >= asked && wait <= asked + asked / 4);
    }

    #[test]
    fn halving_ends_at_one(sent in 1..=BATCH_MAX, jitter in any::<u32>()) {
        let (mut run, mut sent, mut halvings) = (Run::default(), sent, 0);
        while run.failed(Obstacle::TooLarge, sent, jitter) == Step::Smaller {
            prop_assert!(run.batch() >= 1 && run.batch() < sent);
            sent = run.batch();
            halvings += 1;
        }
        prop_assert_eq!(sent, 1);
        prop_assert!(halvings <= 6);
    }

    /// The whole rule against somebody on the way who lets only so many bytes through: whatever he lets through alone
    /// arrives, in the order of the chain; what is too large for him is set aside once each and holds up nobody; and the
    /// run ends.
    #[test]
    fn one_envelope_too_large_holds_up_no_other(
        queue in prop::collection::vec(200usize..16_000, 0..130),
        limit in 200usize..=BATCH_BYTES,
        losses in prop::collection::vec(any::<bool>(), 0..20),
    ) {
        let (mut run, mut losses) = (Run::default(), losses.into_iter());
        let (mut waiting, mut aside, mut arrived) = ((0..queue.len()).collect::<Vec<_>>(), BTreeSet::new(), Vec::new());
        let mut calls = 0;
        loop {
            let mut batch = Batch::new(run.batch(), BATCH_BYTES);
            let sent: Vec<usize> = waiting
                .iter()
                .copied()
                .filter(|n| !aside.contains(n))
                .take_while(|n| batch.takes(queue[*n]))
                .collect();
            if sent.is_empty() {
                break;
            }
            calls += 1;
            prop_assert!(calls < 20 + 8 * queue.len(), "it does not end");
            let bytes: usize = sent.iter().map(|n| queue[*n]).sum();
            let obstacle = match losses.next() {
                Some(true) => Some(Obstacle::Unreachable),
                _ if bytes > limit => Some(Obstacle::TooLarge),
                _ => None,
            };
            match obstacle.map(|obstacle| run.failed(obstacle, sent.len(), 0)) {
                None => {
                    run.answered();
                    waiting.retain(|n| !sent.contains(n));
                    arrived.extend(sent);
                }
                Some(Step::SetAside) => {
                    let new = aside.insert(sent[0]);
                    prop_assert!(new);
                }
                Some(Step::Smaller | Step::WaitSeconds(_)) => {}
                Some(other) => prop_assert!(false, "{:?}", other),
            }
        }
        prop_assert!(arrived.is_sorted());
        let through: Vec<usize> = (0..queue.len()).filter(|n| queue[*n] <= limit).collect();
        prop_assert_eq!(arrived, through);
        prop_assert_eq!(waiting, aside.into_iter().collect::<Vec<_>>());
    }

    /// The same against a server that stumbles over some envelopes, or over everything: what it can take arrives however
    /// many it stumbles over, in at most a few runs; and a server that is ill is asked a few times in a run, not for each
    /// envelope.
    #[test]
    fn envelopes_that_a_server_stumbles_over_hold_up_no_other(
        bad in prop::collection::vec(prop::bool::weighted(0.1), 0..130),
        ill in any::<bool>(),
    ) {
        let mut waiting: Vec<(usize, bool)> = (0..bad.len()).map(|n| (n, false)).collect();
        let mut arrived = 0;
        for _ in 0..40 {
            let (mut run, mut asked, mut calls) = (Run::default(), BTreeSet::new(), 0);
            loop {
                let first = waiting.iter().filter(|(n, last)| !last && !asked.contains(n));
                let last = waiting.iter().filter(|(n, last)| *last && !asked.contains(n));
                let sent: Vec<usize> = first.chain(last).map(|(n, _)| *n).take(run.batch()).collect();
                if sent.is_empty() {
                    break;
                }
                calls += 1;
                if !ill && sent.iter().all(|n| !bad[*n]) {
                    run.taken();
                    arrived += sent.len();
                    waiting.retain(|(n, _)| !sent.contains(n));
                    continue;
                }
                match run.failed(Obstacle::ServerError, sent.len(), 0) {
                    Step::Smaller => {}
                    Step::SetAside | Step::Last => {
                        asked.insert(sent[0]);
                        waiting.iter_mut().filter(|(n, _)| *n == sent[0]).for_each(|each| each.1 = true);
                    }
                    _ => break,
                }
            }
            prop_assert!(!ill || calls <= 6, "an ill server was asked {calls} times");
        }
        let good = bad.iter().filter(|bad| !**bad).count();
        prop_assert_eq!(arrived, if ill { 0 } else { good });
    }

    #[test]
    fn a_batch_keeps_to_its_bounds(lengths in prop::collection::vec(1usize..20_000, 1..80), most in 1usize..60, limit in 0usize..70_000) {
        let mut batch = Batch::new(most, limit);
        let taken: Vec<bool> = lengths.iter().map(|bytes| batch.takes(*bytes)).collect();
        let count = taken.iter().filter(|taken| **taken).count();
        prop_assert!(taken[..count].iter().all(|taken| *taken), "one after the other, without a gap");
        prop_assert!((1..=most).contains(&count));
        prop_assert!(count == 1 || lengths[..count].iter().sum::<usize>() <= limit);
        prop_assert!(count == lengths.len() || count == most || lengths[..=count].iter().sum::<usize>() > limit);
    }
}
