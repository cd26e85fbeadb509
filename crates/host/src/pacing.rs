//! When this device asks by itself: by what the last runs brought, by what the server asked for, by the device's own slot.

use app::{AppError, sync::Report};
use domain::{
    ids::{DeviceId, UnixTime},
    retry::{Obstacle, after_return, backoff, next_contact},
};
use std::time::Duration;
use tokio::time::Instant;

/// A run after a save waits a moment, so that a family goes in one batch.
const SETTLE: Duration = Duration::from_millis(400);

/// When this device asks next by itself (docs/protocol.md: spreading).
#[derive(Debug, Default)]
pub(crate) struct Pacing {
    /// Runs in a row with something in their way.
    failures: u32,
    /// Runs in a row that brought nothing new.
    quiet: u32,
    /// Until when the server wants to hear nothing; whoever presses "now" is not held.
    hold: Option<Instant>,
    /// The last run met no network.
    unreachable: bool,
}

impl Pacing {
    /// What a run says about the next one.
    pub(crate) fn after(&mut self, result: &Result<Report, AppError>, practice: bool, now: Instant) {
        let Ok(report) = result else {
            self.failures = self.failures.saturating_add(1).min(16);
            return;
        };
        if !report.asked {
            return;
        }
        self.hold = report.quiet.map(|seconds| now + Duration::from_secs(seconds));
        // A network that a trainer switches on again has no herd before it.
        self.unreachable = !practice && report.reason.as_deref() == Some(Obstacle::Unreachable.code());
        self.failures = match report.reason {
            None => 0,
            Some(_) => self.failures.saturating_add(1).min(16),
        };
        self.quiet = match report.receipts + report.stopped + report.verdicts {
            0 => self.quiet.saturating_add(1),
            _ => 0,
        };
    }

    /// How long to wait until a run that nobody asks for.
    pub(crate) fn idle(&self, device: DeviceId, now: UnixTime, at: Instant, jitter: u32) -> Duration {
        let seconds = match self.failures {
            0 => next_contact(device, now, self.quiet, jitter),
            n => backoff(n, jitter).max(1),
        };
        Duration::from_secs(seconds).max(self.held(at))
    }

    /// How long to wait after something was saved.
    pub(crate) fn soon(&self, at: Instant, jitter: u32) -> Duration {
        let back = match self.unreachable {
            // What was saved without a network waits for one like everything else; where one is, it is a ward's.
            true => Duration::from_secs(after_return(jitter)),
            false => SETTLE,
        };
        back.max(self.held(at))
    }

    pub(crate) fn held(&self, at: Instant) -> Duration {
        self.hold
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = 17;

    fn report(reason: Option<&str>, quiet: Option<u64>) -> Result<Report, AppError> {
        Ok(Report {
            asked: true,
            reason: reason.map(str::to_owned),
            quiet,
            ..Report::default()
        })
    }

    #[test]
    fn what_the_server_asked_for_holds_every_run_that_nobody_presses() {
        let (mut pacing, now) = (Pacing::default(), Instant::now());
        pacing.after(&report(Some("busy"), Some(3600)), false, now);
        let later = now + Duration::from_secs(600);
        for jitter in [0, u32::MAX] {
            assert!(pacing.idle(DEVICE, 0, now, jitter) >= Duration::from_secs(3600));
            assert!(
                pacing.soon(later, jitter) >= Duration::from_secs(3000),
                "a save does not break it"
            );
        }
        // Also on success, and until it says otherwise.
        pacing.after(&report(None, Some(900)), false, now);
        assert_eq!(pacing.soon(now, 0), Duration::from_secs(900));
        pacing.after(&report(None, None), false, now);
        assert_eq!(pacing.soon(now, 0), SETTLE);
    }

    #[test]
    fn a_run_that_asked_nobody_changes_nothing() {
        let (mut pacing, now) = (Pacing::default(), Instant::now());
        pacing.after(&report(Some("busy"), Some(3600)), false, now);
        pacing.after(&Ok(Report::default()), false, now);
        assert_eq!(pacing.held(now), Duration::from_secs(3600));
        assert_eq!(pacing.failures, 1);
    }

    #[test]
    fn an_idle_device_ends_up_in_its_slot_and_a_network_that_returns_is_not_met_at_once() {
        let (mut pacing, now) = (Pacing::default(), Instant::now());
        assert!(pacing.idle(DEVICE, 0, now, u32::MAX) <= Duration::from_secs(60));
        for _ in 0..9 {
            pacing.after(&report(None, None), false, now);
        }
        let slot = domain::retry::slot(DEVICE);
        assert_eq!(pacing.idle(DEVICE, 0, now, 7), Duration::from_secs(slot));
        pacing.after(&report(Some("unreachable"), None), false, now);
        assert!(pacing.soon(now, u32::MAX) > Duration::from_secs(100));
        pacing.after(&report(Some("unreachable"), None), true, now);
        assert_eq!(pacing.soon(now, u32::MAX), SETTLE, "practice has no herd");
    }
}
