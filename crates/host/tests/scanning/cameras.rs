use crate::{
    fake::{Fake, Mood, SIZE, grey, on_the_table, table},
    rig::Rig,
};
use host::scanning::contract;
use serde_json::{Value, json};
use std::{sync::Arc, thread::sleep, time::Duration};

/// Ending never takes longer, whatever a driver does.
const AT_MOST: u64 = 2_500;

#[test]
fn the_fake_keeps_the_contract_that_real_cameras_must_keep() {
    let seen = contract::of(Arc::new(Fake::new()));
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|camera| camera.tenths_per_second > 150), "{seen:?}");
}

#[test]
fn a_card_before_the_camera_is_read_once_and_the_camera_goes_off() {
    let rig = Rig::new();
    let run = rig.start();
    rig.hears_status("running");
    assert!(rig.host.camera_picture(run).is_some());
    rig.hold_up("Trần Thị Mỹ Hạnh");
    let told = rig.hears("the card", |told| told["told"] == "card");
    assert_eq!(
        (&told["run"], &told["scan"]["draft"]["name"]["value"]),
        (&json!(run), &json!("Trần Thị Mỹ Hạnh"))
    );
    // The same as from a picture file: one way for all.
    let people = rig.ask("practice_people", Value::Null);
    let hers = &people
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["name"] == "Trần Thị Mỹ Hạnh")
        .unwrap()["card_png"];
    assert_eq!(
        told["scan"],
        rig.ask("read_idcard", json!({ "picture": hers, "text": null }))
    );
    sleep(Duration::from_millis(400));
    assert_eq!(rig.rest(), Vec::<Value>::new(), "told once");
    assert_eq!(rig.camera.state().open, 0, "and off");
    assert!(rig.host.camera_picture(run).is_none());
}

#[test]
fn what_cannot_be_used_is_said_once_and_looking_goes_on() {
    let rig = Rig::new();
    let run = rig.start();
    // A real card before a practice device.
    let real = "048188123456||Trần Thị Mỹ Hạnh|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022";
    rig.camera.shows(on_the_table(&code(real)));
    let told = rig.hears("refused", |told| told["told"] == "refused");
    assert_eq!(
        (&told["run"], &told["code"]),
        (&json!(run), &json!("real_card_in_demo"))
    );
    sleep(Duration::from_millis(500));
    assert!(
        !rig.rest().iter().any(|told| told["told"] == "refused"),
        "said once while it stays"
    );
    // Something else on the table, then the right card: no need to begin anew.
    rig.camera.shows(on_the_table(&code("https://example.org/")));
    let other = rig.hears("not a card", |told| told["told"] == "card");
    assert_eq!(
        (&other["scan"]["reading"]["status"], &other["scan"]["draft"]),
        (&json!("not_a_card"), &Value::Null)
    );
    rig.hold_up("Trần Thị Mỹ Hạnh");
    rig.hears("the card", |told| {
        told["told"] == "card" && !told["scan"]["draft"].is_null()
    });
}

#[test]
fn any_code_is_handed_over_as_text_where_text_is_asked_for() {
    let rig = Rig::new();
    let run = rig.start_for("text");
    for text in ["TN1:ABC", "một mã khác"] {
        rig.camera.shows(on_the_table(&code(text)));
        let told = rig.hears(text, |told| told["told"] == "text" && told["text"] == text);
        assert_eq!(told["run"], run);
    }
    rig.stop(run);
}

#[test]
fn each_trouble_is_named_and_passes_when_it_is_over() {
    let rig = Rig::new();
    for (mood, status) in [
        (Mood::Busy, "camera_busy"),
        (Mood::Denied, "camera_denied"),
        (Mood::Unplugged, "no_camera"),
        (Mood::PanicsAtFrame, "camera_failed"),
        (Mood::Garbage, "camera_failed"),
    ] {
        rig.camera.set(mood);
        let run = rig.start();
        rig.hears_status(status);
        rig.camera.set(Mood::Well);
        rig.hears_status("running");
        rig.stop(run);
    }
}

#[test]
fn unplugging_is_noticed_and_plugging_in_again_goes_on() {
    let rig = Rig::new();
    let run = rig.start();
    rig.hears_status("running");
    rig.camera.set(Mood::Unplugged);
    rig.hears_status("camera_lost");
    sleep(Duration::from_secs(2));
    assert!(rig.rest().is_empty(), "missing is not said instead of lost");
    rig.camera.set(Mood::Well);
    rig.hears_status("running");
    rig.hold_up("Trần Thị Mỹ Hạnh");
    rig.hears("the card", |told| told["told"] == "card");
    rig.stop(run);
}

#[test]
fn a_covered_lens_is_named_and_uncovering_it_goes_on() {
    let rig = Rig::new();
    let run = rig.start();
    rig.hears_status("running");
    rig.camera.shows(grey(vec![6; SIZE.0 * SIZE.1]));
    rig.hears_status("camera_black");
    rig.camera.shows(table());
    rig.hears_status("running");
    rig.stop(run);
}

