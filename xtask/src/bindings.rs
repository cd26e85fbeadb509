//! The window's command table as TypeScript. The table itself writes it, in a test that otherwise compares.

use crate::context::Context;
use crate::error::Result;
use crate::proc::Child;
use crate::report::{Outcome, Step};

/// The test that writes or compares.
const TEST: &str = "the_windows_bindings_are_the_table";

/// The comparison, for `cargo xtask test`: the feature is on nowhere else, so that no program carries the generator.
pub const DRIFT: Step = Step {
    name: "bindings",
    does: "the window's TypeScript says what the command table says",
    run: |ctx| run(ctx, false).map(|()| Outcome::Passed),
};

/// Writes `ui/src/backend/bindings.ts`.
///
/// # Errors
/// When the table does not compile or the file cannot be written.
pub fn write(ctx: &Context) -> Result<()> {
    run(ctx, true)
}

fn run(ctx: &Context, write: bool) -> Result<()> {
    let test = Child::cargo(&ctx.root).args([
        "test",
        "--quiet",
        "--locked",
        "-p",
        "tungnha-host",
        "--features",
        "bindings",
        "--lib",
        TEST,
    ]);
    match write {
        true => test.env("TUNGNHA_WRITE_BINDINGS", "1").run(),
        false => test.run(),
    }
}
