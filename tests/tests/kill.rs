//! kill -9 of the device's program and of the gateway, at marked points and at random, while a volunteer saves and
//! syncs: what was told as saved is there, nothing is there twice, and the counts add up on both sides
//! (docs/protocol.md: I1, I2, I3, I10).
//!
//! A kill counts when it ended a running process. A failure prints its seed; `TUNGNHA_SEED` runs it again.

use domain::ids::Rid;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    thread::sleep,
    time::{Duration, Instant},
};
use tungnha_tests::{Book, Chance, Device, Newcomers, Person, Ran, Town, book::receipts_of, chance::Span};

/// Real kills in each of the two tests of the device's program; half of them at marked points.
const KILLS: usize = 100;

fn rid(text: &str) -> Rid {
    text.parse().unwrap()
}

/// How a kill is aimed.
#[derive(Debug, Clone, Copy)]
enum Aim<'a> {
    Point(&'static str),
    /// At random within the time it takes.
    Within(&'a RefCell<Span>),
}

impl Aim<'_> {
    /// A marked point is always met: a mark that nobody passes any more would test nothing.
    #[track_caller]
    fn at(self, chance: &mut Chance, device: &Device, args: &[&str], input: &[u8]) -> Ran {
        match self {
            Aim::Point(point) => {
                let ran = device.run_killed_at(point, args, input);
                assert!(ran.was_killed(), "{args:?} does not pass {point}: {ran:?}");
                ran
            }
            Aim::Within(span) => {
                let (ran, took) = device.run_killed(args, input, chance.moment_of(&span.borrow()));
                match ran.was_killed() {
                    true => span.borrow_mut().still_ran_after(took),
                    false => {
                        ran.ok();
                        span.borrow_mut().ended_after(took);
                    }
                }
                ran
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------- saving

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Register,
    Correct,
    Withdraw,
}

/// Where a save can be cut, in the order in which it passes. The first emptying of the log is the unlock's.
const SAVE_POINTS: [(Work, &str); 20] = [
    (Work::Register, "pin.counted"),
    (Work::Register, "register.before_transaction"),
    (Work::Register, "write.begin"),
    (Work::Register, "save.before_commit"),
    (Work::Register, "write.before_commit"),
    (Work::Register, "write.after_commit"),
    (Work::Register, "register.after_commit"),
    (Work::Register, "spool.written"),
    (Work::Register, "save.after_spool"),
    (Work::Correct, "correct.before_transaction"),
    (Work::Correct, "save.before_commit"),
    (Work::Correct, "write.before_commit"),
    (Work::Correct, "correct.after_commit"),
    (Work::Correct, "spool.written"),
    (Work::Withdraw, "save.before_commit"),
    (Work::Withdraw, "write.before_commit"),
    (Work::Withdraw, "withdraw.after_commit"),
    (Work::Withdraw, "spool.written"),
    (Work::Withdraw, "purge.before_checkpoint:2"),
    (Work::Withdraw, "purge.after_checkpoint:2"),
];

struct Saving<'a> {
    device: &'a Device,
    book: Book,
    chance: Chance,
    people: u32,
}

impl Saving<'_> {
    fn new_person(&mut self) -> (String, Vec<u8>) {
        let rid = self.chance.id();
        self.people += 1;
        self.book.begin(&rid, self.people);
        (rid.clone(), self.draft(&rid))
    }

    fn draft(&self, rid: &str) -> Vec<u8> {
        Person::number(self.book.0[rid].person).draft().to_string().into_bytes()
    }

    /// Saying it again gives the one record there is.
    #[track_caller]
    fn repeat(&mut self, rid: &str) {
        let draft = self.draft(rid);
        let answer = self.device.run_with(&["register", "--rid", rid], &draft);
        self.book.saved(rid, answer.ok());
    }

    /// Tries to save somebody new and is killed; true if the kill was real.
    fn register(&mut self, aim: Aim<'_>) -> bool {
        let (rid, draft) = self.new_person();
        let ran = aim.at(&mut self.chance, self.device, &["register", "--rid", &rid], &draft);
        // Killed after the answer was told, it counts as told.
        if let Some(answer) = ran.lines.last() {
            self.book.saved(&rid, answer);
        }
        if self.chance.once_in(3) {
            // Left as the kill left it, to be repeated at the very end; meanwhile nothing else may have suffered.
            self.book.check(&self.device.unlock_now());
        } else {
            self.repeat(&rid);
        }
        ran.was_killed()
    }

    /// Corrects somebody and is killed: the old house or the new one, and the revision that goes with it.
    fn correct(&mut self, aim: Aim<'_>) -> bool {
        let rid = self.somebody();
        let before = self.device.run(&["show", &rid]).ok().clone();
        let house = format!("K{}/1 Đống Đa", self.chance.within(1..100_000));
        let mut draft = before["draft"].clone();
        draft["residence"]["house"] = json!(house);
        let input = draft.to_string().into_bytes();
        let ran = aim.at(&mut self.chance, self.device, &["correct", &rid], &input);
        let after = self.device.run(&["show", &rid]).ok().clone();
        let made = |shown: &Value| shown["revisions"].as_u64().unwrap();
        let revised = after["draft"]["residence"]["house"] == json!(house);
        assert_eq!(made(&after), made(&before) + u64::from(revised), "{before} {after}");
        assert!(revised || ran.lines.is_empty(), "told, but not there: {ran:?}");
        assert_eq!(after["code"], before["code"]);
        self.book.0.get_mut(&rid).unwrap().revisions += u32::from(revised);
        ran.was_killed()
    }

    /// Withdraws somebody and is killed; saying it again is saying it once.
    fn withdraw(&mut self, aim: Aim<'_>) -> bool {
        let rid = self.somebody();
        let ran = aim.at(&mut self.chance, self.device, &["withdraw", &rid], b"");
        let again = self.device.run(&["withdraw", &rid]);
        assert_eq!(again.ok()["state"], "withdrawn");
        self.book.saved(&rid, again.ok());
        let told = self.book.0.get_mut(&rid).unwrap();
        told.withdrawn = true;
        told.revisions += 1;
        ran.was_killed()
    }

    fn somebody(&mut self) -> String {
        if self.book.standing().is_empty() {
            let (rid, _) = self.new_person();
            self.repeat(&rid);
        }
        self.chance.one_of(&self.book.standing()).clone()
    }

    fn work(&mut self, work: Work, aim: Aim<'_>) -> bool {
        match work {
            Work::Register => self.register(aim),
            Work::Correct => self.correct(aim),
            Work::Withdraw => self.withdraw(aim),
        }
    }
}

#[test]
fn killed_while_saving_nothing_is_lost_and_nothing_doubled() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let mut saving = Saving {
        device: &device,
        book: Book::default(),
        chance: Chance::new(),
        people: 0,
    };
    let span = RefCell::new(Span::of(|| {
        let (rid, _) = saving.new_person();
        saving.repeat(&rid);
    }));

    let (mut marked, mut random, mut late) = (0, 0, 0);
    while marked < KILLS / 2 {
        let (work, point) = SAVE_POINTS[marked % SAVE_POINTS.len()];
        assert!(saving.work(work, Aim::Point(point)));
        marked += 1;
    }
    while random < KILLS - marked {
        let work = match saving.chance.within(0..8) {
            0 => Work::Withdraw,
            1 => Work::Correct,
            _ => Work::Register,
        };
        match saving.work(work, Aim::Within(&span)) {
            true => random += 1,
            false => late += 1,
        }
        assert!(late < 2 * KILLS, "a save is over before it is killed; {span:?}");
    }
    println!(
        "{marked} kills at marked points, {random} at random, {late} came too late; a save: {:?}",
        span.borrow()
    );

    let unanswered = saving.book.unanswered();
    println!("{} left unanswered are repeated", unanswered.len());
    for rid in &unanswered {
        saving.repeat(rid);
    }
    let book = &saving.book;
    let withdrawn = book.0.values().filter(|told| told.withdrawn).count() as u64;
    let all = book.0.len() as u64;
    {
        let session = device.unlock_now();
        book.check_complete(&session);
        let queue = session.queue().unwrap();
        assert_eq!(
            (queue.by_state["queued"], queue.by_state["withdrawn"], queue.unsent),
            (all - withdrawn, withdrawn, u64::from(book.revisions())),
        );
    }

    settle(&device, &town);
    let session = device.unlock_now();
    book.check_complete(&session);
    assert_eq!(receipts_of(&session).len(), book.revisions() as usize);
    assert_eq!(session.queue().unwrap().by_state["accepted"], all - withdrawn);
    drop(session);
    let expected = [("accepted", all - withdrawn), ("withdrawn", withdrawn)];
    check_gateway(&town, &expected, u64::from(book.revisions()));
}

