//! The parts of `cargo metadata` that the tasks look at.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Result;
use crate::proc::Child;

#[derive(Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
    pub workspace_members: Vec<String>,
    pub workspace_root: PathBuf,
    pub target_directory: PathBuf,
}

#[derive(Deserialize)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub manifest_path: PathBuf,
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// One line of a manifest: what is asked for, on any platform.
#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    pub kind: Option<Kind>,
    /// The folder, when the dependency is given by path.
    pub path: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Normal,
    Dev,
    Build,
}

#[derive(Deserialize)]
pub struct Target {
    pub name: String,
    pub kind: Vec<String>,
}

impl Metadata {
    /// The members of the workspace and nothing else; needs neither network nor an unpacked dependency.
    ///
    /// # Errors
    /// When cargo cannot read the workspace.
    pub fn of_workspace(root: &Path) -> Result<Metadata> {
        let args = ["metadata", "--format-version", "1", "--locked", "--no-deps"];
        Ok(serde_json::from_slice(&Child::cargo(root).args(args).read()?)?)
    }

    /// The packages of this workspace.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }
}
