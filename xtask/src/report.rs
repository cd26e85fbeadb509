//! Steps with a name and a time: what they will take, said before the first, and the table at the end.

use std::fs;
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
    pub takes: Takes,
    pub run: fn(&Context) -> Result<Outcome>,
}

/// Seconds on two quiet cores, estimated from what the parts took; what the same machine took last is said beside it. What
/// waits for a person counts as nothing.
#[derive(Clone, Copy)]
pub struct Takes {
    /// On a machine that has never built this.
    pub first: u32,
    /// When nothing changed since.
    pub again: u32,
}

impl Takes {
    pub const fn seconds(first: u32, again: u32) -> Takes {
        Takes { first, again }
    }
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

/// Says what is coming, runs the steps in order, stops at the first failure, and prints the table in either case.
///
/// # Errors
/// That of the step that failed, after the table.
pub fn walk(ctx: &Context, task: &str, steps: &[&Step]) -> Result<()> {
    let last = ctx.target.join("xtask").join(format!("{task}.seconds"));
    println!("{}", coming(task, steps, fs::read_to_string(&last).ok().as_deref()));
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
        None => {
            // Only for the line above; a run is not a failure because nobody can be told how long it took.
            let _ = fs::create_dir_all(last.with_file_name(""))
                .and_then(|()| fs::write(&last, begun.elapsed().as_secs().to_string()));
            Ok(())
        }
        Some((name, error)) => Err(Error::Other(format!("{}\n{error}", bold(&format!("{name} failed."))))),
    }
}

/// What will be done and how long it takes, before any of it is.
fn coming(task: &str, steps: &[&Step], last: Option<&str>) -> String {
    let sum = |of: fn(Takes) -> u32| steps.iter().map(|step| of(step.takes)).sum();
    let mut text = format!("cargo xtask {task}:\n");
    let widest = steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
    for step in steps {
        text += &format!("  {:widest$}  {}\n", step.name, step.does);
    }
    text += &format!(
        "On two quiet cores {} the first time and {} once everything is built",
        spoken(sum(|takes| takes.first)),
        spoken(sum(|takes| takes.again))
    );
    if let Some(last) = last.and_then(|seconds| seconds.trim().parse().ok()) {
        text += &format!("; the last time here {}", spoken(last));
    }
    text + ".\nCargo and npm fetch what Cargo.lock and package-lock.json name; of the system nothing is changed without being named first."
}

fn spoken(seconds: u32) -> String {
    match seconds {
        0..90 => format!("about {seconds} s"),
        _ => format!("about {} min", (seconds + 30) / 60),
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
pub fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context {
            root: ".".into(),
            target: std::env::temp_dir().join("tungnha-xtask-report"),
            no_install: true,
            yes: false,
            linted: false,
        }
    }

    const FINE: Step = Step {
        name: "fine",
        does: "nothing",
        takes: Takes::seconds(60, 1),
        run: |_| Ok(Outcome::Passed),
    };
    const SKIP: Step = Step {
        name: "skip",
        does: "nothing",
        takes: Takes::seconds(60, 1),
        run: |_| Ok(Outcome::Skipped("no tool".into())),
    };
    const FAIL: Step = Step {
        name: "fail",
        does: "break",
        takes: Takes::seconds(5, 5),
        run: |_| Err(Error::Other("broken pipe organ".into())),
    };
    const NEVER: Step = Step {
        name: "never",
        does: "be reached",
        takes: Takes::seconds(5, 5),
        run: |_| panic!("ran after a failure"),
    };

    #[test]
    fn the_first_failure_stops_and_is_named() {
        let message = walk(&ctx(), "break", &[&FINE, &SKIP, &FAIL, &NEVER])
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("fail failed.") && message.contains("broken pipe organ"),
            "{message}"
        );
        assert!(walk(&ctx(), "pass", &[&FINE, &SKIP]).is_ok());
    }

    #[test]
    fn what_is_coming_is_said_with_its_time_before_and_the_last_time_here() {
        let text = coming("run", &[&FINE, &SKIP, &FAIL], None);
        assert!(text.starts_with("cargo xtask run:\n  fine  nothing\n"), "{text}");
        assert!(
            text.contains("about 2 min the first time and about 7 s once everything is built.\n"),
            "{text}"
        );
        let again = coming("run", &[&FINE], Some("754\n"));
        assert!(again.contains("; the last time here about 13 min.\n"), "{again}");
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
