//! Steps with a name and a time, and the table at the end.

use std::io::{IsTerminal, stdout};
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::error::{Error, Result};

/// One step of a task.
pub struct Step {
    /// A short word, also accepted by `--only`.
    pub name: &'static str,
    /// What it does, for the line above its output.
    pub does: &'static str,
    pub run: fn(&Context) -> Result<Outcome>,
}

/// How a step that did not fail ended.
pub enum Outcome {
    Passed,
    /// Passed, and there is something to know about it.
    Noted(String),
    /// Nothing was checked, for this reason; not the same as passed.
    Skipped(String),
}

struct Row {
    name: &'static str,
    result: String,
    seconds: Option<f64>,
}

/// Runs the steps in order, stops at the first failure, and prints the table in either case.
///
/// # Errors
/// That of the step that failed, after the table.
pub fn walk(ctx: &Context, steps: &[&Step]) -> Result<()> {
    let begun = now();
    let mut rows = Vec::with_capacity(steps.len());
    let mut failure = None;
    for (index, step) in steps.iter().enumerate() {
        if failure.is_some() {
            rows.push(Row {
                name: step.name,
                result: "not reached".into(),
                seconds: None,
            });
            continue;
        }
        println!(
            "\n{}",
            bold(&format!("[{}/{}] {}: {}", index + 1, steps.len(), step.name, step.does))
        );
        let started = now();
        let outcome = (step.run)(ctx);
        let seconds = Some(started.elapsed().as_secs_f64());
        let result = match outcome {
            Ok(Outcome::Passed) => "passed".into(),
            Ok(Outcome::Noted(note)) => format!("passed; {note}"),
            Ok(Outcome::Skipped(reason)) => {
                println!("skipped: {reason}");
                format!("skipped: {reason}")
            }
            Err(error) => {
                failure = Some((step.name, error));
                "FAILED".into()
            }
        };
        rows.push(Row {
            name: step.name,
            result,
            seconds,
        });
    }
    println!("\n{}", table(&rows, begun.elapsed()));
    match failure {
        None => Ok(()),
        Some((name, error)) => Err(Error::Other(format!("{}\n{error}", bold(&format!("{name} failed."))))),
    }
}

/// Results are last in a row, so that a long reason breaks no column.
fn table(rows: &[Row], total: Duration) -> String {
    let widest = rows
        .iter()
        .map(|row| row.name.len())
        .max()
        .unwrap_or(0)
        .max("total".len());
    let mut text = String::new();
    for row in rows {
        let seconds = row
            .seconds
            .map_or_else(|| "-".into(), |seconds| format!("{seconds:.1}"));
        text.push_str(&format!("  {:widest$}  {seconds:>7} s  {}\n", row.name, row.result));
    }
    text.push_str(&format!("  {:widest$}  {:>7.1} s\n", "total", total.as_secs_f64()));
    text
}

fn bold(text: &str) -> String {
    let plain = !stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain {
        text.to_owned()
    } else {
        format!("\x1b[1m{text}\x1b[0m")
    }
}

#[expect(clippy::disallowed_methods, reason = "the table says how long a step really took")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context {
            root: ".".into(),
            target: "target".into(),
            no_install: true,
        }
    }

    const FINE: Step = Step {
        name: "fine",
        does: "nothing",
        run: |_| Ok(Outcome::Passed),
    };
    const SKIP: Step = Step {
        name: "skip",
        does: "nothing",
        run: |_| Ok(Outcome::Skipped("no tool".into())),
    };
    const FAIL: Step = Step {
        name: "fail",
        does: "break",
        run: |_| Err(Error::Other("broken pipe organ".into())),
    };
    const NEVER: Step = Step {
        name: "never",
        does: "be reached",
        run: |_| panic!("ran after a failure"),
    };

    #[test]
    fn the_first_failure_stops_and_is_named() {
        let message = walk(&ctx(), &[&FINE, &SKIP, &FAIL, &NEVER]).unwrap_err().to_string();
        assert!(
            message.contains("fail failed.") && message.contains("broken pipe organ"),
            "{message}"
        );
        assert!(walk(&ctx(), &[&FINE, &SKIP]).is_ok());
    }

    #[test]
    fn a_skipped_step_does_not_read_as_passed() {
        let rows = [Row {
            name: "licences",
            result: "skipped: no tool".into(),
            seconds: Some(0.04),
        }];
        let text = table(&rows, Duration::from_secs(61));
        assert_eq!(text, "  licences      0.0 s  skipped: no tool\n  total        61.0 s\n");
    }
}
