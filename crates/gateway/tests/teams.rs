//! Whose team a team is, who may see which board, and who is taken off again.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::{
    ids::DeviceId,
    place::CommuneCode,
    registration::{DraftSignature, Manner, Signer},
    state::{Decision, RefusalCode},
};
use gateway::{GatewayError, InvitationIssued, Invite, TeamRef, TeamView};
use protocol::{
    changes::{Change, Team},
    enrolment::Role,
    envelope::{Body, Capture, Header},
    receipt::Outcome,
};
use support::{HAI_CHAU, Keys, NOW, Rig, Tablet, adult, denied, finish, number};

/// Two more wards that number their teams from 1.
const OTHER_WARD: CommuneCode = CommuneCode(20200);
const THIRD_WARD: CommuneCode = CommuneCode(20194);

fn invite(team: &str, role: Role, communes: &[CommuneCode], operators: &[&str]) -> Invite {
    Invite {
        ward: None,
        team: team.to_owned(),
        communes: communes.to_vec(),
        role,
        grants: Vec::new(),
        operators: operators.iter().map(|&name| name.to_owned()).collect(),
        widen: false,
        minutes: 15,
    }
}

fn enrol(rig: &mut Rig, invite: &Invite) -> Tablet {
    let (invited, keys) = (rig.gateway.invite(invite).unwrap(), rig.keys());
    take(rig, keys, &invited)
}

fn take(rig: &Rig, keys: Keys, invited: &InvitationIssued) -> Tablet {
    let answer = rig.gateway.enrol(&keys.request(invited)).unwrap();
    Tablet::enrolled(keys, &answer, &rig.gateway.trust().unwrap(), invited)
}

fn usage<T: std::fmt::Debug>(answer: Result<T, GatewayError>) -> &'static str {
    match answer {
        Err(GatewayError::Usage(what)) => what,
        other => panic!("{other:?}"),
    }
}

fn of(ward: CommuneCode, name: &str) -> TeamRef<'_> {
    TeamRef { ward: Some(ward), name }
}

fn people(view: &TeamView) -> Vec<&str> {
    view.operators.iter().map(|person| person.name.as_str()).collect()
}

fn team_of(rig: &Rig, tablet: &Tablet) -> Team {
    let team = |change| match change {
        Change::Team(team) => Some(team),
        _ => None,
    };
    rig.changes(tablet).into_iter().filter_map(team).next_back().unwrap()
}

#[test]
fn two_wards_have_a_team_of_one_name_and_neither_sees_the_other() {
    let mut rig = Rig::new();
    let first = invite("Tổ 1", Role::Coordinator, &[HAI_CHAU], &["Chị Ba"]);
    let desk = enrol(&mut rig, &first);
    let second = invite("Tổ 1", Role::Volunteer, &[OTHER_WARD], &["Anh Tư"]);
    let other = enrol(&mut rig, &second);
    assert_eq!(desk.answer.team, other.answer.team);
    assert_eq!(other.answer.communes, [OTHER_WARD]);
    assert_eq!(other.answer.operators.len(), 1, "nobody of the other ward");
    assert_eq!(team_of(&rig, &desk).operators.len(), 1);
    assert!(rig.gateway.board(desk.id(), HAI_CHAU).is_ok());
    assert_eq!(denied(rig.gateway.board(desk.id(), OTHER_WARD)), "forbidden");
    assert_eq!(usage(rig.gateway.team("Tổ 1".into())), SEVERAL);
    let ids = [HAI_CHAU, OTHER_WARD].map(|ward| rig.gateway.team(of(ward, "Tổ 1")).unwrap().id);
    assert_ne!(ids[0], ids[1]);
}

const SEVERAL: &str = "several wards have a team of this name: say which ward";

#[test]
fn a_team_is_widened_only_on_purpose_and_no_right_comes_of_it() {
    let mut rig = Rig::new();
    let desk = enrol(&mut rig, &invite("Tổ 1", Role::Coordinator, &[HAI_CHAU], &["Chị Ba"]));
    let mut wider = invite("Tổ 1", Role::Volunteer, &[HAI_CHAU, OTHER_WARD], &["Chị Ba"]);
    assert!(usage(rig.gateway.invite(&wider)).contains("--widen"));
    let stranger = invite("Tổ 1", Role::Volunteer, &[HAI_CHAU], &["Anh Tư"]);
    assert!(usage(rig.gateway.invite(&stranger)).contains("--widen"));
    let view = rig.gateway.team("Tổ 1".into()).unwrap();
    assert_eq!(
        (view.communes.len(), people(&view)),
        (1, vec!["Chị Ba"]),
        "nothing was added"
    );

    wider.widen = true;
    let tablet = enrol(&mut rig, &wider);
    assert_eq!(tablet.answer.communes, [OTHER_WARD, HAI_CHAU]);
    // The team works there now. What its coordinator may see was said when it was invited.
    assert_eq!(denied(rig.gateway.board(desk.id(), OTHER_WARD)), "forbidden");
    assert!(rig.gateway.grant(desk.id(), OTHER_WARD, true).unwrap());
    assert!(rig.gateway.board(desk.id(), OTHER_WARD).is_ok());
    assert!(rig.gateway.grant(desk.id(), OTHER_WARD, false).unwrap());
    assert_eq!(denied(rig.gateway.board(desk.id(), OTHER_WARD)), "forbidden");
    assert!(usage(rig.gateway.grant(tablet.id(), HAI_CHAU, true)).contains("coordinator"));
}

