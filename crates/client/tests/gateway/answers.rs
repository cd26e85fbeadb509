//! What is believed of an answer, and what each kind of failure is called.

use crate::platform::*;
use client::{ClientError, Connection};
use domain::{
    ids::{Eid, Realm},
    place::CommuneCode,
    sync::Obstacle,
};
use protocol::{
    cbor::{self, Blob},
    changes::{Change, ChangesPage, KeyNews},
    enrolment::{DeviceAnswer, DeviceRequest, Role, TokenAnswer, TokenRequest},
    keys::{SealKey, SignSecret},
    receipt::BatchAnswer,
    report::{Acknowledged, Board, BoardCounts, DeviceReport},
    signed::Signed,
};
use std::io::Write as _;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

fn obstacle<T>(obstacle: Obstacle) -> Result<T, ClientError> {
    Err(ClientError::Obstacle(obstacle))
}

/// One batch of two envelopes against a server that answers so.
async fn batch_against(handler: impl Fn(Seen) -> Reply + Send + Sync + 'static) -> Result<BatchAnswer, ClientError> {
    let server = Server::plain(handler).await;
    server
        .connection()
        .batch(TOKEN, vec![envelope(1), envelope(2)])
        .await
        .map(|(answer, _)| answer)
}

#[tokio::test]
async fn a_good_answer_is_taken_and_its_signed_bytes_are_kept() {
    let server = Server::plain(|seen| {
        assert!(seen.head.starts_with("post /v1/batches http/1.1\r\n"), "{}", seen.head);
        assert!(
            seen.head.contains(&format!("authorization: bearer {TOKEN}\r\n")),
            "{}",
            seen.head
        );
        assert!(
            seen.head.contains("content-type: application/cbor\r\n"),
            "{}",
            seen.head
        );
        assert!(
            seen.head
                .contains(concat!("user-agent: tungnha/", env!("CARGO_PKG_VERSION"), "\r\n")),
            "{}",
            seen.head
        );
        assert!(!seen.head.contains("cookie:"));
        http("200 OK", "Set-Cookie: a=b\r\n", &signed(&receipts(&seen.body)))
    })
    .await;
    let connection = server.connection();
    for _ in 0..2 {
        let (answer, kept) = connection
            .clone()
            .batch(TOKEN, vec![envelope(1), envelope(2)])
            .await
            .unwrap();
        assert_eq!(answer.items.len(), 2);
        assert_eq!(Signed::verify::<BatchAnswer>(&kept, &[platform().public()]), Ok(answer));
    }
}

#[test]
fn a_proxy_in_the_environment_is_ignored() {
    let nowhere = "http://127.0.0.1:9";
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "answers::a_good_answer_is_taken_and_its_signed_bytes_are_kept",
        ])
        .env("HTTP_PROXY", nowhere)
        .env("http_proxy", nowhere)
        .env("ALL_PROXY", nowhere)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn no_altered_byte_is_ever_believed() {
    let altered = Arc::new(AtomicUsize::new(usize::MAX));
    let length = Arc::new(AtomicUsize::new(0));
    let (at, len) = (altered.clone(), length.clone());
    let server = Server::plain(move |seen| {
        let mut body = signed(&receipts(&seen.body));
        len.store(body.len(), Ordering::SeqCst);
        if let Some(byte) = body.get_mut(at.load(Ordering::SeqCst)) {
            *byte ^= 0x04;
        }
        ok(&body)
    })
    .await;
    let connection = server.connection();
    let call = async || {
        connection
            .batch(TOKEN, vec![envelope(1), envelope(2)])
            .await
            .map(|_| ())
    };
    assert_eq!(call().await, Ok(()));
    let mut called_altered = 0;
    for position in 0..length.load(Ordering::SeqCst) {
        altered.store(position, Ordering::SeqCst);
        match call().await {
            Err(ClientError::Altered) => called_altered += 1,
            Err(ClientError::Obstacle(Obstacle::CaptivePortal)) => {}
            other => panic!("byte {position}: {other:?}"),
        }
    }
    // Only the few bytes of the frame make it look like somebody else's page.
    assert!(
        called_altered + 8 >= length.load(Ordering::SeqCst),
        "{called_altered} of {length:?}"
    );
}

