//! Each kind of question, and the one answer it takes.

use crate::platform::*;
use client::ClientError;
use domain::{ids::Realm, place::CommuneCode, retry::Obstacle};
use protocol::{
    board::{Board, BoardCounts},
    cbor::Blob,
    changes::{Change, ChangesPage, KeyNews},
    enrolment::{DeviceAnswer, DeviceRequest, Role, TokenAnswer, TokenRequest},
    keys::{SealKey, SignSecret},
    master::MasterNews,
    report::{Acknowledged, DeviceReport},
    signed::Signed,
};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn an_enrolment_is_signed_and_answers_this_device() {
    let request = DeviceRequest {
        code: Blob(vec![1; 10]),
        signing: device().public(),
        sealing: SealKey([6; 32]),
        transport: platform().public(),
        program: "0.1.0".to_owned(),
        ext: Default::default(),
    };
    let answer = DeviceAnswer {
        signing: device().public(),
        device: 7,
        group: 12,
        realm: Realm::Development,
        role: Role::Volunteer,
        team: "Tổ 5".to_owned(),
        communes: vec![CommuneCode(20194)],
        operators: vec![],
        time: NOW,
        ext: Default::default(),
    };
    let stranger = DeviceAnswer {
        signing: root().public(),
        ..answer.clone()
    };
    for (served, expected) in [(answer.clone(), Ok(answer)), (stranger, Err(ClientError::Mismatch))] {
        let asked = request.clone();
        let server = Server::plain(move |seen| {
            assert!(seen.head.starts_with("post /v1/devices "), "{}", seen.head);
            assert_eq!(
                Signed::verify_self(&seen.body, |r: &DeviceRequest| r.signing),
                Ok(asked.clone())
            );
            ok(&signed(&served))
        })
        .await;
        assert_eq!(server.connection().enrol(&request, &device()).await, expected);
    }
}

#[tokio::test]
async fn a_token_answers_this_nonce() {
    for (echo, fits) in [([5; 16], true), ([6; 16], false)] {
        let answer = TokenAnswer {
            nonce: Blob(echo.to_vec()),
            token: "abcd".to_owned(),
            lifetime: 900,
            time: NOW,
            ext: Default::default(),
        };
        let served = answer.clone();
        let server = Server::plain(move |seen| {
            assert!(seen.head.starts_with("post /v1/token "), "{}", seen.head);
            let asked = Signed::verify::<TokenRequest>(&seen.body, &[device().public()]).unwrap();
            assert_eq!((asked.device, asked.nonce.0), (7, vec![5; 16]));
            ok(&signed(&served))
        })
        .await;
        let expected = if fits { Ok(answer) } else { Err(ClientError::Mismatch) };
        assert_eq!(server.connection().token(7, &device(), [5; 16]).await, expected);
    }
}

