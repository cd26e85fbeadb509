//! One bad thing blocks no other (I6): a stumbling server, a row that cannot be read, an answer that fits nothing, a copy
//! that the database went on without.

use crate::*;
use domain::{
    ids::{Eid, Rid},
    registration::{Draft, FieldName},
    state::{Decision, Reason, RefusalCode, State},
};
use protocol::{
    blanks::{BlankAnswer, BlankReport},
    changes::{Change, SealedVerdict, Verdict},
    open::Open,
    receipt::Item,
};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};
use store::{device, newer, outbox, records};

type Batches = dyn Fn(&[Eid]) -> Option<Result<Vec<Outcome>, ClientError>> + Send + Sync;

/// The real gateway, but for what a test says of batches, reports about cards and pages.
struct Picky {
    real: Connection,
    batches: Box<Batches>,
    asked: AtomicUsize,
    no_blanks: bool,
    no_report: bool,
    tokens: AtomicUsize,
    garble: Option<Rid>,
}

impl Picky {
    fn before(real: Connection) -> Self {
        Self {
            real,
            batches: Box::new(|_| None),
            asked: AtomicUsize::new(0),
            no_blanks: false,
            no_report: false,
            tokens: AtomicUsize::new(0),
            garble: None,
        }
    }

    fn stumbling(real: Connection, over: Eid, error: ClientError) -> Self {
        Self {
            batches: Box::new(move |sent| sent.contains(&over).then(|| Err(error.clone()))),
            ..Self::before(real)
        }
    }
}

impl Gateway for Picky {
    async fn token(&self, device: DeviceId, key: &SignSecret, nonce: [u8; 16]) -> Result<TokenAnswer, ClientError> {
        self.tokens.fetch_add(1, Ordering::SeqCst);
        self.real.token(device, key, nonce).await
    }

    async fn batch(&self, token: &str, envelopes: Vec<Vec<u8>>) -> Result<(BatchAnswer, Vec<u8>), ClientError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let read: Vec<Envelope> = envelopes
            .iter()
            .map(|bytes| Envelope::from_bytes(bytes).unwrap())
            .collect();
        let eids: Vec<Eid> = read.iter().map(|envelope| envelope.header.eid).collect();
        match (self.batches)(&eids) {
            None => self.real.batch(token, envelopes).await,
            Some(Err(error)) => Err(error),
            Some(Ok(outcomes)) => {
                let items = read.iter().zip(outcomes).map(|(envelope, outcome)| Item {
                    eid: Some(envelope.header.eid),
                    digest: envelope.digest(),
                    outcome,
                    number: 0,
                    received_at: 0,
                });
                let answer = BatchAnswer {
                    request: envelope_digest(&read[0]),
                    time: 0,
                    items: items.collect(),
                    wait: None,
                    ext: Default::default(),
                };
                Ok((answer, eids.concat_bytes()))
            }
        }
    }

    async fn changes(
        &self,
        token: &str,
        device: DeviceId,
        since: u64,
        keys: u64,
        master: u64,
        life: Option<domain::ids::Instance>,
    ) -> Result<ChangesPage, ClientError> {
        let mut page = self.real.changes(token, device, since, keys, master, life).await?;
        for change in &mut page.changes {
            if let Open::Known(Change::Verdict(verdict)) = change
                && Some(verdict.rid) == self.garble
            {
                verdict.sealed.0[40] ^= 1;
            }
        }
        Ok(page)
    }

    async fn have(
        &self,
        token: &str,
        asked: &protocol::healing::HaveRequest,
        transport: &SignSecret,
    ) -> Result<protocol::healing::HaveAnswer, ClientError> {
        self.real.have(token, asked, transport).await
    }

    async fn report(&self, token: &str, report: &DeviceReport, key: &SignSecret) -> Result<Acknowledged, ClientError> {
        match self.no_report {
            true => Err(domain::retry::Obstacle::Unauthorised.into()),
            false => self.real.report(token, report, key).await,
        }
    }

    async fn blanks(
        &self,
        token: &str,
        report: &BlankReport,
        signing: &SignSecret,
    ) -> Result<BlankAnswer, ClientError> {
        match self.no_blanks {
            true => Err(ClientError::Refused {
                code: "not_found".to_owned(),
            }),
            false => self.real.blanks(token, report, signing).await,
        }
    }

    async fn refresh_trust(&self, known: &Trust) -> Result<Option<(Trust, Vec<u8>)>, ClientError> {
        self.real.refresh_trust(known).await
    }
}

