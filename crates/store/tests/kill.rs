//! SIGKILL at every marked point: what was shown as saved is there, what was not is gone without a trace, the counter of
//! wrong PINs does not forget.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]
#![cfg(all(unix, debug_assertions))]

mod common;

use common::{OPERATOR, Rig, THU, moment, settle};
use domain::{
    ids::Rid,
    registration::Draft,
    retention::AFTER_RECEIPT,
    state::{Event, State},
};
use std::{io::Write as _, os::unix::process::ExitStatusExt as _, path::Path, process::Command};
use store::{Home, StoreError, drafts, outbox, purge, records};

const FOLDER: &str = "TUNGNHA_TEST_FOLDER";

#[allow(clippy::print_stdout, reason = "how a child process answers")]
fn say(text: &str) {
    println!("child: {text}");
    std::io::stdout().flush().unwrap();
}

/// The other process: unlocks, saves, spools, settles, purges, and says what it would have shown to a person.
#[test]
#[ignore = "runs as a child process"]
fn child_works() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let mut rig = Rig::empty();
    let vault = store::FileVault::new(&Path::new(&folder).join("secrets"), &Path::new(&folder).join("home")).unwrap();
    let home = Home::open(&Path::new(&folder).join("home")).unwrap();
    if let Ok(pin) = std::env::var("TUNGNHA_TEST_PIN") {
        let answer = home.unlock(&vault, OPERATOR, &pin, moment(0), &mut rig.rng);
        say(answer.map_or_else(|error| error.code(), |_| "opened"));
        return;
    }
    let store = home
        .unlock(&vault, OPERATOR, common::PIN, moment(0), &mut rig.rng)
        .unwrap();
    rig.rng.0 = 1_000_000;
    let rid = rig.rid();
    let eid = store
        .write(|tx| {
            drafts::begin(tx, &rid, None, &Draft::default(), 10)?;
            rig.revise(tx, &rid, Some(&THU.registration()), 10)
        })
        .unwrap();
    say("saved");
    store
        .spool()
        .unwrap()
        .reconcile(&store.read(outbox::waiting).unwrap())
        .unwrap();
    say("spooled");
    store
        .write(|tx| settle(tx, &rid, eid, Event::Receipt { eid }, 20))
        .unwrap();
    say("settled");
    store.write(|tx| purge::purge(tx, &rid, 20 + AFTER_RECEIPT)).unwrap();
    say("purged");
    store.scrub().unwrap();
    say("scrubbed");
}

fn run(rig: &Rig, kill_at: &str, pin: Option<&str>) -> (Option<i32>, Vec<String>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "child_works", "--nocapture"])
        .env(FOLDER, rig.dir.path())
        .env("TUNGNHA_KILL_AT", kill_at)
        .env_remove("TUNGNHA_TEST_PIN");
    if let Some(pin) = pin {
        command.env("TUNGNHA_TEST_PIN", pin);
    }
    let child = command.output().unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    let said = said
        .lines()
        .filter_map(|line| line.split_once("child: "))
        .map(|(_, text)| text.to_owned())
        .collect();
    (child.status.signal(), said)
}

#[test]
fn whatever_is_killed_where_nothing_is_lost_or_half() {
    let mut rid_source = Rig::empty();
    rid_source.rng.0 = 1_000_000;
    let rid: Rid = rid_source.rid();
    let table: [(&str, &[&str], Option<State>); 12] = [
        ("pin.counted", &[], None),
        ("write.begin", &[], None),
        ("write.before_commit", &[], None),
        ("write.after_commit", &[], Some(State::Queued)),
        ("spool.written", &["saved"], Some(State::Queued)),
        ("settle", &["saved", "spooled"], Some(State::Queued)),
        ("write.before_commit:2", &["saved", "spooled"], Some(State::Queued)),
        ("write.after_commit:2", &["saved", "spooled"], Some(State::Received)),
        ("purge", &["saved", "spooled", "settled"], Some(State::Received)),
        (
            "write.after_commit:3",
            &["saved", "spooled", "settled"],
            Some(State::Received),
        ),
        (
            "purge.before_checkpoint",
            &["saved", "spooled", "settled", "purged"],
            Some(State::Received),
        ),
        (
            "purge.after_checkpoint",
            &["saved", "spooled", "settled", "purged"],
            Some(State::Received),
        ),
    ];
    for (point, said, state) in table {
        let mut rig = Rig::empty();
        let store = rig.store();
        rig.register(&store, &THU.registration(), 1);
        drop(store);
        assert_eq!(
            run(&rig, point, None),
            (Some(9), said.iter().map(|&text| text.to_owned()).collect()),
            "{point}"
        );
        let store = rig.reopen().unwrap();
        store
            .read(|tx| {
                let counts = records::counts(tx)?;
                assert!(counts.holds(), "{point}");
                assert_eq!(counts.begun, 1 + u64::from(state.is_some()), "{point}");
                assert_eq!(records::get(tx, &rid)?.map(|record| record.state), state, "{point}");
                let waits = outbox::waiting(tx)?.len();
                assert_eq!(waits, 1 + usize::from(state == Some(State::Queued)), "{point}");
                assert_eq!(
                    store::device::position(tx)?.seq,
                    2 + u64::from(state.is_some()),
                    "{point}"
                );
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert!(store.health().unwrap().is_good(), "{point}");
        let waiting = store.read(outbox::waiting).unwrap();
        let spool = store.spool().unwrap();
        spool.reconcile(&waiting).unwrap();
        assert_eq!(spool.list().unwrap().len(), waiting.len(), "{point}");
    }
}

/// SQLCipher writes what goes wrong with a key or a page to stderr, with page contents, unless it is told not to.
#[test]
fn the_engine_prints_nothing_about_a_damaged_file() {
    let mut rig = Rig::empty();
    drop(rig.store());
    let path = rig.path().join("registrations.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child_works", "--nocapture"])
        .env(FOLDER, rig.dir.path())
        .env("TUNGNHA_TEST_PIN", common::PIN)
        .output()
        .unwrap();
    assert!(String::from_utf8(child.stdout).unwrap().contains("child: damaged"));
    assert_eq!(String::from_utf8(child.stderr).unwrap(), "");
}

#[test]
fn killing_the_program_gives_no_free_guesses() {
    let mut rig = Rig::empty();
    drop(rig.store());
    for _ in 0..5 {
        let (signal, said) = run(&rig, "pin.counted", Some("864209"));
        assert_eq!((signal, said.len()), (Some(9), 0));
    }
    assert_eq!(run(&rig, "", Some(common::PIN)), (None, vec!["pin_delay".to_owned()]));
}