// --------------------------------------------------------------------------------------------------------- syncing

/// Everything is sent and decided, each once, and both sides count the same.
#[track_caller]
fn check_settled(newcomers: &Newcomers, device: &Device, town: &Town) {
    let book = &newcomers.book;
    settle(device, town);
    let session = device.unlock_now();
    book.check_complete(&session);
    let receipts = receipts_of(&session);
    assert_eq!(receipts.len(), book.0.len());
    let expected = newcomers.expected();
    println!("{} people: {expected:?}", book.0.len());
    let queue = session.queue().unwrap();
    for (state, count) in &expected {
        assert_eq!(queue.by_state[state], *count, "{state}: {queue:?}");
    }
    for (id, told) in &book.0 {
        assert_eq!(
            session.show(rid(id)).unwrap().state.name(),
            Newcomers::verdict(told.person),
            "{id}"
        );
    }
    let mut tasks: Vec<_> = session.tasks().unwrap().iter().map(|task| task.rid).collect();
    tasks.sort();
    let count = tasks.len() as u64;
    tasks.dedup();
    assert_eq!(
        (count, tasks.len() as u64),
        (expected["refused"], expected["refused"]),
        "one task each"
    );
    drop(session);
    let expected: Vec<_> = expected.into_iter().collect();
    check_gateway(town, &expected, book.0.len() as u64);
}

