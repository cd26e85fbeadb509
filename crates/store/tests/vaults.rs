//! One contract for every place where the device secret may lie.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::Counting;
use rand_core::Rng as _;
use store::{FileVault, HomeId, SecretKind, SecretVault, StoreError};

fn contract(vault: &dyn SecretVault, seed: u64) {
    let mut rng = Counting(seed);
    let mut home = HomeId([0; 16]);
    rng.fill_bytes(&mut home.0);
    let other = HomeId(home.0.map(|byte| !byte));
    assert!(vault.load(&home).unwrap().is_none());
    // Every byte value: a secret is no text.
    let secret: [u8; 32] = std::array::from_fn(|at| (at * 37 + 128) as u8);
    vault.create(&home, &secret).unwrap();
    assert_eq!(vault.load(&home).unwrap().as_deref(), Some(&secret));
    assert!(matches!(vault.create(&home, &[1; 32]), Err(StoreError::SecretExists)));
    assert_eq!(
        vault.load(&home).unwrap().as_deref(),
        Some(&secret),
        "never overwritten"
    );
    assert!(vault.load(&other).unwrap().is_none());
    // The count of attempts lies beside it and is another thing.
    assert!(vault.counts(&home).unwrap().is_empty());
    for turn in 1..4u64 {
        vault.keep_count(&home, turn, &[turn as u8; 70]).unwrap();
        assert!(vault.counts(&home).unwrap().contains(&vec![turn as u8; 70]));
    }
    assert!(vault.counts(&other).unwrap().is_empty());
    assert_eq!(vault.load(&home).unwrap().as_deref(), Some(&secret));
    vault.create(&other, &[0; 32]).unwrap();
    assert_eq!(vault.load(&other).unwrap().as_deref(), Some(&[0; 32]));
}

#[test]
fn a_file_keeps_it() {
    let dir = tempfile::tempdir().unwrap();
    let vault = FileVault::new(&dir.path().join("secrets"), &dir.path().join("home")).unwrap();
    assert_eq!(vault.kind(), SecretKind::File);
    contract(&vault, 1);
    #[cfg(unix)]
    for entry in std::fs::read_dir(dir.path().join("secrets")).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn never_inside_the_data_folder() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    for inside in ["home", "home/secrets", "home/a/b/c", "other/../home/secrets"] {
        std::fs::create_dir_all(dir.path().join("other")).unwrap();
        let answer = FileVault::new(&dir.path().join(inside), &home);
        assert!(matches!(answer, Err(StoreError::SecretInsideHome)), "{inside}");
    }
    FileVault::new(&dir.path().join("home-secrets"), &home).unwrap();
    #[cfg(unix)]
    {
        std::fs::create_dir_all(&home).unwrap();
        std::os::unix::fs::symlink(&home, dir.path().join("link")).unwrap();
        let through_a_link = FileVault::new(&dir.path().join("link/secrets"), &home);
        assert!(matches!(through_a_link, Err(StoreError::SecretInsideHome)));
    }
}

#[cfg(target_os = "linux")]
mod keyring {
    use super::*;
    use std::process::{Command, Stdio};
    use store::KeyringVault;

    /// Set in the child that runs on a bus of its own.
    const CHILD: &str = "TUNGNHA_TEST_KEYRING";

    /// Starts a bus, unlocks a keyring on it, then runs the child.
    const SCRIPT: &str = r#"printf 'pw\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        sleep 0.5
        exec "$0" --ignored --exact keyring::child_keeps_it --nocapture"#;

    #[test]
    #[ignore = "runs as a child process on a bus of its own"]
    fn child_keeps_it() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        let vault = KeyringVault::new();
        assert_eq!(vault.kind(), SecretKind::Keyring);
        assert!(vault.is_there().unwrap());
        contract(&vault, 1);
        // Its D-Bus client blocks, which panics on a thread that drives a runtime unless it has one of its own.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { contract(&vault, 2) });
        println!("child: kept");
    }

    fn there_is(program: &str) -> bool {
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok()
    }

    #[test]
    fn a_real_secret_service_keeps_it() {
        if !there_is("dbus-run-session") || !there_is("gnome-keyring-daemon") {
            println!("skipped: dbus-run-session or gnome-keyring-daemon is not installed");
            return;
        }
        let private = tempfile::tempdir().unwrap();
        let child = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", SCRIPT])
            .arg(std::env::current_exe().unwrap())
            .env(CHILD, "1")
            .env("HOME", private.path())
            .env("XDG_RUNTIME_DIR", private.path())
            .env("XDG_DATA_HOME", private.path())
            .env_remove("DISPLAY")
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&child.stdout),
            String::from_utf8_lossy(&child.stderr),
        );
        assert!(child.status.success() && out.contains("child: kept"), "{out}\n{err}");
    }

    #[test]
    #[ignore = "runs as a child process without a bus"]
    fn child_has_no_bus() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        assert!(!KeyringVault::new().is_there().unwrap());
        let answer = KeyringVault::new().load(&HomeId([1; 16]));
        assert!(matches!(answer, Err(StoreError::VaultUnavailable(_))), "{answer:?}");
        println!("child: no bus");
    }

    #[test]
    fn without_a_bus_it_says_so() {
        let private = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "keyring::child_has_no_bus", "--nocapture"])
            .env(CHILD, "1")
            .env(
                "DBUS_SESSION_BUS_ADDRESS",
                format!("unix:path={}/none", private.path().display()),
            )
            .env("XDG_RUNTIME_DIR", private.path())
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&child.stdout),
            String::from_utf8_lossy(&child.stderr),
        );
        assert!(child.status.success() && out.contains("child: no bus"), "{out}\n{err}");
    }
}
