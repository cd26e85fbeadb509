//! What git tracks: nothing that belongs elsewhere, nothing heavy, nothing cited that is not there, and a README that begins
//! with the two commands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::cited;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::Child;
use crate::report::Outcome;

/// The folder of planning papers beside the checkout. They are not part of the product, and a reader does not have them.
/// (Written in two halves, or this file would find itself.)
const PAPERS: &str = concat!("../", "shared");

/// Files that may name it, each with its reason. None may, so far.
const MAY_NAME_PAPERS: &[(&str, &str)] = &[];

/// 900 kB: a clone over a ward office's line stays bearable, and pictures are compressed before they are committed.
const HEAVIEST: usize = 900_000;

const README: &str = "README.md";
const README_NAMES: [&str; 2] = ["cargo xtask run", "cargo xtask test"];

/// Every package of a lock file comes from the public index, by its default name; a mirror is a setting of one machine.
const INDEX: &str = "/crates.io-index\"";

/// # Errors
/// One line for each file that breaks a rule.
pub fn check(ctx: &Context) -> Result<Outcome> {
    if !ctx.root.join(".git").exists() {
        return Ok(Outcome::Skipped("this is not a git checkout".into()));
    }
    let listed = Child::new(&ctx.root, "git").args(["ls-files", "-z"]).read()?;
    let mut files = BTreeMap::new();
    for path in String::from_utf8_lossy(&listed)
        .split('\0')
        .filter(|path| !path.is_empty())
    {
        if let Some(bytes) = contents(&ctx.root.join(path))? {
            files.insert(path.to_owned(), bytes);
        }
    }
    let mut places = faults(&files);
    places.extend(cited::faults(&files));
    if places.is_empty() {
        println!("{} tracked files", files.len());
        return Ok(Outcome::Passed);
    }
    Err(Error::Rule {
        rule: "the tree is not as it should be",
        places,
    })
}

/// A file that git tracks and the person has just deleted breaks no rule; a link counts as the path it holds.
fn contents(path: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |source| Error::Io {
        what: path.display().to_string(),
        source,
    };
    let Ok(kind) = fs::symlink_metadata(path) else {
        return Ok(None);
    };
    if kind.is_symlink() {
        let to = fs::read_link(path).map_err(failed)?;
        return Ok(Some(to.to_string_lossy().into_owned().into_bytes()));
    }
    if kind.is_dir() {
        return Ok(None);
    }
    fs::read(path).map(Some).map_err(failed)
}

fn faults(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut places = Vec::new();
    for (path, bytes) in files {
        let allowed = MAY_NAME_PAPERS.iter().any(|(file, _)| file == path);
        if !allowed && let Some(line) = line_with_papers(path, bytes) {
            places.push(format!(
                "{path}:{line} names {PAPERS}, which a reader of this repository does not have"
            ));
        }
        if bytes.len() > HEAVIEST {
            places.push(format!(
                "{path} has {} kB; {} kB is the most",
                bytes.len() / 1000,
                HEAVIEST / 1000
            ));
        }
        if path.ends_with("Cargo.lock") {
            places.extend(foreign_source(bytes).map(|line| format!("{path}: {line} is not the public index")));
        }
    }
    match files.get(README) {
        None => places.push(format!("{README} is missing")),
        Some(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let silent = README_NAMES.iter().filter(|command| !text.contains(**command));
            places.extend(silent.map(|command| format!("{README} does not name `{command}`")));
        }
    }
    places
}

/// The page has a folder of the same name, which its own files import in quotes or further up.
fn line_with_papers(path: &str, bytes: &[u8]) -> Option<usize> {
    let page = path.starts_with("ui/src/");
    let is_import = |at: usize| page && at > 0 && matches!(bytes[at - 1], b'\'' | b'/');
    let mut windows = bytes.windows(PAPERS.len()).enumerate();
    let (at, _) = windows.find(|(at, window)| *window == PAPERS.as_bytes() && !is_import(*at))?;
    Some(bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1)
}

fn foreign_source(lock: &[u8]) -> Option<String> {
    let lock = String::from_utf8_lossy(lock);
    lock.lines()
        .find(|line| line.starts_with("source = ") && !line.ends_with(INDEX))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
        let good: &[u8] = b"Run `cargo xtask run`, then `cargo xtask test`.";
        let mut tree = BTreeMap::from([(README.to_owned(), good.to_vec())]);
        tree.extend(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())));
        tree
    }

    #[test]
    fn planted_faults_are_found_with_their_place() {
        let papers = format!("first\nsee {PAPERS}/PLAN.md");
        let heavy = vec![0; HEAVIEST + 1];
        let lock = b"source = \"registry+https://example.org/other-index\"\n";
        let cases: [(&str, &[u8], &str); 5] = [
            ("notes/plan.md", papers.as_bytes(), "notes/plan.md:2 names"),
            ("fixtures/photo.png", &heavy, "fixtures/photo.png has 900 kB"),
            ("Cargo.lock", lock, "is not the public index"),
            (
                "fuzz/Cargo.lock",
                b"source = \"git+https://example.org/fork\"\n",
                "is not the public index",
            ),
            (README, b"cargo xtask run", "does not name `cargo xtask test`"),
        ];
        for (path, bytes, expected) in cases {
            let found = faults(&tree(&[(path, bytes)]));
            assert_eq!(found.len(), 1, "{path}: {found:?}");
            assert!(found[0].contains(expected), "{found:?}");
        }
        assert_eq!(faults(&BTreeMap::new()), ["README.md is missing"]);
    }

    #[test]
    fn the_page_may_import_from_its_own_folder() {
        let import = format!("import Button from '{PAPERS}/Button.svelte';\nimport x from '../{PAPERS}/x';");
        assert!(faults(&tree(&[("ui/src/features/a.svelte", import.as_bytes())])).is_empty());
        let comment = format!("{import}\n// see {PAPERS}/UI.md");
        for (path, text) in [("ui/src/features/a.svelte", &comment), ("ui/tools/a.js", &import)] {
            assert_eq!(faults(&tree(&[(path, text.as_bytes())])).len(), 1, "{path}");
        }
    }

    #[test]
    fn a_tree_at_the_limit_is_fine() {
        let heavy = vec![0; HEAVIEST];
        let lock = b"source = \"registry+https://example.org/crates.io-index\"\n";
        assert!(faults(&tree(&[("fixtures/photo.png", &heavy), ("Cargo.lock", lock)])).is_empty());
    }
}
