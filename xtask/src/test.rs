//! `cargo xtask test`: all that CI does, in the order in which a mistake is cheapest to find.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::install::{self, Need};
use crate::proc::Child;
use crate::report::{self, Outcome, Step};
use crate::tree;
use crate::{bindings, layers, supply, ui, words};

/// The programs a person starts; the tests run them as processes.
pub const PROGRAMS: Step = Step {
    name: "programs",
    does: "build tungnhactl, tungnha-gateway and the window tung-nha",
    run: |ctx| {
        cargo(
            ctx,
            &[
                "build",
                "--locked",
                "-p",
                "tungnha-ctl",
                "-p",
                "tungnha-gateway",
                "-p",
                "tungnha-window",
            ],
        )
    },
};

const STEPS: [Step; 16] = [
    Step {
        name: "tools",
        does: "what this machine lacks to build and to test",
        run: |ctx| {
            install::components(ctx)?;
            let outcome = install::install(ctx, &[Need::Build, Need::Journey, Need::Tests])?;
            ui::node(ctx)?;
            Ok(outcome)
        },
    },
    Step {
        name: "formatting",
        does: "rustfmt",
        run: |ctx| {
            cargo(ctx, &["fmt", "--all", "--check"])
                .map_err(|error| Error::Other(format!("{error}; `cargo fmt --all` mends it")))
        },
    },
    ui::CHECKS,
    ui::BUILD,
    Step {
        name: "lints",
        does: "clippy on everything, warnings denied",
        run: |ctx| {
            cargo(
                ctx,
                &[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--locked",
                    "--",
                    "-D",
                    "warnings",
                ],
            )
        },
    },
    Step {
        name: "layers",
        does: "who may use what",
        run: layers::check,
    },
    words::CHECK,
    bindings::DRIFT,
    PROGRAMS,
    Step {
        name: "tests",
        does: "every test, the journeys in the real window among them",
        run: tests,
    },
    ui::ACCESSIBILITY,
    Step {
        name: "doc-tests",
        does: "the examples in the documentation",
        run: |ctx| cargo(ctx, &["test", "--doc", "--workspace", "--locked"]),
    },
    Step {
        name: "tree",
        does: "nothing tracked that should not be",
        run: tree::check,
    },
    supply::SQLCIPHER,
    supply::DENY,
    supply::SBOM,
];

/// `only` keeps the named steps; an empty list keeps all.
///
/// # Errors
/// That of the first step that fails, or a name that is no step's.
pub fn test(ctx: &Context, only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(Error::Other(format!(
            "there is no step `{unknown}`; there are: {}",
            names.join(", ")
        )));
    }
    let chosen: Vec<_> = STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .collect();
    report::walk(ctx, &chosen)
}

fn cargo(ctx: &Context, args: &[&str]) -> Result<Outcome> {
    Child::cargo(&ctx.root).args(args).run().map(|()| Outcome::Passed)
}

/// nextest where it is installed, because it runs the slow tests side by side; cargo's own runner gives the same answer.
fn tests(ctx: &Context) -> Result<Outcome> {
    if Child::cargo(&ctx.root).args(["nextest", "--version"]).works() {
        return cargo(ctx, &["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
    }
    println!("cargo-nextest is not installed; cargo's own runner does the same, only slower");
    cargo(ctx, &["test", "--workspace", "--locked", "--tests", "--no-fail-fast"])
}
