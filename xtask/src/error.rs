//! What can stop a task. The text is for the person at the terminal, so it says what to do next.

use std::io;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{command}` could not be started: {source}")]
    Start { command: String, source: io::Error },

    #[error("`{command}` failed ({status})")]
    Command { command: String, status: String },

    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },

    #[error("`cargo metadata` answered something unexpected: {0}")]
    Metadata(#[from] serde_json::Error),

    /// A rule of this repository is broken; each line names one place.
    #[error("{rule}:\n  {}", .places.join("\n  "))]
    Rule { rule: &'static str, places: Vec<String> },

    #[error("{0}")]
    Other(String),
}
