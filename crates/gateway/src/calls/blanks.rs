//! Pools of pre-printed cards: made here in sheets, signed by a key of their own, and accounted for to the last one.

use super::teams::{TeamRef, resolve};
use crate::{
    error::{Denied, GatewayError},
    gateway::{Gateway, vouches_for_blanks},
    rules::{
        blanks::{Known, settle},
        quotas::Quota,
    },
    store::{
        blanks,
        changes::{self, Marker},
        devices, quotas,
    },
};
use domain::{
    blank::{self, BlankEvent, BlankNumber, BlankRefusal, BlankState},
    ids::{DeviceId, UnixTime},
};
use print::BlankFace;
use protocol::{
    blanks::{BLANKS_MAX, Blank, BlankAnswer, BlankLine, BlankReport},
    receipt::request_digest,
    signed::Signed,
};
use rusqlite::Transaction;
use serde_json::json;

/// Blanks of a sheet (2 x 5 on A4).
pub const BLANKS_ON_A_SHEET: u32 = 10;
/// Most sheets made at once: a PDF that a printer still takes.
pub const MAX_SHEETS: u32 = 100;

/// Sheets that were made, and how they are printed.
pub struct MadeBlanks {
    /// Number of the first sheet.
    pub sheet: u32,
    /// First blank.
    pub first: BlankNumber,
    /// Last blank.
    pub last: BlankNumber,
    /// The sheets as PDF.
    pub pdf: Vec<u8>,
}

/// What calling a sheet void did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Voided {
    /// Blanks that are void now and were not before.
    pub void: u64,
    /// Blanks that had been handed out, used up or voided before: they stay as they are.
    pub left: u64,
}

