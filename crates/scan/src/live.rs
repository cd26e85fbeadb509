//! Frames of one camera, one after the other: what one frame costs is bounded, and what one frame missed the next may read.

use crate::{
    Found, Luma, STAGES,
    soft::{Fusion, Sight, Track},
};

/// [`Found::stage`] of a code that no single frame showed well enough.
pub const TOGETHER: &str = "together";

/// [`Found::stage`] of a code that was found because it was near there in the frame before.
pub const FOLLOWED: &str = "followed";

/// A code that was not seen for so many frames is no longer where it was.
const LONGEST_TRACK: u32 = 6;

/// Later stages that look at one frame.
const LATER: usize = 2;

/// Reads a running camera. Every frame passes the first stage; after a miss what was seen of a code is read softly, alone
/// and together with the frames before, and two later stages look too, each frame the next in turn.
#[derive(Default)]
pub struct Live {
    turn: usize,
    fusion: Fusion,
    /// Where a code was seen last, and how many frames ago.
    track: Option<Track>,
    missed: u32,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("turn", &self.turn).finish_non_exhaustive()
    }
}

impl Live {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every code read in the next frame; empty when none was.
    pub fn look(&mut self, frame: &Luma) -> Vec<Found> {
        self.fusion.next();
        let mut sight = Sight::new(frame);
        let found = self.search(&mut sight);
        if found.is_empty() {
            self.missed += 1;
            if self.missed > LONGEST_TRACK {
                self.track = None;
            }
        } else {
            self.fusion.clear();
            self.track = None;
        }
        found
    }

    fn search(&mut self, sight: &mut Sight) -> Vec<Found> {
        // The second stage goes on with what the first one found and costs next to nothing where that was nothing.
        let (each, later) = STAGES.split_at(2);
        for stage in each {
            let found = stage.attempt(sight, &mut || true);
            if !found.is_empty() {
                return found;
            }
        }
        let mut found = self.together(sight);
        if let (true, Some(track)) = (found.is_empty(), self.track) {
            found = sight.follow(&track);
            found.iter_mut().for_each(|code| code.stage = FOLLOWED);
            if found.is_empty() {
                found = self.together(sight);
            }
        }
        for stage in later.iter().cycle().skip(self.turn).take(LATER) {
            if !found.is_empty() {
                return found;
            }
            found = stage.attempt(sight, &mut || true);
            self.turn = (self.turn + 1) % later.len();
        }
        // A later stage may have seen a code that it could not read either.
        if found.is_empty() {
            found = self.together(sight);
        }
        found
    }

    fn together(&mut self, sight: &mut Sight) -> Vec<Found> {
        let Some(seen) = sight.unread() else { return Vec::new() };
        self.track = Some(seen.track());
        self.missed = 0;
        let read = self.fusion.add(seen);
        read.map(|code| Found {
            stage: TOGETHER,
            ..code
        })
        .into_iter()
        .collect()
    }
}
