//! The whole road: a card's QR in a place without network, to a signed receipt, a verdict and a correction.

use serde_json::{Value, json};
use std::process::Command;
use tungnha_tests::{Device, Person, Town};

fn population(people: &[&Person], wrong: &[(&Person, &str)]) -> tempfile::NamedTempFile {
    let mut text = String::from("pin,name,birth,sex,deceased\n");
    for person in people {
        text += &format!("{}\n", person.population_row());
    }
    for (person, birth) in wrong {
        text += &format!("{},{},{birth},{},0\n", person.number, person.name, person.sex);
    }
    let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn field(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {value}"))
        .to_owned()
}

#[test]
fn from_a_card_picture_to_a_receipt_a_verdict_a_correction_and_a_card() {
    let hanh = Person {
        name: "Trần Thị Mỹ Hạnh".to_owned(),
        ..Person::number(300)
    };
    let dieu = Person {
        name: "Lương Thị Diệu".to_owned(),
        ..Person::number(302)
    };
    let csv = population(&[&hanh], &[(&dieu, "1952-12-30")]);
    let mut town = Town::with("development", &["--population", csv.path().to_str().unwrap()]);
    let device = Device::enrolled(&town);

    // A picture of the card becomes text, the text a reading, the reading a draft.
    let picture = device.beside("card.png");
    let png = print::qr_png(hanh.idcard_text().as_bytes(), 4, print::ErrorCorrection::M).unwrap();
    std::fs::write(&picture, png).unwrap();
    let scanned = device.run(&["scan", picture.to_str().unwrap()]).ok().clone();
    assert_eq!(field(&scanned, "text"), hanh.idcard_text());
    let reading = device
        .run_with(&["idcard-text", "parse", "-"], field(&scanned, "text").as_bytes())
        .ok()
        .clone();
    assert_eq!(
        (field(&reading, "kind").as_str(), field(&reading, "status").as_str()),
        ("cccd", "ok"),
        "{reading}"
    );
    let mut draft = hanh.draft();
    for name in ["name", "pin", "sex"] {
        draft[name]["value"] = reading["fields"][name].clone();
    }
    draft["birth"]["value"] = reading["fields"]["birth"]["value"].clone();
    draft["residence"]["commune"] = reading["commune"]["suggested"][0]["code"].clone();
    assert_eq!(
        draft["residence"]["commune"], "20242",
        "Thạch Thang, Hải Châu is Phường Hải Châu today"
    );

    // No network: the gateway is gone.
    town.kill();
    let saved = device.register(&draft).ok().clone();
    let refused_later = device.register(&dieu.draft()).ok().clone();
    assert_eq!(saved["state"], "queued");
    let sync = device.run(&["sync", "--patience", "0"]);
    assert_eq!(
        (sync.status, sync.lines[0]["reason"].as_str()),
        (Some(3), Some("unreachable")),
        "{sync:?}"
    );
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!(
        (&queue["by_state"]["queued"], &queue["begun"], &queue["conservation"]),
        (&json!(2), &json!(2), &json!(true))
    );

    // The network is back.
    town.restart(&[]);
    let report = device.run(&["sync"]).ok().clone();
    assert_eq!((&report["receipts"], &report["left"]), (&json!(2), &json!(0)));
    let rid = field(&saved, "rid");
    let shown = device.sync_until_decided(&rid);
    assert_eq!(shown["state"], "accepted");
    assert!(shown["account"].as_str().is_some_and(|account| !account.is_empty()));

    // One was refused, comes back as a task with its field, is corrected and accepted under the same code.
    let rid = field(&refused_later, "rid");
    assert_eq!(device.sync_until_decided(&rid)["state"], "refused");
    let tasks = device.run(&["tasks"]);
    let task = tasks.ok();
    assert_eq!(
        (
            field(task, "rid"),
            field(task, "field").as_str(),
            field(task, "reason").as_str()
        ),
        (rid.clone(), "birth", "birth_mismatch")
    );
    let mut draft = device.run(&["show", &rid]).ok()["draft"].clone();
    draft["birth"] = json!({ "value": "1952-12-30", "source": "edited" });
    let corrected = device
        .run_with(&["correct", &rid], draft.to_string().as_bytes())
        .ok()
        .clone();
    assert_eq!(
        (&corrected["state"], &corrected["code"]),
        (&json!("queued"), &refused_later["code"])
    );
    assert_eq!(device.sync_until_decided(&rid)["state"], "accepted");
    assert!(device.run(&["tasks"]).lines.is_empty());

    // The card: an independent reader reads its QR, and it is valid.
    let pdf = device.beside("card.pdf");
    let card = device.run(&["card", &rid, "--out", pdf.to_str().unwrap()]).ok().clone();
    let verified = device.run(&["code", "verify", &field(&card, "qr")]).ok().clone();
    assert_eq!(
        (&verified["status"], &verified["code"]),
        (&json!("valid"), &refused_later["code"])
    );
    assert_eq!(verified["known_devices"], 1);
    assert!(
        verified["listed_at"].as_i64().is_some_and(|at| at > 1_700_000_000),
        "{verified}"
    );
    // Another device of the city, in any team, knows it too once it met the platform; before that it cannot say.
    let other = Device::enrolled(&town);
    let judged = |device: &Device| device.run(&["code", "verify", &field(&card, "qr")]);
    assert_eq!(judged(&other).lines[0]["status"], "unknown_signer");
    other.run(&["sync"]).ok();
    assert_eq!(judged(&other).ok()["status"], "valid");
    town.run("revoke", &["--device", "1"]);
    other.run(&["sync"]).ok();
    assert_eq!(
        judged(&other).lines[0]["status"],
        "revoked",
        "of the day of the revocation"
    );
    match independent_reading(&device, &pdf) {
        Some(read) => assert_eq!(read, field(&card, "qr")),
        None => println!("skipped: pdftoppm or zbarimg is missing, the card's QR was not read independently"),
    }

    // The other paper carries the same code and QR.
    for (what, file) in [("sheet", "sheet.pdf"), ("slip", "slip.pdf")] {
        let pdf = device.beside(file);
        device.run(&[what, &rid, "--out", pdf.to_str().unwrap()]).ok();
        if let Some(read) = independent_reading(&device, &pdf) {
            assert_eq!(read, field(&card, "qr"), "{what}");
        }
    }
    let dots = device.beside("slip.bin");
    device.run(&["slip", &rid, "--out", dots.to_str().unwrap()]).ok();
    assert!(std::fs::read(&dots).unwrap().starts_with(b"\x1b@\x1dv0"), "ESC/POS");
    let copy = device.beside("consent.pdf");
    device
        .run(&["consent-copy", &rid, "--out", copy.to_str().unwrap()])
        .ok();
    assert!(std::fs::read(&copy).unwrap().starts_with(b"%PDF"));

    let board = town.board();
    assert_eq!(
        (&board["registrations"]["received"], &board["registrations"]["accepted"]),
        (&json!(2), &json!(2))
    );
    let findings = device.run(&["doctor"]).ok().clone();
    assert_eq!(findings["healthy"], true, "{findings}");
}

fn independent_reading(device: &Device, pdf: &std::path::Path) -> Option<String> {
    let picture = device.beside("card");
    let drawn = Command::new("pdftoppm")
        .args(["-r", "300", "-png", "-singlefile"])
        .arg(pdf)
        .arg(&picture)
        .status()
        .ok()?;
    assert!(drawn.success());
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
        .arg(picture.with_extension("png"))
        .output()
        .ok()?;
    assert!(read.status.success(), "zbarimg read nothing");
    Some(String::from_utf8(read.stdout).unwrap().trim_end().to_owned())
}

#[test]
fn a_resident_who_changes_their_mind_is_forgotten_here_and_withdrawn_there() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let person = Person::number(17);
    let rid = field(device.register(&person.draft()).ok(), "rid");
    assert_eq!(device.sync_until_decided(&rid)["state"], "accepted");
    let withdrawn = device.run(&["withdraw", &rid]).ok().clone();
    assert_eq!(withdrawn["state"], "withdrawn");
    assert_eq!(
        device.run(&["withdraw", &rid]).ok(),
        &withdrawn,
        "saying it twice is saying it once"
    );
    let shown = device.run(&["show", &rid]).ok().clone();
    assert!(shown.get("draft").is_none());
    assert!(device.run(&["search", &person.phone]).lines.is_empty());
    device.run(&["sync"]).ok();
    for _ in 0..50 {
        if town.board()["registrations"]["withdrawn"] == 1 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{}", town.board());
}

#[test]
fn a_declined_consent_keeps_nothing_but_the_count() {
    let device = Device::practice();
    let mut draft = Person::number(5).draft();
    draft["consent"]["account"] = json!(false);
    assert_eq!(device.register(&draft).error(1), "declined");
    let queue = device.run(&["queue"]).ok().clone();
    assert_eq!(
        (&queue["by_state"]["discarded"], &queue["begun"], &queue["conservation"]),
        (&json!(1), &json!(1), &json!(true))
    );
}

#[test]
fn a_locked_device_sends_and_applies_its_receipts_when_unlocked() {
    let town = Town::start();
    let mut device = Device::enrolled(&town);
    let rids: Vec<String> = (20..23)
        .map(|n| field(device.register(&Person::number(n).draft()).ok(), "rid"))
        .collect();
    device.set("TUNGNHA_PIN", "");
    let report = device.run(&["sync", "--locked"]).ok().clone();
    assert_eq!((&report["receipts"], &report["left"]), (&json!(3), &json!(0)));
    device.unset("TUNGNHA_PIN");
    for rid in &rids {
        assert_eq!(device.run(&["show", rid]).ok()["state"], "received");
    }
    assert_eq!(town.board()["registrations"]["received"], 3);
    for rid in &rids {
        assert_eq!(device.sync_until_decided(rid)["state"], "accepted");
    }
}

#[test]
fn people_are_found_with_and_without_marks_by_number_phone_and_code() {
    let device = Device::practice();
    let person = Person {
        name: "Nguyễn Thị Đồng".to_owned(),
        ..Person::number(8)
    };
    let code = field(device.register(&person.draft()).ok(), "code");
    let other = Person {
        name: "Trần Văn Khác".to_owned(),
        ..Person::number(9)
    };
    device.register(&other.draft()).ok();
    for typed in [
        "nguyen thi",
        "Nguyễn Thị",
        "dong",
        "NGUYEN",
        &person.phone,
        &person.number,
        &code,
        "nguyễn thị đồng",
    ] {
        let found = device.run(&["search", typed]);
        assert_eq!(found.lines.len(), 1, "{typed}: {found:?}");
        assert_eq!(found.lines[0]["name"], person.name.as_str(), "{typed}");
    }
    for typed in [
        "nguyen* OR tran*",
        "\"",
        "name:nguyen",
        "NEAR(a b)",
        "'; DROP TABLE registration; --",
    ] {
        assert!(device.run(&["search", typed]).lines.is_empty(), "{typed}");
    }
}
