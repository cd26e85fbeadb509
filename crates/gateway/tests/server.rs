//! The real server: TLS, limits, races, over the network.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::ids::Realm;
use gateway::{
    GatewayError, Invite,
    http::{Limits, Options, Running, start},
};
use protocol::{
    board::Board,
    changes::{Change, ChangesPage},
    denial::Refusal,
    enrolment::Role,
    receipt::{BATCH_LIMIT, BatchAnswer, Outcome},
    signed::Signed,
};
use std::{
    collections::HashSet,
    io::{Read as _, Write as _},
    path::Path,
    sync::Arc,
    time::Duration,
};
use support::{HAI_CHAU, Keys, Tablet, TestEnv, adult, batch, batch_of, finish, number};

fn options(data: &Path) -> Options {
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: data.to_owned(),
        realm: Realm::Development,
        names: Vec::new(),
        plain_http: false,
        population: None,
        opener_delay: Duration::ZERO,
        limits: Limits::default(),
    }
}

struct Site {
    _folder: tempfile::TempDir,
    running: Running,
    made: u8,
}

impl Site {
    async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path());
        change(&mut options);
        let running = start(options, TestEnv::new()).await.unwrap();
        Self {
            _folder: folder,
            running,
            made: 0,
        }
    }

    /// Trusts the authorities of the trust message, nothing else.
    fn client(&self) -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trust = self.running.gateway.trust().unwrap();
        let root = self.invite("Tổ 0", Role::Volunteer).invitation.root;
        let trust = protocol::enrolment::Trust::verify_first(&trust, &root).unwrap();
        let authorities = trust
            .authorities
            .iter()
            .map(|der| reqwest::Certificate::from_der(&der.0).unwrap());
        reqwest::Client::builder()
            .tls_certs_only(authorities)
            .no_proxy()
            .build()
            .unwrap()
    }

    fn invite(&self, team: &str, role: Role) -> gateway::InvitationIssued {
        let invite = Invite {
            ward: None,
            team: team.to_owned(),
            communes: vec![HAI_CHAU],
            role,
            grants: Vec::new(),
            operators: Vec::new(),
            widen: false,
            minutes: 15,
        };
        self.running.gateway.invite(&invite).unwrap()
    }

    async fn tablet(&mut self, client: &reqwest::Client, role: Role) -> (Tablet, String) {
        self.made += 1;
        let (invited, keys) = (self.invite("Tổ 1", role), Keys::new(self.made));
        let trust = client
            .get(self.url("/v1/trust"))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let answer = client
            .post(self.url("/v1/devices"))
            .body(keys.request(&invited))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-type"], "application/cbor");
        let tablet = Tablet::enrolled(keys, &answer.bytes().await.unwrap(), &trust, &invited);
        let answer = client
            .post(self.url("/v1/token"))
            .body(tablet.token_request(1))
            .send()
            .await
            .unwrap();
        let token = tablet.token(&answer.bytes().await.unwrap());
        (tablet, token)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.url)
    }

    async fn post(&self, client: &reqwest::Client, token: &str, path: &str, body: Vec<u8>) -> reqwest::Response {
        client
            .post(self.url(path))
            .bearer_auth(token)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Polls the changes until the device has so many verdicts.
    async fn verdicts(&self, client: &reqwest::Client, tablet: &Tablet, token: &str, many: usize) -> usize {
        for _ in 0..200 {
            let url = self.url("/v1/changes?since=0");
            let bytes = client
                .get(url)
                .bearer_auth(token)
                .send()
                .await
                .unwrap()
                .bytes()
                .await
                .unwrap();
            let page: ChangesPage = Signed::verify(&bytes, &tablet.trust.platform).unwrap();
            let count = page
                .changes
                .iter()
                .filter(|change| matches!(change.known(), Some(Change::Verdict(_))))
                .count();
            if count >= many {
                return count;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no verdict in five seconds");
    }
}

async fn refusal(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice::<Refusal>(&response.bytes().await.unwrap())
            .unwrap()
            .code,
    )
}

#[tokio::test]
async fn a_record_travels_to_its_verdict() {
    let mut site = Site::with(|_| {}).await;
    let client = site.client();
    let (mut tablet, token) = site.tablet(&client, Role::Coordinator).await;
    let (first, second) = (tablet.register_anybody(), tablet.register_anybody());
    let request = batch(&[&first, &second]);
    let response = site.post(&client, &token, "/v1/batches", request).await;
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    let answer: BatchAnswer = Signed::verify(&response.bytes().await.unwrap(), &tablet.trust.platform).unwrap();
    assert!(answer.items.iter().all(|item| item.outcome == Outcome::Received));
    assert_eq!(site.verdicts(&client, &tablet, &token, 2).await, 2);

    let board = client
        .get(site.url("/v1/communes/20242/board"))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    let board: Board = serde_json::from_slice(&board.bytes().await.unwrap()).unwrap();
    assert_eq!((board.registrations.accepted, board.registrations.received), (2, 2));
    assert!(board.registrations.holds());
    site.running.stop().await.unwrap();
}

#[tokio::test]
async fn refusals_have_codes() {
    let mut site = Site::with(|_| {}).await;
    let client = site.client();
    let (tablet, token) = site.tablet(&client, Role::Volunteer).await;
    let get = |path: &str, token: &str| client.get(site.url(path)).bearer_auth(token).send();
    let told = |status: u16, code: &str| (status, code.to_owned());

    let no_token = client.get(site.url("/v1/changes?since=0")).send().await.unwrap();
    assert_eq!(refusal(no_token).await, told(401, "unauthorised"));
    assert_eq!(
        refusal(get("/v1/changes?since=0", "0123").await.unwrap()).await,
        told(401, "unauthorised")
    );
    assert_eq!(
        refusal(get("/v1/changes", &token).await.unwrap()).await,
        told(400, "malformed")
    );
    assert_eq!(
        refusal(get("/v1/changes?since=-1", &token).await.unwrap()).await,
        told(400, "malformed")
    );
    assert_eq!(
        refusal(get("/v1/communes/20242/board", &token).await.unwrap()).await,
        told(403, "forbidden")
    );
    assert_eq!(
        refusal(get("/v1/communes/x/board", &token).await.unwrap()).await,
        told(404, "commune_unknown")
    );
    assert_eq!(
        refusal(get("/v1/nothing", &token).await.unwrap()).await,
        told(404, "not_found")
    );
    assert_eq!(
        refusal(get("/v1/batches", &token).await.unwrap()).await,
        told(405, "method_not_allowed")
    );

    let post = |path: &'static str, body: Vec<u8>| site.post(&client, &token, path, body);
    assert_eq!(
        refusal(post("/v1/batches", vec![0; BATCH_LIMIT + 1]).await).await,
        told(413, "too_large")
    );
    assert_eq!(
        refusal(post("/v1/batches", batch_of(vec![vec![0]; 51])).await).await,
        told(413, "too_large")
    );
    assert_eq!(
        refusal(post("/v1/batches", b"nonsense".to_vec()).await).await,
        told(400, "malformed")
    );
    assert_eq!(
        refusal(post("/v1/devices", vec![0; 5000]).await).await,
        told(413, "too_large")
    );
    assert_eq!(
        refusal(post("/v1/token", tablet.token_request(1)).await).await,
        told(409, "nonce_used")
    );

    let health = client.get(site.url("/v1/health")).send().await.unwrap();
    assert_eq!(health.status().as_u16(), 200);
    let health: serde_json::Value = serde_json::from_slice(&health.bytes().await.unwrap()).unwrap();
    assert_eq!((&health["status"], &health["stepped_over"]), (&"ok".into(), &0.into()));
    site.running.stop().await.unwrap();
}

/// I3 (docs/protocol.md): 64 connections at once, each round with one registration in several copies and forks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_connections_race() {
    let mut site = Site::with(|_| {}).await;
    let client = site.client();
    let (mut tablet, token) = site.tablet(&client, Role::Volunteer).await;
    // A client of its own for each racer: a connection of its own.
    let clients: Arc<Vec<_>> = Arc::new((0..64).map(|_| site.client()).collect());
    for round in 0..20u16 {
        let first = tablet.register(finish(&adult(&number(round)), false));
        // Two more first revisions of the same registration: a fork under race.
        let forks: Vec<_> = (0..2)
            .map(|_| {
                let header = protocol::envelope::Header {
                    rid: first.header.rid,
                    ..tablet.header()
                };
                let body = finish(&adult(&number(round)), false);
                tablet.freeze(header, &protocol::envelope::Body::Registration(Box::new(body)))
            })
            .collect();
        let racers: Vec<_> = (0..64)
            .map(|racer| {
                let envelope = [&first, &forks[0], &forks[1]][racer % 3];
                let (client, url) = (clients[racer].clone(), site.url("/v1/batches"));
                let request = client.post(url).bearer_auth(&token).body(batch(&[envelope])).send();
                tokio::spawn(async move { request.await.unwrap().bytes().await.unwrap() })
            })
            .collect();
        let mut by_eid = std::collections::HashMap::<_, Vec<_>>::new();
        for racer in racers {
            let answer: BatchAnswer = Signed::verify(&racer.await.unwrap(), &tablet.trust.platform).unwrap();
            let item = answer.items[0];
            by_eid.entry(item.eid).or_default().push(item);
        }
        let mut heads = 0;
        for items in by_eid.values() {
            let numbers: HashSet<_> = items.iter().map(|item| (item.number, item.received_at)).collect();
            assert_eq!(numbers.len(), 1, "one receipt for one envelope");
            let received = items.iter().filter(|item| item.outcome == Outcome::Received).count();
            let stale = items.iter().all(|item| item.outcome == Outcome::StaleBase);
            assert!(received == 1 || stale, "{items:?}");
            heads += received;
        }
        assert_eq!((by_eid.len(), heads), (3, 1), "round {round}: one head");
    }
    let counts = site.running.gateway.board_of(HAI_CHAU).unwrap().registrations;
    assert_eq!(counts.received, 20);
    assert!(counts.holds());
    assert_eq!(site.running.gateway.audit().unwrap(), (60, Vec::new()));
    site.running.stop().await.unwrap();
}

