//! Where this checkout is and where its products go.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::metadata::Metadata;

/// One checkout. Every child process starts in `root`.
pub struct Context {
    pub root: PathBuf,
    /// Cargo's target folder, wherever `CARGO_TARGET_DIR` or a configuration puts it.
    pub target: PathBuf,
    /// The person asked that nothing be installed.
    pub no_install: bool,
    /// The person agreed beforehand to what would be asked.
    pub yes: bool,
    /// What is built is linted in the same go ([`crate::build::cargo`]).
    pub linted: bool,
}

impl Context {
    /// # Errors
    /// When this is not inside the checkout, or cargo cannot read the workspace.
    pub fn find(no_install: bool, yes: bool) -> Result<Context> {
        let root = root()?;
        let target = Metadata::of_workspace(&root)?.target_directory;
        Ok(Context {
            root,
            target,
            no_install,
            yes,
            linted: false,
        })
    }

    /// Where cargo leaves an example.
    pub fn example(&self, name: &str) -> PathBuf {
        self.program(&format!("examples/{name}"))
    }

    /// Where cargo leaves a program of this workspace when it builds for development.
    pub fn program(&self, name: &str) -> PathBuf {
        let mut folder = self.target.clone();
        if let Some(triple) = env::var_os("CARGO_BUILD_TARGET") {
            folder.push(triple);
        }
        folder.join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

/// `cargo run` says where the manifest is; a program started by hand looks upward from where it stands.
fn root() -> Result<PathBuf> {
    let from_cargo = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let start = match from_cargo {
        Some(folder) => folder,
        None => env::current_dir().map_err(|source| Error::Io {
            what: "the current folder".into(),
            source,
        })?,
    };
    start
        .ancestors()
        .find(|folder| folder.join("xtask").join("Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| Error::Other("this is not inside the checkout: change into it and try again".into()))
}
