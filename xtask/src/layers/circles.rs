//! Files of one crate that need each other in a circle: none of them can be read, moved or tested without the others.
//!
//! A file needs another when it imports or names something that is written there. What another file only passes on
//! (`pub use`) counts for where it is written. A folder's own file (`lib.rs`, `mod.rs`) is made of the files below it, so
//! that it uses them does not count, and they may use what it holds for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{self, Import, Reach};
use crate::error::{Error, Result};

/// Circles that are there, each with what binds its files. The list only becomes shorter: a new file in a circle is a fault.
pub const ALLOWED: &[(&[&str], &str)] = &[
    (
        &[
            "crates/app/src/forms.rs",
            "crates/app/src/households.rs",
            "crates/app/src/views.rs",
        ],
        "a view says what a form says, and a form is checked against the views of the same house",
    ),
    (
        &[
            "crates/app/src/place.rs",
            "crates/app/src/session.rs",
            "crates/app/src/sync/locked.rs",
            "crates/app/src/sync/run.rs",
        ],
        "the place of a device opens it, unlocked or locked",
    ),
    (
        &[
            "crates/host/src/bindings.rs",
            "crates/host/src/commands/paper.rs",
            "crates/host/src/commands/scan.rs",
            "crates/host/src/desk.rs",
            "crates/host/src/host.rs",
            "crates/host/src/scanning/run.rs",
            "crates/host/src/table.rs",
        ],
        "the table names the host whose methods its commands are; what the host holds is written beside its commands",
    ),
    (
        &[
            "crates/store/src/audit.rs",
            "crates/store/src/device.rs",
            "crates/store/src/home.rs",
            "crates/store/src/open.rs",
            "crates/store/src/schema.rs",
            "crates/store/src/search.rs",
            "crates/store/src/slots.rs",
            "crates/store/src/spool.rs",
            "crates/store/src/store.rs",
            "crates/store/src/vault.rs",
        ],
        "the store opens the home it lies in, and the home the store",
    ),
    (
        &["src-tauri/src/cameras/linux.rs", "src-tauri/src/cameras/native.rs"],
        "Linux adds to the common adapter what nokhwa has no word for",
    ),
];

/// A module that is a file: its name from the root, like `sync::run`; the root's is empty.
type Module = Vec<String>;

/// One crate's files.
pub struct Crate {
    files: BTreeMap<Module, File>,
}

struct File {
    /// As a person looks for it, from the crate's folder.
    shown: String,
    imports: Vec<Import>,
    paths: Vec<Module>,
}

/// The sources of the crate in this folder by their path below `src`.
///
/// # Errors
/// When one cannot be read.
pub fn read(folder: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut texts = BTreeMap::new();
    collect(&folder.join("src"), &mut Vec::new(), &mut texts)?;
    Ok(texts)
}

/// What was found in one crate.
#[derive(Default)]
pub struct Found {
    /// One line for each circle that is not allowed.
    pub faults: Vec<String>,
    /// How many allowed ones are there.
    pub allowed: usize,
}

/// The circles of the crate in the folder `own`. A circle within an allowed one is allowed: it has become smaller.
pub fn look(own: &str, sources: &BTreeMap<PathBuf, String>) -> Found {
    let mut found = Found::default();
    for (files, way) in Crate::of(sources).circles() {
        let files: Vec<_> = files.iter().map(|file| format!("{own}/src/{file}")).collect();
        let within = |allowed: &[&str]| files.iter().all(|file| allowed.contains(&file.as_str()));
        if ALLOWED.iter().any(|(allowed, _)| within(allowed)) {
            found.allowed += 1;
        } else {
            let (count, files) = (files.len(), files.join(" "));
            found
                .faults
                .push(format!("a circle of {count} files in {own}: {way} ({files})"));
        }
    }
    found
}