#[tokio::test]
async fn too_many_at_once_are_told_when_to_come_back() {
    let mut site = Site::with(|options| options.limits.batches = 0).await;
    let client = site.client();
    let (mut tablet, token) = site.tablet(&client, Role::Volunteer).await;
    let envelope = tablet.register_anybody();
    let response = site.post(&client, &token, "/v1/batches", batch(&[&envelope])).await;
    assert_eq!(response.headers()["retry-after"], "5");
    assert_eq!(refusal(response).await, (503, "busy".to_owned()));
    site.running.stop().await.unwrap();
}

/// Somebody who announces a body and does not send it, or sends half a request, is let go; others are served meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_callers_are_let_go() {
    let mut site = Site::with(|options| {
        options.plain_http = true;
        options.limits.headers = Duration::from_millis(300);
        options.limits.body = Duration::from_millis(300);
    })
    .await;
    let client = site.client();
    let (mut tablet, token) = site.tablet(&client, Role::Volunteer).await;
    let address = site.running.url.strip_prefix("http://").unwrap().to_owned();
    let slow = |text: String| {
        let address = address.clone();
        tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            String::from_utf8(answer).unwrap()
        })
    };
    let half_body = slow(format!(
        "POST /v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\nabc"
    ));
    let half_head = slow("POST /v1/batches HTTP/1.1\r\nHost:".to_owned());
    let silent = slow(String::new());
    // Longer than announced (not announced at all): cut at the limit.
    let endless = slow(format!(
        "POST /v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n",
        BATCH_LIMIT + 1,
        "x".repeat(BATCH_LIMIT + 1)
    ));

    let envelope = tablet.register_anybody();
    let response = site.post(&client, &token, "/v1/batches", batch(&[&envelope])).await;
    assert_eq!(response.status().as_u16(), 200);
    assert!(half_body.await.unwrap().starts_with("HTTP/1.1 408"));
    assert!(endless.await.unwrap().starts_with("HTTP/1.1 413"));
    half_head.await.unwrap();
    assert_eq!(silent.await.unwrap(), "");
    site.running.stop().await.unwrap();
}

