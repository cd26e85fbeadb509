//! A tablet that does whatever it likes: real keys, real TLS, a real gateway process, and messages no honest program makes.

use crate::Town;
use app::env::{Env, SystemEnv};
use client::{Clock, Connection};
use domain::{
    code::Code,
    date::CivilDate,
    ext::Extensions,
    ids::{Eid, Link},
    registration::{Circumstances, Draft, Registration},
    signers::SigningRule,
};
use protocol::{
    cbor::Blob,
    changes::{Change, ChangesPage, Verdict},
    enrolment::{DeviceAnswer, DeviceRequest, Invitation, Trust},
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
    healing::Life,
    keys::{SealKey, SealSecret, SignSecret, rid_of},
    open::Open,
    receipt::Outcome,
};
use serde_json::Value;
use tokio::runtime::Runtime;

/// The tablet. What it sends is signed with its own keys: it is enrolled like every other.
pub struct Rogue {
    /// Where its calls run.
    pub runtime: Runtime,
    /// The connection, for calls that are not made here.
    pub connection: Connection,
    /// What the platform's root signed.
    pub trust: Trust,
    /// Signs envelopes and cards.
    pub signing: SignSecret,
    /// Signs token requests and reports.
    pub transport: SignSecret,
    /// Opens verdicts.
    pub sealing: SealSecret,
    /// Who it is.
    pub answer: DeviceAnswer,
    env: SystemEnv,
    seq: u64,
    prev: Option<Link>,
}

/// Why an enrolment failed, as the gateway's code.
pub type Refused = String;

impl Rogue {
    /// Enrols with an invitation.
    pub fn enrol(town: &Town, invitation: &str) -> Self {
        Self::enrol_as(town, invitation, |_| {}).expect("enrolled")
    }

    /// Enrols with a request that `forge` changed before it was signed.
    ///
    /// # Errors
    /// The code with which the gateway refused.
    pub fn enrol_as(town: &Town, invitation: &str, forge: impl FnOnce(&mut DeviceRequest)) -> Result<Self, Refused> {
        let env = SystemEnv::default();
        let runtime = Runtime::new().expect("a runtime");
        let invitation: Invitation = invitation.parse().expect("an invitation");
        let any: &dyn Env = &env;
        let [signing, transport] = [(); 2].map(|()| SignSecret::generate(&mut any.rng()));
        let sealing = SealSecret::generate(&mut any.rng());
        let mut request = DeviceRequest {
            code: Blob(invitation.code.to_vec()),
            signing: signing.public(),
            sealing: sealing.public().expect("a key"),
            transport: transport.public(),
            program: "0.1.0".to_owned(),
            ext: Extensions::NONE,
        };
        forge(&mut request);
        let (connection, trust, answer) = runtime.block_on(async {
            let (trust, _) = Connection::first_trust(&town.url, &invitation.root)
                .await
                .expect("trust");
            let now = env.now();
            let connection = Connection::new(&town.url, &trust, Clock { floor: now, now }).expect("a connection");
            let answer = connection.enrol(&request, &signing).await;
            (connection, trust, answer)
        });
        Ok(Self {
            answer: answer.map_err(|error| error.code().to_owned())?,
            runtime,
            connection,
            trust,
            signing,
            transport,
            sealing,
            env,
            seq: 0,
            prev: None,
        })
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        (&self.env as &dyn Env).random()
    }

    /// The wall clock.
    pub fn now(&self) -> i64 {
        self.env.now()
    }

    /// The platform's key to which bodies are sealed.
    pub fn opener(&self) -> SealKey {
        self.trust.openers[0]
    }

    /// A token.
    ///
    /// # Errors
    /// The gateway's code.
    pub fn token(&self) -> Result<String, Refused> {
        let token = self
            .connection
            .token(self.answer.device, &self.transport, self.random());
        match self.runtime.block_on(token) {
            Ok(token) => Ok(token.token),
            Err(error) => Err(error.code().to_owned()),
        }
    }