impl Gateway {
    /// Makes sheets of blanks for a team: first numbers, which are void and never given out again; then the paper, with no
    /// transaction open; `keep` puts it where it is wanted; then the numbers are good. What is cut off in between is void.
    ///
    /// # Errors
    /// `usage` for an unknown team or number of sheets; `not_initialised` where no server has started since the platform
    /// has a key for blanks.
    pub fn make_blanks<'a>(
        &self,
        team: impl Into<TeamRef<'a>>,
        sheets: u32,
        keep: impl FnOnce(&MadeBlanks) -> Result<(), GatewayError>,
    ) -> Result<MadeBlanks, GatewayError> {
        if !(1..=MAX_SHEETS).contains(&sheets) {
            return Err(GatewayError::Usage("1 to 100 sheets at once"));
        }
        if !self.store.read(vouches_for_blanks)? {
            return Err(GatewayError::NotInitialised);
        }
        let key = &self.keys.blanks(&*self.env)?;
        let team = team.into();
        let (id, sheet, numbers) = self.store.write(|tx| self.number_blanks(tx, team, sheets))?;
        let number = u32::try_from(id).map_err(|_| GatewayError::Stored("team"))?;
        let face = |free: &BlankNumber| BlankFace {
            qr_text: Blank {
                number: *free,
                team: number,
            }
            .to_text(key),
            number: free.to_string(),
            realm: self.realm,
            team: Some(team.name.to_owned()),
        };
        let faces: Vec<_> = numbers.iter().map(face).collect();
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
            return Err(GatewayError::Stored("number"));
        };
        let made = MadeBlanks {
            sheet,
            first: *first,
            last: *last,
            pdf: print::blank_sheet_pdf(&faces).map_err(|_| GatewayError::Usage("the sheet cannot be drawn"))?,
        };
        keep(&made)?;
        let now = self.now();
        self.store.write(|tx| -> Result<_, GatewayError> {
            for number in &numbers {
                blanks::set(tx, *number, BlankState::Unused, None, now)?;
            }
            tell_team(tx, id)?;
            self.act(
                tx,
                "make_blanks",
                json!({ "team": id, "sheet": sheet, "first": first, "last": last }),
            )
        })?;
        Ok(made)
    }

    /// The next numbers of a team's sheets, void as yet.
    fn number_blanks(
        &self,
        tx: &Transaction<'_>,
        team: TeamRef<'_>,
        sheets: u32,
    ) -> Result<(i64, u32, Vec<BlankNumber>), GatewayError> {
        let id = resolve(tx, team)?;
        let serials = BlankNumber::serials(self.realm);
        let (first, sheet) = blanks::next(tx, serials)?;
        let end = first + sheets * BLANKS_ON_A_SHEET;
        if end > serials.1 {
            return Err(GatewayError::Usage("no card numbers are left"));
        }
        let mut numbers = Vec::with_capacity((end - first) as usize);
        for serial in first..end {
            let free = BlankNumber::from_serial(serial).ok_or(GatewayError::Stored("number"))?;
            let at = sheet + (serial - first) / BLANKS_ON_A_SHEET;
            blanks::insert(tx, free, id, at, self.now())?;
            numbers.push(free);
        }
        Ok((id, sheet, numbers))
    }

    /// Calls the blanks of sheets void.
    ///
    /// # Errors
    /// `usage` for a sheet that was never made.
    pub fn void_blanks(&self, sheets: &[u32]) -> Result<Voided, GatewayError> {
        let now = self.now();
        self.store.write(|tx| {
            let mut voided = Voided::default();
            for sheet in sheets {
                let list = blanks::of_sheet(tx, *sheet)?;
                let (_, first) = list.first().ok_or(GatewayError::Usage("no such sheet"))?;
                tell_team(tx, first.team)?;
                for (number, blank) in list {
                    match blank::next(blank.state, BlankEvent::Void) {
                        Ok(state) if state != blank.state => {
                            blanks::set(tx, number, state, None, now)?;
                            voided.void += 1;
                        }
                        _ => voided.left += 1,
                    }
                }
            }
            self.act(tx, "void_blanks", json!({ "sheets": sheets, "void": voided.void }))?;
            Ok(voided)
        })
    }

    /// `POST /v1/blanks`: how blanks stand on a device. The first word about a blank is the one that holds, in the order in
    /// which words arrive, for clocks lie; who comes later is told why. A registration is never touched by it.
    pub fn blanks(&self, device: DeviceId, request: &[u8]) -> Result<Vec<u8>, Denied> {
        let device = self.device(device)?;
        let report: BlankReport = Signed::verify(request, &[device.signing]).map_err(|_| Denied::Malformed)?;
        if report.device != device.id || device.revoked_at.is_some() {
            return Err(Denied::Forbidden);
        }
        if report.blanks.len() > BLANKS_MAX {
            return Err(Denied::TooLarge);
        }
        let now = self.now();
        let outcomes = self.store.write(|tx| -> Result<_, Denied> {
            let mut changed = false;
            let mut outcomes = Vec::with_capacity(report.blanks.len());
            for line in &report.blanks {
                let refusal = match note(tx, &device, line, now)? {
                    Ok(new) => {
                        changed |= new;
                        None
                    }
                    Err(refusal) => {
                        if quotas::use_up(tx, device.id, Quota::CardRefusals, now)?
                            && blanks::refuse(tx, line.number, device.id, line.code, refusal, now)?
                        {
                            tracing::warn!(device = device.id, reason = refusal.name(), "card_refused");
                        }
                        Some(refusal)
                    }
                };
                outcomes.push(refusal.into());
            }
            if changed {
                tell_team(tx, device.team)?;
            }
            Ok(outcomes)
        })?;
        Ok(self.sign(&BlankAnswer {
            request: request_digest(request),
            time: now,
            blanks: outcomes,
            ext: Default::default(),
        }))
    }
}

/// True when the blank changed by it.
fn note(
    tx: &Transaction<'_>,
    device: &devices::Device,
    line: &BlankLine,
    now: UnixTime,
) -> rusqlite::Result<Result<bool, BlankRefusal>> {
    let known = blanks::get(tx, line.number)?.map(|blank| Known {
        team: blank.team,
        state: blank.state,
    });
    let states = match settle(known, device.team, line) {
        Ok(states) => states,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for state in &states {
        blanks::set(tx, line.number, *state, Some(device.id), now)?;
    }
    Ok(Ok(!states.is_empty()))
}

fn tell_team(tx: &Transaction<'_>, team: i64) -> rusqlite::Result<()> {
    for device in devices::of_team(tx, team)? {
        changes::mark(tx, device, Marker::Blanks)?;
    }
    Ok(())
}
