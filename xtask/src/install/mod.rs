//! What a fresh machine lacks: find it, say it, install it where that is possible.

mod packages;

use std::io::{IsTerminal, Write as _, stdin, stdout};

pub use packages::Need;
use packages::{Found, PACKAGES, Package};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::{Child, on_path};
use crate::report::Outcome;

/// Waits for another installation that is under way, but not for ever.
const APT: [&str; 6] = ["-qq", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"];

/// Installs the packages of these needs that are missing, each named with its reason first.
///
/// What the build needs has to be there at the end on a machine with apt-get. What only some tests use may stay
/// missing: those tests say that they were skipped.
///
/// # Errors
/// When the build cannot work on this machine; the message says what to type.
pub fn install(ctx: &Context, needs: &[Need]) -> Result<Outcome> {
    let missing = missing(ctx, needs);
    if missing.is_empty() {
        println!("nothing: all is there");
        return Ok(Outcome::Passed);
    }
    println!("This machine lacks:");
    for package in &missing {
        println!("  {:15} {}, {}", package.name, package.why, package.need.says());
    }
    match way(ctx, &missing) {
        Way::Apt { sudo } => {
            if let Err(error) = apt(ctx, sudo, &["update"], &[]) {
                println!("{error}; trying with the package lists that are there");
            }
            // Apart, so that a test tool that cannot be had does not keep the build from its libraries.
            for build in [true, false] {
                let names: Vec<_> = missing
                    .iter()
                    .filter(|package| (package.need == Need::Build) == build)
                    .map(|p| p.name)
                    .collect();
                if !names.is_empty()
                    && let Err(error) = apt(ctx, sudo, &["install", "--no-install-recommends"], &names)
                {
                    println!("{error}");
                }
            }
        }
        Way::None { reason } => println!("Nothing is installed: {reason}"),
    }
    judge(&missing, self::missing(ctx, needs), on_path("apt-get"))
}

/// Whether nothing of this need is missing here.
pub fn is_complete(ctx: &Context, need: Need) -> bool {
    missing(ctx, &[need]).is_empty()
}

/// What the step says once the installation was tried.
fn judge(before: &[&Package], still: Vec<&Package>, debian: bool) -> Result<Outcome> {
    let names = |packages: &[&Package]| {
        packages
            .iter()
            .map(|package| package.name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (build, other): (Vec<_>, Vec<_>) = still.iter().copied().partition(|package| package.need == Need::Build);
    // Elsewhere the libraries have other names and other ways to be found, so the build itself gives the answer.
    if debian && !build.is_empty() {
        let all = names(&still);
        return Err(Error::Other(format!(
            "the build needs {}; as root: apt-get update && apt-get install -y --no-install-recommends {all}",
            names(&build)
        )));
    }
    let installed: Vec<_> = before
        .iter()
        .copied()
        .filter(|one| still.iter().all(|left| left.name != one.name))
        .collect();
    let mut notes = Vec::new();
    if !installed.is_empty() {
        notes.push(format!("installed {}", names(&installed)));
    }
    if !build.is_empty() {
        notes.push(format!("not found: what Debian calls {}", names(&build)));
    }
    if !other.is_empty() {
        notes.push(format!("without {}: what needs them says skipped", names(&other)));
    }
    Ok(Outcome::Noted(notes.join("; ")))
}

/// `cargo fmt` and `cargo clippy`, which a minimal toolchain comes without.
///
/// # Errors
/// When one is missing and rustup is not there to fetch it, or fails.
pub fn components(ctx: &Context) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let works = || Child::cargo(&ctx.root).args([command, "--version"]).works();
        if works() {
            continue;
        }
        println!("This toolchain lacks {component}, which `cargo {command}` needs.");
        let advice = || {
            Error::Other(format!(
                "install it with `rustup component add {component}`, then try again"
            ))
        };
        let question = format!("Fetch it with rustup component add {component}?");
        if ctx.no_install || !on_path("rustup") || !agreed(ctx, &question) {
            return Err(advice());
        }
        Child::new(&ctx.root, "rustup")
            .args(["component", "add", component])
            .run()?;
        if !works() {
            return Err(advice());
        }
    }
    Ok(())
}

fn missing(ctx: &Context, needs: &[Need]) -> Vec<&'static Package> {
    PACKAGES
        .iter()
        .filter(|package| needs.contains(&package.need) && !is_there(ctx, package))
        .collect()
}

