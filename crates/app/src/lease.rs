//! What an unlocked device shows when it has not heard of the platform for longer than its lease (`domain::lease`): old
//! records are locked for people. What was registered since stays in view, so that a card can be printed at the door.

use crate::{AppError, Session, refusal::Refusal, views::Found};
use domain::{
    ids::{Realm, Rid},
    lease::{Lease, Look},
};
use store::{
    device::{self, KeptLease},
    envelopes,
};

/// So much may be lost when the program is killed: ten minutes.
const COARSE: u64 = 600;

impl Session {
    /// Old records are locked until the platform is heard again.
    ///
    /// # Errors
    /// Of the store.
    pub fn lease_is_over(&self) -> Result<bool, AppError> {
        Ok(self.over_since()?.is_some())
    }

    /// Lists and searches show old records.
    pub(crate) fn may_look_around(&self) -> Result<(), AppError> {
        match self.lease_is_over()? {
            true => Err(AppError::Refused(Refusal::LeaseOver)),
            false => Ok(()),
        }
    }

    /// This one may be shown and printed.
    pub(crate) fn may_view(&self, rid: &Rid) -> Result<(), AppError> {
        match self.is_locked(rid)? {
            true => Err(AppError::Refused(Refusal::LeaseOver)),
            false => Ok(()),
        }
    }

    /// A line about a registration without what identifies the person, where that is locked.
    pub(crate) fn veiled(&self, found: Found) -> Result<Found, AppError> {
        Ok(match self.is_locked(&found.rid)? {
            true => Found {
                name: None,
                birth_year: None,
                address: None,
                ..found
            },
            false => found,
        })
    }

    pub(crate) fn is_locked(&self, rid: &Rid) -> Result<bool, AppError> {
        let Some(since) = self.over_since()? else {
            return Ok(false);
        };
        let first = self.store.read(|tx| envelopes::first_place(tx, rid))?;
        Ok(first.is_some_and(|first| first < since))
    }

    /// The platform has taken this device in.
    pub(crate) fn begin_lease(&self) -> Result<(), AppError> {
        match self.store.read(device::lease)? {
            Some(_) => Ok(()),
            None => self.renew_lease(),
        }
    }

    /// The platform has just answered.
    pub(crate) fn renew_lease(&self) -> Result<(), AppError> {
        let look = self.look()?;
        if let Some(contact) = self.store.read(device::server_floor)? {
            let lease = Lease::contacted(contact, look);
            let over_since = None;
            self.store
                .write(|tx| device::set_lease(tx, &KeptLease { lease, over_since }))?;
        }
        Ok(())
    }

    fn look(&self) -> Result<Look, AppError> {
        let (clock, moment) = (self.clock()?, self.env.moment());
        Ok(Look {
            now: clock.now(),
            monotonic: moment.monotonic,
            boot: moment.boot,
        })
    }

    /// Where the lease is over: the first envelope that is not old. Looks at the clocks and keeps what they say.
    fn over_since(&self) -> Result<Option<(u32, u64)>, AppError> {
        if self.identity.realm == Realm::Practice {
            return Ok(None);
        }
        let (look, days) = (self.look()?, self.settings()?.lease);
        let (kept, contact, position) = self.store.read(|tx| -> Result<_, AppError> {
            Ok((device::lease(tx)?, device::server_floor(tx)?, device::position(tx)?))
        })?;
        let Some(contact) = contact else { return Ok(None) };
        let lease = match &kept {
            Some(kept) => kept.lease.seen(contact, look),
            None => Lease::since(contact, look),
        };
        let before = kept.and_then(|kept| kept.over_since);
        let over_since = lease
            .over_by(days)
            .map(|_| before.unwrap_or((position.epoch, position.seq)));
        // Nothing kept: no contact since an older program. Looking alone writes nothing until it is over.
        let worth_keeping = kept.map_or(over_since.is_some(), |kept| {
            kept.over_since != over_since
                || lease.spent() < kept.lease.spent()
                || lease.spent() - kept.lease.spent() >= COARSE
        });
        if worth_keeping {
            // A full disk shows nobody more: what is kept is only older.
            let _ = self
                .store
                .write(|tx| device::set_lease(tx, &KeptLease { lease, over_since }));
        }
        Ok(over_since)
    }
}
