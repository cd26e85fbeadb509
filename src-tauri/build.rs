//! Which of our own commands the window may be allowed, and how the program is linked.

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(&["rpc"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("the window's configuration is sound");

    println!("cargo:rerun-if-changed=../ui/dist");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // WebKit and libsoup look for SQLite by name and would take our SQLCipher for theirs: no symbol of a linked
        // archive leaves the program.
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
}
