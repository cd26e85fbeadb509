//! One run of sync: batches until the outbox is empty, changes until there are no more, then the report.

use super::{
    Report,
    last_word::last_word,
    reset::{Failed, calls_for_reset},
};
use crate::{AppError, Session, gateway::Gateway};
use client::ClientError;
use domain::{
    ids::Eid,
    retry::{BATCH_BYTES, Obstacle, Run, Step, aside},
};
use protocol::{envelope::Envelope, report::DeviceReport};
use std::{collections::HashSet, future::Future, time::Duration};
use store::{
    device, master, newer,
    outbox::{self, Waiting},
    records, signers,
};

/// How often one run heals a platform: each restart of it in between may call for another.
const HEALINGS: u32 = 3;

/// How a round ended.
enum Turn {
    Done,
    /// What the platform had forgotten waits again.
    Again,
}

/// What the platform says that only a newer program reads.
const UPGRADE: &str = Obstacle::UpgradeNeeded.code();

/// How patient one run is. Sleeping is an argument, so that a test does not wait.
pub struct Pace<'a, S: Future<Output = ()>> {
    /// Seconds this run may wait altogether.
    pub patience: u64,
    /// Waits.
    pub sleep: &'a (dyn Fn(Duration) -> S + Sync),
}

impl Session {
    /// Sends, fetches and reports until nothing is left, or says why something is.
    ///
    /// # Errors
    /// Only for this device's own trouble (disk, keys). What the network does ends up in [`Report::reason`].
    pub async fn sync<G: Gateway, S: Future<Output = ()>>(
        &self,
        gateway: &G,
        pace: Pace<'_, S>,
    ) -> Result<Report, AppError> {
        let done = match self.run(gateway, &pace).await {
            // What was sent before the disk was full is answered in the same words again.
            Err(error) if error.is_disk_full() && self.store.home().give_up_reserve() => self.run(gateway, &pace).await,
            done => done,
        };
        let _ = self.store.home().keep_reserve();
        done
    }

    async fn run<G: Gateway, S: Future<Output = ()>>(
        &self,
        gateway: &G,
        pace: &Pace<'_, S>,
    ) -> Result<Report, AppError> {
        let mut report = Report::default();
        self.adopt_orphans()?;
        self.lay_unreadable_aside()?;
        self.apply_spooled_answers(&mut report)?;
        report.verdicts += self.read_kept()?.verdicts;
        let mut run = Run::default();
        let mut asked = HashSet::new();
        report.asked = true;
        let mut patience = pace.patience;
        let mut token = self.line().token(self.env.moment());
        let mut turns = HEALINGS;
        loop {
            match self.round(gateway, &mut token, &mut run, &mut asked, &mut report).await {
                // What the platform had forgotten waits again: the same round from its beginning.
                Ok(Turn::Again) if turns > 0 => turns -= 1,
                Ok(Turn::Again) => {
                    report.reason = Some(Obstacle::ServerError.code().to_owned());
                    break;
                }
                Ok(Turn::Done) => {
                    report.reached = true;
                    break;
                }
                Err(Trouble::Device(error)) => return Err(error),
                Err(Trouble::Refused(code)) => {
                    report.reason = Some(code);
                    break;
                }
                Err(Trouble::Network { obstacle, code, sent }) => {
                    match run.failed(obstacle, sent.len(), self.jitter()) {
                        Step::Smaller => {}
                        Step::SetAside => self.set_aside(&sent, &code)?,
                        Step::Last => {
                            self.send_last(&sent, &code)?;
                            asked.extend(sent);
                            report.reason = Some(code);
                        }
                        Step::Reauthorise => {
                            self.line().forget_token();
                            token = None;
                        }
                        Step::WaitSeconds(seconds) if seconds <= patience && helps_to_wait(obstacle) => {
                            patience -= seconds;
                            // A gateway that went away and came back knows no token of before; asking anew is cheap.
                            self.line().forget_token();
                            token = None;
                            (pace.sleep)(Duration::from_secs(seconds)).await;
                        }
                        Step::WaitSeconds(seconds) => {
                            if matches!(obstacle, Obstacle::Busy { retry_after: Some(_) }) {
                                report.quiet = Some(seconds);
                            }
                            report.reason = Some(code);
                            report.retry_in = Some(seconds);
                            break;
                        }
                        Step::Pause => {
                            report.reason = Some(code);
                            break;
                        }
                    }
                }
            }
        }
        if report.reason.is_none() {
            report.reason = self.store.read(newer::why)?;
        }
        if report.reason.is_none() && self.known().unread > 0 {
            report.reason = Some(UPGRADE.to_owned());
        }
        if report.reason.is_none() {
            report.reason = report.healed.map(|healing| healing.reason().to_owned());
        }
        match self.purge_due() {
            // It needs room for a moment, and is met again at the next contact.
            Err(error) if error.is_disk_full() => {}
            purged => drop(purged?),
        }
        let (waiting, aside) = self
            .store
            .read(|tx| -> Result<_, AppError> { Ok((outbox::len(tx)?, outbox::aside(tx)?)) })?;
        report.left = waiting + self.orphans()?.len() as u64;
        // A verdict settles what no receipt came for; its copy would be sent for ever by a locked device.
        if self.spool.list()?.len() as u64 != report.left {
            self.copy_waiting();
        }
        if report.left > 0 && report.reason.is_none() {
            let reason = aside.into_iter().next().map(|aside| aside.reason);
            report.reason = reason.or(Some(super::NO_PROGRESS.to_owned()));
        }
        self.write_contact()?;
        Ok(report)
    }

