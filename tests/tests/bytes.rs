//! Byte scan of what lies on a disk for one planted person, in every state of a registration (docs/protocol.md: I7, I9;
//! docs/security.md: lost tablet, what remains after capture, curious gateway host).
//!
//! As it lies there, nothing is ever found: device folder, secrets, temporary files, logs, gateway. Behind the
//! encryption it is found as long as the volunteer needs it (which proves that the scan can see) and no longer after a
//! purge, a withdrawal or a declined consent. Live folders are copied by another process: opening a database file here
//! would drop SQLite's locks.

use app::{
    AppError, Session,
    env::{Env as _, SystemEnv},
};
use domain::{
    Sensitive,
    ids::{Digest, Rid},
    registration::Draft,
    state::State,
};
use protocol::receipt::{BatchAnswer, Item, Outcome};
use serde_json::json;
use std::{collections::BTreeSet, path::Path, process::Command, sync::Arc, thread::sleep, time::Duration};
use store::{drafts, envelopes, records, testing};
use tungnha_tests::{
    Chance, Device, Person, Ran, Town, Traces,
    blanks::sheet,
    inside::{Moved, sync},
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Whose every word is found nowhere else.
fn planted() -> Person {
    Person {
        house: "K73158/45 kiệt Đồng Khánh".to_owned(),
        ..Person::planted()
    }
}

fn draft(person: &Person) -> Draft {
    serde_json::from_value(person.draft()).unwrap()
}

/// Nothing in any file or file name of a folder.
#[track_caller]
fn assert_clean(traces: &Traces, folder: &Path, when: &str) {
    assert_eq!(traces.in_folder(folder), Vec::<String>::new(), "{when}");
}

/// A copy of everything the device keeps, made by another process.
fn copy(device: &Device) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-a")
        .arg(device.beside("."))
        .arg(to.path())
        .status()
        .unwrap();
    assert!(copied.success());
    to
}

/// One device on the way through the states of one registration.
struct Way {
    device: Device,
    clock: Arc<Moved>,
    traces: Traces,
}

/// What the volunteer still needs of somebody, each found behind the encryption.
const CONTENT: [&str; 6] = ["birth", "card_address", "house", "name", "number", "phone"];

impl Way {
    fn new(town: &Town, person: &Person) -> Self {
        Self {
            device: Device::enrolled(town),
            clock: Moved::new(),
            traces: Traces::of(person),
        }
    }

    fn unlock(&self) -> Session {
        let session = self.device.unlock(self.clock.clone());
        // The window does it behind whoever signed in.
        session.purge_due().unwrap();
        session
    }

    fn behind(&self, copy: &Path, key: &[u8; 32]) -> BTreeSet<&'static str> {
        let pages = testing::plaintext_pages(&copy.join("home"), key).unwrap();
        assert!(
            pages.concat().windows(19).any(|text| text == b"CREATE TABLE regist"),
            "the key opens the pages"
        );
        pages.iter().flat_map(|page| self.traces.values(page)).collect()
    }

    /// Open and closed: nothing in clear, and behind the encryption exactly what is asked for. Gives the device unlocked
    /// again.
    #[track_caller]
    fn look(&self, session: Session, when: &str, expected: impl Fn(&BTreeSet<&'static str>) -> bool) -> Session {
        let key = session.store().raw_key_for_tests();
        for session in [Some(session), None] {
            let place = if session.is_some() { "open" } else { "closed" };
            let copy = copy(&self.device);
            assert_clean(&self.traces, copy.path(), when);
            let behind = self.behind(copy.path(), &key);
            assert!(
                expected(&behind),
                "{when}, {place}: behind the encryption lies {behind:?}"
            );
        }
        self.unlock()
    }

    /// It is still here, and would be found if it lay in clear.
    #[track_caller]
    fn holds(&self, session: Session, when: &str) -> Session {
        self.look(session, when, |behind| {
            CONTENT.iter().all(|value| behind.contains(value))
        })
    }

    /// It is gone, also behind the encryption; the stub stays.
    #[track_caller]
    fn gone(&self, session: Session, rid: Rid, when: &str) -> Session {
        let kept = record(&session, rid);
        assert!(kept.content.is_none());
        if kept.state != State::Discarded {
            assert_eq!(kept.initials, "H.N.D.T.Q.N", "{when}");
            assert!(kept.code.is_some());
        }
        self.look(session, when, BTreeSet::is_empty)
    }
}

