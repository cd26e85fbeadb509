//! The journey of one record on real input, as a person would like to read it.

use crate::context::Context;
use crate::error::{Error, Result};

/// # Errors
/// Always, for now.
pub fn walk(ctx: &Context) -> Result<()> {
    Err(Error::Other(format!(
        "the journey is not written yet; it will drive {} and {}, and leave its files under {}",
        ctx.program("tungnhactl").display(),
        ctx.program("tungnha-gateway").display(),
        ctx.target.join("run").display(),
    )))
}
