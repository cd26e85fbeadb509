//! Grounds that were made once lie beside the program that made them, and whoever starts it again copies them: a story
//! takes seconds to make, for its records are really signed, sent and decided about.

use super::ground::copy;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What programs of other times left is removed when nobody touched it for so long.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// The folder of this very program's grounds.
pub struct Shelf(PathBuf);

impl Shelf {
    /// `target/debug/examples/stories/…`; a program that is built anew has a shelf of its own.
    ///
    /// # Panics
    /// When the program cannot see itself.
    pub fn of_this_program() -> Self {
        let program = env::current_exe().expect("a program");
        let seen = fs::metadata(&program).expect("it is there");
        let written = seen.modified().and_then(|at| {
            let since = at.duration_since(SystemTime::UNIX_EPOCH);
            since.map_err(io::Error::other)
        });
        let name = format!("{:x}-{:x}", seen.len(), written.expect("a time").as_nanos());
        let all = program.with_file_name("stories");
        clear(&all, &name);
        Self(all.join(name))
    }

    /// Where a ground lies, if it does.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        Some(self.0.join(name)).filter(|folder| folder.is_dir())
    }

    /// Lays these folders down under a name, whole or not at all.
    ///
    /// # Panics
    /// When the disk fails.
    pub fn put(&self, name: &str, parts: &[(&str, &Path)], props: &[u8]) -> PathBuf {
        fs::create_dir_all(&self.0).expect("a shelf");
        let making = tempfile::tempdir_in(&self.0).expect("a folder");
        for (part, from) in parts {
            copy(from, &making.path().join(part));
        }
        fs::write(making.path().join(PROPS), props).expect("written");
        let lies = self.0.join(name);
        match fs::rename(making.path(), &lies) {
            // It has another name now, and there is nothing to remove.
            Ok(()) => drop(making.keep()),
            // Another server was quicker.
            Err(_) if lies.is_dir() => {}
            Err(error) => panic!("{error}"),
        }
        lies
    }
}

/// The file with the texts that belong to a ground.
pub const PROPS: &str = "props.json";

fn clear(all: &Path, mine: &str) {
    for other in fs::read_dir(all).into_iter().flatten().flatten() {
        let age = other.metadata().and_then(|seen| seen.modified()).ok();
        let age = age.and_then(|at| at.elapsed().ok());
        if other.file_name() != mine && age.is_some_and(|age| age > STALE) {
            // Another server may remove it too.
            let _ = fs::remove_dir_all(other.path());
        }
    }
}
