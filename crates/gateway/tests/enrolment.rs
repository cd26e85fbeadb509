//! Invitations, tokens, trust, what a new device is told.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::ids::Realm;
use gateway::{Gateway, GatewayError, opener::Opener};
use protocol::{
    changes::{Change, ChangesPage, KeyNews},
    enrolment::{Invitation, Role, Trust},
    report::{Acknowledged, DeviceReport},
    signed::Signed,
};
use std::sync::Arc;
use support::{HAI_CHAU, NOW, Rig, Tablet, denied};

#[test]
fn an_invitation_is_for_one_device_and_fifteen_minutes() {
    let mut rig = Rig::new();
    let (invited, first, second) = (rig.invite("Tổ 1", Role::Volunteer), rig.keys(), rig.keys());
    let answer = rig.gateway.enrol(&first.request(&invited)).unwrap();
    assert_eq!(denied(rig.gateway.enrol(&second.request(&invited))), "invitation_used");
    rig.env.advance(3600);
    assert_eq!(
        rig.gateway.enrol(&first.request(&invited)).unwrap(),
        answer,
        "the same bytes, even late"
    );

    let late = rig.invite("Tổ 1", Role::Volunteer);
    assert_eq!(denied(rig.gateway.enrol(&first.request(&late))), "device_known");
    rig.env.advance(15 * 60);
    assert_eq!(denied(rig.gateway.enrol(&second.request(&late))), "invitation_expired");
    let mut unknown = late.clone();
    unknown.invitation = Invitation {
        code: [0; 10],
        root: late.invitation.root,
    };
    assert_eq!(
        denied(rig.gateway.enrol(&second.request(&unknown))),
        "invitation_unknown"
    );

    let mut altered = second.request(&late);
    let last = altered.len() - 1;
    altered[last] ^= 1;
    assert_eq!(denied(rig.gateway.enrol(&altered)), "malformed");

    let tablet = Tablet::enrolled(first, &answer, &rig.gateway.trust().unwrap(), &invited);
    assert_eq!((tablet.answer.realm, tablet.answer.group), (Realm::Development, 1022));
    assert_eq!(tablet.answer.communes, [HAI_CHAU]);
    assert_eq!(tablet.answer.operators[0].name, "Chị Ba");
}

