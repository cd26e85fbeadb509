//! Sync while the device is locked: sends the spool's sealed copies and keeps the signed answers for the next unlock.

use super::{
    Report,
    run::{is_about_what_was_sent, reason},
};
use crate::refusal::Refusal;
use crate::{AppError, Session, env::Env, gateway::Gateway, place::Place};
use client::{ClientError, Clock, Connection};
use domain::{
    ids::{Digest, Eid, Realm},
    retry::{BATCH_BYTES, Batch, Obstacle, Run, Step},
};
use protocol::{
    enrolment::Trust,
    envelope::Envelope,
    keys::SignSecret,
    receipt::{BatchAnswer, Outcome},
    signed::Signed,
};
use std::{collections::HashSet, sync::Arc};
use store::{Contact, Home, SecretVault, Spool, Spooled, device};

/// One copy on its way.
struct Sent {
    place: Spooled,
    digest: Digest,
}

/// What this run sends no more: stopped by the platform, or too large for somebody on the way.
#[derive(Default)]
struct Passed {
    stopped: HashSet<Eid>,
    aside: HashSet<Eid>,
    /// Asked about in this run and still waiting.
    asked: HashSet<Eid>,
    /// Why something was set aside.
    why: Option<String>,
}

impl Passed {
    fn has(&self, eid: &Eid) -> bool {
        [&self.stopped, &self.aside, &self.asked]
            .iter()
            .any(|set| set.contains(eid))
    }
}

/// What ends a run: this device's own trouble, or a call that brought nothing.
enum Trouble {
    Device(AppError),
    Call(ClientError),
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        Self::Call(error)
    }
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

/// A device opened with its secret alone: it can send, and nothing else.
pub struct Locked {
    pub(super) spool: Spool,
    pub(super) contact: Contact,
    pub(super) trust: Trust,
    env: Arc<dyn Env>,
    home: Home,
}

impl Locked {
    /// Takes the lock and opens spool and contact; asks for no PIN.
    pub fn open(place: &Place, env: Arc<dyn Env>) -> Result<Self, AppError> {
        let home = Home::open(&place.home)?;
        if home.realm() == Realm::Practice {
            return Err(AppError::Refused(Refusal::DemoHasNoGateway));
        }
        let vault = place.vault(home.secret_kind())?;
        Ok(Self::of(&home, &*vault, env)?.ok_or(store::StoreError::NotEnrolled)?)
    }

    /// The device whose spool lies in a folder; `None` where there never was one.
    pub(crate) fn of(home: &Home, vault: &dyn SecretVault, env: Arc<dyn Env>) -> Result<Option<Self>, AppError> {
        let spool = home.spool(vault)?;
        let Some(contact) = spool.contact()? else {
            return Ok(None);
        };
        let trust = Trust::read(&contact.trust)?;
        Ok(Some(Self {
            spool,
            contact,
            trust,
            env,
            home: home.clone(),
        }))
    }

    /// How many copies open and so could be sent.
    pub fn sendable(&self) -> Result<u64, AppError> {
        let mut count = 0;
        for copy in self.spool.list()? {
            count += u64::from(self.spool.get(&copy)?.is_some());
        }
        Ok(count)
    }

    /// A connection to this device's platform.
    pub fn connect(&self) -> Result<Connection, AppError> {
        let floor = self.contact.server_floor.unwrap_or(self.trust.issued_at);
        Ok(Connection::new(
            &self.contact.gateway,
            &self.trust,
            Clock {
                floor,
                now: self.env.now(),
            },
        )?)
    }

    /// Sends what lies in the spool. A copy is forgotten only after the signed receipt for it is safe on disk; one that
    /// the platform stopped stays until the database has noted why.
    pub async fn sync<G: Gateway>(&self, gateway: &G) -> Result<Report, AppError> {
        let done = match self.run(gateway).await {
            Err(error) if error.is_disk_full() && self.home.give_up_reserve() => self.run(gateway).await,
            done => done,
        };
        // Nobody else's files take that room meanwhile.
        let _ = self.home.keep_reserve();
        done
    }

    async fn run<G: Gateway>(&self, gateway: &G) -> Result<Report, AppError> {
        let mut report = Report::default();
        let mut passed = Passed::default();
        match self.send(gateway, &mut report, &mut passed).await {
            Ok(()) => report.reached = report.receipts > 0,
            Err(Trouble::Device(error)) => return Err(error),
            Err(Trouble::Call(error)) => report.reason = Some(reason(&error)),
        }
        passed.stopped.extend(self.stopped_before()?);
        let waiting = self.spool.list()?.into_iter();
        report.left = waiting.filter(|copy| !passed.stopped.contains(&copy.eid)).count() as u64;
        if report.reason.is_none() {
            report.reason = passed.why;
        }
        if report.left > 0 && report.reason.is_none() {
            report.reason = Some(super::NO_PROGRESS.to_owned());
        }
        Ok(report)
    }

