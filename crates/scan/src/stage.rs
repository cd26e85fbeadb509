//! The search as a table: what is tried, in which order, and what for.
//!
//! To try something new, write a function from picture to codes and add a line here; the test that measures real
//! photographs prints how many codes each line contributes.

use crate::{
    Found, Luma, filter,
    reader::{enlarge, rqrr, rxing},
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
    attempt: fn(&Luma) -> Vec<Found>,
}

impl Stage {
    /// What this stage alone reads in the picture; corners are in its pixels.
    pub fn read(&self, picture: &Luma) -> Vec<Found> {
        let mut found = (self.attempt)(picture);
        for code in &mut found {
            code.stage = self.name;
        }
        found
    }
}

const fn always(name: &'static str, attempt: fn(&Luma) -> Vec<Found>) -> Stage {
    Stage {
        name,
        run: Run::Always,
        attempt,
    }
}

const fn on_miss(name: &'static str, attempt: fn(&Luma) -> Vec<Found>) -> Stage {
    Stage {
        name,
        run: Run::OnMiss,
        attempt,
    }
}

/// Doubling is for small codes in small pictures; above this many pixels it would cost seconds and gain nothing.
const MOST_PIXELS_TO_DOUBLE: usize = 3_000_000;

/// The stages in their order: cheap and likely first.
pub const STAGES: &[Stage] = &[
    always("rqrr", rqrr),
    always("rxing", rxing),
    on_miss("half", |picture| both(&filter::half(picture), 2.0)),
    on_miss("normalised", |picture| both(&filter::normalise(picture), 1.0)),
    on_miss("sharpened_double", |picture| {
        doubled(picture, |p| filter::unsharp(&p, 2, 1))
    }),
    on_miss("unsharp", |picture| both(&filter::unsharp(picture, 3, 2), 1.0)),
    on_miss("inverted", |picture| both(&filter::invert(picture), 1.0)),
    on_miss("quarter", |picture| both(&filter::half(&filter::half(picture)), 4.0)),
    on_miss("softened", |picture| both(&filter::box_blur(picture, 1), 1.0)),
    on_miss("normalised_double", |picture| {
        doubled(&filter::normalise(picture), |p| filter::unsharp(&p, 3, 1))
    }),
];

fn both(picture: &Luma, factor: f32) -> Vec<Found> {
    let mut found = rxing(picture);
    found.extend(rqrr(picture));
    enlarge(found, factor)
}

fn doubled(picture: &Luma, then: fn(Luma) -> Luma) -> Vec<Found> {
    if picture.pixels().len() > MOST_PIXELS_TO_DOUBLE {
        return Vec::new();
    }
    both(&then(filter::double(picture)), 0.5)
}
