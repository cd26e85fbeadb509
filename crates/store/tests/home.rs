//! The way in: lock, secret, PIN, operators.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::{CHEAP, Counting, OPERATOR, PIN, Rig, moment};
use domain::{ids::Realm, pin::WeakPin};
use std::{fs, path::Path, process::Command, time::SystemTime};
use store::{FileVault, Home, Moment, SecretVault as _, StoreError};

#[test]
fn one_program_at_a_time_and_one_store_in_it() {
    let mut rig = Rig::empty();
    let home = rig.home();
    assert!(matches!(Home::open(&rig.path()), Err(StoreError::InUse)));
    let store = rig.unlock(&home).unwrap();
    assert!(matches!(rig.unlock(&home), Err(StoreError::InUse)));
    drop(home);
    assert!(
        matches!(rig.reopen(), Err(StoreError::InUse)),
        "the store keeps the lock"
    );
    drop(store);
    drop(rig.reopen().unwrap());
}

const CHILD_FOLDER: &str = "TUNGNHA_TEST_FOLDER";

/// Not a test of its own: the other process of `another_process_is_kept_out`.
#[test]
#[ignore = "runs as a child process"]
fn child_opens_the_folder() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else {
        return;
    };
    let answer = Home::open(Path::new(&folder));
    println!("child: {}", answer.map_or_else(|error| error.code(), |_| "opened"));
}

fn in_another_process(folder: &Path) -> String {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child_opens_the_folder", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .output()
        .unwrap();
    let text = String::from_utf8(child.stdout).unwrap();
    let (_, rest) = text.split_once("child: ").expect("the child answers");
    rest.lines().next().unwrap().to_owned()
}

#[test]
fn another_process_is_kept_out() {
    let mut rig = Rig::empty();
    let store = rig.store();
    assert_eq!(in_another_process(&rig.path()), "in_use");
    let home = store.close();
    assert_eq!(
        in_another_process(&rig.path()),
        "in_use",
        "locked for people is still in use"
    );
    drop(home);
    assert_eq!(in_another_process(&rig.path()), "opened");
}

