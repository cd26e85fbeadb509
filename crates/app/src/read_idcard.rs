//! What a scanned ID card means on this device.

use crate::{AppError, Session, views::Found};
use domain::{
    idcard::{self, IdCardReading, IdCardStatus},
    practice,
    registration::Draft,
};
use serde::Serialize;

/// What a picture or text was.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdCardScan {
    /// A code was found in the picture.
    pub found: bool,
    /// What it said; absent when none was found.
    pub reading: Option<IdCardReading>,
    /// The form it fills; only where the reading may be used.
    pub draft: Option<Draft>,
    /// Registrations of the same number on this device.
    pub same_number: Vec<Found>,
}

impl IdCardScan {
    /// No code was found.
    pub const NOTHING: Self = Self {
        found: false,
        reading: None,
        draft: None,
        same_number: Vec::new(),
    };
}

impl Session {
    /// What the bytes of a code mean here: the way of every card, from a picture, a camera or a scanner.
    ///
    /// # Errors
    /// The code of the rule that keeps this person from being registered on this device, or of the store.
    pub fn read_scanned(&self, bytes: &[u8]) -> Result<IdCardScan, AppError> {
        self.judge(idcard::read(bytes))
    }

    /// The same for what a scanner typed as a keyboard, which may have passed through an input method.
    ///
    /// # Errors
    /// As [`Session::read_scanned`].
    pub fn read_typed(&self, text: &str) -> Result<IdCardScan, AppError> {
        self.judge(idcard::read_typed(text))
    }

    /// The same for the codes found in a picture: a card where there is one, else the first.
    ///
    /// # Errors
    /// As [`Session::read_scanned`].
    pub fn read_found(&self, found: Vec<scan::Found>) -> Result<IdCardScan, AppError> {
        match best(found) {
            Some(bytes) => self.read_scanned(&bytes),
            None => Ok(IdCardScan::NOTHING),
        }
    }

    fn judge(&self, reading: IdCardReading) -> Result<IdCardScan, AppError> {
        // Who must not be registered here is said before anything is typed.
        if let Some(number) = &reading.fields.number {
            practice::admit(self.identity.realm, number).map_err(|not_here| AppError::Refused(not_here.into()))?;
        }
        let same_number = match &reading.fields.number {
            Some(number) => self.same_number(number, None)?,
            None => Vec::new(),
        };
        Ok(IdCardScan {
            found: true,
            draft: reading.to_draft_fields(),
            same_number,
            reading: Some(reading),
        })
    }
}

/// A card's own code wins over whatever else lies on the table.
pub fn best(found: Vec<scan::Found>) -> Option<Vec<u8>> {
    let card = found
        .iter()
        .position(|found| idcard::read(&found.bytes).status != IdCardStatus::NotACard);
    found.into_iter().nth(card.unwrap_or(0)).map(|found| found.bytes)
}
