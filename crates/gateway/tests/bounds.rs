//! What a device repeats has an end, a full disk stops new records alone, what people do leaves a row, commands take no more than
//! they need, and what was taken out of the database shows.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use gateway::{Gateway, env::Env};
use protocol::{enrolment::Role, envelope::Body, receipt::Outcome};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use support::*;

fn database(rig: &Rig) -> Connection {
    Connection::open(rig.folder.path().join("gateway.db")).unwrap()
}

fn count(rig: &Rig, table: &str) -> u64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    database(rig).query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn what(rig: &Rig) -> Vec<&'static str> {
    rig.gateway
        .audit()
        .unwrap()
        .1
        .iter()
        .map(|finding| finding.what)
        .collect()
}

#[test]
fn tokens_leave_no_rows() {
    let mut rig = Rig::new();
    let tablet = rig.tablet();
    rig.gateway.token(&tablet.token_request(0)).unwrap();
    let size = || {
        let main = std::fs::metadata(rig.folder.path().join("gateway.db")).unwrap().len();
        let wal = std::fs::metadata(rig.folder.path().join("gateway.db-wal"))
            .unwrap()
            .len();
        main + wal
    };
    let before = size();
    for nonce in 1..=200 {
        let token = tablet.token(&rig.gateway.token(&tablet.token_request(nonce)).unwrap());
        assert_eq!(rig.gateway.authorise(&token).unwrap(), tablet.id());
    }
    assert_eq!(size(), before, "not a byte for 200 tokens");
    // Nor does a database that cannot be written keep anybody from one.
    rig.env.advance(3600);
    let writer = database(&rig);
    writer
        .execute_batch("PRAGMA locking_mode = NORMAL; PRAGMA max_page_count = 1")
        .unwrap();
    drop(writer);
    database(&rig)
        .execute_batch("CREATE TRIGGER full BEFORE UPDATE ON devices BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
    assert!(rig.gateway.token(&tablet.token_request(201)).is_ok());
}

#[test]
fn what_a_device_repeats_is_kept_up_to_a_days_quota_and_goes_on_the_next() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    rig.send(&tablet, &[&first]);
    // Other bytes under one eid, again and again.
    for _ in 0..40 {
        let header = protocol::envelope::Header {
            eid: first.header.eid,
            ..tablet.header()
        };
        let registration = finish(&adult(&number(1)), false);
        let other = tablet.freeze(header, &Body::Registration(Box::new(registration)));
        assert_eq!(rig.send(&tablet, &[&other])[0].outcome, Outcome::DigestConflict);
    }
    assert_eq!(count(&rig, "conflicts"), 20);

    // Withdrawals of registrations that nobody made.
    let phantoms: Vec<_> = (0..120)
        .map(|_| {
            let nobody = tablet.register_anybody();
            tablet.withdraw(&nobody)
        })
        .collect();
    let mut outcomes = Vec::new();
    for some in phantoms.chunks(40) {
        outcomes.extend(rig.send(&tablet, &some.iter().collect::<Vec<_>>()));
    }
    let of = |outcome| outcomes.iter().filter(|item| item.outcome == outcome).count();
    assert_eq!((of(Outcome::Held), of(Outcome::Retry)), (100, 20));
    assert_eq!(
        count(&rig, "registrations"),
        101,
        "what is asked for again began nothing"
    );
    // A record of the same device is taken all the same, and everything tomorrow.
    let record = tablet.register_anybody();
    assert_eq!(rig.send(&tablet, &[&record])[0].outcome, Outcome::Received);
    rig.env.advance(86_400);
    let again = rig.send(&tablet, &phantoms[100..].iter().collect::<Vec<_>>());
    assert!(again.iter().all(|item| item.outcome == Outcome::Held));
    assert_eq!(
        count(&rig, "device_days"),
        3,
        "one row for each quota, however many days"
    );
    assert_eq!(what(&rig), [""; 0]);
}

