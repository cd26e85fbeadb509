//! What each kind of failure is called.

use crate::platform::*;
use client::{ClientError, Connection};
use domain::retry::Obstacle;
use std::io::Write as _;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

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
