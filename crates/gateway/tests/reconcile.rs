//! Backups of the gateway's databases: all as of one moment, and databases of different days brought into step.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::ids::Realm;
use gateway::{Erasure, Gateway, adapters::population::NoRegister, backup, opener::Opener, worker};
use std::path::Path;
use support::*;

/// Ends the two and opens them again, as a server does that is started: in between the folder may change.
fn restarted(rig: Rig, meanwhile: impl FnOnce(&Path)) -> Rig {
    let Rig {
        folder,
        env,
        gateway,
        opener,
        made,
    } = rig;
    drop((gateway, opener));
    meanwhile(folder.path());
    let gateway = Gateway::start(folder.path(), Realm::Development, env.clone()).unwrap();
    let mut opener = Opener::open(folder.path(), Realm::Development, Box::new(NoRegister), env.clone()).unwrap();
    if gateway.is_out_of_step(&opener).unwrap() {
        gateway.reconcile(&mut opener).unwrap();
    }
    Rig {
        folder,
        env,
        gateway,
        opener,
        made,
    }
}

/// Withdrawals erase at once, however many there are.
fn erase_at_once(rig: &Rig) {
    let erasure = Erasure {
        delay_hours: 0,
        usual: 1000,
    };
    rig.gateway.set_erasure(&erasure).unwrap();
}

/// Puts one database of a backup in the place of today's.
fn put_back(backup: &Path, data: &Path, name: &str) {
    for more in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(data.join(format!("{name}{more}")));
    }
    std::fs::copy(backup.join(name), data.join(name)).unwrap();
}

fn accounts(rig: &Rig, tablet: &Tablet) -> Vec<String> {
    let mut accounts: Vec<_> = rig
        .verdicts(tablet)
        .into_iter()
        .filter_map(|(_, verdict)| verdict.account)
        .collect();
    accounts.sort();
    accounts.dedup();
    accounts
}

#[test]
fn an_older_gateway_beside_a_newer_opener_stops_nobody() {
    let mut rig = Rig::new();
    erase_at_once(&rig);
    let mut tablet = rig.tablet();
    let people: Vec<_> = (0..70).map(|_| tablet.register_anybody()).collect();
    for some in people.chunks(35) {
        rig.send(&tablet, &some.iter().collect::<Vec<_>>());
    }
    let keep = tempfile::tempdir().unwrap();
    backup(rig.folder.path(), &keep.path().join("waiting")).unwrap();
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 70)]);
    backup(rig.folder.path(), &keep.path().join("accepted")).unwrap();
    let withdrawals: Vec<_> = people.iter().map(|person| tablet.withdraw(person)).collect();
    for some in withdrawals.chunks(35) {
        rig.send(&tablet, &some.iter().collect::<Vec<_>>());
    }
    rig.drain();
    assert_eq!(rig.standings(), [("withdrawn", 70)]);

    for day in ["waiting", "accepted"] {
        let old = keep.path().join(day);
        rig = restarted(rig, |data| put_back(&old, data, "gateway.db"));
        let new = tablet.register_anybody();
        rig.send(&tablet, &[&new]);
        rig.drain();
        assert_eq!(rig.standings(), [("accepted", 1), ("withdrawn", 70)], "{day}");
        let (_, verdict) = rig.verdicts(&tablet).pop().unwrap();
        assert!(verdict.account.is_some(), "who comes after them gets an answer");
        assert_eq!(rig.gateway.audit().unwrap().1, []);
        // The tablet has the withdrawals still, and sends them again; nothing changes by it.
        for some in withdrawals.chunks(35) {
            rig.send(&tablet, &some.iter().collect::<Vec<_>>());
        }
        rig.drain();
        assert_eq!(rig.standings(), [("accepted", 1), ("withdrawn", 70)], "{day}");
    }
}

#[test]
fn an_older_opener_beside_a_newer_gateway_gives_the_same_accounts_and_still_finds_who_is_there_twice() {
    for lost in [
        &["opener/opener.db", "opener/person-keys.db"][..],
        &["opener/person-keys.db"],
        &["opener/opener.db"],
    ] {
        let mut rig = Rig::new();
        erase_at_once(&rig);
        let (mut tablet, mut other) = (rig.tablet(), rig.tablet());
        let keep = tempfile::tempdir().unwrap();
        let old = keep.path().join("old");
        backup(rig.folder.path(), &old).unwrap();
        let people: Vec<_> = (0..5).map(|_| tablet.register_anybody()).collect();
        rig.send(&tablet, &people.iter().collect::<Vec<_>>());
        let gone = tablet.withdraw(&people[4]);
        rig.drain();
        rig.send(&tablet, &[&gone]);
        rig.drain();
        let before = accounts(&rig, &tablet);
        assert_eq!(before.len(), 4);

        rig = restarted(rig, |data| lost.iter().for_each(|name| put_back(&old, data, name)));
        rig.gateway.reconcile(&mut rig.opener).unwrap();
        rig.drain();
        assert_eq!(rig.standings(), [("accepted", 4), ("withdrawn", 1)], "{lost:?}");
        assert_eq!(accounts(&rig, &tablet), before, "{lost:?}");
        let again = rig.gateway.reconcile(&mut rig.opener).unwrap();
        assert_eq!((again.decided, again.changed), (0, 0), "{lost:?}");
        // The number of the first of them, from another tablet.
        let twice = other.register(finish(&adult(&number(tablet.id() as u16 * 100)), false));
        rig.send(&other, &[&twice]);
        rig.drain();
        let doubtful = ("possible_duplicate", 1);
        assert_eq!(
            rig.standings(),
            [("accepted", 4), doubtful, ("withdrawn", 1)],
            "{lost:?}"
        );
        assert_eq!(worker::drain(&rig.gateway, &mut rig.opener).unwrap(), 0);
    }
}