#[tokio::test]
async fn only_tls_1_3_and_only_our_authority() {
    let site = Site::with(|_| {}).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let old = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .tls_version_max(reqwest::tls::Version::TLS_1_2)
        .no_proxy()
        .build()
        .unwrap();
    assert!(old.get(site.url("/v1/health")).send().await.is_err());
    let stranger = Site::with(|_| {}).await;
    assert!(stranger.client().get(site.url("/v1/health")).send().await.is_err());
    assert!(site.client().get(site.url("/v1/health")).send().await.is_ok());
    site.running.stop().await.unwrap();
    stranger.running.stop().await.unwrap();
}

#[tokio::test]
async fn what_may_not_be_served_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let code = |options: Options| async {
        match start(options, TestEnv::new()).await {
            Ok(running) => {
                running.stop().await.unwrap();
                "served"
            }
            Err(error) => error.code(),
        }
    };
    let plain = |listen: &str| Options {
        listen: listen.parse().unwrap(),
        plain_http: true,
        ..options(folder.path())
    };
    assert_eq!(code(plain("0.0.0.0:0")).await, "usage");
    let list = folder.path().join("people.csv");
    std::fs::write(&list, "pin,name,birth,sex,deceased\n").unwrap();
    let simulated = |realm| Options {
        realm,
        population: Some(list.clone()),
        ..options(folder.path())
    };
    assert_eq!(code(simulated(Realm::Live)).await, "usage");
    assert_eq!(code(simulated(Realm::Development)).await, "served");
    assert_eq!(code(simulated(Realm::Practice)).await, "realm_mismatch");
    let running = start(options(folder.path()), TestEnv::new()).await.unwrap();
    assert!(matches!(
        start(options(folder.path()), TestEnv::new()).await,
        Err(GatewayError::InUse)
    ));
    running.stop().await.unwrap();
    assert_eq!(code(plain("127.0.0.1:0")).await, "served");
}

