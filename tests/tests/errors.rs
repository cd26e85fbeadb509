//! Trouble on the device itself: every error says what happened, and nothing that was saved is lost.

use app::{
    AppError, Session,
    env::{Env, SystemEnv},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Moment, StoreError};
use tungnha_tests::{
    Device, Person, Proxy, Ran, Saved, Town, Trouble, device::PIN, program, town::files, troubles::sentence,
};

const DATABASE: &str = "registrations.db";

fn read(path: PathBuf) -> Vec<u8> {
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder as it was, to be brought back.
struct Snapshot(PathBuf, Vec<(PathBuf, Vec<u8>)>);

impl Snapshot {
    fn of(folder: &Path) -> Self {
        Self(folder.to_owned(), files(folder))
    }

    fn restore(&self) {
        let _ = fs::remove_dir_all(&self.0);
        for (path, bytes) in &self.1 {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

fn spooled(device: &Device) -> usize {
    let names = fs::read_dir(device.home().join("spool")).unwrap();
    names
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "sealed"))
        .count()
}

// ------------------------------------------------------------------------------------------------------------ PIN

/// The machine's clocks, a while after the last boot's clock says.
struct Later(SystemEnv, u64);

impl Env for Later {
    fn moment(&self) -> Moment {
        let now = self.0.moment();
        Moment {
            monotonic: now.monotonic + self.1,
            ..now
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn millis(&self) -> u64 {
        self.0.millis()
    }
}

#[test]
fn a_wrong_pin_touches_no_record_and_costs_more_each_time() {
    let town = Town::start();
    let mut device = Device::enrolled(&town);
    let saved = Saved::on(&device, 500..502);
    let database = device.home().join(DATABASE);
    let before = (
        read(database.clone()),
        fs::metadata(&database).unwrap().modified().unwrap(),
    );

    for (left, pin) in [(4, "135790"), (3, "270418"), (2, "2704190"), (1, "")] {
        device.set("TUNGNHA_PIN", pin);
        let ran = device.run(&["queue"]);
        assert!(
            ran.refuses(3, "wrong_pin")["detail"]
                .as_str()
                .unwrap()
                .contains(&format!("attempts_left={left}"))
        );
        ran.tells_nothing_about(&saved.persons());
        assert!(pin.is_empty() || !ran.said.contains(pin), "{}", ran.said);
    }
    device.set("TUNGNHA_LANG", "vi");
    let ran = device.run(&["show", &saved.people[0].1]);
    assert_eq!(ran.refuses(3, "wrong_pin")["detail"], "attempts_left=0 wait_seconds=30");
    assert!(
        ran.said.contains("Mã mở máy chưa đúng. Hồ sơ không mất."),
        "{}",
        ran.said
    );

    // From now on the right one has to wait as well.
    device.set("TUNGNHA_PIN", PIN);
    device.run(&["queue"]).refuses(3, "pin_delay");
    assert_eq!(
        before,
        (
            read(database.clone()),
            fs::metadata(&database).unwrap().modified().unwrap()
        )
    );
    // Records go out meanwhile.
    device.set("TUNGNHA_PIN", "");
    assert_eq!(device.run(&["sync", "--locked"]).ok()["receipts"], 2);
    device.unset("TUNGNHA_PIN");

    let open = |pin, later| Session::open(&device.place(), None, pin, Arc::new(Later(SystemEnv::new(), later)));
    match open("135790", 31) {
        Err(AppError::Store(StoreError::WrongPin { wait_seconds, .. })) => assert_eq!(wait_seconds, 60, "it doubles"),
        other => panic!("{:?}", other.err()),
    }
    assert!(matches!(
        open(PIN, 80),
        Err(AppError::Store(StoreError::PinDelay { .. }))
    ));
    open(PIN, 92).unwrap();
    assert_eq!(device.run(&["show", &saved.people[0].1]).ok()["state"], "received");
    saved.are_all_on(&device);
}

// --------------------------------------------------------------------------------------------------------- damage

const GONE: &str = "gone";

fn damage(device: &Device, how: &str) -> Option<Vec<u8>> {
    let path = device.home().join(DATABASE);
    let mut bytes = read(path.clone());
    match how {
        "salt" => bytes[3] ^= 1,
        "first page" => bytes[900] ^= 1,
        "overwritten" => bytes[..4096].fill(0),
        "half" => bytes.truncate(bytes.len() / 2 + 100),
        "one byte" => bytes.truncate(1),
        "empty" => bytes.clear(),
        "another file" => bytes = "Đây là một bức ảnh".repeat(5000).into_bytes(),
        GONE => {
            fs::remove_file(&path).unwrap();
            return None;
        }
        _ => unreachable!(),
    }
    fs::write(&path, &bytes).unwrap();
    Some(bytes)
}

#[test]
fn a_damaged_database_is_set_aside_whole_and_what_waited_is_still_sent() {
    let town = Town::start();
    let mut numbers = 510..;
    for (round, how) in [
        "salt",
        "first page",
        "overwritten",
        "half",
        "one byte",
        "empty",
        "another file",
        GONE,
    ]
    .into_iter()
    .enumerate()
    {
        let mut device = Device::enrolled(&town);
        let mut saved = Saved { people: Vec::new() };
        saved.add(&device, Person::number(numbers.next().unwrap()));
        device.run(&["sync"]).ok();
        saved.add(&device, Person::number(numbers.next().unwrap()));
        saved.add(&device, Person::number(numbers.next().unwrap()));
        let received = town.board()["registrations"]["received"].as_u64().unwrap();
        let left = damage(&device, how);

        let ran = device.run(&["queue"]);
        let told = ran.refuses(3, "damaged")["detail"].as_str().unwrap().to_owned();
        ran.tells_nothing_about(&saved.persons());
        let aside = PathBuf::from(told.strip_prefix("aside=").unwrap());
        assert!(aside.starts_with(device.home().join("aside")), "{told}");
        match &left {
            Some(bytes) => assert_eq!(&read(aside.join(DATABASE)), bytes, "{how}: whole and as it was"),
            None => assert!(!aside.join(DATABASE).exists()),
        }
        assert_eq!(spooled(&device), 2, "{how}");

        // What now: said clearly, as often as it is asked, without touching anything.
        let asked: &[&[&str]] = if round == 0 {
            &[&["queue"], &["sync"], &["enroll"], &["doctor"]]
        } else {
            &[&["queue"]]
        };
        for args in asked {
            device.run(args).refuses(3, "not_enrolled");
        }
        assert_eq!(spooled(&device), 2, "{how}");
        if round % 2 == 0 {
            // Sent without anybody's PIN.
            device.set("TUNGNHA_PIN", "");
            let report = device.run(&["sync", "--locked"]).ok().clone();
            assert_eq!((&report["receipts"], &report["left"]), (&json!(2), &json!(0)), "{how}");
            device.unset("TUNGNHA_PIN");
        }
        // Enrolling anew sends what is left under the old name first.
        device.enrol(&town.url, &town.invite()).ok();
        assert_eq!(
            town.board()["registrations"]["received"],
            received + 2,
            "{how}: nothing lost"
        );
        assert_eq!(spooled(&device), 0);
        if let Some(bytes) = &left {
            assert_eq!(&read(aside.join(DATABASE)), bytes, "{how}: still there");
        }
        if round == 0 {
            let saved = Saved::on(&device, 590..591);
            assert_eq!(device.run(&["sync"]).ok()["left"], 0);
            saved.are_all_on(&device);
            assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
        }
    }
    assert_eq!(town.run("audit", &[])["altered"], 0);
}

#[test]
fn a_folder_with_unsent_records_of_a_lost_database_takes_no_new_device_until_they_are_sent() {
    let town = Town::with("development", &["--plain-http"]);
    let proxy = Proxy::before(&town.url);
    let device = Device::empty();
    device.enrol(&proxy.url(), &town.invite()).ok();
    let saved = Saved::on(&device, 600..602);
    damage(&device, "empty");
    device.run(&["queue"]).refuses(3, "damaged");
    proxy.trouble("", Trouble::Down);
    let invitation = town.invite();
    let before = files(&device.home().join("spool"));
    for _ in 0..2 {
        let ran = device.enrol(&town.url, &invitation);
        ran.refuses(1, "unsent_records");
        ran.tells_nothing_about(&saved.persons());
        assert_eq!(files(&device.home().join("spool")), before, "untouched");
    }
    proxy.mend();
    assert_eq!(device.enrol(&town.url, &invitation).ok()["device"], 2);
    assert_eq!(town.board()["registrations"]["received"], 2);
    // The receipts of the lost database are kept beside it.
    let aside = files(&device.home().join("aside"));
    assert!(
        aside
            .iter()
            .any(|(path, _)| path.extension().is_some_and(|end| end == "answer")),
        "receipts are kept"
    );
    assert!(aside.iter().any(|(path, _)| path.ends_with("contact")));
}

#[test]
fn damage_in_any_page_is_noticed_and_loses_nothing_that_waits() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = Saved::on(&device, 610..612);
    let (person, rid, _) = &saved.people[0];
    let healthy = Snapshot::of(&device.home());
    let pages = read(device.home().join(DATABASE)).len() / 4096;
    let (mut set_aside, mut found_by_doctor) = (0, 0);
    for page in (1..pages).step_by(3) {
        healthy.restore();
        let path = device.home().join(DATABASE);
        let mut bytes = read(path.clone());
        bytes[page * 4096 + 1234] ^= 0x40;
        fs::write(&path, &bytes).unwrap();

        let mut damaged = false;
        for args in [&["queue"][..], &["show", rid], &["search", &person.phone]] {
            let ran = device.run(args);
            match ran.status {
                Some(0) if args[0] == "queue" => assert_eq!(ran.ok()["begun"], 2),
                Some(0) => assert_eq!(ran.ok()["rid"], rid.as_str()),
                _ => {
                    let told = ran.refuses(3, "damaged")["detail"].as_str().unwrap().to_owned();
                    ran.tells_nothing_about(&saved.persons());
                    assert_eq!(
                        read(PathBuf::from(&told["aside=".len()..]).join(DATABASE)),
                        bytes,
                        "page {page}"
                    );
                    damaged = true;
                    break;
                }
            }
        }
        if damaged {
            set_aside += 1;
        } else {
            let ran = device.run(&["doctor"]);
            assert_eq!(ran.status, Some(3), "page {page}: {ran:?}");
            match ran.lines[0].get("healthy") {
                Some(healthy) => assert_eq!(healthy, false, "page {page}"),
                None => drop(ran.refuses(3, "corrupt")),
            }
            assert_eq!(read(path), bytes, "page {page}: an examination changes nothing");
            found_by_doctor += 1;
        }
        assert_eq!(spooled(&device), 2, "page {page}");
        assert_eq!(device.run(&["sync", "--locked"]).ok()["receipts"], 2, "page {page}");
    }
    assert!(set_aside > 0 && found_by_doctor > 0, "{set_aside} {found_by_doctor}");
    assert_eq!(
        town.board()["registrations"]["received"],
        2,
        "sent many times, stored once"
    );
    healthy.restore();
    saved.are_all_on(&device);
}

#[test]
fn a_lost_write_ahead_log_loses_no_record_that_the_spool_still_has() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let mut saved = Saved::on(&device, 620..621);
    let late = Person::number(621);
    let ran = device.run_killed_at("save.after_spool", &["enroll"], late.draft().to_string().as_bytes());
    assert!(ran.was_killed(), "{ran:?}");
    let log = device.home().join(format!("{DATABASE}-wal"));
    assert!(
        fs::metadata(&log).is_ok_and(|log| log.len() > 0),
        "the transaction is in the log"
    );
    fs::write(&log, b"").unwrap();

    assert_eq!(
        device.run(&["queue"]).ok()["begun"],
        1,
        "the database does not know it any more"
    );
    assert_eq!(spooled(&device), 2, "the spool does");
    let findings = device.run(&["doctor"]);
    assert_eq!(
        (findings.status, &findings.lines[0]["healthy"]),
        (Some(3), &json!(false)),
        "{findings:?}"
    );
    saved.add(&device, Person::number(622));
    assert_eq!(spooled(&device), 3);
    let report = device.run(&["sync"]).ok().clone();
    assert_eq!((&report["receipts"], &report["left"]), (&json!(3), &json!(0)));
    assert_eq!(town.board()["registrations"]["received"], 3);
    assert_eq!(spooled(&device), 0);
    saved.are_all_on(&device);
}

#[test]
fn damaged_small_files_and_a_missing_secret_are_told_and_left_alone() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = Saved::on(&device, 630..631);
    let (home, secrets) = (Snapshot::of(&device.home()), Snapshot::of(&device.secrets()));
    for (file, code) in [
        ("device.json", "bad_file"),
        ("slots.json", "bad_file"),
        ("contact", "bad_file"),
    ] {
        fs::write(device.home().join(file), b"{\"version\":1,").unwrap();
        let args: &[&str] = if file == "contact" {
            &["sync", "--locked"]
        } else {
            &["queue"]
        };
        let database = read(device.home().join(DATABASE));
        device.run(args).refuses(3, code);
        assert_eq!(read(device.home().join(DATABASE)), database, "{file}");
        home.restore();
    }
    fs::remove_dir_all(device.secrets()).unwrap();
    let ran = device.run(&["queue"]);
    ran.refuses(3, "secret_missing");
    ran.tells_nothing_about(&saved.persons());
    device.run(&["sync", "--locked"]).refuses(3, "secret_missing");
    secrets.restore();
    // A secret of another folder.
    let other = Device::demo();
    let foreign = files(&other.secrets()).remove(0).1;
    let own = files(&device.secrets()).remove(0);
    fs::write(&own.0, foreign).unwrap();
    let ran = device.run(&["queue"]);
    assert!(
        matches!(ran.error(3), "secret_mismatch" | "secret_missing" | "bad_file"),
        "{ran:?}"
    );
    fs::write(&own.0, &own.1).unwrap();
    saved.are_all_on(&device);

    device
        .run(&["queue", "--operator", "77"])
        .refuses(3, "unknown_operator");
    Device::empty().run(&["queue"]).refuses(3, "no_home");
    let mut weak = Device::empty();
    weak.set("TUNGNHA_PIN", "123456");
    weak.run(&["init", "--demo", "--secret", "file"]).refuses(3, "weak_pin");
    weak.set("TUNGNHA_PIN", PIN);
    device.run(&["init", "--demo"]).refuses(1, "already_enrolled");
    saved.are_all_on(&device);
}

#[test]
fn a_newer_schema_is_refused_and_the_file_is_left_byte_for_byte() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = Saved::on(&device, 640..642);
    let session = device.unlock_now();
    let key = session.store().raw_key_for_tests();
    store::testing::set_schema(session.store(), 99);
    drop(session);
    // A log without a byte in it says nothing: opening a database makes one.
    let of_the_database = || -> Vec<_> {
        let all = files(&device.home()).into_iter();
        all.filter(|(path, bytes)| path.to_string_lossy().contains(DATABASE) && !bytes.is_empty())
            .collect()
    };
    let before = of_the_database();
    for args in [&["queue"][..], &["sync"], &["doctor"], &["enroll"]] {
        let ran = device.run(args);
        assert_eq!(ran.refuses(3, "newer_schema")["detail"], "found=99 known=1");
        ran.tells_nothing_about(&saved.persons());
    }
    assert!(before == of_the_database(), "the file was touched");
    assert!(!device.home().join("aside").exists());
    assert_eq!(
        device.run(&["sync", "--locked"]).ok()["receipts"],
        2,
        "an old program still sends"
    );

    let connection = rusqlite::Connection::open(device.home().join(DATABASE)).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    connection
        .execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA user_version = 1;"))
        .unwrap();
    drop(connection);
    saved.are_all_on(&device);
}