/// The test's clock, and a disk with so much room.
struct Disk(Arc<TestEnv>, AtomicU64);

impl Env for Disk {
    fn now(&self) -> i64 {
        self.0.now()
    }
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
    fn free(&self, _: &Path) -> Option<u64> {
        Some(self.1.load(Ordering::SeqCst))
    }
}

#[test]
fn a_disk_that_is_nearly_full_stops_new_records_and_nothing_else() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let waiting = tablet.register_anybody();
    rig.send(&tablet, &[&waiting]);
    rig.drain();
    let disk = Arc::new(Disk(rig.env.clone(), AtomicU64::new(1 << 40)));
    let gateway = Gateway::attach(rig.folder.path(), disk.clone()).unwrap();
    assert_eq!(gateway.health().status, "ok");
    let next = tablet.register_anybody();
    disk.1.store(1 << 20, Ordering::SeqCst);
    assert_eq!(denied(gateway.batch(tablet.id(), &batch(&[&next]))), "busy");
    assert_eq!(gateway.health().status, "no_room");
    assert!(gateway.token(&tablet.token_request(9)).is_ok());
    assert!(gateway.changes(tablet.id(), 0, None, None).is_ok());
    assert!(gateway.revoke(tablet.id()).unwrap());
    disk.1.store(1 << 40, Ordering::SeqCst);
    assert!(gateway.batch(tablet.id(), &batch(&[&next])).is_ok());
    assert_eq!(gateway.health().backup_age, None);
    gateway.note_backup().unwrap();
    rig.env.advance(100);
    let health = gateway.health();
    assert_eq!((health.status, health.backup_age, health.waiting), ("ok", Some(100), 0));
    // Somebody else holds the database, and nothing can be written.
    database(&rig)
        .execute_batch("CREATE TRIGGER full BEFORE UPDATE ON settings BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
    assert_eq!(gateway.health().status, "cannot_write");
}

#[test]
fn what_people_do_leaves_rows_that_cannot_be_changed_unnoticed() {
    let mut rig = Rig::new();
    let tablet = rig.tablet();
    let gateway = Gateway::attach(rig.folder.path(), rig.env.clone())
        .unwrap()
        .by("Lê Thị Tập");
    gateway.revoke(tablet.id()).unwrap();
    gateway.make_blanks("Tổ 1", 1, |_| Ok(())).unwrap();
    gateway.void_blanks(&[1]).unwrap();
    let acts = gateway.acts(0).unwrap();
    let rows: Vec<_> = acts.iter().map(|act| (&*act.by, &*act.what)).collect();
    let by = "Lê Thị Tập";
    assert_eq!(
        rows,
        [
            ("server", "invite"),
            (by, "revoke"),
            (by, "make_blanks"),
            (by, "void_blanks")
        ]
    );
    assert_eq!(acts[1].about["device"], tablet.id());
    assert_eq!(what(&rig), [""; 0]);
    let database = database(&rig);
    assert!(database.execute("DELETE FROM acts WHERE number = 2", []).is_err());
    database
        .execute_batch("DROP TRIGGER acts_stay; DROP TRIGGER acts_stand")
        .unwrap();
    for (tampered, found) in [
        ("UPDATE acts SET by = 'server' WHERE number = 2", 1),
        ("DELETE FROM acts WHERE number = 4", 2),
        ("DELETE FROM acts WHERE number = 2", 3),
    ] {
        database.execute(tampered, []).unwrap();
        assert_eq!(what(&rig), vec!["act"; found], "{tampered}");
    }
}

