//! Damaged, cut, missing and too new files.

use crate::*;

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
            &[&["queue"], &["sync"], &["register"], &["doctor"]]
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
    let ran = device.run_killed_at("save.after_spool", &["register"], late.draft().to_string().as_bytes());
    assert!(ran.was_killed(), "{ran:?}");
    let log = device.home().join(format!("{DATABASE}-wal"));
    assert!(
        fs::metadata(&log).is_ok_and(|log| log.len() > 0),
        "the transaction is in the log"
    );
    fs::write(&log, b"").unwrap();

    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!(
        (&queue["begun"], &queue["unsent"], &queue["conservation"]),
        (&json!(2), &json!(2), &json!(true)),
        "the database does not know it any more, and takes it in again from the spool"
    );
    assert_eq!(device.run(&["doctor"]).ok()["healthy"], true);
    saved.add(&device, Person::number(622));
    assert_eq!(spooled(&device), 3);
    let report = device.run(&["sync"]).ok().clone();
    assert_eq!((&report["receipts"], &report["left"]), (&json!(3), &json!(0)));
    assert_eq!(town.board()["registrations"]["received"], 3);
    assert_eq!(spooled(&device), 0);
    assert_eq!(device.run(&["queue"]).ok()["begun"], 3);
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
    let other = Device::practice();
    let secret = |device: &Device| {
        let mut all = files(&device.secrets()).into_iter();
        all.find(|(path, _)| path.extension().is_some_and(|ending| ending == "secret"))
            .unwrap()
    };
    let (foreign, own) = (secret(&other).1, secret(&device));
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
    weak.run(&["init", "--practice", "--secret", "file"])
        .refuses(3, "weak_pin_row");
    weak.set("TUNGNHA_PIN", PIN);
    device.run(&["init", "--practice"]).refuses(1, "already_enrolled");
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
    let mut known = String::new();
    for args in [&["queue"][..], &["sync"], &["doctor"], &["register"]] {
        let ran = device.run(args);
        let detail = ran.refuses(3, "newer_schema")["detail"].clone();
        let detail = detail.as_str().unwrap().strip_prefix("found=99 known=");
        known = detail.expect("what was found and what is known").to_owned();
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
        .execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA user_version = {known};"))
        .unwrap();
    drop(connection);
    saved.are_all_on(&device);
}
