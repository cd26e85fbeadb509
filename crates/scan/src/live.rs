//! Frames of one camera, one after the other: what one frame costs is bounded, and what one frame missed the next may read.

use crate::{Found, Luma, Run, STAGES};

/// Reads a running camera. Every frame passes the stages that always run; after a miss one later stage looks too, each
/// frame the next in turn.
#[derive(Debug, Default)]
pub struct Live {
    turn: usize,
}

impl Live {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every code read in the next frame; empty when none was.
    pub fn look(&mut self, frame: &Luma) -> Vec<Found> {
        let later: Vec<_> = STAGES.iter().filter(|stage| stage.run == Run::OnMiss).collect();
        for stage in STAGES.iter().filter(|stage| stage.run == Run::Always) {
            let found = stage.read(frame);
            if !found.is_empty() {
                return found;
            }
        }
        if later.is_empty() {
            return Vec::new();
        }
        let stage = later[self.turn % later.len()];
        self.turn += 1;
        stage.read(frame)
    }
}
