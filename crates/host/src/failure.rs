//! What the window is told when a command did not do what was asked.

use app::AppError;
use domain::registration::Problem;
use serde::Serialize;

domain::codes! {
    /// Why the running program itself does not do what a window asks.
    pub enum HostRefusal {
        /// Nobody has opened the device.
        Locked => "locked",
        /// Not the arguments of this command.
        MalformedArguments => "malformed_arguments",
        /// An answer that is no JSON.
        MalformedResult => "malformed_result",
        /// Not in the table.
        UnknownCommand => "unknown_command",
        /// For practice only.
        NotInPractice => "not_in_practice",
        /// A practice device is not enrolled.
        DemoHasNoGateway => "demo_has_no_gateway",
        /// There is no device here.
        NotEnrolled => "not_enrolled",
        /// Nobody was chosen.
        NothingToPrint => "nothing_to_print",
        /// No program of this machine shows the file.
        NoViewer => "no_viewer",
        /// The program itself failed; the thread that did the work is gone.
        Internal => "internal",
    }
}

domain::codes! {
    /// What is wrong with a picture that was given.
    pub enum BadPicture {
        /// Not a picture.
        NotAPicture => "not_a_picture",
        /// More pixels than are read.
        TooLarge => "too_large",
        /// Begins like a picture but is none.
        Damaged => "damaged",
        /// No code is in it.
        NoCode => "no_code",
    }
}

impl From<HostRefusal> for Failure {
    fn from(refusal: HostRefusal) -> Self {
        Self::plain(refusal.code())
    }
}

impl From<BadPicture> for Failure {
    fn from(bad: BadPicture) -> Self {
        Self::plain(bad.code())
    }
}

impl From<scan::ScanError> for Failure {
    fn from(error: scan::ScanError) -> Self {
        match error {
            scan::ScanError::NotAPicture => BadPicture::NotAPicture.into(),
            scan::ScanError::TooLarge => BadPicture::TooLarge.into(),
            scan::ScanError::Damaged => BadPicture::Damaged.into(),
        }
    }
}

/// What the window is told when a command did not do what was asked. A code and fields, never personal data.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Stable code; the window has a sentence for it.
    #[cfg_attr(feature = "bindings", ts(type = "FailureCode | (string & {})"))]
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
    /// Every code this program can give. A newer gateway's come through as they are.
    pub fn codes() -> std::collections::BTreeSet<&'static str> {
        let host = HostRefusal::ALL.iter().map(|refusal| refusal.code());
        let pictures = BadPicture::ALL.iter().map(|bad| bad.code());
        host.chain(pictures).chain(AppError::codes()).collect()
    }

    /// A failure that is a code alone.
    fn plain(code: &str) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn keys(json: &str) -> BTreeSet<String> {
        let table: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(json).unwrap();
        table.into_keys().collect()
    }

    #[test]
    fn every_code_has_a_sentence_and_every_sentence_a_producer() {
        let mut said = keys(include_str!("../../../messages/codes/error.json"));
        said.extend(keys(include_str!("../../../messages/codes/picture.json")));
        let given: BTreeSet<String> = Failure::codes().into_iter().map(str::to_owned).collect();
        let unsaid: Vec<_> = given.difference(&said).collect();
        assert!(
            unsaid.is_empty(),
            "no sentence in messages/codes/error.json: {unsaid:?}"
        );
        let unused: Vec<_> = said.difference(&given).collect();
        assert!(
            unused.is_empty(),
            "a sentence for a code that nothing gives: {unused:?}"
        );
    }
}
