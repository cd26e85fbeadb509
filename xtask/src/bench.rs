//! `cargo xtask bench`: the benchmarks that exist, and nothing else.

use crate::context::Context;
use crate::error::Result;
use crate::install::{self, Need};
use crate::metadata::Metadata;
use crate::proc::Child;
use crate::ui;

/// Names each benchmark to cargo: a bare `cargo bench` would also start every unit test in a mode that measures nothing.
///
/// # Errors
/// When the build or a benchmark fails.
pub fn bench(ctx: &Context, filter: &[String]) -> Result<()> {
    let metadata = Metadata::of_workspace(&ctx.root)?;
    let mut args = Vec::new();
    for package in metadata.members() {
        for target in package
            .targets
            .iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "bench"))
        {
            args.extend([
                "-p".to_owned(),
                package.name.clone(),
                "--bench".to_owned(),
                target.name.clone(),
            ]);
        }
    }
    if args.is_empty() {
        println!("There are no benchmarks yet.");
        return Ok(());
    }
    install::install(ctx, &[Need::Build, Need::Story])?;
    ui::node(ctx)?;
    println!("Measuring takes a quiet machine: close what you can.");
    // The window and the gateway are measured as programs, as they ship, beside a window with nothing in it.
    (ui::BUILD.run)(ctx)?;
    Child::cargo(&ctx.root)
        .args([
            "build",
            "--release",
            "--locked",
            "-p",
            "tungnha-gateway",
            "-p",
            "tungnha-window",
        ])
        .args(["--bins", "--example", "empty-window"])
        .run()?;
    Child::cargo(&ctx.root)
        .args(["bench", "--locked"])
        .args(args)
        .args(["--"])
        .args(filter)
        .run()
}
