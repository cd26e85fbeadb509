//! `cargo xtask test`: all that CI does, in the order in which a mistake is cheapest to find.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::install::{self, Need};
use crate::report::{self, Outcome, Step, Takes};
use crate::{build, layers, seeded, supply, tree, ui, walks, words};

const STEPS: [Step; 17] = [
    Step {
        name: "tools",
        does: "what this machine lacks to build and to test",
        takes: Takes::seconds(120, 2),
        run: |ctx| {
            install::components(ctx)?;
            let outcome = install::install(ctx, &[Need::Build, Need::Story, Need::Tests])?;
            ui::node(ctx)?;
            Ok(outcome)
        },
    },
    FORMATTING,
    TREE,
    LAYERS,
    ui::CHECKS,
    ui::BUILD,
    Step {
        name: LINTS,
        does: "clippy on everything, warnings denied",
        takes: Takes::seconds(150, 3),
        run: clippy,
    },
    words::CHECK,
    build::EVERYTHING,
    Step {
        name: "tests",
        does: "every test, the journeys in the real window among them",
        takes: Takes::seconds(330, 330),
        run: tests,
    },
    walks::TESTS,
    walks::ACCESSIBILITY,
    Step {
        name: "doc-tests",
        does: "the examples in the documentation",
        takes: Takes::seconds(20, 10),
        run: |ctx| build::cargo(ctx, &[&["test", "--doc"], &build::WORKSPACE]),
    },
    seeded::SAMPLED,
    supply::SQLCIPHER,
    supply::DENY,
    supply::SBOM,
];

/// The step that a whole run does while it builds.
const LINTS: &str = "lints";

/// rustfmt.
pub const FORMATTING: Step = Step {
    name: "formatting",
    does: "rustfmt",
    takes: Takes::seconds(3, 2),
    run: |ctx| {
        build::cargo(ctx, &[&["fmt", "--all", "--check"]])
            .map_err(|error| Error::Other(format!("{error}; `cargo fmt --all` mends it")))
    },
};

/// The rooms of the house.
pub const LAYERS: Step = Step {
    name: "layers",
    does: "who may use what",
    takes: Takes::seconds(5, 3),
    run: layers::check,
};

/// The files git tracks.
pub const TREE: Step = Step {
    name: "tree",
    does: "nothing tracked that should not be",
    takes: Takes::seconds(1, 1),
    run: tree::check,
};

/// `only` keeps the named steps; an empty list keeps all.
///
/// # Errors
/// That of the first step that fails, or a name that is no step's.
pub fn test(mut ctx: Context, only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(Error::Other(format!(
            "there is no step `{unknown}`; there are: {}",
            names.join(", ")
        )));
    }
    let chosen: Vec<_> = STEPS
        .iter()
        .filter(|step| match only.is_empty() {
            // The whole run lints what it builds, and builds once.
            true => step.name != LINTS,
            // Alone a step uses what lies there from everyday work.
            false => only.iter().any(|name| name == step.name),
        })
        .collect();
    ctx.linted = only.is_empty();
    report::walk(&ctx, "test", &chosen)
}

/// Clippy as everybody has to pass it.
///
/// # Errors
/// When there is a warning.
pub fn clippy(ctx: &Context) -> Result<Outcome> {
    let denied = ["--all-targets", "--", "-D", "warnings"];
    build::cargo(ctx, &[&["clippy"], &build::WORKSPACE, &denied])
}

/// nextest where it is installed, because it runs the slow tests side by side; cargo's own runner gives the same answer.
fn tests(ctx: &Context) -> Result<Outcome> {
    if build::has_nextest(ctx) {
        return build::cargo(ctx, &[&["nextest", "run"], &build::WORKSPACE, &["--no-fail-fast"]]);
    }
    println!("cargo-nextest is not installed; cargo's own runner does the same, only slower");
    build::cargo(ctx, &[&["test"], &build::WORKSPACE, &["--tests", "--no-fail-fast"]])
}