#[allow(clippy::disallowed_methods, reason = "real sockets take real time")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

/// Reads until the other side ends the connection; how long that took. Panics when it does not end.
fn until_closed(stream: &mut std::net::TcpStream) -> Duration {
    let begun = clock();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    let mut bytes = [0; 64 * 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return begun.elapsed(),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return begun.elapsed(),
            Err(error) => panic!("still open: {error}"),
        }
    }
}

async fn raw<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_from_one_address_are_slowed_down_and_tokens_are_not() {
    let mut site = Site::with(|options| options.limits.invitations = gateway::http::Rate::new(4, 1)).await;
    let client = site.client();
    let (tablet, _) = site.tablet(&client, Role::Volunteer).await;
    let mut wrong = site.invite("Tổ 1", Role::Volunteer);
    let first = wrong.invitation.code[0];
    let mut told = Vec::new();
    for n in 1..=8 {
        wrong.invitation.code[0] = first ^ n;
        let request = client.post(site.url("/v1/devices")).body(Keys::new(99).request(&wrong));
        let response = request.send().await.unwrap();
        told.push((
            response.status().as_u16(),
            response.headers().contains_key("retry-after"),
        ));
    }
    assert_eq!(told[..3], [(404, false); 3], "who tries a few is answered");
    assert_eq!(told[7], (503, true), "who tries many is told to wait");
    let request = client.post(site.url("/v1/token")).body(tablet.token_request(7));
    assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    site.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_has_so_many_connections_and_gives_them_back() {
    let site = Site::with(|options| {
        options.plain_http = true;
        options.limits.connections_of_address = 4;
    })
    .await;
    let address = site.running.url.strip_prefix("http://").unwrap().to_owned();
    let connect = move || std::net::TcpStream::connect(&address).unwrap();
    raw(move || {
        let silent: Vec<_> = (0..4).map(|_| connect()).collect();
        std::thread::sleep(Duration::from_millis(200));
        let mut fifth = connect();
        assert!(until_closed(&mut fifth) < Duration::from_secs(2), "no place left");
        drop(silent);
        std::thread::sleep(Duration::from_millis(200));
        let mut next = connect();
        next.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        next.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    })
    .await;
    site.running.stop().await.unwrap();
}

/// Requests come and come and nothing of the answers is read; or one comes now and then for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_no_answers_or_stays_for_ever_is_let_go() {
    let site = Site::with(|options| {
        options.plain_http = true;
        options.limits.stall = Duration::from_millis(500);
        options.limits.age = Duration::from_secs(3);
    })
    .await;
    let address = site.running.url.strip_prefix("http://").unwrap().to_owned();
    let ask = b"GET /v1/trust HTTP/1.1\r\nHost: x\r\n\r\n";
    let deaf = {
        let address = address.clone();
        raw(move || {
            let begun = clock();
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
            // Until the server takes no more of it, and then until it lets go.
            while begun.elapsed() < Duration::from_secs(60) {
                match stream.write_all(ask) {
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(_) => return begun.elapsed(),
                    Ok(()) => {}
                }
            }
            begun.elapsed()
        })
    };
    let stays = raw(move || {
        let begun = clock();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let mut bytes = [0; 64 * 1024];
        // Never quiet for long.
        while begun.elapsed() < Duration::from_secs(20) {
            if stream.write_all(ask).is_err() || !matches!(stream.read(&mut bytes), Ok(n) if n > 0) {
                return begun.elapsed();
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        begun.elapsed()
    });
    let (deaf, stays) = (deaf.await, stays.await);
    assert!(deaf < Duration::from_secs(40), "who takes nothing stayed {deaf:?}");
    let (least, most) = (Duration::from_secs(3), Duration::from_secs(8));
    assert!(least < stays && stays < most, "who came early stayed {stays:?}");
    site.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_is_answered_again_until_it_is_old() {
    let mut site = Site::with(|options| options.limits.board_age = Duration::from_millis(800)).await;
    let client = site.client();
    let (mut tablet, token) = site.tablet(&client, Role::Coordinator).await;
    let board = async || -> Board {
        let request = client.get(site.url("/v1/communes/20242/board")).bearer_auth(&token);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    };
    assert_eq!(board().await.registrations.received, 0);
    let envelope = tablet.register_anybody();
    site.post(&client, &token, "/v1/batches", batch(&[&envelope])).await;
    assert_eq!(board().await.registrations.received, 0, "as it was just now");
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(board().await.registrations.received, 1);
    site.running.stop().await.unwrap();
}
