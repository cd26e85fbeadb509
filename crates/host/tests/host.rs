//! The commands of the window on a bare host: no window, no network, a real encrypted device folder.
#![allow(clippy::unwrap_used)]

use app::{env::SystemEnv, place::Place};
use host::{Desk, Event, Host};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

struct Table(Mutex<Vec<Event>>, std::path::PathBuf);

impl Desk for Table {
    fn tell(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    fn open_file(&self, path: &Path) -> std::io::Result<()> {
        std::fs::metadata(path).map(|_| ())
    }

    fn print_folder(&self) -> std::path::PathBuf {
        self.1.clone()
    }

    fn look_file(&self) -> Option<std::path::PathBuf> {
        Some(self.1.with_file_name("look.json"))
    }
}

struct Rig {
    host: Host,
    desk: Arc<Table>,
    folder: tempfile::TempDir,
}

fn place(folder: &Path, name: &str) -> Place {
    Place {
        home: folder.join(name),
        secrets: Some(folder.join("secrets")),
        keyring: Some(false),
    }
}

impl Rig {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        let desk = Arc::new(Table(Mutex::default(), folder.path().join("print")));
        let (live, practice) = (place(folder.path(), "device"), place(folder.path(), "practice"));
        let host = Host::start(live, practice, Arc::new(SystemEnv::new()), desk.clone()).unwrap();
        Self { host, desk, folder }
    }

    #[track_caller]
    fn ask(&self, name: &str, args: Value) -> Value {
        self.try_ask(name, args).unwrap_or_else(|code| panic!("{name}: {code}"))
    }

    fn try_ask(&self, name: &str, args: Value) -> Result<Value, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(self.host.rpc(name, args))
            .map_err(|failure| failure.code)
    }

    fn practice() -> Self {
        let rig = Self::new();
        assert_eq!(rig.ask("enter_practice", Value::Null)["phase"], "open");
        rig
    }

    fn saved(&self, name: &str) -> (Value, Value) {
        let (rid, draft) = self.form_of(name);
        let saved = self.ask("save", json!({ "rid": rid, "draft": draft }));
        (rid, saved["code"].clone())
    }

    /// Reads a practice person's card and fills the form as a volunteer would.
    fn form_of(&self, name: &str) -> (Value, Value) {
        let people = self.ask("practice_people", Value::Null);
        let person = people
            .as_array()
            .unwrap()
            .iter()
            .find(|person| person["name"] == name)
            .unwrap();
        let scan = self.ask("read_idcard", json!({ "picture": person["card_png"], "text": null }));
        let opened = self.ask("begin_draft", json!({ "draft": scan["draft"], "after": null }));
        let mut draft = opened["draft"].clone();
        let suggested = &scan["reading"]["commune"]["suggested"][0]["code"];
        draft["residence"] = json!({ "commune": suggested, "group": "Tổ 12", "house": "K1/2", "lodging": false });
        draft["consent"]["account"] = json!(true);
        draft["consent"]["help"] = json!(false);
        draft["consent"]["signatures"] = json!([{ "signer": "myself", "manner": "drawn", "strokes": [1, 2, 3, 4] }]);
        (opened["rid"].clone(), draft)
    }
}

/// A volunteer in the sun, with a tablet in the right hand, sets this once.
#[test]
fn theme_hand_and_language_are_there_again_at_the_next_start() {
    let rig = Rig::new();
    let look = json!({ "theme": "sun", "indoors": "dark", "hand": "left", "language": "en" });
    rig.ask("set_look", look.clone());
    assert_eq!(rig.ask("state", Value::Null)["look"], look);
    let Rig { host, desk, folder } = rig;
    drop((host, desk));
    let rig = Rig::in_folder(folder);
    assert_eq!(rig.ask("state", Value::Null)["look"], look);
}

