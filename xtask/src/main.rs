//! `cargo xtask`: everything a person or CI does with this repository, as one program.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

mod attack;
mod bench;
mod bench_scan;
mod bindings;
mod build;
mod camera;
mod changed;
mod check;
mod cited;
mod context;
mod dev;
mod error;
mod gateway;
mod install;
mod layers;
mod metadata;
mod proc;
mod report;
mod run;
mod seeded;
mod supply;
mod test;
mod tree;
mod ui;
mod walks;
mod window;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use context::Context;
use error::Result;

/// Everything a person or CI does with this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
    /// Never install anything; only say what is missing
    #[arg(long, global = true)]
    no_install: bool,
    /// Install without asking
    #[arg(long, short, global = true, conflicts_with = "no_install")]
    yes: bool,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, start a gateway and open the window; without a display, walk every journey and
    /// leave pictures, card and summary under target/run/
    Run,
    /// Before a commit, in under two minutes once everything is built: formatting, layers, clippy of what changed and of
    /// what stands on it, the quick tests of what changed; says what it leaves out
    Check,
    /// All that CI does: formatting, lints, layers, build, every test, the tree; stops at the first failure
    Test {
        /// Only this step (may be given again); the names are those of the summary
        #[arg(long, value_name = "STEP")]
        only: Vec<String>,
    },
    /// Attack the real programs over TLS with a tablet that sends what no honest one would, and print what held; words
    /// choose among the attacks
    Attack { words: Vec<String> },
    /// Put small bugs into a copy of the tree, one after the other, and see that a test catches each (tests/seeded/); words
    /// choose among them
    SeededBugs { words: Vec<String> },
    /// Write what each program that ships is made of, with licences and checksums, as CycloneDX (target/sbom/)
    Sbom,
    /// Open the page in a browser with hot reload, on the real program: a development server and Vite, until Ctrl+C
    Dev,
    /// Pictures of every screen and state on the real program, in both languages, lying and upright (target/screens/);
    /// names choose the scenes that begin so
    Screens { scenes: Vec<String> },
    /// Write the window's TypeScript from the command table (ui/src/backend/bindings.ts)
    Bindings,
    /// The catalogue of words (messages/): export it to a table for a spreadsheet, import it again, check it
    Words {
        #[command(subcommand)]
        task: words::Task,
    },
    /// Try the camera's adapter on real Video4Linux devices, in a small emulated machine made of Debian's packages; not a
    /// part of `test`
    Camera,
    /// Run the benchmarks; a word after `--` chooses among them
    Bench {
        #[arg(last = true)]
        filter: Vec<String>,
    },
    /// Measure the reader of QR codes against others on generated and real photographs: `--quick`, `--real FOLDER`,
    /// `--seed N`, `--count N`, `--help` for the rest
    #[command(disable_help_flag = true)]
    BenchScan {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: &Cli) -> Result<()> {
    let ctx = Context::find(cli.no_install, cli.yes)?;
    match &cli.task {
        Task::Run => run::run(&ctx),
        Task::Check => check::check(&ctx),
        Task::Test { only } => test::test(ctx, only),
        Task::Attack { words } => attack::run(&ctx, words),
        Task::SeededBugs { words } => seeded::run(&ctx, words),
        Task::Sbom => report::walk(&ctx, "sbom", &[&supply::SBOM]),
        Task::Dev => dev::dev(&ctx),
        Task::Screens { scenes } => walks::screens(&ctx, scenes),
        Task::Bindings => bindings::write(&ctx),
        Task::Words { task } => words::run(&ctx, task),
        Task::Camera => camera::run(&ctx),
        Task::Bench { filter } => bench::bench(&ctx, filter),
        Task::BenchScan { words } => bench_scan::bench_scan(&ctx, words),
    }
}
