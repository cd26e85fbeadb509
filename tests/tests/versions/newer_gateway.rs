//! A tablet that nobody has updated speaks with a gateway of a later version: everything it says is extended, of some
//! things it says more than this program knows, and of others what nobody has written down yet.

use crate::{
    line::{self, Asked, sync},
    recorded::{Recorded, Script, Tablet, device_keys},
};
use app::{Session, sync::locked::Locked};
use client::{Clock, Connection};
use domain::{
    ext::Extensions,
    ids::{Eid, Rid},
    state::{Decision, State},
};
use protocol::{
    blanks::{BlankAnswer, BlankOutcome},
    cbor::{self, Blob},
    changes::{Change, ChangesPage, SealedVerdict, Team, Verdict},
    enrolment::{Operator, TokenAnswer, TokenRequest, Trust},
    envelope::Envelope,
    keys::SignSecret,
    open::Open,
    receipt::{BatchAnswer, BatchRequest, Item, Outcome, request_digest},
    report::Acknowledged,
    signed::{Message, Signed},
};
use std::sync::{Arc, Mutex};
use store::{device, newer, outbox, records};
use tungnha_tests::inside::wait_for;

/// What a later program says besides: numbers and values that nobody has given a meaning.
fn more() -> Extensions {
    let values = [(1, vec![0x62, 0xc3, 0xa1]), (300, vec![0x82, 0x01, 0xf6])];
    Extensions::new(values).unwrap()
}

/// An item of a list of kinds that this program does not know.
macro_rules! unknown {
    ($kind:ty, $bytes:expr) => {{
        let bytes: &[u8] = &$bytes;
        let read: Open<$kind> = cbor::decode(bytes, bytes.len()).unwrap();
        assert!(read.known().is_none());
        read
    }};
}

