//! Sync while the device is locked: sends the spool's sealed copies and keeps the signed answers for the next unlock.

use super::{Report, run::reason};
use crate::{AppError, Session, device::Place, env::Env, gateway::Gateway};
use client::{ClientError, Clock, Connection};
use domain::{
    ids::Realm,
    sync::{BATCH_BYTES, BATCH_MAX, Obstacle},
};
use protocol::{
    enrolment::Trust,
    keys::SignSecret,
    receipt::{BatchAnswer, Outcome},
    signed::Signed,
};
use std::sync::Arc;
use store::{Contact, Home, Spool, device};

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
        let spool = home.spool(&*vault)?;
        let contact = spool.contact()?.ok_or(store::StoreError::NotEnrolled)?;
        let trust = Trust::read(&contact.trust)?;
        Ok(Self {
            spool,
            contact,
            trust,
            env,
            _home: home,
        })
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

    /// Sends what lies in the spool. A copy is forgotten only after the signed answer about it is safe on disk.
    pub async fn sync<G: Gateway>(&self, gateway: &G) -> Result<Report, AppError> {
        let mut report = Report::default();
        if let Err(error) = self.send(gateway, &mut report).await? {
            report.reason = Some(reason(&error));
        }
        report.left = self.spool.list()?.len() as u64;
        if report.left > 0 && report.reason.is_none() {
            report.reason = Some("no_progress".to_owned());
        }
        Ok(report)
    }

    async fn send<G: Gateway>(&self, gateway: &G, report: &mut Report) -> Result<Result<(), ClientError>, AppError> {
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
            for spooled in self.spool.list()?.into_iter().take(size) {
                // A torn copy is skipped; the database has the envelope.
                let Some(envelope) = self.spool.get(&spooled)? else {
                    continue;
                };
                bytes += envelope.len();
                if bytes > BATCH_BYTES && !batch.is_empty() {
                    break;
                }
                batch.push(envelope);
                sent.push(spooled);
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
                    .find(|copy| Some(copy.eid) == item.eid && item.outcome != Outcome::Retry);
                let Some(copy) = copy else { continue };
                self.spool.remove(copy)?;
                progress = true;
                match item.outcome {
                    Outcome::Received | Outcome::Replayed | Outcome::Held => report.receipts += 1,
                    _ => report.stopped += 1,
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
                let applied = self.apply_batch(&answer, &signed)?;
                report.receipts += applied.receipts;
                report.stopped += applied.stopped;
            }
            store::point!("locked.after_apply");
            self.spool.remove_answer(&signed)?;
        }
        Ok(())
    }
}
