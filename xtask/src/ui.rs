//! The page in the window: its packages, its checks, and the files that are built into the program.

use std::fs;
use std::path::PathBuf;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::{Child, on_path};
use crate::report::{Outcome, Step, Takes};

/// The oldest Node.js that Vite runs on.
const NODE: (u32, u32) = (20, 19);
/// The lock file as it was when the packages were installed.
const STAMP: &str = "node_modules/.installed-lock.json";

/// The page as files, which the window's program carries. Whatever compiles the window needs it first.
pub const BUILD: Step = Step {
    name: "page",
    does: "install what package-lock.json names, build the page into ui/dist",
    takes: Takes::seconds(12, 3),
    run: |ctx| {
        packages(ctx)?;
        npm(ctx, &["run", "--silent", "build"])
    },
};

/// What a mistake in the page shows before anything is built.
pub const CHECKS: Step = Step {
    name: "page-checks",
    does: "lint and types of the page",
    takes: Takes::seconds(45, 30),
    run: |ctx| {
        packages(ctx)?;
        for script in ["lint", "check"] {
            npm(ctx, &["run", "--silent", script])?;
        }
        Ok(Outcome::Passed)
    },
};

/// # Errors
/// When there is no Node.js, or one that is too old; the message says what to install.
pub fn node(ctx: &Context) -> Result<()> {
    let said = Child::new(&ctx.root, "node").args(["--version"]).answer();
    let version = said.as_deref().map(String::from_utf8_lossy);
    match version.as_deref().and_then(parse) {
        Some(found) if found >= NODE && on_path("npm") => Ok(()),
        _ => Err(Error::Other(format!(
            "the window needs Node.js {}.{} or newer with npm, and this machine has {}; see nodejs.org/en/download",
            NODE.0,
            NODE.1,
            version.as_deref().map_or("none", str::trim)
        ))),
    }
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs exactly what the lock file names, if that is not what is there.
pub fn packages(ctx: &Context) -> Result<()> {
    node(ctx)?;
    let read = |path: PathBuf| {
        fs::read(&path).map_err(|source| Error::Io {
            what: path.display().to_string(),
            source,
        })
    };
    let lock = read(folder(ctx).join("package-lock.json"))?;
    let stamp = folder(ctx).join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(ctx, &["ci", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, &lock).map_err(|source| Error::Io {
        what: stamp.display().to_string(),
        source,
    })
}

fn npm(ctx: &Context, args: &[&str]) -> Result<Outcome> {
    Child::new(&folder(ctx), "npm")
        .args(args)
        .run()
        .map(|()| Outcome::Passed)
}

/// Where the page's sources are.
pub fn folder(ctx: &Context) -> PathBuf {
    ctx.root.join("ui")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(parse("v20.19.2\n"), Some((20, 19)));
        assert!(parse("v20.9.0") < Some(NODE) && parse("v9.99.0") < Some(NODE));
        assert!(parse("v20.20.2") >= Some(NODE) && parse("v24.0.0") >= Some(NODE));
        assert_eq!(parse("node 20"), None);
    }
}
