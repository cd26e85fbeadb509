//! Trouble on the device itself: every error says what happened, and nothing that was saved is lost.

mod clock;
mod damage;
mod full_disk;
mod input;
mod phases;
mod pin;
mod taken_names;
mod two_programs;

use app::{
    AppError, Session,
    env::{Env, SystemEnv},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Moment, StoreError};
use tungnha_tests::{
    Device, Person, Proxy, Ran, Saved, Town, Trouble, device::PIN, program, town::files, troubles::sentence,
};

const DATABASE: &str = "registrations.db";

fn read(path: PathBuf) -> Vec<u8> {
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder as it was, to be brought back.
struct Snapshot(PathBuf, Vec<(PathBuf, Vec<u8>)>);

impl Snapshot {
    fn of(folder: &Path) -> Self {
        Self(folder.to_owned(), files(folder))
    }

    fn restore(&self) {
        let _ = fs::remove_dir_all(&self.0);
        for (path, bytes) in &self.1 {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

fn spooled(device: &Device) -> usize {
    let names = fs::read_dir(device.home().join("spool")).unwrap();
    names
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "sealed"))
        .count()
}