#[tokio::test]
async fn a_page_answers_this_device_and_this_cursor() {
    let page = ChangesPage {
        device: 7,
        since: 10,
        next: 12,
        more: true,
        time: NOW,
        changes: vec![Change::Revoked.into()],
        wait: None,
        keys: None,
        master: None,
        ext: Default::default(),
    };
    let keys = |news| ChangesPage {
        keys: Some(news),
        ..page.clone()
    };
    let master = |after, serial, more| ChangesPage {
        master: Some(MasterNews {
            after,
            serial,
            more,
            items: Vec::new(),
        }),
        ..page.clone()
    };
    let rows = [
        (page.clone(), true, "fits"),
        (master(5, 5, false), true, "no new master data"),
        (master(5, 7, true), true, "more master data waits"),
        (master(4, 7, false), false, "master data after another serial"),
        (master(5, 4, false), false, "master data that leads backwards"),
        (master(5, 5, true), false, "master data that leads in a circle"),
        (
            ChangesPage {
                device: 8,
                ..page.clone()
            },
            false,
            "another device",
        ),
        (
            ChangesPage {
                since: 9,
                ..page.clone()
            },
            false,
            "another cursor",
        ),
        (
            ChangesPage {
                next: 9,
                ..page.clone()
            },
            false,
            "backwards",
        ),
        (
            ChangesPage {
                next: 10,
                ..page.clone()
            },
            false,
            "in a circle",
        ),
        (
            ChangesPage {
                next: 10,
                more: false,
                ..page.clone()
            },
            true,
            "nothing new",
        ),
        (keys(KeyNews::none(30)), true, "no new keys"),
        (keys(KeyNews::new(30, 32, true, &[])), true, "more keys wait"),
        (keys(KeyNews::none(29)), false, "keys after another serial"),
        (
            keys(KeyNews::new(30, 29, false, &[])),
            false,
            "keys that lead backwards",
        ),
        (
            keys(KeyNews::new(30, 30, true, &[])),
            false,
            "keys that lead in a circle",
        ),
    ];
    for (page, fits, why) in rows {
        let served = page.clone();
        let server = Server::plain(move |seen| {
            assert!(
                seen.head
                    .starts_with("get /v1/changes?since=10&keys=30&master=5&origins=1&life=none "),
                "{}",
                seen.head
            );
            assert!(seen.head.contains(&format!("authorization: bearer {TOKEN}\r\n")));
            ok(&signed(&served))
        })
        .await;
        let expected = if fits { Ok(page) } else { Err(ClientError::Mismatch) };
        assert_eq!(
            server.connection().changes(TOKEN, 7, 10, 30, 5, None).await,
            expected,
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_report_arrives_and_is_acknowledged() {
    let report = DeviceReport {
        device: 7,
        time: NOW,
        begun: 3,
        by_state: vec![0, 1, 2, 0, 0, 0, 0, 0, 0],
        oldest_unsent: Some(NOW - 60),
        unsent: 1,
        program: "0.1.0".to_owned(),
        secret: "keyring".to_owned(),
        ext: Default::default(),
    };
    let expected = report.clone();
    let server = Server::plain(move |seen| {
        assert!(seen.head.starts_with("post /v1/reports "), "{}", seen.head);
        let transport = SignSecret::from_seed(&[9; 32]).public();
        assert_eq!(
            Signed::verify::<DeviceReport>(&seen.body, &[transport]),
            Ok(expected.clone())
        );
        ok(&signed(&Acknowledged {
            time: NOW,
            ext: Default::default(),
        }))
    })
    .await;
    assert_eq!(
        server
            .connection()
            .report(TOKEN, &report, &SignSecret::from_seed(&[9; 32]))
            .await,
        Ok(Acknowledged {
            time: NOW,
            ext: Default::default(),
        })
    );
}

#[tokio::test]
async fn a_board_is_of_the_commune_that_was_asked_for() {
    let board = Board {
        commune: "20194".to_owned(),
        time: NOW,
        registrations: BoardCounts::default(),
        devices: vec![],
        refusals: Vec::new(),
        pools: Vec::new(),
    };
    let served = serde_json::to_vec(&board).unwrap();
    let body = Arc::new(Mutex::new(served));
    let from = body.clone();
    let server = Server::plain(move |_| ok(&from.lock().unwrap())).await;
    assert_eq!(server.connection().board(TOKEN, CommuneCode(20194)).await, Ok(board));
    assert_eq!(
        server.connection().board(TOKEN, CommuneCode(20195)).await,
        Err(ClientError::Mismatch)
    );
    *body.lock().unwrap() = LOGIN.to_vec();
    assert_eq!(
        server.connection().board(TOKEN, CommuneCode(20194)).await,
        obstacle(Obstacle::CaptivePortal)
    );
}

#[tokio::test]
async fn trust_only_moves_forward_under_the_same_root() {
    let known = trust(5, vec![]);
    let newer = trust(6, vec![vec![1, 2, 3]]);
    let newer_bytes = Signed::make(&newer, &root());
    let mut altered = newer_bytes.clone();
    altered[40] ^= 1;
    let elsewhere = protocol::enrolment::Trust {
        realm: Realm::Live,
        ..newer.clone()
    };
    let rows = [
        (newer_bytes.clone(), Ok(Some((newer.clone(), newer_bytes))), "newer"),
        (Signed::make(&known, &root()), Ok(None), "the same"),
        (
            Signed::make(&trust(4, vec![]), &root()),
            Err(ClientError::Mismatch),
            "older",
        ),
        (
            Signed::make(&elsewhere, &root()),
            Err(ClientError::Mismatch),
            "another realm",
        ),
        (
            Signed::make(&newer, &platform()),
            Err(ClientError::Altered),
            "another root",
        ),
        (altered, Err(ClientError::Altered), "altered"),
        (
            LOGIN.to_vec(),
            Err(ClientError::Obstacle(Obstacle::CaptivePortal)),
            "a login page",
        ),
    ];
    for (bytes, expected, why) in rows {
        let server = Server::plain(move |_| ok(&bytes)).await;
        assert_eq!(server.connection().refresh_trust(&known).await, expected, "{why}");
    }
}
