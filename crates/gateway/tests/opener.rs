//! What the opener decides, hands over, keeps and destroys.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::{
    registration::{FieldName, Registration},
    state::{Decision, QuarantineReason, Reason, RefusalCode},
};
use gateway::opener::Inbox as _;
use protocol::{
    changes::Change,
    envelope::{Body, Header, Kind},
    keys::SealSecret,
    open::Open,
    receipt::Outcome,
};
use support::{NAME, Rig, adult, contains, files, finish, number};

fn anybody(serial: u16) -> Registration {
    finish(&adult(&number(serial)), false)
}

fn refused(field: FieldName, code: RefusalCode) -> Decision {
    Decision::Refused(Reason { field, code })
}

/// Every answer of the population register, by one person each.
#[test]
fn the_population_register_is_heard() {
    use FieldName as F;
    use RefusalCode as R;
    let rows = [
        (
            1,
            format!("{},{NAME},1988-02-09,female,0", number(1)),
            Decision::Accepted,
        ),
        (
            2,
            format!("{},Tran Thi My Hanh,1988,female,0", number(2)),
            Decision::Accepted,
        ),
        (
            3,
            format!("{},{NAME},1989-02-09,female,0", number(3)),
            refused(F::Birth, R::BirthMismatch),
        ),
        (
            4,
            format!("{},Trần Thị Mỹ,1988-02-09,female,0", number(4)),
            refused(F::Name, R::NameMismatch),
        ),
        (
            5,
            format!("{},{NAME},1988-02-09,male,0", number(5)),
            refused(F::Sex, R::SexMismatch),
        ),
        (
            6,
            format!("{},{NAME},1988-02-09,female,1", number(6)),
            refused(F::Record, R::PersonDeceased),
        ),
        (7, String::new(), refused(F::Number, R::NumberUnknown)),
    ];
    let people: Vec<_> = rows
        .iter()
        .map(|(_, line, _)| line.as_str())
        .filter(|line| !line.is_empty())
        .collect();
    let mut rig = Rig::with_people(Some(&people.join("\n")));
    let mut tablet = rig.tablet();
    let sent: Vec<_> = rows
        .iter()
        .map(|(serial, _, _)| tablet.register(anybody(*serial)))
        .collect();
    rig.send(&tablet, &sent.iter().collect::<Vec<_>>());
    assert_eq!(rig.drain(), rows.len());
    let verdicts = rig.verdicts(&tablet);
    for ((envelope, (_, line, expected)), (eid, verdict)) in sent.iter().zip(&rows).zip(&verdicts) {
        assert_eq!(*eid, envelope.header.eid);
        assert_eq!(verdict.decision, Open::Known(*expected), "{line}");
        let accepted = *expected == Decision::Accepted;
        assert_eq!(verdict.account.is_some(), accepted);
        // What a refusal's correction needs comes along, without the drawn line.
        let sent = verdict.sent.as_ref().map(|sent| sent.name.value.expose() == NAME);
        assert_eq!(sent, (!accepted).then_some(true));
    }
    assert_eq!(rig.standings(), [("accepted", 2), ("refused", 5)]);
    assert!(
        rig.changes(&tablet)
            .iter()
            .all(|change| !matches!(change, Change::Stopped(_)))
    );
}

#[test]
fn a_refused_record_is_corrected_and_decided_anew() {
    let people = format!("{},{NAME},1988-02-09,female,0", number(1));
    let mut rig = Rig::with_people(Some(&people));
    let mut tablet = rig.tablet();
    let wrong = tablet.register(anybody(2));
    rig.send(&tablet, &[&wrong]);
    rig.drain();
    assert_eq!(rig.standings(), [("refused", 1)]);
    let right = tablet.correct(&wrong, finish(&adult(&number(1)), true).without_strokes());
    rig.send(&tablet, &[&right]);
    rig.drain();
    let account = rig.verdicts(&tablet).pop().unwrap().1.account.unwrap();
    assert!(account.starts_with("CDS-") && account.len() == 14);

    // A correction of an accepted record does not meet itself as a duplicate, and keeps its account.
    let again = tablet.correct(&right, finish(&adult(&number(1)), true));
    rig.send(&tablet, &[&again]);
    rig.drain();
    let last = rig.verdicts(&tablet).pop().unwrap().1;
    assert_eq!(
        (last.decision, last.account),
        (Open::Known(Decision::Accepted), Some(account))
    );
    assert_eq!(rig.standings(), [("accepted", 1)]);
}

