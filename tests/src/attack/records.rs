//! Who may take, forge or erase.

use super::Row;
use crate::{Person, Town, rogue::Rogue};
use domain::{ids::Rid, state::Decision};
use protocol::{
    envelope::{Body, Kind},
    open::Open,
    receipt::Outcome,
};

pub const ATTACKS: &[Row] = &[
    (
        "code-seen-on-a-card",
        "whoever sends a code first takes it from the tablet that made it",
        foreign_code,
    ),
    (
        "foreign-rid-first",
        "whoever sends a registration's id first takes it from its owner",
        foreign_rid,
    ),
    (
        "withdrawal-with-a-foreign-body",
        "a withdrawal that is none erases a person",
        foreign_withdrawal,
    ),
    (
        "operator-who-does-not-exist",
        "a record is accepted that nobody of the team made",
        nobody,
    ),
    (
        "second-account-after-a-refused-correction",
        "one person has two accounts",
        second_account,
    ),
    (
        "code-changed-by-a-correction",
        "a correction changes the code for life",
        changed_code,
    ),
    (
        "two-contents-under-one-id",
        "other bytes are taken under an id that is stored",
        two_contents,
    ),
    (
        "another-tablets-record-corrected",
        "a tablet corrects a record of another one",
        foreign_correction,
    ),
];

fn accepted(rogue: &Rogue, envelope: &protocol::envelope::Envelope) -> bool {
    rogue
        .verdict(envelope.header.eid)
        .is_some_and(|verdict| verdict.decision == Open::Known(Decision::Accepted))
}

fn pair(town: &Town) -> (Rogue, Rogue) {
    (Rogue::enrol(town, &town.invite()), Rogue::enrol(town, &town.invite()))
}

fn foreign_code() {
    let town = Town::with("live", &[]);
    let (mut owner, mut thief) = pair(&town);
    let form = Person::number(951).draft();
    let content = owner.content(&form);
    let header = owner.header(&content);
    let code = header.code;
    let (stolen, _) = thief.register(&Person::number(952).draft(), |header| header.code = code);
    let honest = owner.seal(header, &Body::Registration(Box::new(content)));
    owner.send(&honest);
    assert!(
        !accepted(&thief, &stolen),
        "the thief's record was accepted under a code of the owner's group"
    );
    assert!(accepted(&owner, &honest), "the owner was refused");
}

fn foreign_rid() {
    let town = Town::start();
    let (mut owner, mut thief) = pair(&town);
    let content = owner.content(&Person::number(953).draft());
    let header = owner.header(&content);
    let rid = header.rid;
    thief.register(&Person::number(954).draft(), |header| header.rid = rid);
    let honest = owner.seal(header, &Body::Registration(Box::new(content)));
    owner.send(&honest);
    assert!(accepted(&owner, &honest), "the owner's registration was not accepted");
}

fn foreign_withdrawal() {
    let town = Town::start();
    let mut rogue = Rogue::enrol(&town, &town.invite());
    let form = Person::number(955).draft();
    let (first, _) = rogue.register(&form, |_| {});
    assert!(accepted(&rogue, &first));
    let content = rogue.content(&form);
    let mut header = rogue.header(&content);
    header.rid = first.header.rid;
    header.code = first.header.code;
    header.kind = Kind::Withdrawal;
    header.base = Some(first.digest().link());
    let withdrawal = rogue.seal(header, &Body::Registration(Box::new(content)));
    rogue.send(&withdrawal);
    std::thread::sleep(std::time::Duration::from_secs(3));
    let counts = town.board()["registrations"].clone();
    assert_eq!(
        counts["withdrawn"], 0,
        "a registration in a withdrawal's clothes erased a person: {counts}"
    );
}

fn nobody() {
    let town = Town::start();
    let mut rogue = Rogue::enrol(&town, &town.invite());
    let (sent, outcome) = rogue.register(&Person::number(956).draft(), |header| header.operator = 4_000_000_000);
    assert!(outcome == Outcome::Held || !accepted(&rogue, &sent), "accepted");
}

fn second_account() {
    let town = Town::start();
    let (mut one, mut other) = pair(&town);
    let form = Person::number(957).draft();
    let (first, _) = one.register(&form, |_| {});
    assert!(accepted(&one, &first));
    // A correction that the platform refuses: its header names another ward than its body.
    let content = one.content(&form);
    let mut header = one.header(&content);
    (header.rid, header.code) = (first.header.rid, first.header.code);
    (header.kind, header.base) = (Kind::Correction, Some(first.digest().link()));
    header.commune = "20200".parse().expect("a commune");
    let correction = one.seal(header, &Body::Registration(Box::new(content)));
    one.send(&correction);
    let _ = one.verdict(correction.header.eid);
    let (second, _) = other.register(&form, |_| {});
    let verdict = other.verdict(second.header.eid);
    assert!(
        verdict.is_none_or(|verdict| verdict.account.is_none()),
        "the same number has a second account"
    );
}

fn changed_code() {
    let town = Town::start();
    let mut rogue = Rogue::enrol(&town, &town.invite());
    let form = Person::number(958).draft();
    let (first, _) = rogue.register(&form, |_| {});
    assert!(accepted(&rogue, &first));
    let content = rogue.content(&form);
    let mut header = rogue.header(&content);
    header.rid = first.header.rid;
    (header.kind, header.base) = (Kind::Correction, Some(first.digest().link()));
    let correction = rogue.seal(header, &Body::Registration(Box::new(content)));
    let outcome = rogue.send(&correction);
    assert!(
        outcome == Outcome::Held || !accepted(&rogue, &correction),
        "the code was changed"
    );
}

fn two_contents() {
    let town = Town::start();
    let mut rogue = Rogue::enrol(&town, &town.invite());
    let (first, _) = rogue.register(&Person::number(959).draft(), |_| {});
    let eid = first.header.eid;
    let (_, outcome) = rogue.register(&Person::number(960).draft(), |header| header.eid = eid);
    assert_eq!(
        outcome,
        Outcome::DigestConflict,
        "other bytes were taken under the same id"
    );
}

fn foreign_correction() {
    let town = Town::start();
    let (mut owner, mut thief) = pair(&town);
    let (first, _) = owner.register(&Person::number(961).draft(), |_| {});
    assert!(accepted(&owner, &first));
    let (rid, base, code): (Rid, _, _) = (first.header.rid, first.digest().link(), first.header.code);
    let (sent, outcome) = thief.register(&Person::number(962).draft(), |header| {
        (header.rid, header.code) = (rid, code);
        (header.kind, header.base) = (Kind::Correction, Some(base));
    });
    assert_eq!(outcome, Outcome::Held, "a correction of a foreign record was taken");
    assert!(!accepted(&thief, &sent));
}
