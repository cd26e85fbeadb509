//! What the tests made of a seeded bug.

use std::fmt;

pub enum Verdict {
    /// Names of the tests that failed.
    Caught(Vec<String>),
    Missed,
    /// It says nothing about the tests.
    DoesNotCompile(String),
}

impl Verdict {
    /// From what nextest said; `building`: only the programs were built, and that failed.
    pub fn of(said: &str, passed: bool, building: bool) -> Verdict {
        let mut failed: Vec<_> = said.lines().filter_map(name).collect();
        failed.sort();
        failed.dedup();
        if !building && !failed.is_empty() {
            Verdict::Caught(failed)
        } else if passed {
            Verdict::Missed
        } else {
            let why = said.lines().find(|line| line.starts_with("error"));
            Verdict::DoesNotCompile(why.unwrap_or("no test was run").to_owned())
        }
    }
}

/// `        FAIL [   1.2s] (1/5) package::file the_test` and the like.
fn name(line: &str) -> Option<String> {
    let line = line.trim_start();
    let rest = ["FAIL [", "SIGABRT [", "SIGSEGV [", "TIMEOUT ["]
        .iter()
        .find_map(|word| line.strip_prefix(word))?;
    rest.split_whitespace().last().map(str::to_owned)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Caught(by) => {
                let more = by.len().saturating_sub(2);
                write!(f, "caught by {}", by[..by.len().min(2)].join(", "))?;
                if more > 0 {
                    write!(f, " and {more} more")
                } else {
                    Ok(())
                }
            }
            Verdict::Missed => f.write_str("NOT CAUGHT"),
            Verdict::DoesNotCompile(why) => write!(f, "NOT TRIED: {why}"),
        }
    }
}