fn envelope_digest(envelope: &Envelope) -> domain::ids::Digest {
    envelope.digest()
}

trait Bytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl Bytes for Vec<Eid> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|eid| eid.0).collect()
    }
}

fn draft(number: u32) -> Draft {
    serde_json::from_value(Person::number(number).draft()).unwrap()
}

/// The content of a registration lies on the device.
fn kept(session: &Session, rid: Rid) -> bool {
    let record = session.store().read(|tx| records::get(tx, &rid)).unwrap();
    record.unwrap().content.is_some()
}

fn register(session: &Session, number: u32) -> Rid {
    session.register(None, &draft(number)).unwrap().rid
}

fn sync(session: &Session, gateway: &Picky) -> app::sync::Report {
    let pace = Pace {
        patience: 0,
        sleep: &|time| tokio::time::sleep(time),
    };
    inside::wait_for(session.sync(gateway, pace)).unwrap()
}

fn sync_until(session: &Session, gateway: &Picky, rids: &[Rid], state: State) {
    for _ in 0..100 {
        sync(session, gateway);
        if rids.iter().all(|rid| session.show(*rid).unwrap().state == state) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{:?}", session.queue());
}

fn eids(session: &Session) -> Vec<Eid> {
    let waiting = session.store().read(outbox::waiting).unwrap();
    waiting.into_iter().map(|waiting| waiting.eid).collect()
}

/// A gateway, a device in this process, and the road between them.
struct Scene {
    town: Town,
    device: Device,
}

impl Scene {
    fn new() -> Self {
        let town = Town::start();
        let device = Device::enrolled(&town);
        Self { town, device }
    }

    fn unlock(&self) -> Session {
        self.device.unlock_now()
    }

    fn received(&self) -> u64 {
        self.town.board()["registrations"]["received"].as_u64().unwrap()
    }

    fn copies(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found: Vec<_> = std::fs::read_dir(self.device.home().join("spool"))
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "sealed"))
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        found.sort();
        found
    }

    /// The database as it stands; the device is locked.
    fn database(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = ["registrations.db", "registrations.db-wal"].map(|name| self.device.home().join(name));
        files
            .into_iter()
            .filter_map(|path| Some((path.clone(), std::fs::read(path).ok()?)))
            .collect()
    }

    fn put_back(&self, database: &[(PathBuf, Vec<u8>)]) {
        let _ = std::fs::remove_file(self.device.home().join("registrations.db-wal"));
        for (path, bytes) in database {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn an_envelope_over_which_the_server_stumbles_holds_up_no_other() {
    let scene = Scene::new();
    let refused = ClientError::Refused {
        code: "malformed".to_owned(),
    };
    let mut received = 0;
    for (round, error) in [domain::retry::Obstacle::ServerError.into(), refused]
        .into_iter()
        .enumerate()
    {
        let session = scene.unlock();
        let first = 700 + 20 * round as u32;
        let rids: Vec<Rid> = (first..first + 6).map(|number| register(&session, number)).collect();
        let bad = eids(&session)[1];
        let gateway = Picky::stumbling(session.connect().unwrap(), bad, error.clone());
        let report = sync(&session, &gateway);
        received += 5;
        assert_eq!((report.left, scene.received()), (1, received), "{error:?} {report:?}");
        assert_eq!(report.reason.as_deref(), Some(error.code()));
        assert_eq!(session.show(rids[1]).unwrap().state, State::Queued);
        let named = session.queue().unwrap().aside;
        assert_eq!(
            (named.len(), named[0].rid, named[0].reason.as_str()),
            (1, rids[1], error.code())
        );
        // The locked device has no table, and goes past it all the same.
        register(&session, first + 10);
        drop(session);
        let locked = Locked::open(&scene.device.place(), Arc::new(SystemEnv::new())).unwrap();
        let gateway = Picky::stumbling(locked.connect().unwrap(), bad, error.clone());
        let report = inside::wait_for(locked.sync(&gateway)).unwrap();
        received += 1;
        assert_eq!(
            (report.receipts, scene.received()),
            (1, received),
            "{error:?} {report:?}"
        );
        drop(locked);
        // The cause is mended, and a person presses now.
        let session = scene.unlock();
        session.try_everything().unwrap();
        assert_eq!(inside::sync(&session).left, 0);
        received += 1;
        assert_eq!(scene.received(), received);
    }
}

#[test]
fn fifty_that_wait_at_the_head_hold_up_nobody_behind_them() {
    let scene = Scene::new();
    let session = scene.unlock();
    (0..53).for_each(|number| {
        register(&session, 800 + number);
    });
    let head: Vec<Eid> = eids(&session)[..50].to_vec();
    let later = head.clone();
    let gateway = Picky {
        batches: Box::new(move |sent| {
            let waits = sent.iter().any(|eid| later.contains(eid));
            waits.then(|| Ok(sent.iter().map(|_| Outcome::Retry).collect()))
        }),
        ..Picky::before(session.connect().unwrap())
    };
    let report = sync(&session, &gateway);
    assert_eq!(
        (report.receipts, report.left, scene.received()),
        (3, 50, 3),
        "{report:?}"
    );
    assert_eq!(
        gateway.asked.load(Ordering::SeqCst),
        2,
        "and nobody is asked twice in a run"
    );

    // Torn copies, as a power cut leaves them, hold up nobody on the locked device either.
    (0..3).for_each(|number| {
        register(&session, 860 + number);
    });
    drop(session);
    for (path, bytes) in scene.copies().iter().take(50) {
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    let report = scene.device.run(&["sync", "--locked"]);
    assert_eq!(
        (&report.lines[0]["receipts"], scene.received()),
        (&json!(3), 6),
        "{report:?}"
    );
    assert_eq!(inside::sync(&scene.unlock()).left, 0);
    assert_eq!(scene.received(), 56);
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_holds_up_no_other() {
    let scene = Scene::new();
    let session = scene.unlock();
    let rids: Vec<Rid> = (870..874).map(|number| register(&session, number)).collect();
    store::testing::execute(
        session.store(),
        "UPDATE registration SET content = x'00' WHERE id = 2; UPDATE registration SET kind = 'other' WHERE id = 3;",
    );
    let gateway = Picky::before(session.connect().unwrap());
    assert_eq!(sync(&session, &gateway).left, 0);
    sync_until(&session, &gateway, &rids, State::Accepted);
    assert_eq!(session.today().unwrap().recent.len(), 4);
    assert_eq!(session.page(&[], 0, 10).unwrap().items.len(), 4);
    assert_eq!(session.doctor().unwrap().unreadable, rids[1..3]);
    assert!(session.show(rids[1]).unwrap().unreadable && !session.show(rids[0]).unwrap().unreadable);
}

#[test]
fn a_refused_report_about_cards_keeps_no_verdict_from_coming() {
    let scene = Scene::new();
    let session = scene.unlock();
    let rid = register(&session, 875);
    store::testing::execute(
        session.store(),
        "INSERT INTO card (number, state, operator, changed_at, revision) VALUES (80000020, 'spoiled', 1, 0, 1)",
    );
    let gateway = Picky {
        no_blanks: true,
        ..Picky::before(session.connect().unwrap())
    };
    sync_until(&session, &gateway, &[rid], State::Accepted);
    let report = sync(&session, &gateway);
    assert_eq!((report.reached, report.reason.as_deref()), (true, Some("not_found")));
}

/// One verdict cannot be read: the others come, it is kept and named, and is tried again.
#[test]
fn a_verdict_that_does_not_open_is_kept_and_holds_up_no_other() {
    let scene = Scene::new();
    let session = scene.unlock();
    let rids: Vec<Rid> = (880..883).map(|number| register(&session, number)).collect();
    let gateway = Picky {
        garble: Some(rids[0]),
        ..Picky::before(session.connect().unwrap())
    };
    sync_until(&session, &gateway, &rids[1..], State::Accepted);
    for _ in 0..20 {
        if session.store().read(newer::len).unwrap() == 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        sync(&session, &gateway);
    }
    assert_eq!(session.show(rids[0]).unwrap().state, State::Received);
    for _ in 0..2 {
        let report = sync(&session, &gateway);
        assert_eq!(report.reason.as_deref(), Some("stepped_over"), "{report:?}");
        assert_eq!(session.doctor().unwrap().stepped_over, 1, "kept once");
    }
}

/// The database lost its last transaction, a save; its copy was sent already. The verdict meets a form: it waits for the
/// record, and everybody else's is heard.
#[test]
fn a_verdict_that_meets_a_form_waits_and_holds_up_no_other() {
    let scene = Scene::new();
    let session = scene.unlock();
    let other = register(&session, 891);
    let lost = session.begin_draft(Some(draft(890)), None).unwrap().rid;
    drop(session);
    let before = scene.database();
    let session = scene.unlock();
    let code = session.register(Some(lost), &draft(890)).unwrap().code;
    drop(session);
    let copy = scene.copies().remove(1);
    scene.device.run(&["sync", "--locked"]).ok();
    scene.put_back(&before);
    assert_eq!(scene.copies().len(), 0);

    let session = scene.unlock();
    let gateway = Picky::before(session.connect().unwrap());
    sync_until(&session, &gateway, &[other], State::Accepted);
    for _ in 0..50 {
        if session.store().read(newer::len).unwrap() == 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        sync(&session, &gateway);
    }
    assert_eq!(session.show(lost).unwrap().state, State::Draft);
    assert_eq!(session.doctor().unwrap().stepped_over, 1);
    let cursor = session.store().read(device::cursor).unwrap();
    assert!(cursor >= 2, "the feed goes on: {cursor}");
    drop(session);

    // The copy is found after all: the record is taken in again, under its code, and the verdict finds it.
    std::fs::write(&copy.0, &copy.1).unwrap();
    let session = scene.unlock();
    assert_eq!(
        (session.show(lost).unwrap().state, session.show(lost).unwrap().code),
        (State::Queued, Some(code))
    );
    let gateway = Picky::before(session.connect().unwrap());
    sync_until(&session, &gateway, &[lost], State::Accepted);
    assert!(sync(&session, &gateway).reason.is_none());
    let findings = session.doctor().unwrap();
    assert!(findings.healthy && findings.stepped_over == 0, "{findings:?}");
    // What was numbered in what was lost is not numbered again.
    assert!(session.store().read(device::position).unwrap().epoch > 1);
    assert_eq!(scene.received(), 2);
}

/// The form was finished again before its copy was found: two codes for one registration. The copy is sent once, kept with
/// the platform's word, and named; it is not sent for ever.
#[test]
fn a_copy_that_the_database_went_on_without_is_sent_once_and_named() {
    let scene = Scene::new();
    let session = scene.unlock();
    let rid = session.begin_draft(Some(draft(895)), None).unwrap().rid;
    drop(session);
    let before = scene.database();
    let session = scene.unlock();
    let first = session.register(Some(rid), &draft(895)).unwrap().code;
    drop(session);
    let copy = scene.copies().remove(0);
    std::fs::remove_file(&copy.0).unwrap();
    scene.put_back(&before);
    let session = scene.unlock();
    let second = session.register(Some(rid), &draft(895)).unwrap().code;
    assert_ne!(first, second);
    drop(session);
    std::fs::write(&copy.0, &copy.1).unwrap();

    let session = scene.unlock();
    let gateway = Picky::before(session.connect().unwrap());
    sync_until(&session, &gateway, &[rid], State::Accepted);
    let asked = gateway.asked.load(Ordering::SeqCst);
    let report = sync(&session, &gateway);
    assert_eq!((report.left, report.reason), (0, None));
    assert_eq!(gateway.asked.load(Ordering::SeqCst), asked, "it is sent no more");
    let strays = session.doctor().unwrap().strays;
    assert_eq!(
        (strays.len(), strays[0].code, strays[0].rid),
        (1, Some(first), Some(rid))
    );
    assert_eq!(strays[0].outcome, "stale_base");
    assert_eq!(session.show(rid).unwrap().code, Some(second));
    assert_eq!(scene.copies().len(), 0);
}

/// What stopped is a case for a person, who has ways on: the same again once the cause is mended, or a correction.
#[test]
fn what_stopped_is_sent_again_or_corrected() {
    let scene = Scene::new();
    let session = scene.unlock();
    let rids: Vec<Rid> = (896..898).map(|number| register(&session, number)).collect();
    let gateway = Picky {
        batches: Box::new(|sent| Some(Ok(sent.iter().map(|_| Outcome::Unreadable).collect()))),
        ..Picky::before(session.connect().unwrap())
    };
    assert_eq!(sync(&session, &gateway).stopped, 2);
    for rid in &rids {
        let shown = session.show(*rid).unwrap();
        assert_eq!(shown.state, State::Quarantined);
        assert!(shown.allowed.send_again && shown.allowed.correct && shown.allowed.withdraw);
    }
    assert_eq!(session.open_tasks().unwrap(), 2);
    drop(session);
    let ran = scene.device.run(&["send-again", &rids[0].to_string()]);
    assert_eq!(ran.ok()["state"], "queued");
    assert_eq!(scene.copies().len(), 1, "a locked device sends it too");
    scene
        .device
        .run(&["send-again", &rids[0].to_string()])
        .refuses(1, "not_in_this_state");
    let session = scene.unlock();
    let gateway = Picky::before(session.connect().unwrap());
    sync_until(&session, &gateway, &rids[..1], State::Accepted);
    assert_eq!(session.correct(rids[1], &draft(897)).unwrap().state, State::Queued);
    assert_eq!(sync(&session, &gateway).left, 0);
}

/// A refusal within seconds, the normal case, leaves what its correction needs for as long as its task is open; content
/// that came back goes after a month.
#[test]
fn an_early_refusal_keeps_its_fields_and_not_for_ever() {
    const DAY: i64 = 86_400;
    let scene = Scene::new();
    let env = inside::Moved::new();
    let shared: Arc<dyn Env> = env.clone();
    let session = scene.device.unlock(env.clone());
    let rids: Vec<Rid> = (898..900).map(|number| register(&session, number)).collect();
    assert_eq!(inside::sync(&session).left, 0);
    let refuse = |rid: Rid, now: i64, sent| {
        let keys = session.store().read(device::keys).unwrap().unwrap();
        let head = session
            .store()
            .read(|tx| records::get(tx, &rid))
            .unwrap()
            .unwrap()
            .head
            .unwrap();
        let verdict = Verdict {
            decision: Decision::Refused(Reason {
                field: FieldName::Name,
                code: RefusalCode::NameMismatch,
            })
            .into(),
            decided_at: now,
            account: None,
            sent,
            ext: Default::default(),
        };
        let device = session.identity().device;
        let to = keys.sealing.public().unwrap();
        let sealed = SealedVerdict::seal(&verdict, device, rid, head, &to, &mut shared.rng()).unwrap();
        let cursor = session.store().read(device::cursor).unwrap();
        let page = ChangesPage {
            device,
            since: cursor,
            next: cursor + 1,
            more: false,
            time: now,
            changes: vec![Open::Known(Change::Verdict(sealed))],
            wait: None,
            keys: None,
            master: None,
            ext: Default::default(),
        };
        assert_eq!(session.apply_page(&page).unwrap().verdicts, 1);
    };
    // What lies there, not what is shown: without a contact for so long old records are locked.
    let has = |rid: Rid| kept(&session, rid);
    let content = session
        .store()
        .read(|tx| records::get(tx, &rids[1]))
        .unwrap()
        .unwrap()
        .content;
    let start = env.now();
    refuse(rids[0], start, None);
    env.set(8 * DAY);
    session.purge_due().unwrap();
    assert!(has(rids[0]), "its task is open");
    assert!(!has(rids[1]), "seven days after the receipt");
    refuse(rids[1], env.now(), content.map(Box::new));
    assert!(has(rids[1]), "it came back");
    env.set(29 * DAY);
    session.purge_due().unwrap();
    assert!(has(rids[0]) && has(rids[1]));
    env.set(31 * DAY);
    session.purge_due().unwrap();
    assert!(!has(rids[0]) && has(rids[1]), "a month each");
    env.set(39 * DAY);
    session.purge_due().unwrap();
    assert!(!has(rids[1]));
    for rid in rids {
        let record = session.store().read(|tx| records::get(tx, &rid)).unwrap();
        assert_eq!(record.unwrap().state, State::Refused, "its task stays");
    }
}

/// Two gateways behind one address, of which only one knows the token.
#[test]
fn a_token_refused_for_the_report_alone_is_not_asked_for_without_end() {
    let scene = Scene::new();
    let session = scene.unlock();
    let rid = register(&session, 850);
    let gateway = Picky {
        no_report: true,
        ..Picky::before(session.connect().unwrap())
    };
    let report = sync(&session, &gateway);
    assert_eq!((report.receipts, report.reason.as_deref()), (1, Some("unauthorised")));
    assert_eq!(gateway.tokens.load(Ordering::SeqCst), 2);
    sync_until(&session, &gateway, &[rid], State::Accepted);
}

#[test]
fn what_a_person_must_look_at_first_is_shown_so_until_it_is_decided() {
    let scene = Scene::new();
    let session = scene.unlock();
    // It knows which life of the server answers, and asks nobody whether what it sent is there.
    sync(&session, &Picky::before(session.connect().unwrap()));
    let rid = register(&session, 851);
    let gateway = Picky {
        batches: Box::new(|sent| Some(Ok(sent.iter().map(|_| Outcome::Held).collect()))),
        ..Picky::before(session.connect().unwrap())
    };
    assert_eq!(sync(&session, &gateway).receipts, 1);
    let shown = session.show(rid).unwrap();
    assert_eq!((shown.state, shown.held), (State::Received, true));
    assert!(session.page(&[], 0, 9).unwrap().items[0].held);
    session.correct(rid, &draft(851)).unwrap();
    assert!(!session.show(rid).unwrap().held);
}

/// One id, one content: the same again is the same answer, also after a purge; somebody else under the same id is told.
#[test]
fn another_person_under_the_same_id_is_not_answered_with_the_first_ones_code() {
    let scene = Scene::new();
    let env = inside::Moved::new();
    let session = scene.device.unlock(env.clone());
    let saved = session.register(None, &draft(852)).unwrap();
    assert_eq!(session.register(Some(saved.rid), &draft(852)).unwrap(), saved);
    let mut moved = Person::number(852);
    moved.house = "K9/9 Lê Duẩn".to_owned();
    let moved: Draft = serde_json::from_value(moved.draft()).unwrap();
    for other in [&draft(853), &moved] {
        let refused = session.register(Some(saved.rid), other).unwrap_err();
        assert_eq!(refused.code(), "other_content");
    }
    let queue = session.queue().unwrap();
    assert_eq!((queue.begun, queue.conservation), (1, true));
    inside::sync(&session);
    env.set(31 * 86_400);
    session.purge_due().unwrap();
    assert!(!kept(&session, saved.rid));
    assert_eq!(session.register(Some(saved.rid), &draft(852)).unwrap().code, saved.code);
    let refused = session.register(Some(saved.rid), &draft(853)).unwrap_err();
    assert_eq!(refused.code(), "other_content");
}
