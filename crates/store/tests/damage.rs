//! What cannot be opened is set aside, never deleted; what is newer is left alone; a full disk loses nothing.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::{Rig, THU, moment};
use std::{fs, path::Path, process::Command};
use store::{Home, StoreError, records};

const DATABASE: &str = "registrations.db";

/// A closed device with some registrations.
fn filled() -> (Rig, Home) {
    let mut rig = Rig::empty();
    let store = rig.store();
    for now in 0..40 {
        rig.register(&store, &THU.registration(), now);
    }
    let home = store.close();
    (rig, home)
}

fn flip(path: &Path, at: usize) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x40;
    fs::write(path, &bytes).unwrap();
    bytes
}

#[test]
fn a_damaged_file_is_set_aside_whole_and_the_spool_still_sends() {
    // The salt, the first page, its authentication code; cut short; emptied; gone.
    type Damage = (&'static str, fn(&Path));
    let damages: [Damage; 6] = [
        ("salt", |path| drop(flip(path, 3))),
        ("first page", |path| drop(flip(path, 100))),
        ("authentication code", |path| drop(flip(path, 4090))),
        ("cut", |path| fs::write(path, &fs::read(path).unwrap()[..700]).unwrap()),
        ("emptied", |path| fs::write(path, b"").unwrap()),
        ("gone", |path| fs::remove_file(path).unwrap()),
    ];
    for (what, damage) in damages {
        let (mut rig, home) = filled();
        let spool = home.spool(&rig.vault()).unwrap();
        let store = rig.unlock(&home).unwrap();
        let waiting = store.read(store::outbox::waiting).unwrap();
        spool.reconcile(&waiting).unwrap();
        drop(store);

        let path = rig.path().join(DATABASE);
        damage(&path);
        let bytes = fs::read(&path).ok();
        let aside = match rig.unlock(&home) {
            Err(StoreError::Damaged { aside }) => aside,
            other => panic!("{what}: {other:?}"),
        };
        assert_eq!(fs::read(aside.join(DATABASE)).ok(), bytes, "{what}: the bytes are kept");
        assert!(!path.exists(), "{what}");

        let store = rig.unlock(&home).unwrap();
        assert_eq!(
            store.read(records::counts).unwrap().begun,
            0,
            "{what}: a new, empty database"
        );
        assert_eq!(spool.list().unwrap().len(), waiting.len(), "{what}");
        assert_eq!(
            spool.get(&waiting[0].spooled()).unwrap().as_ref(),
            Some(&waiting[0].envelope),
            "{what}"
        );
        drop(store);

        // A second time goes to a place of its own.
        flip(&path, 100);
        match rig.unlock(&home) {
            Err(StoreError::Damaged { aside: second }) => assert_ne!(second, aside),
            other => panic!("{what}: {other:?}"),
        }
        assert_eq!(
            fs::read(aside.join(DATABASE)).ok(),
            bytes,
            "{what}: the first is as it was"
        );
    }
}

#[test]
fn damage_in_the_middle_is_found_on_demand_and_set_aside_on_request() {
    let (mut rig, home) = filled();
    let store = rig.unlock(&home).unwrap();
    assert!(store.health().unwrap().is_good());
    drop(store);
    let path = rig.path().join(DATABASE);
    let pages = fs::metadata(&path).unwrap().len() / 4096;
    let (mut noticed, mut met) = (0, 0);
    for page in 1..pages {
        let sound = fs::read(&path).unwrap();
        flip(&path, (page * 4096 + 50) as usize);
        match rig.unlock(&home) {
            Ok(store) => {
                let health = store.health().unwrap();
                assert_eq!(health.pages.len(), 1, "page {page}: {health:?}");
                let read = store.read(|tx| {
                    records::page(tx, &domain::state::State::ALL, 0, u32::MAX)?;
                    store::outbox::waiting(tx)?;
                    store::records::find(tx, "nguyen thi", 50)
                });
                let code = read.as_ref().err().map(StoreError::code);
                assert!(matches!(code, None | Some("corrupt")), "page {page}: {code:?} {read:?}");
                met += usize::from(code.is_some());
                drop(store);
                let aside = home.set_aside().unwrap();
                assert!(aside.join(DATABASE).exists());
            }
            Err(StoreError::Damaged { .. }) => noticed += 1,
            Err(error) => panic!("page {page}: {error:?}"),
        }
        let _ = fs::remove_file(&path);
        fs::write(&path, sound).unwrap();
    }
    assert!(met > 0, "reading meets damage as damage");
    assert!(noticed < pages, "most pages are not read when opening");
    assert!(rig.unlock(&home).unwrap().health().unwrap().is_good());
}

#[test]
fn an_open_database_is_not_set_aside() {
    let (mut rig, home) = filled();
    let store = rig.unlock(&home).unwrap();
    assert!(matches!(home.set_aside(), Err(StoreError::InUse)));
    drop(store);
}

fn all_files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("registrations"))
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let (mut rig, home) = filled();
    let store = rig.unlock(&home).unwrap();
    store::testing::set_schema(&store, 900);
    // Leave a write-ahead log behind, as a killed newer program would.
    let copy = all_files(&rig.path());
    drop(store);
    for (name, bytes) in &copy {
        fs::write(rig.path().join(name), bytes).unwrap();
    }
    assert!(
        copy.iter()
            .any(|(name, bytes)| name.ends_with("-wal") && !bytes.is_empty())
    );
    for _ in 0..2 {
        let error = rig.unlock(&home).unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 900, .. }), "{error:?}");
        assert_eq!(all_files(&rig.path()), copy);
    }
}