// ------------------------------------------------------------------------------------------------------- disk full

/// A small file system over a folder; only root can make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(folder: &Path, kib: u32) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kib}k,mode=0700"), "tungnha-test"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        match mounted {
            Ok(status) if status.success() => Some(Self(folder.to_owned())),
            _ => {
                println!("skipped: a sized tmpfs cannot be mounted here (it takes root), so no disk was full");
                None
            }
        }
    }

    /// Fills it, but for so many KiB.
    fn fill(&self, leave_kib: u64) {
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        let mut written: u64 = 0;
        let block = [0x5a; 4096];
        while let Ok(count) = file.write(&block) {
            written += count as u64;
            if count < block.len() {
                break;
            }
        }
        file.set_len(written.saturating_sub(leave_kib * 1024)).unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Done, or refused for want of room; never anything between.
#[track_caller]
fn done_or_full(ran: &Ran, what: &str) -> bool {
    match ran.status {
        Some(0) => true,
        _ => {
            assert_eq!(ran.error(3), "disk_full", "{what}: {ran:?}");
            ran.refuses(3, "disk_full");
            false
        }
    }
}

#[test]
fn a_full_disk_saves_a_registration_whole_or_not_at_all() {
    let town = Town::start();
    let device = Device::empty();
    let Some(disk) = SmallDisk::over(&device.home(), 2048) else {
        return;
    };
    device.enrol(&town.url, &town.invite()).ok();
    let mut saved = Saved::on(&device, 650..651);
    let (mut full, mut done) = (0, 0);
    for leave in (0..400).step_by(4) {
        disk.fill(leave);
        let person = Person::number(660 + leave as u32 / 4);
        let ran = device.enroll(&person.draft());
        ran_is_calm(&ran, &person);
        if done_or_full(&ran, &format!("{leave} KiB left")) {
            let line = ran.ok().clone();
            saved
                .people
                .push((person, line["rid"].as_str().unwrap().to_owned(), line["code"].clone()));
            done += 1;
        } else {
            full += 1;
        }
        disk.make_room();
        let queue = device.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["begun"], &queue["by_state"]["queued"], &queue["conservation"]),
            (&saved.count(), &saved.count(), &json!(true)),
            "{leave} KiB left"
        );
        if done >= 4 {
            break;
        }
    }
    assert!(full >= 4 && done >= 4, "{full} times full, {done} times room enough");
    saved.are_all_on(&device);
    assert_eq!(device.run(&["sync"]).ok()["receipts"], saved.count());
    assert_eq!(town.board()["registrations"]["received"], saved.count());
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
}

