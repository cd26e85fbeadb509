//! `cargo xtask run`: from a fresh machine to the main job done on real input.

use crate::build;
use crate::context::Context;
use crate::error::Result;
use crate::install::{self, Need};
use crate::proc::Child;
use crate::report::{self, Outcome, Step, Takes};
use crate::{ui, window};

/// For a person at a display. Nothing that only tests need is installed or compiled.
const SHOWN: [Step; 4] = [
    Step {
        name: "tools",
        does: "what this machine lacks to build",
        takes: Takes::seconds(60, 1),
        run: |ctx| {
            let outcome = install::install(ctx, &[Need::Build])?;
            ui::node(ctx)?;
            Ok(outcome)
        },
    },
    ui::BUILD,
    build::PROGRAMS,
    Step {
        name: "window",
        does: "the window with a local gateway, until it is closed",
        takes: Takes::seconds(0, 0),
        run: window::open,
    },
];

/// Where nobody would see a window.
const WALKED: [Step; 5] = [
    Step {
        name: "tools",
        does: "what this machine lacks to build, and to walk the journeys",
        takes: Takes::seconds(90, 1),
        run: |ctx| {
            let outcome = install::install(ctx, &[Need::Build, Need::Story])?;
            ui::node(ctx)?;
            Ok(outcome)
        },
    },
    ui::BUILD,
    build::WALKED,
    Step {
        name: "story",
        does: "from a card's QR without network to a verdict, a correction and a card",
        takes: Takes::seconds(20, 20),
        run: |ctx| {
            let folder = ctx.target.join("run");
            Child::new(&ctx.root, ctx.program("story")).args([folder]).run()?;
            Ok(Outcome::Passed)
        },
    },
    Step {
        name: "window",
        does: "the same days in the real window, in a display in memory",
        takes: Takes::seconds(120, 120),
        run: window::walk,
    },
];

/// # Errors
/// That of the first step that fails.
pub fn run(ctx: &Context) -> Result<()> {
    match window::has_display() {
        true => report::walk(ctx, "run", &SHOWN.each_ref()),
        false => report::walk(ctx, "run", &WALKED.each_ref()),
    }
}