#[test]
fn people_communes_and_devices_are_taken_off_a_team() {
    let mut rig = Rig::new();
    let all = invite(
        "Tổ 1",
        Role::Coordinator,
        &[HAI_CHAU, OTHER_WARD],
        &["Chị Ba", "Anh Tư"],
    );
    let tablet = enrol(&mut rig, &all);
    let leaves = tablet.answer.operators[1].id;
    let view = rig
        .gateway
        .narrow_team("Tổ 1".into(), &[leaves], &[OTHER_WARD])
        .unwrap();
    assert_eq!(
        (people(&view), &view.communes[..]),
        (vec!["Chị Ba"], &["20242".to_owned()][..])
    );
    let told = team_of(&rig, &tablet);
    assert_eq!((told.operators.len(), &told.communes[..]), (1, &[HAI_CHAU][..]));
    // One person and one commune stay; what cannot go whole goes not at all.
    assert!(
        rig.gateway.narrow_team("Tổ 1".into(), &[leaves], &[]).is_err(),
        "gone already"
    );
    let last = tablet.answer.operators[0].id;
    assert!(usage(rig.gateway.narrow_team("Tổ 1".into(), &[last], &[])).contains("keeps"));
    assert!(usage(rig.gateway.narrow_team("Tổ 1".into(), &[], &[HAI_CHAU])).contains("keeps"));
    assert_eq!(rig.gateway.team("Tổ 1".into()).unwrap(), view);
    // Who comes back is the same person.
    let mut again = invite("Tổ 1", Role::Volunteer, &[HAI_CHAU], &["Anh Tư"]);
    again.widen = true;
    rig.env.advance(60);
    rig.gateway.invite(&again).unwrap();
    assert_eq!(team_of(&rig, &tablet).operators[1].id, leaves);

    // A device that moves is the other team's, and what it was granted is over.
    let other = enrol(&mut rig, &invite("Tổ 2", Role::Volunteer, &[THIRD_WARD], &["Chị Năm"]));
    let moved = rig.gateway.move_device(tablet.id(), of(THIRD_WARD, "Tổ 2")).unwrap();
    let devices: Vec<DeviceId> = moved.devices.iter().map(|device| device.device).collect();
    assert_eq!(devices, [tablet.id(), other.id()]);
    let told = team_of(&rig, &tablet);
    assert_eq!((told.name.as_str(), &told.communes[..]), ("Tổ 2", &[THIRD_WARD][..]));
    assert_eq!(told.operators[0].name, "Chị Năm");
    assert_eq!(denied(rig.gateway.board(tablet.id(), HAI_CHAU)), "forbidden");
    assert_eq!(rig.gateway.team("Tổ 1".into()).unwrap().devices, []);
    assert!(rig.gateway.move_device(99, of(THIRD_WARD, "Tổ 2")).is_err());
}

#[test]
fn an_invitation_is_listed_cancelled_and_shows_who_took_it() {
    let mut rig = Rig::new();
    let coordinator = invite("Tổ 1", Role::Coordinator, &[HAI_CHAU], &["Chị Ba"]);
    let (taken, lost) = (
        rig.gateway.invite(&coordinator).unwrap(),
        rig.gateway.invite(&coordinator).unwrap(),
    );
    let (keys, thief) = (rig.keys(), rig.keys());
    let fingerprint = keys.signing.public().fingerprint();
    let tablet = take(&rig, keys, &taken);
    let list = rig.gateway.invitations().unwrap();
    let line = list.iter().find(|line| line.state == "taken").unwrap();
    assert_eq!(
        (line.device, line.fingerprint.as_ref()),
        (Some(tablet.id()), Some(&fingerprint))
    );
    assert_eq!(
        (line.ward.as_str(), line.team.as_str(), line.role),
        ("20242", "Tổ 1", "coordinator")
    );
    assert!(
        !rig.gateway.cancel_invitation(&line.id).unwrap(),
        "who is in is revoked, not cancelled"
    );
    let open = list.iter().find(|line| line.state == "open").unwrap();
    assert!(rig.gateway.cancel_invitation(&open.id).unwrap());
    assert!(!rig.gateway.cancel_invitation(&open.id).unwrap());
    assert_eq!(denied(rig.gateway.enrol(&thief.request(&lost))), "invitation_expired");
    let states: Vec<_> = rig
        .gateway
        .invitations()
        .unwrap()
        .iter()
        .map(|line| line.state)
        .collect();
    assert!(states.contains(&"cancelled") && states.contains(&"taken"), "{states:?}");
    let board = rig.gateway.board_of(HAI_CHAU).unwrap();
    assert_eq!(board.devices[0].fingerprint, Some(fingerprint));
}