#[track_caller]
fn ran_is_calm(ran: &Ran, person: &Person) {
    ran.tells_nothing_about(&[person]);
}

#[test]
fn a_full_disk_while_answers_are_applied_loses_none_of_them() {
    let town = Town::start();
    let device = Device::empty();
    let Some(disk) = SmallDisk::over(&device.home(), 2048) else {
        return;
    };
    device.enrol(&town.url, &town.invite()).ok();
    let mut saved = Saved { people: Vec::new() };
    let (mut full, mut done) = (0, 0);
    for leave in (0..400).step_by(8) {
        saved.add(&device, Person::number(760 + leave as u32 / 8));
        disk.fill(leave);
        let args: &[&str] = if leave % 16 == 0 {
            &["sync"]
        } else {
            &["sync", "--locked"]
        };
        match done_or_full(&device.run(args), &format!("{leave} KiB left")) {
            true => done += 1,
            false => full += 1,
        }
        disk.make_room();
        let queue = device.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["begun"], &queue["conservation"]),
            (&saved.count(), &json!(true)),
            "{leave} KiB left"
        );
        if done >= 4 && full >= 2 {
            break;
        }
    }
    assert!(full >= 2 && done >= 2, "{full} times full, {done} times room enough");
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);
    assert_eq!(town.board()["registrations"]["received"], saved.count());
    for (_, rid, _) in &saved.people {
        assert_eq!(device.sync_until_decided(rid)["state"], "accepted");
    }
    saved.are_all_on(&device);
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
    // A card for which there is no room leaves nothing half.
    disk.fill(0);
    let card = device.home().join("card.pdf");
    let ran = device.run(&["card", &saved.people[0].1, "--out", card.to_str().unwrap()]);
    assert_eq!(ran.status, Some(3), "{ran:?}");
    assert!(!card.exists());
}

