//! Pre-printed cards on the device: one is bound to a registration by scanning it, also without a network.
//!
//! The device asks what it can know: is the blank the platform's (signature), of this world and team, not void and not used
//! by the last list, not bound here. What only the platform can know (the same blank bound on another tablet) comes back
//! with the next contact as something to do; the registration stands in any case.

use crate::refusal::Refusal;
use crate::{AppError, Session};
use domain::{
    blank::{self, BlankEvent, BlankNumber, BlankRefusal, BlankState},
    code::Code,
    ids::{Realm, Rid, UnixTime},
};
use protocol::{
    blanks::{BLANKS_MAX, BlankAnswer, BlankLine, BlankOutcome, BlankPool, BlankReport, PrintedBlank},
    enrolment::Trust,
};
use serde::Serialize;
use store::{
    Read, StoreError,
    blanks::{self, UsedBlank},
    device, records,
};

/// A pre-printed card as this device knows it.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownBlank {
    /// Number.
    pub number: BlankNumber,
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
    /// Why the platform did not take the binding: the blank must be exchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
    /// When it was used, by the device's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<f64>"))]
    pub changed_at: Option<UnixTime>,
}

/// A blank in a resident's hands that must be exchanged.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlankTask {
    /// The blank.
    pub number: BlankNumber,
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
pub struct BlankAccount {
    /// Blanks of the team that can still be handed out; absent before the first contact.
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
    /// Blanks that must be exchanged, oldest first.
    pub tasks: Vec<BlankTask>,
}

/// Why this device does not bind a blank.
fn refused(refusal: BlankRefusal) -> AppError {
    AppError::Refused(refusal.into())
}

impl KnownBlank {
    pub(crate) fn used(blank: &UsedBlank) -> Self {
        Self {
            number: blank.number,
            state: blank.state.name(),
            rid: blank.bound.map(|(rid, _)| rid),
            code: blank.bound.map(|(_, code)| code),
            told: blank.told,
            refused: blank.refused.map(BlankRefusal::code),
            changed_at: Some(blank.changed_at),
        }
    }
}

impl Session {
    /// A blank of this device's platform, world and team. Nothing is kept.
    fn read_blank(&self, tx: &Read<'_>, text: &str) -> Result<(BlankNumber, BlankPool), AppError> {
        if !protocol::blanks::looks_like(text) {
            return Err(AppError::Refused(Refusal::CardNotOurs));
        }
        let printed = PrintedBlank::read(text).map_err(|_| AppError::Refused(Refusal::CardForged))?;
        // The world is told first: a practice blank is signed by a key that a real device does not know.
        if printed.blank.number.realm() != self.identity.realm {
            return Err(AppError::Refused(Refusal::CardOtherWorld));
        }
        let trust = Trust::read(&device::trust(tx)?.ok_or(StoreError::NotEnrolled)?)?;
        let practice = [crate::practice::blank_key().public()];
        let keys = match self.identity.realm {
            Realm::Practice => &practice[..],
            _ => trust.blank_keys(),
        };
        printed
            .verify(keys)
            .map_err(|_| AppError::Refused(Refusal::CardForged))?;
        let (pool, _) = blanks::pool(tx)?.ok_or(AppError::Refused(Refusal::CardPoolUnknown))?;
        if printed.blank.team != pool.team {
            return Err(refused(BlankRefusal::OtherTeam));
        }
        Ok((printed.blank.number, pool))
    }

    /// Binds a scanned blank to a registration. The same again changes nothing.
    ///
    /// # Errors
    /// `card_not_ours`, `card_forged`, `card_other_world`, `card_other_team`, `card_void`, `card_spoiled`, `card_bound`,
    /// `card_pool_unknown`, `has_a_card`, `not_in_this_state`, `unknown_rid`. Nothing changes then.
    pub fn bind_blank(&self, rid: Rid, text: &str) -> Result<KnownBlank, AppError> {
        let moment = self.env.moment();
        let blank = self.store.write(|tx| -> Result<_, AppError> {
            let (number, pool) = self.read_blank(tx, text)?;
            let record = records::get(tx, &rid)?.ok_or(AppError::Refused(Refusal::UnknownRid))?;
            let code = record.code.ok_or(AppError::Refused(Refusal::NotInThisState))?;
            if record.state == domain::state::State::Withdrawn {
                return Err(AppError::Refused(Refusal::NotInThisState));
            }
            let here = blanks::get(tx, number)?;
            let state = match &here {
                Some(blank) => blank.state,
                None => listed(&pool, number)?,
            };
            let after = blank::next(state, BlankEvent::Bind(code)).map_err(refused)?;
            if after != state {
                let holds = |blank: &UsedBlank| blank.state != BlankState::Spoiled && blank.refused.is_none();
                if blanks::of_registration(tx, &rid)?.iter().any(holds) {
                    return Err(AppError::Refused(Refusal::HasACard));
                }
                blanks::bind(tx, number, &rid, code, self.operator, self.clock_in(tx)?.now())?;
                self.audit(tx, moment, "card_bound", Some(rid), None)?;
            }
            Ok(blanks::get(tx, number)?)
        })?;
        blank
            .as_ref()
            .map(KnownBlank::used)
            .ok_or(AppError::Refused(Refusal::UnknownRid))
    }