#[test]
fn one_number_twice_is_for_a_coordinator_and_one_code_twice_is_refused() {
    let mut rig = Rig::new();
    let (mut first, mut second) = (rig.tablet(), rig.tablet());
    let original = first.register(anybody(1));
    let duplicate = second.register(anybody(1));
    let same_code = {
        let header = Header {
            code: original.header.code,
            ..second.header()
        };
        second.freeze(header, &Body::Registration(Box::new(anybody(2))))
    };
    rig.send(&first, &[&original]);
    rig.send(&second, &[&duplicate, &same_code]);
    rig.drain();
    let decisions: Vec<_> = rig
        .verdicts(&second)
        .iter()
        .map(|(_, verdict)| *verdict.decision.known().unwrap())
        .collect();
    assert_eq!(
        decisions,
        [
            Decision::PossibleDuplicate,
            refused(FieldName::Code, RefusalCode::CodeTaken)
        ]
    );
    assert_eq!(
        rig.standings(),
        [("accepted", 1), ("possible_duplicate", 1), ("refused", 1)]
    );

    // A correction with a code of its own is taken.
    let mut corrected = tablet_correction(&mut second, &same_code);
    corrected.code = domain::code::Code::from_parts(second.answer.group, [42; 5]).unwrap();
    let corrected = second.freeze(
        corrected,
        &Body::Registration(Box::new(finish(&adult(&number(2)), true))),
    );
    rig.send(&second, &[&corrected]);
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 2), ("possible_duplicate", 1)]);
}

fn tablet_correction(tablet: &mut support::Tablet, of: &protocol::envelope::Envelope) -> Header {
    Header {
        kind: Kind::Correction,
        rid: of.header.rid,
        base: Some(of.digest().link()),
        ..tablet.header()
    }
}

/// Issue 12, line 4: one person has one account, whatever became of a later revision of it, and the database holds it.
#[test]
fn one_person_is_one_person_whatever_became_of_a_correction() {
    let people = format!("{},{NAME},1988-02-09,female,0\n", number(1));
    let mut rig = Rig::with_people(Some(&people));
    let (mut first, mut second) = (rig.tablet(), rig.tablet());
    let accepted = first.register(anybody(1));
    rig.send(&first, &[&accepted]);
    rig.drain();
    // Refused with the same number, with another number, and not even readable.
    let refused_with = first.correct(
        &accepted,
        finish(
            &{
                let mut draft = adult(&number(1));
                draft.birth.as_mut().unwrap().value = domain::Sensitive::new("1988-02-10".to_owned());
                draft
            },
            true,
        ),
    );
    let wrong_number = first.correct(&refused_with, finish(&adult(&number(2)), true));
    let header = Header {
        kind: Kind::Correction,
        base: Some(wrong_number.digest().link()),
        rid: accepted.header.rid,
        code: accepted.header.code,
        ..first.header()
    };
    let unreadable = first.freeze(header, &Body::Withdrawal);
    for (turn, correction) in [&refused_with, &wrong_number, &unreadable].into_iter().enumerate() {
        rig.send(&first, &[correction]);
        rig.drain();
        let again = second.register(anybody(1));
        rig.send(&second, &[&again]);
        rig.drain();
        let verdict = rig.verdicts(&second).pop().unwrap().1;
        assert_eq!(verdict.decision, Open::Known(Decision::PossibleDuplicate), "{turn}");
        assert_eq!(verdict.account, None);
    }
    let database = rusqlite::Connection::open(rig.folder.path().join("opener/opener.db")).unwrap();
    let forced = database.execute(
        "UPDATE persons SET account = 'CDS-0000000000' WHERE account IS NULL AND claim IS NOT NULL",
        [],
    );
    assert!(forced.is_err(), "no second account, not even by hand");
    // A folder of an older opener: it is told from the bodies who the people are.
    database
        .execute(
            "UPDATE persons SET claim = NULL, likeness = NULL, standing = 'refused' WHERE account IS NULL",
            [],
        )
        .unwrap();
    database
        .execute("UPDATE persons SET claim = NULL, likeness = NULL", [])
        .unwrap();
    drop(database);
    rig.reopen();
    let again = second.register(anybody(1));
    rig.send(&second, &[&again]);
    rig.drain();
    assert_eq!(
        rig.verdicts(&second).pop().unwrap().1.decision,
        Open::Known(Decision::PossibleDuplicate)
    );
}

