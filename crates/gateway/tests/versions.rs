//! A device of a later version before the gateway of today (docs/protocol.md, section 10): what it says besides is kept,
//! covered by its signature and given back unchanged; what it says otherwise waits. And who is told to update.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::{ext::Extensions, ids::Realm, state::Decision};
use gateway::http::{Limits, Options, Running, start};
use protocol::{
    blanks::{BlankLine, BlankReport},
    cbor::{self, Blob},
    denial::Refusal,
    enrolment::{DeviceAnswer, DeviceRequest, Role, TokenAnswer, TokenRequest},
    envelope::{Body, Header},
    open::Open,
    receipt::{BatchAnswer, BatchRequest, Outcome, request_digest},
    report::{Acknowledged, DeviceReport},
    signed::Signed,
    version,
};
use std::time::Duration;
use support::{HAI_CHAU, NOW, Rig, Tablet, TestEnv, adult, batch, denied, finish, number};

/// What a later program says besides: numbers and values that nobody has given a meaning.
fn more() -> Extensions {
    let values = [(1, vec![0x62, 0xc3, 0xa1]), (300, vec![0xa1, 0x01, 0xf5])];
    Extensions::new(values).unwrap()
}

/// An envelope whose header and registration say more; what is sent is not what the register says.
fn extended(tablet: &mut Tablet, serial: u16) -> (protocol::envelope::Envelope, Extensions) {
    let registration = domain::registration::Registration {
        ext: more(),
        ..finish(&adult(&number(serial)), false)
    };
    let header = Header {
        ext: more(),
        ..tablet.header()
    };
    let envelope = tablet.freeze(header, &Body::Registration(Box::new(registration)));
    (envelope, more())
}

#[test]
fn what_a_later_device_says_besides_is_kept_signed_over_and_given_back() {
    let mut rig = Rig::with_people(Some(
        "048188999007,Nguyễn Thị Khác,1988-02-09,female,0\n048188999009,Trần Thị Mỹ Hạnh,1988-02-09,female,0\n",
    ));
    let mut tablet = rig.tablet();
    let (first, ext) = extended(&mut tablet, 7);
    let (second, _) = extended(&mut tablet, 9);
    let request = cbor::encode(&BatchRequest {
        envelopes: [&first, &second].map(|envelope| Blob(envelope.to_bytes())).to_vec(),
        ext: more(),
    });
    let answer = rig.gateway.batch(tablet.id(), &request).unwrap();
    let answer: BatchAnswer = Signed::verify(&answer, &tablet.trust.platform).unwrap();
    assert_eq!(answer.request, request_digest(&request));
    let outcomes: Vec<_> = answer.items.iter().map(|item| (item.digest, item.outcome)).collect();
    assert_eq!(
        outcomes[0],
        (first.digest(), Outcome::Received),
        "over the extensions too"
    );
    assert_eq!(outcomes[1].1, Outcome::Received);
    assert_eq!(
        rig.gateway.audit().unwrap(),
        (2, Vec::new()),
        "what is stored is what was signed"
    );

    rig.drain();
    let verdicts = rig.verdicts(&tablet);
    let (eid, verdict) = &verdicts[0];
    assert_eq!(*eid, first.header.eid);
    assert!(matches!(verdict.decision, Open::Known(Decision::Refused(_))));
    let sent = verdict.sent.as_ref().unwrap();
    assert_eq!(
        sent.ext, ext,
        "the device gets back what it said, whoever understood it"
    );
    assert!(
        matches!(verdicts[1].1.decision, Open::Known(Decision::Accepted)),
        "no rule goes by it"
    );
}

#[test]
fn an_envelope_of_a_later_form_waits_and_its_neighbours_do_not() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let before = tablet.register_anybody();
    let header = Header {
        version: protocol::envelope::VERSION + 1,
        ..tablet.header()
    };
    let later = tablet.freeze(header, &Body::Withdrawal);
    let after = tablet.register_anybody();
    let outcome = |rig: &Rig, tablet: &Tablet| {
        let items = rig.send(tablet, &[&before, &later, &after]);
        items
            .iter()
            .map(|item| (item.eid.is_some(), item.outcome))
            .collect::<Vec<_>>()
    };
    let waits = (false, Outcome::Retry);
    let received = (true, Outcome::Received);
    let replayed = (true, Outcome::Replayed);
    assert_eq!(outcome(&rig, &tablet), [received, waits, received]);
    assert_eq!(
        outcome(&rig, &tablet),
        [replayed, waits, replayed],
        "for as long as it takes"
    );
    assert_eq!(
        rig.gateway.audit().unwrap().0,
        2,
        "and is stored by nobody who cannot read it"
    );

    // A field that is no extension is no later version but a fault.
    let mut odd = cbor::encode(&BatchRequest {
        envelopes: vec![Blob(before.to_bytes())],
        ext: Extensions::NONE,
    });
    odd[0] = 0xa2;
    odd.extend([0x18, 0x1e, 0x00]);
    assert_eq!(denied(rig.gateway.batch(tablet.id(), &odd)), "malformed");
}

struct Site {
    folder: tempfile::TempDir,
    running: Running,
}

