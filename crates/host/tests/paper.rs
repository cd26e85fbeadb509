//! Printing on a bare host with a printer in memory: what comes out, what is in the way, what stays behind.
#![allow(clippy::unwrap_used)]

use app::{
    env::SystemEnv,
    paper::{
        printer::{Loaded, Printer, Speaks, Trouble},
        simulated::Simulated,
    },
    place::Place,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use host::{Desk, Event, Host};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

struct Table(Arc<Simulated>, std::path::PathBuf);

impl Desk for Table {
    fn tell(&self, _: Event) {}

    fn open_file(&self, path: &Path) -> std::io::Result<()> {
        std::fs::metadata(path).map(|_| ())
    }

    fn print_folder(&self) -> std::path::PathBuf {
        self.1.clone()
    }

    fn printer(&self) -> Arc<dyn Printer> {
        self.0.clone()
    }
}

struct Rig {
    host: Host,
    printer: Arc<Simulated>,
    folder: tempfile::TempDir,
}

fn start(folder: &Path, printer: Arc<Simulated>) -> Host {
    let place = |name: &str| Place {
        home: folder.join(name),
        secrets: Some(folder.join("secrets")),
        keyring: Some(false),
    };
    let desk = Arc::new(Table(printer, folder.join("print")));
    Host::start(place("device"), place("practice"), Arc::new(SystemEnv::new()), desk).unwrap()
}

impl Rig {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let printer = Arc::new(Simulated::new());
        let rig = Self {
            host: start(folder.path(), printer.clone()),
            printer,
            folder,
        };
        assert_eq!(rig.ask("enter_practice", Value::Null)["phase"], "open");
        rig
    }

    /// The program ends and begins anew in the same folders.
    fn restarted(self) -> Self {
        let Self { host, printer, folder } = self;
        drop(host);
        let rig = Self {
            host: start(folder.path(), printer.clone()),
            printer,
            folder,
        };
        rig.ask("enter_practice", Value::Null);
        rig
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

    /// Registers a practice person and gives the registration.
    fn registered(&self, name: &str) -> Value {
        let people = self.ask("practice_people", Value::Null);
        let mut all = people.as_array().unwrap().iter();
        let person = all.find(|person| person["name"] == name).unwrap();
        let scan = self.ask("read_idcard", json!({ "picture": person["card_png"], "text": null }));
        let opened = self.ask("begin_draft", json!({ "draft": scan["draft"], "after": null }));
        let mut draft = opened["draft"].clone();
        let suggested = &scan["reading"]["commune"]["suggested"][0]["code"];
        draft["residence"] = json!({ "commune": suggested, "group": "Tổ 12", "house": "K1/2", "lodging": false });
        draft["consent"]["account"] = json!(true);
        draft["consent"]["help"] = json!(false);
        draft["consent"]["signatures"] = json!([{ "signer": "myself", "manner": "drawn", "strokes": [1, 2, 3, 4] }]);
        self.ask("save", json!({ "rid": opened["rid"], "draft": draft }))["rid"].clone()
    }

    fn print(&self, paper: &str, rid: &Value, queue: &str) -> Result<Value, String> {
        self.try_ask("print_paper", json!({ "paper": paper, "rids": [rid], "queue": queue }))
    }

    /// Looks until it is over.
    fn finished(&self, job: &Value) -> Value {
        for _ in 0..5 {
            let now = self.ask("print_job", json!({ "job": job["job"] }));
            if !["waiting", "printing"].contains(&now["state"].as_str().unwrap()) {
                return now["state"].clone();
            }
        }
        json!("not over")
    }
}

/// What a QR in a document says.
fn codes(pdf: &[u8]) -> Vec<String> {
    let png = print::page_png(pdf, 0, 1600).unwrap();
    let found = scan::scan_picture(&png, &mut || true).unwrap();
    found.into_iter().filter_map(|found| found.text).collect()
}

const HANH: &str = "Trần Thị Mỹ Hạnh";
const VINH: &str = "Trương Quốc Vinh";

#[test]
fn a_card_is_previewed_printed_and_reprinted_with_the_same_code() {
    let rig = Rig::new();
    rig.printer.add("the", Loaded::Cards, Speaks::Pdf);
    let rid = rig.registered(HANH);
    let qr = rig.ask("card", json!({ "rid": rid }))["qr"]
        .as_str()
        .unwrap()
        .to_owned();

    let preview = rig.ask("preview", json!({ "paper": "card", "rids": [rid], "page": 0 }));
    assert_eq!(preview["pages"], 1);
    let png = STANDARD.decode(preview["png"].as_str().unwrap()).unwrap();
    let shown = scan::scan_picture(&png, &mut || true).unwrap();
    assert_eq!(shown[0].text.as_deref(), Some(qr.as_str()), "the picture is the card");

    let job = rig.print("card", &rid, "the").unwrap();
    assert_eq!(rig.finished(&job), "done");
    assert_eq!(rig.printer.kept(), 0, "what is printed is not kept by the print system");
    let chosen = rig.ask("printers", Value::Null)["chosen"].clone();
    assert_eq!(chosen, json!([["card", "the"]]), "remembered for this paper alone");

    // After a restart it is simply printed again; the queue is still known.
    let rig = rig.restarted();
    assert_eq!(rig.ask("printers", Value::Null)["chosen"], chosen);
    assert_eq!(
        rig.try_ask("print_job", json!({ "job": 1 })),
        Err("print_job_unknown".to_owned())
    );
    let job = rig.print("card", &rid, "the").unwrap();
    assert_eq!(job["state"], "printing");
    let again = rig.printer.documents().pop().unwrap();
    assert_eq!(codes(&again), [qr]);
}

#[test]
fn nothing_is_lost_when_the_printer_is_away() {
    let rig = Rig::new();
    rig.printer.add("the", Loaded::Cards, Speaks::Pdf);
    let rid = rig.registered(HANH);
    let before = rig.ask("show", json!({ "rid": rid }));

    for trouble in [Trouble::Offline, Trouble::OutOfPaper, Trouble::Stopped] {
        rig.printer.trouble("the", Some(trouble));
        let job = rig.print("card", &rid, "the").unwrap();
        assert_eq!(
            (&job["state"], &job["trouble"]),
            (&json!("waiting"), &serde_json::to_value(trouble).unwrap())
        );
        assert_eq!(rig.finished(&job), "not over", "it stays");
        rig.printer.trouble("the", None);
        assert_eq!(rig.finished(&job), "done", "and goes on by itself");
    }

    rig.printer.trouble("the", Some(Trouble::Offline));
    let job = rig.print("card", &rid, "the").unwrap();
    let cancelled = rig.ask("cancel_print", json!({ "job": job["job"] }));
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(rig.printer.kept(), 0, "a cancelled document is erased");
    let again = rig.ask("cancel_print", json!({ "job": job["job"] }));
    assert_eq!(again["state"], "cancelled", "twice is once");

    rig.printer.trouble("the", Some(Trouble::NotAccepting));
    assert_eq!(rig.print("card", &rid, "the"), Err("print_queue_closed".to_owned()));
    rig.printer.remove("the");
    assert_eq!(rig.print("card", &rid, "the"), Err("print_queue_unknown".to_owned()));
    assert_eq!(rig.ask("printers", Value::Null)["queues"], json!([]));
    rig.printer.away(true);
    assert_eq!(rig.print("card", &rid, "the"), Err("no_print_system".to_owned()));
    assert_eq!(rig.ask("printers", Value::Null)["trouble"], "no_print_system");

    assert_eq!(
        rig.ask("show", json!({ "rid": rid })),
        before,
        "the registration does not know about paper"
    );
}

#[test]
fn a_job_whose_queue_is_deleted_or_whose_print_system_dies_says_so() {
    let rig = Rig::new();
    rig.printer.add("the", Loaded::Cards, Speaks::Pdf);
    rig.printer.trouble("the", Some(Trouble::Offline));
    let rid = rig.registered(HANH);
    let (one, two) = (
        rig.print("card", &rid, "the").unwrap(),
        rig.print("card", &rid, "the").unwrap(),
    );
    rig.printer.away(true);
    let now = rig.ask("print_job", json!({ "job": one["job"] }));
    assert_eq!((&now["state"], &now["trouble"]), (&json!("waiting"), &json!("offline")));
    rig.printer.away(false);
    rig.printer.remove("the");
    assert_eq!(rig.finished(&two), "unknown");
}

#[test]
fn every_paper_finds_its_printer_and_no_other() {
    let rig = Rig::new();
    for (name, loaded, speaks) in [
        ("the", Loaded::Cards, Speaks::Pdf),
        ("a4", Loaded::Sheets, Speaks::Pdf),
        ("bill", Loaded::Roll, Speaks::EscPos),
    ] {
        rig.printer.add(name, loaded, speaks);
    }
    let rid = rig.registered(HANH);
    let refused = Err("paper_does_not_fit".to_owned());
    for (paper, fitting) in [
        ("card", &["the", "a4"][..]),
        ("sheet", &["a4"]),
        ("slip", &["bill", "a4"]),
        ("consent", &["a4"]),
    ] {
        for queue in ["the", "a4", "bill"] {
            let printed = rig.print(paper, &rid, queue);
            match fitting.contains(&queue) {
                true => assert!(printed.is_ok(), "{paper} on {queue}: {printed:?}"),
                false => assert_eq!(printed, refused, "{paper} on {queue}"),
            }
        }
    }
    let documents = rig.printer.documents();
    // In the order above: card on a card printer, card on A4, sheet, slip on A4, slip as dots, consent copy.
    let sizes: Vec<Option<(u32, u32)>> = documents
        .iter()
        .map(|document| {
            let png = print::page_png(document, 0, 1000).ok()?;
            let picture = image_size(&png);
            Some(picture)
        })
        .collect();
    assert_eq!(sizes[0], Some((1000, 631)), "a card as large as a card");
    assert_eq!(sizes[1], Some((1000, 1414)), "a card on A4 is a sheet");
    assert_eq!(
        sizes[4].is_none() as usize + sizes[3].is_none() as usize,
        1,
        "dots are no PDF"
    );
    assert!(documents.iter().any(|document| document.starts_with(b"\x1b@")));
    assert!(
        rig.printer
            .titles()
            .iter()
            .all(|title| title.is_ascii() && title.starts_with("Tung Nha")),
        "titles name nobody"
    );
}

/// Width and height from a PNG's own header.
fn image_size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn sheets_hold_those_who_were_chosen_ten_on_each() {
    let rig = Rig::new();
    rig.printer.add("a4", Loaded::Sheets, Speaks::Pdf);
    let sheet = |rids: &[Value]| rig.try_ask("print_paper", json!({ "paper": "sheet", "rids": rids, "queue": "a4" }));
    assert_eq!(sheet(&[]), Err("nothing_to_print".to_owned()), "nobody");
    let rids = [rig.registered(HANH), rig.registered(VINH)];
    let qr = |rid: &Value| {
        let card = rig.ask("card", json!({ "rid": rid }));
        card["qr"].as_str().unwrap().to_owned()
    };
    sheet(&rids[..1]).unwrap();
    assert_eq!(codes(&rig.printer.documents().pop().unwrap()), [qr(&rids[0])]);
    sheet(&rids).unwrap();
    let mut found = codes(&rig.printer.documents().pop().unwrap());
    let mut meant: Vec<String> = rids.iter().map(qr).collect();
    found.sort();
    meant.sort();
    assert_eq!(found, meant);
    // The eleventh card is on a sheet of its own, and the window can look at it.
    let eleven = [&rids[..1]; 11].concat();
    let page = |page: u32| rig.ask("preview", json!({ "paper": "sheet", "rids": eleven, "page": page }));
    assert_eq!((&page(0)["pages"], &page(1)["pages"]), (&json!(2), &json!(2)));
    assert_ne!(page(0)["png"], page(1)["png"]);
    rig.ask("withdraw", json!({ "rid": rids[0] }));
    assert_eq!(
        sheet(&rids),
        Err("not_in_this_state".to_owned()),
        "who withdrew has no card"
    );
}

#[test]
fn scan_back_tells_this_person_from_any_other() {
    let rig = Rig::new();
    let (hanh, vinh) = (rig.registered(HANH), rig.registered(VINH));
    let card = |rid: &Value| rig.ask("card", json!({ "rid": rid }));
    let text = |text: &Value| rig.ask("scan_back", json!({ "rid": hanh, "text": text, "picture": null }));
    let picture = |png: &Value| rig.ask("scan_back", json!({ "rid": hanh, "text": null, "picture": png }));
    let (own, other) = (card(&hanh), card(&vinh));
    assert_eq!(text(&own["qr"]), "same");
    assert_eq!(text(&own["code"]), "same", "read aloud and typed");
    assert_eq!(text(&other["qr"]), "other");
    assert_eq!(text(&other["code"]), "other");
    assert_eq!(text(&json!("https://example.org")), "not_ours");
    assert_eq!(text(&json!("  ")), "unreadable");
    assert_eq!(picture(&own["qr_png"]), "same");
    assert_eq!(picture(&other["qr_png"]), "other");
    let foreign = STANDARD.encode(print::qr_png(b"\xff\xfe", 6, print::ErrorCorrection::M).unwrap());
    assert_eq!(picture(&json!(foreign)), "not_ours");
    // The very slip and card as they would come out.
    for paper in ["card", "slip"] {
        let shown = rig.ask("preview", json!({ "paper": paper, "rids": [hanh], "page": 0 }));
        assert_eq!(picture(&shown["png"]), "same", "{paper}");
    }
    let consent = rig.ask("preview", json!({ "paper": "consent", "rids": [hanh], "page": 0 }));
    assert_eq!(picture(&consent["png"]), "unreadable", "no code on it");
    assert_eq!(
        rig.try_ask("scan_back", json!({ "rid": hanh, "text": null, "picture": "AAAA" })),
        Err("not_a_picture".to_owned())
    );
}

#[test]
fn whoever_leaves_leaves_no_finished_document_behind() {
    let rig = Rig::new();
    rig.printer.add("the", Loaded::Cards, Speaks::Pdf);
    let rid = rig.registered(HANH);
    rig.print("card", &rid, "the").unwrap();
    rig.ask("open_paper", json!({ "paper": "consent", "rids": [rid], "page": 0 }));
    assert_eq!(rig.printer.kept(), 1, "nobody has looked since");
    let files = || std::fs::read_dir(rig.folder.path().join("print")).map_or(0, Iterator::count);
    assert_eq!(files(), 1);
    rig.ask("lock", Value::Null);
    assert_eq!((rig.printer.kept(), files()), (0, 0));
    assert_eq!(rig.print("card", &rid, "the"), Err("locked".to_owned()));
}
