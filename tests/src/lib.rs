//! What whole journeys are made of: real programs, real folders, real TLS, invented people.

pub mod attack;
pub mod blanks;
pub mod book;
pub mod chance;
pub mod crowd;
pub mod device;
pub mod folder;
pub mod inside;
pub mod newcomers;
pub mod people;
pub mod proxy;
pub mod rogue;
pub mod story;
pub mod strace;
pub mod town;
pub mod traces;
pub mod troubles;
pub mod window;

pub use book::Book;
pub use chance::Chance;
pub use device::{Device, Ran};
pub use folder::Folder;
pub use newcomers::Newcomers;
pub use people::Person;
pub use proxy::{Proxy, Trouble};
pub use town::Town;
pub use traces::Traces;
pub use troubles::Saved;

use std::path::PathBuf;

/// A program of this workspace, built before the tests run (`cargo xtask test` does).
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("a test knows where it is");
    // target/<profile>/deps/<test>, or target/<profile>/<program> for one that is no test.
    let beside = here.parent().expect("a program lies in a folder");
    let folder = match beside.ends_with("deps") {
        true => beside.parent().expect("deps has a parent"),
        false => beside,
    };
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{name} is not built: cargo build -p tungnha-ctl -p tungnha-gateway -p tungnha-window"
    );
    path
}

/// Whether a program of somebody else's is on the search path.
pub fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// The files that come with the source.
pub fn fixtures() -> PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the tests lie in the checkout").join("fixtures")
}
