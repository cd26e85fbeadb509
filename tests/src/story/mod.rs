//! The story of a day's records on real input, told as a person would like to read it: card pictures, drafts, saving
//! without a network, receipts, verdicts, a correction, a card. Only the two programs do anything; this asks them, checks
//! every answer and stops at the first that is not as it should be. `cargo xtask run` shows it where there is no display.

mod doors;
mod network;
mod paper;
mod people;
mod telling;
mod ward;

use crate::{Device, Town};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use telling::Story;

/// A card in front of the camera: its picture's name without the ending, and what the program read.
struct Card {
    picture: String,
    reading: Value,
}

/// By the number of the picture.
type Cards = BTreeMap<u8, Card>;

/// Somebody who was registered on the first tablet.
struct Registered {
    name: String,
    rid: String,
    code: String,
}

/// A day.
struct Day {
    folder: PathBuf,
    story: Story,
    town: Town,
    /// The tablet of the story.
    ours: Device,
    /// Another team's.
    theirs: Device,
    cards: Cards,
    /// By the number of their card's picture.
    registered: BTreeMap<u8, Registered>,
    /// Operators of our team: who registers, and who can be a witness.
    operators: Vec<u64>,
}

/// Tells the whole story; its files stay in `folder`, which is emptied first.
///
/// # Panics
/// At the first thing that is not as it should be, with one sentence about it.
pub fn tell(folder: &Path) {
    begin(folder);
    let mut story = Story::begin(folder.join("summary.txt"));
    story.say("Everybody in this story is invented. Nothing in it is simulated but the people, the population register and the network: the programs, the files, the keys and TLS are the real ones.");
    let ours = Device::at(folder.join("tablet-1"));
    let cards = doors::read_idcards(&mut story, &ours, folder);
    let mut day = Day::in_the_ward_office(story, folder, ours, cards);
    day.morning();
    day.locked_in_a_bag();
    day.afternoon();
    day.gateway_dies();
    day.platform_decides();
    day.correction();
    day.card_to_keep();
    day.ward_looks();
    day.close();
}

impl Day {
    fn close(&mut self) {
        let queue = self.ours.run(&["queue"]).ok().clone();
        self.story.chapter("The end of the day");
        self.story.say(&format!("On the tablet: {}", counts(&queue)));
        self.conserved(&queue, 11);
        let (checks, seconds) = (self.story.checks(), self.story.seconds());
        self.story.say(&format!(
            "{checks} expectations checked, all met, in {seconds:.1} seconds. The files:"
        ));
        let mut rows = Vec::new();
        for (name, what) in [
            ("summary.txt", "this story"),
            ("card.pdf", "the card that Đặng Văn Tín takes home"),
            ("card.png", "the same as a picture, where pdftoppm is installed"),
            ("drafts/", "the forms as they were saved"),
            (
                "tablet-1/",
                "the tablet: encrypted database, spool, lock (PIN in tests/src/device.rs)",
            ),
            ("gateway/", "the gateway's folder; its log is gateway.log"),
        ] {
            let path = self.folder.join(name);
            if path.exists() || name == "summary.txt" {
                rows.push(vec![shown(&path), what.to_owned()]);
            }
        }
        self.story.table(&rows);
    }

    /// The tablet's counts add up to what it ever began.
    fn conserved(&mut self, queue: &Value, begun: u64) {
        let states = queue["by_state"].as_object().into_iter().flatten();
        let sum: u64 = states.filter_map(|(_, count)| count.as_u64()).sum();
        self.story
            .check_count("the number of records ever begun", number(&queue["begun"]), begun);
        self.story.check_count("the sum over all states", sum, begun);
        self.story.check(
            queue["conservation"] == true,
            "the tablet itself says that its counts add up",
        );
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

/// A path as a person who stands in the checkout types it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

/// A path as an argument.
fn arg(path: &Path) -> &str {
    path.to_str().unwrap_or_else(|| panic!("{} is no text", path.display()))
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The folder of a run before is ours to remove: nothing else writes there.
fn begin(folder: &Path) {
    let trouble = |error: std::io::Error| panic!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap_or_else(trouble);
    }
    for name in ["drafts", "cards"] {
        fs::create_dir_all(folder.join(name)).unwrap_or_else(trouble);
    }
}