/// The later gateway, and what it was asked.
struct Later {
    now: i64,
    platform: SignSecret,
    /// Answered with a number of which only later programs know the meaning.
    puzzling: Eid,
    /// The log of changes: everything in one page.
    changes: Vec<Open<Change>>,
    /// Calls of this program are too old for it, but for those that every program may make.
    strict: bool,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Later {
    fn listen(self) -> String {
        line::answer(move |asked| {
            self.asked.lock().unwrap().push(asked.path.clone());
            match asked.path.split('?').next().unwrap() {
                "/v1/token" => (200, self.token(&asked)),
                "/v1/batches" => (200, self.batch(&asked)),
                _ if self.strict => (426, br#"{"code":"upgrade_needed","least":3,"page":"x"}"#.to_vec()),
                "/v1/cards" => (200, self.cards(&asked)),
                "/v1/changes" => (200, self.page(&asked)),
                "/v1/reports" => {
                    let answer = Acknowledged {
                        time: self.now,
                        ext: more(),
                    };
                    (200, self.sign(&answer))
                }
                _ => (404, Vec::new()),
            }
        })
    }

    fn sign<M: Message>(&self, message: &M) -> Vec<u8> {
        Signed::make(message, &self.platform)
    }

    fn token(&self, asked: &Asked) -> Vec<u8> {
        let transport = device_keys().transport.public();
        let asked: TokenRequest = Signed::verify(&asked.body, &[transport]).unwrap();
        self.sign(&TokenAnswer {
            nonce: asked.nonce,
            token: "5a".repeat(32),
            lifetime: 3600,
            time: self.now,
            ext: more(),
        })
    }

    fn batch(&self, asked: &Asked) -> Vec<u8> {
        let batch: BatchRequest = cbor::decode(&asked.body, asked.body.len()).unwrap();
        let item = |bytes: &Blob| {
            let envelope = Envelope::from_bytes(&bytes.0).unwrap();
            let eid = envelope.header.eid;
            let outcome = match eid == self.puzzling {
                true => Outcome::Newer(9),
                false => Outcome::Received,
            };
            Item {
                eid: Some(eid),
                digest: envelope.digest(),
                outcome,
                number: envelope.header.seq,
                received_at: self.now,
            }
        };
        self.sign(&BatchAnswer {
            request: request_digest(&asked.body),
            time: self.now,
            items: batch.envelopes.iter().map(item).collect(),
            wait: None,
            ext: more(),
        })
    }

    fn cards(&self, asked: &Asked) -> Vec<u8> {
        self.sign(&BlankAnswer {
            request: request_digest(&asked.body),
            time: self.now,
            blanks: vec![BlankOutcome::Newer(77)],
            ext: more(),
        })
    }

    fn page(&self, asked: &Asked) -> Vec<u8> {
        let since: u64 = asked.path.split(['=', '&']).nth(1).unwrap().parse().unwrap();
        let left = if since < 90 { self.changes.clone() } else { Vec::new() };
        self.sign(&ChangesPage {
            device: 1,
            since,
            next: 90,
            more: false,
            time: self.now,
            changes: left,
            wait: None,
            keys: None,
            master: None,
            ext: more(),
        })
    }
}

/// The tablet of the recording, today's program in it, and the later gateway before it.
struct Meeting {
    tablet: Tablet,
    env: Arc<Script>,
    recorded: Recorded,
    /// What waits, in the order of the chain.
    waiting: Vec<(Eid, Rid)>,
}

impl Meeting {
    fn new() -> Self {
        let recorded = Recorded::read();
        let env = Script::at(recorded.calls[5].at);
        let tablet = Tablet::copy();
        let session = tablet.open(env.clone());
        let waiting = session.store().read(outbox::waiting).unwrap();
        let of = |waiting: &outbox::Waiting| {
            let header = Envelope::from_bytes(&waiting.envelope).unwrap().header;
            (header.eid, header.rid)
        };
        let waiting: Vec<_> = waiting.iter().map(of).collect();
        assert_eq!(waiting.len(), 7);
        Self {
            tablet,
            env,
            recorded,
            waiting,
        }
    }

    fn later(&self, changes: Vec<Open<Change>>, strict: bool) -> (Connection, Arc<Mutex<Vec<String>>>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let later = Later {
            now: self.env.now(),
            platform: SignSecret::from_seed(&self.recorded.key("keys/platform.key")),
            puzzling: self.waiting[0].0,
            changes,
            strict,
            asked: asked.clone(),
        };
        let clock = Clock {
            floor: self.env.now(),
            now: self.env.now(),
        };
        let connection = Connection::new(&later.listen(), &self.recorded.trust(), clock).unwrap();
        (connection, asked)
    }

    fn verdict(&self, of: usize, decision: Open<Decision>) -> Open<Change> {
        let verdict = Verdict {
            decision,
            decided_at: self.env.now(),
            account: None,
            sent: None,
            ext: more(),
        };
        let (eid, rid) = self.waiting[of];
        let to = device_keys().sealing.public().unwrap();
        let env: &dyn app::env::Env = &*self.env;
        let sealed = SealedVerdict::seal(&verdict, 1, rid, eid, &to, &mut env.rng()).unwrap();
        Open::Known(Change::Verdict(SealedVerdict { ext: more(), ..sealed }))
    }

    /// The page of a later gateway: known kinds, one of them extended, between others that are not known.
    fn changes(&self) -> Vec<Open<Change>> {
        let root = SignSecret::from_seed(&self.recorded.key("keys/root.key"));
        let known = self.recorded.trust();
        let trust = Trust {
            serial: known.serial + 1,
            ext: more(),
            ..known
        };
        let person = Operator {
            id: 1,
            name: "Lê Thị Tập".to_owned(),
            ext: more(),
        };
        let team = Team {
            name: "Tổ mới".to_owned(),
            communes: vec!["20242".parse().unwrap()],
            operators: vec![person],
            ext: more(),
        };
        vec![
            // A kind of change that nobody has written down.
            unknown!(Change, [0x82, 0x18, 0x2a, 0x80]),
            self.verdict(1, Decision::Accepted.into()),
            // Refused with field 17 and reason 13: this program has neither.
            self.verdict(2, unknown!(Decision, [0x82, 0x02, 0x81, 0x82, 0x11, 0x0d])),
            // A team of which this program knows all but key 40.
            unknown!(
                Change,
                [
                    0x82, 0x02, 0x81, 0xa4, 0x00, 0x61, 0x54, 0x01, 0x80, 0x02, 0x80, 0x18, 0x28, 0x00
                ]
            ),
            Change::Team(team).into(),
            Change::Trust(Blob(Signed::make(&trust, &root))).into(),
        ]
    }
}

fn state(session: &Session, rid: Rid) -> State {
    session
        .store()
        .read(|tx| records::get(tx, &rid))
        .unwrap()
        .unwrap()
        .state
}

/// What is not understood is kept, named and stands in nobody's way; a program that understands it reads it then.
#[test]
fn words_of_a_later_gateway_are_kept_and_hold_up_nothing() {
    let meeting = Meeting::new();
    let (connection, asked) = meeting.later(meeting.changes(), false);
    let session = meeting.tablet.open(meeting.env.clone());
    let report = sync(&session, &connection);
    assert_eq!((report.receipts, report.verdicts, report.left), (6, 1, 1));
    assert_eq!(report.reason.as_deref(), Some("upgrade_needed"));
    assert!(
        report.reached,
        "the whole contact was made: {:?}",
        asked.lock().unwrap()
    );

    let (queued, accepted, refused) = (meeting.waiting[0].1, meeting.waiting[1].1, meeting.waiting[2].1);
    assert_eq!(
        state(&session, queued),
        State::Queued,
        "an outcome it cannot read is no receipt"
    );
    assert_eq!(
        state(&session, accepted),
        State::Accepted,
        "its neighbours in the page do not matter"
    );
    assert_eq!(
        state(&session, refused),
        State::Received,
        "a decision it cannot read decides nothing"
    );
    let store = session.store();
    assert_eq!(store.read(newer::len).unwrap(), 3);
    assert_eq!(store.read(device::cursor).unwrap(), 90, "the page is behind it");
    let identity = store.read(device::identity).unwrap().unwrap();
    assert_eq!(
        (identity.team.as_str(), &identity.operators[0].ext),
        ("Tổ mới", &more())
    );
    let trust = Trust::read(&store.read(device::trust).unwrap().unwrap()).unwrap();
    assert_eq!((trust.serial, trust.ext), (meeting.recorded.trust().serial + 1, more()));

    // The next contact keeps nothing twice and forgets nothing.
    let again = sync(&session, &connection);
    assert_eq!((again.left, again.reason.as_deref()), (1, Some("upgrade_needed")));
    assert_eq!(store.read(newer::len).unwrap(), 3);
    let asked_for = asked
        .lock()
        .unwrap()
        .iter()
        .filter(|path| path.contains("since=90"))
        .count();
    assert_eq!(asked_for, 1);

    // After an update one of the kept is of a kind that the program knows: read at the next start of a contact.
    let team = Team {
        name: "Tổ sau".to_owned(),
        communes: vec!["20242".parse().unwrap()],
        operators: Vec::new(),
        ext: Extensions::NONE,
    };
    let at = meeting.env.now();
    store
        .write(|tx| newer::put(tx, &Change::Team(team).into(), "upgrade_needed", at))
        .unwrap();
    assert_eq!(store.read(newer::len).unwrap(), 4);
    sync(&session, &connection);
    assert_eq!(
        store.read(newer::len).unwrap(),
        3,
        "what is understood now is read, the rest stays"
    );
    assert_eq!(store.read(device::identity).unwrap().unwrap().team, "Tổ sau");
}

/// A gateway that wants a later program takes what was registered all the same, and the device says what is needed.
#[test]
fn a_gateway_that_asks_for_an_update_still_takes_the_records() {
    let meeting = Meeting::new();
    let (connection, asked) = meeting.later(Vec::new(), true);
    let session = meeting.tablet.open(meeting.env.clone());
    let report = sync(&session, &connection);
    assert_eq!((report.receipts, report.left), (6, 1));
    assert_eq!(
        (report.reason.as_deref(), report.retry_in),
        (Some("upgrade_needed"), None)
    );
    assert!(asked.lock().unwrap().iter().any(|path| path == "/v1/batches"));
}

/// Locked, the device leaves in the spool what the gateway answered with a number it cannot read.
#[test]
fn a_locked_device_leaves_what_it_cannot_read_where_it_is() {
    let meeting = Meeting::new();
    let (connection, _) = meeting.later(Vec::new(), false);
    let locked = Locked::open(&meeting.tablet.place(), meeting.env.clone()).unwrap();
    let report = wait_for(locked.sync(&connection)).unwrap();
    assert_eq!((report.receipts, report.stopped, report.left), (6, 0, 1));
    drop(locked);
    let session = meeting.tablet.open(meeting.env.clone());
    let waiting = session.store().read(outbox::waiting).unwrap();
    assert_eq!(
        waiting.iter().map(|left| left.eid).collect::<Vec<_>>(),
        [meeting.waiting[0].0]
    );
}
