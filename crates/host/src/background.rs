//! Sending in the background: by itself after every save and when a network may be back, also while the device is locked.

use crate::{
    Event, Failure, Host,
    pacing::Pacing,
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
use std::{
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

impl Host {
    /// Runs until the program ends.
    pub async fn pulse(self: Arc<Self>) {
        loop {
            let wait = self.idle();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.kick.notified() => {
                    let wait = self.pacing().soon(Instant::now(), self.jitter());
                    tokio::time::sleep(wait).await;
                }
            }
            if self.hand().sync.paused {
                self.tidy();
                continue;
            }
            self.send().await;
        }
    }

    pub(crate) fn pacing(&self) -> MutexGuard<'_, Pacing> {
        self.pacing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn jitter(&self) -> u32 {
        u32::from_le_bytes(self.env.random())
    }

    fn idle(&self) -> Duration {
        let home = self.hand().home.clone();
        let device = home.as_ref().and_then(Folder::face).map_or(0, |face| face.device);
        self.pacing()
            .idle(device, self.clock().now(), Instant::now(), self.jitter())
    }

    /// What has had its time goes also where nothing is sent.
    fn tidy(&self) {
        let session = self.hand().session.clone();
        if let Some(session) = session {
            // Met again the next time.
            let _ = session.purge_due();
        }
    }

    /// One run.
    async fn send(&self) {
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
        let Some(home) = home else { return };
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
                (Some(session), None) => session.sync_with_platform(pace()).await,
                (None, _) => self.send_locked(&home).await,
            }
        };
        let result = tokio::select! {
            result = run => result,
            () = self.stop.notified() => Ok(Report::default()),
        };
        let now = self.clock().now();
        self.pacing().after(&result, practice, Instant::now());
        {
            let mut hand = self.hand();
            hand.sync.running = false;
            match &result {
                // Nobody was asked: what was known of the network is as it was.
                Ok(report) if !report.asked => {}
                Ok(report) => {
                    hand.sync.reason = report.reason.clone();
                    if report.reached {
                        hand.sync.last_contact = Some(now);
                    }
                }
                Err(error) => hand.sync.reason = Some(error.code().to_owned()),
            }
        }
        self.count_unsent();
        if result.is_ok_and(|report| report.receipts + report.stopped + report.verdicts > 0) {
            self.desk.tell(Event::Changed(Box::new(Nothing)));
        }
        self.announce();
    }

    async fn send_locked(&self, home: &Folder) -> Result<Report, AppError> {
        match home.locked(self.env.clone())? {
            None => Ok(Report::default()),
            Some(locked) if locked.sendable()? == 0 => Ok(Report::default()),
            Some(locked) => locked.sync_with_platform().await,
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
