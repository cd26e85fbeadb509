//! Tablets that nobody looks into: keys and a connection, enough to be seen by the gateway. A ward has sixty of them.

use super::town::Town;
use app::env::Env;
use client::{Clock as Times, Connection};
use domain::{
    code::Code,
    date::{CivilDate, Day},
    ext::Extensions,
    ids::{Eid, Link, Realm, Rid},
    registration::{Circumstances, Draft},
    signers::SigningRule,
    state::State,
};
use protocol::{
    blanks::{BlankLine, BlankReport, PrintedBlank},
    cbor::Blob,
    citizen::Citizen,
    enrolment::{DeviceAnswer, DeviceRequest, Invitation, Role, Trust},
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
    keys::{SealSecret, SignSecret},
    report::DeviceReport,
};
use serde_json::Value;
use std::sync::Arc;
use tokio::runtime::Handle;

/// A tablet of a town.
pub struct Tablet<'a> {
    runtime: &'a Handle,
    town: &'a Town,
    connection: Connection,
    trust: Trust,
    signing: SignSecret,
    transport: SignSecret,
    answer: DeviceAnswer,
    seq: u64,
    prev: Option<Link>,
}

impl<'a> Tablet<'a> {
    /// Enrols one for a team.
    pub fn enrol(runtime: &'a Handle, town: &'a Town, team: &str, commune: &str, program: &str) -> Self {
        let env: Arc<dyn Env> = town.clock.clone();
        let text = town.invite(team, Role::Volunteer, &[commune], &["Lê Văn Tập"]);
        let invitation: Invitation = text.parse().expect("an invitation");
        let keys = [(); 2].map(|()| SignSecret::generate(&mut env.rng()));
        let [signing, transport] = keys;
        let sealing = SealSecret::generate(&mut env.rng());
        runtime.block_on(async {
            let (trust, _) = Connection::first_trust(&town.url, &invitation.root)
                .await
                .expect("trust");
            let now = env.now();
            let connection = Connection::new(&town.url, &trust, Times { floor: now, now }).expect("a connection");
            let request = DeviceRequest {
                code: Blob(invitation.code.to_vec()),
                signing: signing.public(),
                sealing: sealing.public().expect("a key"),
                transport: transport.public(),
                program: program.to_owned(),
                ext: Extensions::NONE,
            };
            let answer = connection.enrol(&request, &signing).await.expect("enrolled");
            Self {
                runtime,
                town,
                connection,
                trust,
                signing,
                transport,
                answer,
                seq: 0,
                prev: None,
            }
        })
    }

    /// Its number.
    pub fn device(&self) -> u32 {
        self.answer.device
    }

    fn env(&self) -> Arc<dyn Env> {
        self.town.clock.clone()
    }

    fn token(&self) -> String {
        let nonce = self.env().random();
        let token = self.connection.token(self.answer.device, &self.transport, nonce);
        self.runtime.block_on(token).expect("a token").token
    }

    /// Says how it stands: so many wait since then, so many were accepted, its clock is ahead by so many seconds.
    pub fn report(
        &self,
        program: &str,
        secret: &str,
        waiting: (u64, Option<i64>),
        accepted: u64,
        refused: u64,
        ahead: i64,
    ) {
        let (unsent, oldest_unsent) = waiting;
        let count = |state: &State| match state {
            State::Queued => unsent,
            State::Accepted => accepted,
            State::Refused => refused,
            State::Received => 4,
            _ => 0,
        };
        let by_state: Vec<u64> = State::ALL.iter().map(count).collect();
        let report = DeviceReport {
            device: self.answer.device,
            time: self.env().now() + ahead,
            begun: by_state.iter().sum(),
            by_state,
            oldest_unsent,
            unsent,
            program: program.to_owned(),
            secret: secret.to_owned(),
            ext: Extensions::NONE,
        };
        let (token, sent) = (self.token(), &self.transport);
        self.runtime
            .block_on(self.connection.report(&token, &report, sent))
            .expect("reported");
    }

    /// Sends these forms under its next numbers, `skip` numbers later; gives the codes.
    pub fn send(&mut self, forms: &[Value], skip: u64) -> Vec<Code> {
        let env = self.env();
        let mut codes = Vec::new();
        let mut envelopes = Vec::new();
        self.seq += skip;
        if skip > 0 {
            self.prev = Some(Link(env.random()));
        }
        for form in forms {
            let envelope = self.envelope(form, &*env);
            codes.push(envelope.header.code);
            self.prev = Some(envelope.digest().link());
            envelopes.push(envelope.to_bytes());
        }
        self.batches(envelopes);
        codes
    }

    fn batches(&self, envelopes: Vec<Vec<u8>>) {
        let token = self.token();
        for some in envelopes.chunks(25) {
            let sent = self.connection.batch(&token, some.to_vec());
            self.runtime.block_on(sent).expect("received");
        }
    }

    /// Sends a form under the last number once more, as a copy of this tablet would.
    pub fn send_as_a_copy(&mut self, form: &Value) {
        self.seq -= 1;
        let envelope = self.envelope(form, &*self.env());
        self.batches(vec![envelope.to_bytes()]);
    }

    fn envelope(&mut self, form: &Value, env: &dyn Env) -> Envelope {
        let draft: Draft = serde_json::from_value(form.clone()).expect("a form");
        let around = Circumstances {
            today: CivilDate::in_vietnam(env.now()),
            realm: Realm::Development,
            signing: SigningRule::CAREFUL,
            operator: self.answer.operators[0].id,
            correcting: false,
            master: domain::master::Master::built_in(),
        };
        let content = draft.finish(&around).expect("a finished form");
        self.seq += 1;
        let opener = self.trust.openers[0];
        let header = Header {
            version: VERSION,
            eid: Eid(env.random()),
            rid: Rid(env.random()),
            base: None,
            device: self.answer.device,
            epoch: 1,
            seq: self.seq,
            prev: self.prev,
            operator: around.operator,
            realm: Realm::Development,
            opener: opener.id(),
            kind: Kind::Registration,
            captured: Capture {
                wall: env.now(),
                monotonic: 0,
                boot: 0,
                server_floor: None,
            },
            commune: content.residence.commune,
            notice: content.consent.notice,
            code: Code::from_parts(self.answer.group, env.random()).expect("a code"),
            ext: Extensions::NONE,
        };
        let body = Body::Registration(Box::new(content));
        Envelope::make(header, &body, &opener, &self.signing, &mut env.rng()).expect("sealed")
    }

    /// Hands a pre-printed card to one of its registrations.
    pub fn bind_blank(&self, text: &str, code: Code) {
        let report = BlankReport {
            device: self.answer.device,
            blanks: vec![BlankLine {
                number: PrintedBlank::read(text).expect("a blank").blank.number,
                code: Some(code),
                spoiled: false,
                at: self.env().now(),
                operator: self.answer.operators[0].id,
                ext: Extensions::NONE,
            }],
            ext: Extensions::NONE,
        };
        let (token, signing) = (self.token(), &self.signing);
        self.runtime
            .block_on(self.connection.blanks(&token, &report, signing))
            .expect("told");
    }

    /// The code that it prints on the card of a registration.
    pub fn citizen_text(&self, code: Code) -> String {
        let day = Day::of(self.env().now());
        let citizen = Citizen {
            code,
            realm: Realm::Development,
            device: self.answer.device,
            day,
        };
        citizen.to_text(&self.signing)
    }
}
