//! The folders that released programs left (`fixtures/kept/`), opened, brought up to date and synced by today's.

use serde_json::Value;
use std::{fs, net::TcpListener, path::Path, process::Command};
use tungnha_tests::{
    Device, Town,
    device::{PIN, RELEASED_PIN},
    fixtures,
};

/// Everybody a tablet holds, by name in `told.json`.
const TABLET: [&str; 7] = [
    "accepted",
    "refused",
    "corrected",
    "withdrawn",
    "twice_second",
    "queued",
    "queued_too",
];
const LOST: [&str; 3] = ["twice_first", "lost_accepted", "lost_queued"];

#[test]
fn folders_of_released_programs_are_opened_synced_and_lose_nobody() {
    let mut archives: Vec<_> = fs::read_dir(fixtures().join("kept"))
        .expect("fixtures/kept")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "xz"))
        .collect();
    archives.sort();
    assert!(!archives.is_empty());
    for archive in archives {
        println!("{}", archive.display());
        synced(&archive);
    }
}

fn synced(archive: &Path) {
    let kept = tempfile::tempdir().expect("a folder");
    let unpacked = Command::new("tar")
        .arg("-xJf")
        .arg(archive)
        .arg("-C")
        .arg(kept.path())
        .status();
    assert!(unpacked.is_ok_and(|status| status.success()), "tar and xz");
    let told: Value = serde_json::from_slice(&fs::read(kept.path().join("told.json")).expect("told")).expect("JSON");
    let address = told["address"].as_str().expect("an address");
    if TcpListener::bind(address).is_err() {
        println!("skipped: {address}, where these tablets look for their gateway, is taken by another program");
        return;
    }
    let census = kept.path().join("population.csv");
    let town = Town::listening(
        kept.path().join("gateway"),
        address,
        &["--population", census.to_str().expect("a plain path")],
    );
    assert_eq!(town.run("audit", &[])["altered"], 0);
    assert_eq!(received(&town), received_in(&told["board"]), "as many as before");
    let pin = told["pin"].as_str().unwrap_or(RELEASED_PIN);
    let at = |name: &str| {
        let mut device = Device::at(kept.path().join(name));
        device.set("TUNGNHA_PIN", pin);
        device
    };
    let (mut tablet, lost, desk) = (at("tablet"), at("lost"), at("desk"));
    let rid = |name: &str| told[name]["rid"].as_str().expect("an id").to_owned();

    // Before anything is sent: everybody is there, under the code and in the state that was said.
    for (device, names) in [(&tablet, &TABLET[..]), (&lost, &LOST[..])] {
        for name in names {
            let shown = device.run(&["show", &rid(name)]).ok().clone();
            assert_eq!(shown["code"], told[name]["code"], "{name}");
        }
    }
    for name in ["queued", "queued_too"] {
        assert_eq!(tablet.sync_until_decided(&rid(name))["state"], "accepted", "{name}");
    }
    assert_eq!(lost.sync_until_decided(&rid("lost_queued"))["state"], "accepted");
    for (name, state) in [
        ("accepted", "accepted"),
        ("refused", "refused"),
        ("corrected", "accepted"),
        ("withdrawn", "withdrawn"),
        ("twice_second", "possible_duplicate"),
    ] {
        assert_eq!(tablet.run(&["show", &rid(name)]).ok()["state"], state, "{name}");
    }
    let mut refused = tablet.run(&["show", &rid("refused")]).ok()["draft"].clone();
    refused["birth"]["value"] = "1931-01-01".into();
    refused["birth"]["source"] = "edited".into();
    tablet
        .run_with(&["correct", &rid("refused")], refused.to_string().as_bytes())
        .ok();
    tablet.sync_until_decided(&rid("refused"));

    // Nobody is missing and nobody is there twice, on either side.
    let queue = tablet.run(&["queue"]).ok().clone();
    assert_eq!((&queue["begun"], &queue["unsent"]), (&7.into(), &0.into()), "{queue}");
    assert_eq!(queue["conservation"], true);
    assert_eq!(received(&town), received_in(&told["board"]) + 3, "the three who waited");
    assert_eq!(town.run("audit", &[])["altered"], 0);
    desk.run(&["sync"]).ok();
    desk.run(&["board", "--commune", "20242"]).ok();
    for device in [&tablet, &lost, &desk] {
        let found = device.run(&["doctor"]).ok().clone();
        assert_eq!(found["weak_pin"], domain::pin::judge(pin).is_err());
    }

    // From now on its attempts are counted in two places.
    let slots = fs::read_to_string(tablet.home().join("slots.json")).expect("slots");
    assert!(slots.contains("\"counted\": true"), "{slots}");

    // A PIN that is not taken any more opened everything above; it is changed into one that is, and never back.
    for (new, refused) in [
        ("270488", Some("weak_pin_date")),
        ("5928361", Some("weak_pin")),
        (PIN, None),
    ] {
        tablet.set("TUNGNHA_NEW_PIN", new);
        let changed = tablet.run(&["change-pin"]);
        match refused {
            Some(code) => assert_eq!(changed.error(3), code),
            None => _ = changed.ok(),
        }
    }
    tablet.set("TUNGNHA_PIN", PIN);
    assert_eq!(tablet.run(&["doctor"]).ok()["weak_pin"], false);
    assert_eq!(tablet.run(&["queue"]).ok()["begun"], 7);
}

fn received(town: &Town) -> u64 {
    received_in(&town.board())
}

fn received_in(board: &Value) -> u64 {
    board["registrations"]["received"]
        .as_u64()
        .unwrap_or_else(|| panic!("no count: {board}"))
}
