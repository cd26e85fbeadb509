//! How often a wrong PIN was typed. It lies in two places, `attempts` in the home folder and a note beside the device
//! secret, each sealed under a key of that secret. Every change has a higher number than the one before, and the place with
//! the higher number counts: putting one back gives no attempt back. Both are overwritten in place, so a full disk keeps
//! nobody out and lets nobody try for nothing.
//!
//! Who puts both back on a copied disk is beyond this: there the device secret is the protection (ADR 29).

use crate::{
    Moment, Result, StoreError,
    hashing::{Key, derive, seal, unseal},
    in_place::InPlace,
    pin::Attempts,
};
use domain::ids::OperatorId;
use minicbor::{Decode, Encode};
use std::path::Path;

const NAME: &str = "attempts";
/// Longest note: some hundred people who all mistyped.
const LONGEST: usize = 4096;

/// Everybody's wrong attempts. Who is not named has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Tally {
    /// Rises with every change.
    #[n(0)]
    serial: u64,
    #[n(1)]
    people: Vec<(OperatorId, Attempts)>,
}

impl Tally {
    pub(crate) fn of(&self, operator: OperatorId) -> Option<Attempts> {
        let row = self.people.iter().find(|(known, _)| *known == operator);
        row.map(|(_, attempts)| *attempts)
    }

    fn with(mut self, operator: OperatorId, attempts: Attempts) -> Self {
        self.people.retain(|(known, _)| *known != operator);
        if attempts != Attempts::default() {
            self.people.push((operator, attempts));
        }
        self.serial += 1;
        self
    }

    fn newer(self, other: Self) -> Self {
        if other.serial > self.serial { other } else { self }
    }
}

/// What the places said.
struct Read {
    tally: Tally,
    /// A place that has been written before is empty.
    gone: bool,
    /// Nothing was ever written.
    fresh: bool,
}

/// The place beside the device secret.
pub(crate) trait Beside {
    fn counts(&self) -> Result<Vec<Vec<u8>>>;
    fn keep(&self, turn: u64, count: &[u8]) -> Result<()>;
}

/// The two places of one home.
pub(crate) struct Counter<B> {
    here: InPlace,
    beside: B,
    key: Key,
}

impl<B: Beside> Counter<B> {
    /// `id` is the home's.
    pub(crate) fn new(home: &Path, id: &[u8; 16], beside: B, secret: &Key) -> Self {
        Self {
            here: InPlace::at(home.join(NAME)),
            beside,
            key: derive(secret.as_ref(), id, "tungnha/1/attempts"),
        }
    }

    fn read(&self, remembered: Option<&Tally>) -> Result<Read> {
        let open = |sealed: Vec<Vec<u8>>| {
            let tallies = sealed.iter().filter_map(|bytes| {
                let plain = unseal(&self.key, NAME, bytes).ok()?;
                protocol::cbor::decode::<Tally>(&plain, LONGEST).ok()
            });
            tallies.reduce(Tally::newer)
        };
        let here = open(self.here.read()?);
        let there = open(self.beside.counts()?);
        let (gone, fresh) = (here.is_none() || there.is_none(), here.is_none() && there.is_none());
        let all = [here, there, remembered.cloned()].into_iter().flatten();
        Ok(Read {
            tally: all.reduce(Tally::newer).unwrap_or_default(),
            gone,
            fresh,
        })
    }

    /// Durable in both places when this returns. One that is full or away does not stop the other.
    fn write(&self, tally: &Tally) -> Result<()> {
        let sealed = seal(&self.key, NAME, &protocol::cbor::encode(tally));
        let here = self.here.write(tally.serial, &sealed);
        let there = self.beside.keep(tally.serial, &sealed);
        match (here, there) {
            (Err(error), Err(_)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Counts an attempt before it is judged, unless a wait is not over yet. `before`: what `slots.json` of an older
    /// program counted, where the slot was never opened by one that counts here.
    ///
    /// Where a place is empty that must not be, somebody took it away: as after the last free attempt, a wait begins.
    pub(crate) fn count(
        &self,
        operator: OperatorId,
        before: Option<Attempts>,
        remembered: &mut Option<Tally>,
        now: Moment,
    ) -> Result<Attempts> {
        let Read { tally, gone, fresh } = self.read(remembered.as_ref())?;
        let known = match (tally.of(operator), before) {
            (None, Some(before)) if fresh => before,
            (known, _) => known.unwrap_or_default(),
        };
        let suspicious = gone && before.is_none() && known.left() > 0;
        let known = if suspicious { known.without_free(now) } else { known };
        let wait_seconds = known.wait(now);
        let counted = if wait_seconds > 0 { known } else { known.counted(now) };
        if suspicious || wait_seconds == 0 {
            let tally = tally.with(operator, counted);
            let written = self.write(&tally);
            *remembered = Some(tally);
            match written {
                // Only where a place has to be made first. This program counts as long as it runs.
                Err(StoreError::DiskFull) => {}
                other => other?,
            }
        }
        match wait_seconds {
            0 => Ok(counted),
            wait_seconds => Err(StoreError::PinDelay { wait_seconds }),
        }
    }

    /// The PIN was right. What cannot be written now is forgiven the next time.
    pub(crate) fn forgive(&self, operator: OperatorId, remembered: &mut Option<Tally>) {
        if let Ok(Read { tally, .. }) = self.read(remembered.as_ref()) {
            let tally = tally.with(operator, Attempts::default());
            let _ = self.write(&tally);
            *remembered = Some(tally);
        }
    }

    /// Begins counting: both places are there from the first slot on.
    pub(crate) fn begin(&self) -> Result<()> {
        let Read { mut tally, gone, .. } = self.read(None)?;
        if gone {
            tally.serial += 1;
            self.write(&tally)?;
        }
        Ok(())
    }
}