// ----------------------------------------------------------------------------------------------------------- input

#[test]
fn what_is_no_draft_is_refused_without_repeating_it() {
    let device = Device::demo();
    let saved = Saved::on(&device, 800..801);
    let planted = Person::planted();
    let whole = planted.draft().to_string();
    let mut bad_utf8 = whole.clone().into_bytes();
    let at = whole.find("Quỳnh").unwrap() + 2;
    bad_utf8[at] = 0xff;
    let latin: Vec<u8> = whole
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!("{{\"indicators\":{}{}}}", "[".repeat(200), "]".repeat(200));
    let mut unknown = planted.draft();
    unknown["admin"] = json!(true);
    let mut wrong_type = planted.draft();
    wrong_type["name"] = json!(planted.name);
    for (what, input) in [
        ("empty", Vec::new()),
        ("blank", b" \n\t".to_vec()),
        ("cut", whole.as_bytes()[..whole.len() / 2].to_vec()),
        ("trailing", format!("{whole}{whole}").into_bytes()),
        ("not UTF-8", bad_utf8),
        ("Latin-1", latin),
        ("UTF-16", utf16),
        ("a byte order mark", format!("\u{feff}{whole}").into_bytes()),
        ("a lone surrogate", whole.replacen("Quỳnh", "\\ud800", 1).into_bytes()),
        ("NUL", whole.replacen("Quỳnh", "Qu\0nh", 1).into_bytes()),
        ("200 deep", deep.into_bytes()),
        ("200,000 deep", "[".repeat(200_000).into_bytes()),
        ("unknown field", unknown.to_string().into_bytes()),
        ("wrong type", wrong_type.to_string().into_bytes()),
        ("a list", b"[]".to_vec()),
        ("a number", b"1e999".to_vec()),
        ("another language", format!("name: {}", planted.name).into_bytes()),
    ] {
        let ran = device.run_with(&["enroll"], &input);
        assert_eq!(ran.status, Some(2), "{what}: {ran:?}");
        ran.refuses(2, "not_a_draft");
        ran.tells_nothing_about(&[&planted]);
        let ran = device.run_with(&["correct", &saved.people[0].1], &input);
        ran.refuses(2, "not_a_draft");
        ran.tells_nothing_about(&[&planted]);
    }
    device.run(&["enroll", "/nowhere/draft.json"]).refuses(3, "file");
    let ran = device.run_with(&["enroll"], b"{}");
    assert!(ran.refuses(1, "problems")["problems"].as_array().unwrap().len() > 5);
    for field in ["name", "birth", "consent"] {
        assert!(
            ran.said.contains(sentence(&format!("field.{field}"), "en")),
            "{}",
            ran.said
        );
    }
    saved.are_all_on(&device);
}