#[test]
fn commands_read_no_key_they_do_not_need_and_never_migrate_beside_a_server() {
    let mut rig = Rig::new();
    let tablet = rig.tablet_as("Tổ 1", Role::Coordinator);
    let keys = rig.folder.path().join("keys");
    for name in ["root.key", "ca.key", "ca-backup.key", "cards.key"] {
        std::fs::remove_file(keys.join(name)).unwrap();
    }
    let attach = || Gateway::attach(rig.folder.path(), rig.env.clone());
    let gateway = attach().unwrap();
    assert!(gateway.board_of(HAI_CHAU).is_ok() && gateway.audit().is_ok());
    assert!(gateway.grant(tablet.id(), HAI_CHAU, false).unwrap());
    assert!(gateway.revoke(tablet.id()).unwrap());
    assert_eq!(gateway.make_blanks("Tổ 1", 1, |_| Ok(())).err().unwrap().code(), "io");
    drop(gateway);

    // As it was left by an older program, whose server runs.
    let database = database(&rig);
    let newest: u32 = database
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    database.pragma_update(None, "user_version", newest - 1).unwrap();
    let lock = std::fs::File::options()
        .create(true)
        .append(true)
        .open(rig.folder.path().join("serve.lock"))
        .unwrap();
    lock.lock().unwrap();
    assert_eq!(attach().err().unwrap().code(), "older_schema");
    let left: u32 = database
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(left, newest - 1, "left as it is");
}

#[test]
fn a_row_that_was_taken_out_is_missed_however_it_was_done() {
    let rows = |rig: &Rig, sql: &str| {
        let database = database(rig);
        database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        database.execute_batch(sql).unwrap();
    };
    let lived = || {
        let mut rig = Rig::new();
        let mut tablet = rig.tablet();
        for _ in 0..2 {
            let some: Vec<_> = (0..3).map(|_| tablet.register_anybody()).collect();
            rig.send(&tablet, &some.iter().collect::<Vec<_>>());
            rig.drain();
            rig.env.advance(601);
        }
        rig.drain();
        assert_eq!(count(&rig, "signed_heads"), 2, "now and then");
        assert_eq!(what(&rig), [""; 0]);
        (rig, tablet)
    };
    // One in the middle, the counts put right.
    let (rig, mut tablet) = lived();
    rows(
        &rig,
        "DELETE FROM registrations WHERE head = 2; DELETE FROM verdicts WHERE eid IN (SELECT eid FROM envelopes WHERE number = 2);
         DELETE FROM envelopes WHERE number = 2;
         UPDATE board_counts SET count = count - 1 WHERE standing IN ('accepted', 'received')",
    );
    assert_eq!(what(&rig), ["missing"]);
    // What comes later changes nothing about it.
    let next = tablet.register_anybody();
    rig.send(&tablet, &[&next]);
    assert_eq!(what(&rig), ["missing"]);

    // The newest, and the head with it: a head that was signed says so.
    let (rig, _) = lived();
    let newest = "DELETE FROM registrations WHERE head = 6; DELETE FROM envelopes WHERE number = 6;
         UPDATE board_counts SET count = count - 1 WHERE standing IN ('accepted', 'received');";
    rows(&rig, newest);
    assert!(what(&rig).contains(&"missing"), "{:?}", what(&rig));
    rows(
        &rig,
        "UPDATE chain_head SET number = 5, hash = (SELECT chain FROM envelopes WHERE number = 5)",
    );
    assert_eq!(what(&rig), ["head"]);

    // Another time of receipt, and a chain that was made anew over it: signed heads are of another one.
    let (rig, _) = lived();
    rows(
        &rig,
        "UPDATE envelopes SET received_at = received_at + 1 WHERE number = 4",
    );
    assert_eq!(what(&rig), ["chain"]);
    rows(
        &rig,
        "UPDATE envelopes SET chain = NULL; UPDATE chain_head SET number = 0, hash = zeroblob(32)",
    );
    let anew = Gateway::start(rig.folder.path(), domain::ids::Realm::Development, rig.env.clone()).unwrap();
    let found: Vec<_> = anew.audit().unwrap().1.iter().map(|finding| finding.what).collect();
    assert_eq!(found, ["head"]);
}