/// Trainees bind cards as at a door: without a network, and one of them turns out to be a copy afterwards.
#[test]
fn practice_cards_are_bound_offline_and_a_copy_comes_back_as_a_task() {
    let rig = Rig::practice();
    rig.ask("set_practice", json!({ "network": "none", "platform": "rules" }));
    let cards = rig.ask("practice_blanks", Value::Null);
    let copied = cards
        .as_array()
        .unwrap()
        .iter()
        .find(|card| card["copied"] == true)
        .unwrap();
    let ((rid, code), (other, _)) = (rig.saved("Trần Thị Mỹ Hạnh"), rig.saved("Lê Văn Sáu"));
    let bind = |rid: &Value, card: &Value| rig.try_ask("bind_blank", json!({ "rid": rid, "text": card["qr"] }));

    let bound = bind(&rid, &cards[0]).unwrap();
    assert_eq!(
        (&bound["state"], &bound["code"], &bound["told"]),
        (&json!("bound"), &code, &json!(false))
    );
    assert_eq!(bind(&other, &cards[0]), Err("card_bound".to_owned()));
    assert_eq!(bind(&rid, &cards[1]), Err("has_a_card".to_owned()));
    bind(&other, copied).unwrap();
    // By a picture, as by its text.
    let png = print::qr_png(
        cards[0]["qr"].as_str().unwrap().as_bytes(),
        6,
        print::ErrorCorrection::M,
    )
    .unwrap();
    let picture = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png);
    let judged = rig.ask("verify_code", json!({ "picture": picture }));
    assert_eq!(
        (&judged["kind"], &judged["status"], &judged["card"]["code"]),
        (&json!("blank_card"), &json!("bound"), &code)
    );
    assert_eq!(
        rig.ask("search", json!({ "text": cards[0]["number"], "limit": 5 }))[0]["rid"],
        rid
    );
    let account = rig.ask("blanks", Value::Null);
    assert_eq!(
        (&account["blank"], &account["bound"], &account["untold"]),
        (&json!(18), &json!(2), &json!(2))
    );

    rig.ask("set_practice", json!({ "network": "good", "platform": "rules" }));
    rig.ask("sync_now", Value::Null);
    let tasks = rig.ask("today", Value::Null)["cards"].clone();
    assert_eq!((&tasks[0]["rid"], &tasks[0]["reason"]), (&other, &json!("card_bound")));
    assert_eq!(tasks.as_array().unwrap().len(), 1);
    assert_eq!(rig.ask("state", Value::Null)["tasks"], 1);
    assert_eq!(
        rig.ask("show", json!({ "rid": other }))["state"],
        "accepted",
        "the registration stands"
    );
    // The person's page tells which card it was and what is the matter with it.
    let of = |rid: &Value| rig.ask("show", json!({ "rid": rid }))["cards"].clone();
    let told = |card: &Value| (card["number"].clone(), card["state"].clone(), card["refused"].clone());
    assert_eq!(
        told(&of(&rid)[0]),
        (cards[0]["number"].clone(), json!("bound"), Value::Null)
    );
    assert_eq!(
        told(&of(&other)[0]),
        (copied["number"].clone(), json!("bound"), json!("card_bound"))
    );
    // Another card, and it is done; the torn one is given up by its number.
    bind(&other, &cards[1]).unwrap();
    assert_eq!(rig.ask("today", Value::Null)["cards"], json!([]));
    rig.ask("spoil_blank", json!({ "text": cards[0]["number"] }));
    bind(&rid, &cards[2]).unwrap();
    rig.ask("sync_now", Value::Null);
    let mut states: Vec<_> = of(&rid).as_array().unwrap().iter().map(told).collect();
    states.sort_by_key(|(number, ..)| number.to_string());
    assert_eq!(
        states,
        [
            (cards[0]["number"].clone(), json!("spoiled"), Value::Null),
            (cards[2]["number"].clone(), json!("bound"), Value::Null)
        ]
    );
    let account = rig.ask("blanks", Value::Null);
    assert_eq!((&account["spoiled"], &account["untold"]), (&json!(1), &json!(0)));
    for (text, code) in [("P9000-0000-84", "card_number_mistyped"), ("hello", "card_number_form")] {
        assert_eq!(
            rig.try_ask("spoil_blank", json!({ "text": text })),
            Err(code.to_owned())
        );
    }
    assert_eq!(
        rig.try_ask("bind_blank", json!({ "rid": rid })),
        Err("malformed_arguments".to_owned())
    );
}

