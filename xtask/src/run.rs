//! `cargo xtask run`: from a fresh machine to the main job done on real input.

use crate::context::Context;
use crate::error::Result;
use crate::install::{self, Need};
use crate::journey;
use crate::report::{self, Outcome, Step};
use crate::{test, ui, window};

const TOOLS: Step = Step {
    name: "tools",
    does: "what this machine lacks to build and to walk the journeys",
    run: |ctx| {
        let outcome = install::install(ctx, &[Need::Build, Need::Journey])?;
        ui::node(ctx)?;
        Ok(outcome)
    },
};

/// For a person at a display.
const SHOWN: [Step; 4] = [
    TOOLS,
    ui::BUILD,
    test::PROGRAMS,
    Step {
        name: "window",
        does: "the window with a local gateway, until it is closed",
        run: window::open,
    },
];

/// Where nobody would see a window.
const WALKED: [Step; 5] = [
    TOOLS,
    ui::BUILD,
    test::PROGRAMS,
    Step {
        name: "journey",
        does: "from a card's QR without network to a verdict, a correction and a card",
        run: |ctx| journey::walk(ctx).map(|()| Outcome::Passed),
    },
    Step {
        name: "window",
        does: "the same days in the real window, in a display in memory",
        run: window::walk,
    },
];

/// # Errors
/// That of the first step that fails.
pub fn run(ctx: &Context) -> Result<()> {
    match window::has_display() {
        true => report::walk(ctx, &SHOWN.each_ref()),
        false => report::walk(ctx, &WALKED.each_ref()),
    }
}
