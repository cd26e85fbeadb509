//! Receipts, repetitions, conflicts, chains of revisions.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::{
    code::{Code, PRACTICE_GROUP},
    ids::{Digest, Realm},
    state::QuarantineReason,
};
use gateway::opener::Inbox as _;
use proptest::{prelude::*, sample::Index};
use protocol::{
    changes::Change,
    envelope::{Body, Envelope, Header, Kind},
    receipt::{BATCH_LIMIT, Outcome},
};
use sha2::{Digest as _, Sha256};
use support::{NOW, Rig, Tablet, adult, batch, batch_of, denied, finish, number};

fn outcomes(rig: &Rig, tablet: &Tablet, envelopes: &[&Envelope]) -> Vec<Outcome> {
    rig.send(tablet, envelopes).iter().map(|item| item.outcome).collect()
}

#[test]
fn a_repetition_gets_the_same_receipt() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let (first, second) = (tablet.register_anybody(), tablet.register_anybody());
    let receipts = rig.send(&tablet, &[&first, &second]);
    assert_eq!(receipts[0].eid, Some(first.header.eid));
    assert_eq!(receipts[0].digest, first.digest());
    assert_eq!((receipts[0].outcome, receipts[0].received_at), (Outcome::Received, NOW));
    assert!(0 < receipts[0].number && receipts[0].number < receipts[1].number);

    rig.env.advance(3600);
    let again = rig.send(&tablet, &[&second, &first, &second]);
    let replayed = |index: usize| protocol::receipt::Item {
        outcome: Outcome::Replayed,
        ..receipts[index]
    };
    assert_eq!(again, [replayed(1), replayed(0), replayed(1)]);
    assert_eq!(rig.standings(), [("waiting", 2)]);
}

#[test]
fn other_bytes_under_a_known_eid_are_a_conflict() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    let other = tablet.freeze(
        Header {
            seq: 2,
            ..first.header.clone()
        },
        &Body::Registration(Box::new(finish(&adult(&number(7)), false))),
    );
    let kept = rig.send(&tablet, &[&first])[0];
    let item = rig.send(&tablet, &[&other])[0];
    assert_eq!(
        (item.outcome, item.digest, item.number),
        (Outcome::DigestConflict, first.digest(), kept.number)
    );
    assert_eq!(outcomes(&rig, &tablet, &[&first]), [Outcome::Replayed]);
    assert_eq!(rig.gateway.audit().unwrap(), (1, Vec::new()));
}

/// One bad item blocks nothing else, and none of the bad ones is stored.
#[test]
fn bad_items_are_told_apart_and_block_nothing() {
    let mut rig = Rig::new();
    let (mut tablet, mut stranger) = (rig.tablet(), rig.tablet());
    let good = tablet.register_anybody();
    let practice = {
        let header = Header {
            realm: Realm::Practice,
            code: Code::from_parts(PRACTICE_GROUP, [1; 5]).unwrap(),
            ..tablet.header()
        };
        tablet.freeze(header, &Body::Registration(Box::new(finish(&adult(&number(3)), false))))
    };
    let foreign = stranger.register_anybody();
    let mut altered = tablet.register_anybody().to_bytes();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    let also_good = tablet.register_anybody();
    let noise = vec![0xff; 40];
    let huge = vec![0x40; 20_000];

    let request = batch_of(vec![
        noise.clone(),
        practice.to_bytes(),
        good.to_bytes(),
        foreign.to_bytes(),
        altered,
        huge,
        also_good.to_bytes(),
    ]);
    let answer = rig.gateway.batch(tablet.id(), &request).unwrap();
    let answer: protocol::receipt::BatchAnswer =
        protocol::signed::Signed::verify(&answer, &tablet.trust.platform).unwrap();
    use Outcome::*;
    let told: Vec<_> = answer.items.iter().map(|item| item.outcome).collect();
    assert_eq!(
        told,
        [
            Unreadable, WrongRealm, Received, Unreadable, Unreadable, Unreadable, Received
        ]
    );
    assert_eq!(answer.items[0].digest, Digest(Sha256::digest(&noise).into()));
    assert!(
        answer
            .items
            .iter()
            .all(|item| (item.number > 0) == (item.outcome == Received))
    );
    assert_eq!(rig.gateway.audit().unwrap(), (2, Vec::new()));
    // What was not stored can still come rightly.
    assert_eq!(outcomes(&rig, &stranger, &[&foreign]), [Received]);
}

