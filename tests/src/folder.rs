//! Where a device or a gateway lies.

use std::path::{Path, PathBuf};

/// A folder that is gone with its owner, or one that stays for somebody to look at.
pub enum Folder {
    Temporary(tempfile::TempDir),
    Kept(PathBuf),
}

impl Folder {
    pub fn temporary() -> Self {
        Self::Temporary(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Made if it is not there.
    pub fn kept(path: PathBuf) -> Self {
        std::fs::create_dir_all(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::Kept(path)
    }

    pub fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }
}
