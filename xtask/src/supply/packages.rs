//! Every package of the dependency graph, as `cargo metadata` knows it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::proc::Child;

#[derive(Deserialize)]
pub struct Packages {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// As its manifest says; the older ones write `/` for `OR`.
    pub license: Option<String>,
    /// `None` for a package of this workspace.
    pub source: Option<String>,
    pub manifest_path: PathBuf,
}

impl Packages {
    /// Those of the lock file, for every platform; fetches what is not unpacked here yet.
    ///
    /// # Errors
    /// When cargo cannot read the workspace.
    pub fn of_lock(root: &Path) -> Result<Packages> {
        let args = ["metadata", "--format-version", "1", "--locked"];
        Ok(serde_json::from_slice(&Child::cargo(root).args(args).read()?)?)
    }

    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &str, version: &str) -> Result<&Package> {
        self.named(name)
            .find(|package| package.version == version)
            .ok_or_else(|| Error::Other(format!("{name} {version} is linked, but not in cargo's metadata")))
    }

    pub fn named(&self, name: &str) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(move |package| package.name == name)
    }
}
