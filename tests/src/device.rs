//! A tablet: a folder, its secrets beside it, and `tungnhactl`.

use crate::{Folder, Town, program};
use serde_json::Value;
use std::{
    fmt,
    io::Write as _,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// The PIN of every device in the tests.
pub const PIN: &str = "592836";

/// The PIN of the folders that released programs left. It is a birthday: today it still opens, and is not taken anew.
pub const RELEASED_PIN: &str = "270419";

/// A device's folder and the programs that use it.
pub struct Device {
    folder: Folder,
    env: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    /// What was typed, shortened.
    pub command: String,
    /// Exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Lines of standard output.
    pub lines: Vec<Value>,
    /// Standard error.
    pub said: String,
}

impl Ran {
    /// What a process that has ended left.
    pub fn of(args: &[&str], output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout);
        let more = if args.len() > 4 { " …" } else { "" };
        Self {
            command: format!("tungnhactl {}{more}", args[..args.len().min(4)].join(" ")),
            status: output.status.code(),
            signal: output.status.signal(),
            lines: text
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .collect(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// SIGKILL ended it: it was running.
    pub fn was_killed(&self) -> bool {
        self.signal == Some(9)
    }

    /// What it printed; the command must have ended with this status.
    #[track_caller]
    pub fn expect(&self, status: i32) -> &[Value] {
        assert_eq!(self.status, Some(status), "{self}");
        &self.lines
    }

    /// The last line; the command must have succeeded.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        self.expect(0).last().unwrap_or(&Value::Null)
    }

    /// The code of the error; the command must have ended with this status.
    #[track_caller]
    pub fn error(&self, status: i32) -> &str {
        self.expect(status)
            .last()
            .and_then(|line| line["error"].as_str())
            .unwrap_or_default()
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, self.signal) {
            (Some(status), _) => writeln!(f, "`{}` ended with exit status {status}.", self.command)?,
            (None, signal) => writeln!(f, "`{}` was ended by signal {signal:?}.", self.command)?,
        }
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        write!(f, "{}", self.said.trim())
    }
}

impl Device {
    /// A folder without a device in it yet.
    pub fn empty() -> Self {
        Self {
            folder: Folder::temporary(),
            env: Vec::new(),
        }
    }

    /// The same in a folder that stays.
    pub fn at(folder: PathBuf) -> Self {
        Self {
            folder: Folder::kept(folder),
            env: Vec::new(),
        }
    }

    /// A device of a town.
    pub fn enrolled(town: &Town) -> Self {
        let device = Self::empty();
        device.enrol(&town.url, &town.invite()).ok();
        device
    }

    /// A practice device.
    pub fn practice() -> Self {
        let device = Self::empty();
        device.run(&["init", "--practice", "--secret", "file"]).ok();
        device
    }

    /// Enrols with an invitation.
    pub fn enrol(&self, url: &str, invitation: &str) -> Ran {
        self.run(&[
            "device",
            "enrol",
            "--gateway",
            url,
            "--invitation",
            invitation,
            "--secret",
            "file",
        ])
    }

    /// Sets an environment variable for every later command.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Removes an environment variable.
    pub fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| known != name);
    }

    /// The device's folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folder of secrets, outside the home.
    pub fn secrets(&self) -> PathBuf {
        self.folder.path().join("secrets")
    }

    /// A path beside the device's folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        self.dressed(Command::new(program("tungnhactl")), args)
    }

    fn dressed(&self, mut command: Command, args: &[&str]) -> Command {
        command
            .arg("--home")
            .arg(self.home())
            .arg("--secrets")
            .arg(self.secrets())
            .args(args)
            .env("HOME", self.folder.path())
            .env("TUNGNHA_PIN", PIN)
            .env("TUNGNHA_LANG", "en")
            .env_remove("XDG_STATE_HOME")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts a command and leaves it running.
    pub fn spawn(&self, args: &[&str], input: &[u8]) -> Child {
        let mut child = self.command(args).spawn().expect("tungnhactl starts");
        let mut stdin = child.stdin.take().expect("piped");
        // A command that does not read its input, or was killed, is no trouble of the test's.
        let _ = stdin.write_all(input);
        child
    }

    /// Starts a command that waits for its standard input.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).spawn().expect("tungnhactl starts")
    }

    /// Runs a command.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    /// Runs a command with standard input.
    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        let child = self.spawn(args, input);
        Ran::of(args, &child.wait_with_output().expect("tungnhactl ends"))
    }

    /// Runs a command of a program that somebody stands before (strace).
    pub fn run_as(&self, program: Command, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self.dressed(program, args).spawn().expect("it starts");
        let _ = child.stdin.take().expect("piped").write_all(input);
        Ran::of(args, &child.wait_with_output().expect("it ends"))
    }

    /// Runs a command and kills it after a while, if it still runs. Gives how long it ran.
    pub fn run_killed(&self, args: &[&str], input: &[u8], after: Duration) -> (Ran, Duration) {
        let mut child = self.spawn(args, input);
        let start = Instant::now();
        while start.elapsed() < after && matches!(child.try_wait(), Ok(None)) {
            sleep(Duration::from_millis(1).min(after.saturating_sub(start.elapsed())));
        }
        let ran = start.elapsed();
        let _ = child.kill();
        (Ran::of(args, &child.wait_with_output().expect("tungnhactl ends")), ran)
    }

    /// Runs a command that kills itself at a marked point (`name` or `name:n`).
    pub fn run_killed_at(&self, point: &str, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .env("TUNGNHA_KILL_AT", point)
            .spawn()
            .expect("tungnhactl starts");
        let _ = child.stdin.take().expect("piped").write_all(input);
        Ran::of(args, &child.wait_with_output().expect("tungnhactl ends"))
    }

    /// Saves a draft.
    pub fn register(&self, draft: &Value) -> Ran {
        self.run_with(&["register"], draft.to_string().as_bytes())
    }

    /// Saves a draft under a given id.
    pub fn register_as(&self, rid: &str, draft: &Value) -> Ran {
        self.run_with(&["register", "--rid", rid], draft.to_string().as_bytes())
    }

    /// Syncs until a registration has left the states `queued` and `received`, at most 20 seconds.
    pub fn sync_until_decided(&self, rid: &str) -> Value {
        for _ in 0..100 {
            let _ = self.run(&["sync"]);
            let shown = self.run(&["show", rid]).ok().clone();
            if !matches!(shown["state"].as_str(), Some("queued" | "received")) {
                return shown;
            }
            sleep(Duration::from_millis(200));
        }
        panic!("the platform did not decide: {:?}", self.run(&["queue"]));
    }
}
