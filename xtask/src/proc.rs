//! Children: always in a folder of the checkout, never waiting for an answer at the keyboard.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// A child of this task. What it prints goes to the terminal unless [`Child::read`] collects it.
pub struct Child {
    command: Command,
    shown: String,
}

impl Child {
    pub fn new(root: &Path, program: impl AsRef<OsStr>) -> Child {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(root).stdin(Stdio::null());
        // `cargo run` tells this program about xtask's own package. Build scripts that watch these variables would
        // rebuild half of the tree each time somebody changes between `cargo build` and `cargo xtask`.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
                .iter()
                .any(|own| text.starts_with(own))
            {
                command.env_remove(&name);
            }
        }
        Child {
            command,
            shown: Path::new(program)
                .file_stem()
                .unwrap_or(program)
                .to_string_lossy()
                .into_owned(),
        }
    }

    /// The cargo that started this task, so that a toolchain chosen with `cargo +name` stays chosen.
    pub fn cargo(root: &Path) -> Child {
        Child::new(root, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Child {
        for arg in args {
            self.shown.push(' ');
            self.shown.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Child {
        self.command.env(name, value);
        self
    }

    /// Shows the command, then runs it with the terminal as its output.
    ///
    /// # Errors
    /// When it cannot be started or ends with anything but success.
    pub fn run(self) -> Result<()> {
        self.run_into(Stdio::inherit())
    }

    /// As [`Child::run`], but only its complaints are shown: for a program that reports every file it touches.
    ///
    /// # Errors
    /// As [`Child::run`].
    pub fn run_calmly(self) -> Result<()> {
        self.run_into(Stdio::null())
    }

    fn run_into(mut self, output: Stdio) -> Result<()> {
        self.command.stdout(output);
        println!("$ {}", self.shown);
        let status = self.command.status().map_err(|source| Error::Start {
            command: self.shown.clone(),
            source,
        })?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Command {
                command: self.shown,
                status: status.to_string(),
            })
        }
    }

    /// Runs it and gives back what it wrote to standard output; its complaints go to the terminal.
    ///
    /// # Errors
    /// As [`Child::run`].
    pub fn read(mut self) -> Result<Vec<u8>> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| Error::Start {
                command: self.shown.clone(),
                source,
            })?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(Error::Command {
                command: self.shown,
                status: output.status.to_string(),
            })
        }
    }

    /// What it answers when it runs and ends well; nothing of it is shown.
    pub fn answer(mut self) -> Option<Vec<u8>> {
        let output = self.command.stderr(Stdio::null()).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// What it complains of on standard error, however it ends; nothing of it is shown.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn complaints(mut self) -> Result<String> {
        let output = self.command.output().map_err(|source| Error::Start {
            command: self.shown.clone(),
            source,
        })?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Whether it ends well, and everything it wrote; nothing of it is shown.
    pub fn heard(mut self) -> (bool, String) {
        match self.command.output() {
            Ok(output) => (
                output.status.success(),
                [output.stdout, output.stderr]
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                    .concat(),
            ),
            Err(source) => (false, format!("error: {}: {source}", self.shown)),
        }
    }

    /// Whether it runs and ends well; nothing of it is shown.
    pub fn works(mut self) -> bool {
        self.command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// Whether a program of this name is on the search path.
pub fn on_path(program: &str) -> bool {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(&name).is_file()))
}
