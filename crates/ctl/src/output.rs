//! One JSON object per line on standard output, sentences on standard error.

use crate::{args::Language, messages};
use app::AppError;
use serde::Serialize;
use std::io::Write as _;

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// A use case said no, or the surroundings did.
    App(AppError),
    /// Wrong usage: the code of a sentence.
    Usage(&'static str),
    /// The command line cannot be understood; what about it.
    WrongUsage { detail: Option<String> },
    /// Reading or writing a file the user named.
    File { path: String, error: std::io::Error },
    /// A file was to be written where there is one already.
    FileExists { path: String },
    /// The JSON given is not a draft; where it stops being one.
    NotADraft { line: usize, column: usize },
    /// Standard output is gone.
    Output,
}

impl<E: Into<AppError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

/// Where results and sentences go.
pub struct Output {
    language: Language,
}

impl Output {
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// One result.
    pub fn line<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        let mut text = serde_json::to_string(value).map_err(|_| Failure::Output)?;
        text.push('\n');
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|_| Failure::Output)
    }

    /// Why something was not done, and what a command line can do about it.
    pub fn say(&self, code: &str) {
        let family = if messages::find("command", code, self.language).is_some() {
            "command"
        } else {
            "error"
        };
        self.tell(messages::sentence(family, code, self.language));
        self.then("hint", code);
    }

    /// The sentence for something with a stable name, of a family of such names (`refusal`, `birth_mismatch`).
    pub fn say_named<T: Serialize>(&self, family: &str, name: &T) {
        let name = serde_json::to_value(name).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        self.tell(messages::sentence(family, name, self.language));
        self.then(&format!("{family}-next"), name);
    }

    fn then(&self, family: &str, code: &str) {
        if let Some(more) = messages::find(family, code, self.language) {
            self.tell(more);
        }
    }

    fn tell(&self, words: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{words}");
    }

    /// Tells what went wrong and gives the exit status.
    pub fn failure(&mut self, failure: &Failure) -> u8 {
        let (status, code, problems) = match failure {
            Failure::App(AppError::Problems(problems)) => (1, "problems", problems.as_slice()),
            Failure::App(error) => (if error.is_refusal() { 1 } else { 3 }, error.code(), &[][..]),
            Failure::Usage(code) => (2, *code, &[][..]),
            Failure::WrongUsage { .. } => (2, "usage", &[][..]),
            Failure::File { .. } => (3, "file", &[][..]),
            Failure::FileExists { .. } => (1, "file_exists", &[][..]),
            Failure::NotADraft { .. } => (2, "not_a_draft", &[][..]),
            Failure::Output => (3, "output", &[][..]),
        };
        #[derive(Serialize)]
        struct Refused<'a> {
            error: &'a str,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            problems: &'a [domain::registration::Problem],
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<String>,
        }
        let detail = match failure {
            Failure::File { path, error } => Some(format!("{path}: {error}")),
            Failure::FileExists { path } => Some(path.clone()),
            Failure::NotADraft { line, column } => Some(format!("line {line}, column {column}")),
            Failure::App(error) => error.detail(),
            Failure::WrongUsage { detail } => detail.clone(),
            _ => None,
        };
        let _ = self.line(&Refused {
            error: code,
            problems,
            detail: detail.clone(),
        });
        self.say(code);
        for problem in problems {
            let field = serde_json::to_value(problem.field).ok();
            let field = field.as_ref().and_then(|value| value.as_str()).unwrap_or_default();
            let _ = writeln!(
                std::io::stderr().lock(),
                "  {}: {}",
                messages::sentence("field", field, self.language),
                messages::sentence("problem", problem.code.code(), self.language)
            );
        }
        if let Some(detail) = detail {
            let _ = writeln!(std::io::stderr().lock(), "  {detail}");
        }
        status
    }
}
