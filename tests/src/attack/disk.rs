//! Whoever holds the folders.

use super::Row;
use crate::{Device, Person, Town, town::files};

pub const ATTACKS: &[Row] = &[
    (
        "row-deleted-from-the-platform",
        "a record vanishes from the platform and the audit says that all is well",
        deleted,
    ),
    (
        "byte-altered-on-the-platform",
        "a stored record is altered and the audit says that all is well",
        altered,
    ),
    (
        "attempts-put-back",
        "putting the device's folder back gives the attempts for a PIN back",
        attempts,
    ),
    (
        "obvious-pin",
        "a device is opened by a birthday, a row or a repeated digit",
        obvious,
    ),
];

fn sent(town: &Town, n: u32) -> Device {
    let device = Device::enrolled(town);
    let saved = device.register(&Person::number(n).draft()).ok().clone();
    device.sync_until_decided(saved["rid"].as_str().expect("an id"));
    device
}

fn audit(town: &Town) -> bool {
    let ran = std::process::Command::new(crate::program("tungnha-gateway"))
        .args(["audit", "--data"])
        .arg(town.data())
        .output()
        .expect("the gateway program runs");
    ran.status.success()
}

fn on_the_database(town: &mut Town, sql: &str) -> usize {
    town.stop();
    let database = rusqlite::Connection::open(town.data().join("gateway.db")).expect("the database");
    database.execute_batch("PRAGMA foreign_keys = OFF").expect("set");
    database.execute(sql, []).expect("executed")
}

fn deleted() {
    let mut town = Town::start();
    let _device = sent(&town, 971);
    assert!(audit(&town), "the audit is content with what nobody touched");
    let last = "DELETE FROM envelopes WHERE number = (SELECT MAX(number) FROM envelopes)";
    assert_eq!(on_the_database(&mut town, last), 1);
    assert!(!audit(&town), "the audit did not notice");
}

fn altered() {
    let mut town = Town::start();
    let _device = sent(&town, 972);
    let other = "UPDATE envelopes SET header = CAST(substr(header, 1, length(header) - 1) || x'00' AS BLOB)";
    assert_eq!(on_the_database(&mut town, other), 1);
    assert!(!audit(&town), "the audit did not notice");
}

fn attempts() {
    let town = Town::start();
    let mut device = Device::enrolled(&town);
    device.register(&Person::number(973).draft()).ok();
    let before = files(&device.home());
    device.set("TUNGNHA_PIN", "864213");
    let mut said = Vec::new();
    for _ in 0..7 {
        let ran = device.run(&["queue"]);
        assert_ne!(ran.status, Some(0), "a wrong PIN opened the device");
        said.push(ran.error(3).to_owned());
        for (path, bytes) in &before {
            std::fs::write(path, bytes).expect("put back");
        }
    }
    assert_eq!(said[..5], ["wrong_pin"; 5]);
    assert_eq!(
        said[5..],
        ["pin_delay"; 2],
        "each try counted from the beginning again: {said:?}"
    );
}

fn obvious() {
    let town = Town::start();
    for pin in ["123456", "111111", "270488", "121212", "654321", "112233"] {
        let mut device = Device::empty();
        device.set("TUNGNHA_PIN", pin);
        assert_ne!(
            device.enrol(&town.url, &town.invite()).status,
            Some(0),
            "{pin} was taken"
        );
    }
}
