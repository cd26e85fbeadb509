//! Master data on a device: what the platform's root signed, on top of what the program brings along.

use crate::{AppError, Session, known_master::Known};
use domain::{
    date::Day,
    master::{CommuneName, Master, Settings},
    notice::Notice,
};
use protocol::{
    enrolment::Trust,
    master::{MasterItem, MasterNews},
};
use std::sync::{Arc, PoisonError};
use store::{Moment, Write, device};

impl Session {
    /// Notices, communes and settings as they are known on this device.
    pub fn master(&self) -> Arc<Master> {
        self.known().master
    }

    pub(crate) fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads them anew after a contact.
    pub(crate) fn reread_master(&self) -> Result<(), AppError> {
        let known = self.store.read(Known::read)?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// Keeps what the root signed. What it did not is no error of the page: it is noted, and asked for again.
    pub(crate) fn apply_master(&self, tx: &Write<'_>, news: &MasterNews, moment: Moment) -> Result<(), AppError> {
        let Some(trust) = device::trust(tx)? else { return Ok(()) };
        let root = Trust::read(&trust)?.root;
        for signed in &news.items {
            match MasterItem::verify(&signed.0, root, self.identity.realm) {
                Ok(statement) if statement.serial > 0 => {
                    store::master::put(tx, statement.serial, &signed.0, moment.wall)?;
                }
                _ => self.audit(tx, moment, "master_refused", None, None)?,
            }
        }
        Ok(())
    }

    /// Today, for what is in force.
    fn day(&self) -> Result<Day, AppError> {
        Ok(self.clock()?.today().into())
    }

    /// The notice of this number; without a number, the one to show today.
    ///
    /// # Errors
    /// Of the store. A number that is not known gives today's: nobody is shown nothing.
    pub fn notice(&self, number: Option<u16>) -> Result<Notice, AppError> {
        let (master, day) = (self.master(), self.day()?);
        let known = number.and_then(|number| master.notice(number));
        Ok(known.unwrap_or_else(|| master.notice_on(day)).clone())
    }

    /// The communes of today, by code.
    ///
    /// # Errors
    /// Of the store.
    pub fn communes(&self) -> Result<Vec<CommuneName>, AppError> {
        Ok(self.master().communes_on(self.day()?).to_vec())
    }

    /// The settings of today.
    ///
    /// # Errors
    /// Of the store.
    pub fn settings(&self) -> Result<Settings, AppError> {
        Ok(self.master().settings_on(self.day()?))
    }
}