/// However it came here: a program on the path or a library pkg-config finds needs no package of ours.
fn is_there(ctx: &Context, package: &Package) -> bool {
    let found = match package.found {
        Found::Program(program) => on_path(program),
        Found::Library(library) => Child::new(&ctx.root, "pkg-config").args(["--exists", library]).works(),
        Found::Package => false,
    };
    found || is_installed(ctx, package.name)
}

fn is_installed(ctx: &Context, name: &str) -> bool {
    if !on_path("dpkg-query") {
        return false;
    }
    // A package that was removed is still known to dpkg, so its state is asked for.
    let question = ["-W", "-f=${db:Status-Status}", name];
    Child::new(&ctx.root, "dpkg-query")
        .args(question)
        .answer()
        .is_some_and(|state| state == b"installed")
}

/// Asks whoever sits at the terminal before anything of the system is changed. Where nobody does, as in CI, and with
/// `--yes`, starting the task was the answer.
fn agreed(ctx: &Context, question: &str) -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    if ctx.yes || in_ci || !stdin().is_terminal() || !stdout().is_terminal() {
        return true;
    }
    print!("{question} [Y/n] ");
    let mut answer = String::new();
    let heard = stdout().flush().and_then(|()| stdin().read_line(&mut answer));
    heard.is_ok_and(|bytes| bytes > 0) && is_yes(&answer)
}

/// An empty line takes what stands in capitals.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

enum Way {
    /// `sudo` is empty for root.
    Apt {
        sudo: &'static [&'static str],
    },
    None {
        reason: &'static str,
    },
}

fn way(ctx: &Context, missing: &[&Package]) -> Way {
    if ctx.no_install {
        return Way::None {
            reason: "--no-install was given.",
        };
    }
    if !on_path("apt-get") {
        return Way::None {
            reason: "there is no apt-get here. The list has Debian's names; install what your system calls them.",
        };
    }
    let names: Vec<_> = missing.iter().map(|package| package.name).collect();
    if !agreed(ctx, &format!("Install {} with apt-get?", names.join(" "))) {
        return Way::None { reason: "you said no." };
    }
    let root = Child::new(&ctx.root, "id")
        .args(["-u"])
        .answer()
        .is_some_and(|id| id.trim_ascii() == b"0");
    match (root, on_path("sudo")) {
        (true, _) => Way::Apt { sudo: &[] },
        // Where nobody sits at the keyboard, a question for the password would wait for ever.
        (false, true) if !stdin().is_terminal() => Way::Apt { sudo: &["sudo", "-n"] },
        (false, true) => Way::Apt { sudo: &["sudo"] },
        (false, false) => Way::None {
            reason: "you are not root and there is no sudo.",
        },
    }
}

fn apt(ctx: &Context, sudo: &[&str], task: &[&str], names: &[&str]) -> Result<()> {
    let words = [
        sudo,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        &APT,
        task,
        names,
    ]
    .concat();
    Child::new(&ctx.root, words[0]).args(&words[1..]).run_calmly()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str) -> &'static Package {
        PACKAGES
            .iter()
            .find(|package| package.name == name)
            .expect("a package of the table")
    }

    #[test]
    fn only_a_yes_or_an_empty_line_is_one() {
        for (answer, yes) in [
            ("\n", true),
            ("Y\n", true),
            ("yes", true),
            ("n\n", false),
            ("wait\n", false),
        ] {
            assert_eq!(is_yes(answer), yes, "{answer:?}");
        }
    }

    #[test]
    fn a_library_of_the_build_stops_and_a_test_tool_does_not() {
        let before = [package("libssl-dev"), package("gnome-keyring")];
        let message = judge(&before, before.to_vec(), true).err().expect("stops").to_string();
        assert!(
            message.contains("the build needs libssl-dev;") && message.contains("gnome-keyring"),
            "{message}"
        );

        let note = |still: Vec<&Package>, debian| match judge(&before, still, debian) {
            Ok(Outcome::Noted(note)) => note,
            _ => panic!("neither noted"),
        };
        let installed = "installed libssl-dev; without gnome-keyring: what needs them says skipped";
        assert_eq!(note(vec![package("gnome-keyring")], true), installed);
        assert_eq!(note(vec![], true), "installed libssl-dev gnome-keyring");
        assert!(note(vec![package("libssl-dev")], false).contains("not found: what Debian calls libssl-dev"));
    }
}
