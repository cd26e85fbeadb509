//! The search as a table: what is tried, in which order, and what for.
//!
//! To try something new, write a function from what is known of a picture to codes and add a line here; `cargo xtask
//! bench-scan` prints what each line costs and buys.

use crate::{
    Found, Luma, filter,
    reader::rxing,
    soft::{Ring, Sight},
};

/// When a stage runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Always, so that a second code is found that an earlier stage missed.
    Always,
    /// Only while nothing has been found.
    OnMiss,
}

/// One attempt at a picture.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Stable name, kept in [`Found::stage`].
    pub name: &'static str,
    /// When it runs.
    pub run: Run,
    attempt: fn(&mut Sight) -> Vec<Found>,
}

impl Stage {
    /// What this stage alone reads in the picture; corners are in its pixels.
    pub fn read(&self, picture: &Luma) -> Vec<Found> {
        self.attempt(&mut Sight::new(picture))
    }

    pub(crate) fn attempt(&self, sight: &mut Sight) -> Vec<Found> {
        let mut found = (self.attempt)(sight);
        for code in &mut found {
            code.stage = self.name;
        }
        found
    }
}

const fn always(name: &'static str, attempt: fn(&mut Sight) -> Vec<Found>) -> Stage {
    Stage {
        name,
        run: Run::Always,
        attempt,
    }
}

const fn on_miss(name: &'static str, attempt: fn(&mut Sight) -> Vec<Found>) -> Stage {
    Stage {
        name,
        run: Run::OnMiss,
        attempt,
    }
}

/// The stages in their order: cheap and likely first.
pub const STAGES: &[Stage] = &[
    always("plain", |sight| sight.plain()),
    on_miss("equalised", |sight| sight.equalised()),
    on_miss("sharpened_half", |sight| {
        let (half, factor) = sight.half();
        let sharp = filter::unsharp(half, 2, 2);
        sight.filtered(&sharp, factor, Ring::Whole)
    }),
    on_miss("two_corners", |sight| sight.two_corners()),
    on_miss("ringed", |sight| sight.ringed()),
    on_miss("merged", |sight| sight.merged()),
    on_miss("rxing", |sight| rxing(sight.picture())),
    on_miss("sharpened", |sight| {
        sight.filtered(&filter::unsharp(sight.picture(), 3, 3), 1.0, Ring::Whole)
    }),
    on_miss("softened", |sight| {
        sight.filtered(&filter::box_blur(sight.picture(), 1), 1.0, Ring::Whole)
    }),
];
