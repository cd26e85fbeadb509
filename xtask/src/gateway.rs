//! A gateway for somebody to try the window with, and the command line that hands a device over.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc;

/// The PIN of the device that is handed over.
pub const PIN: &str = "592836";

/// A running gateway of the development realm; ended when dropped.
pub struct Gateway {
    program: PathBuf,
    data: PathBuf,
    root: PathBuf,
    /// Where devices reach it.
    pub url: String,
    /// What it logs goes here.
    pub log: PathBuf,
    child: Child,
}

impl Gateway {
    /// Starts it on a free port with its files in `folder`.
    ///
    /// # Errors
    /// When it does not start; its log says why.
    pub fn start(ctx: &Context, folder: &Path, population: &Path) -> Result<Gateway> {
        let io = |what: &Path| {
            let what = what.display().to_string();
            move |source| Error::Io { what, source }
        };
        let (program, data, log) = (
            ctx.program("tungnha-gateway"),
            folder.join("gateway"),
            folder.join("gateway.log"),
        );
        let mut child = Command::new(&program)
            .args(["serve", "--realm", "development", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .arg("--population")
            .arg(population)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).map_err(io(&log))?)
            .spawn()
            .map_err(io(&program))?;
        let mut line = String::new();
        let said = child
            .stdout
            .take()
            .map(|stdout| BufReader::new(stdout).read_line(&mut line));
        let mut gateway = Gateway {
            program,
            data,
            root: ctx.root.clone(),
            url: String::new(),
            log,
            child,
        };
        if let Some(Err(error)) = said {
            return Err(io(&gateway.log)(error));
        }
        let listening: Option<Value> = serde_json::from_str(&line).ok();
        match listening.as_ref().and_then(|said| said["listening"].as_str()) {
            Some(url) => url.clone_into(&mut gateway.url),
            None => {
                let log = gateway.log.display();
                return Err(Error::Other(format!("the gateway did not start; its log is {log}")));
            }
        }
        Ok(gateway)
    }

    /// Hands a device over to a team of a volunteer and a witness.
    ///
    /// # Errors
    /// When the gateway does not invite, or the device does not enrol.
    pub fn hand_over(&self, ctx: &Context, home: &Path, secrets: &Path) -> Result<()> {
        let invited = proc::Child::new(&self.root, &self.program)
            .args(["invite", "--team", "Tổ công nghệ số 12", "--commune", "20242"])
            .args(["--operator", "Lê Thị Tập", "--operator", "Võ Văn Sự", "--data"])
            .args([&self.data])
            .read()?;
        let invited: Value = serde_json::from_slice(&invited).unwrap_or_default();
        let invitation = invited["invitation"].as_str().unwrap_or_default();
        proc::Child::new(&self.root, ctx.program("tungnhactl"))
            .args(["--home".as_ref(), home, "--secrets".as_ref(), secrets])
            .args(["device", "enrol", "--secret", "file", "--gateway", &self.url])
            .args(["--invitation", invitation])
            .env("TUNGNHA_PIN", PIN)
            .env("TUNGNHA_LANG", "en")
            .read()
            .map(drop)
    }
}

impl Drop for Gateway {
    /// As a service manager would end it.
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
