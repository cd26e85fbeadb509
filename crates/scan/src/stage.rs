//! The search as a table: what is tried, in which order, and what for.
//!
//! To try something new, write a function from what is known of a picture to codes and add a line here; `cargo xtask
//! bench-scan` prints what each line costs and buys.

use crate::{
    Found, Luma,
    budget::Budget,
    filter,
    reader::rxing,
    soft::{Ring, Sight},
};

/// One attempt at a picture.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Stable name, kept in [`Found::stage`].
    pub name: &'static str,
    attempt: Attempt,
}

/// Looks at a picture for as long as the budget lasts.
type Attempt = fn(&mut Sight, &mut Budget) -> Vec<Found>;

impl Stage {
    /// What this stage alone reads in the picture; corners are in its pixels.
    pub fn read(&self, picture: &Luma) -> Vec<Found> {
        self.attempt(&mut Sight::new(picture), &mut || true)
    }

    pub(crate) fn attempt(&self, sight: &mut Sight, budget: &mut Budget) -> Vec<Found> {
        let mut found = (self.attempt)(sight, budget);
        for code in &mut found {
            code.stage = self.name;
        }
        found
    }
}

const fn stage(name: &'static str, attempt: Attempt) -> Stage {
    Stage { name, attempt }
}

/// The stages in their order: cheap and likely first. Each runs only while nothing has been read; the first looks to its
/// end whatever the budget says.
pub const STAGES: &[Stage] = &[
    stage("plain", |sight, _| sight.plain()),
    stage("equalised", |sight, budget| sight.equalised(budget)),
    stage("straightened", |sight, budget| sight.straightened(budget)),
    stage("sharpened_half", |sight, budget| {
        let (half, factor) = sight.half();
        let sharp = filter::unsharp(half, 2, 2);
        sight.filtered(&sharp, factor, Ring::Whole, budget)
    }),
    stage("two_corners", |sight, budget| sight.two_corners(budget)),
    stage("rxing", |sight, _| rxing(sight.clearest())),
    stage("ringed", |sight, budget| sight.ringed(budget)),
    stage("merged", |sight, budget| sight.merged(budget)),
    stage("sharpened", |sight, budget| sight.sharpened(budget)),
    stage("softened", |sight, budget| {
        let soft = filter::box_blur(sight.picture(), 1);
        sight.filtered(&soft, 1.0, Ring::Whole, budget)
    }),
];
