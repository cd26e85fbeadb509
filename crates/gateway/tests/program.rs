//! The real program: what it prints and logs, how it stops, and kill -9 at every marked point and at random moments:
//! nothing receipted is lost, nothing is decided twice, the counts add up.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::ids::Eid;
use protocol::{
    board::Board,
    changes::{Change, ChangesPage},
    enrolment::Invitation,
    envelope::Envelope,
    receipt::{BatchAnswer, Item, Outcome},
    signed::Signed,
};
use serde_json::Value;
use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use support::{Keys, Tablet, batch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tungnha-gateway");
const ENVELOPES: usize = 8;

/// The running program; ended the hard way when dropped.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(data: &Path, kill_at: Option<&str>) -> Self {
        Self::logging(data, kill_at, Stdio::null())
    }

    fn logging(data: &Path, kill_at: Option<&str>, log: Stdio) -> Self {
        let mut command = Command::new(PROGRAM);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--plain-http", "--data"])
            .arg(data);
        command.stdout(Stdio::piped()).stderr(log);
        match kill_at {
            Some(point) => command.env("TUNGNHA_GATEWAY_KILL_AT", point),
            None => command.env_remove("TUNGNHA_GATEWAY_KILL_AT"),
        };
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let url = line["listening"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

fn ran(data: &Path, arguments: &[&str]) -> Value {
    let out = Command::new(PROGRAM)
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap()
}

/// What one tablet wants to send and what it was promised.
struct Sender {
    client: reqwest::Client,
    tablet: Tablet,
    token: Option<String>,
    nonce: u8,
    envelopes: Vec<Envelope>,
    receipts: HashMap<Eid, Item>,
    replayed: usize,
}

impl Sender {
    async fn enrol(data: &Path, url: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        let invited = ran(data, &["invite", "--team", "Tổ 1", "--commune", "20242"]);
        let invitation: Invitation = invited["invitation"].as_str().unwrap().parse().unwrap();
        let invited = gateway::InvitationIssued {
            invitation,
            url: None,
            expires_at: 0,
        };
        let keys = Keys::new(1);
        let trust = client
            .get(format!("{url}/v1/trust"))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let request = client.post(format!("{url}/v1/devices")).body(keys.request(&invited));
        let answer = request.send().await.unwrap().bytes().await.unwrap();
        let mut tablet = Tablet::enrolled(keys, &answer, &trust, &invited);
        let envelopes = (0..ENVELOPES).map(|_| tablet.register_anybody()).collect();
        Self {
            client,
            tablet,
            token: None,
            nonce: 0,
            envelopes,
            receipts: HashMap::new(),
            replayed: 0,
        }
    }

    /// Sends what has no receipt, two at a time, then everything again; an error means that the program is gone.
    async fn sync(&mut self, url: &str) -> Result<(), reqwest::Error> {
        self.nonce += 1;
        let request = self
            .client
            .post(format!("{url}/v1/token"))
            .body(self.tablet.token_request(self.nonce));
        let token = self
            .tablet
            .token(&request.send().await?.error_for_status()?.bytes().await?);
        self.token = Some(token.clone());
        let missing: Vec<_> = self
            .envelopes
            .iter()
            .filter(|e| !self.receipts.contains_key(&e.header.eid))
            .collect();
        let everything: Vec<_> = self.envelopes.iter().collect();
        for envelopes in missing.chunks(2).chain([&everything[..]]) {
            let request = self
                .client
                .post(format!("{url}/v1/batches"))
                .bearer_auth(&token)
                .body(batch(envelopes));
            let bytes = request.send().await?.error_for_status()?.bytes().await?;
            let answer: BatchAnswer = Signed::verify(&bytes, &self.tablet.trust.platform).unwrap();
            for (item, envelope) in answer.items.into_iter().zip(envelopes) {
                assert_eq!((item.eid, item.digest), (Some(envelope.header.eid), envelope.digest()));
                match self.receipts.insert(envelope.header.eid, item) {
                    // A receipt is for ever: the same number and time, whatever was killed in between.
                    Some(first) => {
                        assert_eq!(
                            item,
                            Item {
                                outcome: Outcome::Replayed,
                                ..first
                            }
                        );
                        self.replayed += 1;
                    }
                    None => assert!(matches!(item.outcome, Outcome::Received | Outcome::Replayed)),
                }
            }
        }
        Ok(())
    }

    /// The verdicts of the whole log, once there are as many as envelopes.
    async fn verdicts(&self, url: &str) -> Result<Vec<Eid>, reqwest::Error> {
        for _ in 0..200 {
            let request = self.client.get(format!("{url}/v1/changes?since=0"));
            let request = request.bearer_auth(self.token.as_deref().unwrap_or_default());
            let bytes = request.send().await?.error_for_status()?.bytes().await?;
            let page: ChangesPage = Signed::verify(&bytes, &self.tablet.trust.platform).unwrap();
            let eids: Vec<_> = page
                .changes
                .iter()
                .filter_map(|change| match change.known() {
                    Some(Change::Verdict(verdict)) => {
                        verdict.open(self.tablet.id(), &self.tablet.keys.sealing).unwrap();
                        Some(verdict.eid)
                    }
                    _ => None,
                })
                .collect();
            if eids.len() >= self.envelopes.len() {
                return Ok(eids);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no verdict in four seconds");
    }

    async fn all(&mut self, url: &str) -> Result<Vec<Eid>, reqwest::Error> {
        self.sync(url).await?;
        self.verdicts(url).await
    }
}

/// What must hold in the end, with the program ended.
fn check(data: &Path, sender: &Sender, mut verdicts: Vec<Eid>) {
    let mut eids: Vec<_> = sender.envelopes.iter().map(|envelope| envelope.header.eid).collect();
    eids.sort();
    verdicts.sort();
    assert_eq!(verdicts, eids, "one verdict for each envelope");
    assert_eq!(
        ran(data, &["audit"]),
        serde_json::json!({ "envelopes": ENVELOPES, "altered": 0 })
    );
    let board: Board = serde_json::from_value(ran(data, &["board", "--commune", "20242"])).unwrap();
    assert!(board.registrations.holds());
    assert_eq!(
        (board.registrations.received, board.registrations.accepted),
        (ENVELOPES as u64, ENVELOPES as u64)
    );
    assert!(board.devices[0].flags.is_empty(), "{:?}", board.devices[0].flags);
    let opener = rusqlite::Connection::open(data.join("opener/opener.db")).unwrap();
    let accounts: (usize, usize) = opener
        .query_row("SELECT COUNT(*), COUNT(DISTINCT account) FROM persons", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(accounts, (ENVELOPES, ENVELOPES), "one account for each person");
}

#[tokio::test]
async fn killed_at_every_marked_point() {
    for point in gateway::faults::POINTS {
        for time in [1, 2] {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path();
            let mut program = Program::start(data, Some(&format!("{point}:{time}")));
            let mut sender = Sender::enrol(data, &program.url).await;
            let mut ended = sender.all(&program.url).await.is_err();
            // Points after the answer: the program ends by itself a moment later.
            for _ in 0..100 {
                ended |= program.child.try_wait().unwrap().is_some();
                if ended {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // The opener may have taken everything in one round: then the second time does not come.
            assert!(ended || time == 2, "{point}:{time} was never passed");
            program.kill();

            let mut program = Program::start(data, None);
            let verdicts = sender.all(&program.url).await.unwrap();
            program.kill();
            check(data, &sender, verdicts);
        }
    }
}

/// The moments come from a fixed sequence of milliseconds; what they hit differs from run to run.
#[tokio::test]
async fn killed_at_random_moments() {
    let mut replayed = 0;
    for round in 0..20u64 {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let mut program = Program::start(data, None);
        let mut sender = Sender::enrol(data, &program.url).await;
        for strike in 0..4u64 {
            let after = Duration::from_micros((round * 7_919 + strike * 104_729) % 40_000);
            let url = program.url.clone();
            tokio::select! {
                _ = sender.all(&url) => {}
                () = tokio::time::sleep(after) => {}
            }
            program.kill();
            program = Program::start(data, None);
        }
        let verdicts = sender.all(&program.url).await.unwrap();
        program.kill();
        check(data, &sender, verdicts);
        replayed += sender.replayed;
    }
    assert!(replayed > 0);
}

/// SIGTERM ends it cleanly; its log is JSON and says nothing about anybody.
#[tokio::test]
async fn it_stops_when_asked_and_its_log_knows_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut program = Program::logging(&data, None, std::fs::File::create(&log).unwrap().into());
    let mut sender = Sender::enrol(&data, &program.url).await;
    sender.all(&program.url).await.unwrap();
    let nonsense = sender
        .client
        .post(format!("{}/v1/devices", program.url))
        .body(support::NAME);
    assert_eq!(nonsense.send().await.unwrap().status().as_u16(), 400);
    // A fault of our own is said with its reason.
    rusqlite::Connection::open(data.join("gateway.db"))
        .unwrap()
        .execute_batch("CREATE TRIGGER full BEFORE UPDATE ON chain_head BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
    let next = sender.tablet.register_anybody();
    let request = sender.client.post(format!("{}/v1/batches", program.url));
    let request = request
        .bearer_auth(sender.token.as_deref().unwrap())
        .body(batch(&[&next]));
    assert_eq!(request.send().await.unwrap().status().as_u16(), 500);
    let stop = Command::new("kill")
        .args(["-TERM", &program.child.id().to_string()])
        .status()
        .unwrap();
    assert!(stop.success());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));

    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let allowed = [
        "message", "route", "status", "code", "number", "standing", "new", "current", "request", "device", "ms",
        "team", "detail",
    ];
    for line in &lines {
        assert!(line["target"].as_str().unwrap().starts_with("gateway"), "{line}");
        assert!(
            line["fields"]
                .as_object()
                .unwrap()
                .keys()
                .all(|key| allowed.contains(&key.as_str())),
            "{line}"
        );
    }
    assert!(lines.iter().any(|line| line["fields"]["message"] == "decided"));
    let calls: Vec<_> = lines
        .iter()
        .filter(|line| line["fields"]["message"] == "request")
        .collect();
    let call = |route: &str| {
        let call = calls.iter().find(|line| line["fields"]["route"] == route);
        &call.unwrap_or_else(|| panic!("no {route}"))["fields"]
    };
    for route in ["batches", "token", "changes"] {
        assert_eq!(call(route)["device"], sender.tablet.id(), "{route}");
        assert_eq!(call(route)["status"], 200, "{route}");
    }
    assert!(calls.iter().all(|line| line["fields"]["ms"].is_u64()));
    let numbers: std::collections::HashSet<_> = calls.iter().map(|line| line["fields"]["request"].as_u64()).collect();
    assert_eq!(numbers.len(), calls.len(), "each request has its number");
    let refused = calls.iter().find(|line| line["fields"]["status"] == 400).unwrap();
    assert_eq!(refused["fields"]["code"], "malformed");
    let fault = calls.iter().find(|line| line["fields"]["status"] == 500).unwrap();
    assert!(
        fault["fields"]["detail"].as_str().unwrap().contains("no room"),
        "{fault}"
    );
    assert_eq!(
        (&fault["level"], &fault["fields"]["device"]),
        (&"ERROR".into(), &sender.tablet.id().into())
    );
    let rid = sender.envelopes[0].header.rid.to_string();
    for planted in [
        support::NAME,
        "048188999",
        "Ích Khiêm",
        "Chị Ba",
        &rid,
        sender.token.as_deref().unwrap(),
    ] {
        assert!(!log.contains(planted), "{planted}");
    }
}

#[tokio::test]
async fn the_command_line_works_beside_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let program = Program::start(data, None);
    let sender = Sender::enrol(data, &program.url).await;
    let invited = ran(
        data,
        &[
            "invite",
            "--team",
            "Phường",
            "--commune",
            "20242,20794",
            "--role",
            "coordinator",
        ],
    );
    let (text, qr) = (invited["invitation"].as_str().unwrap(), invited["qr"].as_str().unwrap());
    assert_eq!(qr, format!("{text} {}", program.url));
    assert!(text.parse::<Invitation>().is_ok());
    let device = sender.tablet.id().to_string();
    assert_eq!(ran(data, &["revoke", "--device", &device])["revoked"], true);
    assert_eq!(ran(data, &["revoke", "--device", &device])["revoked"], false);
    let board = ran(data, &["board", "--commune", "20242"]);
    assert_eq!(board["devices"][0]["revoked"], true);

    let status = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .arg("--data")
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().unwrap().code()
    };
    assert_eq!(status(&["serve", "--listen", "127.0.0.1:0"]), Some(3), "in use");
    assert_eq!(status(&["revoke", "--device", "99"]), Some(1));
    assert_eq!(status(&["invite", "--team", "x", "--commune", "12345"]), Some(2));
    assert_eq!(status(&["invite", "--team", "x", "--commune", "1"]), Some(2));
    drop(program);
    assert_eq!(
        status(&["serve", "--listen", "127.0.0.1:0", "--realm", "live"]),
        Some(1),
        "another realm"
    );
}
