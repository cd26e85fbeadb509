//! `tungnhactl`: the use cases of Từng Nhà without a window.
//!
//! Results go to standard output, one JSON object per line; sentences for people go to standard error.
//! Exit status: 0 done, 1 refused by a rule, 2 wrong usage, 3 surroundings (in use, locked, disk full, no network).

mod args;
mod cards;
mod commands;
mod messages;
mod output;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let mut out = output::Output::new(args.language());
    match commands::run(&args, &mut out) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(out.failure(&failure)),
    }
}
