//! Commands that list: today, people, households, queue.

use super::Host;
use crate::{
    AppError, Session,
    rpc::{Failure, types::*},
};
use domain::{Sensitive, date::CivilDate, ids::HouseholdId, registration::DraftResidence, state::State};
use store::records::{self, Record};

/// Most rows of one page.
const PAGE: u32 = 200;
const SAVED: [State; 7] = [
    State::Queued,
    State::Received,
    State::Accepted,
    State::PossibleDuplicate,
    State::Refused,
    State::Withdrawn,
    State::Quarantined,
];

impl Found {
    /// A line about a registration.
    pub(crate) fn of(record: Record) -> Self {
        let content = record.content.as_ref();
        Self {
            rid: record.rid,
            code: record.code,
            state: record.state,
            name: content.map(|content| content.name.value.expose().to_owned()),
            birth_year: content.map(|content| content.birth.value.year()),
            address: content.map(|content| content.residence.line()),
            initials: record.initials,
        }
    }
}

impl Host {
    pub(crate) async fn today(&self, _: Nothing) -> Result<Today, Failure> {
        let session = self.session()?;
        let mut tasks = session.tasks()?;
        tasks.truncate(20);
        let recent = session.store.read(|tx| records::page(tx, &SAVED, 0, 10))?;
        let today = CivilDate::in_vietnam(self.env.now());
        let saved_today = session.store.read(|tx| records::saved_since(tx, today.begins_at()))?;
        Ok(Today {
            saved_today,
            queue: session.queue()?,
            tasks,
            cards: session.card_tasks()?,
            drafts: session.open_drafts()?,
            recent: recent.into_iter().map(Found::of).collect(),
        })
    }

    pub(crate) async fn list(&self, args: List) -> Result<Page, Failure> {
        let session = self.session()?;
        let states = match args.states.is_empty() {
            true => SAVED.to_vec(),
            false => args.states,
        };
        Ok(session.store.read(|tx| -> Result<_, AppError> {
            let counts = records::counts(tx)?;
            let total = State::ALL
                .iter()
                .zip(counts.by_state)
                .filter(|(state, _)| states.contains(state))
                .map(|(_, count)| count)
                .sum();
            let page = records::page(tx, &states, args.offset, args.limit.min(PAGE))?;
            Ok(Page {
                total,
                items: page.into_iter().map(Found::of).collect(),
            })
        })?)
    }

    pub(crate) async fn search(&self, args: Search) -> Result<Vec<Found>, Failure> {
        Ok(self.session()?.search(&args.text, args.limit.min(PAGE))?)
    }

    pub(crate) async fn households(&self, _: Nothing) -> Result<Vec<Household>, Failure> {
        let session = self.session()?;
        let ids = session.store.read(|tx| records::households(tx, PAGE))?;
        let mut households = Vec::with_capacity(ids.len());
        for id in ids {
            households.extend(session.household(id)?);
        }
        Ok(households)
    }

    pub(crate) async fn tasks(&self, _: Nothing) -> Result<Vec<Task>, Failure> {
        Ok(self.session()?.tasks()?)
    }

    pub(crate) async fn queue(&self, _: Nothing) -> Result<Queue, Failure> {
        Ok(self.session()?.queue()?)
    }
}

impl Session {
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
        if residence.lodging
            || residence
                .house
                .as_ref()
                .is_none_or(|house| house.expose().trim().is_empty())
        {
            return Ok(None);
        }
        let place = domain::registration::Residence {
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
