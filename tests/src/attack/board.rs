//! Who may see.

use super::Row;
use crate::{Device, Person, Town, rogue::Rogue};
use serde_json::Value;

pub const ATTACKS: &[Row] = &[
    (
        "same-team-name-in-another-ward",
        "a coordinator reads the board of a ward that is not the own",
        same_name,
    ),
    (
        "volunteer-asks-for-the-board",
        "a volunteer's tablet reads the ward's board",
        volunteer,
    ),
    (
        "revoked-tablet-reads-everything-again",
        "a revoked tablet is told a person",
        revoked_reads,
    ),
    (
        "revoked-tablet-waits-for-verdicts",
        "a verdict made after the revocation carries a person to the revoked tablet",
        revoked_waits,
    ),
    (
        "another-tablets-changes",
        "a tablet reads what is meant for another",
        foreign_changes,
    ),
];

fn invite(town: &Town, team: &str, commune: &str, role: &str) -> String {
    let made = town.run(
        "invite",
        &[
            "--team",
            team,
            "--commune",
            commune,
            "--role",
            role,
            "--operator",
            "Lê Thị Tập",
        ],
    );
    made["invitation"].as_str().expect("an invitation").to_owned()
}

fn same_name() {
    let town = Town::start();
    let desk = Device::empty();
    desk.enrol(&town.url, &invite(&town, "Tổ 1", "20242", "coordinator"))
        .ok();
    let other = Device::empty();
    other
        .enrol(&town.url, &invite(&town, "Tổ 1", "20200", "volunteer"))
        .ok();
    desk.run(&["sync"]).ok();
    desk.run(&["board", "--commune", "20242"]).ok();
    let foreign = desk.run(&["board", "--commune", "20200"]);
    assert_ne!(foreign.status, Some(0), "the board of the other ward was shown");
}

fn volunteer() {
    let town = Town::start();
    let tablet = Device::enrolled(&town);
    assert_ne!(
        tablet.run(&["board", "--commune", "20242"]).status,
        Some(0),
        "the board was shown"
    );
}

/// A refused person: what comes back to the tablet carries everything that was sent.
fn refused(town: &Town, rogue: &mut Rogue, n: u32) -> protocol::envelope::Envelope {
    let mut form = Person::number(n).draft();
    form["birth"]["value"] = Value::from("1931-01-01");
    let (envelope, _) = rogue.register(&form, |header| header.commune = "20200".parse().expect("a commune"));
    let _ = town;
    envelope
}

fn people_in(rogue: &Rogue) -> usize {
    rogue
        .verdicts()
        .iter()
        .filter(|(_, verdict)| verdict.sent.is_some())
        .count()
}

fn revoked_reads() {
    let town = Town::start();
    let mut rogue = Rogue::enrol(&town, &town.invite());
    let sent = refused(&town, &mut rogue, 941);
    rogue.verdict(sent.header.eid).expect("a verdict");
    assert_eq!(
        people_in(&rogue),
        1,
        "before the revocation the tablet is told, or this proves nothing"
    );
    town.run("revoke", &["--device", &rogue.answer.device.to_string()]);
    assert_eq!(people_in(&rogue), 0, "the revoked tablet was told a person again");
}

fn revoked_waits() {
    let mut town = Town::with("development", &["--opener-delay-ms", "3600000"]);
    let mut rogue = Rogue::enrol(&town, &town.invite());
    let sent = refused(&town, &mut rogue, 942);
    town.run("revoke", &["--device", &rogue.answer.device.to_string()]);
    town.set_arguments(&[]);
    town.restart(&[]);
    let _ = rogue.verdict(sent.header.eid);
    assert_eq!(people_in(&rogue), 0, "the revoked tablet was told a person");
}

fn foreign_changes() {
    let town = Town::start();
    let (one, other) = (Rogue::enrol(&town, &town.invite()), Rogue::enrol(&town, &town.invite()));
    let token = one.token().expect("a token");
    let page = one
        .runtime
        .block_on(one.connection.changes(&token, other.answer.device, 0, 0, 0, None));
    assert!(page.is_err(), "the page of another tablet was given");
}
