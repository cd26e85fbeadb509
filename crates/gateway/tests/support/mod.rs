//! A gateway in a temporary folder, with a clock that stands still, and tablets that send to it.

#![allow(dead_code, reason = "each test file takes what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

use domain::{
    Sensitive,
    code::Code,
    ids::{DeviceId, Eid, Link, Realm, Rid, UnixTime},
    place::CommuneCode,
    registration::{
        Circumstances, Draft, DraftConsent, DraftField, DraftResidence, DraftSignature, Manner, Registration, Signer,
        Source,
    },
    signers::SigningRule,
};
use gateway::{
    Denied, Gateway, InvitationIssued, Invite,
    adapters::population::{NoRegister, PopulationRegister, SimulatedRegister},
    env::{Env, EnvRng},
    opener::Opener,
    worker,
};
use protocol::{
    cbor::{self, Blob},
    changes::{Change, ChangesPage, Verdict},
    enrolment::{DeviceAnswer, DeviceRequest, Role, TokenAnswer, TokenRequest, Trust},
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
    keys::{SealSecret, SignSecret},
    open::Open,
    receipt::{BatchAnswer, BatchRequest, Item, request_digest},
    signed::Signed,
};
use sha2::{Digest as _, Sha256};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// 2026-09-21 in Vietnam.
pub const NOW: UnixTime = 1_790_000_000;
/// Phường Hải Châu.
pub const HAI_CHAU: CommuneCode = CommuneCode(20242);
/// A name that occurs nowhere by accident.
pub const NAME: &str = "Trần Thị Mỹ Hạnh";

/// A clock that moves when told, and randomness that repeats itself.
pub struct TestEnv {
    now: AtomicI64,
    counter: AtomicU64,
}

