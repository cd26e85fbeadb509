//! `cargo xtask dev`: the page in a browser, with hot reload, on the real program.

use std::io::{BufRead as _, BufReader};
use std::process::{Child as Process, Command, Stdio};

use crate::build;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::Child;
use crate::ui;

/// A stage whose page is closed is kept so long, in seconds: whoever comes back from lunch finds it.
const LINGER: &str = "3600";

/// Builds the development server with what the tests are built with, so that nothing is built a second time.
///
/// # Errors
/// When it does not compile.
pub fn build_server(ctx: &Context) -> Result<()> {
    build::cargo(ctx, &[&["build"], &build::WORKSPACE, &["--example", "dev-server"]]).map(drop)
}

/// Serves until Ctrl+C, which reaches the server and Vite as well.
///
/// # Errors
/// When something cannot be built or started.
pub fn dev(ctx: &Context) -> Result<()> {
    ui::packages(ctx)?;
    build_server(ctx)?;
    let mut server = start(ctx)?;
    let served = serve(ctx, &mut server);
    // It ends when nobody holds its standard input.
    drop(server.stdin.take());
    let _ = server.wait();
    served
}

fn start(ctx: &Context) -> Result<Process> {
    Command::new(ctx.example("dev-server"))
        .args(["--linger", LINGER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|source| Error::Io {
            what: "the development server".into(),
            source,
        })
}

fn serve(ctx: &Context, server: &mut Process) -> Result<()> {
    let mut line = String::new();
    if let Some(out) = server.stdout.take() {
        let read = BufReader::new(out).read_line(&mut line);
        read.map_err(|source| Error::Io {
            what: "what the development server says".into(),
            source,
        })?;
    }
    println!("the real program plays a story: open the address below with ?story=NAME, for example");
    println!("practice (when none is named), volunteer, volunteer-offline, coordinator, new");
    Child::new(&ctx.root.join("ui"), "npm")
        .args(["run", "--silent", "dev"])
        .env("DEV_SERVER", line.trim())
        .run()
}
