//! A released device that nobody has updated speaks with the gateway of today.

use crate::recorded::{Call, Recorded, Script, bytes, device_keys};
use domain::ids::{DeviceId, Realm, UnixTime};
use gateway::{
    Invite,
    http::{Limits, Options, Running, start},
};
use protocol::{
    blanks::BlankAnswer,
    changes::{Change, ChangesPage},
    enrolment::{DeviceAnswer, Invitation, Role, TokenAnswer, Trust},
    keys::SealSecret,
    receipt::BatchAnswer,
    report::Acknowledged,
    signed::Signed,
};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

/// The gateway of today with the recorded platform's keys, over HTTP, at the recorded times.
struct Today {
    _folder: tempfile::TempDir,
    env: Arc<Script>,
    running: Running,
}

impl Today {
    async fn with_keys_of(recorded: &Recorded, least_version: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (file, bytes) in recorded.keys() {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let population = folder.path().join("people.csv");
        std::fs::write(&population, recorded.text("population")).unwrap();
        let env = Script::at(recorded.trust().issued_at);
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().to_owned(),
            realm: Realm::Development,
            names: Vec::new(),
            plain_http: true,
            population: Some(population),
            // Longer than the calls of one contact take, so that verdicts come with the next one, as recorded.
            opener_delay: Duration::from_millis(700),
            limits: Limits {
                least_version,
                ..Limits::default()
            },
        };
        let running = start(options, env.clone()).await.unwrap();
        let invitation: Invitation = recorded.text("invitation").parse().unwrap();
        env.draw(vec![invitation.code.to_vec()]);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let people = recorded.said["people"].as_array().unwrap().iter().map(text).collect();
        let invited = running.gateway.invite(&Invite {
            ward: None,
            team: recorded.text("team").to_owned(),
            communes: vec!["20242".parse().unwrap()],
            role: Role::Volunteer,
            grants: Vec::new(),
            operators: people,
            widen: false,
            minutes: 15,
        });
        assert_eq!(invited.unwrap().invitation.to_string(), recorded.text("invitation"));
        Self {
            _folder: folder,
            env,
            running,
        }
    }

    /// Waits until the opener has decided about everything.
    async fn decided(&self) {
        for _ in 0..400 {
            let board = self.running.gateway.board_of("20242".parse().unwrap()).unwrap();
            if board.registrations.waiting == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the opener does not decide");
    }

    /// Says the device's words as they were recorded, with the token of today: status, headers, body.
    fn ask(&self, call: &Call, token: &str) -> (u16, String, Vec<u8>) {
        let address = self.running.url.strip_prefix("http://").unwrap();
        let bearer = match call.bearer {
            true => format!("Authorization: Bearer {token}\r\n"),
            false => String::new(),
        };
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {address}\r\n{bearer}Content-Length: {}\r\nConnection: close\r\n\r\n",
            call.method,
            call.path,
            call.request.len()
        );
        let mut line = TcpStream::connect(address).unwrap();
        line.write_all(&[head.as_bytes(), &call.request].concat()).unwrap();
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let body = answer.split_off(end);
        let head = String::from_utf8(answer).unwrap().to_ascii_lowercase();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head, body)
    }
}

/// The server's time in a recorded answer.
fn time(recorded: &Recorded, call: &Call) -> UnixTime {
    match call.route() {
        "/v1/trust" => recorded.trust().issued_at,
        "/v1/devices" => recorded.answer::<DeviceAnswer>(call).time,
        "/v1/token" => recorded.answer::<TokenAnswer>(call).time,
        "/v1/batches" => recorded.answer::<BatchAnswer>(call).time,
        "/v1/changes" => recorded.answer::<ChangesPage>(call).time,
        "/v1/reports" => recorded.answer::<Acknowledged>(call).time,
        "/v1/cards" => recorded.answer::<BlankAnswer>(call).time,
        other => panic!("{other}"),
    }
}

/// A page with its verdicts opened: what is sealed differs each time, what it says does not but for the account's name
/// and the moment.
fn opened(page: &ChangesPage, device: DeviceId, sealing: &SealSecret) -> ChangesPage {
    let mut page = page.clone();
    for change in &mut page.changes {
        let protocol::open::Open::Known(Change::Verdict(sealed)) = change else {
            continue;
        };
        let mut verdict = sealed.open(device, sealing).unwrap();
        assert!(verdict.decided_at > 0);
        verdict.decided_at = 0;
        verdict.account = verdict.account.map(|account| "x".repeat(account.len()));
        sealed.sealed.0 = protocol::cbor::encode(&verdict);
    }
    page
}