/// A file system of its own, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    #[allow(clippy::print_stdout, reason = "a test that cannot run says so")]
    fn mount(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(dir.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(dir)),
            _ => {
                println!("skipped: mounting a tmpfs is not allowed here");
                None
            }
        }
    }
}

impl SmallDisk {
    /// Somebody makes room.
    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        assert!(
            Command::new("mount")
                .args(["-o", &options])
                .arg(self.0.path())
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let Some(disk) = SmallDisk::mount("6m") else { return };
    let mut rig = Rig::empty();
    let path = disk.0.path().join("home");
    let vault = rig.vault();
    let home = Home::create(&path, domain::ids::Realm::Development, &vault, &mut rig.rng).unwrap();
    home.first_operator(&vault, common::OPERATOR, common::PIN, common::CHEAP, &mut rig.rng)
        .unwrap();
    let open = |rig: &mut Rig, home: &Home| {
        home.unlock(&rig.vault(), common::OPERATOR, common::PIN, moment(0), &mut rig.rng)
            .unwrap()
    };
    let store = open(&mut rig, &home);
    let mut saved = 0;
    let error = loop {
        let rid = rig.rid();
        let answer = store.write(|tx| {
            store::drafts::begin(tx, &rid, None, &Default::default(), saved)?;
            rig.revise(tx, &rid, Some(&THU.registration()), saved)
        });
        match answer {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
        assert!(saved < 10_000, "a disk of 6 MB must fill up");
    };
    assert!(matches!(error, StoreError::DiskFull), "{error:?}");
    assert!(saved > 10);
    let check = |store: &store::Store, begun: i64| {
        let counts = store.read(records::counts).unwrap();
        assert!(counts.holds());
        assert_eq!(counts.begun, begun as u64);
        assert!(store.health().unwrap().is_good());
    };
    check(&store, saved);
    // Small files neither: the old one stands.
    let slots = fs::read(path.join("slots.json")).unwrap();
    let filler = fs::File::create(disk.0.path().join("filler")).unwrap();
    while std::io::Write::write(&mut &filler, &[0; 4096]).is_ok_and(|written| written > 0) {}
    let full = store.add_operator(8, "716408", common::CHEAP, &mut rig.rng);
    assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
    assert_eq!(fs::read(path.join("slots.json")).unwrap(), slots);
    assert!(!path.join("slots.json.new").exists());
    drop(store);
    // Nobody is kept out, and nobody tries for nothing: the count is written where it lies.
    for attempts_left in [4, 3] {
        let wrong = home.unlock(&vault, common::OPERATOR, "864209", moment(0), &mut rig.rng);
        let left = match wrong {
            Err(StoreError::WrongPin { attempts_left, .. }) => attempts_left,
            other => panic!("{other:?}"),
        };
        assert_eq!(left, attempts_left);
    }
    drop(
        home.unlock(&vault, common::OPERATOR, common::PIN, moment(0), &mut rig.rng)
            .unwrap(),
    );
    drop(filler);
    fs::remove_file(disk.0.path().join("filler")).unwrap();
    disk.grow("12m");
    let store = open(&mut rig, &home);
    check(&store, saved);
    drop(store);
}