#[test]
fn wrong_usage_is_told_without_repeating_what_was_typed() {
    let device = Device::demo();
    let planted = Person::planted();
    for args in [
        &["search", &planted.name, &planted.phone][..],
        &["enrol", &planted.name],
        &["show"],
        &["queue", "--nonsense", &planted.pin],
        &["sync", "--patience", &planted.name],
        &["init"],
    ] {
        let ran = device.run(args);
        ran.refuses(2, "usage");
        ran.tells_nothing_about(&[&planted]);
    }
    let ran = device.run(&["show", &planted.name]);
    ran.refuses(2, "not_an_id");
    ran.tells_nothing_about(&[&planted]);
    device.run(&["show", &"0".repeat(32)]).refuses(1, "unknown_rid");
    device.run(&["withdraw", &"0".repeat(32)]).refuses(1, "unknown_rid");
    device
        .run(&["card", &"0".repeat(32), "--out", "/tmp/none.pdf"])
        .refuses(1, "unknown_rid");
    // Arguments that are not UTF-8.
    use std::os::unix::ffi::OsStrExt as _;
    let output = Command::new(program("tungnhactl"))
        .args(["--lang", "en", "--home"])
        .arg(device.home())
        .arg("search")
        .arg(std::ffi::OsStr::from_bytes(b"Nguy\xe1n"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["error"], "usage");
    let mut nameless = Device::demo();
    nameless.unset("TUNGNHA_PIN");
    let output = Command::new(program("tungnhactl"))
        .args(["queue"])
        .env("TUNGNHA_LANG", "vi")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains(sentence("home_missing", "vi"))
    );
}