/// Every call of the recorded device is answered, and the answers are the recorded ones, byte for byte: the released
/// device reads them, because it read those. Where chance has a part (tokens, what is sealed) the message is the same once
/// that is put aside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_of_today_answers_a_released_device_as_the_released_one_did() {
    let recorded = Recorded::read();
    let sealing = device_keys().sealing;
    let (mut equal, mut alike, mut verdicts) = (0, 0, 0);
    let today = Today::with_keys_of(&recorded, 1).await;
    let mut token = String::new();
    for (turn, call) in recorded.calls.iter().enumerate() {
        if call.route() == "/v1/token" {
            today.decided().await;
        }
        if turn == 2 {
            let team = recorded.text("team");
            today.running.gateway.make_blanks(team, 1, |_| Ok(())).unwrap();
        }
        today.env.set(time(&recorded, call));
        let (status, head, answer) = tokio::task::block_in_place(|| today.ask(call, &token));
        let what = format!("call {turn}: {} {}", call.method, call.path);
        assert_eq!((status, call.status), (200, 200), "{what}");
        assert!(head.contains("tungnha-protocol: 2"), "{what}: {head}");
        if answer == call.answer {
            equal += 1;
            continue;
        }
        let keys = recorded.trust().platform;
        match call.route() {
            "/v1/token" => {
                let now: TokenAnswer = Signed::verify(&answer, &keys).unwrap();
                let then: TokenAnswer = recorded.answer(call);
                assert_eq!((now.token.len(), answer.len()), (then.token.len(), call.answer.len()));
                token = now.token;
                assert!(token != then.token && now.nonce == then.nonce && now.ext == then.ext);
            }
            "/v1/changes" => {
                let now: ChangesPage = Signed::verify(&answer, &keys).unwrap();
                let page = opened(&now, now.device, &sealing);
                verdicts += page.changes.len();
                assert_eq!(page, opened(&recorded.answer(call), now.device, &sealing), "{what}");
                assert_eq!(answer.len(), call.answer.len(), "{what}");
            }
            _ => panic!("{what}: another answer"),
        }
        alike += 1;
    }
    assert_eq!(today.running.gateway.audit().unwrap(), (8, Vec::new()));
    today.running.stop().await.unwrap();
    println!("answers equal {equal}, equal but for chance {alike}, of those verdicts {verdicts}");
    assert_eq!((equal + alike, verdicts), (recorded.calls.len(), 5));
    assert!(equal >= 12, "{equal}");
}

/// Once the gateway asks for a later version, the released device still gets a token and hands over what people
/// registered; everything else says that an update is needed, and since which version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_device_hands_over_its_records_whatever_version_is_asked_for() {
    let recorded = Recorded::read();
    let mut told = Vec::new();
    let today = Today::with_keys_of(&recorded, 2).await;
    // It was enrolled before that was asked for.
    today.running.gateway.enrol(&recorded.calls[1].request).unwrap();
    let mut token = String::new();
    for call in &recorded.calls[5..recorded.undecided()] {
        today.env.set(time(&recorded, call));
        let (status, _, answer) = tokio::task::block_in_place(|| today.ask(call, &token));
        if call.route() == "/v1/token" {
            let answer: TokenAnswer = Signed::verify(&answer, &recorded.trust().platform).unwrap();
            token = answer.token;
        }
        if call.route() == "/v1/batches" {
            assert_eq!(answer, call.answer, "the receipts are those of the released gateway");
        }
        if status == 426 {
            let said: serde_json::Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(said, serde_json::json!({ "code": "upgrade_needed", "least": 2 }));
        }
        told.push((call.route().to_owned(), status));
    }
    today.running.stop().await.unwrap();
    for (route, status) in &told {
        let expected = if matches!(route.as_str(), "/v1/token" | "/v1/batches") {
            200
        } else {
            426
        };
        assert_eq!(*status, expected, "{route}");
    }
    assert_eq!(told.len(), 8);
}

/// The recording holds what the tests above rely on.
#[test]
fn the_recording_is_whole() {
    let recorded = Recorded::read();
    assert!(recorded.calls.iter().all(|call| call.status == 200));
    let signed: Trust = Trust::read(&recorded.calls[0].answer).unwrap();
    assert_eq!(signed, recorded.trust());
    let states: Vec<_> = recorded.states().into_iter().map(|(_, state)| state).collect();
    for state in ["accepted", "possible_duplicate", "refused", "withdrawn"] {
        assert!(states.iter().any(|known| known == state), "{state}");
    }
    assert_eq!(bytes("00ff"), [0, 255]);
}
