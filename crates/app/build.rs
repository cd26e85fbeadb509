//! When the program was made: one of the three clocks (`domain::clock`). `SOURCE_DATE_EPOCH` where it is set, else the
//! date of the commit, else 0. Never the time of the build, so that the same source makes the same program.

use std::{env, process::Command};

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn main() {
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo:rerun-if-changed=build.rs");
    // Written when another commit is checked out, not at each commit: while somebody works on it the date may lag
    // behind, which is no harm to a lower bound, and nothing is built again for it.
    if let Some(head) = git(&["rev-parse", "--path-format=absolute", "--git-path", "HEAD"]) {
        println!("cargo:rerun-if-changed={head}");
    }
    let built = env::var("SOURCE_DATE_EPOCH")
        .ok()
        .or_else(|| git(&["log", "-1", "--format=%ct"]))
        .and_then(|seconds| seconds.parse::<i64>().ok())
        .unwrap_or(0);
    println!("cargo:rustc-env=TUNGNHA_BUILT={built}");
}
