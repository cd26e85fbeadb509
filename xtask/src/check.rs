//! `cargo xtask check`: what somebody wants to know before a commit. It leaves out what takes long, and says so.

use crate::build;
use crate::changed::{Changed, dependents};
use crate::context::Context;
use crate::error::Result;
use crate::metadata::{Metadata, Package};
use crate::report::{self, Outcome, Step, Takes};
use crate::{test, ui, walks};

/// The journeys: real programs, real windows, real deaths. They are slow because they wait.
const JOURNEYS: &str = "tungnha-tests";

const STEPS: [Step; 6] = [
    test::FORMATTING,
    test::TREE,
    test::LAYERS,
    Step {
        name: "lints",
        does: "clippy of what changed and of what stands on it",
        takes: Takes::seconds(150, 30),
        // Cargo itself leaves alone what did not change.
        run: test::clippy,
    },
    Step {
        name: "tests",
        does: "the quick tests of the crates that changed",
        takes: Takes::seconds(400, 60),
        run: tests,
    },
    Step {
        name: "page-checks",
        does: "lint, types and tests of the page, if it changed",
        takes: Takes::seconds(140, 90),
        run: |ctx| match Changed::find(ctx)?.touches("ui/") {
            true => (ui::CHECKS.run)(ctx).and_then(|_| (walks::TESTS.run)(ctx)),
            false => Ok(Outcome::Skipped("nothing under ui/ changed".into())),
        },
    },
];

/// # Errors
/// That of the first step that fails.
pub fn check(ctx: &Context) -> Result<()> {
    let changed = Changed::find(ctx)?;
    println!("{} files changed since {}.\n", changed.count(), changed.since);
    report::walk(ctx, "check", &STEPS.each_ref())?;
    let metadata = Metadata::of_workspace(&ctx.root)?;
    println!("{}", left_out(&metadata, &changed.crates(&metadata)));
    Ok(())
}

fn tests(ctx: &Context) -> Result<Outcome> {
    let metadata = Metadata::of_workspace(&ctx.root)?;
    let touched = Changed::find(ctx)?.crates(&metadata);
    let args = arguments(&touched);
    if args.is_empty() {
        return Ok(Outcome::Skipped("no crate with quick tests changed".into()));
    }
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    if build::has_nextest(ctx) {
        let only: Vec<_> = touched
            .iter()
            .map(|package| format!("package(={})", package.name))
            .collect();
        let only = ["--profile", "check", "--no-tests", "pass", "-E", &only.join(" | ")];
        return build::cargo(ctx, &[&["nextest", "run"], &build::WORKSPACE, &args, &only]);
    }
    build::cargo(ctx, &[&["test"], &build::WORKSPACE, &args])
}

/// The tests of these crates as cargo names them in a call over the whole workspace (why: `build`).
fn arguments(touched: &[&Package]) -> Vec<String> {
    let mut args = Vec::new();
    for target in touched
        .iter()
        .filter(|package| package.name != JOURNEYS)
        .flat_map(|package| &package.targets)
    {
        let is = |kind: &str| target.kind.iter().any(|one| one == kind);
        match () {
            () if is("lib") || is("rlib") => args.push("--lib".to_owned()),
            () if is("bin") => args.extend(["--bin".to_owned(), target.name.clone()]),
            // Programs that are killed a hundred times.
            () if is("test") && target.name != "kill" => args.extend(["--test".to_owned(), target.name.clone()]),
            () => {}
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    let pairs: Vec<_> = args
        .chunk_by(|_, next| !next.starts_with("--"))
        .filter(|pair| seen.insert(pair.join(" ")))
        .collect();
    pairs.concat()
}

fn left_out(metadata: &Metadata, touched: &[&Package]) -> String {
    let above: Vec<_> = dependents(metadata, touched)
        .iter()
        .map(|package| package.name.trim_start_matches("tungnha-"))
        .filter(|name| *name != "tests")
        .collect();
    let above = match above.is_empty() {
        true => String::new(),
        false => format!("\n  the tests of what stands on it ({})", above.join(", ")),
    };
    format!(
        "Left out; `cargo xtask test` has it:{above}
  journeys with the real programs and the real window (tests/), programs killed at marked points
  every screen in Chromium (accessibility), examples in the documentation, licences and advisories"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, targets: &[(&str, &str)]) -> Package {
        let targets: Vec<_> = targets
            .iter()
            .map(|(kind, name)| json!({ "name": name, "kind": [kind] }))
            .collect();
        serde_json::from_value(json!({
            "id": name, "name": name, "manifest_path": format!("/house/{name}/Cargo.toml"), "targets": targets,
        }))
        .unwrap()
    }

    #[test]
    fn quick_tests_are_named_once_and_no_slow_one_is() {
        let store = package(
            "tungnha-store",
            &[("lib", "store"), ("test", "search"), ("test", "kill")],
        );
        let ctl = package("tungnha-ctl", &[("bin", "tungnhactl")]);
        let app = package(
            "tungnha-app",
            &[("lib", "app"), ("custom-build", "build"), ("test", "search")],
        );
        let tests = package(JOURNEYS, &[("lib", "tungnha_tests"), ("test", "window")]);
        assert_eq!(
            arguments(&[&store, &ctl, &app, &tests]),
            ["--lib", "--test", "search", "--bin", "tungnhactl"]
        );
        assert_eq!(arguments(&[&tests]), Vec::<String>::new());
    }
}