/// Who has no number in hand is known by name, birth and sex; two numbers that differ are two people.
#[test]
fn who_has_no_number_is_known_by_name_birth_and_sex() {
    let mut rig = Rig::new();
    let (mut first, mut second) = (rig.tablet(), rig.tablet());
    let numberless = || {
        finish(
            &domain::registration::Draft {
                number: None,
                no_number: true,
                ..adult(&number(1))
            },
            false,
        )
    };
    let sent = first.register(numberless());
    rig.send(&first, &[&sent]);
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 1)]);
    for registration in [numberless(), anybody(1)] {
        let again = second.register(registration);
        rig.send(&second, &[&again]);
        rig.drain();
        assert_eq!(
            rig.verdicts(&second).pop().unwrap().1.decision,
            Open::Known(Decision::PossibleDuplicate)
        );
    }
    let mut draft = adult(&number(1));
    draft.number = None;
    draft.no_number = true;
    draft.birth.as_mut().unwrap().value = domain::Sensitive::new("1989-02-09".to_owned());
    let sister = second.register(finish(&draft, false));
    rig.send(&second, &[&sister]);
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 2), ("possible_duplicate", 2)]);
}

/// A header may not tell the ward another story than the body.
#[test]
fn header_and_body_must_agree() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let commune = Header {
        commune: domain::place::CommuneCode(20794),
        ..tablet.header()
    };
    let commune = tablet.freeze(commune, &Body::Registration(Box::new(anybody(1))));
    let notice = Header {
        notice: 2,
        ..tablet.header()
    };
    let notice = tablet.freeze(notice, &Body::Registration(Box::new(anybody(2))));
    // Known here, or it would wait for it.
    let two = domain::notice::Notice {
        version: 2,
        vietnamese: "1. Một.\n2. Hai.\n3. Ba.\n".to_owned(),
        english: "A translation.".to_owned(),
    };
    let always = domain::master::Validity::from(domain::date::Day::from_number(0));
    let two = domain::master::Statement::Notice(two);
    rig.gateway.import_master(always, two).unwrap();
    rig.send(&tablet, &[&commune, &notice]);
    rig.drain();
    let decisions: Vec<_> = rig
        .verdicts(&tablet)
        .iter()
        .map(|(_, verdict)| *verdict.decision.known().unwrap())
        .collect();
    let expected = [
        refused(FieldName::Commune, RefusalCode::FieldInvalid),
        refused(FieldName::Consent, RefusalCode::NoticeUnknown),
    ];
    assert_eq!(decisions, expected);
}

/// Received, but the body is sealed to another key, or is not what the header says.
#[test]
fn an_unreadable_body_stops_alone_and_the_device_learns_it() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let own = tablet.trust.openers[0];
    tablet.trust.openers[0] = SealSecret::from_bytes(&[77; 32]).public().unwrap();
    let sealed_elsewhere = tablet.register(anybody(1));
    tablet.trust.openers[0] = own;
    let empty = {
        let header = tablet.header();
        tablet.freeze(header, &Body::Withdrawal)
    };
    let good = tablet.register(anybody(2));
    let outcomes: Vec<_> = rig
        .send(&tablet, &[&sealed_elsewhere, &empty, &good])
        .iter()
        .map(|item| item.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Received; 3]);
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 1), ("unreadable", 2)]);
    let stopped: Vec<_> = rig
        .changes(&tablet)
        .into_iter()
        .filter_map(|change| match change {
            Change::Stopped(stopped) if stopped.reason == QuarantineReason::Unreadable => Some(stopped.eid),
            _ => None,
        })
        .collect();
    assert_eq!(stopped, [sealed_elsewhere.header.eid, empty.header.eid]);
    assert_eq!(rig.send(&tablet, &[&empty])[0].outcome, Outcome::Unreadable);

    // A withdrawal still works.
    let withdrawn = tablet.withdraw(&empty);
    rig.send(&tablet, &[&withdrawn]);
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 1), ("withdrawn", 1), ("unreadable", 1)]);
}

