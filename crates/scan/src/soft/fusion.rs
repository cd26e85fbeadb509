//! Several pictures of one card: what glare, noise or movement hid in one may show in another.
//!
//! Not pixels are added up but how sure each module is, so pictures may be taken from anywhere. Two cards are never mixed:
//! a picture joins others only when the redundancy of its code is like theirs, and what was read from several has to agree
//! with each of them in every block.

use super::{
    decode::{Reading, formats, redundant_modules},
    equalise::Equaliser,
};
use crate::{Found, qr::Layout, soft::Track};
use std::collections::VecDeque;

/// Pictures kept.
const MOST_SEEN: usize = 8;
/// After so many frames a picture is forgotten.
const OLDEST: u64 = 20;
/// Correlation of two pictures of one code, or of a picture and the code read, is above this; of two codes it is nearly 0.
const LEAST_ALIKE: f32 = 0.25;
/// No single picture may be surer of a module than this, or one mistake would outweigh all others. Half as sure is usual.
const MOST_SURE: f32 = 8.0;

/// A code that was seen but not read.
pub(crate) struct Seen {
    pub(super) layout: &'static Layout,
    pub(super) equaliser: Equaliser,
    pub(super) sure: Vec<f32>,
    pub(super) track: Track,
}

impl Seen {
    /// Where it was.
    pub(crate) fn track(&self) -> Track {
        self.track
    }

    /// From -1 (dark) to 1 (light).
    fn leaning(&self, module: usize) -> f32 {
        (self.sure[module] / 2.0).clamp(-1.0, 1.0)
    }

    /// How sure each module is, on a scale that is the same for every picture unless one is much worse than others.
    fn votes(&self) -> impl Iterator<Item = f32> {
        let mut sizes: Vec<f32> = self
            .sure
            .iter()
            .map(|sure| sure.abs())
            .filter(|size| *size < 999.0)
            .collect();
        let middle = sizes.len() / 2;
        let usual = if sizes.is_empty() {
            1.0
        } else {
            *sizes.select_nth_unstable_by(middle, f32::total_cmp).1
        };
        let scale = (0.5 * MOST_SURE / usual.max(1e-3)).min(1.0);
        self.sure
            .iter()
            .map(move |sure| (sure * scale).clamp(-MOST_SURE, MOST_SURE))
    }

    fn alike(&self, other: &Seen, modules: &[usize]) -> f32 {
        let pairs = modules.iter().map(|&at| (self.leaning(at), other.leaning(at)));
        let (product, own, others) =
            pairs.fold((0.0, 1e-3, 1e-3), |(p, a, b), (x, y)| (p + x * y, a + x * x, b + y * y));
        product / (own * others).sqrt()
    }

    /// Whether every block of the code read is what this picture shows, as far as it shows it.
    fn agrees(&self, blocks: &[Vec<(usize, bool)>]) -> bool {
        blocks.iter().all(|block| {
            let (sum, all) = block.iter().fold((0.0, 1e-3), |(sum, all), &(at, dark)| {
                let leaning = self.leaning(at);
                (sum + if dark { -leaning } else { leaning }, all + leaning.abs())
            });
            sum / all > LEAST_ALIKE
        })
    }
}

/// The last pictures of codes that could not be read alone.
#[derive(Default)]
pub(crate) struct Fusion {
    now: u64,
    seen: VecDeque<(u64, Box<Seen>)>,
}

impl Fusion {
    /// Begins a new frame; forgets what is too old.
    pub(crate) fn next(&mut self) {
        self.now += 1;
        while self.seen.front().is_some_and(|(when, _)| when + OLDEST < self.now) {
            self.seen.pop_front();
        }
    }

    /// Forgets everything: a card was read.
    pub(crate) fn clear(&mut self) {
        self.seen.clear();
    }

    /// Adds a picture and reads what it and those before it that show the same code say together.
    pub(crate) fn add(&mut self, seen: Box<Seen>) -> Option<Found> {
        let (layout, outline) = (seen.layout, seen.track.pose.outline());
        let modules = redundant_modules(layout, formats(layout, &seen.sure)[0]);
        let (same, others): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut self.seen)
            .into_iter()
            .partition(|(_, old)| old.layout.version == layout.version && old.alike(&seen, &modules) > LEAST_ALIKE);
        let mut together: Vec<(u64, Box<Seen>)> = same.into();
        together.push((self.now, seen));
        let read = if together.len() > 1 {
            read(layout, &mut together)
        } else {
            None
        };
        if let Some(bytes) = read {
            return Some(Found::new(bytes, outline));
        }
        let mut all: Vec<(u64, Box<Seen>)> = others.into_iter().chain(together).collect();
        all.sort_by_key(|(when, _)| *when);
        all.drain(..all.len().saturating_sub(MOST_SEEN));
        self.seen = all.into();
        None
    }
}

/// Decides on the sum; what is mended teaches the equaliser of each picture, as it does in a single one.
fn read(layout: &'static Layout, together: &mut [(u64, Box<Seen>)]) -> Option<Vec<u8>> {
    let mut reading: Option<Reading> = None;
    for _ in 0..4 {
        let mut sum = vec![0.0; layout.modules.len()];
        for (_, seen) in together.iter() {
            sum.iter_mut().zip(seen.votes()).for_each(|(sum, vote)| *sum += vote);
        }
        let better = match &mut reading {
            Some(reading) => reading.advance(layout, &sum, true),
            None => {
                reading = Reading::begin(layout, &sum);
                reading.is_some()
            }
        };
        let reading = reading.as_ref()?;
        if let Some(content) = reading.content(layout) {
            let blocks = reading.redundancy(layout);
            return together
                .iter()
                .all(|(_, seen)| seen.agrees(&blocks))
                .then_some(content.bytes);
        }
        if !better {
            return None;
        }
        let certain = reading.certain(layout);
        for (_, seen) in together.iter_mut() {
            for &(module, dark) in &certain {
                seen.equaliser.learn(module, dark);
            }
            seen.equaliser.round(false);
            seen.sure = seen.equaliser.certainty();
        }
    }
    None
}
