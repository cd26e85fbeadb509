//! `cargo xtask seeded-bugs`: small bugs, each of which takes one protection away (`tests/seeded/*.toml`). Every one is put
//! into a scratch copy of the tree, and a test has to see it. What no test sees is a hole in the tests, not in the list.

mod list;
mod scratch;
mod verdict;

use crate::build;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::Child;
use crate::report::{self, Outcome, Step, Takes};
use list::Seed;
use scratch::Scratch;
use verdict::Verdict;

/// How many of them every run of `cargo xtask test` tries.
const SAMPLE: usize = 2;

/// A few of the list, others with each commit; and the whole list still fits the source.
pub const SAMPLED: Step = Step {
    name: "seeded-bugs",
    does: "a few small bugs put into a copy: does a test see them?",
    takes: Takes::seconds(200, 120),
    run: |ctx| {
        let seeds = list::read(&ctx.root)?;
        if !build::has_nextest(ctx) {
            return Ok(Outcome::Skipped(format!(
                "all {} fit the source; trying one takes cargo-nextest, which is not installed",
                seeds.len()
            )));
        }
        let quick: Vec<_> = seeds.iter().filter(|seed| seed.sampled).collect();
        let chosen: Vec<_> = quick
            .iter()
            .copied()
            .cycle()
            .skip(turn(ctx, quick.len()))
            .take(SAMPLE.min(quick.len()))
            .collect();
        tried(ctx, &chosen)?;
        Ok(Outcome::Noted(format!(
            "{} of {} were tried, all of them fit the source",
            chosen.len(),
            seeds.len()
        )))
    },
};

/// Tries all of them, or those whose name holds one of the words.
///
/// # Errors
/// When one is not seen by any of its tests, does not compile, or does not fit the source any more.
pub fn run(ctx: &Context, words: &[String]) -> Result<()> {
    let seeds = list::read(&ctx.root)?;
    let chosen: Vec<_> = seeds
        .iter()
        .filter(|seed| words.is_empty() || words.iter().any(|word| seed.name.contains(word.as_str())))
        .collect();
    if chosen.is_empty() {
        return Err(Error::Other("no seeded bug has such a name".into()));
    }
    if !build::has_nextest(ctx) {
        return Err(Error::Other(
            "cargo-nextest is needed: `cargo install cargo-nextest --locked`".into(),
        ));
    }
    tried(ctx, &chosen)
}

fn tried(ctx: &Context, seeds: &[&Seed]) -> Result<()> {
    let scratch = Scratch::of(ctx)?;
    println!(
        "{} seeded bugs, in a copy under {}",
        seeds.len(),
        scratch.tree.display()
    );
    scratch.programs(seeds)?;
    let mut holes = Vec::new();
    for (n, seed) in seeds.iter().enumerate() {
        let begun = report::now();
        let verdict = seed.try_in(&scratch)?;
        println!(
            "[{}/{}] {:<44} {:>5.0} s  {verdict}\n         protects: {}",
            n + 1,
            seeds.len(),
            seed.name,
            begun.elapsed().as_secs_f64(),
            seed.protects
        );
        if !matches!(verdict, Verdict::Caught(_)) {
            holes.push(format!("{}: {verdict}", seed.name));
        }
    }
    if holes.is_empty() {
        println!("{} of {} caught", seeds.len(), seeds.len());
        return Ok(());
    }
    Err(Error::Rule {
        rule: "no test sees these bugs",
        places: holes,
    })
}

impl Seed {
    fn try_in(&self, scratch: &Scratch) -> Result<Verdict> {
        let sown = scratch.sow(self)?;
        if self.needs_programs() {
            let built = scratch.cargo(&[
                "build",
                "--workspace",
                "--locked",
                "--bin",
                "tungnhactl",
                "--bin",
                "tungnha-gateway",
            ]);
            if !built.0 {
                return Ok(Verdict::of(&built.1, false, true));
            }
        }
        let mut verdict = Verdict::Missed;
        for args in self.calls() {
            let (passed, said) = scratch.cargo(&args.iter().map(String::as_str).collect::<Vec<_>>());
            verdict = Verdict::of(&said, passed, false);
            if !matches!(verdict, Verdict::Missed) {
                break;
            }
        }
        drop(sown);
        Ok(verdict)
    }
}

/// Others with each commit: the first letters of its name as a number.
fn turn(ctx: &Context, of: usize) -> usize {
    let head = Child::new(&ctx.root, "git")
        .args(["rev-parse", "--short=6", "HEAD"])
        .answer();
    let number = head.and_then(|bytes| usize::from_str_radix(String::from_utf8_lossy(&bytes).trim(), 16).ok());
    number.unwrap_or_default() % of.max(1)
}