#[test]
fn hidden_and_turning_characters_are_refused_in_every_field() {
    let device = Device::demo();
    for hidden in [
        '\u{202e}',
        '\u{2066}',
        '\u{200b}',
        '\u{200d}',
        '\u{200f}',
        '\u{feff}',
        '\u{ad}',
        '\u{0}',
        '\u{1b}',
        '\u{2028}',
        '\u{e0041}',
        '\u{fffd}',
    ] {
        let put = |value: &mut Value| {
            let mut text = value.as_str().unwrap().to_owned();
            text.insert(1, hidden);
            *value = json!(text);
        };
        let mut draft = Person::number(803).draft();
        draft["representative"] = json!({ "name": "Lê Thị Tập", "relation": "mother", "pin": "048180999001" });
        for field in ["name", "birth", "sex", "pin", "card_address"] {
            put(&mut draft[field]["value"]);
        }
        put(&mut draft["issued"]);
        for field in ["commune", "group", "house"] {
            put(&mut draft["residence"][field]);
        }
        put(&mut draft["phone"]["number"]);
        put(&mut draft["representative"]["name"]);
        put(&mut draft["representative"]["pin"]);
        let ran = device.enroll(&draft);
        let problems = ran.refuses(1, "problems")["problems"].clone();
        for (field, code) in [
            ("name", "forbidden_characters"),
            ("birth", "date_invalid"),
            ("sex", "sex_invalid"),
            ("pin", "pin_bad_character"),
            ("card_address", "forbidden_characters"),
            ("issued", "date_invalid"),
            ("commune", "commune_unknown"),
            ("group", "forbidden_characters"),
            ("house", "forbidden_characters"),
            ("phone", "phone_bad_character"),
            ("representative", "forbidden_characters"),
            ("representative", "pin_bad_character"),
        ] {
            let wanted = json!({ "field": field, "code": code });
            assert!(
                problems.as_array().unwrap().contains(&wanted),
                "{hidden:?}: {field} in {problems}"
            );
            assert!(ran.said.contains(sentence(code, "en")), "{code}: {}", ran.said);
        }
        assert!(!ran.said.contains(hidden), "not on the terminal either");
    }
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!((&queue["begun"], &queue["conservation"]), (&json!(0), &json!(true)));
}