/// The hand-over may be repeated in every part: the opener says the same again, the device gets one verdict.
#[test]
fn a_repeated_hand_over_changes_nothing() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let sent: Vec<_> = (0..3).map(|_| tablet.register_anybody()).collect();
    rig.send(&tablet, &sent.iter().collect::<Vec<_>>());
    let work = rig.gateway.waiting(10).unwrap();
    let first = rig.opener.decide(&work, domain::master::Master::built_in()).unwrap();
    let second = rig.opener.decide(&work, domain::master::Master::built_in()).unwrap();
    let verdicts = |rulings: &[gateway::opener::Ruling]| -> Vec<_> {
        rulings
            .iter()
            .map(|ruling| (ruling.eid, ruling.ruled, ruling.verdict.clone()))
            .collect()
    };
    assert_eq!(verdicts(&first), verdicts(&second));
    rig.gateway.decided(&first).unwrap();
    rig.gateway.decided(&second).unwrap();
    assert_eq!(rig.verdicts(&tablet).len(), 3);
    assert_eq!(rig.standings(), [("accepted", 3)]);
}

/// A withdrawal that arrives while the opener is deciding wins.
#[test]
fn a_verdict_that_comes_after_the_withdrawal_is_not_delivered() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    rig.send(&tablet, &[&first]);
    let work = rig.gateway.waiting(10).unwrap();
    let rulings = rig.opener.decide(&work, domain::master::Master::built_in()).unwrap();
    rig.erase_at_once();
    let withdrawn = tablet.withdraw(&first);
    rig.send(&tablet, &[&withdrawn]);
    rig.gateway.decided(&rulings).unwrap();
    rig.drain();
    assert!(rig.verdicts(&tablet).is_empty());
    assert_eq!(rig.standings(), [("withdrawn", 1)]);
    let again = rig.opener.decide(&work, domain::master::Master::built_in()).unwrap();
    let [ruling] = &again[..] else { panic!("{again:?}") };
    assert!(
        ruling.ruled == gateway::opener::Ruled::Withdrawn && ruling.verdict.is_none(),
        "never processed again: {ruling:?}"
    );
}

fn bodies(rig: &Rig) -> u64 {
    let database = rusqlite::Connection::open(rig.folder.path().join("opener/opener.db")).unwrap();
    database
        .query_row("SELECT COUNT(*) FROM bodies", [], |row| row.get(0))
        .unwrap()
}

/// Issue 12, line 6: the processing stops at once; what was opened goes after the delay that was set.
#[test]
fn a_withdrawal_stops_at_once_and_erases_later() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let (known, waits) = (tablet.register_anybody(), tablet.register_anybody());
    rig.send(&tablet, &[&known]);
    rig.drain();
    let (gone, also) = (tablet.withdraw(&known), tablet.withdraw(&waits));
    rig.send(&tablet, &[&waits, &gone, &also]);
    assert_eq!(rig.drain(), 0, "what waits is decided no more");
    assert_eq!(rig.standings(), [("withdrawn", 2)]);
    assert!(rig.verdicts(&tablet).is_empty());
    rig.env.advance(72 * 3600 - 1);
    rig.drain();
    assert_eq!(bodies(&rig), 1);
    assert!(
        contains(
            &std::fs::read(rig.folder.path().join("gateway.db-wal")).unwrap(),
            &known.sealed()[..32]
        ) || contains(
            &std::fs::read(rig.folder.path().join("gateway.db")).unwrap(),
            &known.sealed()[..32]
        )
    );
    rig.env.advance(1);
    rig.drain();
    assert_eq!(bodies(&rig), 0);
    for envelope in [&known, &waits] {
        assert!(
            !files(rig.folder.path())
                .iter()
                .any(|(_, bytes)| contains(bytes, &envelope.sealed()[..32]))
        );
    }
}

