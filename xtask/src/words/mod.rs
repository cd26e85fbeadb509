//! The catalogue of words (`messages/`): what is wrong with it, its types for the window, and one table of all texts for
//! somebody who changes words and not programs.

mod pattern;
mod table;
mod tree;
mod types;
mod usage;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::report::{Outcome, Step, Takes};
use tree::Node;

#[derive(Subcommand)]
pub enum Task {
    /// Write all texts into one table for a spreadsheet: key, where it is read, what is filled in, Vietnamese, English
    Export { file: PathBuf },
    /// Take changed texts from such a table; refuses unknown keys, empty texts and lost placeholders, and changes nothing
    /// then
    Import { file: PathBuf },
    /// Write the types of the window's words (ui/src/i18n/catalogue.ts)
    Types,
    /// What `test` checks: every text whole in both languages and read by somebody, types as the texts are
    Check,
}

pub const CHECK: Step = Step {
    name: "words",
    does: "every text whole in both languages, and read somewhere",
    takes: Takes::seconds(1, 1),
    run: |ctx| check(ctx).map(|()| Outcome::Passed),
};

/// # Errors
/// When the catalogue is not whole, or the table is refused; the places are named.
pub fn run(ctx: &Context, task: &Task) -> Result<()> {
    match task {
        Task::Export { file } => table::export(&ctx.root, &catalogue(&ctx.root)?, file),
        Task::Import { file } => table::import(catalogue(&ctx.root)?, file).and_then(|rooms| save(&ctx.root, &rooms)),
        Task::Types => write(
            &ctx.root.join(TYPES),
            &types::typescript(&windows(&catalogue(&ctx.root)?))?,
        ),
        Task::Check => check(ctx),
    }
}

/// Where the types of the window's words are kept.
const TYPES: &str = "ui/src/i18n/catalogue.ts";

/// One file of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// `window` or `codes`.
    pub folder: &'static str,
    /// `people` for `window/people.json`.
    pub name: String,
    pub node: Node,
}

impl Room {
    /// Path below the repository.
    fn path(&self) -> String {
        format!("messages/{}/{}.json", self.folder, self.name)
    }

    /// The first part of a key: `window/people:withdraw`.
    fn prefix(&self) -> String {
        format!("{}/{}:", self.folder, self.name)
    }
}

/// All rooms, by folder and name.
fn catalogue(root: &Path) -> Result<Vec<Room>> {
    let mut rooms = Vec::new();
    for folder in ["codes", "window"] {
        let path = root.join("messages").join(folder);
        let failed = |source| Error::Io {
            what: path.display().to_string(),
            source,
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|ext| ext == "json"));
        files.sort();
        for file in files {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            rooms.push(Room {
                folder,
                name,
                node: tree::read(&file)?,
            });
        }
    }
    Ok(rooms)
}

fn windows(rooms: &[Room]) -> Vec<Room> {
    rooms.iter().filter(|room| room.folder == "window").cloned().collect()
}

fn save(root: &Path, rooms: &[Room]) -> Result<()> {
    for room in rooms {
        write(&root.join(room.path()), &room.node.to_json())?;
    }
    write(&root.join(TYPES), &types::typescript(&windows(rooms))?)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(|source| Error::Io {
        what: path.display().to_string(),
        source,
    })
}

fn rule(places: Vec<String>) -> Error {
    Error::Rule {
        rule: "the catalogue of words is not whole",
        places,
    }
}

fn check(ctx: &Context) -> Result<()> {
    let rooms = catalogue(&ctx.root)?;
    let mut places = Vec::new();
    for room in &rooms {
        for (key, sentence) in room.node.texts() {
            let what = table::wrong(sentence, None);
            places.extend(what.into_iter().map(|why| format!("{}{key}: {why}", room.prefix())));
        }
        let json = std::fs::read_to_string(ctx.root.join(room.path())).unwrap_or_default();
        if json != room.node.to_json() {
            places.push(format!(
                "{}: not written as `cargo xtask words import` writes it",
                room.path()
            ));
        }
    }
    let uses = usage::Sources::read(&ctx.root)?;
    for room in windows(&rooms) {
        let unread = room
            .node
            .texts()
            .into_iter()
            .filter(|(key, _)| uses.of(&room, key).is_empty());
        places.extend(unread.map(|(key, _)| format!("{}{key}: nobody reads it", room.prefix())));
    }
    if !places.is_empty() {
        return Err(rule(places));
    }
    let types = std::fs::read_to_string(ctx.root.join(TYPES)).unwrap_or_default();
    if types != types::typescript(&windows(&rooms))? {
        return Err(Error::Other(format!(
            "{TYPES} is older than the words: `cargo xtask words types` writes it"
        )));
    }
    println!(
        "{} texts in two languages",
        rooms.iter().map(|room| room.node.texts().len()).sum::<usize>()
    );
    Ok(())
}
