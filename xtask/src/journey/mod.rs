//! The journey of a day's records on real input, told as a person would like to read it: card pictures, drafts, saving
//! without a network, receipts, verdicts, a correction, a card. Only the two programs do anything; this file asks them,
//! checks every answer and stops at the first that is not as it should be.

mod doors;
mod network;
mod paper;
mod people;
pub mod programs;
mod story;
mod ward;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::context::Context;
use crate::error::{Error, Result};
use programs::{Centre, Tablet};
use story::Story;

/// A card in front of the camera: its picture's name without the ending, and what the program read.
struct Card {
    picture: String,
    reading: Value,
}

/// Somebody who was registered on the first tablet.
struct Registered {
    name: String,
    rid: String,
    code: String,
}

/// A day.
struct Day {
    /// The checkout.
    root: PathBuf,
    /// `target/run`.
    folder: PathBuf,
    story: Story,
    centre: Centre,
    /// The tablet of the story.
    ours: Tablet,
    /// Another team's.
    theirs: Tablet,
    /// By the number of the picture.
    cards: BTreeMap<u8, Card>,
    /// By the same number.
    registered: BTreeMap<u8, Registered>,
    /// Operators of our team: who registers, and who can be a witness.
    operators: Vec<u64>,
}

/// Walks the whole journey; its files stay in `target/run/`.
///
/// # Errors
/// The first thing that is not as it should be, in one sentence.
pub fn walk(ctx: &Context) -> Result<()> {
    let folder = ctx.target.join("run");
    let population = folder.join("population.csv");
    empty(&folder)?;
    let program = |name: &str| ctx.program(name);
    let mut day = Day {
        root: ctx.root.clone(),
        story: Story::begin(),
        centre: Centre::new(program("tungnha-gateway"), &folder, population.clone()),
        ours: Tablet::new(program("tungnhactl"), folder.join("tablet-1")),
        theirs: Tablet::new(program("tungnhactl"), folder.join("tablet-2")),
        cards: BTreeMap::new(),
        registered: BTreeMap::new(),
        operators: Vec::new(),
        folder,
    };
    day.story.say("Everybody in this story is invented. Nothing in it is simulated but the people, the population register and the network: the programs, the files, the keys and TLS are the real ones.");
    let ended = day.pass(&population);
    day.centre.stop()?;
    // What was told up to a failure helps to understand it.
    day.story.write(&day.folder.join("summary.txt"))?;
    ended
}

impl Day {
    fn pass(&mut self, population: &Path) -> Result<()> {
        self.read_cards()?;
        self.open_ward_office(population)?;
        self.morning()?;
        self.locked_in_a_bag()?;
        self.afternoon()?;
        self.gateway_dies()?;
        self.platform_decides()?;
        self.correction()?;
        self.card_to_keep()?;
        self.ward_looks()?;
        self.close()
    }

    fn close(&mut self) -> Result<()> {
        let queue = self.ours.run(&["queue"])?.ok()?;
        self.story.chapter("The end of the day");
        self.story.say(&format!("On the tablet: {}", counts(&queue)));
        self.conserved(&queue, 11)?;
        let (checks, seconds) = (self.story.checks(), self.story.seconds());
        self.story.say(&format!(
            "{checks} expectations checked, all met, in {seconds:.1} seconds. The files:"
        ));
        let shown = |path: &Path| path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        let mut rows = Vec::new();
        for (name, what) in [
            ("summary.txt", "this story"),
            ("card.pdf", "the card that Đặng Văn Tín takes home"),
            ("card.png", "the same as a picture, where pdftoppm is installed"),
            ("drafts/", "the forms as they were saved"),
            (
                "tablet-1/",
                "the tablet: encrypted database, spool, lock (PIN in xtask/src/journey/programs.rs)",
            ),
            ("gateway/", "the gateway's folder; its log is gateway.log"),
        ] {
            let path = self.folder.join(name);
            if path.exists() || name == "summary.txt" {
                rows.push(vec![shown(&path), what.to_owned()]);
            }
        }
        self.story.table(&rows);
        Ok(())
    }

    /// The tablet's counts add up to what it ever began.
    fn conserved(&mut self, queue: &Value, begun: u64) -> Result<()> {
        let states = queue["by_state"].as_object().into_iter().flatten();
        let sum: u64 = states.filter_map(|(_, count)| count.as_u64()).sum();
        self.story
            .check_count("the number of records ever begun", number(&queue["begun"]), begun)?;
        self.story.check_count("the sum over all states", sum, begun)?;
        self.story.check(
            queue["conservation"] == true,
            "the tablet itself says that its counts add up",
        )
    }

    fn io<T>(what: &Path, result: std::io::Result<T>) -> Result<T> {
        result.map_err(|source| Error::Io {
            what: what.display().to_string(),
            source,
        })
    }
}

/// A number in an answer; what is missing is none.
fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// A text in an answer.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The counts of a queue in words.
fn counts(queue: &Value) -> String {
    let states = queue["by_state"].as_object().into_iter().flatten();
    let parts: Vec<_> = states
        .filter(|(_, count)| number(count) > 0)
        .map(|(state, count)| format!("{count} {}", state.replace('_', " ")))
        .collect();
    format!(
        "{} begun = {}; {} unsent.",
        queue["begun"],
        parts.join(" + "),
        queue["unsent"]
    )
}

/// The folder of a run before is ours to remove: nothing else writes there.
fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        Day::io(folder, fs::remove_dir_all(folder))?;
    }
    for name in ["drafts", "cards", "tablet-1", "tablet-2"] {
        let path = folder.join(name);
        Day::io(&path, fs::create_dir_all(&path))?;
    }
    Ok(())
}