/// A practice record never enters the live platform, whoever sends it.
#[test]
fn demo_is_refused_at_live() {
    let mut rig = Rig::live();
    let (mut tablet, second) = (rig.tablet(), rig.tablet());
    assert_eq!(
        (tablet.answer.realm, tablet.answer.group, second.answer.group),
        (Realm::Live, 0, 1)
    );
    let header = Header {
        realm: Realm::Practice,
        code: Code::from_parts(PRACTICE_GROUP, [1; 5]).unwrap(),
        ..tablet.header()
    };
    let practice = tablet.freeze(header, &Body::Registration(Box::new(finish(&adult(&number(1)), false))));
    assert_eq!(outcomes(&rig, &tablet, &[&practice]), [Outcome::WrongRealm]);
    assert_eq!(rig.standings(), []);
    assert_eq!(rig.gateway.audit().unwrap(), (0, Vec::new()));
}

#[test]
fn limits_of_a_batch() {
    let mut rig = Rig::new();
    let tablet = rig.tablet();
    assert_eq!(denied(rig.gateway.batch(tablet.id(), &batch(&[]))), "malformed");
    assert_eq!(denied(rig.gateway.batch(tablet.id(), b"\xa0")), "malformed");
    assert_eq!(
        denied(rig.gateway.batch(tablet.id(), &batch_of(vec![vec![1]; 51]))),
        "too_large"
    );
    assert_eq!(
        denied(rig.gateway.batch(tablet.id(), &vec![0; BATCH_LIMIT + 1])),
        "too_large"
    );
    assert!(rig.gateway.batch(tablet.id(), &batch_of(vec![vec![1]; 50])).is_ok());
}

/// A fork of revisions: the second one is kept, told to be stale, and changes nothing.
#[test]
fn a_stale_base_is_a_conflict_not_the_last_word() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    let corrected = tablet.correct(&first, finish(&adult(&number(11)), true));
    let forked = tablet.correct(&first, finish(&adult(&number(12)), true));
    let second_first = {
        let header = Header {
            rid: first.header.rid,
            ..tablet.header()
        };
        tablet.freeze(
            header,
            &Body::Registration(Box::new(finish(&adult(&number(13)), false))),
        )
    };
    use Outcome::*;
    let all = [&first, &corrected, &forked, &second_first];
    assert_eq!(
        outcomes(&rig, &tablet, &all),
        [Received, Received, StaleBase, StaleBase]
    );
    assert_eq!(
        outcomes(&rig, &tablet, &all),
        [Replayed, Replayed, StaleBase, StaleBase]
    );
    assert_eq!(rig.drain(), 1);
    let verdicts = rig.verdicts(&tablet);
    assert_eq!(verdicts.len(), 1);
    assert_eq!(verdicts[0].0, corrected.header.eid, "only the head is decided");
    assert_eq!(rig.standings(), [("accepted", 1)]);
}

/// Two revisions wait for one base: the first one to have arrived gets it, the other is told.
#[test]
fn a_late_base_settles_what_waited_for_it() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    let corrected = tablet.correct(&first, finish(&adult(&number(11)), true));
    let forked = tablet.correct(&first, finish(&adult(&number(12)), true));
    assert_eq!(
        outcomes(&rig, &tablet, &[&corrected, &forked]),
        [Outcome::Held, Outcome::Held]
    );
    assert_eq!(rig.standings(), [("held", 1)]);
    assert_eq!(rig.drain(), 0);
    assert_eq!(outcomes(&rig, &tablet, &[&first]), [Outcome::Received]);
    assert_eq!(rig.drain(), 1);
    assert_eq!(rig.verdicts(&tablet)[0].0, corrected.header.eid);
    let stopped: Vec<_> = rig
        .changes(&tablet)
        .into_iter()
        .filter_map(|change| match change {
            Change::Stopped(stopped) => Some((stopped.eid, stopped.reason)),
            _ => None,
        })
        .collect();
    assert_eq!(stopped, [(forked.header.eid, QuarantineReason::StaleBase)]);
    assert_eq!(
        outcomes(&rig, &tablet, &[&corrected, &forked]),
        [Outcome::Replayed, Outcome::StaleBase]
    );
}