/// Issue 12, line 6: what carries the word "withdrawal" on its head and something else, or nothing that opens, in its body
/// erases nobody, however long one waits. It is held for a person, and nothing that waited goes on without one.
#[test]
fn a_withdrawal_with_a_foreign_body_erases_nobody() {
    for foreign in [true, false] {
        let mut rig = Rig::new();
        rig.erase_at_once();
        let mut tablet = rig.tablet();
        let (known, waits) = (tablet.register_anybody(), tablet.register_anybody());
        rig.send(&tablet, &[&known]);
        rig.drain();
        let forged = |tablet: &mut support::Tablet, of: &protocol::envelope::Envelope| {
            let header = Header {
                kind: Kind::Withdrawal,
                rid: of.header.rid,
                base: Some(of.digest().link()),
                code: of.header.code,
                ..tablet.header()
            };
            let own = tablet.trust.openers[0];
            if !foreign {
                tablet.trust.openers[0] = SealSecret::from_bytes(&[77; 32]).public().unwrap();
            }
            let body = if foreign {
                Body::Registration(Box::new(anybody(9)))
            } else {
                Body::Withdrawal
            };
            let envelope = tablet.freeze(header, &body);
            tablet.trust.openers[0] = own;
            envelope
        };
        let (first, second) = (forged(&mut tablet, &known), forged(&mut tablet, &waits));
        rig.send(&tablet, &[&first, &waits, &second]);
        rig.env.advance(400 * 3600);
        assert_eq!(rig.drain(), 0);
        assert_eq!(rig.standings(), [("waiting", 1), ("accepted", 1)], "{foreign}");
        assert_eq!(bodies(&rig), 1);
        assert_eq!(rig.send(&tablet, &[&first])[0].outcome, Outcome::Held);
        assert_eq!(rig.verdicts(&tablet)[0].0, known.header.eid);
        // A true one still goes through.
        let gone = tablet.withdraw(&known);
        assert_eq!(rig.send(&tablet, &[&gone])[0].outcome, Outcome::Received);
        rig.drain();
        assert_eq!(
            (rig.standings(), bodies(&rig)),
            (vec![("waiting", 1), ("withdrawn", 1)], 0)
        );
    }
}

/// Issue 12, line 6: a tablet in the wrong hands does not erase everybody it registered. More than usual in a day waits for
/// a person's word, all of that day; so does what is not erased yet when the tablet is revoked.
#[test]
fn one_tablet_does_not_erase_everybody() {
    let mut rig = Rig::new();
    rig.gateway
        .set_erasure(&gateway::Erasure {
            delay_hours: 24,
            usual: 3,
        })
        .unwrap();
    let (mut tablet, mut other) = (rig.tablet(), rig.tablet());
    let people: Vec<_> = (0..5).map(|_| tablet.register_anybody()).collect();
    let apart: Vec<_> = (0..2).map(|_| other.register_anybody()).collect();
    rig.send(&tablet, &people.iter().collect::<Vec<_>>());
    rig.send(&other, &apart.iter().collect::<Vec<_>>());
    rig.drain();
    for person in &people[..4] {
        let gone = tablet.withdraw(person);
        rig.send(&tablet, &[&gone]);
        rig.drain();
    }
    let (gone, kept) = (other.withdraw(&apart[0]), other.withdraw(&apart[1]));
    rig.send(&other, &[&gone]);
    rig.drain();
    rig.env.advance(25 * 3600);
    rig.send(&other, &[&kept]);
    rig.drain();
    rig.gateway.revoke(other.id()).unwrap();
    rig.env.advance(400 * 3600);
    rig.drain();
    assert_eq!(
        rig.standings(),
        [("accepted", 1), ("withdrawn", 6)],
        "stopped, all of them"
    );
    assert_eq!(
        bodies(&rig),
        6,
        "only what the other tablet withdrew in its time is gone"
    );
    let waiting: Vec<_> = rig
        .gateway
        .waiting_withdrawals()
        .unwrap()
        .iter()
        .map(|line| line.rid)
        .collect();
    assert_eq!(waiting.len(), 5);

    // A person's word: two are true, the others are not.
    let say = |rid, word| rig.gateway.decide_withdrawal(rid, word, "Chị Ba");
    assert!(
        rig.gateway
            .decide_withdrawal(&waiting[0], gateway::Word::Erase, " ")
            .is_err()
    );
    say(&waiting[0], gateway::Word::Erase).unwrap();
    for rid in &waiting[1..4] {
        say(rid, gateway::Word::Keep).unwrap();
    }
    assert!(
        say(&waiting[1], gateway::Word::Erase).is_err(),
        "it is not withdrawn any more"
    );
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 4), ("withdrawn", 3)]);
    assert_eq!(bodies(&rig), 5);
}

