//! Sending in the background: by itself after every save and when a network may be back, also while the device is locked.

use crate::{
    Event, Failure, Host,
    wire::{
        Nothing,
        device::{AppState, Pause},
    },
};
use app::{
    AppError,
    place::Folder,
    sync::{Report, run::Pace},
};
use domain::sync::backoff;
use std::{sync::Arc, time::Duration};

/// How long to wait after a run that left nothing.
const QUIET: Duration = Duration::from_secs(60);
/// A run after a save waits a moment, so that a family goes in one batch.
const SETTLE: Duration = Duration::from_millis(400);

impl Host {
    /// Runs until the program ends.
    pub async fn pulse(self: Arc<Self>) {
        let mut failures = 0;
        loop {
            let wait = match failures {
                0 => QUIET,
                n => Duration::from_secs(backoff(n, u32::from_le_bytes(self.env.random())).max(1)),
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.kick.notified() => tokio::time::sleep(SETTLE).await,
            }
            if self.hand().sync.paused {
                continue;
            }
            failures = match self.send().await {
                true => 0,
                false => failures.saturating_add(1).min(16),
            };
        }
    }

    /// One run; true when nothing is in the way.
    async fn send(&self) -> bool {
        let _one = self.sending.lock().await;
        let (session, platform, home, practice) = {
            let hand = self.hand();
            (
                hand.session.clone(),
                hand.platform.clone(),
                hand.home.clone(),
                hand.practice,
            )
        };
        let Some(home) = home else { return true };
        self.hand().sync.running = true;
        self.announce();
        let sleep = |time| tokio::time::sleep(time);
        let pace = || Pace {
            patience: 0,
            sleep: &sleep,
        };
        let run = async {
            match (session, platform) {
                (Some(session), Some(platform)) => session.sync(&*platform, pace()).await,
                (None, _) if practice => Ok(Report::default()),
                (Some(session), None) => session.sync(&session.connect()?, pace()).await,
                (None, _) => self.send_locked(&home).await,
            }
        };
        let result = tokio::select! {
            result = run => result,
            () = self.stop.notified() => Ok(Report::default()),
        };
        let now = self.clock().now();
        let fine = {
            let mut hand = self.hand();
            hand.sync.running = false;
            match &result {
                Ok(report) => {
                    hand.sync.reason = report.reason.clone();
                    if report.reached {
                        hand.sync.last_contact = Some(now);
                    }
                    report.reason.is_none()
                }
                Err(error) => {
                    hand.sync.reason = Some(error.code().to_owned());
                    false
                }
            }
        };
        self.count_unsent();
        if result.is_ok_and(|report| report.receipts + report.stopped + report.verdicts > 0) {
            self.desk.tell(Event::Changed(Box::new(Nothing)));
        }
        self.announce();
        fine
    }

    async fn send_locked(&self, home: &Folder) -> Result<Report, AppError> {
        match home.locked(self.env.clone())? {
            None => Ok(Report::default()),
            Some(locked) if locked.sendable()? == 0 => Ok(Report::default()),
            Some(locked) => locked.sync(&locked.connect()?).await,
        }
    }

    pub(crate) async fn sync_now(&self, _: Nothing) -> Result<Nothing, Failure> {
        self.hand().sync.paused = false;
        if let Ok(session) = self.session() {
            session.try_everything()?;
        }
        self.send().await;
        Ok(Nothing)
    }

    pub(crate) async fn pause_sync(&self, args: Pause) -> Result<AppState, Failure> {
        self.hand().sync.paused = args.paused;
        if !args.paused {
            self.kick.notify_one();
        }
        Ok(self.announce())
    }
}
