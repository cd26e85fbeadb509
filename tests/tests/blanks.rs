//! Pre-printed cards with the real programs: from the gateway's sheet on paper to the account on the board.

use app::{
    Session,
    env::{Env, SystemEnv},
    place::Place,
    practice::device::init as init_practice,
};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use store::Moment;
use tungnha_tests::{Device, Person, Town, blanks::sheet, device::PIN};

fn field(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {value}"))
        .to_owned()
}

fn enrol(device: &Device, n: u32) -> (String, String) {
    let saved = device.register(&Person::number(n).draft()).ok().clone();
    (field(&saved, "rid"), field(&saved, "code"))
}

fn team_of_its_own(town: &Town, team: &str) -> Device {
    let device = Device::empty();
    let invited = town.run(
        "invite",
        &["--team", team, "--commune", "20242", "--operator", "Võ Văn Sự"],
    );
    device.enrol(&town.url, &field(&invited, "invitation")).ok();
    device
}

fn account(town: &Town, team: &str) -> Value {
    let pools = town.board()["pools"].clone();
    let pool = pools
        .as_array()
        .unwrap()
        .iter()
        .find(|pool| pool["team"] == team)
        .cloned();
    pool.unwrap_or_else(|| panic!("no pool of {team}: {pools}"))
}

/// The text of each card's QR by its number, as `code verify` tells it.
fn by_number(device: &Device, texts: &[String]) -> std::collections::BTreeMap<String, String> {
    let number = |text: &String| field(&device.run(&["code", "verify", text]).lines[0]["card"], "number");
    texts.iter().map(|text| (number(text), text.clone())).collect()
}

#[test]
fn from_a_printed_sheet_to_the_account_on_the_board() {
    let mut town = Town::start();
    let device = Device::enrolled(&town);
    let (made, texts) = sheet(&town, "Tổ CNS 12");
    assert_eq!(made["sheets"], 1);
    let Some(texts) = texts else { return };
    assert_eq!(texts.len(), 10, "every code of the sheet is read from paper");

    // Before the first contact the device does not know its team's list; nothing is bound on hearsay.
    let (rid, code) = enrol(&device, 301);
    let bind = |device: &Device, rid: &str, text: &str| device.run(&["blanks", "bind", rid, text]);
    assert_eq!(bind(&device, &rid, &texts[0]).error(1), "card_pool_unknown");
    device.run(&["sync"]).ok();
    let cards = by_number(&device, &texts);
    assert_eq!(cards.keys().next(), Some(&field(&made, "first")));
    assert_eq!(cards.keys().next_back(), Some(&field(&made, "last")));
    let text = |n: usize| cards.values().nth(n).unwrap().as_str();
    let blank = device.run(&["code", "verify", text(0)]).ok().clone();
    assert_eq!(
        (&blank["kind"], &blank["status"]),
        (&json!("blank_card"), &json!("blank"))
    );

    // Without a network.
    town.kill();
    let bound = bind(&device, &rid, text(0)).ok().clone();
    assert_eq!(
        (&bound["state"], field(&bound, "code")),
        (&json!("bound"), code.clone())
    );
    assert_eq!(
        bind(&device, &rid, text(0)).ok(),
        &bound,
        "the same again changes nothing"
    );
    let (other_rid, _) = enrol(&device, 303);
    assert_eq!(bind(&device, &other_rid, text(0)).error(1), "card_bound");
    assert_eq!(bind(&device, &rid, text(1)).error(1), "has_a_card");
    assert_eq!(
        bind(&device, &other_rid, "https://example.org/").error(1),
        "card_not_ours"
    );
    let mut forged = text(1).to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == '0' { '1' } else { '0' });
    assert_eq!(bind(&device, &other_rid, &forged).error(1), "card_forged");
    // A picture of the card does what its text does.
    let picture = device.beside("blank.png");
    std::fs::write(
        &picture,
        print::qr_png(text(2).as_bytes(), 6, print::ErrorCorrection::M).unwrap(),
    )
    .unwrap();
    device
        .run(&["blanks", "bind", &other_rid, "--image", picture.to_str().unwrap()])
        .ok();
    // Lost by the resident: given up by its number, then another one.
    let number = |n: usize| cards.keys().nth(n).unwrap().as_str();
    device.run(&["blanks", "spoil", number(2)]).ok();
    assert_eq!(bind(&device, &other_rid, text(2)).error(1), "card_spoiled");
    bind(&device, &other_rid, text(3)).ok();
    device.run(&["blanks", "spoil", text(4)]).ok();
    // The person is found by the card in the hand, and the card tells whose it is.
    for asked in [text(0), number(0)] {
        assert_eq!(field(device.run(&["search", asked]).ok(), "rid"), rid);
    }
    let judged = device.run(&["code", "verify", text(0)]).ok().clone();
    assert_eq!(
        (&judged["status"], field(&judged["card"], "code")),
        (&json!("bound"), code)
    );
    let listed = device.run(&["blanks", "list"]).ok().clone();
    assert_eq!(
        (
            &listed["blank"],
            &listed["bound"],
            &listed["spoiled"],
            &listed["untold"]
        ),
        (&json!(6), &json!(2), &json!(2), &json!(4))
    );

    town.restart(&[]);
    device.run(&["sync"]).ok();
    let pool = account(&town, "Tổ CNS 12");
    assert_eq!(
        pool,
        json!({ "team": "Tổ CNS 12", "made": 10, "blank": 6, "bound": 2, "spoiled": 2, "void": 0, "refused": 0 })
    );
    let listed = device.run(&["blanks", "list"]).ok().clone();
    assert_eq!((&listed["blank"], &listed["untold"]), (&json!(6), &json!(0)));
    let findings = device.run(&["doctor"]).ok().clone();
    assert_eq!(findings["healthy"], true, "{findings}");
}

