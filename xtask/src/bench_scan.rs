//! `cargo xtask bench-scan`: how well codes are read, next to other readers in the same run.

use crate::context::Context;
use crate::error::Result;
use crate::install::{self, Need};
use crate::proc::Child;

/// Builds the benchmark with the readers to compare with, where this machine can build them, and starts it.
///
/// # Errors
/// When the build or the benchmark fails.
pub fn bench_scan(ctx: &Context, words: &[String]) -> Result<()> {
    install::install(ctx, &[Need::Build, Need::Compare])?;
    let mut features = Vec::new();
    if install::is_complete(ctx, Need::Compare) {
        features = vec!["--features", "peers"];
    } else {
        println!("Compared with rqrr and rxing only: zxing-cpp, zbar and quirc need what is named above.");
    }
    println!("The times are of the processor, so other programs disturb little; still, close what you can.");
    Child::cargo(&ctx.root)
        .args(["run", "--release", "--locked", "-p", "tungnha-bench-scan"])
        .args(features)
        .args(["--"])
        .args(words)
        .run()
}
