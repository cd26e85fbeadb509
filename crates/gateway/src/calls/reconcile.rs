//! The gateway's database and the opener's are files of their own: one that is older than the other leaves verdicts without an
//! account, or people erased here and accepted there. They are brought into step, and nobody is told otherwise than before.

use crate::{
    error::GatewayError,
    gateway::Gateway,
    opener::{Inbox as _, Opener, Ruling},
    store::{reconcile, registrations},
};

/// Registrations looked at in one go.
const AT_ONCE: u32 = 500;

/// What was out of step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Registrations that were decided again: the opener did not know, or could not read any more, what it had decided.
    pub decided: u64,
    /// Of these, how many are told another decision than before.
    pub changed: u64,
    /// Withdrawn registrations that the opener is told to erase once more.
    pub erased: u64,
}

impl Gateway {
    /// Whether the two have more of one another's traces than they can by themselves: the opener decides and erases first, the
    /// gateway notes it after that. A few counts; done at every start.
    pub fn is_out_of_step(&self, opener: &Opener) -> Result<bool, GatewayError> {
        let counts = opener.counts()?;
        let (verdicts, withdrawn) = self.store.read(reconcile::counts)?;
        Ok(
            verdicts > counts.decisions
                || counts.erased > withdrawn
                || counts.keyless > 0
                || counts.with_erased_key > 0,
        )
    }

    /// Looks at every decided registration, and lets the opener decide again where its half is missing. What it decided before
    /// it decides again the same: the account is made from the registration.
    pub fn reconcile(&self, opener: &mut Opener) -> Result<Reconciled, GatewayError> {
        let mut done = Reconciled::default();
        // Whoever has an account comes first: nobody who was doubtful takes their place.
        for accepted in [true, false] {
            let mut last = Vec::new();
            loop {
                let heads = self
                    .store
                    .read(|tx| reconcile::decided_after(tx, &last, accepted, AT_ONCE))?;
                let Some(end) = heads.last() else { break };
                last = end.rid.0.to_vec();
                let halves = opener.without_their_half(&heads)?;
                if halves.is_empty() {
                    continue;
                }
                opener.forget(&halves)?;
                let mut numbers = Vec::with_capacity(halves.len());
                for (rid, _) in &halves {
                    numbers.extend(self.store.read(|tx| reconcile::decided_of(tx, rid))?);
                }
                let work = self.store.read(|tx| self.work_again(tx, numbers))?;
                let rulings = opener.decide(&work, &Gateway::master(self)?)?;
                done.decided += halves.len() as u64;
                done.changed += self.decided_again(&rulings)?;
            }
        }
        done.erased = self.store.write(registrations::erase_again)?;
        Ok(done)
    }

    /// Takes what is another decision about a head than the one that stands; returns how many.
    fn decided_again(&self, rulings: &[Ruling]) -> Result<u64, GatewayError> {
        let mut changed = Vec::new();
        self.store.write(|tx| -> Result<_, GatewayError> {
            for ruling in rulings {
                let place = registrations::get(tx, &ruling.rid)?;
                let stands = place
                    .filter(|place| place.head == Some(ruling.number))
                    .is_some_and(|place| place.standing.name() != ruling.ruled.name());
                if stands {
                    reconcile::undecide(tx, &ruling.rid, &ruling.eid)?;
                    changed.push(ruling.clone());
                }
            }
            Ok(())
        })?;
        self.decided(&changed)?;
        Ok(changed.len() as u64)
    }
}