impl Crate {
    /// Of texts by their path below `src`.
    fn of(texts: &BTreeMap<PathBuf, String>) -> Crate {
        let mut files = BTreeMap::new();
        let mut tests = BTreeSet::new();
        for (path, text) in texts {
            let module = module(path);
            let code = source::code(text);
            for name in source::test_modules(text) {
                tests.insert([&module[..], &[name]].concat());
            }
            let file = File {
                shown: path.display().to_string(),
                imports: source::imports(&code),
                paths: source::paths(&code),
            };
            files.insert(module, file);
        }
        files.retain(|module: &Module, _| !(1..=module.len()).any(|end| tests.contains(&module[..end])));
        Crate { files }
    }

    /// Its circles: the files of each, and one way round.
    pub fn circles(&self) -> Vec<(Vec<&str>, String)> {
        let needs: BTreeMap<&Module, BTreeSet<&Module>> =
            self.files.keys().map(|module| (module, self.needs(module))).collect();
        let reach: BTreeMap<_, _> = needs.keys().map(|from| (*from, reached(from, &needs))).collect();
        let mut told = BTreeSet::new();
        let mut circles = Vec::new();
        for from in needs.keys().copied() {
            if !reach[from].contains(from) || told.contains(from) {
                continue;
            }
            let members: Vec<_> = reach[from]
                .iter()
                .copied()
                .filter(|other| reach[other].contains(from))
                .collect();
            told.extend(members.iter().copied());
            let way: Vec<_> = way_round(from, &needs)
                .into_iter()
                .map(|module| self.shown(module))
                .collect();
            circles.push((
                members.into_iter().map(|module| self.shown(module)).collect(),
                way.join(" > "),
            ));
        }
        circles
    }

    fn shown(&self, module: &Module) -> &str {
        &self.files[module].shown
    }

    /// The files that one needs.
    fn needs(&self, module: &Module) -> BTreeSet<&Module> {
        let file = &self.files[module];
        let here = |import: &&Import| import.passed_on == Reach::Here;
        let imported = file.imports.iter().filter(here).map(|import| &import.path);
        let named = file.paths.iter();
        let found = imported.chain(named).filter_map(|path| self.written(module, path, 0));
        // Itself, and what it is made of.
        found.filter(|other| !other.starts_with(module)).collect()
    }

    /// The file in which what a path names is written; `None` for what is not of this crate.
    fn written<'c>(&'c self, here: &Module, path: &[String], hops: u32) -> Option<&'c Module> {
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => here.clone(),
            "super" => here[..here.len().checked_sub(1)?].to_vec(),
            child => {
                let child = [&here[..], &[child.to_owned()]].concat();
                self.files.contains_key(&child).then_some(child)?
            }
        };
        for (index, part) in rest.iter().enumerate() {
            if part == "super" {
                at.pop();
                continue;
            }
            let deeper = [&at[..], std::slice::from_ref(part)].concat();
            if self.files.contains_key(&deeper) {
                at = deeper;
                continue;
            }
            // Passed on from elsewhere: where is it written? (A circle of passing on ends somewhere.)
            let passed = self.files.get(&at)?.imports.iter().find(|import| import.name == *part);
            if let Some(passed) = passed.filter(|_| hops < 8) {
                let target = [&passed.path[..], &rest[index + 1..]].concat();
                let foreign = || self.files.get_key_value(&at).map(|(module, _)| module);
                return self.written(&at, &target, hops + 1).or_else(foreign);
            }
            break;
        }
        self.files.get_key_value(&at).map(|(module, _)| module)
    }
}

fn reached<'m>(from: &'m Module, needs: &BTreeMap<&'m Module, BTreeSet<&'m Module>>) -> BTreeSet<&'m Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<_> = needs[from].iter().copied().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(&needs[next]);
        }
    }
    reached
}