    /// A finished form.
    pub fn content(&self, form: &Value) -> Registration {
        let draft: Draft = serde_json::from_value(form.clone()).expect("a form");
        let around = Circumstances {
            today: CivilDate::in_vietnam(self.now()),
            realm: self.trust.realm,
            signing: SigningRule::CAREFUL,
            operator: self.answer.operators[0].id,
            correcting: false,
            master: domain::master::Master::built_in(),
        };
        draft.finish(&around).expect("a finished form")
    }

    /// The header of the next honest registration of this content.
    pub fn header(&mut self, content: &Registration) -> Header {
        self.seq += 1;
        Header {
            version: VERSION,
            eid: Eid(self.random()),
            rid: rid_of(&self.signing.public(), self.random()),
            base: None,
            device: self.answer.device,
            epoch: 1,
            seq: self.seq,
            prev: self.prev,
            operator: self.answer.operators[0].id,
            realm: self.trust.realm,
            opener: self.opener().id(),
            kind: Kind::Registration,
            captured: Capture {
                wall: self.now(),
                monotonic: 0,
                boot: 0,
                server_floor: None,
            },
            commune: content.residence.commune,
            notice: content.consent.notice,
            code: Code::from_parts(self.answer.group, self.random()).expect("a code"),
            ext: Extensions::NONE,
        }
    }

    /// Seals and signs.
    pub fn seal(&mut self, header: Header, body: &Body) -> Envelope {
        let any: &dyn Env = &self.env;
        let opener = self.trust.openers[0];
        let envelope = Envelope::make(header, body, &opener, &self.signing, &mut any.rng()).expect("sealed");
        self.prev = Some(envelope.digest().link());
        envelope
    }

    /// Sends a registration whose header `forge` changed before it was signed.
    pub fn register(&mut self, form: &Value, forge: impl FnOnce(&mut Header)) -> (Envelope, Outcome) {
        let content = self.content(form);
        let mut header = self.header(&content);
        forge(&mut header);
        let envelope = self.seal(header, &Body::Registration(Box::new(content)));
        let outcome = self.send(&envelope);
        (envelope, outcome)
    }

    /// Sends one envelope; what became of it.
    pub fn send(&self, envelope: &Envelope) -> Outcome {
        let token = self.token().expect("a token");
        let sent = self.connection.batch(&token, vec![envelope.to_bytes()]);
        let (answer, _) = self.runtime.block_on(sent).expect("an answer");
        answer.items[0].outcome
    }

    /// Everything the platform has for this tablet, from the beginning.
    pub fn changes(&self) -> Vec<ChangesPage> {
        let token = self.token().expect("a token");
        let (mut since, mut life, mut pages) = (0, None, Vec::new());
        loop {
            let page = self.connection.changes(&token, self.answer.device, since, 0, 0, life);
            let page = self.runtime.block_on(page).expect("a page");
            // As every tablet that comes for the first time: it is told which life of the server answers.
            if let Some(told) = Life::of(&page.ext).filter(|told| told.reset && life != Some(told.instance)) {
                life = Some(told.instance);
                continue;
            }
            since = page.next;
            let more = page.more;
            pages.push(page);
            if !more {
                return pages;
            }
        }
    }

    /// The verdicts among them that this tablet's key opens.
    pub fn verdicts(&self) -> Vec<(Eid, Verdict)> {
        let pages = self.changes();
        let changes = pages.iter().flat_map(|page| &page.changes);
        changes
            .filter_map(|change| match change {
                Open::Known(Change::Verdict(sealed)) => {
                    Some((sealed.eid, sealed.open(self.answer.device, &self.sealing).ok()?))
                }
                _ => None,
            })
            .collect()
    }

    /// Waits for the verdict about a revision, at most ten seconds.
    pub fn verdict(&self, eid: Eid) -> Option<Verdict> {
        for _ in 0..50 {
            if let Some((_, verdict)) = self.verdicts().into_iter().find(|(about, _)| *about == eid) {
                return Some(verdict);
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        None
    }
}
