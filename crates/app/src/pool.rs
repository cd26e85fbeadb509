//! Pre-printed cards on the device: one is bound to a registration by scanning it, also without a network.
//!
//! The device asks what it can know: is the card the platform's (signature), of this world and team, not void and not used
//! by the last list, not bound here. What only the platform can know (the same card bound on another tablet) comes back
//! with the next contact as something to do; the registration stands in any case.

use crate::refusal::Refusal;
use crate::{AppError, Session};
use domain::{
    code::Code,
    ids::{Realm, Rid, UnixTime},
    pool::{self, CardEvent, CardNumber, CardRefusal, CardState},
};
use protocol::{
    cards::{CARDS_MAX, CardAnswer, CardLine, CardOutcome, CardPool, CardReport, PrintedBlank},
    enrolment::Trust,
};
use serde::Serialize;
use store::{
    Read, StoreError,
    cards::{self, UsedCard},
    device, records,
};

/// A pre-printed card as this device knows it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolCard {
    /// Number.
    pub number: CardNumber,
    /// `blank`, `bound`, `spoiled`, `void`, or `used` by another tablet of the team.
    pub state: &'static str,
    /// The registration it was handed to here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rid: Option<Rid>,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The platform knows of it.
    pub told: bool,
    /// Why the platform did not take the binding: the card must be exchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
    /// When it was used, by the device's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub changed_at: Option<UnixTime>,
}

/// A card in a resident's hands that must be exchanged.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardTask {
    /// The card.
    pub number: CardNumber,
    /// The registration, which stands.
    pub rid: Rid,
    /// Its code.
    pub code: Code,
    /// `N.T.H`.
    pub initials: String,
    /// `card_bound`, `card_void`, ...
    pub reason: &'static str,
    /// When it was bound, by the device's clock.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bound_at: UnixTime,
}

/// The account of pre-printed cards, as far as this device can know it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardAccount {
    /// Cards of the team that can still be handed out; absent before the first contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub blank: Option<u64>,
    /// When the platform said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub listed_at: Option<UnixTime>,
    /// Handed out by this device.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bound: u64,
    /// Used up by this device.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub spoiled: u64,
    /// Of these, not yet told to the platform.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub untold: u64,
    /// Cards that must be exchanged, oldest first.
    pub tasks: Vec<CardTask>,
}

/// Why this device does not bind a card.
fn refused(refusal: CardRefusal) -> AppError {
    AppError::Refused(refusal.into())
}

impl PoolCard {
    pub(crate) fn used(card: &UsedCard) -> Self {
        Self {
            number: card.number,
            state: card.state.name(),
            rid: card.bound.map(|(rid, _)| rid),
            code: card.bound.map(|(_, code)| code),
            told: card.told,
            refused: card.refused.map(CardRefusal::code),
            changed_at: Some(card.changed_at),
        }
    }
}

impl Session {
    /// A blank card of this device's platform, world and team. Nothing is kept.
    fn read_blank(&self, tx: &Read<'_>, text: &str) -> Result<(CardNumber, CardPool), AppError> {
        if !protocol::cards::looks_like(text) {
            return Err(AppError::Refused(Refusal::CardNotOurs));
        }
        let printed = PrintedBlank::read(text).map_err(|_| AppError::Refused(Refusal::CardForged))?;
        // The world is told first: a practice card is signed by a key that a real device does not know.
        if printed.card.number.realm() != self.identity.realm {
            return Err(AppError::Refused(Refusal::CardOtherWorld));
        }
        let trust = Trust::read(&device::trust(tx)?.ok_or(StoreError::NotEnrolled)?)?;
        let practice = [crate::practice::card_key().public()];
        let keys = match self.identity.realm {
            Realm::Demo => &practice[..],
            _ => trust.card_keys(),
        };
        printed
            .verify(keys)
            .map_err(|_| AppError::Refused(Refusal::CardForged))?;
        let (pool, _) = cards::pool(tx)?.ok_or(AppError::Refused(Refusal::CardPoolUnknown))?;
        if printed.card.team != pool.team {
            return Err(refused(CardRefusal::OtherTeam));
        }
        Ok((printed.card.number, pool))
    }

