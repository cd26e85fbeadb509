//! The window's command table as TypeScript. The table itself writes it, in a test that otherwise compares.

use crate::build;
use crate::context::Context;
use crate::error::Result;
use crate::proc::Child;

/// Writes `ui/src/backend/bindings.ts`.
///
/// # Errors
/// When the table does not compile or the file cannot be written.
pub fn write(ctx: &Context) -> Result<()> {
    Child::cargo(&ctx.root)
        .args(["test", "--quiet", "--test", "bindings"])
        .args(build::WORKSPACE)
        .env("TUNGNHA_WRITE_BINDINGS", "1")
        .run()
}
