//! What whole journeys are made of: real programs, real folders, real TLS, invented people.

pub mod blanks;
pub mod book;
pub mod chance;
pub mod crowd;
pub mod device;
pub mod inside;
pub mod newcomers;
pub mod people;
pub mod proxy;
pub mod town;
pub mod traces;
pub mod troubles;
pub mod window;

pub use book::Book;
pub use chance::Chance;
pub use device::{Device, Ran};
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
    // target/<profile>/deps/<test> -> target/<profile>/<program>
    let path = here
        .parent()
        .and_then(|deps| deps.parent())
        .expect("deps has a parent")
        .join(name);
    assert!(
        path.exists(),
        "{name} is not built: cargo build -p tungnha-ctl -p tungnha-gateway -p tungnha-window"
    );
    path
}