#[test]
fn a_day_of_practice_ends_with_a_correction_that_is_accepted() {
    let rig = Rig::practice();
    let (rid, mut draft) = rig.form_of("Trần Thị Mỹ Hạnh");
    let check = rig.ask("put_draft", json!({ "rid": rid, "draft": draft }));
    assert_eq!(check["problems"], json!([]), "{check}");
    assert_eq!(check["signers"], json!(["myself"]));

    // The network is away; the form is saved all the same.
    rig.ask("set_practice", json!({ "network": "none", "platform": "rules" }));
    let saved = rig.ask("save", json!({ "rid": rid, "draft": draft }));
    assert_eq!(saved["state"], "queued");
    assert!(
        saved["code"].as_str().unwrap().starts_with('Z'),
        "a practice code says so itself"
    );
    rig.ask("sync_now", Value::Null);
    let state = rig.ask("state", Value::Null);
    assert_eq!(
        (&state["sync"]["reason"], &state["sync"]["unsent"]),
        (&json!("unreachable"), &json!(1))
    );

    // It comes back, and the trainer lets the platform refuse.
    rig.ask("set_practice", json!({ "network": "good", "platform": "refuse" }));
    rig.ask("sync_now", Value::Null);
    assert_eq!(rig.ask("show", json!({ "rid": rid }))["state"], "refused");
    let tasks = rig.ask("tasks", Value::Null);
    assert_eq!((&tasks[0]["rid"], &tasks[0]["field"]), (&rid, &json!("birth")));
    assert_eq!(rig.ask("state", Value::Null)["tasks"], 1);

    let correction = rig.ask("open_correction", json!({ "rid": rid }));
    draft = correction["draft"].clone();
    draft["birth"]["source"] = json!("edited");
    rig.ask("set_practice", json!({ "network": "good", "platform": "rules" }));
    assert_eq!(
        rig.ask("check_correction", json!({ "rid": rid, "draft": draft }))["problems"],
        json!([])
    );
    rig.ask("correct", json!({ "rid": rid, "draft": draft }));
    rig.ask("sync_now", Value::Null);
    let shown = rig.ask("show", json!({ "rid": rid }));
    assert_eq!((&shown["state"], &shown["code"]), (&json!("accepted"), &saved["code"]));
    assert_eq!(
        shown["allowed"],
        json!({ "correct": true, "withdraw": true, "send_again": false }),
        "the window offers what the table of states takes"
    );
    assert_eq!(rig.ask("tasks", Value::Null), json!([]));

    let card = rig.ask("card", json!({ "rid": rid }));
    assert!(
        std::fs::read(card["path"].as_str().unwrap())
            .unwrap()
            .starts_with(b"%PDF")
    );
    let standing = rig.ask("verify_code", json!({ "text": card["qr"] }));
    assert_eq!(standing["status"], "valid", "a practice device knows its own cards");
    assert_eq!(standing["known_devices"], 1);
    assert_eq!(
        standing.get("listed_at"),
        None,
        "practice has no list of the city's devices"
    );
    let by_picture = rig.ask("verify_code", json!({ "picture": card["qr_png"] }));
    assert_eq!(by_picture, standing, "a picture says the same");
    let other = rig.ask(
        "verify_code",
        json!({ "text": "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|Đà Nẵng|10052022" }),
    );
    assert_eq!(other, json!({ "kind": "other", "status": "not_our_code" }));
    for (args, code) in [
        (json!({}), "malformed_arguments"),
        (json!({ "text": "a", "picture": "b" }), "malformed_arguments"),
        (json!({ "picture": "" }), "not_a_picture"),
    ] {
        assert_eq!(rig.try_ask("verify_code", args.clone()), Err(code.to_owned()), "{args}");
    }

    rig.ask("open_paper", json!({ "paper": "card", "rids": [rid], "page": 0 }));
    let path = std::path::PathBuf::from(card["path"].as_str().unwrap());
    assert!(path.exists());
    rig.ask("lock", Value::Null);
    assert!(!path.exists(), "a card in clear goes when nobody is signed in");

    let told = rig.desk.0.lock().unwrap();
    assert!(told.contains(&Event::Changed(Box::default())));
    assert!(
        told.iter()
            .any(|event| matches!(event, Event::State(state) if state.sync.running))
    );
}

#[test]
fn the_next_person_of_the_house_keeps_house_and_place_and_answers_for_themselves() {
    let rig = Rig::practice();
    let (rid, draft) = rig.form_of("Trần Thị Mỹ Hạnh");
    rig.ask("save", json!({ "rid": rid, "draft": draft }));
    let next = rig.ask("begin_draft", json!({ "draft": null, "after": rid }));
    assert_eq!(next["draft"]["residence"], draft["residence"]);
    assert_eq!(next["draft"]["household"], draft["household"]);
    assert!(next["draft"]["name"].is_null() && next["draft"]["consent"]["account"].is_null());
    assert_eq!(next["draft"]["consent"]["signatures"], json!([]));

    let households = rig.ask("households", Value::Null);
    assert_eq!(
        (&households[0]["people"][0]["rid"], &households[0]["address"]),
        (&rid, &json!("K1/2, Tổ 12"))
    );
    // Somebody else at the same address is offered the household.
    let (_, other) = rig.form_of("Bh'nướch Thị Ngơn");
    let offered = |draft: &Value| {
        let opened = rig.ask("begin_draft", json!({ "draft": draft, "after": null }));
        opened["check"]["household"]["people"][0]["rid"].clone()
    };
    let mut same = other.clone();
    same["residence"] = draft["residence"].clone();
    same["household"] = Value::Null;
    assert_eq!(offered(&same), rid);
    same["residence"]["lodging"] = json!(true);
    assert_eq!(offered(&same), Value::Null, "never in rented rooms");
}