#[test]
fn a_backup_is_whole_private_and_taken_beside_a_writer() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let envelope = tablet.register_anybody();
    rig.send(&tablet, &[&envelope]);
    rig.drain();
    let keep = tempfile::tempdir().unwrap();
    let out = keep.path().join("night");
    backup(rig.folder.path(), &out).unwrap();
    assert!(backup(rig.folder.path(), &out).is_err(), "nothing is written over");
    for (path, _) in files(&out) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    let env = rig.env.clone();
    let gateway = Gateway::start(&out, Realm::Development, env.clone()).unwrap();
    let opener = Opener::open(&out, Realm::Development, Box::new(NoRegister), env).unwrap();
    assert!(!gateway.is_out_of_step(&opener).unwrap());
    assert_eq!(gateway.board_of(HAI_CHAU).unwrap().registrations.accepted, 1);
    assert_eq!(gateway.platform_key(), rig.gateway.platform_key());
}

#[test]
fn the_search_for_work_and_the_counts_of_the_board_walk_no_envelopes() {
    let rig = Rig::new();
    let db = rusqlite::Connection::open(rig.folder.path().join("gateway.db")).unwrap();
    let plan = |sql: &str| {
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    let waiting = plan(
        "SELECT head FROM registrations WHERE standing = 'waiting' AND NOT EXISTS (
             SELECT 1 FROM envelopes WHERE envelopes.rid = registrations.rid
                 AND envelopes.device = registrations.device AND kind = 'withdrawal' AND held IS NOT NULL
                 AND held_for IS NOT 'overruled')
         ORDER BY head LIMIT 64",
    );
    assert!(waiting.contains("envelopes_withdrawals_held"), "{waiting}");
    assert!(waiting.contains("registrations_waiting"), "{waiting}");
    let counts = plan("SELECT standing, count FROM board_counts WHERE commune = 20242");
    assert!(counts.starts_with("SEARCH board_counts"), "{counts}");
}

#[test]
fn counts_that_are_not_what_is_there_are_found_by_an_audit() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let (one, two) = (tablet.register_anybody(), tablet.register_anybody());
    rig.send(&tablet, &[&one, &two]);
    rig.drain();
    let gone = tablet.withdraw(&one);
    rig.send(&tablet, &[&gone]);
    rig.drain();
    assert_eq!(rig.gateway.audit().unwrap().1, []);
    let db = rusqlite::Connection::open(rig.folder.path().join("gateway.db")).unwrap();
    db.execute(
        "UPDATE board_counts SET count = count + 1 WHERE standing = 'accepted'",
        [],
    )
    .unwrap();
    let found = rig.gateway.audit().unwrap().1;
    assert_eq!(found.iter().map(|finding| finding.what).collect::<Vec<_>>(), ["counts"]);
}

#[test]
fn paper_that_was_never_kept_leaves_no_good_card_and_its_numbers_are_not_given_out_again() {
    let mut rig = Rig::new();
    let _ = rig.tablet();
    let mut first = None;
    let failed = rig.gateway.make_blanks("Tổ 1", 1, |made| {
        first = Some(made.first);
        // While paper is made, others write.
        rig.invite("Tổ 2", protocol::enrolment::Role::Volunteer);
        Err(gateway::GatewayError::FileExists)
    });
    assert!(failed.is_err());
    let pool = |rig: &Rig| rig.gateway.board_of(HAI_CHAU).unwrap().pools.remove(0);
    assert_eq!(
        (pool(&rig).void, pool(&rig).blank),
        (10, 0),
        "what was never made is void"
    );
    let made = rig.gateway.make_blanks("Tổ 1", 1, |_| Ok(())).unwrap();
    assert!(Some(made.first) > first, "numbers are for good");
    assert_eq!((pool(&rig).void, pool(&rig).blank), (10, 10));
}

#[test]
fn rows_that_cannot_be_read_hold_up_nobody_behind_them() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let people: Vec<_> = (0..70).map(|_| tablet.register_anybody()).collect();
    for some in people.chunks(35) {
        rig.send(&tablet, &some.iter().collect::<Vec<_>>());
    }
    let db = rusqlite::Connection::open(rig.folder.path().join("gateway.db")).unwrap();
    // More of them than are looked at in one go.
    db.execute("UPDATE envelopes SET signature = x'00' WHERE number <= 66", [])
        .unwrap();
    drop(db);
    assert_eq!(rig.drain(), 4);
    assert_eq!(rig.standings(), [("waiting", 66), ("accepted", 4)]);
    // What the opener itself cannot read of one is one of them, not the end of its batch.
    let more: Vec<_> = (0..3).map(|_| tablet.register_anybody()).collect();
    rig.send(&tablet, &more.iter().collect::<Vec<_>>());
    let db = rusqlite::Connection::open(rig.folder.path().join("opener/opener.db")).unwrap();
    db.execute(
        "INSERT INTO decisions (eid, rid, standing, decided_at, sealed) VALUES (?1, ?2, 'accepted', 1, x'00')",
        rusqlite::params![more[1].header.eid.0, more[1].header.rid.0],
    )
    .unwrap();
    drop(db);
    assert_eq!(rig.drain(), 2);
    assert_eq!(rig.standings(), [("waiting", 67), ("accepted", 6)]);
}