#[tokio::test]
async fn an_answer_signed_by_another_key_or_for_another_purpose_is_altered() {
    let found = batch_against(|seen| ok(&Signed::make(&receipts(&seen.body), &device()))).await;
    assert_eq!(found, Err(ClientError::Altered));
    let found = batch_against(|_| ok(&signed(&Acknowledged { time: NOW }))).await;
    assert_eq!(found, Err(ClientError::Altered));
}

#[tokio::test]
async fn an_answer_to_another_batch_is_a_mismatch() {
    let other = cbor::encode(&protocol::receipt::BatchRequest {
        envelopes: vec![Blob(envelope(1))],
    });
    let found = batch_against(move |_| ok(&signed(&receipts(&other)))).await;
    assert_eq!(found, Err(ClientError::Mismatch), "an earlier, smaller batch");

    let found = batch_against(|seen| {
        let mut answer = receipts(&seen.body);
        answer.items[1].eid = Some(Eid([99; 16]));
        ok(&signed(&answer))
    })
    .await;
    assert_eq!(found, Err(ClientError::Mismatch), "an envelope that was not sent");

    let found = batch_against(|seen| {
        let mut answer = receipts(&seen.body);
        answer.items.push(answer.items[0]);
        ok(&signed(&answer))
    })
    .await;
    assert_eq!(found, Err(ClientError::Mismatch), "more items than envelopes");

    let found = batch_against(|seen| {
        let mut answer = receipts(&seen.body);
        answer.items.remove(0);
        ok(&signed(&answer))
    })
    .await;
    assert_eq!(found.unwrap().items.len(), 1, "what is absent stays queued");
}

const LOGIN: &[u8] = b"<html><title>Wi-Fi</title><form action=/login>Xin chao</form></html>";

