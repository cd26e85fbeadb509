//! What runs beside the page on the real program: its tests, the walk through every screen, the pictures.

use crate::context::Context;
use crate::dev;
use crate::error::Result;
use crate::proc::{Child, on_path};
use crate::report::{Outcome, Step, Takes};
use crate::ui;

/// The page's tests; those about what the program answers stand on the development server.
pub const TESTS: Step = Step {
    name: "page-tests",
    does: "tests of the page, on the real program",
    takes: Takes::seconds(90, 60),
    run: |ctx| on_the_program(ctx, "test", &[]),
};

/// Every screen in Chromium, on the real program.
pub const ACCESSIBILITY: Step = Step {
    name: "accessibility",
    does: "axe on every screen, in both languages, both ways up, and the colours of every theme, on the real program",
    takes: Takes::seconds(340, 340),
    run: |ctx| {
        if !on_path("chromium") {
            return Ok(Outcome::Skipped("chromium is not installed".into()));
        }
        on_the_program(ctx, "axe", &[])
    },
};

/// Walks the scenes whose names begin so, all when none is named, and leaves their pictures in target/screens.
///
/// # Errors
/// When something cannot be built, or something is wrong with a screen.
pub fn screens(ctx: &Context, scenes: &[String]) -> Result<()> {
    on_the_program(ctx, "screens", scenes).map(drop)
}

/// A script of the page with the development server, which it starts by itself.
fn on_the_program(ctx: &Context, script: &str, words: &[String]) -> Result<Outcome> {
    ui::packages(ctx)?;
    dev::build_server(ctx)?;
    Child::new(&ui::folder(ctx), "npm")
        .args(["run", "--silent", script, "--"])
        .args(words)
        .env("DEV_SERVER_PROGRAM", ctx.example("dev-server"))
        .run()
        .map(|()| Outcome::Passed)
}