    async fn round<G: Gateway>(
        &self,
        gateway: &G,
        token: &mut Option<String>,
        run: &mut Run,
        asked: &mut HashSet<Eid>,
        report: &mut Report,
    ) -> Result<Turn, Trouble> {
        let device = self.identity.device;
        let bearer = match token {
            Some(token) => token.clone(),
            None => {
                let answer = gateway.token(device, &self.keys.transport, self.env.random()).await?;
                self.store.write(|tx| self.hear_time(tx, answer.time))?;
                self.line().keep_token(&answer, self.env.moment());
                token.insert(answer.token).clone()
            }
        };
        // Records before anything else: what a resident was told must arrive.
        loop {
            let due = self.due(run, asked)?;
            if due.is_empty() {
                break;
            }
            let sent: Vec<_> = due.iter().map(|waiting| waiting.eid).collect();
            let envelopes = due.into_iter().map(|waiting| waiting.envelope).collect();
            store::point!("sync.before_send");
            let answered = gateway.batch(&bearer, envelopes).await;
            let (answer, signed) = answered.map_err(|error| Trouble::about(error, &sent))?;
            store::point!("sync.after_answer");
            let applied = self.apply_batch(&answer, &signed, &sent)?;
            run.taken();
            report.quiet = report.quiet.max(answer.wait.map(u64::from));
            report.receipts += applied.receipts;
            report.stopped += applied.stopped;
            if applied.newer > 0 {
                report.reason = Some(UPGRADE.to_owned());
            }
            if applied.stepped_over > 0 {
                report.reason = Some(super::STEPPED_OVER.to_owned());
            }
            // Whatever still waits was answered so: asking again at once would be asking for ever.
            asked.extend(sent);
        }
        self.send_orphans(gateway, &bearer, report).await?;
        loop {
            let (since, serial, known, life) = self.store.read(|tx| -> Result<_, AppError> {
                let master = master::serial(tx)?;
                Ok((device::cursor(tx)?, signers::serial(tx)?, master, device::life(tx)?))
            })?;
            let page = gateway.changes(&bearer, device, since, serial, known, life).await?;
            if calls_for_reset(&page) {
                let healed = self.heal(gateway, &bearer).await?;
                report.healed = report.healed.or(healed);
                return Ok(Turn::Again);
            }
            report.quiet = report.quiet.max(page.wait.map(u64::from));
            report.verdicts += self.apply_page(&page)?.verdicts;
            self.renew_lease()?;
            run.answered();
            let more_keys = page.keys.is_some_and(|news| news.more && news.serial > serial);
            // Where a part was refused, asking again at once would be asking for ever.
            let more_master = page.master.is_some_and(|news| news.more) && self.store.read(master::serial)? > known;
            if !(page.more && page.next > since || more_keys || more_master) {
                break;
            }
        }
        // What is said beside records and verdicts: a gateway that does not take it keeps nothing else from its way.
        let said = self.report_blanks(gateway, &bearer, run).await;
        beside(said, report)?;
        let standing = self.device_report()?;
        if self.line().is_worth_reporting(&standing, self.env.moment()) {
            let said = gateway.report(&bearer, &standing, &self.keys.transport).await;
            if said.is_ok() {
                self.line().reported(standing, self.env.moment());
            }
            beside(said.map(drop).map_err(Trouble::from), report)?;
        }
        Ok(Turn::Done)
    }

    /// The platform knows a code before it hears which card carries it.
    async fn report_blanks<G: Gateway>(&self, gateway: &G, bearer: &str, run: &mut Run) -> Result<(), Trouble> {
        loop {
            let (blanks, revisions) = self.blank_report()?;
            if blanks.blanks.is_empty() {
                return Ok(());
            }
            let answer = gateway.blanks(bearer, &blanks, &self.keys.signing).await?;
            self.apply_blanks(&blanks, &revisions, &answer)?;
            run.answered();
            // Another turn for what did not fit, or was done meanwhile; never the same words again.
            if self.blank_report()? == (blanks, revisions) {
                return Ok(());
            }
        }
    }