/// The program with a limit on its address space.
fn within(kib: u64, device: &Device, args: &[&str], input: &[u8]) -> (Ran, Duration) {
    let start = Instant::now();
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -v {kib}; exec \"$@\""), "sh"])
        .arg(program("tungnhactl"))
        .arg("--home")
        .arg(device.home())
        .arg("--secrets")
        .arg(device.secrets())
        .args(args)
        .env("TUNGNHA_PIN", PIN)
        .env("TUNGNHA_LANG", "en")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (Ran::from(&output), start.elapsed())
}

#[test]
fn ten_megabytes_in_a_field_are_refused_quickly_and_in_little_memory() {
    let device = Device::demo();
    let saved = Saved::on(&device, 805..806);
    for text in [
        "x".repeat(10 << 20),
        "ễ".repeat(10 << 18),
        "\u{301}".repeat(5 << 20),
        " ".repeat(10 << 20),
    ] {
        let mut draft = Person::number(806).draft();
        for field in ["name", "pin", "card_address"] {
            draft[field]["value"] = json!(text);
        }
        draft["phone"]["number"] = json!(text);
        draft["residence"]["house"] = json!(text);
        let (ran, took) = within(600_000, &device, &["enroll"], draft.to_string().as_bytes());
        let problems = ran.refuses(1, "problems")["problems"].clone();
        for field in ["name", "pin", "card_address", "phone", "house"] {
            assert!(
                problems
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|problem| problem["field"] == field),
                "{field} in {problems}"
            );
        }
        assert!(ran.said.len() < 4000, "not repeated");
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
    let name = "N".repeat(10 << 20);
    let card = format!("048188999777||{name}|09021988|Nữ|Tổ 1, Thạch Thang, Hải Châu, Đà Nẵng|10052022");
    let (ran, took) = within(600_000, &device, &["card-text", "parse", "-"], card.as_bytes());
    assert_eq!(ran.ok()["status"], "error", "{ran:?}");
    assert!(
        ran.ok()["codes"].as_array().unwrap().contains(&json!("too_long")),
        "{ran:?}"
    );
    assert!(took < Duration::from_secs(2), "{took:?}");
    let (ran, took) = within(600_000, &device, &["search", &"Nguyễn ".repeat(2_000)], b"");
    assert!(ran.status == Some(0) && ran.lines.is_empty(), "{ran:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    saved.are_all_on(&device);
}

#[test]
fn card_text_that_is_not_utf8_or_not_a_card_is_told_apart() {
    let device = Device::empty();
    let card = Person::planted().card_text();
    let mut broken = card.clone().into_bytes();
    let at = card.find("Quỳnh").unwrap() + 2;
    broken[at] = 0xff;
    let tricky = card.replacen("Quỳnh", "Quỳnh\u{202e}", 1).into_bytes();
    for (what, bytes, code) in [
        ("not UTF-8", broken, "encoding_damaged"),
        ("turned around", tricky, "forbidden_characters"),
        ("empty", Vec::new(), "empty"),
    ] {
        let ran = device.run_with(&["card-text", "parse", "-"], &bytes);
        let line = ran.ok();
        assert_eq!(line["status"], "error", "{what}: {line}");
        assert!(
            line["codes"].as_array().unwrap().contains(&json!(code)),
            "{what}: {line}"
        );
        assert!(
            ran.said.contains(sentence(&format!("card.{code}"), "en")),
            "{what}: {}",
            ran.said
        );
    }
    let not_a_picture = device.beside("card.png");
    fs::write(&not_a_picture, card).unwrap();
    let ran = device.run(&["scan", not_a_picture.to_str().unwrap()]);
    assert_eq!(
        (ran.status, &ran.lines[0]["error"]),
        (Some(1), &json!("not_a_picture")),
        "{ran:?}"
    );
    assert!(
        ran.said.contains(sentence("picture.not_a_picture", "en")),
        "{}",
        ran.said
    );
}

#[test]
fn what_looks_like_code_is_kept_and_shown_as_the_text_it_is() {
    let device = Device::demo();
    let texts = [
        "'; DROP TABLE registration; --",
        "\" OR \"1\"=\"1",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://192.0.2.1\",\"x\")",
        "@SUM(A1:A9)",
        "{{7*7}} ${HOME} $(id) `id`",
        "%s%n%x",
        "../../../etc/passwd",
        "NEAR(a b) OR name:x* AND -y",
        "C:\\Windows\\System32",
        "\\u0000 \\n \\x00",
        "null",
    ];
    for (n, three) in texts.chunks(3).enumerate() {
        let mut draft = Person::number(810 + n as u32).draft();
        draft["residence"]["house"] = json!(three[0]);
        draft["residence"]["group"] = json!(three[1]);
        draft["card_address"]["value"] = json!(three[2]);
        let rid = device.enroll(&draft).ok()["rid"].as_str().unwrap().to_owned();
        let shown = device.run(&["show", &rid]).ok()["draft"].clone();
        assert_eq!(shown["residence"]["house"], three[0]);
        assert_eq!(shown["residence"]["group"], three[1]);
        assert_eq!(shown["card_address"]["value"], three[2]);
        for text in three {
            let found = device.run(&["search", text]);
            assert_eq!(found.status, Some(0), "{text}: {found:?}");
            assert!(found.said.is_empty(), "{text}: {found:?}");
        }
    }
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!((&queue["begun"], &queue["conservation"]), (&json!(4), &json!(true)));
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
}

// ---------------------------------------------------------------------------------------------------- two programs

/// Waits until a program has its database open. Asking for the lock instead would take it away from that program.
fn wait_until_open(program: &Child) {
    let until = Instant::now() + Duration::from_secs(20);
    let holds_it = || {
        let open = fs::read_dir(format!("/proc/{}/fd", program.id()))
            .into_iter()
            .flatten()
            .flatten();
        open.filter_map(|fd| fs::read_link(fd.path()).ok())
            .any(|path| path.ends_with(DATABASE))
    };
    while !holds_it() {
        assert!(Instant::now() < until, "it never opened the folder");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_second_program_on_the_folder_is_told_so_at_once_and_harms_nothing() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let mut saved = Saved::on(&device, 830..831);
    let person = Person::number(831);

    // The first has the folder open and waits for its draft.
    let mut first = device.start(&["enroll"]);
    wait_until_open(&first);
    for args in [
        &["queue"][..],
        &["enroll"],
        &["sync"],
        &["sync", "--locked"],
        &["doctor"],
        &["show", &saved.people[0].1],
    ] {
        let start = Instant::now();
        let ran = device.run_with(args, person.draft().to_string().as_bytes());
        ran.refuses(3, "in_use");
        ran.tells_nothing_about(&[&person, &saved.people[0].0]);
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{args:?}: {:?}",
            start.elapsed()
        );
    }
    device.enrol(&town.url, &town.invite()).refuses(3, "in_use");

    first
        .stdin
        .take()
        .unwrap()
        .write_all(person.draft().to_string().as_bytes())
        .unwrap();
    let ran = Ran::from(&first.wait_with_output().unwrap());
    let line = ran.ok().clone();
    saved
        .people
        .push((person, line["rid"].as_str().unwrap().to_owned(), line["code"].clone()));
    saved.are_all_on(&device);
    assert_eq!(device.run(&["sync"]).ok()["receipts"], 2);

    // Killed while it held the folder: nothing is in the way afterwards.
    let mut first = device.start(&["enroll"]);
    wait_until_open(&first);
    first.kill().unwrap();
    first.wait().unwrap();
    saved.are_all_on(&device);
}
