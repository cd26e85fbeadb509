//! Keeps the rooms of the house apart: compares every manifest with the table, and looks into the sources for ways round
//! it (`reexports`) and for circles inside a room (`circles`).
//!
//! The rule for `[dev-dependencies]`: they do not ship, so a crate's tests may name external crates that its code may
//! not, except those the table keeps from tests too, and may use the table's two instruments. Otherwise nothing is looser
//! between our own crates: a test that needs a crate its room may not use is a journey and belongs in `tests/`.

mod circles;
mod reexports;
mod source;
mod table;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use table::{FENCES, INSTRUMENTS, ROOMS, Room};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::metadata::{Kind, Metadata, Package};
use crate::proc::Child;
use crate::report::Outcome;

const TABLE: &str = "xtask/src/layers/table.rs";

/// # Errors
/// One line for each dependency that is not allowed, for each crate passed on, and for each circle between files.
pub fn check(ctx: &Context) -> Result<Outcome> {
    let metadata = Metadata::of_workspace(&ctx.root)?;
    let mut places = manifests(&metadata);
    let crates = libraries(&metadata);
    let mut circles = 0;
    for package in metadata.members() {
        let own = relative(&folder(package), &metadata);
        if let Some(room) = ROOMS.iter().find(|room| room.folder == own && !room.never.is_empty()) {
            places.extend(arrivals(room, &contents(ctx, package)?));
        }
        let sources = circles::read(&folder(package))?;
        for (path, text) in &sources {
            let passed = reexports::passed_on(text, &crates);
            let path = path.display();
            places.extend(
                passed.iter().map(|name| {
                    format!("{own}/src/{path} passes {name} on: who needs it names it in its own manifest")
                }),
            );
        }
        let found = circles::look(&own, &sources);
        places.extend(found.faults);
        circles += found.allowed;
    }
    if !places.is_empty() {
        return Err(Error::Rule {
            rule: "the layers are not kept",
            places,
        });
    }
    show();
    let lines: usize = metadata.members().map(|package| package.dependencies.len()).sum();
    println!(
        "{} crates, {lines} dependencies, each where it belongs; none passes another on",
        metadata.members().count()
    );
    if circles == 0 && circles::ALLOWED.is_empty() {
        println!("no circle between files");
        return Ok(Outcome::Passed);
    }
    for (files, why) in circles::ALLOWED {
        println!("allowed to need each other: {}: {why}", files.join(" "));
    }
    Ok(Outcome::Noted(format!(
        "{circles} circles between files are there, {} are allowed (xtask/src/layers/circles.rs)",
        circles::ALLOWED.len()
    )))
}

/// The table, for whoever wants to know which room a thing belongs to.
fn show() {
    let widest = ROOMS.iter().map(|room| room.folder.len()).max().unwrap_or(0);
    for room in ROOMS {
        println!("{:widest$}  {}", room.folder, room.why);
        let uses: Vec<_> = room
            .uses
            .iter()
            .map(|used| used.trim_start_matches("crates/"))
            .collect();
        let uses = match uses.is_empty() {
            true => "nothing of ours".to_owned(),
            false => uses.join(", "),
        };
        println!("{:widest$}    uses {uses}", "");
    }
}

/// The names under which our own crates are imported.
fn libraries(metadata: &Metadata) -> Vec<String> {
    let targets = metadata.members().flat_map(|package| &package.targets);
    targets
        .filter(|target| target.kind.iter().any(|kind| kind == "lib" || kind == "rlib"))
        .map(|target| target.name.clone())
        .collect()
}

/// What the manifests say against the table.
fn manifests(metadata: &Metadata) -> Vec<String> {
    let folders: HashMap<PathBuf, String> = metadata
        .members()
        .map(|package| (folder(package), relative(&folder(package), metadata)))
        .collect();
    let mut places = Vec::new();
    for package in metadata.members() {
        let own = &folders[&folder(package)];
        let Some(room) = ROOMS.iter().find(|room| room.folder == own) else {
            places.push(format!(
                "{own} is not in {TABLE}: add a row with what it may use and why it has to exist"
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let dev = dependency.kind == Some(Kind::Dev);
            match &dependency.path {
                Some(path) => places.extend(between_rooms(room, path, dev, &folders, metadata)),
                None => places.extend(from_outside(room, &dependency.name, dev)),
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

fn between_rooms(
    room: &Room,
    path: &Path,
    dev: bool,
    folders: &HashMap<PathBuf, String>,
    metadata: &Metadata,
) -> Option<String> {
    let own = room.folder;
    let Some(used) = folders.get(path) else {
        let path = relative(path, metadata);
        return Some(format!("{own} uses {path}, which is not a member of the workspace"));
    };
    // A crate may name itself among its dev-dependencies, to switch a feature on for its tests.
    let used = used.as_str();
    let allowed = used == own || room.uses.contains(&used) || (dev && INSTRUMENTS.contains(&used));
    (!allowed).then(|| {
        format!(
            "{own} must not use {used}: {} (a test that needs both goes into tests/)",
            room.why
        )
    })
}

fn from_outside(room: &Room, name: &str, dev: bool) -> Option<String> {
    let own = room.folder;
    let fence = FENCES.iter().find(|fence| fence.crates.contains(&name))?;
    let allowed = fence.rooms.contains(&own) || (dev && fence.free_in_tests);
    (!allowed).then(|| {
        format!(
            "{own} must not name {name}, which belongs in {}: {}",
            fence.rooms.join(", "),
            fence.why
        )
    })
}

/// What is linked into a crate when it is built alone, one line each: its depth, then its name.
///
/// Alone, because cargo adds up the features of what is built together, and a feature that the gateway switches on in a
/// shared crate does not make `domain` impure. What only tests, build scripts or the compiler use is not linked.
fn contents(ctx: &Context, package: &Package) -> Result<String> {
    let edges = [
        "-e",
        "no-dev,no-build,no-proc-macro",
        "--prefix",
        "depth",
        "--format",
        " {p}",
    ];
    let listed = Child::cargo(&ctx.root)
        .args(["tree", "--locked", "-p", &package.name])
        .args(edges)
        .read()?;
    Ok(String::from_utf8_lossy(&listed).into_owned())
}

/// What must not be in a room and is, each with the way it came.
fn arrivals(room: &Room, tree: &str) -> Vec<String> {
    let mut places = Vec::new();
    let mut way: Vec<&str> = Vec::new();
    let mut told = HashSet::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(Ok(depth)), Some(name)) = (words.next().map(str::parse::<usize>), words.next()) else {
            continue;
        };
        way.truncate(depth);
        way.push(name);
        if room.never.contains(&name) && told.insert(name) {
            let (own, way, why) = (room.folder, way.join(" > "), room.why);
            places.push(format!("{own} must not contain {name}, which arrives by {way}: {why}"));
        }
    }
    places
}

fn folder(package: &Package) -> PathBuf {
    package.manifest_path.parent().unwrap_or(Path::new("")).to_path_buf()
}

/// As the table writes it, with `/` on every system.
fn relative(path: &Path, metadata: &Metadata) -> String {
    let path = path.strip_prefix(&metadata.workspace_root).unwrap_or(path);
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests;