    /// The next batch.
    fn due(&self, run: &Run, asked: &HashSet<Eid>) -> Result<Vec<Waiting>, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let now = self.clock_in(tx)?.now();
            Ok(outbox::due(tx, now, run.batch(), BATCH_BYTES, asked)?)
        })
    }

    /// Sends what only the spool still has. The answer is kept before the copy goes.
    async fn send_orphans<G: Gateway>(&self, gateway: &G, bearer: &str, report: &mut Report) -> Result<(), Trouble> {
        for orphan in self.orphans()? {
            let Ok(envelope) = Envelope::from_bytes(&orphan.envelope) else {
                continue;
            };
            let (answer, signed) = match gateway.batch(bearer, vec![orphan.envelope.clone()]).await {
                // There is no row to note it in: it is tried again in the next run, and nothing waits for it.
                Err(error) if is_about_what_was_sent(&error) => {
                    report.reason = Some(reason(&error));
                    continue;
                }
                answered => answered?,
            };
            self.apply_batch(&answer, &signed, &[orphan.eid])?;
            if let Some((outcome, arrived)) = last_word(&answer, orphan.eid, &envelope) {
                self.lay_aside(&orphan, outcome)?;
                report.receipts += u64::from(arrived);
                report.stopped += u64::from(!arrived);
            }
        }
        Ok(())
    }

    /// The one envelope that was sent cannot go now: it waits for a while, and what comes after it does not.
    fn set_aside(&self, sent: &[Eid], code: &str) -> Result<(), AppError> {
        let jitter = self.jitter();
        self.store.write(|tx| -> Result<_, AppError> {
            let now = self.clock_in(tx)?.now();
            for eid in sent {
                outbox::set_aside(tx, eid, code, now, |times| aside(times, jitter))?;
            }
            Ok(())
        })
    }

    fn send_last(&self, sent: &[Eid], code: &str) -> Result<(), AppError> {
        Ok(self
            .store
            .write(|tx| sent.iter().try_for_each(|eid| outbox::send_last(tx, eid, code)))?)
    }

    /// A person pressed "now": what was set aside is tried again at once.
    pub fn try_everything(&self) -> Result<(), AppError> {
        Ok(self.store.write(outbox::all_due)?)
    }

    fn jitter(&self) -> u32 {
        u32::from_le_bytes(self.env.random())
    }

    /// The counts that the coordinator's board shows.
    pub fn device_report(&self) -> Result<DeviceReport, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let counts = records::counts(tx)?;
            Ok(DeviceReport {
                device: self.identity.device,
                time: self.env.now(),
                begun: counts.begun,
                by_state: counts.by_state.to_vec(),
                oldest_unsent: outbox::oldest(tx)?,
                unsent: outbox::len(tx)?,
                program: crate::PROGRAM.to_owned(),
                secret: self.store.home().secret_kind().name().to_owned(),
                ext: Default::default(),
            })
        })
    }
}

/// A login page or a missing network does not mend itself within the seconds one run waits.
fn helps_to_wait(obstacle: Obstacle) -> bool {
    matches!(
        obstacle,
        Obstacle::Busy { .. } | Obstacle::ServerError | Obstacle::Unreachable
    )
}

/// The answer is about the envelopes it was sent: others may go.
pub(super) fn is_about_what_was_sent(error: &ClientError) -> bool {
    match error {
        ClientError::Obstacle(Obstacle::TooLarge | Obstacle::ServerError) => true,
        ClientError::Refused { code } => code != Obstacle::Revoked.code(),
        _ => false,
    }
}

/// What was refused beside the records is noted, and the run goes on.
fn beside(said: Result<(), Trouble>, report: &mut Report) -> Result<(), Trouble> {
    match said {
        Err(Trouble::Refused(code)) => {
            report.reason.get_or_insert(code);
            Ok(())
        }
        Err(Trouble::Network {
            obstacle: Obstacle::ServerError | Obstacle::TooLarge,
            code,
            ..
        }) => {
            report.reason.get_or_insert(code);
            Ok(())
        }
        other => other,
    }
}

enum Trouble {
    Device(AppError),
    /// An obstacle, and the envelopes that were on their way when it was met.
    Network {
        obstacle: Obstacle,
        code: String,
        sent: Vec<Eid>,
    },
    Refused(String),
}

impl Trouble {
    fn about(error: ClientError, sent: &[Eid]) -> Self {
        let network = |obstacle| Self::Network {
            obstacle,
            code: reason(&error),
            sent: sent.to_vec(),
        };
        match &error {
            ClientError::Obstacle(obstacle) => network(*obstacle),
            ClientError::Refused { code } if code == Obstacle::Revoked.code() => network(Obstacle::Revoked),
            // One envelope is enough for the gateway to refuse the whole batch.
            ClientError::Refused { .. } if !sent.is_empty() => network(Obstacle::ServerError),
            // Never applied; another try may meet an honest network. A person should see it at once.
            other => Self::Refused(reason(other)),
        }
    }
}

impl From<Failed> for Trouble {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Device(error) => Self::Device(error),
            Failed::Call(error) => error.into(),
        }
    }
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        Self::about(error, &[])
    }
}

/// Stable code of what stopped a call.
pub(crate) fn reason(error: &ClientError) -> String {
    error.code().to_owned()
}

impl From<AppError> for Trouble {
    fn from(error: AppError) -> Self {
        Self::Device(error)
    }
}

impl From<store::StoreError> for Trouble {
    fn from(error: store::StoreError) -> Self {
        Self::Device(error.into())
    }
}