impl TestEnv {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(NOW),
            counter: AtomicU64::new(0),
        })
    }

    pub fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Env for TestEnv {
    fn now(&self) -> UnixTime {
        self.now.load(Ordering::SeqCst)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.counter.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

pub struct Rig {
    pub folder: tempfile::TempDir,
    pub env: Arc<TestEnv>,
    pub gateway: Gateway,
    pub opener: Opener,
    /// Tablets made so far: each has keys of its own.
    pub made: u8,
}

impl Rig {
    pub fn new() -> Self {
        Self::with_people(None)
    }

    /// `people` are lines of the simulated register.
    pub fn with_people(people: Option<&str>) -> Self {
        Self::make(Realm::Development, people)
    }

    pub fn live() -> Self {
        Self::make(Realm::Live, None)
    }

    fn make(realm: Realm, people: Option<&str>) -> Self {
        let (folder, env) = (tempfile::tempdir().unwrap(), TestEnv::new());
        let register: Box<dyn PopulationRegister> = match people {
            None => Box::new(NoRegister),
            Some(lines) => {
                let list = folder.path().join("people.csv");
                std::fs::write(&list, format!("pin,name,birth,sex,deceased\n{lines}")).unwrap();
                Box::new(SimulatedRegister::read(&list).unwrap())
            }
        };
        let gateway = Gateway::start(folder.path(), realm, env.clone()).unwrap();
        let opener = Opener::open(folder.path(), realm, register, env.clone()).unwrap();
        gateway.renew_trust(&[opener.public_key().unwrap()]).unwrap();
        Self {
            folder,
            env,
            gateway,
            opener,
            made: 0,
        }
    }

    /// The opener is started again, on the folder as it is.
    pub fn reopen(&mut self) {
        let (realm, folder) = (self.gateway.realm(), self.folder.path().to_owned());
        self.opener = Opener::open(&folder, realm, Box::new(NoRegister), self.env.clone()).unwrap();
    }

    /// Nothing is waited for before an erasure.
    pub fn erase_at_once(&self) {
        let erasure = gateway::Erasure {
            delay_hours: 0,
            ..Default::default()
        };
        self.gateway.set_erasure(&erasure).unwrap();
    }

    pub fn invite(&self, team: &str, role: Role) -> InvitationIssued {
        let invite = Invite {
            ward: None,
            team: team.to_owned(),
            communes: vec![HAI_CHAU],
            role,
            grants: Vec::new(),
            operators: vec!["Chị Ba".to_owned()],
            widen: false,
            minutes: 15,
        };
        self.gateway.invite(&invite).unwrap()
    }

    pub fn keys(&mut self) -> Keys {
        self.made += 1;
        Keys::new(self.made)
    }

    pub fn tablet(&mut self) -> Tablet {
        self.tablet_as("Tổ 1", Role::Volunteer)
    }

    pub fn tablet_as(&mut self, team: &str, role: Role) -> Tablet {
        let (invited, keys) = (self.invite(team, role), self.keys());
        let answer = self.gateway.enrol(&keys.request(&invited)).unwrap();
        Tablet::enrolled(keys, &answer, &self.gateway.trust().unwrap(), &invited)
    }

    pub fn send(&self, tablet: &Tablet, envelopes: &[&Envelope]) -> Vec<Item> {
        let request = batch(envelopes);
        let answer = self.gateway.batch(tablet.id(), &request).unwrap();
        let answer: BatchAnswer = Signed::verify(&answer, &tablet.trust.platform).unwrap();
        assert_eq!(answer.request, request_digest(&request));
        answer.items
    }

    /// Everything the device's log holds.
    pub fn changes(&self, tablet: &Tablet) -> Vec<Change> {
        let (mut since, mut all) = (0, Vec::new());
        loop {
            let page = self.gateway.changes(tablet.id(), since, None, None).unwrap();
            let page: ChangesPage = Signed::verify(&page, &tablet.trust.platform).unwrap();
            assert_eq!((page.device, page.since), (tablet.id(), since));
            all.extend(page.changes.into_iter().filter_map(Open::into_known));
            since = page.next;
            if !page.more {
                return all;
            }
        }
    }

    /// The verdicts in the device's log, opened.
    pub fn verdicts(&self, tablet: &Tablet) -> Vec<(Eid, Verdict)> {
        let verdict = |change| match change {
            Change::Verdict(sealed) => Some((sealed.eid, sealed.open(tablet.id(), &tablet.keys.sealing).unwrap())),
            _ => None,
        };
        self.changes(tablet).into_iter().filter_map(verdict).collect()
    }

    pub fn drain(&mut self) -> usize {
        worker::drain(&self.gateway, &mut self.opener).unwrap()
    }

    /// `(name of the standing, how many)` where there are any; checks conservation on the way.
    pub fn standings(&self) -> Vec<(&'static str, u64)> {
        let counts = self.gateway.board_of(HAI_CHAU).unwrap().registrations;
        assert!(counts.holds(), "{counts:?}");
        [
            ("waiting", counts.waiting),
            ("held", counts.held),
            ("accepted", counts.accepted),
            ("possible_duplicate", counts.possible_duplicate),
            ("refused", counts.refused),
            ("withdrawn", counts.withdrawn),
            ("unreadable", counts.unreadable),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect()
    }

    pub fn flags(&self, tablet: &Tablet) -> Vec<String> {
        let board = self.gateway.board_of(HAI_CHAU).unwrap();
        board
            .devices
            .into_iter()
            .find(|line| line.device == tablet.id())
            .unwrap()
            .flags
    }
}

pub fn denied<T: std::fmt::Debug>(result: Result<T, Denied>) -> &'static str {
    result.unwrap_err().code()
}

/// The part of the list of device keys after a serial, as today's programs ask.
pub fn keys_after(after: u64) -> gateway::AskedKeys {
    gateway::AskedKeys { after, origins: true }
}

pub fn batch(envelopes: &[&Envelope]) -> Vec<u8> {
    batch_of(envelopes.iter().map(|envelope| envelope.to_bytes()).collect())
}

pub fn batch_of(envelopes: Vec<Vec<u8>>) -> Vec<u8> {
    cbor::encode(&BatchRequest {
        envelopes: envelopes.into_iter().map(Blob).collect(),
        ext: Default::default(),
    })
}

/// A tablet's three keys.
#[derive(Debug)]
pub struct Keys {
    pub signing: SignSecret,
    pub transport: SignSecret,
    pub sealing: SealSecret,
}

impl Keys {
    pub fn new(seed: u8) -> Self {
        Self {
            signing: SignSecret::from_seed(&[seed; 32]),
            transport: SignSecret::from_seed(&[seed ^ 0x80; 32]),
            sealing: SealSecret::from_bytes(&[seed; 32]),
        }
    }

    pub fn request(&self, invited: &InvitationIssued) -> Vec<u8> {
        let request = DeviceRequest {
            code: Blob(invited.invitation.code.to_vec()),
            signing: self.signing.public(),
            sealing: self.sealing.public().unwrap(),
            transport: self.transport.public(),
            program: "0.1.0".to_owned(),
            ext: Default::default(),
        };
        Signed::make(&request, &self.signing)
    }
}

/// An enrolled tablet and its sequence.
#[derive(Debug)]
pub struct Tablet {
    pub keys: Keys,
    pub answer: DeviceAnswer,
    pub trust: Trust,
    pub epoch: u32,
    pub seq: u64,
    pub prev: Option<Link>,
    env: RepeatingEnv,
}

#[derive(Debug)]
struct RepeatingEnv(AtomicU64);

impl Env for RepeatingEnv {
    fn now(&self) -> UnixTime {
        NOW
    }
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

impl Tablet {
    pub fn enrolled(keys: Keys, answer: &[u8], trust: &[u8], invited: &InvitationIssued) -> Self {
        let trust = Trust::verify_first(trust, &invited.invitation.root).unwrap();
        let answer: DeviceAnswer = Signed::verify(answer, &trust.platform).unwrap();
        assert_eq!(answer.signing, keys.signing.public());
        let env = RepeatingEnv(AtomicU64::new(u64::from(answer.device) << 32));
        Self {
            keys,
            answer,
            trust,
            epoch: 1,
            seq: 0,
            prev: None,
            env,
        }
    }

    pub fn id(&self) -> DeviceId {
        self.answer.device
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        gateway::env::random(&self.env)
    }

    /// The header of the next envelope of a new registration.
    pub fn header(&self) -> Header {
        Header {
            version: VERSION,
            eid: Eid(self.random()),
            rid: Rid(self.random()),
            base: None,
            device: self.id(),
            epoch: self.epoch,
            seq: self.seq + 1,
            prev: self.prev,
            operator: self.answer.operators[0].id,
            realm: self.answer.realm,
            opener: self.trust.openers[0].id(),
            kind: Kind::Registration,
            captured: Capture {
                wall: NOW - 60,
                monotonic: 100,
                boot: 1,
                server_floor: Some(NOW - 600),
            },
            commune: HAI_CHAU,
            notice: 1,
            code: Code::from_parts(self.answer.group, self.random()).unwrap(),
            ext: Default::default(),
        }
    }

    /// A rid that shows this tablet.
    pub fn own_rid(&self) -> Rid {
        protocol::keys::rid_of(&self.keys.signing.public(), self.random())
    }

    /// Freezes an envelope and moves the sequence on.
    pub fn freeze(&mut self, header: Header, body: &Body) -> Envelope {
        let mut rng = EnvRng(&self.env);
        let envelope = Envelope::make(header, body, &self.trust.openers[0], &self.keys.signing, &mut rng).unwrap();
        self.seq = envelope.header.seq;
        self.prev = Some(envelope.digest().link());
        envelope
    }

    pub fn register(&mut self, registration: Registration) -> Envelope {
        let header = self.header();
        self.freeze(header, &Body::Registration(Box::new(registration)))
    }

    /// Registers somebody nobody else has the number of.
    pub fn register_anybody(&mut self) -> Envelope {
        let serial = self.id() as u16 * 100 + self.seq as u16;
        self.register(finish(&adult(&number(serial)), false))
    }

    fn revision(&self, of: &Envelope, kind: Kind) -> Header {
        Header {
            kind,
            rid: of.header.rid,
            base: Some(of.digest().link()),
            code: of.header.code,
            ..self.header()
        }
    }

    pub fn correct(&mut self, of: &Envelope, registration: Registration) -> Envelope {
        let header = self.revision(of, Kind::Correction);
        self.freeze(header, &Body::Registration(Box::new(registration)))
    }

    pub fn withdraw(&mut self, of: &Envelope) -> Envelope {
        let header = self.revision(of, Kind::Withdrawal);
        self.freeze(header, &Body::Withdrawal)
    }

    pub fn token_request(&self, nonce: u8) -> Vec<u8> {
        let request = TokenRequest {
            device: self.id(),
            nonce: Blob(vec![nonce; 16]),
            ext: Default::default(),
        };
        Signed::make(&request, &self.keys.transport)
    }

    pub fn token(&self, answer: &[u8]) -> String {
        Signed::verify::<TokenAnswer>(answer, &self.trust.platform)
            .unwrap()
            .token
    }
}

/// A number nobody holds, of a woman born in 1988.
pub fn number(serial: u16) -> String {
    format!("048188999{:03}", serial % 1000)
}

pub fn adult(number: &str) -> Draft {
    let field = |value: &str| {
        Some(DraftField {
            value: Sensitive::new(value.to_owned()),
            source: Source::Scanned,
        })
    };
    Draft {
        name: field(NAME),
        birth: field("1988-02-09"),
        sex: field("female"),
        number: field(number),
        card_address: field("Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng"),
        issued: Some(Sensitive::new("2022-05-10".to_owned())),
        residence: DraftResidence {
            commune: Some(HAI_CHAU.to_string()),
            group: Some(Sensitive::new("Tổ 18".to_owned())),
            house: Some(Sensitive::new("K45/12 Ông Ích Khiêm".to_owned())),
            lodging: false,
        },
        consent: DraftConsent {
            notice: Some(1),
            account: Some(true),
            contact: None,
            help: Some(false),
            read_aloud: true,
            signatures: vec![DraftSignature {
                signer: Signer::Myself,
                manner: Manner::Drawn,
                strokes: Some(Sensitive::new(vec![1, 2, 3, 4])),
                witness: None,
            }],
        },
        ..Draft::default()
    }
}

pub fn finish(draft: &Draft, correcting: bool) -> Registration {
    let around = Circumstances {
        today: domain::date::CivilDate::in_vietnam(NOW),
        realm: Realm::Development,
        signing: SigningRule::CAREFUL,
        operator: 1,
        correcting,
        master: domain::master::Master::built_in(),
    };
    draft.finish(&around).unwrap()
}

/// Every file of a folder, whole.
pub fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
