//! `fixtures/protocol/`: for every message good and bad bytes with all keys, so that a program in another language can be
//! held against ours. Written from the code by `TUNGNHA_WRITE_VECTORS=1 cargo test -p tungnha-protocol --test vectors`;
//! without it the files are compared. `released/` keeps what released programs wrote and is never written again.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

#[path = "../common/mod.rs"]
mod common;

mod make;
mod released;
mod samples;

use make::File;
use std::{collections::BTreeSet, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/protocol")
}

fn text(file: &File) -> String {
    serde_json::to_string_pretty(file).unwrap() + "\n"
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "asked for by a person who wants the files written"
)]
fn the_files_say_what_the_program_does() {
    let files = make::files();
    if std::env::var_os("TUNGNHA_WRITE_VECTORS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        for file in &files {
            fs::write(folder().join(file.name()), text(file)).unwrap();
        }
    }
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    assert_eq!(there, files.iter().map(File::name).collect());
    for file in &files {
        let kept = fs::read_to_string(folder().join(file.name())).unwrap();
        assert!(kept == text(file), "{} differs; see the head of this test", file.name());
    }
}

#[test]
fn the_good_are_read_and_the_bad_are_not() {
    let (mut good, mut bad) = (0, 0);
    for file in make::files() {
        for vector in &file.good {
            assert_eq!((file.read)(vector.bytes()), Ok(()), "{}: {}", file.message, vector.name);
            good += 1;
        }
        for vector in &file.bad {
            assert!(
                (file.read)(vector.bytes()).is_err(),
                "{}: {}, because {}",
                file.message,
                vector.name,
                vector.why
            );
            bad += 1;
        }
    }
    println!("messages read {good}, bad ones refused {bad}");
    assert!(good >= 27 && bad >= 400, "{good} good, {bad} bad");
}