#[test]
fn two_devices_race_for_one_invitation() {
    let mut rig = Rig::new();
    for _ in 0..10 {
        let invited = rig.invite("Tổ 1", Role::Volunteer);
        let requests: Vec<_> = (0..4).map(|_| rig.keys().request(&invited)).collect();
        let gateway = &rig.gateway;
        let results: Vec<_> = std::thread::scope(|scope| {
            let racing: Vec<_> = requests
                .iter()
                .map(|request| scope.spawn(|| gateway.enrol(request)))
                .collect();
            racing.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert!(
            results
                .into_iter()
                .filter_map(Result::err)
                .all(|error| error.code() == "invitation_used")
        );
    }
}

#[test]
fn tokens_are_for_an_hour_and_a_nonce_for_once() {
    let mut rig = Rig::new();
    let (tablet, other) = (rig.tablet(), rig.tablet());
    let answer = rig.gateway.token(&tablet.token_request(1)).unwrap();
    let token = tablet.token(&answer);
    assert_eq!(token.len(), 64);
    assert_eq!(rig.gateway.authorise(&token).unwrap(), tablet.id());
    assert_eq!(denied(rig.gateway.token(&tablet.token_request(1))), "nonce_used");
    assert!(
        rig.gateway.token(&other.token_request(1)).is_ok(),
        "another device's nonce"
    );
    assert_eq!(denied(rig.gateway.authorise("")), "unauthorised");

    // Another device's key, or an unknown device.
    let mut forged = other.token_request(2);
    let id = forged.iter().rposition(|byte| u32::from(*byte) == other.id()).unwrap();
    forged[id] = tablet.id() as u8;
    assert!(["unauthorised", "malformed"].contains(&denied(rig.gateway.token(&forged))));
    let mut nobody = rig.tablet();
    nobody.answer.device = 99;
    assert_eq!(denied(rig.gateway.token(&nobody.token_request(1))), "unauthorised");

    // Of another server on the same folder, or of this one before it was started again.
    let restarted = Gateway::start(rig.folder.path(), Realm::Development, rig.env.clone()).unwrap();
    assert_eq!(denied(restarted.authorise(&token)), "unauthorised");
    rig.env.advance(3600);
    assert_eq!(denied(rig.gateway.authorise(&token)), "unauthorised");
    // A revoked device may still send.
    rig.gateway.revoke(tablet.id()).unwrap();
    assert!(rig.gateway.token(&tablet.token_request(3)).is_ok());
}

#[test]
fn a_device_learns_of_its_team() {
    let mut rig = Rig::new();
    let first = rig.tablet();
    rig.invite("Tổ CNS 12", Role::Volunteer);
    let teams: Vec<_> = rig
        .changes(&first)
        .into_iter()
        .map(|change| match change {
            Change::Team(team) => team.operators.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(teams, [1], "once, however often it changed");
}

/// Every device of the city, in any team, and only what is new since the last time.
#[test]
fn keys_come_in_parts_and_only_what_is_new() {
    let mut rig = Rig::new();
    let first = rig.tablet();
    let news = |rig: &Rig, after| -> KeyNews {
        let page = rig
            .gateway
            .changes(first.id(), 0, Some(support::keys_after(after)), None)
            .unwrap();
        let page: ChangesPage = Signed::verify(&page, &first.trust.platform).unwrap();
        page.keys.unwrap()
    };
    let known = news(&rig, 0);
    assert_eq!(known.list().unwrap()[0].key, first.keys.signing.public());
    assert!(!known.more);
    assert_eq!(news(&rig, known.serial), KeyNews::none(known.serial));

    let (second, third) = (rig.tablet_as("Tổ khác", Role::Volunteer), rig.tablet());
    let added = news(&rig, known.serial);
    let origin = added.list().unwrap()[1].origin.unwrap();
    assert_eq!(
        (origin.enrolled, origin.group),
        (domain::date::Day::of(NOW), third.answer.group)
    );
    // A program of before asks for no origins and gets none.
    let page = rig
        .gateway
        .changes(
            first.id(),
            0,
            Some(gateway::AskedKeys {
                after: 0,
                origins: false,
            }),
            None,
        )
        .unwrap();
    let page: ChangesPage = Signed::verify(&page, &first.trust.platform).unwrap();
    assert!(
        page.keys
            .unwrap()
            .list()
            .unwrap()
            .iter()
            .all(|key| key.origin.is_none())
    );
    let devices: Vec<_> = added.list().unwrap().iter().map(|key| key.device).collect();
    assert_eq!(devices, [second.id(), third.id()]);

    rig.gateway.revoke(second.id()).unwrap();
    rig.gateway.revoke(second.id()).unwrap();
    let revoked = news(&rig, added.serial).list().unwrap();
    assert_eq!(revoked.len(), 1, "the one that changed, once");
    assert_eq!((revoked[0].device, revoked[0].revoked_at), (second.id(), Some(NOW)));
    // Who comes late gets each device once, as it stands now.
    let mut all: Vec<_> = news(&rig, 0).list().unwrap().iter().map(|key| key.device).collect();
    all.sort_unstable();
    assert_eq!(all, [first.id(), second.id(), third.id()]);
    assert_eq!(news(&rig, u64::MAX).list().unwrap(), []);
    // A program that knows no such list is not sent one.
    let page = rig.gateway.changes(first.id(), 0, None, None).unwrap();
    let page: ChangesPage = Signed::verify(&page, &first.trust.platform).unwrap();
    assert_eq!(page.keys, None);
}

/// A cursor never skips and never comes back: markers move to the end, verdicts stay where they are.
#[test]
fn pages_are_bound_and_bounded() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let sent: Vec<_> = (0..150).map(|_| tablet.register_anybody()).collect();
    for chunk in sent.chunks(50) {
        rig.send(&tablet, &chunk.iter().collect::<Vec<_>>());
    }
    rig.drain();
    let page = |since| -> ChangesPage {
        let page = rig
            .gateway
            .changes(tablet.id(), since, Some(support::keys_after(0)), None)
            .unwrap();
        Signed::verify(&page, &tablet.trust.platform).unwrap()
    };
    let first = page(0);
    assert_eq!((first.changes.len(), first.more), (100, true));
    assert_eq!(first, page(0));
    let second = page(first.next);
    assert_eq!((second.changes.len(), second.more), (52, false));
    let third = page(second.next);
    assert_eq!((third.changes.len(), third.more, third.next), (0, false, second.next));
    assert_eq!(page(u64::MAX).changes.len(), 0);
    assert_eq!(rig.verdicts(&tablet).len(), 150);
}

#[test]
fn reports_reach_the_board_and_coordinators_alone_see_it() {
    let mut rig = Rig::new();
    let (volunteer, coordinator) = (rig.tablet(), rig.tablet_as("Phường", Role::Coordinator));
    let report = DeviceReport {
        device: volunteer.id(),
        time: NOW + 90,
        begun: 9,
        by_state: vec![1, 2, 0, 4, 0, 0, 0, 2, 0],
        oldest_unsent: Some(NOW - 86_400),
        unsent: 2,
        program: "0.1.0".to_owned(),
        secret: "file".to_owned(),
        ext: Default::default(),
    };
    let signed = Signed::make(&report, &volunteer.keys.transport);
    let answer = rig.gateway.report(volunteer.id(), &signed).unwrap();
    assert_eq!(
        Signed::verify::<Acknowledged>(&answer, &volunteer.trust.platform)
            .unwrap()
            .time,
        NOW
    );
    assert_eq!(
        denied(rig.gateway.report(coordinator.id(), &signed)),
        "malformed",
        "not its key"
    );
    let short = DeviceReport {
        by_state: vec![1],
        ..report
    };
    let short = Signed::make(&short, &volunteer.keys.signing);
    assert_eq!(denied(rig.gateway.report(volunteer.id(), &short)), "malformed");

    assert_eq!(denied(rig.gateway.board(volunteer.id(), HAI_CHAU)), "forbidden");
    let elsewhere = domain::place::CommuneCode(20794);
    assert_eq!(denied(rig.gateway.board(coordinator.id(), elsewhere)), "forbidden");
    let board = rig.gateway.board(coordinator.id(), HAI_CHAU).unwrap();
    let line = board.devices.iter().find(|line| line.device == volunteer.id()).unwrap();
    assert_eq!(
        (line.clock_ahead, line.unsent, line.secret.as_deref()),
        (Some(90), Some(2), Some("file"))
    );
    assert_eq!(line.by_state["accepted"], 4);
    assert_eq!(line.oldest_unsent, Some(NOW - 86_400));

    // Silent ones first.
    rig.env.advance(60);
    rig.gateway.changes(volunteer.id(), 0, None, None).unwrap();
    let board = rig.gateway.board(coordinator.id(), HAI_CHAU).unwrap();
    assert_eq!(board.devices[0].device, coordinator.id());
    rig.gateway.revoke(coordinator.id()).unwrap();
    assert_eq!(denied(rig.gateway.board(coordinator.id(), HAI_CHAU)), "forbidden");
}

#[test]
fn a_folder_keeps_its_realm_its_keys_and_its_trust() {
    let rig = Rig::new();
    let (data, env) = (rig.folder.path().to_owned(), rig.env.clone());
    let trust = rig.gateway.trust().unwrap();
    let other = Gateway::start(&data, Realm::Live, env.clone()).err().unwrap();
    assert_eq!(other.code(), "realm_mismatch");

    let again = Gateway::start(&data, Realm::Development, env.clone()).unwrap();
    again.renew_trust(&[rig.opener.public_key().unwrap()]).unwrap();
    assert_eq!(again.trust().unwrap(), trust, "nothing changed, nothing signed");

    // Another opener key: a higher serial under the same root, and every device is told.
    let invited = rig.invite("Tổ 1", Role::Volunteer);
    let known = Trust::verify_first(&trust, &invited.invitation.root).unwrap();
    let mut keys = known.openers.clone();
    keys.insert(0, protocol::keys::SealSecret::from_bytes(&[9; 32]).public().unwrap());
    again.renew_trust(&keys).unwrap();
    let next = known.verify_next(&again.trust().unwrap()).unwrap();
    assert_eq!((next.serial, next.openers.len()), (known.serial + 1, 2));

    // A lost key is an error, never a new key in its place.
    std::fs::remove_file(data.join("keys/root.key")).unwrap();
    let lost = Gateway::start(&data, Realm::Development, env.clone()).err().unwrap();
    assert!(matches!(lost, GatewayError::Io { what: "root.key", .. }));
    std::fs::remove_file(data.join("opener/opener.key")).unwrap();
    let register = Box::new(gateway::adapters::population::NoRegister);
    let lost = Opener::open(&data, Realm::Development, register, env).err().unwrap();
    assert!(matches!(lost, GatewayError::Io { what: "opener.key", .. }));
}

#[test]
fn an_unknown_or_newer_folder_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let env = Arc::new(gateway::env::System);
    let error = Gateway::attach(folder.path(), env.clone()).err().unwrap();
    assert_eq!(error.code(), "not_initialised");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let rig = Rig::new();
    let database = rusqlite::Connection::open(rig.folder.path().join("gateway.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let error = Gateway::attach(rig.folder.path(), env).err().unwrap();
    assert_eq!(error.code(), "newer_schema");
}

#[test]
fn a_wrong_invitation_waits_for_no_writer() {
    let mut rig = Rig::new();
    let mut wrong = rig.invite("Tổ 1", Role::Volunteer);
    wrong.invitation.code[0] ^= 1;
    let request = rig.keys().request(&wrong);
    let writer = rusqlite::Connection::open(rig.folder.path().join("gateway.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Who waited for the writer, who does not go away, would be told of a database that is busy.
    assert_eq!(denied(rig.gateway.enrol(&request)), "invitation_unknown");
}
