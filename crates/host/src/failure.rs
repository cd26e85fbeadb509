//! What the window is told when a command did not do what was asked.

use app::AppError;
use domain::registration::Problem;
use serde::Serialize;

/// What the window is told when a command did not do what was asked. A code and fields, never personal data.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Stable code; the window has a sentence for it.
    pub code: String,
    /// For `problems`: everything in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<Vec<Problem>>"))]
    pub problems: Vec<Problem>,
    /// Attempts left before a wrong PIN costs time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u32>,
    /// Seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub wait_seconds: Option<u64>,
}

impl Failure {
    /// A failure that is a code alone.
    pub fn plain(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            problems: Vec::new(),
            attempts_left: None,
            wait_seconds: None,
        }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let (attempts_left, wait_seconds) = error.patience();
        let code = error.code().to_owned();
        let problems = match error {
            AppError::Problems(problems) => problems,
            _ => Vec::new(),
        };
        Self {
            code,
            problems,
            attempts_left,
            wait_seconds,
        }
    }
}