#[test]
fn a_form_survives_the_end_of_the_program_and_a_declined_one_leaves_only_its_count() {
    let rig = Rig::practice();
    let (rid, mut draft) = rig.form_of("Trần Thị Mỹ Hạnh");
    draft["phone"] = json!({ "number": "0905", "owner": "myself" });
    rig.ask("put_draft", json!({ "rid": rid, "draft": draft }));
    // The program ends without a word.
    let Rig { folder, host, .. } = rig;
    drop(host);
    let rig = Rig::in_folder(folder);
    rig.ask("enter_practice", Value::Null);
    let drafts = rig.ask("drafts", Value::Null);
    assert_eq!(
        (&drafts[0]["rid"], &drafts[0]["name"]),
        (&rid, &json!("Trần Thị Mỹ Hạnh"))
    );
    let opened = rig.ask("open_draft", json!({ "rid": rid }));
    assert_eq!(opened["draft"]["phone"]["number"], "0905");
    let problems = opened["check"]["problems"].as_array().unwrap();
    assert!(
        problems.iter().any(|problem| problem["field"] == "phone"),
        "{problems:?}"
    );

    draft["consent"]["account"] = json!(false);
    assert_eq!(
        rig.try_ask("save", json!({ "rid": rid, "draft": draft })),
        Err("declined".to_owned())
    );
    assert_eq!(rig.ask("drafts", Value::Null), json!([]));
    let queue = rig.ask("queue", Value::Null);
    assert_eq!(
        (&queue["begun"], &queue["by_state"]["discarded"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(queue["conservation"], true);
}

#[test]
fn practice_and_real_never_mix() {
    let rig = Rig::new();
    assert_eq!(rig.ask("state", Value::Null)["phase"], "new");
    rig.ask("enter_practice", Value::Null);
    let state = rig.ask("state", Value::Null);
    assert_eq!((&state["realm"], &state["device"]), (&json!("demo"), &json!(0)));
    // A real card: any number outside the practice serials.
    let real = "048188123456||Trần Thị Mỹ Hạnh|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022";
    let refused = rig.try_ask("read_idcard", json!({ "picture": null, "text": real }));
    assert_eq!(refused, Err("real_card_in_demo".to_owned()));
    let enrol = json!({ "gateway": "https://127.0.0.1:1", "invitation": "TNI1:X", "pin": "592836" });
    assert_eq!(
        rig.try_ask("enrol_device", enrol),
        Err("demo_has_no_gateway".to_owned())
    );

    let (rid, draft) = rig.form_of("Trần Thị Mỹ Hạnh");
    rig.ask("save", json!({ "rid": rid, "draft": draft }));
    rig.ask("reset_practice", Value::Null);
    assert_eq!(
        rig.ask("queue", Value::Null)["begun"],
        0,
        "one tap, and practice begins anew"
    );
    let left = rig.ask("leave_practice", Value::Null);
    assert_eq!((&left["phase"], &left["realm"]), (&json!("new"), &json!("live")));
    assert_eq!(rig.try_ask("queue", Value::Null), Err("locked".to_owned()));
}

#[test]
fn what_does_not_fit_the_table_is_refused_without_repeating_it() {
    let rig = Rig::practice();
    let failed = |name: &str, args: Value| rig.try_ask(name, args).unwrap_err();
    assert_eq!(failed("drop_everything", Value::Null), "unknown_command");
    assert_eq!(failed("show", json!({ "rid": "Trần Thị" })), "malformed_arguments");
    assert_eq!(
        failed("show", json!({ "rid": "00000000000000000000000000000000" })),
        "unknown_rid"
    );
    assert_eq!(
        failed(
            "read_idcard",
            json!({ "picture": "bm90IGEgcGljdHVyZQ==", "text": null })
        ),
        "not_a_picture"
    );
    assert_eq!(
        failed("sign_in", json!({ "operator": 1, "pin": "999999" })),
        "wrong_pin"
    );
    assert_eq!(
        rig.ask("state", Value::Null)["phase"],
        "locked",
        "a wrong PIN leaves nobody signed in"
    );
}
