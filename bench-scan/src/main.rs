//! `cargo xtask bench-scan`: how well and how fast codes are read, next to other readers in the same run.
#![expect(clippy::print_stdout, reason = "its tables are what it is for")]

mod dice;
mod lens;
mod measure;
mod peers;
mod people;
mod real;
mod render;
mod scene;
mod sequence;
mod tally;
#[cfg(feature = "peers")]
mod zbar;

use clap::Parser;
use std::{path::PathBuf, process::ExitCode};

/// Measures the reader of QR codes on generated card photographs and on real ones.
#[derive(Parser)]
#[command(name = "cargo xtask bench-scan", bin_name = "cargo xtask bench-scan")]
struct Cli {
    /// Folder of real photographs, with a .txt or .bin beside each; falsepositives* folders hold pictures without a code
    #[arg(long, value_name = "FOLDER")]
    real: Option<PathBuf>,
    /// Other pictures of the same kinds
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Generated photographs of each kind of distortion (0: none)
    #[arg(long, default_value_t = 60)]
    count: usize,
    /// Sequences of frames of each kind (0: none)
    #[arg(long, default_value_t = 20)]
    sequences: usize,
    /// Milliseconds of processor time after which our reader looks no further (0: no limit)
    #[arg(long, default_value_t = 34)]
    budget: u64,
    /// A look in a minute: ten of each kind
    #[arg(long)]
    quick: bool,
    /// Only these kinds of distortion
    #[arg(long, value_name = "KIND")]
    only: Vec<String>,
    /// A row for each grade of each distortion
    #[arg(long)]
    grades: bool,
    /// Only our own reader
    #[arg(long)]
    alone: bool,
    /// Write the generated photographs as PNG into this folder instead of measuring
    #[arg(long, value_name = "FOLDER")]
    show: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Some readers panic on some pictures; that counts as not read.
    std::panic::set_hook(Box::new(|_| {}));
    if cli.budget > 0 {
        let _ = peers::BUDGET.set(std::time::Duration::from_millis(cli.budget));
    }
    let count = if cli.quick { 10 } else { cli.count };
    if let Some(folder) = &cli.show {
        return match measure::show(folder, cli.seed, count, &cli.only) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        };
    }
    let mut readers = peers::readers();
    if cli.alone {
        readers.truncate(1);
    }
    if count > 0 {
        measure::generated(&readers, cli.seed, count, &cli.only, cli.grades);
        measure::without_code(&readers, cli.seed, count);
    }
    if cli.sequences > 0 {
        sequence::sequences(&readers, cli.seed, if cli.quick { 5 } else { cli.sequences });
    }
    if let Some(folder) = &cli.real {
        match real::photos(folder) {
            Ok(photos) => measure::real(&readers, &photos),
            Err(error) => return fail(&format!("{}: {error}", folder.display())),
        }
    }
    ExitCode::SUCCESS
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
