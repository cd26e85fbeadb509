//! Where the window keeps its two devices.

use app::place::Place;
use std::{
    env,
    fs::{self, File, TryLockError},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::PathBuf,
};

/// This program's name among the folders of the system; the same as `identifier` in `tauri.conf.json`.
const IDENTIFIER: &str = "vn.tungnha.desktop";

/// One data folder; nothing of the practice device is ever inside the real one.
pub struct Folders {
    data: PathBuf,
    secrets: Option<PathBuf>,
}

impl Folders {
    /// `TUNGNHA_HOME`, else the system's folder for this program's data; `TUNGNHA_SECRETS` as for `tungnhactl`.
    pub fn find() -> Result<Self, &'static str> {
        let data = match env::var_os("TUNGNHA_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => dirs::data_local_dir().ok_or("no_home_folder")?.join(IDENTIFIER),
        };
        Ok(Self {
            data,
            secrets: env::var_os("TUNGNHA_SECRETS").map(PathBuf::from),
        })
    }

    /// Takes the data folder for this process: a second window would be a second hand in the same database.
    ///
    /// # Errors
    /// `in_use` if another window has it; `disk` if the folder cannot be made.
    pub fn claim(&self) -> Result<File, &'static str> {
        fs::create_dir_all(&self.data).map_err(|_| "disk")?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.data.join("window.lock"))
            .map_err(|_| "disk")?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err("in_use"),
            Err(TryLockError::Error(_)) => Err("disk"),
        }
    }

    /// The real device.
    pub fn live(&self) -> Place {
        self.place("device")
    }

    /// The practice device.
    pub fn practice(&self) -> Place {
        self.place("practice")
    }

    /// Where the look of the window is kept.
    pub fn look(&self) -> PathBuf {
        self.data.join("look.json")
    }

    /// Where cards wait to be printed: in the session's runtime folder, which is memory on most systems. The name is the
    /// same at every start of this data folder, so that what a killed window left there is found and removed.
    pub fn prints(&self) -> PathBuf {
        let mut name = DefaultHasher::new();
        self.data.hash(&mut name);
        env::var_os("XDG_RUNTIME_DIR")
            .map_or_else(env::temp_dir, PathBuf::from)
            .join(format!("tung-nha-print-{:016x}", name.finish()))
    }

    fn place(&self, name: &str) -> Place {
        Place {
            home: self.data.join(name),
            // Named by the person who set it: then the keyring is not meant.
            keyring: self.secrets.as_ref().map(|_| false),
            secrets: self.secrets.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(secrets: Option<PathBuf>) -> (tempfile::TempDir, Folders) {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders {
            data: folder.path().join("not").join("yet"),
            secrets,
        };
        (folder, folders)
    }

    #[test]
    fn the_folder_bears_the_programs_name() {
        let configured: serde_json::Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        assert_eq!(configured["identifier"], IDENTIFIER);
    }

    #[test]
    fn one_window_for_a_folder() {
        let (_keep, folders) = folders(None);
        let first = folders.claim().unwrap();
        assert_eq!(folders.claim().err(), Some("in_use"));
        drop(first);
        assert!(folders.claim().is_ok());
    }

    #[test]
    fn what_a_killed_window_left_to_print_is_found_again() {
        let (_keep, one) = folders(None);
        let (_keep, other) = folders(None);
        assert_eq!(one.prints(), one.prints());
        assert_ne!(one.prints(), other.prints());
        assert!(!one.prints().starts_with(&one.data));
    }

    #[test]
    fn practice_lies_apart() {
        let (_keep, folders) = folders(None);
        let (live, practice) = (folders.live().home, folders.practice().home);
        assert!(!practice.starts_with(&live) && !live.starts_with(&practice));
    }

    #[test]
    fn a_folder_for_secrets_is_used_instead_of_the_keyring() {
        let (_keep, without) = folders(None);
        assert_eq!(without.live().keyring, None);
        let (_keep, with) = folders(Some("elsewhere".into()));
        assert_eq!(with.live().keyring, Some(false));
        assert_eq!(with.practice().secrets.as_deref(), Some("elsewhere".as_ref()));
    }
}