/// How the device is made to sync, and where that can be cut. Transaction before: the token's.
const SYNC_POINTS: [(&[&str], &str); 18] = [
    (&["sync"], "sync.before_send"),
    (&["sync"], "sync.after_answer"),
    (&["sync"], "sync.before_apply"),
    (&["sync"], "settle"),
    (&["sync"], "settle:2"),
    (&["sync"], "write.before_commit:2"),
    (&["sync"], "write.after_commit:2"),
    (&["sync"], "sync.after_apply"),
    (&["sync"], "sync.before_page"),
    (&["sync"], "write.before_commit:3"),
    (&["sync"], "sync.after_page"),
    (&["sync", "--locked"], "locked.before_send"),
    (&["sync", "--locked"], "locked.after_answer"),
    (&["sync", "--locked"], "locked.after_put"),
    // What was answered to the locked device is applied when it is unlocked, by any command.
    (UNLOCK, "settle:2"),
    (UNLOCK, "write.before_commit"),
    (UNLOCK, "write.after_commit"),
    (UNLOCK, "locked.after_apply"),
];
const UNLOCK: &[&str] = &["queue"];

#[test]
fn killed_while_syncing_every_receipt_and_verdict_counts_once() {
    let population = Newcomers::population();
    let town = Town::with("development", &["--population", population.path().to_str().unwrap()]);
    let device = Device::enrolled(&town);
    let mut newcomers = Newcomers::new();
    let mut span_of = |args: &[&str]| {
        newcomers.come(&device);
        RefCell::new(Span::of(|| {
            device.run(args).ok();
        }))
    };
    let open = span_of(&["sync"]);
    let locked = span_of(&["sync", "--locked"]);

    let (mut marked, mut random, mut late) = (0, 0, 0);
    while marked < KILLS / 2 {
        let (args, point) = SYNC_POINTS[marked % SYNC_POINTS.len()];
        newcomers.come(&device);
        if args == UNLOCK {
            device.run(&["sync", "--locked"]).ok();
        }
        Aim::Point(point).at(&mut newcomers.chance, &device, args, b"");
        marked += 1;
    }
    while random < KILLS - marked {
        newcomers.come(&device);
        let (args, span): (&[&str], _) = match newcomers.chance.within(0..3) {
            0 => (&["sync", "--locked"], &locked),
            _ => (&["sync"], &open),
        };
        match Aim::Within(span)
            .at(&mut newcomers.chance, &device, args, b"")
            .was_killed()
        {
            true => random += 1,
            false => late += 1,
        }
        assert!(
            late < 2 * KILLS,
            "a sync is over before it is killed: {open:?}, locked {locked:?}"
        );
    }
    println!(
        "{marked} kills at marked points, {random} at random, {late} came too late; a sync: {:?}, locked: {:?}",
        open.borrow(),
        locked.borrow()
    );
    check_settled(&newcomers, &device, &town);
}

// --------------------------------------------------------------------------------------------------------- gateway

/// Every point that `crates/gateway/src/faults.rs` names.
const GATEWAY_POINTS: [&str; 7] = [
    "batch_before_commit",
    "batch_after_commit",
    "opener_before_commit",
    "opener_after_keys",
    "opener_after_commit",
    "verdict_before_commit",
    "verdict_after_commit",
];

