//! `cargo xtask attack`: builds the programs as the tests start them, and the one that attacks them.

use crate::build;
use crate::context::Context;
use crate::error::Result;
use crate::proc::Child;

/// # Errors
/// When something does not build, or an attack succeeded.
pub fn run(ctx: &Context, words: &[String]) -> Result<()> {
    let programs = ["--bin", "tungnhactl", "--bin", "tungnha-gateway", "--bin", "attack"];
    build::cargo(ctx, &[&["build"], &build::WORKSPACE, &programs])?;
    Child::new(&ctx.root, ctx.program("attack")).args(words).run()
}
