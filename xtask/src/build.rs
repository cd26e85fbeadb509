//! What is compiled for which task.
//!
//! Cargo compiles a library anew for each set of features, and the set is the sum over the packages of one call, those of
//! their tests too when a test is among what is built. So the tasks that run tests make one call over the whole workspace,
//! and every later call asks for the same: `--workspace` with some test. A call with `-p` beside it would build half of
//! what we depend on a second time (that was a quarter of what `cargo xtask test` compiled).

use crate::context::Context;
use crate::error::Result;
use crate::proc::Child;
use crate::report::{Outcome, Step, Takes};

/// What a person starts, and nothing else: for the window at a display.
pub const PROGRAMS: Step = Step {
    name: "programs",
    does: "build the window tung-nha, tungnha-gateway and tungnhactl",
    takes: Takes::seconds(560, 2),
    run: |ctx| {
        let programs = ["-p", "tungnha-window", "-p", "tungnha-gateway", "-p", "tungnha-ctl"];
        cargo(ctx, &[&["build", "--locked"], &programs[..]])
    },
};

/// The programs as the tests start them, the story, and the tests of the window.
pub const WALKED: Step = Step {
    name: "programs",
    does: "build the programs, the story and the journeys through the window",
    takes: Takes::seconds(620, 3),
    run: |ctx| cargo(ctx, &[&["build"], &WORKSPACE, &RUN_BY_TESTS, &["--test", "window"]]),
};

/// Every program and every test.
pub const EVERYTHING: Step = Step {
    name: "build",
    does: "every program and every test, once, linted in a whole run; warnings denied",
    takes: Takes::seconds(720, 5),
    run: |ctx| {
        cargo(
            ctx,
            &[
                &["build"],
                &WORKSPACE,
                &RUN_BY_TESTS,
                &["--tests", "--example", "dev-server"],
            ],
        )
    },
};

/// Goes with every call of cargo that builds or runs tests.
pub const WORKSPACE: [&str; 2] = ["--workspace", "--locked"];

/// Programs that tests start as processes.
const RUN_BY_TESTS: [&str; 8] = [
    "--bin",
    "tungnhactl",
    "--bin",
    "tungnha-gateway",
    "--bin",
    "tung-nha",
    "--bin",
    "story",
];

/// Calls cargo. With [`Context::linted`] our own crates are compiled by clippy's driver, which is the compiler with its
/// lints, and a warning is an error: `cargo clippy` beside `cargo build` compiles everything we depend on twice, which was a
/// quarter of a whole run on a bare machine. Every later call has to go the same way, or our crates are built again.
///
/// # Errors
/// When cargo fails; it said why.
pub fn cargo(ctx: &Context, args: &[&[&str]]) -> Result<Outcome> {
    let mut cargo = Child::cargo(&ctx.root).args(args.concat());
    if ctx.linted {
        cargo = cargo
            .env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
            // How `cargo clippy -- -D warnings` tells the driver.
            .env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    }
    cargo.run().map(|()| Outcome::Passed)
}

/// Whether cargo has a runner that runs tests side by side.
pub fn has_nextest(ctx: &Context) -> bool {
    Child::cargo(&ctx.root).args(["nextest", "--version"]).works()
}
