//! Attacks the real programs and prints what held: `attack [WORD ...]` tries those whose name holds one of the words.
//! `cargo xtask attack` builds and starts it. Exit status 1 when something gave way.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    ExitCode::from(u8::from(!tungnha_tests::attack::all(&words)))
}
