use crate::rig::Rig;
use serde_json::{Value, json};

const CARD: &str = "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022";

fn chosen(rig: &Rig) {
    rig.scanner.0.lock().unwrap().there = true;
    let devices = rig.ask("choose_scanner", json!({ "port": "usb/1" }));
    assert_eq!(
        (&devices["ports"][0]["name"], &devices["port"]),
        (&json!("A scanner"), &json!("usb/1"))
    );
}

#[test]
fn a_scanner_at_a_serial_port_reads_a_card_byte_for_byte() {
    let rig = Rig::new();
    chosen(&rig);
    rig.start();
    // In packets that cut letters apart.
    let line = format!("{CARD}\r\n");
    rig.scanner.0.lock().unwrap().sends = line.as_bytes().chunks(7).map(<[u8]>::to_vec).collect();
    let told = rig.hears("the card", |told| told["told"] == "card");
    assert_eq!(told["scan"]["draft"]["name"]["value"], "Trần Thị Mỹ Hạnh");
    assert_eq!(told["scan"]["reading"]["codes"], json!([]));
}

#[test]
fn a_scanner_that_is_pulled_out_says_so_and_goes_on_when_it_is_back() {
    let rig = Rig::new();
    chosen(&rig);
    let run = rig.start();
    rig.hears_status("running");
    let scanner = |status: &'static str| move |told: &Value| told["view"]["scanner"] == status;
    rig.scanner.0.lock().unwrap().there = false;
    rig.hears("lost", scanner("scanner_lost"));
    rig.scanner.0.lock().unwrap().there = true;
    rig.hears("ready", scanner("ready"));
    // The same card twice is two acts of a person.
    for _ in 0..2 {
        rig.scanner
            .0
            .lock()
            .unwrap()
            .sends
            .push_back(b"https://example.org/\r".to_vec());
        rig.hears("something", |told| told["told"] == "card");
    }
    rig.stop(run);
    // And none at all: nothing is listened to.
    rig.ask("choose_scanner", json!({ "port": null }));
    let view = rig.ask("start_scan", json!({ "purpose": "card", "camera": null }));
    assert_eq!(view["scanner"], "none");
}

#[test]
fn a_keyboard_scanner_behind_an_input_method_is_refused_with_the_way_out() {
    let rig = Rig::new();
    let typed = |text: &str| rig.ask("read_idcard", json!({ "picture": null, "text": text }));
    let mangled =
        typed("048188999301||Traanf Thij Myx Hanhj|09021988|Nuwx|Thachj Thang, Hair Chaau, DDaf Nawngx|10052022");
    assert_eq!(
        (&mangled["reading"]["codes"], &mangled["draft"]),
        (&json!(["input_method"]), &Value::Null)
    );
    assert_eq!(typed(CARD)["draft"]["name"]["value"], "Trần Thị Mỹ Hạnh");
}