    /// A blank is torn, badly printed or lost: by its QR or by its number. The same again changes nothing.
    ///
    /// # Errors
    /// As [`Session::bind_blank`]; `card_number_form` or `card_number_mistyped` for a number, `card_unknown` for one that is
    /// not of this team.
    pub fn spoil_blank(&self, text: &str) -> Result<KnownBlank, AppError> {
        let moment = self.env.moment();
        let blank = self.store.write(|tx| -> Result<_, AppError> {
            let (number, pool) = match protocol::blanks::looks_like(text) {
                true => self.read_blank(tx, text)?,
                false => {
                    let number: BlankNumber = text
                        .parse()
                        .map_err(|bad: blank::BadBlankNumber| AppError::Refused(bad.into()))?;
                    let (pool, _) = blanks::pool(tx)?.ok_or(AppError::Refused(Refusal::CardPoolUnknown))?;
                    // One that was used here is known, also where the list of sheets is older than its sheet.
                    let known = pool.made.iter().any(|range| range.contains(number));
                    if !known && blanks::get(tx, number)?.is_none() {
                        return Err(refused(BlankRefusal::Unknown));
                    }
                    (number, pool)
                }
            };
            let state = match blanks::get(tx, number)? {
                Some(blank) => blank.state,
                None => listed(&pool, number)?,
            };
            let after = blank::next(state, BlankEvent::Spoil).map_err(refused)?;
            if after == BlankState::Void {
                return Err(refused(BlankRefusal::Void));
            }
            if after != state {
                blanks::spoil(tx, number, self.operator, self.clock_in(tx)?.now())?;
                self.audit(tx, moment, "card_spoiled", None, None)?;
            }
            Ok(blanks::get(tx, number)?)
        })?;
        blank
            .as_ref()
            .map(KnownBlank::used)
            .ok_or(refused(BlankRefusal::Unknown))
    }