fn state_of(path: &Path) -> Vec<(String, Vec<u8>, SystemTime)> {
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("registrations"))
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (
                name,
                fs::read(entry.path()).unwrap(),
                entry.metadata().unwrap().modified().unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_wrong_pin_never_touches_the_database() {
    let mut rig = Rig::empty();
    let store = rig.store();
    rig.register(&store, &common::THU.registration(), 100);
    let home = store.close();
    let before = state_of(&rig.path());
    assert!(before.iter().any(|(name, ..)| name == "registrations.db"));
    for attempt in 1..=5u32 {
        let error = home
            .unlock(&rig.vault(), OPERATOR, "864209", moment(10), &mut rig.rng)
            .unwrap_err();
        let wait = if attempt == 5 { 30 } else { 0 };
        assert!(
            matches!(error, StoreError::WrongPin { attempts_left, wait_seconds }
                if attempts_left == 5 - attempt && wait_seconds == wait),
            "{error:?}"
        );
    }
    // Not even the right one is judged now, and asking costs nothing.
    for _ in 0..20 {
        let error = home
            .unlock(&rig.vault(), OPERATOR, PIN, moment(20), &mut rig.rng)
            .unwrap_err();
        assert!(matches!(error, StoreError::PinDelay { wait_seconds: 20 }), "{error:?}");
    }
    assert_eq!(state_of(&rig.path()), before);

    // Neither closing the program nor any wall clock shortens it.
    drop(home);
    let home = Home::open(&rig.path()).unwrap();
    for wall in [0, i64::MAX] {
        let later = Moment { wall, ..moment(39) };
        assert!(matches!(
            home.unlock(&rig.vault(), OPERATOR, PIN, later, &mut rig.rng),
            Err(StoreError::PinDelay { wait_seconds: 1 })
        ));
    }
    drop(
        home.unlock(&rig.vault(), OPERATOR, PIN, moment(40), &mut rig.rng)
            .unwrap(),
    );
    // The right one forgave the wrong ones.
    let error = home
        .unlock(&rig.vault(), OPERATOR, "864209", moment(41), &mut rig.rng)
        .unwrap_err();
    assert!(matches!(
        error,
        StoreError::WrongPin {
            attempts_left: 4,
            wait_seconds: 0
        }
    ));
}

/// Everything in the home folder and beside the secret, by name.
fn everything(rig: &Rig) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let folders = [rig.path(), rig.dir.path().join("secrets")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Which files somebody lays hand on.
type Which = Box<dyn Fn(&Path) -> bool>;

#[test]
fn what_is_put_back_or_taken_away_gives_no_attempt_back() {
    let names = |name: &str| {
        let name = name.to_owned();
        move |path: &Path| path.to_string_lossy().contains(&name)
    };
    let home_folder = |path: &Path| path.to_string_lossy().contains("/home/");
    let ways: [(&str, Which, bool); 6] = [
        ("slots put back", Box::new(names("slots.json")), true),
        ("the home put back", Box::new(home_folder), true),
        (
            "the count beside the secret put back",
            Box::new(names("secrets/")),
            true,
        ),
        ("the home's count taken away", Box::new(names("home/attempts")), false),
        ("the other count taken away", Box::new(names(".attempts")), false),
        ("both taken away", Box::new(names("attempts")), false),
    ];
    for (way, which, put_back) in ways {
        let mut rig = Rig::empty();
        drop(rig.store());
        let before = everything(&rig);
        let mut judged = 0;
        for _ in 0..12 {
            // A program for each attempt: what it remembers goes with it.
            let home = Home::open(&rig.path()).unwrap();
            match home.unlock(&rig.vault(), OPERATOR, "864209", moment(10), &mut rig.rng) {
                Err(StoreError::WrongPin { .. }) => judged += 1,
                Err(StoreError::PinDelay { .. }) => {}
                other => panic!("{way}: {other:?}"),
            }
            for (path, bytes) in before.iter().filter(|(path, _)| which(path)) {
                match put_back {
                    true => fs::write(path, bytes).unwrap(),
                    false => _ = fs::remove_file(path),
                }
            }
        }
        assert!(judged <= 5, "{way}: {judged} attempts were judged");
        // Nobody is locked out for it: the owner waits as after the last free attempt.
        let home = Home::open(&rig.path()).unwrap();
        let _ = home.unlock(&rig.vault(), OPERATOR, PIN, moment(10), &mut rig.rng);
        drop(
            home.unlock(&rig.vault(), OPERATOR, PIN, moment(40), &mut rig.rng)
                .unwrap(),
        );
    }
}

#[test]
fn a_counted_slot_cannot_pass_for_an_older_one() {
    let mut rig = Rig::empty();
    drop(rig.store());
    let slots = rig.path().join("slots.json");
    let text = fs::read_to_string(&slots).unwrap();
    assert!(text.contains(",\n      \"counted\": true"), "{text}");
    fs::write(&slots, text.replace(",\n      \"counted\": true", "")).unwrap();
    let home = Home::open(&rig.path()).unwrap();
    assert!(matches!(rig.unlock(&home), Err(StoreError::WrongPin { .. })));
}

#[test]
fn a_pin_change_wraps_anew_and_the_data_stays() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let (rid, _) = rig.register(&store, &common::THU.registration(), 100);
    let key = store.raw_key_for_tests();
    let home = store.close();
    let vault = rig.vault();
    let wrong = home.change_pin(&vault, OPERATOR, "864209", "384917", CHEAP, moment(1), &mut rig.rng);
    assert!(matches!(wrong, Err(StoreError::WrongPin { .. })));
    let weak = home.change_pin(&vault, OPERATOR, PIN, "111111", CHEAP, moment(1), &mut rig.rng);
    assert!(matches!(weak, Err(StoreError::WeakPin(WeakPin::Repeated))));
    home.change_pin(&vault, OPERATOR, PIN, "384917", CHEAP, moment(1), &mut rig.rng)
        .unwrap();
    assert!(matches!(rig.unlock(&home), Err(StoreError::WrongPin { .. })));
    let store = home
        .unlock(&vault, OPERATOR, "384917", moment(2), &mut rig.rng)
        .unwrap();
    assert_eq!(store.raw_key_for_tests(), key);
    assert!(store.read(|tx| store::records::get(tx, &rid)).unwrap().is_some());
}

#[test]
fn operators_have_their_own_pins() {
    let mut rig = Rig::empty();
    let store = rig.store();
    store.add_operator(8, "716408", CHEAP, &mut rig.rng).unwrap();
    assert!(matches!(
        store.add_operator(8, "716408", CHEAP, &mut rig.rng),
        Err(StoreError::OperatorSlot("exists"))
    ));
    let home = store.close();
    assert_eq!(home.operators().unwrap(), [OPERATOR, 8]);
    for (operator, pin, opens) in [(8, "716408", true), (8, PIN, false), (OPERATOR, "716408", false)] {
        let answer = home.unlock(&rig.vault(), operator, pin, moment(0), &mut rig.rng);
        assert_eq!(answer.is_ok(), opens, "{operator} {pin}");
    }
    assert!(matches!(
        home.unlock(&rig.vault(), 9, PIN, moment(0), &mut rig.rng),
        Err(StoreError::UnknownOperator)
    ));
    let store = rig.unlock(&home).unwrap();
    store.remove_operator(8).unwrap();
    assert!(matches!(
        store.remove_operator(OPERATOR),
        Err(StoreError::OperatorSlot("last"))
    ));
    assert_eq!(home.operators().unwrap(), [OPERATOR]);
}

#[test]
fn a_slot_belongs_to_its_operator_and_its_home() {
    let mut rig = Rig::empty();
    let home = rig.home();
    drop(rig.unlock(&home).unwrap());
    let slots = fs::read_to_string(rig.path().join("slots.json")).unwrap();
    fs::write(
        rig.path().join("slots.json"),
        slots.replace("\"operator\": 7", "\"operator\": 8"),
    )
    .unwrap();
    let moved = home.unlock(&rig.vault(), 8, PIN, moment(0), &mut rig.rng);
    assert!(matches!(moved, Err(StoreError::WrongPin { .. })));
}

#[test]
fn the_secret_is_needed_and_must_be_this_devices() {
    let mut rig = Rig::empty();
    let home = rig.home();
    let elsewhere = FileVault::new(&rig.dir.path().join("other"), &rig.path()).unwrap();
    let missing = home.unlock(&elsewhere, OPERATOR, PIN, moment(0), &mut rig.rng);
    assert!(matches!(missing, Err(StoreError::SecretMissing)));
    elsewhere.create(&home.id(), &[5; 32]).unwrap();
    let mismatch = home.unlock(&elsewhere, OPERATOR, PIN, moment(0), &mut rig.rng);
    assert!(matches!(mismatch, Err(StoreError::SecretMismatch)));
    assert!(matches!(home.spool(&elsewhere), Err(StoreError::SecretMismatch)));
    assert!(
        rig.unlock(&home).is_ok(),
        "neither counted as a wrong PIN nor harmed anything"
    );
}

#[test]
fn a_folder_is_made_once() {
    let mut rig = Rig::empty();
    assert!(matches!(Home::open(&rig.path()), Err(StoreError::NoHome)));
    let home = rig.home();
    let (vault, path) = (rig.vault(), rig.path());
    assert!(matches!(
        Home::create(&path, Realm::Live, &vault, &mut rig.rng),
        Err(StoreError::InUse)
    ));
    let id = home.id();
    drop(home);
    assert!(matches!(
        Home::create(&path, Realm::Live, &vault, &mut rig.rng),
        Err(StoreError::HomeExists)
    ));
    let home = Home::open(&path).unwrap();
    assert_eq!((home.id(), home.realm()), (id, Realm::Development));
    assert!(matches!(
        home.first_operator(&vault, 8, PIN, CHEAP, &mut Counting(99)),
        Err(StoreError::OperatorSlot("exists"))
    ));
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut rig = Rig::empty();
    drop(rig.store());
    for name in ["home", "secrets", "home/spool"] {
        let path = rig.dir.path().join(name);
        if path.exists() {
            assert_eq!(
                fs::metadata(path).unwrap().permissions().mode() & 0o777,
                0o700,
                "{name}"
            );
        }
    }
    for name in ["home/device.json", "home/slots.json"] {
        let mode = fs::metadata(rig.dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
