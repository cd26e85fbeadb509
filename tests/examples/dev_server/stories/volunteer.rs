//! A volunteer's tablet: Tổ CNS 12 of Hải Châu, from its first morning to a full outbox.

use super::{
    NOW,
    ground::{Ground, enrolled, register, settle},
    people::{HOSTILE, Resident, house, mix},
    tablets::Tablet,
    town::{HAI_CHAU, Town},
};
use crate::{
    ports::clock::Clock,
    stage::{Network, Stage},
};
use app::{Session, env::Env};
use domain::{code::Code, ids::Realm};
use protocol::{
    blanks::{Blank, PrintedBlank},
    citizen::Citizen,
    enrolment::{Role, Trust},
    envelope::{Body, Envelope},
    keys::SignSecret,
};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::runtime::Handle;
use tungnha_tests::crowd;

const TEAM: &str = "Tổ CNS 12";
const PEOPLE: [&str; 3] = ["Nguyễn Văn Bình", "Lê Thị Sương", "Hà Văn Tám"];
const COLLEAGUE: u32 = 2;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const MIDNIGHT: i64 = NOW - 14 * HOUR - 5 * 60;

/// A moment of November in Đà Nẵng.
fn at(day: i64, hour: i64, minute: i64) -> i64 {
    MIDNIGHT + (day - 23) * DAY + hour * HOUR + minute * 60
}

/// A tablet that was taken over this morning; nobody is registered yet.
pub fn first_day(runtime: &Handle) -> Ground {
    let town = Town::open(runtime, Arc::new(Clock::standing(at(23, 7, 30), 11)), &[]);
    let stage = enrolled(runtime, &town, TEAM, Role::Volunteer, &[HAI_CHAU], &PEOPLE);
    stage.ask("sync_now", Value::Null);
    Ground::of(stage, Arc::new(town), &[COLLEAGUE], json!({}))
}

/// 1,600 residents, of whom nothing was sent yet: eight weeks without a network.
pub fn crowd(first_day: &Ground) -> Ground {
    let ground = first_day.again();
    let clock = Arc::new(Clock::standing(NOW - DAY, 23));
    let session = ground.session(clock.clone());
    let forms = (0..1600).map(|n| {
        let mut form = Resident::number(n).form(&house(n / 3), &format!("Tổ {}", 1 + mix(n / 3) % 40));
        form["household"] = json!(format!("{:032x}", 0xa000_0000_u64 + u64::from(n / 3)));
        serde_json::from_value(form).expect("a form")
    });
    crowd::fill_with(&session, &*clock, forms);
    drop(session);
    ground
}

/// A tablet that the ward locked after it was lost, with records that were never sent.
pub fn revoked(runtime: &Handle) -> Ground {
    let town = Town::open(runtime, Arc::new(Clock::standing(at(22, 7, 30), 13)), &[]);
    let stage = enrolled(runtime, &town, TEAM, Role::Volunteer, &[HAI_CHAU], &PEOPLE);
    stage.ask("sync_now", Value::Null);
    for n in 0..3 {
        register(&stage, Resident::number(n).form(&house(0), "Tổ 18"), None);
    }
    let device = stage.ask("state", Value::Null)["device"].as_u64().expect("a number");
    town.gateway
        .revoke(u32::try_from(device).expect("small"))
        .expect("revoked");
    stage.ask("sync_now", Value::Null);
    Ground::of(stage, Arc::new(town), &[], json!({}))
}

/// A tablet whose records no longer add up, as nothing but damage leaves it.
pub fn alarm(work: &Ground) -> Ground {
    let ground = work.again();
    let session = ground.session(Arc::new(Clock::standing(NOW, 29)));
    store::testing::execute(
        session.store(),
        "PRAGMA foreign_keys = OFF; DROP TRIGGER registration_stays; \
         DELETE FROM registration WHERE id = (SELECT max(id) FROM registration WHERE state = 'discarded');",
    );
    drop(session);
    ground
}

/// The people of [`work`] by their numbers.
const REFUSED_AND_GONE: u32 = 0;
const REFUSED: u32 = 24;
const TWICE: u32 = 8;
const WITHDRAWN: u32 = 9;

