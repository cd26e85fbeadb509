//! What was told is on the disk: no program answers before what it wrote was synced (I1, I2). Nothing here trusts a PRAGMA:
//! strace tells what the real programs really asked of the system.

use std::fs;
use tungnha_tests::{Device, Person, Town, program, strace};

/// Copies that are mended from the database and say so; logs; locks, which are empty.
fn needs_no_sync(file: &str) -> bool {
    file.contains("/spool/") || file.ends_with(".log") || file.ends_with("lock")
}

#[test]
fn a_tablet_says_saved_when_it_is_on_the_disk() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let trace = device.beside("trace");
    let Some(traced) = strace::command(&program("tungnhactl"), &trace) else {
        return;
    };
    let draft = Person::number(921).draft().to_string();
    let ran = device.run_as(traced, &["register"], draft.as_bytes());
    ran.ok();
    let calls = strace::calls(&fs::read_to_string(&trace).expect("a trace"));
    assert!(
        calls
            .iter()
            .any(|call| matches!(call, strace::Call::Written(file) if file.ends_with("registrations.db-wal"))),
        "the log of the database was seen"
    );
    let early = strace::told_too_early(&calls, &device.home(), |file| !needs_no_sync(file));
    assert!(early.is_empty(), "told before it was on the disk: {early:?}");
}

#[test]
fn a_wrong_pin_is_on_the_disk_before_anybody_hears_of_it() {
    let town = Town::start();
    let mut device = Device::enrolled(&town);
    device.set("TUNGNHA_PIN", "864213");
    let trace = device.beside("trace");
    let Some(traced) = strace::command(&program("tungnhactl"), &trace) else {
        return;
    };
    assert_ne!(device.run_as(traced, &["queue"], b"").status, Some(0));
    let calls = strace::calls(&fs::read_to_string(&trace).expect("a trace"));
    assert!(
        calls
            .iter()
            .any(|call| matches!(call, strace::Call::Written(file) if file.ends_with("home/attempts"))),
        "the counter was seen"
    );
    let early = strace::told_too_early(&calls, &device.home(), |file| !needs_no_sync(file));
    assert!(early.is_empty(), "told before it was on the disk: {early:?}");
}

#[test]
fn a_new_pin_is_on_the_disk_before_it_is_told() {
    let town = Town::start();
    let mut device = Device::enrolled(&town);
    device.set("TUNGNHA_NEW_PIN", "384917");
    let trace = device.beside("trace");
    let Some(traced) = strace::command(&program("tungnhactl"), &trace) else {
        return;
    };
    device.run_as(traced, &["change-pin"], b"").ok();
    let calls = strace::calls(&fs::read_to_string(&trace).expect("a trace"));
    assert!(
        calls
            .iter()
            .any(|call| matches!(call, strace::Call::Renamed(file) if file.ends_with("slots.json"))),
        "the new slot was seen"
    );
    let early = strace::told_too_early(&calls, &device.home(), |file| !needs_no_sync(file));
    assert!(early.is_empty(), "told before it was on the disk: {early:?}");
}

#[test]
fn the_platform_answers_when_it_is_on_the_disk() {
    let mut town = Town::start();
    let device = Device::enrolled(&town);
    for n in 922..925 {
        device.register(&Person::number(n).draft()).ok();
    }
    let trace = device.beside("trace");
    let Some(traced) = strace::command(&program("tungnha-gateway"), &trace) else {
        return;
    };
    // The opener writes whenever it likes; here only what is answered is looked at.
    town.set_arguments(&["--opener-delay-ms", "3600000"]);
    town.restart_as(traced);
    device.run(&["sync"]).ok();
    assert_eq!(device.run(&["queue"]).ok()["unsent"], 0);
    town.stop();
    let calls = strace::calls(&fs::read_to_string(&trace).expect("a trace"));
    assert!(
        calls
            .iter()
            .any(|call| matches!(call, strace::Call::Written(file) if file.ends_with("gateway.db-wal"))),
        "the log of the database was seen"
    );
    let early = strace::told_too_early(&calls, &town.data(), |file| {
        !needs_no_sync(file) && !file.ends_with("-shm")
    });
    assert!(early.is_empty(), "told before it was on the disk: {early:?}");
}