#[test]
fn a_copy_a_void_card_and_another_teams_card_are_refused_and_no_registration_is_lost() {
    let town = Town::start();
    let (first, second) = (Device::enrolled(&town), Device::enrolled(&town));
    let stranger = team_of_its_own(&town, "Tổ CNS 7");
    let (_, Some(ours)) = sheet(&town, "Tổ CNS 12") else {
        return;
    };
    let (lost, Some(lost_texts)) = sheet(&town, "Tổ CNS 12") else {
        return;
    };
    for device in [&first, &second, &stranger] {
        device.run(&["sync"]).ok();
    }
    let bind = |device: &Device, rid: &str, text: &str| device.run(&["blanks", "bind", rid, text]);

    let (strange_rid, _) = enrol(&stranger, 311);
    assert_eq!(bind(&stranger, &strange_rid, &ours[0]).error(1), "card_other_team");

    // The lost sheet is called void. Who has heard of it refuses; who has not is told afterwards.
    let (void_rid, _) = enrol(&first, 313);
    let sheet_number = lost["sheet"].to_string();
    let voided = town.run("void", &["--sheet", &sheet_number]);
    assert_eq!((&voided["void"], &voided["left"]), (&json!(10), &json!(0)));
    bind(&first, &void_rid, &lost_texts[0]).ok();
    second.run(&["sync"]).ok();
    let (copy_rid, copy_code) = enrol(&second, 315);
    assert_eq!(bind(&second, &copy_rid, &lost_texts[1]).error(1), "card_void");

    // Two tablets bind the same card without a network: one of the two is a copy. The first word that arrives holds.
    let (rid, _) = enrol(&first, 317);
    bind(&first, &rid, &ours[1]).ok();
    bind(&second, &copy_rid, &ours[1]).ok();
    first.run(&["sync"]).ok();
    second.run(&["sync"]).ok();
    let tasks = |device: &Device| -> Vec<(String, String)> {
        let said = device.run(&["tasks"]);
        let cards = said.lines.iter().filter(|line| line.get("number").is_some());
        cards.map(|task| (field(task, "rid"), field(task, "reason"))).collect()
    };
    assert_eq!(tasks(&first), [(void_rid.clone(), "card_void".to_owned())]);
    assert_eq!(tasks(&second), [(copy_rid.clone(), "card_bound".to_owned())]);
    // Both registrations stand, each under its code.
    assert_eq!(first.sync_until_decided(&void_rid)["state"], "accepted");
    let shown = second.sync_until_decided(&copy_rid);
    assert_eq!(
        (&shown["state"], field(&shown, "code")),
        (&json!("accepted"), copy_code)
    );
    // Another card for each, and nothing is left to do. A card that the list knows as used is told apart before.
    let (third_rid, _) = enrol(&second, 319);
    assert_eq!(bind(&second, &third_rid, &ours[1]).error(1), "card_bound");
    bind(&first, &void_rid, &ours[2]).ok();
    bind(&second, &copy_rid, &ours[3]).ok();
    first.run(&["sync"]).ok();
    second.run(&["sync"]).ok();
    first.run(&["sync"]).ok();
    assert_eq!((tasks(&first), tasks(&second)), (vec![], vec![]));
    let (late_rid, _) = enrol(&first, 321);
    assert_eq!(bind(&first, &late_rid, &ours[3]).error(1), "card_used_elsewhere");
    let pool = account(&town, "Tổ CNS 12");
    assert_eq!(
        pool,
        json!({ "team": "Tổ CNS 12", "made": 20, "blank": 7, "bound": 3, "spoiled": 0, "void": 10, "refused": 2 })
    );
    for device in [&first, &second] {
        let queue = device.run(&["queue"]).ok().clone();
        assert_eq!(queue["conservation"], true);
    }
}

