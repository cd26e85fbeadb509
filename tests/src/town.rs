//! A gateway: the real program with its own folder, on a free port.

use crate::{Folder, program};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// A running gateway; ended when dropped.
pub struct Town {
    /// Where it listens.
    pub url: String,
    folder: Folder,
    child: Option<Child>,
    extra: Vec<String>,
    realm: &'static str,
}

impl Town {
    /// Starts a gateway of the development realm.
    pub fn start() -> Self {
        Self::with("development", &[])
    }

    /// Starts a gateway of a realm with further arguments.
    pub fn with(realm: &'static str, extra: &[&str]) -> Self {
        Self::begin(Folder::temporary(), "127.0.0.1:0", realm, extra)
    }

    /// Starts a gateway of the development realm in a folder that stays.
    pub fn at(folder: PathBuf, extra: &[&str]) -> Self {
        Self::listening(folder, "127.0.0.1:0", extra)
    }

    /// The same at an address of its own, for tablets that know it already.
    pub fn listening(folder: PathBuf, address: &str, extra: &[&str]) -> Self {
        Self::begin(Folder::kept(folder), address, "development", extra)
    }

    fn begin(folder: Folder, address: &str, realm: &'static str, extra: &[&str]) -> Self {
        let mut town = Self {
            url: String::new(),
            folder,
            child: None,
            extra: extra.iter().map(|&arg| arg.to_owned()).collect(),
            realm,
        };
        town.listen(address, &[]);
        town
    }

    fn listen(&mut self, address: &str, env: &[(&str, &str)]) {
        self.listen_as(Command::new(program("tungnha-gateway")), address, env);
    }

    fn listen_as(&mut self, mut program: Command, address: &str, env: &[(&str, &str)]) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("gateway.log"))
            .expect("a log file");
        let mut child = program
            .args(["serve", "--listen", address, "--realm", self.realm, "--data"])
            .arg(self.data())
            .args(&self.extra)
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the gateway starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("the gateway says where it is");
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line:?}; {}", self.log()));
        self.url = said["listening"].as_str().expect("an address").to_owned();
        self.child = Some(child);
    }

    /// The gateway's folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("gateway.log")).unwrap_or_default()
    }

    /// Ends it without warning.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Ends it as a service manager would.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = child.kill();
        }
        let _ = child.wait();
    }

    /// True while the process runs.
    pub fn is_running(&mut self) -> bool {
        self.child
            .as_mut()
            .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Waits until it ends by itself; true if it was by SIGKILL.
    pub fn was_killed(&mut self, at_most: Duration) -> bool {
        let until = Instant::now() + at_most;
        let Some(child) = self.child.as_mut() else { return false };
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.signal() == Some(9),
                Ok(None) if Instant::now() < until => sleep(Duration::from_millis(5)),
                _ => return false,
            }
        }
    }

    /// Gives it other arguments from the next start on.
    pub fn set_arguments(&mut self, extra: &[&str]) {
        self.extra = extra.iter().map(|&arg| arg.to_owned()).collect();
    }

    /// Starts it again at the same address, optionally with environment variables.
    pub fn restart(&mut self, env: &[(&str, &str)]) {
        self.kill();
        let address = self.url.rsplit('/').next().expect("an address").to_owned();
        self.listen(&address, env);
    }

    /// Starts it again at another address; nobody answers at the one before.
    pub fn move_away(&mut self) {
        self.kill();
        self.listen("127.0.0.1:0", &[]);
    }

    /// Starts it again at an address it had before.
    pub fn restart_at(&mut self, url: &str) {
        self.kill();
        let address = url.rsplit('/').next().expect("an address").to_owned();
        self.listen(&address, &[]);
    }

    /// The same with somebody before the program (strace).
    pub fn restart_as(&mut self, program: Command) {
        self.kill();
        let address = self.url.rsplit('/').next().expect("an address").to_owned();
        self.listen_as(program, &address, &[]);
    }

    /// Runs the gateway program on this gateway's folder and gives the JSON line it prints.
    pub fn run(&self, command: &str, args: &[&str]) -> Value {
        let output = Command::new(program("tungnha-gateway"))
            .arg(command)
            .arg("--data")
            .arg(self.data())
            .args(args)
            .output()
            .expect("the gateway program runs");
        assert!(
            output.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("a JSON line")
    }

    /// A fresh invitation for a team of Hải Châu.
    pub fn invite(&self) -> String {
        self.invite_as("volunteer")
    }

    /// A fresh invitation for a role.
    pub fn invite_as(&self, role: &str) -> String {
        let team = [
            "--team",
            "Tổ CNS 12",
            "--commune",
            "20242",
            "--role",
            role,
            "--operator",
            "Lê Thị Tập",
            "--operator",
            "Võ Văn Sự",
        ];
        self.run("invite", &team)["invitation"]
            .as_str()
            .expect("an invitation")
            .to_owned()
    }

    /// The board of Hải Châu.
    pub fn board(&self) -> Value {
        self.board_of("20242")
    }

    /// The board of a commune by its code.
    pub fn board_of(&self, commune: &str) -> Value {
        self.run("board", &["--commune", commune])
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Everything in a folder, file by file.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path, bytes));
        }
    }
    found
}