/// A tablet after a week: somebody in every state, cards handed out and lost, twelve registrations that wait.
pub fn work(runtime: &Handle, evil: bool) -> Ground {
    let known: Vec<String> = (0..80)
        .map(|n| match n {
            REFUSED_AND_GONE => Resident::number(n).row_of_other_birth(),
            REFUSED => Resident::number(n).row_of_other_sex(),
            n => Resident::number(n).row(),
        })
        .collect();
    let clock = Arc::new(Clock::standing(at(15, 7, 30), if evil { 19 } else { 17 }));
    let town = Town::open(runtime, clock, &known);
    let (team, people) = match evil {
        false => (TEAM, PEOPLE),
        true => (HOSTILE[0], [HOSTILE[1], HOSTILE[5], HOSTILE[2]]),
    };
    let stage = enrolled(runtime, &town, team, Role::Volunteer, &[HAI_CHAU], &people);
    let week = Week {
        runtime,
        town: &town,
        stage: &stage,
        team,
        evil,
    };
    let props = week.until_monday_morning();
    let odd = week.undecided();
    let stage = stage.interlude(&town, |session| {
        // Its task was open for longer than what it needs is kept.
        store::testing::execute(
            session.store(),
            "UPDATE registration SET content = NULL WHERE id = (SELECT min(id) FROM registration WHERE state = 'refused')",
        );
        send_a_twin(runtime, session, &town, &odd);
    });
    let week = Week {
        runtime,
        town: &town,
        stage: &stage,
        team,
        evil,
    };
    week.waiting();
    Ground::of(stage, Arc::new(town), &[COLLEAGUE], props)
}

struct Week<'a> {
    runtime: &'a Handle,
    town: &'a Town,
    stage: &'a Stage,
    team: &'a str,
    evil: bool,
}

impl Week<'_> {
    fn clock(&self, at: i64) {
        self.town.clock.set(at);
    }

    fn until_monday_morning(&self) -> Value {
        let (blank, mut props) = self.blanks();
        self.stage.ask("sync_now", Value::Null);
        self.first_visit();
        self.clock(at(19, 8, 0));
        let lost = Tablet::enrol(self.runtime, self.town, "Tổ CNS 31", HAI_CHAU, "0.1.0");
        self.houses(1..7, at(19, 8, 5));
        self.clock(at(19, 17, 30));
        settle(self.stage);

        let sunday = self.houses(7..19, at(22, 8, 0));
        self.again(TWICE, at(22, 15, 0));
        self.clock(at(22, 17, 20));
        settle(self.stage);
        self.stage
            .ask("withdraw", json!({ "rid": sunday[(WITHDRAWN - 7) as usize] }));
        self.town.gateway.revoke(lost.device()).expect("revoked");
        settle(self.stage);

        self.houses(19..28, at(23, 7, 40));
        self.hand_out(&blank, &sunday);
        self.clock(at(23, 10, 40));
        settle(self.stage);
        props["verify"] = self.verifiable(&sunday[4], &lost);
        props
    }

    fn form(&self, n: u32) -> Value {
        let resident = Resident::number(n);
        match self.evil {
            false => resident.form(&house(n / 3), "Tổ 18"),
            true => resident.form(HOSTILE[mix(n / 3) % 7], HOSTILE[mix(n / 3 + 1) % 7]),
        }
    }

    /// Families of three, one after the other.
    fn houses(&self, people: std::ops::Range<u32>, from: i64) -> Vec<Value> {
        let mut registered: Vec<Value> = Vec::new();
        for (i, n) in (0..).zip(people) {
            self.clock(from + 11 * 60 * i64::from(i));
            let neighbour = registered.last().filter(|_| n % 3 != 0);
            registered.push(register(self.stage, self.form(n), neighbour));
        }
        registered
    }

    /// The first resident, of whom the register knows another birthday; the verdict is heard days later.
    fn first_visit(&self) {
        self.clock(at(15, 8, 10));
        register(self.stage, self.form(REFUSED_AND_GONE), None);
        self.stage.lose_answers("/v1/changes");
        self.stage.ask("sync_now", Value::Null);
        self.stage.network(Network::Good);
    }

    /// Somebody who was registered before is registered in another house.
    fn again(&self, n: u32, at: i64) {
        self.clock(at);
        let mut form = self.form(n);
        form["residence"]["house"] = json!("12 Trần Phú");
        register(self.stage, form, None);
    }

    /// Makes cards for the team; the codes of some, and of cards that are not to be taken.
    fn blanks(&self) -> (Vec<String>, Value) {
        let (_, blank) = self.town.blanks(self.team, 12);
        let (sheet, void) = self.town.blanks(self.team, 1);
        self.town.gateway.void_blanks(&[sheet]).expect("void");
        self.town
            .invite("Tổ CNS 22", Role::Volunteer, &[HAI_CHAU], &["Trần Văn Tư"]);
        let (_, foreign) = self.town.blanks("Tổ CNS 22", 1);
        let forged = Blank {
            number: number(&blank[6]),
            team: 1,
        };
        let practice = &app::practice::blanks()[0];
        let props = json!({
            "card": {
                "blank": blank[5], "bound": number(&blank[5]).to_string(), "given_up": number(&blank[0]).to_string(), "blank_number": number(&blank[7]).to_string(),
                "void": void[0], "team": foreign[0], "world": practice.qr,
                "forged": forged.to_text(&SignSecret::from_seed(&[7; 32])), "used": blank[9],
                "handed": number(&blank[2]).to_string(), "exchange": number(&blank[3]).to_string(),
            }
        });
        (blank, props)
    }

    /// Hands out cards: one is lost and replaced, one turns out to be a copy of a colleague's.
    fn hand_out(&self, blank: &[String], people: &[Value]) {
        self.clock(at(23, 9, 40));
        let mut colleague = Tablet::enrol(self.runtime, self.town, self.team, HAI_CHAU, "0.1.0");
        let codes = colleague.send(&[self.form(70), self.form(71)], 0);
        colleague.bind_blank(&blank[9], codes[0]);
        colleague.bind_blank(&blank[3], codes[1]);
        let bind = |rid: &Value, text: &str| {
            self.stage
                .ask("bind_blank", json!({ "rid": rid, "text": text, "picture": null }))
        };
        bind(&people[5], &blank[0]);
        self.stage
            .ask("spoil_blank", json!({ "text": blank[0], "picture": null }));
        self.clock(at(23, 9, 42));
        bind(&people[5], &blank[2]);
        bind(&people[6], &blank[3]);
    }

    /// Codes on cards of residents, by what is to be said of them.
    fn verifiable(&self, rid: &Value, lost: &Tablet<'_>) -> Value {
        let card = self.stage.ask("card", json!({ "rid": rid }));
        let code: Code = serde_json::from_value(card["code"].clone()).expect("a code");
        let stranger = SignSecret::from_seed(&[9; 32]);
        let text = |realm, device| {
            let day = domain::date::Day::from_number(20_780);
            Citizen {
                code,
                realm,
                device,
                day,
            }
            .to_text(&stranger)
        };
        json!({
            "valid": card["qr"], "revoked": lost.citizen_text(code), "demo": text(Realm::Practice, 0),
            "forged": text(Realm::Development, lost.device()), "unknown_signer": text(Realm::Development, 4_711),
            "code": card["code"],
        })
    }

    /// Eight whom the city will have and not have decided about; and one whose record will not be what the city holds
    /// under its name.
    fn undecided(&self) -> Value {
        self.houses(28..36, at(23, 10, 45));
        self.clock(at(23, 11, 18));
        register(self.stage, self.form(36), None)
    }

    /// Sends without hearing of decisions. Then twelve who wait, two who changed their minds at the door, one form that is open.
    fn waiting(&self) {
        self.clock(at(23, 11, 20));
        self.stage.lose_answers("/v1/changes");
        self.stage.ask("sync_now", Value::Null);
        self.stage.network(Network::None);
        self.houses(37..49, at(23, 11, 40));
        for n in [60, 61] {
            let opened = self
                .stage
                .ask("begin_draft", json!({ "draft": self.form(n), "after": null }));
            self.stage.ask("discard_draft", json!({ "rid": opened["rid"] }));
        }
        self.clock(at(23, 13, 40));
        let name = if self.evil { HOSTILE[0] } else { "Phan Văn Cường" };
        let begun = json!({ "name": { "value": name, "source": "typed" } });
        self.stage.ask("begin_draft", json!({ "draft": begun, "after": null }));
    }
}

