//! Tells the story of a day with the real programs; `cargo xtask run` starts it where there is no display.
//!
//! `story FOLDER`: its files stay in FOLDER, which is emptied first. Exit status 0 when every expectation was met.

use std::{env, panic, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("story FOLDER");
        return ExitCode::from(2);
    };
    // Whoever reads the story wants its last sentence, not where in the source it was checked.
    panic::set_hook(Box::new(|what| {
        eprintln!("\n{}", what.payload_as_str().unwrap_or("the story ended early"));
    }));
    match panic::catch_unwind(|| tungnha_tests::story::tell(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