/// A sheet made after the last contact is on no list yet: its cards are bound by their signature, and what the device bound
/// itself it can give up by the number that it shows.
#[test]
fn a_card_of_a_sheet_younger_than_the_list_is_given_up_by_its_number() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    sheet(&town, "Tổ CNS 12");
    device.run(&["sync"]).ok();
    let (_, Some(texts)) = sheet(&town, "Tổ CNS 12") else {
        return;
    };
    let (rid, _) = enrol(&device, 329);
    device.run(&["blanks", "bind", &rid, &texts[0]]).ok();
    let card = || device.run(&["show", &rid]).ok()["cards"][0].clone();
    assert_eq!((&card()["state"], &card()["told"]), (&json!("bound"), &json!(false)));
    device.run(&["blanks", "spoil", &field(&card(), "number")]).ok();
    assert_eq!(card()["state"], "spoiled");
    device.run(&["blanks", "bind", &rid, &texts[1]]).ok();
    device.run(&["sync"]).ok();
    let pool = account(&town, "Tổ CNS 12");
    assert_eq!(
        (&pool["bound"], &pool["spoiled"], &pool["refused"]),
        (&json!(1), &json!(1), &json!(0))
    );
}

/// Killed between the platform's word and its being kept, a device says the same again and the end is the same.
#[test]
fn a_killed_sync_loses_no_word_about_a_card() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let (_, Some(texts)) = sheet(&town, "Tổ CNS 12") else {
        return;
    };
    device.run(&["sync"]).ok();
    let (rid, _) = enrol(&device, 331);
    device.run(&["blanks", "bind", &rid, &texts[0]]).ok();
    assert!(device.run_killed_at("blanks.before_apply", &["sync"], b"").was_killed());
    assert_eq!(account(&town, "Tổ CNS 12")["bound"], 1, "the platform has heard it");
    assert_eq!(device.run(&["blanks", "list"]).ok()["untold"], 1);
    device.run(&["sync"]).ok();
    assert_eq!(device.run(&["blanks", "list"]).ok()["untold"], 0);
    let pool = account(&town, "Tổ CNS 12");
    assert_eq!((&pool["bound"], &pool["refused"]), (&json!(1), &json!(0)));
}

#[test]
fn practice_blanks_and_real_blanks_never_mix() {
    let town = Town::start();
    let (real, practice) = (Device::enrolled(&town), Device::practice());
    let (_, Some(texts)) = sheet(&town, "Tổ CNS 12") else {
        return;
    };
    real.run(&["sync"]).ok();
    let practised = app::practice::blanks().into_iter().next().unwrap();
    let (rid, _) = enrol(&real, 341);
    assert_eq!(
        real.run(&["blanks", "bind", &rid, &practised.qr]).error(1),
        "card_other_world"
    );
    let saved = practice.register(&Person::number(343).draft()).ok().clone();
    let ran = practice.run(&["blanks", "bind", &field(&saved, "rid"), &texts[0]]);
    assert_eq!(ran.error(1), "card_other_world");
    let judged = practice.run(&["code", "verify", &texts[0]]);
    assert_eq!(judged.lines[0]["status"], "card_other_world");
}

#[test]
fn sheets_are_not_overwritten_and_wrong_orders_say_so() {
    let town = Town::start();
    let _ = Device::enrolled(&town);
    let out: PathBuf = town.data().join("sheet.pdf");
    let cards = |team: &str| {
        Command::new(tungnha_tests::program("tungnha-gateway"))
            .args(["blanks", "--team", team, "--out"])
            .arg(&out)
            .arg("--data")
            .arg(town.data())
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(cards("Tổ lạ"), Some(2));
    assert!(!out.exists());
    assert_eq!(cards("Tổ CNS 12"), Some(0));
    let before = std::fs::read(&out).unwrap();
    assert_eq!(cards("Tổ CNS 12"), Some(1));
    assert_eq!(std::fs::read(&out).unwrap(), before);
    let account = account(&town, "Tổ CNS 12");
    assert_eq!(
        (&account["blank"], &account["void"]),
        (&10.into(), &10.into()),
        "what was not written is void for good"
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&out).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "cards are for their owner alone");
}

/// The machine's clocks, some days on.
struct Days(SystemEnv, AtomicI64);

impl Env for Days {
    fn built(&self) -> i64 {
        self.0.built()
    }

    fn moment(&self) -> Moment {
        let now = self.0.moment();
        Moment {
            wall: now.wall + self.1.load(Ordering::SeqCst) * 86_400,
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
fn the_card_printed_again_after_a_correction_on_another_day_is_the_same_card() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place {
        home: folder.path().join("home"),
        secrets: Some(folder.path().join("secrets")),
        keyring: Some(false),
    };
    let env = Arc::new(Days(SystemEnv::new(), AtomicI64::new(0)));
    init_practice(&place, PIN, env.clone()).unwrap();
    let session = Session::open(&place, None, PIN, env.clone()).unwrap();
    let form = serde_json::from_value(Person::number(7).draft()).unwrap();
    let rid = session.register(None, &form).unwrap().rid;
    let card = |session: &Session| session.card(rid).unwrap().summary(folder.path()).qr;
    let first = card(&session);
    env.1.store(3, Ordering::SeqCst);
    session.correct(rid, &form).unwrap();
    assert_eq!(card(&session), first);
}
