//! The list: `tests/seeded/*.toml`, a file for each room.

use crate::error::{Error, Result};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// Where the list stands, from the root of the checkout.
const LIST: &str = "tests/seeded";

/// The package whose tests start programs.
const JOURNEYS: &str = "tests";

/// A small bug that takes one protection away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Short and telling, with hyphens.
    pub name: String,
    /// What nobody guards any more: an invariant, a check, a lock.
    pub protects: String,
    /// The file it is put into, from the root.
    pub file: String,
    /// What stands there, exactly once.
    pub was: String,
    /// What stands there instead.
    pub is: String,
    /// Where it has to be seen: `store/purge` is the test file `purge` of the crate `store`, `domain` the unit tests of `domain`.
    pub tests: Vec<String>,
    /// The ordinary test run may take it: it is quick, and it was seen caught.
    #[serde(default)]
    pub sampled: bool,
    /// Only these tests, as nextest's filter says it.
    #[serde(default)]
    pub only: Option<String>,
}

#[derive(Deserialize)]
struct File {
    seed: Vec<Seed>,
}

/// The whole list; every one of it fits the source.
///
/// # Errors
/// When a file cannot be read, a name stands twice, or what a seed replaces is not there exactly once.
pub fn read(root: &Path) -> Result<Vec<Seed>> {
    let io = |path: &Path, source| Error::Io {
        what: path.display().to_string(),
        source,
    };
    let folder = root.join(LIST);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .map_err(|source| io(&folder, source))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let mut seeds = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).map_err(|source| io(&path, source))?;
        let file: File = toml::from_str(&text).map_err(|error| Error::Other(format!("{}: {error}", path.display())))?;
        seeds.extend(file.seed);
    }
    let stale = stale(root, &seeds);
    if stale.is_empty() {
        return Ok(seeds);
    }
    Err(Error::Rule {
        rule: "seeded bugs that do not fit the source any more: sow them where the protection stands now",
        places: stale,
    })
}

fn stale(root: &Path, seeds: &[Seed]) -> Vec<String> {
    let mut places = Vec::new();
    for (n, seed) in seeds.iter().enumerate() {
        let text = fs::read_to_string(root.join(&seed.file)).unwrap_or_default();
        match text.matches(&seed.was).count() {
            1 => {}
            count => places.push(format!("{}: {} has it {count} times", seed.name, seed.file)),
        }
        if seeds[..n].iter().any(|other| other.name == seed.name) {
            places.push(format!("{}: the name stands twice", seed.name));
        }
        for test in &seed.tests {
            let (package, file) = test.split_once('/').unwrap_or((test, ""));
            let home = if package == JOURNEYS {
                "tests/tests".to_owned()
            } else {
                format!("crates/{package}/tests")
            };
            let place = root.join(home);
            if !file.is_empty()
                && !place.join(format!("{file}.rs")).exists()
                && !place.join(file).join("main.rs").exists()
            {
                places.push(format!("{}: there is no test file {test}", seed.name));
            }
        }
    }
    places
}

impl Seed {
    pub fn needs_programs(&self) -> bool {
        self.tests.iter().any(|test| test.starts_with(JOURNEYS))
    }

    /// The calls of cargo of which one has to fail. For test files the whole workspace is named, so that nothing is compiled
    /// with other features (why: `build`); unit tests are asked of their crate alone, or those of all crates would be built.
    pub fn calls(&self) -> Vec<Vec<String>> {
        let mut files = Vec::new();
        let mut binaries = Vec::new();
        let mut calls = Vec::new();
        for test in &self.tests {
            let Some((package, file)) = test.split_once('/') else {
                calls.push(call(
                    &["--package".into(), format!("tungnha-{test}"), "--lib".into()],
                    self.only.as_deref(),
                ));
                continue;
            };
            files.extend(["--test".to_owned(), file.to_owned()]);
            binaries.push(format!("binary_id(=tungnha-{package}::{file})"));
        }
        if !files.is_empty() {
            files.insert(0, "--workspace".into());
            let ours = format!("({})", binaries.join(" | "));
            let only = self
                .only
                .as_ref()
                .map_or(ours.clone(), |only| format!("{ours} & ({only})"));
            calls.push(call(&files, Some(&only)));
        }
        calls
    }
}

fn call(what: &[String], only: Option<&str>) -> Vec<String> {
    let mut args: Vec<String> = ["nextest", "run", "--locked", "--color", "never"]
        .map(String::from)
        .into();
    args.extend_from_slice(what);
    args.extend(only.into_iter().flat_map(|only| ["-E".to_owned(), only.to_owned()]));
    args
}