    /// Binds a scanned card to a registration. The same again changes nothing.
    ///
    /// # Errors
    /// `card_not_ours`, `card_forged`, `card_other_world`, `card_other_team`, `card_void`, `card_spoiled`, `card_bound`,
    /// `card_pool_unknown`, `has_a_card`, `not_in_this_state`, `unknown_rid`. Nothing changes then.
    pub fn bind_card(&self, rid: Rid, text: &str) -> Result<PoolCard, AppError> {
        let moment = self.env.moment();
        let card = self.store.write(|tx| -> Result<_, AppError> {
            let (number, pool) = self.read_blank(tx, text)?;
            let record = records::get(tx, &rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
            let code = record.code.ok_or(AppError::Refused(Refusal::NotInThisState))?;
            if record.state == domain::state::State::Withdrawn {
                return Err(AppError::Refused(Refusal::NotInThisState));
            }
            let here = cards::get(tx, number)?;
            let state = match &here {
                Some(card) => card.state,
                None => listed(&pool, number)?,
            };
            let after = pool::next(state, CardEvent::Bind(code)).map_err(refused)?;
            if after != state {
                let holds = |card: &UsedCard| card.state != CardState::Spoiled && card.refused.is_none();
                if cards::of_registration(tx, &rid)?.iter().any(holds) {
                    return Err(AppError::Refused(Refusal::HasACard));
                }
                cards::bind(tx, number, &rid, code, self.operator, self.clock_in(tx)?.now())?;
                self.audit(tx, moment, "card_bound", Some(rid), None)?;
            }
            Ok(cards::get(tx, number)?)
        })?;
        card.as_ref()
            .map(PoolCard::used)
            .ok_or(AppError::Refused(Refusal::UnknownRid))
    }

    /// A card is torn, badly printed or lost: by its QR or by its number. The same again changes nothing.
    ///
    /// # Errors
    /// As [`Session::bind_card`]; `card_number_form` or `card_number_mistyped` for a number, `card_unknown` for one that is
    /// not of this team.
    pub fn spoil_card(&self, text: &str) -> Result<PoolCard, AppError> {
        let moment = self.env.moment();
        let card = self.store.write(|tx| -> Result<_, AppError> {
            let (number, pool) = match protocol::cards::looks_like(text) {
                true => self.read_blank(tx, text)?,
                false => {
                    let number: CardNumber = text
                        .parse()
                        .map_err(|bad: pool::BadCardNumber| AppError::Refused(bad.into()))?;
                    let (pool, _) = cards::pool(tx)?.ok_or(AppError::Refused(Refusal::CardPoolUnknown))?;
                    // One that was used here is known, also where the list of sheets is older than its sheet.
                    let known = pool.made.iter().any(|range| range.contains(number));
                    if !known && cards::get(tx, number)?.is_none() {
                        return Err(refused(CardRefusal::Unknown));
                    }
                    (number, pool)
                }
            };
            let state = match cards::get(tx, number)? {
                Some(card) => card.state,
                None => listed(&pool, number)?,
            };
            let after = pool::next(state, CardEvent::Spoil).map_err(refused)?;
            if after == CardState::Void {
                return Err(refused(CardRefusal::Void));
            }
            if after != state {
                cards::spoil(tx, number, self.operator, self.clock_in(tx)?.now())?;
                self.audit(tx, moment, "card_spoiled", None, None)?;
            }
            Ok(cards::get(tx, number)?)
        })?;
        card.as_ref().map(PoolCard::used).ok_or(refused(CardRefusal::Unknown))
    }

    /// What this device knows of pre-printed cards.
    pub fn card_account(&self) -> Result<CardAccount, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let used = cards::list(tx)?;
            let pool = cards::pool(tx)?;
            let count = |what: &dyn Fn(&UsedCard) -> bool| used.iter().filter(|card| what(card)).count() as u64;
            // What the platform has not heard of yet is not on its list as used.
            let unlisted = |pool: &CardPool| {
                count(&|card| {
                    pool.made.iter().any(|range| range.contains(card.number))
                        && !pool
                            .used
                            .iter()
                            .chain(&pool.void)
                            .any(|range| range.contains(card.number))
                })
            };
            Ok(CardAccount {
                blank: pool
                    .as_ref()
                    .map(|(pool, _)| pool.blank().saturating_sub(unlisted(pool))),
                listed_at: pool.as_ref().map(|(_, at)| *at),
                bound: count(&|card| card.state != CardState::Spoiled),
                spoiled: count(&|card| card.state == CardState::Spoiled),
                untold: count(&|card| !card.told),
                tasks: card_tasks(tx)?,
            })
        })
    }

    /// Cards used on this device, the one used last first.
    pub fn used_cards(&self) -> Result<Vec<PoolCard>, AppError> {
        Ok(self.store.read(cards::list)?.iter().map(PoolCard::used).collect())
    }

    /// Cards that must be exchanged, oldest first.
    pub fn card_tasks(&self) -> Result<Vec<CardTask>, AppError> {
        self.store.read(card_tasks)
    }

    /// A blank card's QR or number, judged by what this device knows; `None` when the text is neither.
    pub(crate) fn judge_blank(&self, text: &str) -> Result<Option<Result<PoolCard, &'static str>>, AppError> {
        let number = text.parse::<CardNumber>();
        if !protocol::cards::looks_like(text) && number.is_err() && !CardNumber::looks_like(text) {
            return Ok(None);
        }
        self.store.read(|tx| -> Result<_, AppError> {
            let read = match (protocol::cards::looks_like(text), number) {
                (true, _) => self.read_blank(tx, text).map(|(number, _)| number),
                (false, Ok(number)) if number.realm() != self.identity.realm => {
                    Err(AppError::Refused(Refusal::CardOtherWorld))
                }
                (false, Ok(number)) => Ok(number),
                (false, Err(bad)) => Err(AppError::Refused(bad.into())),
            };
            let number = match read {
                Ok(number) => number,
                Err(AppError::Refused(refusal)) => return Ok(Some(Err(refusal.code()))),
                Err(error) => return Err(error),
            };
            if let Some(card) = cards::get(tx, number)? {
                return Ok(Some(Ok(PoolCard::used(&card))));
            }
            let Some((pool, _)) = cards::pool(tx)? else {
                return Ok(Some(Err(Refusal::CardPoolUnknown.code())));
            };
            Ok(Some(match listed(&pool, number) {
                Ok(state) => Ok(PoolCard {
                    number,
                    state: state.name(),
                    rid: None,
                    code: None,
                    told: true,
                    refused: None,
                    changed_at: None,
                }),
                Err(AppError::Refused(Refusal::CardUsedElsewhere)) => Ok(PoolCard {
                    number,
                    state: "used",
                    rid: None,
                    code: None,
                    told: true,
                    refused: None,
                    changed_at: None,
                }),
                Err(AppError::Refused(refusal)) => Err(refusal.code()),
                Err(error) => return Err(error),
            }))
        })
    }

    /// The registration to which a card's QR or number is bound here.
    pub(crate) fn bound_here(&self, text: &str) -> Result<Option<Rid>, AppError> {
        let number = match PrintedBlank::read(text) {
            Ok(printed) => Some(printed.card.number),
            Err(_) => text.parse().ok(),
        };
        let Some(number) = number else { return Ok(None) };
        let card = self.store.read(|tx| cards::get(tx, number))?;
        Ok(card.and_then(|card| card.bound).map(|(rid, _)| rid))
    }

    /// What the platform has not answered yet, with the revision that was said.
    pub(crate) fn card_report(&self) -> Result<(CardReport, Vec<u64>), AppError> {
        let untold = self.store.read(|tx| cards::untold(tx, CARDS_MAX))?;
        let revisions = untold.iter().map(|card| card.revision).collect();
        let cards = untold
            .into_iter()
            .map(|card| CardLine {
                number: card.number,
                code: card.bound.map(|(_, code)| code),
                spoiled: card.state == CardState::Spoiled,
                at: card.changed_at,
                operator: card.operator,
                ext: Default::default(),
            })
            .collect();
        let device = self.identity.device;
        Ok((
            CardReport {
                device,
                cards,
                ext: Default::default(),
            },
            revisions,
        ))
    }

    /// Applies the platform's answer. Any number of times, late and in any order it ends in the same state.
    pub(crate) fn apply_cards(
        &self,
        report: &CardReport,
        revisions: &[u64],
        answer: &CardAnswer,
    ) -> Result<u64, AppError> {
        if answer.cards.len() != report.cards.len() {
            return Ok(0);
        }
        let moment = self.env.moment();
        store::point!("cards.before_apply");
        self.store.write(|tx| -> Result<_, AppError> {
            device::raise_server_floor(tx, answer.time)?;
            let mut refusals = 0;
            for ((line, revision), outcome) in report.cards.iter().zip(revisions).zip(&answer.cards) {
                if matches!(outcome, CardOutcome::Newer(_)) {
                    // Only a newer program reads it: the card stays untold and is told again.
                    continue;
                }
                cards::answered(tx, line.number, *revision, outcome.refusal())?;
                if outcome.refusal().is_some() {
                    refusals += 1;
                    let rid = cards::get(tx, line.number)?
                        .and_then(|card| card.bound)
                        .map(|(rid, _)| rid);
                    self.audit(tx, moment, "card_refused", rid, None)?;
                }
            }
            Ok(refusals)
        })
    }
}

/// How a card that was not used here stands by the last list.
fn listed(pool: &CardPool, number: CardNumber) -> Result<CardState, AppError> {
    let within = |ranges: &[pool::CardRange]| ranges.iter().any(|range| range.contains(number));
    if within(&pool.void) {
        return Ok(CardState::Void);
    }
    if within(&pool.used) {
        return Err(AppError::Refused(Refusal::CardUsedElsewhere));
    }
    // Sheets made since the last contact are on no list yet; the signature vouches for them.
    Ok(CardState::Blank)
}

fn card_tasks(tx: &Read<'_>) -> Result<Vec<CardTask>, AppError> {
    let mut tasks = Vec::new();
    for card in cards::to_exchange(tx)? {
        let (Some((rid, code)), Some(reason)) = (card.bound, card.refused) else {
            continue;
        };
        let initials = records::get(tx, &rid)?
            .map(|record| record.initials)
            .unwrap_or_default();
        tasks.push(CardTask {
            number: card.number,
            rid,
            code,
            initials,
            reason: reason.code(),
            bound_at: card.changed_at,
        });
    }
    Ok(tasks)
}
