//! A device folder in a temporary place, and invented people.

#![allow(dead_code, reason = "each test file uses some of it")]

use domain::{
    Sensitive,
    code::Code,
    ext::Extensions,
    ids::{Digest, Eid, HouseholdId, Realm, Rid},
    name::PersonName,
    number::PersonalNumber,
    phone::Phone,
    place::CommuneCode,
    registration::*,
    state::{Event, State, Transition, next},
};
use protocol::{
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
    keys::{SealSecret, SignSecret},
};
use rand_core::Rng as _;
use sha2::{Digest as _, Sha256};
use std::{convert::Infallible, path::PathBuf};
use store::{FileVault, Home, KdfCost, Moment, Read, Result, Store, Write, records, revise};

pub const PIN: &str = "592836";
pub const OPERATOR: u32 = 7;
pub const CHEAP: KdfCost = KdfCost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

/// Random numbers that repeat.
pub struct Counting(pub u64);

impl rand_core::TryRng for Counting {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}
impl rand_core::TryCryptoRng for Counting {}

pub fn moment(monotonic: u64) -> Moment {
    Moment {
        wall: 1_790_000_000 + monotonic as i64,
        monotonic,
        boot: 1,
    }
}

pub struct Rig {
    pub dir: tempfile::TempDir,
    pub rng: Counting,
    pub signing: SignSecret,
    pub opener: SealSecret,
}

impl Rig {
    /// A folder without a device.
    pub fn empty() -> Self {
        let mut rng = Counting(1);
        Self {
            dir: tempfile::tempdir().unwrap(),
            signing: SignSecret::generate(&mut rng),
            opener: SealSecret::generate(&mut rng),
            rng,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn vault(&self) -> FileVault {
        FileVault::new(&self.dir.path().join("secrets"), &self.path()).unwrap()
    }

    /// A home with one operator.
    pub fn home(&mut self) -> Home {
        let home = Home::create(&self.path(), Realm::Development, &self.vault(), &mut self.rng).unwrap();
        home.first_operator(&self.vault(), OPERATOR, PIN, CHEAP, &mut self.rng)
            .unwrap();
        home
    }

    pub fn unlock(&mut self, home: &Home) -> Result<Store> {
        home.unlock(&self.vault(), OPERATOR, PIN, moment(0), &mut self.rng)
    }

    /// A new device, open.
    pub fn store(&mut self) -> Store {
        let home = self.home();
        self.unlock(&home).unwrap()
    }

    /// Opens what is there.
    pub fn reopen(&mut self) -> Result<Store> {
        let home = Home::open(&self.path())?;
        self.unlock(&home)
    }

    pub fn rid(&mut self) -> Rid {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        Rid(bytes)
    }

    /// Begins a registration and saves it; the revision.
    pub fn register(&mut self, store: &Store, content: &Registration, now: i64) -> (Rid, Eid) {
        let rid = self.rid();
        let eid = store
            .write(|tx| {
                store::drafts::begin(tx, &rid, None, &Draft::default(), now)?;
                self.revise(tx, &rid, Some(content), now)
            })
            .unwrap();
        (rid, eid)
    }

    /// The header of a first revision.
    pub fn header(&self, rid: Rid, eid: Eid, at: store::device::Position, now: i64) -> Header {
        Header {
            version: VERSION,
            eid,
            rid,
            base: None,
            device: 4,
            epoch: at.epoch,
            seq: at.seq,
            prev: at.prev,
            operator: OPERATOR,
            realm: Realm::Development,
            opener: self.opener.public().unwrap().id(),
            kind: Kind::Registration,
            captured: Capture {
                wall: now,
                monotonic: 5,
                boot: 1,
                server_floor: None,
            },
            commune: CommuneCode(20194),
            notice: 1,
            code: Code::from_parts(1022, rid.0[..5].try_into().unwrap()).unwrap(),
            ext: Extensions::NONE,
        }
    }

    /// Seals and signs a revision; without content a withdrawal.
    pub fn seal(&mut self, header: Header, content: Option<&Registration>) -> Envelope {
        let body = content.map_or(Body::Withdrawal, |content| {
            Body::Registration(Box::new(content.clone()))
        });
        let opener = self.opener.public().unwrap();
        Envelope::make(header, &body, &opener, &self.signing, &mut self.rng).unwrap()
    }

    /// Makes and saves the next revision of a registration inside a transaction; `None` withdraws.
    pub fn revise(&mut self, tx: &Write<'_>, rid: &Rid, content: Option<&Registration>, now: i64) -> Result<Eid> {
        let record = records::get(tx, rid)?.unwrap();
        let at = store::device::position(tx)?;
        let eid = Eid(self.rid().0);
        let code = record
            .code
            .unwrap_or_else(|| Code::from_parts(1022, rid.0[..5].try_into().unwrap()).unwrap());
        let kind = match (content, record.head) {
            (None, _) => Kind::Withdrawal,
            (Some(_), None) => Kind::Registration,
            (Some(_), Some(_)) => Kind::Correction,
        };
        let header = Header {
            base: record.head_digest.map(|digest| digest.link()),
            kind,
            code,
            ..self.header(*rid, eid, at, now)
        };
        let envelope = self.seal(header, content);
        let event = match kind {
            Kind::Registration => Event::Saved { head: eid },
            Kind::Correction => Event::Corrected { head: eid },
            Kind::Withdrawal => Event::Withdrawn { head: eid },
        };
        let to = next(record.state, record.head, event).unwrap();
        let new = revise::NewRevision {
            envelope: &envelope,
            content,
            now,
        };
        revise::put_revision(tx, &new, &to)?;
        Ok(eid)
    }
}

/// What the transition function says about an event of a registration as it stands.
pub fn decide(tx: &Read<'_>, rid: &Rid, event: Event) -> Transition {
    let record = records::get(tx, rid).unwrap().unwrap();
    next(record.state, record.head, event).unwrap()
}

/// Settles an event about one revision.
pub fn settle(tx: &Write<'_>, rid: &Rid, eid: Eid, event: Event, now: i64) -> Result<State> {
    let to = decide(tx, rid, event);
    let verdict = matches!(event, Event::Verdict { .. });
    let with = revise::Settlement {
        eid: Some(eid),
        now,
        received_at: (!verdict).then_some(now),
        decided_at: verdict.then_some(now),
        ..Default::default()
    };
    revise::settle(tx, rid, &to, &with)?;
    Ok(to.state)
}

fn sourced<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        source: Source::Scanned,
    }
}

