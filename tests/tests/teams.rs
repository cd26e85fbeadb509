//! Who is of a team, with the real programs: a tablet forgets who left, and a ward's team is nobody else's.

use app::{Session, env::SystemEnv, place::Place};
use std::sync::Arc;
use tungnha_tests::{Device, Town, device::PIN};

fn open(device: &Device, operator: u32) -> Result<Session, String> {
    let place = Place {
        home: device.home(),
        secrets: Some(device.secrets()),
        keyring: Some(false),
    };
    Session::open(&place, Some(operator), PIN, Arc::new(SystemEnv::new())).map_err(|error| error.code().to_owned())
}

/// The people of a team by their names, as the server lists them.
fn number_of(town: &Town, name: &str) -> u32 {
    let team = town.run("team", &["--team", "Tổ CNS 12"]);
    let people = team["operators"].as_array().expect("a list");
    let person = people.iter().find(|person| person["name"] == name);
    person.and_then(|person| person["id"].as_u64()).expect("of the team") as u32
}

#[test]
fn who_left_the_team_opens_no_tablet_after_its_next_contact() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let (first, second) = (number_of(&town, "Lê Thị Tập"), number_of(&town, "Võ Văn Sự"));
    let session = open(&device, first).expect("opens");
    session.add_operator(second, PIN).expect("a PIN");
    drop(session);

    let gone = ["--team", "Tổ CNS 12", "--remove-operator", &first.to_string()];
    town.run("team", &gone);
    assert!(open(&device, first).is_ok(), "the tablet has not heard of it");
    device.run(&["sync", "--operator", &second.to_string()]).ok();
    assert_eq!(open(&device, first).err(), Some("unknown_operator".to_owned()));
    let slots = std::fs::read_to_string(device.home().join("slots.json")).expect("slots");
    assert!(!slots.contains(&format!("\"operator\": {first}")), "{slots}");

    // A tablet always opens for somebody: the last one stays until another of the team has a PIN.
    let third = [
        "--team",
        "Tổ CNS 12",
        "--commune",
        "20242",
        "--operator",
        "Phan Thị Sau",
        "--widen",
    ];
    town.run("invite", &third);
    let gone = ["--team", "Tổ CNS 12", "--remove-operator", &second.to_string()];
    town.run("team", &gone);
    device.run(&["sync", "--operator", &second.to_string()]).ok();
    let session = open(&device, second).expect("the last one opens it");
    session
        .add_operator(number_of(&town, "Phan Thị Sau"), PIN)
        .expect("a PIN");
    drop(session);
    assert_eq!(open(&device, second).err(), Some("unknown_operator".to_owned()));
    assert!(open(&device, number_of(&town, "Phan Thị Sau")).is_ok());
}