impl Site {
    async fn asking_for(least_version: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().to_owned(),
            realm: Realm::Development,
            names: Vec::new(),
            plain_http: true,
            population: None,
            opener_delay: Duration::ZERO,
            limits: Limits {
                least_version,
                ..Limits::default()
            },
        };
        let running = start(options, TestEnv::new()).await.unwrap();
        Self { folder, running }
    }

    /// Asks as a program of this version (none: one that names none); status and body.
    async fn ask(&self, version: Option<&str>, token: &str, path: &str, body: Option<Vec<u8>>) -> (u16, Vec<u8>) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}{path}", self.running.url);
        let request = match body {
            Some(body) => client.post(url).body(body),
            None => client.get(url),
        };
        let request = match version {
            Some(version) => request.header(version::HEADER, version),
            None => request,
        };
        let answer = request.bearer_auth(token).send().await.unwrap();
        let named = answer.headers()[version::HEADER].to_str().unwrap().parse();
        assert_eq!(
            named,
            Ok(version::VERSION),
            "{path}: every answer names the gateway's version"
        );
        (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
    }
}

/// From the first call to the last: a device of version 99 that extends everything it says.
#[tokio::test]
async fn a_later_device_is_answered_in_every_call() {
    let site = Site::asking_for(version::VERSION).await;
    let invited = site.running.gateway.invite(&gateway::Invite {
        ward: None,
        team: "Tổ 1".to_owned(),
        communes: vec![HAI_CHAU],
        role: Role::Volunteer,
        grants: Vec::new(),
        operators: vec!["Chị Ba".to_owned()],
        widen: false,
        minutes: 15,
    });
    let (invited, keys) = (invited.unwrap(), support::Keys::new(1));
    let ask = |token: String, path: &'static str, body| {
        let site = &site;
        async move {
            let (status, body) = site.ask(Some("99"), &token, path, body).await;
            assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
            body
        }
    };
    let request = DeviceRequest {
        code: Blob(invited.invitation.code.to_vec()),
        signing: keys.signing.public(),
        sealing: keys.sealing.public().unwrap(),
        transport: keys.transport.public(),
        program: "9.0.0".to_owned(),
        ext: more(),
    };
    let trust = ask(String::new(), "/v1/trust", None).await;
    let answer = ask(
        String::new(),
        "/v1/devices",
        Some(Signed::make(&request, &keys.signing)),
    )
    .await;
    let mut tablet = Tablet::enrolled(keys, &answer, &trust, &invited);
    let answer: DeviceAnswer = Signed::verify(&answer, &tablet.trust.platform).unwrap();
    let request = TokenRequest {
        device: answer.device,
        nonce: Blob(vec![7; 16]),
        ext: more(),
    };
    let token = ask(
        String::new(),
        "/v1/token",
        Some(Signed::make(&request, &tablet.keys.transport)),
    )
    .await;
    let token: TokenAnswer = Signed::verify(&token, &tablet.trust.platform).unwrap();
    let token = token.token;

    let (envelope, _) = extended(&mut tablet, 8);
    let receipts = ask(token.clone(), "/v1/batches", Some(batch(&[&envelope]))).await;
    let receipts: BatchAnswer = Signed::verify(&receipts, &tablet.trust.platform).unwrap();
    assert_eq!(receipts.items[0].outcome, Outcome::Received);
    ask(token.clone(), "/v1/changes?since=0&keys=0&tomorrow=1", None).await;
    let report = DeviceReport {
        device: tablet.id(),
        time: NOW,
        begun: 1,
        by_state: vec![0, 0, 1, 0, 0, 0, 0, 0, 0],
        oldest_unsent: None,
        unsent: 0,
        program: "9.0.0".to_owned(),
        secret: "file".to_owned(),
        ext: more(),
    };
    let report = ask(
        token.clone(),
        "/v1/reports",
        Some(Signed::make(&report, &tablet.keys.transport)),
    )
    .await;
    let _: Acknowledged = Signed::verify(&report, &tablet.trust.platform).unwrap();
    let line = BlankLine {
        number: domain::blank::BlankNumber::from_serial(80_000_000).unwrap(),
        code: None,
        spoiled: true,
        at: NOW,
        operator: 1,
        ext: more(),
    };
    let cards = BlankReport {
        device: tablet.id(),
        blanks: vec![line],
        ext: more(),
    };
    ask(token, "/v1/cards", Some(Signed::make(&cards, &tablet.keys.signing))).await;
    assert!(site.folder.path().join("gateway.db").exists());
    site.running.stop().await.unwrap();
}

#[tokio::test]
async fn only_what_no_resident_waits_for_is_kept_from_an_older_program() {
    let site = Site::asking_for(2).await;
    for (version, old) in [
        (None, true),
        (Some("1"), true),
        (Some("two"), true),
        (Some("2"), false),
        (Some("3"), false),
    ] {
        for (path, body, for_all) in [
            ("/v1/trust", None, true),
            ("/v1/health", None, true),
            ("/v1/token", Some(b"x".to_vec()), true),
            ("/v1/batches", Some(b"x".to_vec()), true),
            ("/v1/devices", Some(b"x".to_vec()), false),
            ("/v1/changes?since=0", None, false),
            ("/v1/reports", Some(b"x".to_vec()), false),
            ("/v1/cards", Some(b"x".to_vec()), false),
            ("/v1/communes/20242/board", None, false),
        ] {
            let (status, said) = site.ask(version, "00", path, body).await;
            assert_eq!(status == 426, old && !for_all, "{version:?} at {path}: {status}");
            if status == 426 {
                let refusal: Refusal = serde_json::from_slice(&said).unwrap();
                assert_eq!((refusal.code.as_str(), refusal.least), ("upgrade_needed", Some(2)));
            }
        }
    }
    site.running.stop().await.unwrap();
}
