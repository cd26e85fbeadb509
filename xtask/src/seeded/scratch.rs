//! A copy of the tree under `target/seeded/`, with builds of its own, so that nobody's work is ever touched.

use super::list::Seed;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::Child;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

pub struct Scratch {
    pub tree: PathBuf,
    build: PathBuf,
}

/// A seeded file; as it was again when dropped.
pub struct Sown {
    path: PathBuf,
    whole: String,
}

impl Drop for Sown {
    fn drop(&mut self) {
        let _ = fs::write(&self.path, &self.whole);
    }
}

impl Scratch {
    /// The tree as it stands in the checkout, committed or not. Files that did not change keep their time, so that cargo
    /// builds only what did.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn of(ctx: &Context) -> Result<Scratch> {
        let home = ctx.target.join("seeded");
        let scratch = Scratch {
            tree: home.join("tree"),
            build: home.join("build"),
        };
        let listed = Child::new(&ctx.root, "git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .read()?;
        let listed = String::from_utf8_lossy(&listed);
        let names: BTreeSet<&str> = listed
            .split('\0')
            .filter(|name| ctx.root.join(name).is_file())
            .collect();
        for name in &names {
            copy(&ctx.root.join(name), &scratch.tree.join(name))?;
        }
        drop_others(&scratch.tree, &scratch.tree, &names);
        // What the window carries in itself is made by the step `page`.
        let page = ctx.root.join("ui/dist");
        if page.exists() {
            let into = scratch.tree.join("ui");
            Child::new(&ctx.root, "cp")
                .args(["-a", "-u"])
                .args([page, into])
                .run_calmly()?;
        }
        scratch.warm(ctx)?;
        Ok(scratch)
    }

    /// What we depend on is compiled already: linked, not copied. A machine without `cp -l` compiles it again.
    fn warm(&self, ctx: &Context) -> Result<()> {
        let (from, into) = (ctx.target.join("debug"), self.build.join("debug"));
        if into.exists() || !from.exists() {
            return Ok(());
        }
        fs::create_dir_all(&into).map_err(|source| io(&into, source))?;
        let cp = |how: &str, what: &str| {
            Child::new(&ctx.root, "cp")
                .args([how])
                .args([from.join(what), into.join(what)])
                .works()
        };
        // Build folders are written to again; libraries are replaced whole.
        if !(cp("-al", "deps") && cp("-a", "build") && cp("-a", ".fingerprint")) {
            let _ = fs::remove_dir_all(&into);
            return Ok(());
        }
        let ours = ours(ctx)?;
        for folder in ["deps", "build", ".fingerprint"] {
            for entry in fs::read_dir(into.join(folder))
                .map_err(|source| io(&into, source))?
                .flatten()
            {
                let name = entry.file_name().to_string_lossy().into_owned();
                let stem = name.strip_prefix("lib").unwrap_or(&name);
                let stem = stem.rsplit_once('-').map_or(stem, |(stem, _)| stem).replace('-', "_");
                if ours.contains(&stem) {
                    let path = entry.path();
                    let _ = if path.is_dir() {
                        fs::remove_dir_all(&path)
                    } else {
                        fs::remove_file(&path)
                    };
                }
            }
        }
        Ok(())
    }

    /// Puts a bug in.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn sow(&self, seed: &Seed) -> Result<Sown> {
        let path = self.tree.join(&seed.file);
        let whole = fs::read_to_string(&path).map_err(|source| io(&path, source))?;
        fs::write(&path, whole.replacen(&seed.was, &seed.is, 1)).map_err(|source| io(&path, source))?;
        Ok(Sown { path, whole })
    }

    /// The programs that some tests start, without a bug; and the tests themselves pass without one, or nothing that
    /// follows would mean anything.
    ///
    /// # Errors
    /// When something does not build or a test fails without any bug.
    pub fn programs(&self, seeds: &[&Seed]) -> Result<()> {
        if seeds.iter().any(|seed| seed.needs_programs()) {
            let programs = [
                "build",
                "--workspace",
                "--locked",
                "--bin",
                "tungnhactl",
                "--bin",
                "tungnha-gateway",
            ];
            let (built, said) = self.cargo(&programs);
            if !built {
                return Err(Error::Other(said));
            }
        }
        let mut calls: Vec<_> = seeds.iter().flat_map(|seed| seed.calls()).collect();
        calls.sort();
        calls.dedup();
        for args in calls {
            let (passed, said) = self.cargo(&args.iter().map(String::as_str).collect::<Vec<_>>());
            if !passed {
                let tail: Vec<_> = said.lines().rev().take(30).collect();
                let tail: Vec<_> = tail.into_iter().rev().collect();
                return Err(Error::Other(format!("without any bug:\n{}", tail.join("\n"))));
            }
        }
        Ok(())
    }

    /// Runs cargo in the copy: whether it ended well, and what it said.
    pub fn cargo(&self, args: &[&str]) -> (bool, String) {
        Child::cargo(&self.tree)
            .args(args)
            .env("CARGO_TARGET_DIR", &self.build)
            // A bug is built once and never again.
            .env("CARGO_INCREMENTAL", "0")
            .heard()
    }
}

/// Crates of this workspace as their files are called.
fn ours(ctx: &Context) -> Result<Vec<String>> {
    let metadata = crate::metadata::Metadata::of_workspace(&ctx.root)?;
    Ok(metadata
        .packages
        .iter()
        .flat_map(|package| package.targets.iter().map(|target| &target.name).chain([&package.name]))
        .map(|name| name.replace('-', "_"))
        .collect())
}

fn copy(from: &Path, into: &Path) -> Result<()> {
    let Ok(bytes) = fs::read(from) else { return Ok(()) };
    if fs::read(into).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = into.parent() {
        fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
    }
    fs::write(into, bytes).map_err(|source| io(into, source))
}

/// What was moved or removed since the last time goes from the copy too; the built page stays.
fn drop_others(tree: &Path, folder: &Path, names: &BTreeSet<&str>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(name) = path.strip_prefix(tree) else { continue };
        if name == Path::new("ui/dist") {
            continue;
        }
        if path.is_dir() {
            drop_others(tree, &path, names);
            // An empty one goes: cargo takes a folder under `crates/` for a package.
            let _ = fs::remove_dir(&path);
        } else if name.to_str().is_none_or(|name| !names.contains(name)) {
            let _ = fs::remove_file(&path);
        }
    }
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        what: path.display().to_string(),
        source,
    }
}