#[test]
fn the_gateway_killed_anywhere_keeps_what_it_signed_for() {
    let population = Newcomers::population();
    let mut town = Town::with("development", &["--population", population.path().to_str().unwrap()]);
    let device = Device::enrolled(&town);
    let mut newcomers = Newcomers::new();
    newcomers.come(&device);
    let mut span = Span::of(|| {
        device.run(&["sync"]).ok();
    });

    let (mut marked, mut random, mut late) = (0, 0, 0);
    for point in GATEWAY_POINTS.iter().chain(&GATEWAY_POINTS) {
        newcomers.come(&device);
        // What an earlier kill left undone is done first, or the point would be passed before anybody listens.
        nothing_waits(&town);
        town.restart(&[("TUNGNHA_GATEWAY_KILL_AT", point)]);
        let _ = device.run(&["sync", "--patience", "0"]);
        assert!(town.was_killed(Duration::from_secs(10)), "nobody passes {point}");
        marked += 1;
        town.restart(&[]);
        let after = device.run(&["sync"]);
        assert_eq!(after.ok()["left"], 0, "{point}");
    }
    while random < 10 {
        newcomers.come(&device);
        let mut syncing = device.spawn(&["sync", "--patience", "0"], b"");
        let delay = newcomers.chance.moment_of(&span);
        let start = Instant::now();
        while start.elapsed() < delay && syncing.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        let ended = syncing.try_wait().unwrap().is_some();
        town.kill();
        match ended {
            true => {
                late += 1;
                span.ended_after(start.elapsed());
            }
            false => {
                random += 1;
                span.still_ran_after(start.elapsed());
            }
        }
        let _ = syncing.wait();
        assert!(late < 50, "a sync is over before the gateway is killed: {span:?}");
        town.restart(&[]);
    }
    println!("gateway: {marked} kills at marked points, {random} during a sync at random, {late} came too late");
    check_settled(&newcomers, &device, &town);
}

// ---------------------------------------------------------------------------------------------------------- ending

/// Waits until the opener has decided what the gateway has.
#[track_caller]
fn nothing_waits(town: &Town) {
    for _ in 0..200 {
        if town.board()["registrations"]["waiting"] == 0 {
            return;
        }
        sleep(Duration::from_millis(25));
    }
    panic!("the opener does not come to an end: {}", town.log());
}

/// Syncs until nothing is unsent and nothing undecided.
#[track_caller]
fn settle(device: &Device, town: &Town) {
    let sent = device.run(&["sync"]);
    assert_eq!(sent.ok()["left"], 0);
    nothing_waits(town);
    device.run(&["sync"]).ok();
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!(
        (
            &queue["by_state"]["queued"],
            &queue["by_state"]["received"],
            &queue["unsent"]
        ),
        (&json!(0), &json!(0), &json!(0)),
        "{queue}"
    );
    let findings = device.run(&["doctor"]).ok().clone();
    assert_eq!(
        (&findings["healthy"], &findings["spooled"]),
        (&json!(true), &json!(0)),
        "{findings}"
    );
}

/// The gateway has every registration once, every envelope as it was signed, one verdict for each decided revision,
/// counts that add up, and nothing to say against the device.
#[track_caller]
fn check_gateway(town: &Town, standing: &[(&str, u64)], envelopes: u64) {
    let board = town.board();
    let counts = board["registrations"].as_object().unwrap();
    let all: u64 = standing.iter().map(|(_, count)| count).sum();
    assert_eq!(counts["received"], all, "{board}");
    for (name, count) in counts.iter().filter(|(name, _)| *name != "received") {
        let expected = standing
            .iter()
            .find(|(known, _)| known == name)
            .map_or(0, |(_, count)| *count);
        assert_eq!(*count, expected, "{name}: {board}");
    }
    assert_eq!(board["devices"][0]["flags"], json!([]), "no gap, no clone: {board}");
    let audit = town.run("audit", &[]);
    assert_eq!(audit, json!({ "envelopes": envelopes, "altered": 0 }));

    // Through SQLite in this process: the gateway's locks are another process's, so reading drops none of them.
    let database = rusqlite::Connection::open_with_flags(
        town.data().join("gateway.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .unwrap();
    let count = |sql: &str| {
        database
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
            .cast_unsigned()
    };
    assert_eq!(count("SELECT count(*) FROM registrations"), all);
    assert_eq!(count("SELECT count(DISTINCT eid) FROM envelopes"), envelopes);
    let decided =
        count("SELECT count(*) FROM registrations WHERE standing IN ('accepted', 'refused', 'possible_duplicate')");
    assert_eq!(
        count("SELECT count(*) FROM verdicts JOIN envelopes USING (eid) JOIN registrations ON head = number"),
        decided
    );
    let told =
        "SELECT count(*) FROM (SELECT payload, count(*) AS times FROM changes WHERE kind = 'verdict' GROUP BY payload)";
    let rows = count("SELECT count(*) FROM changes WHERE kind = 'verdict'");
    assert_eq!(count(told), rows, "no verdict is told twice");
    assert!(rows >= decided, "every decision is told");
}
