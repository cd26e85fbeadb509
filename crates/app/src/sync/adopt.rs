//! Copies that lie in the spool and that the database does not know: it lost its last transactions (a damaged log, an older
//! image). What such a copy says of itself is taken in again, so that the resident's code is known, its answer and verdict
//! find it, and nobody fills in the form a second time. Where the database went on without it, the copy is sent all the
//! same and then kept for a person ([`store::stray`]).

use crate::{AppError, Session};
use domain::state::{self, Event, State, Transition};
use protocol::envelope::{Envelope, Header, Kind};
use store::{
    Moment, Write, device,
    outbox::Waiting,
    records::{self, Record},
    revise,
    stray::{self, Stray},
};

/// Copies that were never the platform's to judge.
const NOT_READ: &str = "not_read";

impl Session {
    /// Takes in what can be taken in, in the order of the chain; the device goes on in a new epoch, because nobody knows
    /// which numbers were used in what was lost.
    pub(crate) fn adopt_orphans(&self) -> Result<(), AppError> {
        let orphans = self.orphans()?;
        if orphans.is_empty() {
            return Ok(());
        }
        let moment = self.env.moment();
        self.store.write(|tx| -> Result<_, AppError> {
            let mut last = None;
            for orphan in &orphans {
                let Ok(envelope) = Envelope::from_bytes(&orphan.envelope) else {
                    continue;
                };
                match tx.attempt(|tx| self.adopt(tx, &envelope)) {
                    Ok(true) => {
                        self.audit(
                            tx,
                            moment,
                            "adopt",
                            Some(envelope.header.rid),
                            Some(envelope.header.eid),
                        )?;
                        last = last.max(Some(envelope.header.epoch));
                    }
                    Ok(false) => {}
                    Err(error) if error.is_about_one() => {}
                    Err(error) => return Err(error),
                }
            }
            if let Some(epoch) = last {
                let epoch = epoch.max(device::position(tx)?.epoch);
                device::new_epoch(tx, self.next_epoch(epoch))?;
            }
            Ok(())
        })
    }

    /// A number of `epoch` stands on two envelopes: this device was put back from an image, or another one is its copy. What
    /// was numbered stays as it is; the next registration begins a new life of the sequence.
    pub(super) fn leave_epoch(&self, tx: &Write<'_>, epoch: u32, moment: Moment) -> Result<(), AppError> {
        if device::position(tx)?.epoch != epoch {
            return Ok(());
        }
        device::new_epoch(tx, self.next_epoch(epoch))?;
        self.audit(tx, moment, "new_epoch", None, None)
    }

    /// A life of the sequence that a copy of this device does not take too.
    fn next_epoch(&self, after: u32) -> u32 {
        let step = u16::from_le_bytes(self.env.random());
        after.saturating_add(1).saturating_add(step.into())
    }

    /// False where it does not fit to what the database knows by now.
    fn adopt(&self, tx: &Write<'_>, envelope: &Envelope) -> Result<bool, AppError> {
        let header = &envelope.header;
        envelope.verify(&self.keys.signing.public())?;
        if (header.device, header.realm) != (self.identity.device, self.identity.realm) {
            return Ok(false);
        }
        let record = records::get(tx, &header.rid)?;
        let Some(transition) = transition(header, record.as_ref()) else {
            return Ok(false);
        };
        revise::adopt(tx, envelope, &transition, self.clock_in(tx)?.now())?;
        Ok(true)
    }

    /// An orphan was answered for good, or can be sent by nobody: it is kept with that word, and its copy goes.
    pub(crate) fn lay_aside(&self, orphan: &Waiting, outcome: &str) -> Result<(), AppError> {
        let header = Envelope::from_bytes(&orphan.envelope).ok().map(|read| read.header);
        self.store.write(|tx| -> Result<_, AppError> {
            let stray = Stray {
                eid: orphan.eid,
                rid: header.as_ref().map(|header| header.rid),
                code: header.as_ref().map(|header| header.code),
                outcome: outcome.to_owned(),
                kept_at: self.clock_in(tx)?.now(),
            };
            stray::put(tx, &stray, &orphan.envelope)?;
            self.audit(tx, self.env.moment(), "stray", stray.rid, Some(stray.eid))
        })?;
        self.spool.remove(&orphan.spooled())?;
        Ok(())
    }

    /// Copies that no program can read are not sent: there is nothing to answer about them.
    pub(crate) fn lay_unreadable_aside(&self) -> Result<(), AppError> {
        for orphan in self.orphans()? {
            if Envelope::from_bytes(&orphan.envelope).is_err() {
                self.lay_aside(&orphan, NOT_READ)?;
            }
        }
        Ok(())
    }
}

/// What the copy does to the registration as it stands; `None` where something else was made of it meanwhile.
fn transition(header: &Header, record: Option<&Record>) -> Option<Transition> {
    let head = header.eid;
    let known = record.map_or((State::Draft, None), |record| (record.state, record.head));
    let (state, event) = match (header.kind, known) {
        (Kind::Registration | Kind::Correction, (State::Draft, None)) => (State::Draft, Event::Saved { head }),
        // Its registration is lost too; the resident's word was "no".
        (Kind::Withdrawal, (State::Draft, None)) => (State::Queued, Event::Withdrawn { head }),
        (kind, (state, Some(_))) => {
            let base = record.and_then(|record| record.head_digest).map(|digest| digest.link());
            let follows = header.base.is_some() && header.base == base;
            match kind {
                Kind::Correction if follows => (state, Event::Corrected { head }),
                Kind::Withdrawal if follows => (state, Event::Withdrawn { head }),
                _ => return None,
            }
        }
        _ => return None,
    };
    state::next(state, known.1, event).ok()
}