#[test]
fn a_device_revises_its_own_registrations_only() {
    let mut rig = Rig::new();
    let (mut tablet, mut other) = (rig.tablet(), rig.tablet());
    let first = tablet.register_anybody();
    let theft = other.withdraw(&first);
    let early_theft = other.correct(&first, finish(&adult(&number(5)), true));
    assert_eq!(outcomes(&rig, &other, &[&early_theft]), [Outcome::Held]);
    assert_eq!(outcomes(&rig, &tablet, &[&first]), [Outcome::Received]);
    assert_eq!(outcomes(&rig, &other, &[&theft]), [Outcome::Held]);
    rig.drain();
    assert_eq!(rig.standings(), [("accepted", 1)]);
    assert_eq!(rig.verdicts(&tablet).len(), 1);
}

/// Issue 12, line 5: whoever saw a card before its tablet could send has not got its code.
#[test]
fn a_code_is_its_devices_whoever_sends_first() {
    let mut rig = Rig::live();
    let (mut owner, mut thief) = (rig.tablet(), rig.tablet());
    let own = owner.register_anybody();
    let stolen = {
        let header = Header {
            code: own.header.code,
            ..thief.header()
        };
        thief.freeze(
            header,
            &Body::Registration(Box::new(finish(&adult(&number(90)), false))),
        )
    };
    assert_eq!(outcomes(&rig, &thief, &[&stolen]), [Outcome::Held]);
    assert_eq!(outcomes(&rig, &owner, &[&own]), [Outcome::Received]);
    rig.drain();
    assert_eq!(rig.standings(), [("held", 1), ("accepted", 1)]);
    assert_eq!(rig.verdicts(&owner)[0].0, own.header.eid);
    assert_eq!(outcomes(&rig, &thief, &[&stolen]), [Outcome::Held], "the same again");
}

/// Issue 12, line 5: a rid shows whose it is. Who used it before its owner could send stands aside, also when the theft
/// was accepted or withdrawn meanwhile; the owner's person gets an account of their own.
#[test]
fn a_rid_is_its_devices_whoever_sends_first() {
    for withdraws in [false, true] {
        let mut rig = Rig::live();
        let (mut owner, mut thief) = (rig.tablet(), rig.tablet());
        let rid = owner.own_rid();
        let stolen = {
            let header = Header { rid, ..thief.header() };
            thief.freeze(
                header,
                &Body::Registration(Box::new(finish(&adult(&number(90)), false))),
            )
        };
        assert_eq!(outcomes(&rig, &thief, &[&stolen]), [Outcome::Received]);
        rig.drain();
        let theirs = rig.verdicts(&thief)[0].1.account.clone().unwrap();
        if withdraws {
            let gone = thief.withdraw(&stolen);
            rig.send(&thief, &[&gone]);
            rig.drain();
        }
        let own = {
            let header = Header { rid, ..owner.header() };
            owner.freeze(
                header,
                &Body::Registration(Box::new(finish(&adult(&number(91)), false))),
            )
        };
        assert_eq!(outcomes(&rig, &owner, &[&own]), [Outcome::Received]);
        rig.drain();
        assert_eq!(rig.standings(), [("accepted", 1)], "{withdraws}");
        let verdict = rig.verdicts(&owner).pop().unwrap();
        assert_eq!(verdict.0, own.header.eid);
        assert_ne!(verdict.1.account.unwrap(), theirs);
        assert!(rig.verdicts(&thief).is_empty());

        // The thief's later words hold nothing up, and the owner goes on.
        let again = thief.correct(&stolen, finish(&adult(&number(92)), true));
        let anew = {
            let header = Header { rid, ..thief.header() };
            thief.freeze(
                header,
                &Body::Registration(Box::new(finish(&adult(&number(93)), false))),
            )
        };
        let later = outcomes(&rig, &thief, &[&again, &anew]);
        assert!(later.iter().all(|outcome| *outcome != Outcome::Received), "{later:?}");
        let corrected = owner.correct(&own, finish(&adult(&number(91)), true));
        assert_eq!(outcomes(&rig, &owner, &[&corrected]), [Outcome::Received]);
        rig.drain();
        assert_eq!(rig.standings(), [("accepted", 1)]);
    }
}

