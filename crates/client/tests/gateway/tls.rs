//! Who may be at the other end, and at what time.

use crate::platform::*;
use client::{ClientError, Clock, Connection};
use domain::retry::Obstacle;
use tokio_rustls::rustls::version::{TLS12, TLS13};

const UNTRUSTED: Result<(), ClientError> = Err(ClientError::Obstacle(Obstacle::Untrusted));
const GOOD_YEARS: Years = Years(2026, 2028);

/// One call over TLS: the pinned authorities, the clock.
async fn call(server: &Server, authorities: Vec<Vec<u8>>, clock: Clock) -> Result<(), ClientError> {
    let connection = Connection::new(&server.https_url(), &trust(1, authorities), clock)?;
    connection.batch(TOKEN, vec![envelope(1)]).await.map(|_| ())
}

async fn gateway(tls: tokio_rustls::rustls::ServerConfig) -> Server {
    Server::tls(tls, |seen| ok(&signed(&receipts(&seen.body)))).await
}

#[tokio::test]
async fn only_the_pinned_authorities_are_believed() {
    let (ours, theirs) = (Authority::new("Authority"), Authority::new("Authority"));
    let server = gateway(ours.server("127.0.0.1", GOOD_YEARS)).await;
    assert_eq!(call(&server, vec![ours.der()], clock()).await, Ok(()));
    assert_eq!(
        call(&server, vec![theirs.der(), ours.der()], clock()).await,
        Ok(()),
        "the backup"
    );
    assert_eq!(
        call(&server, vec![b"not a certificate".to_vec(), ours.der()], clock()).await,
        Ok(()),
        "unreadable one"
    );
    assert_eq!(
        call(&server, vec![theirs.der()], clock()).await,
        UNTRUSTED,
        "wrong authority of the same name"
    );
    assert_eq!(call(&server, vec![], clock()).await, UNTRUSTED, "no authority");
    assert_eq!(call(&server, vec![b"rubbish".to_vec()], clock()).await, UNTRUSTED);
}

#[tokio::test]
async fn another_name_or_an_older_tls_is_not_our_gateway() {
    let ours = Authority::new("Authority");
    let server = gateway(ours.server("other.example", GOOD_YEARS)).await;
    assert_eq!(call(&server, vec![ours.der()], clock()).await, UNTRUSTED);
    let server = gateway(ours.server_with("127.0.0.1", GOOD_YEARS, &[], &[&TLS12])).await;
    assert_eq!(call(&server, vec![ours.der()], clock()).await, UNTRUSTED);
}

#[tokio::test]
async fn wrong_clocks_cut_nobody_off() {
    // Years of the certificate, of the floor, of the system clock; accepted?
    let rows = [
        (Years(2026, 2028), 2026, 2026, true, "all is well"),
        (Years(2026, 2028), 2026, 2015, true, "a tablet in 2015"),
        (
            Years(2026, 2028),
            2026,
            2045,
            true,
            "a tablet in 2045: the floor decides",
        ),
        (Years(2026, 2028), 2026, 1960, true, "a clock before 1970"),
        (Years(2028, 2029), 2026, 2028, true, "renewed since the floor"),
        (
            Years(2028, 2029),
            2026,
            2045,
            true,
            "renewed since the floor, and a tablet in 2045",
        ),
        (Years(2028, 2029), 2026, 2027, false, "not valid yet at either"),
        (
            Years(2028, 2029),
            2026,
            2015,
            false,
            "not valid for long, and a tablet in 2015",
        ),
        (
            Years(2027, 2029),
            2026,
            2015,
            true,
            "made since the floor by a gateway that was restarted, and a tablet in 2015",
        ),
        (Years(2024, 2025), 2026, 2026, false, "expired at both"),
        (
            Years(2024, 2025),
            2026,
            2024,
            false,
            "expired before the floor, whatever the clock says",
        ),
        (Years(2024, 2025), 2026, 2045, false, "expired before the floor"),
    ];
    let ours = Authority::new("Authority");
    for (years, floor, now, accepted, why) in rows {
        let server = gateway(ours.server("127.0.0.1", years)).await;
        let clock = Clock {
            floor: middle_of(floor),
            now: middle_of(now),
        };
        let expected = if accepted { Ok(()) } else { UNTRUSTED };
        assert_eq!(call(&server, vec![ours.der()], clock).await, expected, "{why}");
    }
}

#[tokio::test]
async fn a_chain_must_be_valid_as_a_whole_at_one_time() {
    let rows = [
        (Years(2027, 2030), Years(2028, 2029), true, "overlap"),
        (
            Years(2028, 2030),
            Years(2027, 2029),
            true,
            "overlap the other way round",
        ),
        (Years(2027, 2028), Years(2029, 2030), false, "never at the same time"),
    ];
    let ours = Authority::new("Authority");
    let clock = Clock {
        floor: middle_of(2026),
        now: middle_of(2045),
    };
    for (leaf, between, accepted, why) in rows {
        let between = ours.intermediate("Between", between);
        let server = gateway(between.server_with("127.0.0.1", leaf, &[&between], &[&TLS13])).await;
        let expected = if accepted { Ok(()) } else { UNTRUSTED };
        assert_eq!(call(&server, vec![ours.der()], clock).await, expected, "{why}");
    }
}

#[tokio::test]
async fn the_first_trust_needs_no_authority_but_the_right_root() {
    let anybody = Authority::new("Anybody");
    let message = trust(4, vec![anybody.der()]);
    let bytes = protocol::signed::Signed::make(&message, &root());
    let served = bytes.clone();
    let server = Server::tls(anybody.server("127.0.0.1", Years(2020, 2021)), move |seen| {
        assert!(seen.head.starts_with("get /v1/trust "), "{}", seen.head);
        assert!(!seen.head.contains("authorization"));
        ok(&served)
    })
    .await;
    let found = Connection::first_trust(&server.https_url(), &root().public().root_hash()).await;
    assert_eq!(found, Ok((message, bytes)));
    let other = Connection::first_trust(&server.https_url(), &platform().public().root_hash()).await;
    assert_eq!(other.map(|_| ()), UNTRUSTED);
}

#[tokio::test]
async fn a_line_cut_at_any_place_is_unreachable_and_never_an_answer() {
    let ours = Authority::new("Authority");
    let server = gateway(ours.server("127.0.0.1", GOOD_YEARS)).await;
    let trust = trust(1, vec![ours.der()]);
    let attempt = async |limit: usize| {
        let (addr, passed) = cutter(server.addr, limit).await;
        let connection = Connection::new(&format!("https://{addr}"), &trust, clock()).unwrap();
        let result = connection
            .batch(TOKEN, vec![envelope(1), envelope(2)])
            .await
            .map(|_| ());
        drop(connection);
        (result, passed.await.unwrap())
    };
    let (whole, total) = attempt(usize::MAX >> 1).await;
    assert_eq!(whole, Ok(()));
    assert!(total > 1000, "handshake and answer: {total}");
    // What comes after the answer is TLS saying goodbye: an alert record of 24 bytes.
    for limit in (0..total - 24).step_by(16) {
        let (result, _) = attempt(limit).await;
        assert_eq!(
            result,
            Err(ClientError::Obstacle(Obstacle::Unreachable)),
            "cut after {limit} of {total} bytes"
        );
    }
}