/// The shortest way from a file back to itself.
fn way_round<'m>(from: &'m Module, needs: &BTreeMap<&'m Module, BTreeSet<&'m Module>>) -> Vec<&'m Module> {
    let mut ways = vec![vec![from]];
    let mut seen = BTreeSet::new();
    loop {
        let mut longer = Vec::new();
        for way in ways {
            let Some(last) = way.last() else { continue };
            for next in &needs[last] {
                let way = [&way[..], &[*next]].concat();
                if *next == from {
                    return way;
                }
                if seen.insert(*next) {
                    longer.push(way);
                }
            }
        }
        if longer.is_empty() {
            return Vec::new();
        }
        ways = longer;
    }
}

/// `sync/run.rs` -> `sync::run`; `lib.rs`, `main.rs` and `mod.rs` are the folder they lie in.
fn module(path: &Path) -> Module {
    let parts = path.with_extension("");
    let mut parts: Vec<_> = parts
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") || ["lib", "main"].iter().any(|root| parts == [*root]) {
        parts.pop();
    }
    parts
}

/// Programs beside a library are crates of their own (`bin/`, and a `main.rs` beside a `lib.rs`); they are left out.
fn collect(folder: &Path, below: &mut Vec<String>, texts: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    let io = |what: &Path| {
        let what = what.display().to_string();
        move |source| Error::Io { what, source }
    };
    for entry in fs::read_dir(folder).map_err(io(folder))?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !(below.is_empty() && name == "bin") {
                below.push(name);
                collect(&path, below, texts)?;
                below.pop();
            }
        } else if name.ends_with(".rs") && !(name == "main.rs" && below.is_empty() && folder.join("lib.rs").exists()) {
            let text = fs::read_to_string(&path).map_err(io(&path))?;
            texts.insert(below.iter().collect::<PathBuf>().join(name), text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let texts = files
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
        let house = Crate::of(&texts.collect());
        house
            .circles()
            .into_iter()
            .map(|(files, way)| format!("{} by {way}", files.join(" ")))
            .collect()
    }

    #[test]
    fn a_circle_is_found_with_a_way_round() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "pub fn b() { super::c::c() }"),
            ("c.rs", "use super::a::A;"),
        ]);
        assert_eq!(found, ["a.rs b.rs c.rs by a.rs > b.rs > c.rs > a.rs"]);
    }

    #[test]
    fn what_is_passed_on_counts_for_where_it_is_written() {
        let house = [
            (
                "lib.rs",
                "mod error; mod session; pub use error::Error; pub use session::Session;",
            ),
            ("error.rs", "pub enum Error {}"),
            ("session.rs", "use crate::Error; pub struct Session;"),
        ];
        assert_eq!(circles(&house), Vec::<String>::new());
        let turned = [
            house[0],
            ("error.rs", "use crate::Session; pub enum Error {}"),
            house[2],
        ];
        assert_eq!(
            circles(&turned),
            ["error.rs session.rs by error.rs > session.rs > error.rs"]
        );
    }

    #[test]
    fn a_folders_own_file_is_made_of_its_files() {
        let calls = (
            "stage/mod.rs",
            "mod rings; mod rows; pub struct Grid; fn run() { rings::find() }",
        );
        let rings = (
            "stage/rings.rs",
            "use super::{Grid, rows::Row}; pub fn find() {} pub struct Ring;",
        );
        let lib = ("lib.rs", "mod stage;");
        assert_eq!(
            circles(&[lib, calls, rings, ("stage/rows.rs", "pub struct Row;")]),
            Vec::<String>::new()
        );
        let rows = ("stage/rows.rs", "pub struct Row(super::rings::Ring);");
        assert_eq!(
            circles(&[lib, calls, rings, rows]),
            ["stage/rings.rs stage/rows.rs by stage/rings.rs > stage/rows.rs > stage/rings.rs"]
        );
        let tests = "pub struct Row; #[cfg(test)] mod tests { use super::super::rings::Ring; }";
        assert_eq!(
            circles(&[lib, calls, rings, ("stage/rows.rs", tests)]),
            Vec::<String>::new()
        );
    }
}