/// Nothing that opens is left of a withdrawn person: no key, no body, no verdict, in no file and no WAL. Headers, hashes
/// and signatures still verify, and the neighbour is untouched.
#[test]
fn a_withdrawal_erases() {
    let people = format!("{},{NAME},1988-02-09,female,0\n", number(2));
    let mut rig = Rig::with_people(Some(&people));
    let mut tablet = rig.tablet();
    let gone = tablet.register(anybody(1));
    let stays = tablet.register(anybody(2));
    rig.send(&tablet, &[&gone, &stays]);
    rig.drain();
    assert_eq!(
        rig.standings(),
        [("accepted", 1), ("refused", 1)],
        "a refusal's verdict carries what was sent"
    );
    std::fs::remove_file(rig.folder.path().join("people.csv")).unwrap();
    let verdict = rig.changes(&tablet).into_iter().find_map(|change| match change {
        Change::Verdict(verdict) if verdict.eid == gone.header.eid => Some(verdict),
        _ => None,
    });
    let verdict = verdict.unwrap().sealed.0;

    let folder = rig.folder.path().to_owned();
    let read = |name: &str, sql: &str, id: &[u8]| -> Vec<u8> {
        let database = rusqlite::Connection::open(folder.join(name)).unwrap();
        database.query_row(sql, [id], |row| row.get(0)).unwrap()
    };
    let eid = gone.header.eid;
    let key = read(
        "opener/person-keys.db",
        "SELECT key FROM person_keys WHERE rid = ?1",
        &gone.header.rid.0,
    );
    let body = read(
        "opener/opener.db",
        "SELECT encrypted FROM bodies WHERE eid = ?1",
        &eid.0,
    );
    let keyed = read(
        "opener/opener.db",
        "SELECT number FROM persons WHERE rid = ?1",
        &gone.header.rid.0,
    );
    let traces: [(&str, &[u8]); 5] = [
        ("key", &key),
        ("body", &body[..32]),
        ("number", &keyed),
        ("envelope", &gone.sealed()[..32]),
        ("verdict", &verdict[..32]),
    ];
    let found = |trace: &[u8]| files(&folder).iter().any(|(_, bytes)| contains(bytes, trace));
    assert!(traces.iter().all(|(_, trace)| found(trace)), "they are there before");

    rig.erase_at_once();
    let withdrawn = tablet.withdraw(&gone);
    rig.send(&tablet, &[&withdrawn]);
    rig.drain();
    for (what, trace) in traces {
        assert!(!found(trace), "{what}");
    }
    for text in [NAME, "Tran Thi My Hanh", &number(1), &number(2), "Ích Khiêm"] {
        assert!(!found(text.as_bytes()), "{text} in clear");
    }
    assert!(found(&stays.sealed()[..32]));
    assert_eq!(rig.standings(), [("accepted", 1), ("withdrawn", 1)]);
    assert_eq!(rig.gateway.audit().unwrap(), (3, Vec::new()));
    // The old receipt again, and the body does not come back.
    assert_eq!(rig.send(&tablet, &[&gone])[0].outcome, Outcome::Replayed);
    assert!(!found(&gone.sealed()[..32]));
}