#[test]
fn keys_of_another_device_are_not_taken() {
    let mut rig = Rig::new();
    let victim = rig.tablet();
    for (sealing, transport) in [(true, false), (false, true)] {
        let invited = rig.invite("Tổ 1", Role::Volunteer);
        let mut thief = rig.keys();
        let stolen = Keys::new(1);
        assert_eq!(stolen.signing.public(), victim.keys.signing.public());
        if sealing {
            thief.sealing = stolen.sealing;
        }
        if transport {
            thief.transport = stolen.transport;
        }
        assert_eq!(denied(rig.gateway.enrol(&thief.request(&invited))), "device_known");
        let honest = rig.keys();
        assert!(
            rig.gateway.enrol(&honest.request(&invited)).is_ok(),
            "the invitation is not used up"
        );
    }
}

#[test]
fn a_name_hides_and_turns_nothing() {
    let rig = Rig::new();
    for name in [
        "Tổ\u{202e}1",
        "Tổ\u{200b}1",
        "Tổ\u{0}1",
        "Tổ\n1",
        "\u{2066}Tổ 1",
        "",
        " ",
        &"a".repeat(81),
    ] {
        let bad = invite(name, Role::Volunteer, &[HAI_CHAU], &["Chị Ba"]);
        assert!(usage(rig.gateway.invite(&bad)).contains("name"), "{name:?}");
        let bad = invite("Tổ 1", Role::Volunteer, &[HAI_CHAU], &[name]);
        assert!(usage(rig.gateway.invite(&bad)).contains("name"), "{name:?}");
    }
    // The same letters in another order of marks are one name.
    let [composed, decomposed] = ["Tổ 1", "To\u{302}\u{309}  1"];
    for name in [composed, decomposed] {
        let team = invite(name, Role::Volunteer, &[HAI_CHAU], &["Chị Ba"]);
        rig.gateway.invite(&team).unwrap();
    }
    assert_eq!(rig.gateway.team(composed.into()).unwrap().communes, ["20242"]);
}

/// Who registers, and who witnesses what a resident cannot sign, is of the team; a number of nobody counts for nothing.
#[test]
fn operator_and_witness_are_people_of_the_team() {
    let mut rig = Rig::new();
    let both = invite("Tổ 1", Role::Volunteer, &[HAI_CHAU], &["Chị Ba", "Anh Tư"]);
    let mut tablet = enrol(&mut rig, &both);
    let [me, colleague] = [0, 1].map(|at| tablet.answer.operators[at].id);
    let witnessed = |serial, witness| {
        let mut draft = adult(&number(serial));
        draft.consent.signatures[0] = DraftSignature {
            signer: Signer::Myself,
            manner: Manner::Witness,
            strokes: None,
            witness: Some(witness),
        };
        finish(&draft, false)
    };
    let mut by = |operator, registration| {
        let header = Header {
            operator,
            ..tablet.header()
        };
        tablet.freeze(header, &Body::Registration(Box::new(registration)))
    };
    let invented = by(4_000_000_000, finish(&adult(&number(1)), false));
    let good = by(me, witnessed(2, colleague));
    let nobody = by(me, witnessed(3, 3_999_999_999));
    let before = by(colleague, finish(&adult(&number(4)), false));
    let outcomes = |items: Vec<protocol::receipt::Item>| items.iter().map(|item| item.outcome).collect::<Vec<_>>();
    assert_eq!(
        outcomes(rig.send(&tablet, &[&invented, &good, &nobody, &before])),
        [Outcome::Held, Outcome::Received, Outcome::Received, Outcome::Received]
    );
    rig.drain();
    assert_eq!(rig.standings(), [("held", 1), ("accepted", 2), ("refused", 1)]);
    let refused = rig
        .verdicts(&tablet)
        .into_iter()
        .find(|(eid, _)| *eid == nobody.header.eid);
    let decision = refused.unwrap().1.decision.into_known().unwrap();
    assert!(
        matches!(decision, Decision::Refused(reason) if reason.code == RefusalCode::SignatureMissing),
        "{decision:?}"
    );

    // Who left made no record since; what was made before is theirs.
    rig.gateway.narrow_team("Tổ 1".into(), &[colleague], &[]).unwrap();
    let late = |rig: &Rig, tablet: &mut Tablet, serial, at| {
        let captured = Capture {
            wall: at,
            ..tablet.header().captured
        };
        let header = Header {
            operator: colleague,
            captured,
            ..tablet.header()
        };
        let registration = finish(&adult(&number(serial)), false);
        let envelope = tablet.freeze(header, &Body::Registration(Box::new(registration)));
        rig.send(tablet, &[&envelope])[0].outcome
    };
    rig.env.advance(60);
    assert_eq!(late(&rig, &mut tablet, 5, NOW - 30), Outcome::Received);
    assert_eq!(late(&rig, &mut tablet, 6, NOW + 30), Outcome::Held);
}
