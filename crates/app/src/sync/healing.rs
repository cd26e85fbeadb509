//! A platform that came back from an older backup is sent again what it forgot (docs/protocol.md, "A platform that forgot").

use super::reset::Failed;
use crate::{AppError, Session, gateway::Gateway};
use protocol::healing::HaveRequest;
use serde::Serialize;
use store::{
    device,
    healing::{self, Healed},
    outbox,
};

/// What was found missing on the platform and what came of it, as counts for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Healing {
    /// Envelopes sent again.
    pub again: u64,
    /// Registrations that could not be sent again.
    pub lost: u64,
    /// Registrations whose verdict was lost and is waited for again.
    pub undecided: u64,
}

impl Healing {
    /// The sentence people read.
    pub const fn reason(&self) -> &'static str {
        if self.lost > 0 { super::LOST } else { super::FORGOT }
    }
}

impl Session {
    /// Asks what is there, and puts what is missing back into the outbox. `None` when nothing was.
    pub(super) async fn heal<G: Gateway>(&self, gateway: &G, bearer: &str) -> Result<Option<Healing>, Failed> {
        let (life, since, sent) = self.store.read(|tx| -> Result<_, AppError> {
            Ok((device::life(tx)?, device::cursor(tx)?, healing::believed(tx)?))
        })?;
        let asked = HaveRequest {
            device: self.identity.device,
            life,
            since,
            sent,
            ext: Default::default(),
        };
        let answer = gateway.have(bearer, &asked, &self.keys.transport).await?;
        let moment = self.env.moment();
        store::point!("healing.before_apply");
        let healed = self.store.write(|tx| -> Result<_, AppError> {
            self.hear_time(tx, answer.time)?;
            let healed = healing::apply(tx, &answer, self.clock_in(tx)?.now())?;
            for eid in &healed.again {
                self.audit(tx, moment, "forgotten", None, Some(*eid))?;
            }
            for rid in &healed.lost {
                self.audit(tx, moment, "lost", Some(*rid), None)?;
            }
            Ok(healed)
        })?;
        store::point!("healing.after_apply");
        self.spool_again(&healed)?;
        Ok((!healed.is_empty()).then_some(Healing {
            again: healed.again.len() as u64,
            lost: healed.lost.len() as u64,
            undecided: healed.undecided.len() as u64,
        }))
    }

    /// A copy that cannot be written now is made at the next unlock.
    fn spool_again(&self, healed: &Healed) -> Result<(), AppError> {
        for waiting in self.store.read(outbox::waiting)? {
            if healed.again.contains(&waiting.eid) {
                let _ = self.spool.put(waiting.spooled(), &waiting.envelope);
            }
        }
        Ok(())
    }

    /// Registrations of which the platform was found to have lost something.
    pub fn forgotten(&self) -> Result<Vec<healing::Forgotten>, AppError> {
        Ok(self.store.read(healing::forgotten)?)
    }
}