#[test]
fn a_stalled_camera_is_named_and_stopping_does_not_wait_for_it() {
    let rig = Rig::new();
    let run = rig.start();
    rig.hears_status("running");
    rig.camera.set(Mood::Stalled);
    rig.hears_status("camera_stalled");
    let took = rig.took(|| rig.stop(run));
    assert!(took < AT_MOST, "{took} ms");
    assert_eq!(rig.camera.state().open, 1, "its thread is left to itself");
    // The driver lets go at last: then it closes by itself.
    rig.camera.set(Mood::Well);
    sleep(Duration::from_millis(300));
    assert_eq!(rig.camera.state().open, 0);
    let again = rig.start();
    rig.hears_status("running");
    rig.stop(again);
}

#[test]
fn no_driver_keeps_anybody_from_stopping_locking_or_ending() {
    for mood in [
        Mood::Stalled,
        Mood::HangsAtOpen,
        Mood::HangsAtClose,
        Mood::HangsAtList,
        Mood::PanicsAtClose,
        Mood::PanicsAtFrame,
    ] {
        let rig = Rig::new();
        let hangs_from_the_start = matches!(mood, Mood::HangsAtOpen | Mood::HangsAtList);
        if hangs_from_the_start {
            rig.camera.set(mood);
        }
        rig.start();
        if !hangs_from_the_start {
            rig.hears_status("running");
            rig.camera.set(mood);
        }
        sleep(Duration::from_millis(100));
        let camera = rig.camera.clone();
        let took = rig.took(|| {
            rig.ask("lock", Value::Null);
        });
        assert!(took < AT_MOST + 1_000, "{mood:?}: locking took {took} ms");
        let env = app::env::SystemEnv::new();
        drop(rig);
        let took = app::env::Env::millis(&env);
        assert!(took < AT_MOST, "{mood:?}: ending took {took} ms");
        // Lets the thread that was left go.
        camera.set(Mood::Well);
    }
}

#[test]
fn nothing_is_seen_or_told_once_nobody_is_signed_in() {
    let rig = Rig::new();
    let run = rig.start();
    rig.hears_status("running");
    rig.ask("lock", Value::Null);
    assert_eq!(rig.camera.state().open, 0, "the camera is off");
    rig.rest();
    rig.camera.shows(on_the_table(&code("https://example.org/")));
    sleep(Duration::from_millis(400));
    assert!(rig.rest().is_empty());
    assert!(rig.host.camera_picture(run).is_none());
    let refused = rig.try_ask("start_scan", json!({ "purpose": "card", "camera": null }));
    assert_eq!(refused, Err("locked".to_owned()));
    assert_eq!(rig.try_ask("scan_devices", Value::Null), Err("locked".to_owned()));
}

#[test]
fn leaving_practice_and_beginning_it_anew_put_the_camera_off() {
    let rig = Rig::new();
    for command in ["reset_practice", "leave_practice"] {
        rig.start();
        rig.hears_status("running");
        rig.ask(command, Value::Null);
        assert_eq!(rig.camera.state().open, 0, "{command}");
    }
}

#[test]
fn the_camera_that_was_chosen_is_taken_the_next_time_and_a_late_stop_ends_no_other_run() {
    let rig = Rig::new();
    let devices = rig.ask("scan_devices", Value::Null);
    assert_eq!(
        (&devices["cameras"][1]["name"], &devices["camera"]),
        (&json!("back"), &Value::Null)
    );
    let first = rig.start();
    rig.hears_status("running");
    assert_eq!(rig.camera.state().opened.as_deref(), Some("bus/front"));
    rig.ask("start_scan", json!({ "purpose": "card", "camera": "bus/back" }));
    rig.hears_status("running");
    assert_eq!(rig.camera.state().opened.as_deref(), Some("bus/back"));
    let again = rig.start();
    rig.stop(first);
    let view = rig.hears_status("running");
    assert_eq!(
        (&view["view"]["run"], &view["view"]["device"]),
        (&json!(again), &json!("back"))
    );
    assert_eq!(rig.camera.state().open, 1, "one camera at a time, and it is still on");
    // It is not there today: then another one is.
    rig.stop(again);
    rig.camera.state().names = vec!["front"];
    rig.start();
    rig.hears_status("running");
    assert_eq!(rig.camera.state().opened.as_deref(), Some("bus/front"));
    assert_eq!(
        rig.ask("scan_devices", Value::Null)["camera"],
        "bus/back",
        "and the choice stays"
    );
}

/// A QR code as a camera sees it.
fn code(text: &str) -> scan::Luma {
    let png = print::qr_png(text.as_bytes(), 5, print::ErrorCorrection::M).unwrap();
    scan::decode_picture(&png).unwrap()
}