/// Issue 12, line 5: a code is for life.
#[test]
fn a_correction_keeps_its_code() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    let mut other_code = tablet.correct(&first, finish(&adult(&number(11)), true)).header;
    other_code.eid = domain::ids::Eid([7; 16]);
    other_code.code = Code::from_parts(tablet.answer.group, [42; 5]).unwrap();
    let body = Body::Registration(Box::new(finish(&adult(&number(11)), true)));
    let other_code = tablet.freeze(other_code, &body);
    // Also where the correction was there before its base.
    assert_eq!(outcomes(&rig, &tablet, &[&other_code]), [Outcome::Held]);
    assert_eq!(
        outcomes(&rig, &tablet, &[&first, &other_code]),
        [Outcome::Received, Outcome::Held]
    );
    rig.drain();
    assert_eq!(rig.verdicts(&tablet)[0].0, first.header.eid);
    assert_eq!(rig.standings(), [("accepted", 1)]);
}

/// Issue 12, line 2: who finds a tablet that was revoked learns nobody's name from the platform: not from its log, not
/// from what is decided later, not the team's people.
#[test]
fn a_revoked_tablet_sees_nobody() {
    let people = format!("{},Somebody Else,1988-02-09,female,0\n", number(1));
    let mut rig = Rig::with_people(Some(&people));
    let mut tablet = rig.tablet();
    let before = tablet.register(finish(&adult(&number(1)), false));
    rig.send(&tablet, &[&before]);
    rig.drain();
    assert!(
        rig.verdicts(&tablet)[0].1.sent.is_some(),
        "the refusal carries the person"
    );
    let waiting = tablet.register(finish(&adult(&number(2)), false));
    rig.send(&tablet, &[&waiting]);
    // Decided before the revocation, handed over after it.
    let rulings = rig
        .opener
        .decide(&rig.gateway.waiting(10).unwrap(), domain::master::Master::built_in())
        .unwrap();
    let later = tablet.register(finish(&adult(&number(3)), false));
    rig.send(&tablet, &[&later]);
    rig.gateway.revoke(tablet.id()).unwrap();
    rig.gateway.decided(&rulings).unwrap();
    rig.drain();
    let told = rig.changes(&tablet);
    assert!(
        told.iter()
            .all(|change| matches!(change, Change::Revoked | Change::Trust(_))),
        "{told:?}"
    );
    assert!(told.contains(&Change::Revoked));
    let page = rig
        .gateway
        .changes(tablet.id(), 0, Some(support::keys_after(0)), None)
        .unwrap();
    let page: protocol::changes::ChangesPage = protocol::signed::Signed::verify(&page, &tablet.trust.platform).unwrap();
    assert!(page.keys.unwrap().list().unwrap().is_empty());
    // What was decided is decided all the same, and its receipts still come.
    assert_eq!(rig.standings(), [("refused", 3)]);
    assert_eq!(outcomes(&rig, &tablet, &[&before]), [Outcome::Replayed]);
}

