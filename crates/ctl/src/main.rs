//! `tungnhactl`: the use cases of Từng Nhà without a window.
//!
//! Results go to standard output, one JSON object per line; sentences for people go to standard error.
//! Exit status: 0 done, 1 refused by a rule, 2 wrong usage, 3 surroundings (in use, locked, disk full, no network).

mod args;
mod commands;
mod idcards;
mod input;
mod messages;
mod new_file;
mod output;
mod paper;

use clap::{Parser as _, error::ErrorKind};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return ExitCode::from(usage(&error)),
    };
    let mut out = output::Output::new(args.language());
    match commands::run(&args, &mut out) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(out.failure(&failure)),
    }
}

/// Help and version are answers. Everything else is wrong usage: what was typed may be somebody's name, so it is not
/// repeated.
fn usage(error: &clap::Error) -> u8 {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        let _ = error.print();
        return u8::try_from(error.exit_code()).unwrap_or(2);
    }
    let language = match std::env::var("TUNGNHA_LANG").as_deref() {
        Ok("en") => args::Language::En,
        _ => args::Language::Vi,
    };
    let detail = error.kind().as_str().map(str::to_owned);
    output::Output::new(language).failure(&output::Failure::WrongUsage { detail })
}