/// Behind the lease: what lies there counts, whether or not it is shown.
#[track_caller]
fn record(session: &Session, rid: Rid) -> store::records::Record {
    let found = session.store().read(|tx| store::records::get(tx, &rid));
    found.unwrap().expect("a record")
}

#[track_caller]
fn state(session: &Session, rid: Rid) -> State {
    record(session, rid).state
}

/// Syncs until the platform has decided.
#[track_caller]
fn sync_until(session: &Session, rid: Rid, wanted: State) {
    sync_until_any(session, rid, &[wanted]);
}

#[track_caller]
fn sync_until_any(session: &Session, rid: Rid, wanted: &[State]) {
    for _ in 0..200 {
        let report = sync(session);
        assert_eq!(report.left, 0, "{report:?}");
        if wanted.contains(&state(session, rid)) {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("{wanted:?} does not come, it is {:?}", state(session, rid));
}

fn population(person: &Person, birth: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    let row = format!("{},{},{birth},{},0", person.number, person.name, person.sex);
    std::fs::write(file.path(), format!("pin,name,birth,sex,deceased\n{row}\n")).unwrap();
    file
}

#[test]
fn the_scan_finds_every_form_and_nothing_in_noise() {
    let traces = Traces::of(&planted());
    let mut chance = Chance::new();
    let mut noise = || (0..500_000).map(|_| chance.within(0..256) as u8).collect::<Vec<u8>>();
    assert!(traces.find(&noise()).is_empty());
    assert!(traces.forms().len() > 500, "{}", traces.forms().len());
    let missed: Vec<_> = traces
        .forms()
        .iter()
        .filter(|form| {
            let leak = [b"\0{\"x\":\"", form.bytes.as_slice(), b"\xff"].concat();
            !traces.find(&leak).contains(form)
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    let values: BTreeSet<_> = traces.forms().iter().map(|form| form.value).collect();
    assert_eq!(
        values
            .into_iter()
            .filter(|value| *value != "signature")
            .collect::<Vec<_>>(),
        CONTENT
    );

    // A folder that leaks in its own ways is caught, whatever the way.
    for leak in [
        "pin=048188999777",
        "tel:+84905731846",
        "Gọi 0905 731 846 nhé",
        "QUỲNH",
        "qu\u{79}\u{300}nh",
        "quynh",
        "VMOibSDEkcaw4bujYyBRdeG7s25oIE5nxqFu",
        "Qu%E1%BB%B3nh",
        "{\"name\":\"Qu\\u1ef3nh\"}",
        "5175e1bbb36e68",
        "sinh 09/02/1988",
        "k73158",
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("log"), leak).unwrap();
        assert!(!traces.in_folder(folder.path()).is_empty(), "{leak}");
    }
}

#[test]
fn one_record_from_the_form_over_a_refusal_to_the_purge() {
    let person = planted();
    let list = population(&person, "1988-02-10");
    let list = list.path().to_str().unwrap();
    let mut town = Town::with("development", &["--population", list, "--opener-delay-ms", "3600000"]);
    let way = Way::new(&town, &person);
    let rid: Rid = Chance::new().id().parse().unwrap();

    let session = way.unlock();
    assert!(way.traces.values(&session.store().raw_key_for_tests()).is_empty());
    let session = way.look(session, "enrolled", BTreeSet::is_empty);

    let form = draft(&person);
    session
        .store()
        .write(|tx| drafts::begin(tx, &rid, None, &form, way.clock.now()))
        .unwrap();
    let session = way.holds(session, "draft");

    session.register(Some(rid), &form).unwrap();
    assert_eq!(state(&session, rid), State::Queued);
    let session = way.holds(session, "queued");

    sync(&session);
    assert_eq!(state(&session, rid), State::Received);
    let session = way.holds(session, "received");

    // The card in the resident's hand is known here by number and code alone.
    if let (_, Some(texts)) = sheet(&town, "Tổ CNS 12") {
        sync(&session);
        session.bind_blank(rid, &texts[0]).unwrap();
    }
    let session = way.holds(session, "a pre-printed card is bound");
    sync(&session);
    drop(session);

    way.clock.set(7 * DAY - HOUR);
    let session = way.holds(way.unlock(), "received almost seven days ago");
    drop(session);
    way.clock.set(7 * DAY + HOUR);
    let session = way.unlock();
    assert_eq!(state(&session, rid), State::Received);
    let session = way.gone(session, rid, "purged seven days after the receipt");
    drop(session);

    // The platform takes its time; its refusal brings back what the correction needs.
    way.clock.set(0);
    town.set_arguments(&["--population", list]);
    town.restart(&[]);
    let session = way.unlock();
    sync_until(&session, rid, State::Refused);
    assert!(session.show(rid).unwrap().draft.is_some());
    let session = way.holds(session, "refused, restored");

    let mut corrected = session.show(rid).unwrap().draft.unwrap();
    corrected.birth.as_mut().unwrap().value = Sensitive::new("1988-02-10".to_owned());
    session.correct(rid, &corrected).unwrap();
    // The birthday is another one now; the rest is as planted.
    let still = |behind: &BTreeSet<&'static str>| CONTENT[1..].iter().all(|value| behind.contains(value));
    let session = way.look(session, "corrected", still);
    sync_until(&session, rid, State::Accepted);
    let session = way.look(session, "accepted", still);
    drop(session);

    way.clock.set(72 * HOUR + HOUR);
    let session = way.unlock();
    assert_eq!(state(&session, rid), State::Accepted);
    let session = way.gone(session, rid, "purged 72 hours after the verdict");
    let card = session.card(rid).unwrap();
    assert!(
        way.traces.find(&card.pdf).is_empty(),
        "a reprint after the purge carries the code alone"
    );
    assert!(session.search("quynh", 9).unwrap().is_empty());
    // The whole number is still known by its keyed hash, and leads to the stub alone.
    let stub = session.search(&person.number, 9).unwrap();
    assert_eq!((stub.len(), stub[0].rid, stub[0].name.as_deref()), (1, rid, None));
    assert!(session.doctor().unwrap().healthy);
}

#[test]
fn a_possible_duplicate_is_purged_after_seven_days() {
    let person = planted();
    let town = Town::start();
    let first = Device::enrolled(&town);
    let saved = first.register(&person.draft()).ok().clone();
    assert_eq!(
        first.sync_until_decided(saved["rid"].as_str().unwrap())["state"],
        "accepted"
    );

    let way = Way::new(&town, &person);
    let session = way.unlock();
    let rid = session.register(None, &draft(&person)).unwrap().rid;
    sync_until(&session, rid, State::PossibleDuplicate);
    let session = way.holds(session, "possible duplicate");
    drop(session);
    way.clock.set(7 * DAY + HOUR);
    way.gone(way.unlock(), rid, "possible duplicate, purged");
}

#[test]
fn a_no_is_erased_at_once() {
    let person = planted();
    let town = Town::start();
    let way = Way::new(&town, &person);
    let mut session = way.unlock();

    // Declined in the form.
    let rid: Rid = Chance::new().id().parse().unwrap();
    let mut form = draft(&person);
    session
        .store()
        .write(|tx| drafts::begin(tx, &rid, None, &form, way.clock.now()))
        .unwrap();
    session = way.holds(session, "draft");
    form.consent.account = Some(false);
    assert!(matches!(session.register(Some(rid), &form), Err(AppError::Declined)));
    assert_eq!(state(&session, rid), State::Discarded);
    session = way.gone(session, rid, "discarded");

    // Withdrawn before it was sent, after the receipt, and after the verdict: whoever registers anew before the platform has
    // erased the first registration may be somebody else with the same number.
    for when in [None, Some(false), Some(true)] {
        let rid = session.register(None, &draft(&person)).unwrap().rid;
        match when {
            None => {}
            Some(false) => drop(sync(&session)),
            Some(true) => sync_until_any(&session, rid, &[State::Accepted, State::PossibleDuplicate]),
        }
        session = way.holds(session, "saved again");
        session.withdraw(rid).unwrap();
        session = way.gone(session, rid, &format!("withdrawn, it was decided: {when:?}"));
        sync(&session);
        assert_eq!(state(&session, rid), State::Withdrawn);
        session = way.gone(session, rid, "withdrawal sent");
    }

    // Stopped, because the platform holds other bytes: kept for a person to decide, until the resident says no.
    let rid = session.register(None, &draft(&person)).unwrap().rid;
    let eid = session
        .store()
        .read(|tx| records::get(tx, &rid))
        .unwrap()
        .unwrap()
        .head
        .unwrap();
    let digest = session.store().read(|tx| envelopes::digest(tx, &eid)).unwrap().unwrap();
    let now = SystemEnv::new().now();
    let answer = BatchAnswer {
        request: Digest([0; 32]),
        time: now,
        items: vec![Item {
            eid: Some(eid),
            digest: Digest([digest.0[0] ^ 1; 32]),
            outcome: Outcome::DigestConflict,
            number: 0,
            received_at: now,
        }],
        wait: None,
        ext: Default::default(),
    };
    session
        .apply_batch(&answer, b"an answer as if it were signed", &[eid])
        .unwrap();
    assert_eq!(state(&session, rid), State::Quarantined);
    session = way.holds(session, "quarantined");
    session.withdraw(rid).unwrap();
    session = way.gone(session, rid, "withdrawn from quarantine");
    drop(session);
    assert_clean(&way.traces, &town.data(), "the gateway's folder");
}

/// Each means of erasing is needed and seen to be: without one of them the scan finds what it should not.
#[test]
fn a_means_of_erasing_that_is_missing_is_noticed() {
    let person = planted();
    let town = Town::start();
    for without in [
        "PRAGMA secure_delete = OFF",
        "INSERT INTO search (search, rank) VALUES ('secure-delete', 0)",
    ] {
        let way = Way::new(&town, &person);
        let session = way.unlock();
        testing::execute(session.store(), without);
        let rid = session.register(None, &draft(&person)).unwrap().rid;
        session.withdraw(rid).unwrap();
        let key = session.store().raw_key_for_tests();
        drop(session);
        let left = way.behind(copy(&way.device).path(), &key);
        assert!(!left.is_empty(), "{without}: nothing is left all the same");
    }

    // Killed between erasing and emptying the log: the log holds it, and the next unlock empties it.
    let way = Way::new(&town, &person);
    let session = way.unlock();
    let rid = session.register(None, &draft(&person)).unwrap().rid;
    let key = session.store().raw_key_for_tests();
    drop(session);
    let again = draft(&person);
    let session = way.unlock();
    session.correct(rid, &again).unwrap();
    drop(session);
    let killed = way
        .device
        .run_killed_at("purge.before_checkpoint:2", &["withdraw", &rid.to_string()], b"");
    assert!(killed.was_killed());
    let left = way.behind(copy(&way.device).path(), &key);
    assert!(!left.is_empty(), "the log was empty already");
    way.gone(way.unlock(), rid, "unlocked after a kill");
}

/// Where the device's program can be cut while it has the person in hand, with what is done there.
const CUTS: [(&[&str], &str); 22] = [
    (&["register"], "register.before_transaction"),
    (&["register"], "save.before_commit"),
    (&["register"], "write.before_commit"),
    (&["register"], "write.after_commit"),
    (&["register"], "register.after_commit"),
    (&["register"], "spool.written"),
    (&["register"], "save.after_spool"),
    (&["correct"], "correct.before_transaction"),
    (&["correct"], "correct.after_commit"),
    (&["sync", "--locked"], "locked.before_send"),
    (&["sync", "--locked"], "locked.after_answer"),
    (&["sync", "--locked"], "locked.after_put"),
    (&["queue"], "locked.after_apply"),
    (&["register"], "save.after_spool"),
    (&["sync"], "sync.after_answer"),
    (&["sync"], "settle"),
    (&["sync"], "sync.after_apply"),
    (&["sync"], "sync.before_page"),
    (&["sync"], "sync.after_page"),
    (&["withdraw"], "write.before_commit"),
    (&["withdraw"], "withdraw.after_commit"),
    (&["withdraw"], "purge.before_checkpoint:2"),
];

#[test]
fn nothing_in_clear_wherever_the_programs_are_killed_nor_in_what_they_say() {
    let person = planted();
    let traces = Traces::of(&person);
    let around = tempfile::tempdir().unwrap();
    let temporary = around.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    std::fs::write(around.path().join("scanned"), b"here").unwrap();
    let surroundings = [
        ("TMPDIR", temporary.to_str().unwrap()),
        ("HOME", around.path().to_str().unwrap()),
        ("RUST_LOG", "trace"),
        ("RUST_BACKTRACE", "full"),
    ];
    let mut town = Town::start();
    town.restart(&surroundings);
    let mut device = Device::enrolled(&town);
    for (name, value) in surroundings.iter().filter(|(name, _)| *name != "HOME") {
        device.set(name, value);
    }

    let quiet = |ran: &Ran, what: &str| {
        let said = format!("{:?}{}", ran.lines, ran.said);
        assert!(traces.find(said.as_bytes()).is_empty(), "{what} says it aloud: {said}");
    };
    let input = person.draft().to_string().into_bytes();
    let known = device.run_with(&["register"], &input);
    quiet(&known, "enroll");
    let known = known.ok()["rid"].as_str().unwrap().to_owned();
    for (args, point) in CUTS {
        let with_rid = [args[0], known.as_str()];
        let args: &[&str] = if matches!(args[0], "correct" | "withdraw") {
            &with_rid
        } else {
            args
        };
        let ran = device.run_killed_at(point, args, &input);
        assert!(ran.was_killed(), "{args:?} does not pass {point}: {ran:?}");
        quiet(&ran, point);
        assert_clean(&traces, device.beside(".").as_path(), point);
        assert_clean(&traces, around.path(), point);
    }
    for args in [
        &["sync"] as &[&str],
        &["queue"],
        &["doctor"],
        &["tasks"],
        &["sync", "--locked"],
    ] {
        quiet(&device.run(args), args[0]);
    }
    // What is refused is told by field and code, never by quoting what was typed.
    let mut wrong = person.draft();
    wrong["pin"]["value"] = json!("0481889997771");
    wrong["phone"]["number"] = json!("+840905731846000");
    wrong["name"]["value"] = json!(format!("{}\u{202e}", person.name));
    let ran = device.register(&wrong);
    assert_eq!(ran.error(1), "problems");
    quiet(&ran, "problems");
    let broken = device.run_with(
        &["register"],
        format!("{{\"name\": \"{}\", {}", person.name, person.number).as_bytes(),
    );
    assert_eq!(broken.error(2), "not_a_draft");
    quiet(&broken, "not_a_draft");

    for point in [
        "batch_before_commit",
        "batch_after_commit",
        "opener_after_keys",
        "opener_before_commit",
        "opener_after_commit",
        "verdict_before_commit",
        "verdict_after_commit",
    ] {
        device.run_with(&["register"], &input).ok();
        let mut env = surroundings.to_vec();
        env.push(("TUNGNHA_GATEWAY_KILL_AT", point));
        town.restart(&env);
        let _ = device.run(&["sync", "--patience", "0"]);
        assert!(town.was_killed(Duration::from_secs(10)), "nobody passes {point}");
        assert_clean(&traces, &town.data(), point);
        assert!(traces.find(town.log().as_bytes()).is_empty(), "{point}: {}", town.log());
        town.restart(&surroundings);
        let mut tries = 0;
        while town.board()["registrations"]["waiting"] != 0 || device.run(&["sync"]).ok()["left"] != 0 {
            tries += 1;
            assert!(tries < 200, "{}", town.log());
            sleep(Duration::from_millis(25));
        }
    }
    assert_clean(&traces, around.path(), "the gateway's surroundings");
    assert_clean(&traces, &town.data(), "the gateway's folder");
    assert!(town.data().join("opener/opener.db").exists(), "bodies were opened here");
    assert!(!town.log().is_empty() && traces.find(town.log().as_bytes()).is_empty());
}