/// Issue 12, line 2: a verdict that carries a person leaves the log when a later revision is decided, and when its device
/// has it and 72 hours went by. The word itself stays.
#[test]
fn the_log_drops_a_person() {
    let people = format!("{},Somebody Else,1988-02-09,female,0\n", number(1));
    let mut rig = Rig::with_people(Some(&people));
    let mut tablet = rig.tablet();
    let first = tablet.register(finish(&adult(&number(1)), false));
    rig.send(&tablet, &[&first]);
    rig.drain();
    let end = |rig: &Rig| {
        let page = rig.gateway.changes(tablet.id(), 0, None, None).unwrap();
        let page: protocol::changes::ChangesPage =
            protocol::signed::Signed::verify(&page, &tablet.trust.platform).unwrap();
        page.next
    };
    let carried = |rig: &Rig| {
        rig.verdicts(&tablet)
            .iter()
            .filter(|(_, verdict)| verdict.sent.is_some())
            .count()
    };
    rig.env.advance(73 * 3600);
    assert_eq!(carried(&rig), 1, "a tablet that was away for days still gets it");
    rig.gateway.changes(tablet.id(), end(&rig), None, None).unwrap();
    assert_eq!(carried(&rig), 0, "it has it now");
    let kept = rig.verdicts(&tablet);
    assert_eq!((kept.len(), kept[0].0), (1, first.header.eid));

    // A tablet that asks on within the 72 hours finds it again if it forgot.
    let mut tablet = rig.tablet();
    let second = tablet.register(finish(&adult(&number(1)), false));
    rig.send(&tablet, &[&second]);
    rig.drain();
    rig.gateway.changes(tablet.id(), 99, None, None).unwrap();
    assert!(rig.verdicts(&tablet)[0].1.sent.is_some());
    let corrected = tablet.correct(&second, finish(&adult(&number(2)), true));
    rig.send(&tablet, &[&corrected]);
    rig.drain();
    let kept = rig.verdicts(&tablet);
    assert_eq!(
        (kept.len(), kept[0].0),
        (1, corrected.header.eid),
        "the later revision is decided"
    );
}

#[test]
fn what_a_revoked_device_sends_is_held() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let before = tablet.register_anybody();
    rig.send(&tablet, &[&before]);
    assert!(rig.gateway.revoke(tablet.id()).unwrap());
    assert!(!rig.gateway.revoke(tablet.id()).unwrap(), "once");
    let after = tablet.register_anybody();
    assert_eq!(
        outcomes(&rig, &tablet, &[&after, &before]),
        [Outcome::Held, Outcome::Replayed]
    );
    rig.drain();
    assert_eq!(rig.standings(), [("held", 1), ("accepted", 1)]);
    assert!(rig.changes(&tablet).contains(&Change::Revoked));
}

/// A withdrawal that has no place yet stops the processing all the same.
#[test]
fn a_held_no_is_respected() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let first = tablet.register_anybody();
    let corrected = tablet.correct(&first, finish(&adult(&number(11)), true));
    let withdrawn = tablet.withdraw(&corrected);
    assert_eq!(
        outcomes(&rig, &tablet, &[&first, &withdrawn]),
        [Outcome::Received, Outcome::Held]
    );
    assert_eq!(rig.drain(), 0);
    assert_eq!(outcomes(&rig, &tablet, &[&corrected]), [Outcome::Received]);
    assert_eq!(rig.drain(), 0);
    assert_eq!(rig.standings(), [("withdrawn", 1)]);
}

#[test]
fn sequences_flag_the_device_and_a_foreign_code_holds_the_record() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let sent: Vec<_> = (0..6).map(|_| tablet.register_anybody()).collect();
    // Out of order within a batch is no flag, a gap is shown until it is closed.
    rig.send(&tablet, &[&sent[2], &sent[0], &sent[5]]);
    assert_eq!(rig.flags(&tablet), ["gap:1:2-2", "gap:1:4-5"]);
    rig.send(&tablet, &[&sent[4], &sent[1], &sent[3]]);
    assert_eq!(rig.flags(&tablet), Vec::<String>::new());

    // A copy of the tablet goes on from number 4.
    let copy = {
        let header = Header {
            seq: 4,
            prev: Some(sent[2].digest().link()),
            ..tablet.header()
        };
        tablet.freeze(
            header,
            &Body::Registration(Box::new(finish(&adult(&number(77)), false))),
        )
    };
    assert_eq!(outcomes(&rig, &tablet, &[&copy]), [Outcome::Received]);
    assert!(rig.flags(&tablet).contains(&"cloned".to_owned()));

    let mut other = rig.tablet();
    let first = other.register_anybody();
    other.prev = None;
    let forgetful = other.register_anybody();
    let foreign = {
        let header = Header {
            code: Code::from_parts(3, [9; 5]).unwrap(),
            ..other.header()
        };
        other.freeze(
            header,
            &Body::Registration(Box::new(finish(&adult(&number(78)), false))),
        )
    };
    // The later one first: the neighbour is looked at when it arrives.
    assert_eq!(
        outcomes(&rig, &other, &[&forgetful, &first, &foreign]),
        [Outcome::Received, Outcome::Received, Outcome::Held]
    );
    assert_eq!(rig.flags(&other), ["chain_broken", "foreign_code"]);
    rig.drain();
    assert_eq!(rig.standings(), [("held", 1), ("accepted", 9)]);
}

