//! The simulated platform: the same checks and the same messages as the gateway and its opener, with switches for the
//! trainer. It keeps what it received for as long as practice is open.

use super::{Practice, PracticeNetwork, PracticePlatform, opener, platform_key};
use crate::{AppError, Session, env::Env, gateway::Gateway};
use client::ClientError;
use domain::{
    blank::BlankRefusal,
    date::CivilDate,
    ids::{DeviceId, Eid, Instance, Link, Realm, Rid},
    master::Master,
    practice,
    registration::{FieldName, Registration},
    retry::Obstacle,
    signers::SigningRule,
    state::{Decision, Reason, RefusalCode},
    verdict::{self, Facts, PersonOnRecord, Population},
};
use protocol::{
    blanks::{BlankAnswer, BlankLine, BlankOutcome, BlankReport},
    cbor::{self, Blob},
    changes::{Change, ChangesPage, PAGE_MAX, SealedVerdict, Verdict},
    enrolment::{TokenAnswer, Trust},
    envelope::{Body, Envelope, Kind},
    healing::{HaveAnswer, HaveRequest},
    keys::{SealKey, SignSecret},
    open::Open,
    receipt::{BatchAnswer, BatchRequest, Item, Outcome, request_digest},
    report::{Acknowledged, DeviceReport},
    signed::Signed,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// One practice platform.
pub struct Platform {
    env: Arc<dyn Env>,
    device_key: SealKey,
    inside: Mutex<Inside>,
}

struct Inside {
    practice: Practice,
    calls: u64,
    received: HashMap<Eid, Item>,
    heads: HashMap<Rid, Head>,
    /// Number before the first entry of `log`: the device's cursor when practice was opened.
    start: u64,
    log: Vec<Change>,
}

struct Head {
    link: Link,
    number: Option<String>,
    code: domain::code::Code,
    withdrawn: bool,
}

impl Platform {
    /// A platform for one device, whose cursor of changes stands at `cursor`.
    pub fn new(env: Arc<dyn Env>, device_key: SealKey, cursor: u64) -> Self {
        Self {
            env,
            device_key,
            inside: Mutex::new(Inside {
                practice: Practice {
                    network: PracticeNetwork::Good,
                    platform: PracticePlatform::Rules,
                },
                calls: 0,
                received: HashMap::new(),
                heads: HashMap::new(),
                start: cursor,
                log: vec![Change::Blanks(super::pool())],
            }),
        }
    }

    /// The platform of a practice device that is open.
    ///
    /// # Errors
    /// Of the store.
    pub fn of(session: &Session) -> Result<Self, AppError> {
        let cursor = session.store.read(store::device::cursor)?;
        Ok(Self::new(session.env.clone(), session.keys.sealing.public()?, cursor))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The trainer's switches.
    pub fn practice(&self) -> Practice {
        self.inside().practice.clone()
    }

    /// Turns the switches.
    pub fn set(&self, practice: Practice) {
        self.inside().practice = practice;
    }

    /// What the simulated network does to a call.
    async fn travel(&self) -> Result<(), ClientError> {
        let (network, calls) = {
            let mut inside = self.inside();
            inside.calls += 1;
            (inside.practice.network, inside.calls)
        };
        let cut = |obstacle| Err(ClientError::Obstacle(obstacle));
        match network {
            PracticeNetwork::Good => Ok(()),
            PracticeNetwork::Slow => {
                tokio::time::sleep(Duration::from_secs(2)).await;
                Ok(())
            }
            PracticeNetwork::Dropping if calls.is_multiple_of(2) => Ok(()),
            PracticeNetwork::Dropping | PracticeNetwork::None => cut(Obstacle::Unreachable),
            PracticeNetwork::CaptivePortal => cut(Obstacle::CaptivePortal),
        }
    }

    fn take(&self, inside: &mut Inside, bytes: &[u8]) -> Item {
        let now = self.env.now();
        let item = |eid, digest, outcome, number| Item {
            eid,
            digest,
            outcome,
            number,
            received_at: now,
        };
        let Ok(envelope) = Envelope::from_bytes(bytes) else {
            return item(None, request_digest(bytes), Outcome::Unreadable, 0);
        };
        let (eid, rid, digest) = (envelope.header.eid, envelope.header.rid, envelope.digest());
        if envelope.header.realm != Realm::Practice {
            return item(Some(eid), digest, Outcome::WrongRealm, 0);
        }
        if let Some(before) = inside.received.get(&eid) {
            let outcome = match before.digest == digest {
                true => Outcome::Replayed,
                false => Outcome::DigestConflict,
            };
            return Item { outcome, ..*before };
        }
        let head = inside.heads.get(&rid);
        // A base from before practice was opened is not known any more, and is believed.
        let fits = head.is_none_or(|head| envelope.header.base == Some(head.link) && !head.withdrawn);
        if !fits {
            return item(Some(eid), digest, Outcome::StaleBase, 0);
        }
        let number = inside.received.len() as u64 + 1;
        let receipt = item(Some(eid), digest, Outcome::Received, number);
        inside.received.insert(eid, receipt);
        self.decide(inside, &envelope);
        receipt
    }

    /// What the opener does: opens, decides, seals the verdict to the device.
    fn decide(&self, inside: &mut Inside, envelope: &Envelope) {
        let header = &envelope.header;
        let head = |number| Head {
            link: envelope.digest().link(),
            number,
            code: header.code,
            withdrawn: header.kind == Kind::Withdrawal,
        };
        let body = envelope.open(&opener());
        let Ok(Body::Registration(registration)) = body else {
            inside.heads.insert(header.rid, head(None));
            return;
        };
        let number = registration
            .number
            .as_ref()
            .map(|number| number.value.expose().to_owned());
        let others = |same: &dyn Fn(&Head) -> bool| {
            inside
                .heads
                .iter()
                .any(|(rid, head)| *rid != header.rid && !head.withdrawn && same(head))
        };
        let facts = Facts {
            captured: CivilDate::in_vietnam(header.captured.at()),
            realm: Realm::Practice,
            signing: SigningRule::CAREFUL,
            master: Master::built_in(),
            operator: header.operator,
            correcting: header.base.is_some(),
            population: population(&registration),
            same_number: number.is_some() && others(&|head| head.number == number),
            code_taken: others(&|head| head.code == header.code),
        };
        let decision = match inside.practice.platform {
            PracticePlatform::Rules => verdict::decide(&registration, &facts),
            PracticePlatform::Refuse => Decision::Refused(Reason {
                field: FieldName::Birth,
                code: RefusalCode::BirthMismatch,
            }),
            PracticePlatform::Duplicate => Decision::PossibleDuplicate,
        };
        let verdict = Verdict {
            decision: decision.into(),
            decided_at: self.env.now(),
            account: (decision == Decision::Accepted).then(|| format!("LT-{}", header.code)),
            sent: matches!(decision, Decision::Refused(_)).then(|| Box::new(registration.without_strokes())),
            ext: Default::default(),
        };
        let mut rng = self.env.rng();
        let sealed = SealedVerdict::seal(
            &verdict,
            header.device,
            header.rid,
            header.eid,
            &self.device_key,
            &mut rng,
        );
        if let Ok(sealed) = sealed {
            inside.log.push(Change::Verdict(sealed));
        }
        inside.heads.insert(header.rid, head(number));
    }
}

/// The practice people are on record; of everybody else the register knows nothing and is not asked.
fn population(registration: &Registration) -> Population {
    let Some(number) = &registration.number else {
        return Population::NotAsked;
    };
    match practice::people().iter().find(|person| person.number == number.value) {
        None => Population::NotAsked,
        Some(person) => Population::Found(PersonOnRecord {
            name: domain::Sensitive::new(person.name.clone()),
            birth: person.birth,
            // The number says what the register says; a card printed wrong is what one lesson is about.
            sex: person.number.sex(),
            deceased: person.registered_by == practice::RegisteredBy::Nobody,
        }),
    }
}

impl Gateway for Platform {
    async fn token(&self, _: DeviceId, _: &SignSecret, nonce: [u8; 16]) -> Result<TokenAnswer, ClientError> {
        self.travel().await?;
        Ok(TokenAnswer {
            nonce: Blob(nonce.to_vec()),
            token: "practice".to_owned(),
            lifetime: 3600,
            time: self.env.now(),
            ext: Default::default(),
        })
    }

    async fn batch(&self, _: &str, envelopes: Vec<Vec<u8>>) -> Result<(BatchAnswer, Vec<u8>), ClientError> {
        self.travel().await?;
        let request = cbor::encode(&BatchRequest {
            envelopes: envelopes.iter().cloned().map(Blob).collect(),
            ext: Default::default(),
        });
        let mut inside = self.inside();
        let items = envelopes.iter().map(|bytes| self.take(&mut inside, bytes)).collect();
        drop(inside);
        let answer = BatchAnswer {
            request: request_digest(&request),
            time: self.env.now(),
            items,
            wait: None,
            ext: Default::default(),
        };
        let signed = Signed::make(&answer, &platform_key());
        Ok((answer, signed))
    }

    async fn changes(
        &self,
        _: &str,
        device: DeviceId,
        since: u64,
        _: u64,
        _: u64,
        _: Option<Instance>,
    ) -> Result<ChangesPage, ClientError> {
        self.travel().await?;
        let inside = self.inside();
        let skip = usize::try_from(since.saturating_sub(inside.start)).unwrap_or(usize::MAX);
        let changes: Vec<Open<Change>> = inside
            .log
            .iter()
            .skip(skip)
            .take(PAGE_MAX)
            .cloned()
            .map(Open::from)
            .collect();
        let next = since.max(inside.start) + changes.len() as u64;
        Ok(ChangesPage {
            device,
            since,
            next,
            more: next < inside.start + inside.log.len() as u64,
            time: self.env.now(),
            changes,
            wait: None,
            // Nobody's cards but one's own are real in practice.
            keys: None,
            // The program brings along what practice needs.
            master: None,
            ext: Default::default(),
        })
    }

    async fn have(&self, _: &str, asked: &HaveRequest, transport: &SignSecret) -> Result<HaveAnswer, ClientError> {
        self.travel().await?;
        // Practice lives with its device and forgets nothing that the device remembers.
        Ok(HaveAnswer {
            request: request_digest(&Signed::make(asked, transport)),
            time: self.env.now(),
            life: Instance([0; 16]),
            forgot: false,
            missing: Vec::new(),
            accepted: Vec::new(),
            doubtful: Vec::new(),
            refused: Vec::new(),
            ext: Default::default(),
        })
    }

    async fn report(&self, _: &str, _: &DeviceReport, _: &SignSecret) -> Result<Acknowledged, ClientError> {
        self.travel().await?;
        Ok(Acknowledged {
            time: self.env.now(),
            ext: Default::default(),
        })
    }

    async fn blanks(&self, _: &str, report: &BlankReport, signing: &SignSecret) -> Result<BlankAnswer, ClientError> {
        self.travel().await?;
        let (pool, copied) = (super::pool(), super::copied());
        let judge = |line: &BlankLine| {
            let ours = pool.made.iter().any(|range| range.contains(line.number));
            BlankOutcome::from(match (ours, Some(line.number) == copied) {
                (false, _) => Some(BlankRefusal::Unknown),
                (true, true) => Some(BlankRefusal::Bound),
                (true, false) => None,
            })
        };
        Ok(BlankAnswer {
            request: request_digest(&Signed::make(report, signing)),
            time: self.env.now(),
            blanks: report.blanks.iter().map(judge).collect(),
            ext: Default::default(),
        })
    }

    async fn refresh_trust(&self, _: &Trust) -> Result<Option<(Trust, Vec<u8>)>, ClientError> {
        Ok(None)
    }
}
