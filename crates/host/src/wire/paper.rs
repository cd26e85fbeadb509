//! Paper and print queues.

use app::paper::{
    Paper,
    printer::{JobState, PrintQueue, Trouble},
};
use domain::ids::Rid;
use serde::{Deserialize, Serialize};

/// Paper of one person, or of several (sheets).
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperWanted {
    /// Kind.
    pub paper: Paper,
    /// Whose.
    pub rids: Vec<Rid>,
    /// The page to show, counted from 0.
    pub page: u32,
}

/// Paper for a queue.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintPaper {
    /// Kind.
    pub paper: Paper,
    /// Whose.
    pub rids: Vec<Rid>,
    /// The queue's name.
    pub queue: String,
}

/// A print job, by the number that `print_paper` gave.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByJob {
    /// Number.
    pub job: u32,
}

/// What was read from paper; one of the two is given.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanBack {
    /// Whose paper it should be.
    pub rid: Rid,
    /// A picture file's bytes, base64.
    pub picture: Option<String>,
    /// What a scanner typed.
    pub text: Option<String>,
}

/// The machine's print queues.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Printers {
    /// Queues.
    pub queues: Vec<PrintQueue>,
    /// The queue used last for each kind of paper, as pairs; a queue that is gone is not named.
    pub chosen: Vec<(Paper, String)>,
    /// Why there are none.
    pub trouble: Option<String>,
}

/// A page as a picture.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// PNG, base64.
    pub png: String,
    /// Pages of the document.
    pub pages: u32,
}

/// A print job.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrintJob {
    /// Number.
    pub job: u32,
    /// Kind of paper.
    pub paper: Paper,
    /// The queue's name.
    pub queue: String,
    /// Where it stands.
    pub state: JobState,
    /// What is in its way.
    pub trouble: Option<Trouble>,
}
