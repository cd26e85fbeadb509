//! `cargo xtask run`: from a fresh machine to the main job done on real input.

use crate::context::Context;
use crate::error::Result;
use crate::install::{self, Need};
use crate::journey;
use crate::report::{self, Outcome, Step};
use crate::test;

const STEPS: [Step; 3] = [
    Step {
        name: "tools",
        does: "what this machine lacks to build and to walk the journey",
        run: |ctx| install::install(ctx, &[Need::Build, Need::Journey]),
    },
    test::PROGRAMS,
    Step {
        name: "journey",
        does: "from a card's QR without network to a verdict, a correction and a card",
        run: |ctx| journey::walk(ctx).map(|()| Outcome::Passed),
    },
];

/// # Errors
/// That of the first step that fails.
pub fn run(ctx: &Context) -> Result<()> {
    report::walk(ctx, &STEPS.each_ref())
}
