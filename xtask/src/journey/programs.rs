//! The two programs, as children: a tablet is a folder and `tungnhactl`, the centre a folder and `tungnha-gateway`.
//! Nothing here knows more of them than what they print.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, Result};

/// The PIN of every tablet of the journey.
pub const PIN: &str = "270419";

/// How a command of a tablet ended.
pub struct Ran {
    command: String,
    /// Exit status: 0 done, 1 refused by a rule, 2 wrong usage, 3 surroundings; `None` when a signal ended it.
    pub status: Option<i32>,
    /// The JSON lines it printed.
    pub lines: Vec<Value>,
    said: String,
}

impl Ran {
    fn of(command: String, output: &std::process::Output) -> Result<Ran> {
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text
            .lines()
            .map(serde_json::from_str)
            .collect::<serde_json::Result<_>>();
        Ok(Ran {
            lines: lines.map_err(|_| Error::Other(format!("`{command}` printed something else than JSON lines")))?,
            command,
            status: output.status.code(),
            said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    /// Goes on only if it ended with this status.
    pub fn expect(self, status: i32) -> Result<Ran> {
        if self.status == Some(status) {
            return Ok(self);
        }
        let ended = self
            .status
            .map_or("a signal".to_owned(), |status| format!("exit status {status}"));
        let lines: Vec<_> = self.lines.iter().map(Value::to_string).collect();
        Err(Error::Other(format!(
            "`{}` ended with {ended} instead of {status}.\n{}\n{}",
            self.command,
            self.said,
            lines.join("\n")
        )))
    }

    /// Its last line, after it ended well.
    pub fn ok(self) -> Result<Value> {
        Ok(self.expect(0)?.lines.pop().unwrap_or(Value::Null))
    }
}

/// A device's folder and the program that uses it.
pub struct Tablet {
    program: PathBuf,
    home: PathBuf,
    secrets: PathBuf,
}

impl Tablet {
    /// A tablet that lies in `folder`; nothing is made yet.
    pub fn new(program: PathBuf, folder: PathBuf) -> Tablet {
        Tablet::in_folders(program, folder.join("home"), folder.join("secrets"))
    }

    /// A tablet with its two folders named.
    pub fn in_folders(program: PathBuf, home: PathBuf, secrets: PathBuf) -> Tablet {
        Tablet { program, home, secrets }
    }

    fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--home")
            .arg(&self.home)
            .arg("--secrets")
            .arg(&self.secrets)
            .args(args)
            // A run never reads or changes anything of the person who started it.
            .env("HOME", self.home.parent().unwrap_or(&self.home))
            .env("TUNGNHA_LANG", "en")
            .env("TUNGNHA_PIN", PIN)
            .env_remove("XDG_STATE_HOME")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command.
    pub fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Ran> {
        self.start(args)?.wait()
    }

    /// Runs a command as somebody who does not know the PIN.
    pub fn run_without_pin(&self, args: &[&str]) -> Result<Ran> {
        let mut command = self.command(args);
        command.env_remove("TUNGNHA_PIN");
        Running::start(command, &shown(args))?.wait()
    }

    /// Runs a command with a text as its standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Result<Ran> {
        let mut running = self.start(args)?;
        // A command that ends without reading says why itself.
        let _ = running
            .child
            .stdin
            .take()
            .map(|mut stdin| stdin.write_all(input.as_bytes()));
        running.wait()
    }

    /// Starts a command and comes back while it runs.
    pub fn start<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Running> {
        Running::start(self.command(args), &shown(args))
    }
}

fn shown<A: AsRef<OsStr>>(args: &[A]) -> String {
    let mut text = "tungnhactl".to_owned();
    for arg in args.iter().take(4) {
        text.push(' ');
        text.push_str(&arg.as_ref().to_string_lossy());
    }
    if args.len() > 4 {
        text.push_str(" …");
    }
    text
}

/// A command that has not ended yet.
pub struct Running {
    child: Child,
    command: String,
}

impl Running {
    fn start(mut command: Command, shown: &str) -> Result<Running> {
        Ok(Running {
            child: command.spawn().map_err(|source| Error::Start {
                command: shown.to_owned(),
                source,
            })?,
            command: shown.to_owned(),
        })
    }

    /// Waits for its end.
    pub fn wait(self) -> Result<Ran> {
        let output = self.child.wait_with_output().map_err(|source| Error::Io {
            what: self.command.clone(),
            source,
        })?;
        Ran::of(self.command, &output)
    }
}

/// The gateway with its folder; ended when dropped.
pub struct Centre {
    program: PathBuf,
    data: PathBuf,
    population: PathBuf,
    log: PathBuf,
    /// Host and port, once it has listened: a tablet keeps the address it was enrolled at.
    address: Option<String>,
    child: Option<Child>,
}

impl Centre {
    /// A gateway of the development realm that lies in `folder`; it does not run yet.
    pub fn new(program: PathBuf, folder: &Path, population: PathBuf) -> Centre {
        Centre {
            program,
            data: folder.join("gateway"),
            population,
            log: folder.join("gateway.log"),
            address: None,
            child: None,
        }
    }

    /// Where tablets reach it.
    pub fn url(&self) -> String {
        format!("https://{}", self.address.as_deref().unwrap_or_default())
    }

    /// Starts it, always at the same address; `kill_at` is a marked point of its program at which it dies by `kill -9`.
    pub fn start(&mut self, kill_at: Option<&str>) -> Result<()> {
        let io = |what: &str| {
            let what = what.to_owned();
            move |source| Error::Io { what, source }
        };
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(io("the gateway's log"))?;
        let mut command = Command::new(&self.program);
        command
            .args(["serve", "--realm", "development"])
            .args(["--listen", self.address.as_deref().unwrap_or("127.0.0.1:0")])
            .arg("--data")
            .arg(&self.data)
            .arg("--population")
            .arg(&self.population)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        match kill_at {
            Some(point) => command.env("TUNGNHA_GATEWAY_KILL_AT", point),
            None => command.env_remove("TUNGNHA_GATEWAY_KILL_AT"),
        };
        let mut child = command.spawn().map_err(|source| Error::Start {
            command: "tungnha-gateway serve".into(),
            source,
        })?;
        let mut line = String::new();
        let said = child
            .stdout
            .take()
            .map(|stdout| BufReader::new(stdout).read_line(&mut line));
        self.child = Some(child);
        if let Some(Err(error)) = said {
            return Err(io("the gateway's first line")(error));
        }
        let listening: Option<Value> = serde_json::from_str(&line).ok();
        let url = listening.as_ref().and_then(|said| said["listening"].as_str());
        let address = url
            .and_then(|url| url.strip_prefix("https://"))
            .ok_or_else(|| Error::Other(format!("the gateway did not start; its log is {}", self.log.display())))?;
        self.address = Some(address.to_owned());
        Ok(())
    }

    /// Ends it as a service manager would.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = child.kill();
        }
        child.wait().map(drop).map_err(|source| Error::Io {
            what: "the gateway's end".into(),
            source,
        })
    }

    /// Waits until it is dead, at most half a minute, and says whether `kill -9` was the reason.
    pub fn died_of_kill_9(&mut self) -> bool {
        for _ in 0..300 {
            match self.child.as_mut().map(Child::try_wait) {
                Some(Ok(None)) => thread::sleep(Duration::from_millis(100)),
                Some(Ok(Some(status))) => {
                    self.child = None;
                    return by_kill_9(status);
                }
                Some(Err(_)) | None => return false,
            }
        }
        false
    }

    /// Runs another command of the gateway's program on its folder, and gives the last line.
    pub fn ask(&self, command: &str, args: &[&str]) -> Result<Value> {
        let output = Command::new(&self.program)
            .arg(command)
            .arg("--data")
            .arg(&self.data)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::Start {
                command: format!("tungnha-gateway {command}"),
                source,
            })?;
        Ran::of(format!("tungnha-gateway {command}"), &output)?.ok()
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
fn by_kill_9(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(9)
}

#[cfg(not(unix))]
fn by_kill_9(status: ExitStatus) -> bool {
    !status.success()
}