/// Altered under our hands: found, and the opener does not decide on it.
#[test]
fn an_altered_byte_in_the_database_is_found() {
    for column in ["header", "sealed", "signature", "digest"] {
        let mut rig = Rig::new();
        let mut tablet = rig.tablet();
        let sent: Vec<_> = (0..3).map(|_| tablet.register_anybody()).collect();
        rig.send(&tablet, &sent.iter().collect::<Vec<_>>());
        let database = rusqlite::Connection::open(rig.folder.path().join("gateway.db")).unwrap();
        let mut bytes: Vec<u8> = database
            .query_row(&format!("SELECT {column} FROM envelopes WHERE number = 2"), [], |row| {
                row.get(0)
            })
            .unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        database
            .execute(
                &format!("UPDATE envelopes SET {column} = ?1 WHERE number = 2"),
                [&bytes],
            )
            .unwrap();
        let (read, findings) = rig.gateway.audit().unwrap();
        assert_eq!((read, findings.len(), findings[0].number), (3, 1, 2), "{column}");
        rig.drain();
        assert_eq!(rig.standings().iter().map(|(_, count)| count).sum::<u64>(), 3);
        if column != "digest" {
            assert_eq!(rig.standings(), [("accepted", 2), ("unreadable", 1)], "{column}");
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Revise {
    Correct,
    Withdraw,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// I8 of docs/protocol.md. Whatever the order, the grouping into batches and the repetitions, and wherever the
    /// opener runs between, the registration ends in the same state with the same head; a withdrawn one is never
    /// processed after its "no".
    #[test]
    fn every_order_ends_the_same(
        revisions in prop::collection::vec(prop_oneof![4 => Just(Revise::Correct), 1 => Just(Revise::Withdraw)], 0..4),
        arrivals in prop::collection::vec((any::<Index>(), any::<bool>(), any::<bool>()), 0..10),
    ) {
        let mut rig = Rig::new();
        let mut tablet = rig.tablet();
        let mut chain = vec![tablet.register_anybody()];
        for revise in &revisions {
            let last = chain.last().unwrap().clone();
            if last.header.kind == Kind::Withdrawal {
                break;
            }
            chain.push(match revise {
                Revise::Correct => tablet.correct(&last, finish(&adult(&number(40 + chain.len() as u16)), true)),
                Revise::Withdraw => tablet.withdraw(&last),
            });
        }
        let mut pending: Vec<&Envelope> = Vec::new();
        for (index, flush, decide) in &arrivals {
            pending.push(index.get(&chain));
            if *flush {
                rig.send(&tablet, &pending);
                pending.clear();
            }
            if *decide {
                rig.drain();
                rig.standings();
            }
        }
        // In the end everything arrived at least once, last things first.
        pending.extend(chain.iter().rev());
        rig.send(&tablet, &pending);
        rig.drain();

        let head = chain.last().unwrap();
        let withdrawn = head.header.kind == Kind::Withdrawal;
        prop_assert_eq!(rig.standings(), [(if withdrawn { "withdrawn" } else { "accepted" }, 1)]);
        let verdicts = rig.verdicts(&tablet);
        if withdrawn {
            prop_assert!(verdicts.is_empty());
        } else {
            prop_assert_eq!(verdicts.iter().filter(|(eid, _)| *eid == head.header.eid).count(), 1);
        }
        let mut decided: Vec<_> = verdicts.iter().map(|(eid, _)| *eid).collect();
        decided.sort();
        decided.dedup();
        prop_assert_eq!(decided.len(), verdicts.len(), "one verdict for each revision");
        prop_assert_eq!(rig.gateway.audit().unwrap(), (chain.len() as u64, Vec::new()));
        prop_assert!(outcomes(&rig, &tablet, &chain.iter().collect::<Vec<_>>())
            .iter().all(|outcome| *outcome == Outcome::Replayed));
        prop_assert!(rig.gateway.waiting(10).unwrap().is_empty());
    }
}