    async fn send<G: Gateway>(&self, gateway: &G, report: &mut Report, passed: &mut Passed) -> Result<(), Trouble> {
        if self.spool.list()?.is_empty() {
            return Ok(());
        }
        passed.stopped.extend(self.stopped_before()?);
        if self.batch(&Run::default(), passed)?.0.is_empty() {
            return Ok(());
        }
        report.asked = true;
        let transport = SignSecret::from_seed(&self.contact.transport_seed);
        let token = gateway
            .token(self.contact.device, &transport, self.env.random())
            .await?
            .token;
        let mut run = Run::default();
        loop {
            let (batch, sent) = self.batch(&run, passed)?;
            if batch.is_empty() {
                return Ok(());
            }
            store::point!("locked.before_send");
            let (answer, signed) = match gateway.batch(&token, batch).await {
                Ok(answered) => answered,
                Err(error) => match run.failed(about_envelopes(&error), sent.len(), 0) {
                    Step::Smaller => continue,
                    // Without the database nothing is noted: it is tried again in the next run.
                    Step::SetAside | Step::Last => {
                        passed.aside.extend(sent.iter().map(|copy| copy.place.eid));
                        passed.why = Some(reason(&error));
                        continue;
                    }
                    // Locked, a run does not wait; the next one comes by itself.
                    Step::WaitSeconds(seconds) => {
                        if let ClientError::Obstacle(Obstacle::Busy { retry_after: Some(_) }) = error {
                            report.quiet = Some(seconds);
                        }
                        return Err(error.into());
                    }
                    Step::Reauthorise | Step::Pause => return Err(error.into()),
                },
            };
            run.taken();
            report.quiet = report.quiet.max(answer.wait.map(u64::from));
            store::point!("locked.after_answer");
            self.spool.put_answer(&signed)?;
            store::point!("locked.after_put");
            self.note(&answer, &sent, report, passed)?;
            passed.asked.extend(sent.iter().map(|copy| copy.place.eid));
        }
    }

    /// What the platform stopped in an answer that waits for the next unlock: nobody needs to ask again.
    fn stopped_before(&self) -> Result<HashSet<Eid>, AppError> {
        let mut stopped = HashSet::new();
        for signed in self.spool.answers()? {
            let Ok(answer) = Signed::verify::<BatchAnswer>(&signed, &self.trust.platform) else {
                continue;
            };
            let items = answer.items.iter().filter(|item| !waits(item.outcome));
            stopped.extend(items.filter_map(|item| item.eid));
        }
        Ok(stopped)
    }

    /// The next batch: in the order of the chain, without what was stopped or set aside in this run.
    fn batch(&self, run: &Run, passed: &Passed) -> Result<(Vec<Vec<u8>>, Vec<Sent>), AppError> {
        let (mut batch, mut sent) = (Vec::new(), Vec::new());
        let mut size = Batch::new(run.batch(), BATCH_BYTES);
        for place in self.spool.list()? {
            if passed.has(&place.eid) {
                continue;
            }
            // A torn copy is skipped; the database has the envelope.
            let Some(envelope) = self.spool.get(&place)? else {
                continue;
            };
            let Ok(digest) = Envelope::from_bytes(&envelope).map(|envelope| envelope.digest()) else {
                continue;
            };
            if !size.takes(envelope.len()) {
                break;
            }
            batch.push(envelope);
            sent.push(Sent { place, digest });
        }
        Ok((batch, sent))
    }

    /// Forgets the copies of what arrived.
    fn note(
        &self,
        answer: &BatchAnswer,
        sent: &[Sent],
        report: &mut Report,
        passed: &mut Passed,
    ) -> Result<(), AppError> {
        for item in &answer.items {
            let copy = sent
                .iter()
                .find(|copy| Some(copy.place.eid) == item.eid && !waits(item.outcome));
            let Some(copy) = copy else { continue };
            match item.outcome {
                Outcome::Received | Outcome::Replayed | Outcome::Held if item.digest == copy.digest => {
                    self.spool.remove(&copy.place)?;
                    report.receipts += 1;
                }
                _ => {
                    passed.stopped.insert(copy.place.eid);
                    report.stopped += 1;
                }
            }
        }
        Ok(())
    }
}

/// A refusal of a whole batch may be about one envelope in it, like a stumble of the server.
fn about_envelopes(error: &ClientError) -> Obstacle {
    match error {
        ClientError::Obstacle(obstacle) => *obstacle,
        error if is_about_what_was_sent(error) => Obstacle::ServerError,
        // Never applied; not about what was sent.
        _ => Obstacle::CaptivePortal,
    }
}

/// The copy stays for a later call.
fn waits(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Retry | Outcome::Newer(_))
}

impl Session {
    /// Applies the answers that came while the device was locked. They are verified here, with the keys of the
    /// encrypted store; an answer that does not verify is dropped, and its envelopes are simply sent again.
    pub(crate) fn apply_spooled_answers(&self, report: &mut Report) -> Result<(), AppError> {
        let waiting = self.spool.answers()?;
        if waiting.is_empty() {
            return Ok(());
        }
        let trust = self.store.read(device::trust)?.ok_or(store::StoreError::NotEnrolled)?;
        let trust = Trust::read(&trust)?;
        for signed in waiting {
            if let Ok(answer) = Signed::verify::<BatchAnswer>(&signed, &trust.platform) {
                let applied = self.apply_batch(&answer, &signed, &[])?;
                report.receipts += applied.receipts;
                report.stopped += applied.stopped;
            }
            store::point!("locked.after_apply");
            self.spool.remove_answer(&signed)?;
        }
        Ok(())
    }
}