#[tokio::test]
async fn every_kind_of_answer_has_its_name() {
    let busy = |retry_after| Obstacle::Busy { retry_after };
    let rows: Vec<(&str, &str, &[u8], ClientError)> = vec![
        (
            "200 OK",
            "Content-Type: text/html\r\n",
            LOGIN,
            Obstacle::CaptivePortal.into(),
        ),
        ("200 OK", "", b"", Obstacle::CaptivePortal.into()),
        ("204 No Content", "", b"", Obstacle::CaptivePortal.into()),
        (
            "302 Found",
            "Location: http://127.0.0.1:9/login\r\n",
            LOGIN,
            Obstacle::CaptivePortal.into(),
        ),
        (
            "307 Temporary Redirect",
            "Location: /v1/elsewhere\r\n",
            b"",
            Obstacle::CaptivePortal.into(),
        ),
        (
            "511 Network Authentication Required",
            "",
            LOGIN,
            Obstacle::CaptivePortal.into(),
        ),
        (
            "429 Too Many Requests",
            "Retry-After: 30\r\n",
            b"",
            busy(Some(30)).into(),
        ),
        (
            "503 Service Unavailable",
            "Retry-After:  7 \r\n",
            LOGIN,
            busy(Some(7)).into(),
        ),
        ("503 Service Unavailable", "", b"", busy(None).into()),
        (
            "503 Service Unavailable",
            "Retry-After: soon\r\n",
            b"",
            busy(None).into(),
        ),
        ("503 Service Unavailable", "Retry-After: -1\r\n", b"", busy(None).into()),
        (
            "503 Service Unavailable",
            "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
            b"",
            busy(None).into(),
        ),
        (
            "503 Service Unavailable",
            "Retry-After: 4000000000\r\n",
            b"",
            busy(Some(86_400)).into(),
        ),
        (
            "503 Service Unavailable",
            "Retry-After: 99999999999\r\n",
            b"",
            busy(Some(86_400)).into(),
        ),
        (
            "401 Unauthorized",
            "",
            br#"{"code":"unauthorised"}"#,
            Obstacle::Unauthorised.into(),
        ),
        (
            "413 Payload Too Large",
            "",
            br#"{"code":"too_large"}"#,
            Obstacle::TooLarge.into(),
        ),
        (
            "426 Upgrade Required",
            "",
            br#"{"code":"upgrade_needed"}"#,
            Obstacle::UpgradeNeeded.into(),
        ),
        (
            "409 Conflict",
            "",
            br#"{"code":"invitation_used"}"#,
            ClientError::Refused {
                code: "invitation_used".into(),
            },
        ),
        (
            "403 Forbidden",
            "",
            br#"{"code":"revoked"}"#,
            ClientError::Refused { code: "revoked".into() },
        ),
        ("403 Forbidden", "", LOGIN, Obstacle::ServerError.into()),
        (
            "400 Bad Request",
            "",
            br#"{"code":"Not <b>a</b> code"}"#,
            Obstacle::ServerError.into(),
        ),
        ("400 Bad Request", "", br#"{"code":""}"#, Obstacle::ServerError.into()),
        ("404 Not Found", "", b"", Obstacle::ServerError.into()),
        (
            "500 Internal Server Error",
            "",
            br#"{"code":"internal"}"#,
            Obstacle::ServerError.into(),
        ),
        ("502 Bad Gateway", "", LOGIN, Obstacle::ServerError.into()),
    ];
    for (status, headers, body, expected) in rows {
        let hits = Arc::new(AtomicUsize::new(0));
        let (counted, body) = (hits.clone(), body.to_vec());
        let found = batch_against(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            http(status, headers, &body)
        })
        .await;
        assert_eq!(found, Err(expected), "{status} {headers}");
        assert_eq!(
            hits.load(Ordering::SeqCst),
            1,
            "{status}: nothing is followed or repeated behind the queue's back"
        );
    }
    assert_eq!(
        ClientError::Refused { code: "revoked".into() }.obstacle(),
        Obstacle::Revoked
    );
    assert_eq!(ClientError::Altered.obstacle(), Obstacle::CaptivePortal);
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let started = tokio::time::Instant::now();
    let endless = |status: &str| {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n").into_bytes();
        move |_| Reply::Endless(head.clone(), vec![b'a'; 4096])
    };
    assert_eq!(
        batch_against(endless("200 OK")).await,
        obstacle(Obstacle::CaptivePortal)
    );
    assert_eq!(
        batch_against(endless("400 Bad Request")).await,
        obstacle(Obstacle::ServerError)
    );
    // A claimed length of nothing, of everything.
    let lying = |_| {
        Reply::Endless(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec(),
            vec![0; 4096],
        )
    };
    assert_eq!(batch_against(lying).await, obstacle(Obstacle::CaptivePortal));
    assert!(started.elapsed().as_secs() < 10, "none of them waited for a timeout");
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_big_one_is_cut_off() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![0; 8 * 1024 * 1024]).unwrap();
    let packed = packer.finish().unwrap();
    assert!(
        packed.len() < 16 * 1024,
        "the packed bytes alone are below the limit: {}",
        packed.len()
    );
    let found = batch_against(move |_| http("200 OK", "Content-Encoding: gzip\r\n", &packed)).await;
    assert_eq!(found, obstacle(Obstacle::CaptivePortal));
}

