//! Asks the device for registrations of the same number; which of them count is `domain::duplicates`.

use crate::{AppError, Session, views::Found};
use domain::{duplicates::warns, ids::Rid, number::PersonalNumber};
use store::records;

impl Session {
    /// Registrations of the same number on this device, `rid` being the one in hand.
    pub(crate) fn same_number(&self, number: &PersonalNumber, rid: Option<Rid>) -> Result<Vec<Found>, AppError> {
        let found = self.store.read(|tx| -> Result<_, AppError> {
            let mut found = Vec::new();
            for other in records::same_number(tx, number)? {
                if let Some(record) = records::get(tx, &other)?
                    && warns(other, record.state, rid)
                {
                    found.push(Found::of(record));
                }
            }
            Ok(found)
        })?;
        found.into_iter().map(|found| self.veiled(found)).collect()
    }
}