/// An invented person.
pub struct Person<'a> {
    pub name: &'a str,
    pub number: &'a str,
    pub phone: Option<&'a str>,
    pub house: &'a str,
    pub card_address: &'a str,
}

pub const THU: Person<'_> = Person {
    name: "Nguyễn Thị Thu Hồng",
    number: "048188999123",
    phone: Some("0905123456"),
    house: "K123/45 Đống Đa",
    card_address: "Tổ 12, Phường Thạch Thang, Quận Hải Châu, Đà Nẵng",
};

impl Person<'_> {
    pub fn registration(&self) -> Registration {
        Registration {
            name: sourced(PersonName::parse(self.name).unwrap()),
            birth: sourced("1988-02-09".parse().unwrap()),
            sex: sourced(Sex::Female),
            number: Some(sourced(PersonalNumber::parse(self.number).unwrap())),
            card_address: Some(sourced(Sensitive::new(self.card_address.to_owned()))),
            issued: Some("2022-05-10".parse().unwrap()),
            residence: Residence {
                commune: CommuneCode(20194),
                group: Sensitive::new("Tổ 12".to_owned()),
                house: Sensitive::new(self.house.to_owned()),
                lodging: false,
            },
            phone: self.phone.map(|number| PhoneEntry {
                number: Phone::parse(number).unwrap(),
                owner: PhoneOwner::Myself,
            }),
            household: Some(HouseholdId([9; 16])),
            representative: None,
            consent: Consent {
                notice: 1,
                notice_hash: Digest([3; 32]),
                contact: Some(true),
                help: false,
                read_aloud: false,
                signatures: vec![Signature {
                    signer: Signer::Myself,
                    manner: SignatureManner::Drawn(Sensitive::new(vec![7; 120])),
                }],
            },
            indicators: Vec::new(),
            ext: Default::default(),
        }
    }
}