#[tokio::test]
async fn a_cut_answer_is_unreachable() {
    let length = Arc::new(AtomicUsize::new(0));
    let cut = Arc::new(AtomicUsize::new(usize::MAX));
    let (at, len) = (cut.clone(), length.clone());
    let server = Server::plain(move |seen| {
        let Reply::Raw(mut raw) = ok(&signed(&receipts(&seen.body))) else {
            unreachable!()
        };
        len.store(raw.len(), Ordering::SeqCst);
        raw.truncate(at.load(Ordering::SeqCst));
        Reply::Raw(raw)
    })
    .await;
    let connection = server.connection();
    let call = async || {
        connection
            .batch(TOKEN, vec![envelope(1), envelope(2)])
            .await
            .map(|_| ())
    };
    assert_eq!(call().await, Ok(()));
    for position in 0..length.load(Ordering::SeqCst) {
        cut.store(position, Ordering::SeqCst);
        assert_eq!(
            call().await,
            obstacle(Obstacle::Unreachable),
            "cut after {position} bytes"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn silence_ends_in_a_timeout() {
    let started = tokio::time::Instant::now();
    assert_eq!(batch_against(|_| Reply::Silence).await, obstacle(Obstacle::Unreachable));
    assert!(started.elapsed().as_secs() <= 60, "{:?}", started.elapsed());
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for url in [format!("http://{closed}"), "https://gateway.invalid".to_owned()] {
        let result = Connection::first_trust(&url, &root().public().root_hash()).await;
        assert_eq!(result.map(|_| ()), obstacle(Obstacle::Unreachable), "{url}");
    }
    let result = Connection::first_trust("http://gateway.example", &root().public().root_hash()).await;
    assert_eq!(result.map(|_| ()), Err(ClientError::InsecureUrl));
    let made = Connection::new("http://192.168.1.1", &trust(1, vec![]), clock());
    assert_eq!(made.map(|_| ()).unwrap_err(), ClientError::InsecureUrl);
}

#[tokio::test]
async fn too_big_a_batch_is_not_even_sent() {
    let server = Server::plain(|_| panic!("nothing should arrive")).await;
    let many = (0..51).map(|_| envelope(1)).collect();
    assert_eq!(
        server.connection().batch(TOKEN, many).await,
        obstacle(Obstacle::TooLarge)
    );
    assert_eq!(
        server.connection().batch(TOKEN, vec![vec![0; 65 * 1024]]).await,
        obstacle(Obstacle::TooLarge)
    );
    let found = server.connection().batch("not a\nheader", vec![envelope(1)]).await;
    assert_eq!(found, obstacle(Obstacle::Unauthorised), "a token that cannot be one");
}

// ---------------------------------------------------------------------------------------------- other calls

#[tokio::test]
async fn an_enrolment_is_signed_and_answers_this_device() {
    let request = DeviceRequest {
        code: Blob(vec![1; 10]),
        signing: device().public(),
        sealing: SealKey([6; 32]),
        transport: platform().public(),
        program: "0.1.0".to_owned(),
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
        changes: vec![Change::Revoked],
        wait: None,
        keys: None,
    };
    let keys = |news| ChangesPage {
        keys: Some(news),
        ..page.clone()
    };
    let rows = [
        (page.clone(), true, "fits"),
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
                seen.head.starts_with("get /v1/changes?since=10&keys=30 "),
                "{}",
                seen.head
            );
            assert!(seen.head.contains(&format!("authorization: bearer {TOKEN}\r\n")));
            ok(&signed(&served))
        })
        .await;
        let expected = if fits { Ok(page) } else { Err(ClientError::Mismatch) };
        assert_eq!(server.connection().changes(TOKEN, 7, 10, 30).await, expected, "{why}");
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
    };
    let expected = report.clone();
    let server = Server::plain(move |seen| {
        assert!(seen.head.starts_with("post /v1/reports "), "{}", seen.head);
        let transport = SignSecret::from_seed(&[9; 32]).public();
        assert_eq!(
            Signed::verify::<DeviceReport>(&seen.body, &[transport]),
            Ok(expected.clone())
        );
        ok(&signed(&Acknowledged { time: NOW }))
    })
    .await;
    assert_eq!(
        server
            .connection()
            .report(TOKEN, &report, &SignSecret::from_seed(&[9; 32]))
            .await,
        Ok(Acknowledged { time: NOW })
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