    /// What this device knows of pre-printed cards.
    pub fn blank_account(&self) -> Result<BlankAccount, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let used = blanks::list(tx)?;
            let pool = blanks::pool(tx)?;
            let count = |what: &dyn Fn(&UsedBlank) -> bool| used.iter().filter(|blank| what(blank)).count() as u64;
            // What the platform has not heard of yet is not on its list as used.
            let unlisted = |pool: &BlankPool| {
                count(&|blank| {
                    pool.made.iter().any(|range| range.contains(blank.number))
                        && !pool
                            .used
                            .iter()
                            .chain(&pool.void)
                            .any(|range| range.contains(blank.number))
                })
            };
            Ok(BlankAccount {
                blank: pool
                    .as_ref()
                    .map(|(pool, _)| pool.blank().saturating_sub(unlisted(pool))),
                listed_at: pool.as_ref().map(|(_, at)| *at),
                bound: count(&|blank| blank.state != BlankState::Spoiled),
                spoiled: count(&|blank| blank.state == BlankState::Spoiled),
                untold: count(&|blank| !blank.told),
                tasks: blank_tasks(tx)?,
            })
        })
    }

    /// Blanks used on this device, the one used last first.
    pub fn used_blanks(&self) -> Result<Vec<KnownBlank>, AppError> {
        Ok(self.store.read(blanks::list)?.iter().map(KnownBlank::used).collect())
    }

    /// Blanks that must be exchanged, oldest first.
    pub fn blank_tasks(&self) -> Result<Vec<BlankTask>, AppError> {
        self.store.read(blank_tasks)
    }

    /// A blank's QR or number, judged by what this device knows; `None` when the text is neither.
    pub(crate) fn judge_blank(&self, text: &str) -> Result<Option<Result<KnownBlank, &'static str>>, AppError> {
        let number = text.parse::<BlankNumber>();
        if !protocol::blanks::looks_like(text) && number.is_err() && !BlankNumber::looks_like(text) {
            return Ok(None);
        }
        self.store.read(|tx| -> Result<_, AppError> {
            let read = match (protocol::blanks::looks_like(text), number) {
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
            if let Some(blank) = blanks::get(tx, number)? {
                return Ok(Some(Ok(KnownBlank::used(&blank))));
            }
            let Some((pool, _)) = blanks::pool(tx)? else {
                return Ok(Some(Err(Refusal::CardPoolUnknown.code())));
            };
            Ok(Some(match listed(&pool, number) {
                Ok(state) => Ok(KnownBlank {
                    number,
                    state: state.name(),
                    rid: None,
                    code: None,
                    told: true,
                    refused: None,
                    changed_at: None,
                }),
                Err(AppError::Refused(Refusal::CardUsedElsewhere)) => Ok(KnownBlank {
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

    /// The registration to which a blank's QR or number is bound here.
    pub(crate) fn bound_here(&self, text: &str) -> Result<Option<Rid>, AppError> {
        let number = match PrintedBlank::read(text) {
            Ok(printed) => Some(printed.blank.number),
            Err(_) => text.parse().ok(),
        };
        let Some(number) = number else { return Ok(None) };
        let blank = self.store.read(|tx| blanks::get(tx, number))?;
        Ok(blank.and_then(|blank| blank.bound).map(|(rid, _)| rid))
    }

    /// What the platform has not answered yet, with the revision that was said.
    pub(crate) fn blank_report(&self) -> Result<(BlankReport, Vec<u64>), AppError> {
        let untold = self.store.read(|tx| blanks::untold(tx, BLANKS_MAX))?;
        let revisions = untold.iter().map(|blank| blank.revision).collect();
        let blanks = untold
            .into_iter()
            .map(|blank| BlankLine {
                number: blank.number,
                code: blank.bound.map(|(_, code)| code),
                spoiled: blank.state == BlankState::Spoiled,
                at: blank.changed_at,
                operator: blank.operator,
                ext: Default::default(),
            })
            .collect();
        let device = self.identity.device;
        Ok((
            BlankReport {
                device,
                blanks,
                ext: Default::default(),
            },
            revisions,
        ))
    }

    /// Applies the platform's answer. Any number of times, late and in any order it ends in the same state.
    pub(crate) fn apply_blanks(
        &self,
        report: &BlankReport,
        revisions: &[u64],
        answer: &BlankAnswer,
    ) -> Result<u64, AppError> {
        if answer.blanks.len() != report.blanks.len() {
            return Ok(0);
        }
        let moment = self.env.moment();
        store::point!("blanks.before_apply");
        self.store.write(|tx| -> Result<_, AppError> {
            self.hear_time(tx, answer.time)?;
            let mut refusals = 0;
            for ((line, revision), outcome) in report.blanks.iter().zip(revisions).zip(&answer.blanks) {
                if matches!(outcome, BlankOutcome::Newer(_)) {
                    // Only a newer program reads it: the blank stays untold and is told again.
                    continue;
                }
                blanks::answered(tx, line.number, *revision, outcome.refusal())?;
                if outcome.refusal().is_some() {
                    refusals += 1;
                    let rid = blanks::get(tx, line.number)?
                        .and_then(|blank| blank.bound)
                        .map(|(rid, _)| rid);
                    self.audit(tx, moment, "card_refused", rid, None)?;
                }
            }
            Ok(refusals)
        })
    }
}

/// How a blank that was not used here stands by the last list.
fn listed(pool: &BlankPool, number: BlankNumber) -> Result<BlankState, AppError> {
    let within = |ranges: &[blank::BlankRange]| ranges.iter().any(|range| range.contains(number));
    if within(&pool.void) {
        return Ok(BlankState::Void);
    }
    if within(&pool.used) {
        return Err(AppError::Refused(Refusal::CardUsedElsewhere));
    }
    // Sheets made since the last contact are on no list yet; the signature vouches for them.
    Ok(BlankState::Unused)
}

fn blank_tasks(tx: &Read<'_>) -> Result<Vec<BlankTask>, AppError> {
    let mut tasks = Vec::new();
    for blank in blanks::to_exchange(tx)? {
        let (Some((rid, code)), Some(reason)) = (blank.bound, blank.refused) else {
            continue;
        };
        let initials = records::get(tx, &rid)?
            .map(|record| record.initials)
            .unwrap_or_default();
        tasks.push(BlankTask {
            number: blank.number,
            rid,
            code,
            initials,
            reason: reason.code(),
            bound_at: blank.changed_at,
        });
    }
    Ok(tasks)
}
