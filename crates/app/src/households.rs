//! Households on this device: people who live at one address.

use crate::{AppError, Session, views::Found};
use domain::{
    Sensitive,
    ids::{HouseholdId, UnixTime},
    registration::{DraftResidence, Residence},
    state::State,
};
use serde::Serialize;
use store::records::{self, Record};

/// Most households of one answer.
const MOST: u32 = 200;

/// A household on this device.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Household {
    /// Household.
    pub id: HouseholdId,
    /// Address line; empty once it is forgotten.
    pub address: String,
    /// Its people, newest first.
    pub people: Vec<Found>,
    /// The last registration there, seconds since 1970 UTC.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub last_at: UnixTime,
}

impl Session {
    /// Households on this device, the one visited last first, at most 200.
    pub fn households(&self) -> Result<Vec<Household>, AppError> {
        self.may_look_around()?;
        let ids = self.store.read(|tx| records::households(tx, MOST))?;
        let mut households = Vec::with_capacity(ids.len());
        for id in ids {
            households.extend(self.household(id)?);
        }
        Ok(households)
    }

    /// A household with its people, the one registered last first.
    fn household(&self, id: HouseholdId) -> Result<Option<Household>, AppError> {
        let mut people = self.store.read(|tx| records::in_household(tx, &id))?;
        people.retain(|person| !matches!(person.state, State::Draft | State::Discarded));
        people.reverse();
        let Some(last) = people.first() else { return Ok(None) };
        let known = people.iter().find_map(|person| person.content.as_ref());
        let address = known.map(|content| content.residence.line());
        Ok(Some(Household {
            id,
            address: address.unwrap_or_default(),
            last_at: last.saved_at.unwrap_or(last.begun_at),
            people: people.into_iter().map(Found::of).collect(),
        }))
    }

    /// The household at an address on this device, unless it is rented rooms.
    pub(crate) fn household_at(&self, residence: &DraftResidence) -> Result<Option<Household>, AppError> {
        let (Some(commune), Some(group)) = (&residence.commune, &residence.group) else {
            return Ok(None);
        };
        let Ok(commune) = commune.parse() else { return Ok(None) };
        if self.lease_is_over()? {
            return Ok(None);
        }
        if residence.lodging
            || residence
                .house
                .as_ref()
                .is_none_or(|house| house.expose().trim().is_empty())
        {
            return Ok(None);
        }
        let place = Residence {
            commune,
            group: group.clone(),
            house: residence.house.clone().unwrap_or_else(|| Sensitive::new(String::new())),
            lodging: false,
        };
        let same = self.store.read(|tx| records::same_address(tx, &place))?;
        for rid in same {
            if let Some(Record {
                household: Some(id), ..
            }) = self.store.read(|tx| records::get(tx, &rid))?
            {
                return self.household(id);
            }
        }
        Ok(None)
    }
}
