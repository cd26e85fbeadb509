//! Who may open this device: the people of the team, each with a PIN of their own.

use crate::refusal::Refusal;
use crate::{AppError, Session};
use domain::ids::OperatorId;
use std::sync::atomic::Ordering;
use store::{KdfCost, device};

impl Session {
    /// Who works on it now.
    pub fn operator(&self) -> OperatorId {
        self.operator
    }

    /// Gives a person of the team a PIN on this device.
    ///
    /// # Errors
    /// `unknown_operator` for somebody who is not of the team, `weak_pin` and what begins so.
    pub fn add_operator(&self, operator: OperatorId, number: &str) -> Result<(), AppError> {
        // As the platform said last, not as it was when somebody signed in.
        let identity = self.store.read(store::device::identity)?;
        if !identity.is_some_and(|team| team.operators.iter().any(|known| known.id == operator)) {
            return Err(AppError::Refused(Refusal::UnknownOperator));
        }
        self.store
            .add_operator(operator, number, KdfCost::default(), &mut self.env.rng())?;
        self.let_go()
    }

    /// Takes the key slots away of those who left the team. Somebody is always left, so who left last opens this device
    /// until one of the team has a PIN.
    pub(crate) fn let_go(&self) -> Result<(), AppError> {
        let identity = self.store.read(device::identity)?;
        let people: Vec<OperatorId> = identity
            .iter()
            .flat_map(|identity| &identity.operators)
            .map(|person| person.id)
            .collect();
        Ok(self.store.keep_operators(&people)?)
    }

    /// Changes one's own PIN.
    ///
    /// # Errors
    /// `wrong_pin`, `pin_delay`, `weak_pin` and what begins so.
    pub fn change_pin(&self, old: &str, new: &str) -> Result<(), AppError> {
        let home = self.store.home().clone();
        let vault = self.place.vault(home.secret_kind())?;
        home.change_pin(
            &*vault,
            self.operator,
            old,
            new,
            KdfCost::default(),
            self.env.moment(),
            &mut self.env.rng(),
        )?;
        self.weak_pin.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// The PIN that opened this device would not be taken today: an older program took it. Its owner is asked to change it.
    pub fn has_weak_pin(&self) -> bool {
        self.weak_pin.load(Ordering::Relaxed)
    }
}