/// The gateway gets something else of this device under the name of a record that waits.
fn send_a_twin(runtime: &Handle, session: &Session, town: &Town, rid: &Value) {
    let waiting = session.store().read(store::outbox::waiting).expect("read");
    let sealed = waiting
        .iter()
        .filter_map(|waiting| Envelope::from_bytes(&waiting.envelope).ok());
    let mut headers = sealed.map(|envelope| envelope.header);
    let header = headers.find(|header| json!(header.rid) == *rid).expect("it waits");
    let (keys, trust) = session
        .store()
        .read(|tx| -> Result<_, store::StoreError> { Ok((store::device::keys(tx)?, store::device::trust(tx)?)) })
        .expect("read");
    let opener = Trust::read(&trust.expect("trust")).expect("trust").openers[0];
    let (keys, env): (_, Arc<dyn Env>) = (keys.expect("keys"), town.clock.clone());
    let twin = Envelope::make(header, &Body::Withdrawal, &opener, &keys.signing, &mut env.rng()).expect("sealed");
    let connection = session.connect().expect("prepared");
    let device = session.identity().device;
    runtime.block_on(async {
        let token = connection
            .token(device, &keys.transport, env.random())
            .await
            .expect("a token");
        connection
            .batch(&token.token, vec![twin.to_bytes()])
            .await
            .expect("received");
    });
}

fn number(text: &str) -> domain::blank::BlankNumber {
    PrintedBlank::read(text).expect("a blank").blank.number
}
