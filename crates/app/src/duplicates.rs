//! How a duplicate is found on the device: by the personal number, among everything this device ever registered. What other
//! devices registered only the platform knows (`domain::verdict`).

use crate::{AppError, Session, views::Found};
use domain::{ids::Rid, number::PersonalNumber, state::State};
use store::records;

impl Session {
    /// Registrations of the same number on this device, also those whose content is gone; withdrawn ones and `rid` itself
    /// are left out. It warns and never refuses: whether it is the same person is for people to say.
    pub(crate) fn same_number(&self, number: &PersonalNumber, rid: Option<Rid>) -> Result<Vec<Found>, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let mut found = Vec::new();
            for other in records::same_number(tx, number)? {
                if let Some(record) = records::get(tx, &other)?
                    && Some(other) != rid
                    && record.state != State::Withdrawn
                {
                    found.push(Found::of(record));
                }
            }
            Ok(found)
        })
    }
}
