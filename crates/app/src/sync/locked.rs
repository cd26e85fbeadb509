//! Sync while the device is locked: sends the spool's sealed copies and keeps the signed answers for the next unlock.

use super::{Report, run::reason};
use crate::{AppError, Session, env::Env, gateway::Gateway, place::Place};
use client::{ClientError, Clock, Connection};
use domain::{
    ids::{Digest, Eid, Realm},
    sync::{BATCH_BYTES, BATCH_MAX, Obstacle},
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

/// A device opened with its secret alone: it can send, and nothing else.
pub struct Locked {
    spool: Spool,
    contact: Contact,
    trust: Trust,
    env: Arc<dyn Env>,
    _home: Home,
}

impl Locked {
    /// Takes the lock and opens spool and contact; asks for no PIN.
    pub fn open(place: &Place, env: Arc<dyn Env>) -> Result<Self, AppError> {
        let home = Home::open(&place.home)?;
        if home.realm() == Realm::Demo {
            return Err(AppError::Refused("demo_has_no_gateway"));
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
            _home: home.clone(),
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
        let mut report = Report::default();
        let mut stopped = HashSet::new();
        if let Err(error) = self.send(gateway, &mut report, &mut stopped).await? {
            report.reason = Some(reason(&error));
        }
        let waiting = self
            .spool
            .list()?
            .into_iter()
            .filter(|copy| !stopped.contains(&copy.eid));
        report.left = waiting.count() as u64;
        if report.left > 0 && report.reason.is_none() {
            report.reason = Some("no_progress".to_owned());
        }
        Ok(report)
    }

    async fn send<G: Gateway>(
        &self,
        gateway: &G,
        report: &mut Report,
        stopped: &mut HashSet<Eid>,
    ) -> Result<Result<(), ClientError>, AppError> {
        if self.spool.list()?.is_empty() {
            return Ok(Ok(()));
        }
        let transport = SignSecret::from_seed(&self.contact.transport_seed);
        let token = match gateway.token(self.contact.device, &transport, self.env.random()).await {
            Ok(token) => token.token,
            Err(error) => return Ok(Err(error)),
        };
        let mut size = BATCH_MAX;
        loop {
            let mut batch = Vec::new();
            let mut sent = Vec::new();
            let mut bytes = 0;
            let waiting = self
                .spool
                .list()?
                .into_iter()
                .filter(|copy| !stopped.contains(&copy.eid));
            for spooled in waiting.take(size) {
                // A torn copy is skipped; the database has the envelope.
                let Some(envelope) = self.spool.get(&spooled)? else {
                    continue;
                };
                let Ok(digest) = Envelope::from_bytes(&envelope).map(|envelope| envelope.digest()) else {
                    continue;
                };
                bytes += envelope.len();
                if bytes > BATCH_BYTES && !batch.is_empty() {
                    break;
                }
                batch.push(envelope);
                sent.push(Sent { place: spooled, digest });
            }
            if batch.is_empty() {
                return Ok(Ok(()));
            }
            store::point!("locked.before_send");
            let (answer, signed) = match gateway.batch(&token, batch).await {
                Ok(answered) => answered,
                Err(ClientError::Obstacle(Obstacle::TooLarge)) if size > 1 => {
                    size /= 2;
                    continue;
                }
                Err(error) => return Ok(Err(error)),
            };
            store::point!("locked.after_answer");
            self.spool.put_answer(&signed)?;
            store::point!("locked.after_put");
            let mut progress = false;
            for item in &answer.items {
                let copy = sent
                    .iter()
                    .find(|copy| Some(copy.place.eid) == item.eid && item.outcome != Outcome::Retry);
                let Some(copy) = copy else { continue };
                progress = true;
                match item.outcome {
                    Outcome::Received | Outcome::Replayed | Outcome::Held if item.digest == copy.digest => {
                        self.spool.remove(&copy.place)?;
                        report.receipts += 1;
                    }
                    _ => {
                        stopped.insert(copy.place.eid);
                        report.stopped += 1;
                    }
                }
            }
            if !progress {
                return Ok(Ok(()));
            }
        }
    }
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
