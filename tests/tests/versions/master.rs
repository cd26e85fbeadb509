//! Notices, communes and settings change without a new program: from the gateway's import over a signed page into the
//! device's encrypted database, and from there into forms. Real gateway, real device, real files; the clock is the test's.

use crate::{
    line::{self, contact, sync},
    recorded::{Recorded, Script, Tablet},
};
use app::{Session, device::enrol, place::Place};
use client::{Clock, Connection};
use domain::{
    date::{CivilDate, Day},
    ids::{Realm, Rid},
    lease::LeaseDays,
    master::{CommuneName, Master, Settings, Statement, Validity},
    notice::Notice,
    place::CommuneCode,
    state::State,
};
use gateway::http::{Limits, Options, Running, start};
use protocol::{
    blanks::{BlankAnswer, BlankOutcome},
    cbor::Blob,
    changes::{Change, ChangesPage, Team},
    enrolment::{TokenAnswer, TokenRequest},
    keys::SignSecret,
    master::{MasterItem, MasterNews},
    open::Open,
    receipt::request_digest,
    report::Acknowledged,
    signed::{Message, Signed},
};
use std::{sync::Arc, time::Duration};
use store::{device, records};
use tungnha_tests::{Person, device::PIN};

fn day(text: &str) -> Day {
    text.parse::<CivilDate>().unwrap().into()
}

/// Noon of a day in Việt Nam.
fn noon(text: &str) -> i64 {
    day(text).begins_at() + 12 * 3600
}

fn notice(version: u16, text: &str) -> Notice {
    Notice {
        version,
        vietnamese: format!("# {text}\n1. Lập tài khoản.\n2. Gọi cho tôi.\n3. Giúp tôi.\n"),
        english: "# A translation\n1. Account.\n2. Call.\n3. Help.\n".to_owned(),
    }
}

/// The platform and one tablet of its.
struct Street {
    folder: tempfile::TempDir,
    env: Arc<Script>,
    running: Running,
    session: Session,
}

impl Street {
    async fn on(today: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env = Script::at(noon(today));
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().join("data"),
            realm: Realm::Development,
            names: Vec::new(),
            plain_http: true,
            population: None,
            opener_delay: Duration::ZERO,
            limits: Limits::default(),
        };
        let running = start(options, env.clone()).await.unwrap();
        let invited = running.gateway.invite(&gateway::Invite {
            ward: None,
            grants: Vec::new(),
            widen: false,
            team: "Tổ 1".to_owned(),
            communes: vec![CommuneCode(20_242)],
            role: protocol::enrolment::Role::Volunteer,
            operators: vec!["Lê Thị Tập".to_owned()],
            minutes: 15,
        });
        let place = place(&folder);
        let invitation = invited.unwrap().invitation.to_string();
        enrol(&place, &running.url, &invitation, PIN, env.clone())
            .await
            .unwrap();
        let session = Session::open(&place, None, PIN, env.clone()).unwrap();
        Self {
            folder,
            env,
            running,
            session,
        }
    }

    async fn contact(&self) -> app::sync::Report {
        contact(&self.session, &self.session.connect().unwrap()).await
    }

    /// The form as the device begins it, filled in for the `n`th person and saved: the notice it was begun with.
    fn register(&self, n: u32) -> (Rid, Option<u16>) {
        let open = self.session.begin_draft(None, None).unwrap();
        let shown = open.draft.consent.notice;
        let mut draft = Person::number(n).draft();
        draft["consent"]["notice"] = shown.into();
        let draft = serde_json::from_value(draft).unwrap();
        (self.session.register(Some(open.rid), &draft).unwrap().rid, shown)
    }

    async fn decided(&self, rid: Rid) -> State {
        for _ in 0..200 {
            self.contact().await;
            let state = state(&self.session, rid);
            if !matches!(state, State::Queued | State::Received) {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the platform does not decide");
    }

    fn import(&self, from: &str, says: Statement) {
        let valid = Validity::from(day(from));
        self.running.gateway.import_master(valid, says).unwrap();
    }

    fn offers(&self, code: u32) -> bool {
        let communes = self.session.communes().unwrap();
        communes.iter().any(|commune| commune.code.0 == code)
    }
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place {
        home: folder.path().join("home"),
        secrets: Some(folder.path().join("secrets")),
        keyring: Some(false),
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_notice_reaches_the_door_and_no_record_of_the_old_one_falls() {
    let street = Street::on("20/12/2026").await;
    let (before, shown) = street.register(501);
    assert_eq!(shown, Some(1), "what the program brings along");
    assert_eq!(street.session.settings().unwrap(), Settings::DEFAULT);

    // The city decides; the tablet is out of reach for two weeks and goes on.
    street.import("01/01/2027", Statement::Notice(notice(2, "Thông báo mới")));
    let settings = Settings {
        idle_lock_minutes: 5,
        draft_hours: 6,
        lease: LeaseDays(3),
    };
    street.import("21/12/2026", Statement::Settings(settings));
    let mut list = Master::built_in().communes_on(day("20/12/2026")).to_vec();
    list.retain(|commune| commune.code.0 != 20_194);
    let new = CommuneName {
        code: CommuneCode(99_001),
        name: "Phường Mới".to_owned(),
    };
    list.push(new);
    street.import("01/01/2027", Statement::Communes(list));
    street.env.set(noon("05/01/2027"));
    let (after, shown) = street.register(502);
    assert_eq!(shown, Some(1), "it has not heard of another");
    assert_eq!(street.session.settings().unwrap(), Settings::DEFAULT);

    // Contact: what waited is taken as it was made, and the new is in force from here on.
    assert_eq!(street.contact().await.reason, None);
    assert_eq!(street.session.notice(None).unwrap(), notice(2, "Thông báo mới"));
    assert_eq!(street.session.settings().unwrap(), settings);
    assert!(street.offers(99_001) && !street.offers(20_194));
    assert_eq!(street.decided(before).await, State::Accepted);
    assert_eq!(street.decided(after).await, State::Accepted);
    let (today, shown) = street.register(503);
    assert_eq!(shown, Some(2));
    assert_eq!(street.decided(today).await, State::Accepted);

    // A correction carries the consent of its day, and its paper the text of its day.
    let mut open = street.session.open_correction(before).unwrap();
    assert_eq!(open.draft.consent.notice, Some(1));
    assert_eq!(
        street.session.notice(Some(1)).unwrap(),
        *Master::built_in().notice(1).unwrap()
    );
    open.draft.residence.house = Some(domain::Sensitive::new("K9/1 Đống Đa".to_owned()));
    street.session.correct(before, &open.draft).unwrap();
    assert_eq!(street.decided(before).await, State::Accepted);
    for rid in [before, today] {
        let paper = street.session.paper(app::paper::Paper::Consent, &[rid]).unwrap();
        assert!(paper.pdf.len() > 1_000);
    }

    // What came is in the encrypted database: tomorrow, without a network.
    street.running.stop().await.unwrap();
    drop(street.session);
    let session = Session::open(&place(&street.folder), None, PIN, street.env.clone()).unwrap();
    assert_eq!(session.notice(None).unwrap().version, 2);
    assert_eq!(session.settings().unwrap(), settings);
    street.env.set(noon("10/01/2027"));
    let locked = session.show(before).err().map(|error| error.code().to_owned());
    assert_eq!(locked.as_deref(), Some("lease_over"), "three days instead of seven");
    let communes = session.communes().unwrap();
    assert!(communes.iter().any(|commune| commune.code.0 == 99_001));
    // And by the day, not by the moment at which it came: a machine's clock in the past is not believed.
    street.env.set(noon("31/12/2026"));
    assert_eq!(
        session.notice(None).unwrap().version,
        2,
        "the server's last time is later"
    );
}

/// An unfinished form is erased after as many hours as the city set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unfinished_forms_go_when_the_setting_says_so() {
    let street = Street::on("20/12/2026").await;
    let settings = Settings {
        draft_hours: 2,
        ..Settings::DEFAULT
    };
    street.import("20/12/2026", Statement::Settings(settings));
    let rid = street.session.begin_draft(None, None).unwrap().rid;
    street.env.set(noon("20/12/2026") + 3 * 3600);
    street.env.pass(3 * 3600);
    street.session.discard_expired_drafts().unwrap();
    assert_eq!(state(&street.session, rid), State::Draft, "24 hours are what it knows");
    street.contact().await;
    street.session.discard_expired_drafts().unwrap();
    assert_eq!(state(&street.session, rid), State::Discarded);
    street.running.stop().await.unwrap();
}

/// A platform whose answers are truly signed, before the recorded tablet; its root may be another's.
struct Platform {
    now: i64,
    platform: SignSecret,
    news: MasterNews,
}

impl Platform {
    fn sign<M: Message>(&self, message: &M) -> (u16, Vec<u8>) {
        (200, Signed::make(message, &self.platform))
    }

    fn listen(self) -> String {
        let transport = crate::recorded::device_keys().transport.public();
        line::answer(move |asked| match asked.path.split('?').next().unwrap() {
            "/v1/token" => {
                let asked: TokenRequest = Signed::verify(&asked.body, &[transport]).unwrap();
                self.sign(&TokenAnswer {
                    nonce: asked.nonce,
                    token: "5a".repeat(32),
                    lifetime: 3600,
                    time: self.now,
                    ext: Default::default(),
                })
            }
            "/v1/changes" => {
                let number = |name: &str| -> u64 {
                    let value = asked.path.split(name).nth(1).unwrap();
                    value.split('&').next().unwrap().parse().unwrap()
                };
                let team = Team {
                    name: "Tổ mới".to_owned(),
                    communes: vec![CommuneCode(20_242)],
                    operators: Vec::new(),
                    ext: Default::default(),
                };
                let news = MasterNews {
                    after: number("master="),
                    ..self.news.clone()
                };
                self.sign(&ChangesPage {
                    device: 1,
                    since: number("since="),
                    next: 50.max(number("since=")),
                    more: false,
                    time: self.now,
                    changes: vec![Change::Team(team).into()],
                    wait: None,
                    keys: None,
                    master: Some(news),
                    ext: Default::default(),
                })
            }
            "/v1/cards" => self.sign(&BlankAnswer {
                request: request_digest(&asked.body),
                time: self.now,
                blanks: vec![BlankOutcome::from(None)],
                ext: Default::default(),
            }),
            "/v1/reports" => self.sign(&Acknowledged {
                time: self.now,
                ext: Default::default(),
            }),
            _ => (503, Vec::new()),
        })
    }
}

/// The recorded tablet with nothing to send, in contact with a platform that says these statements.
fn told(items: Vec<Vec<u8>>, more: bool) -> (Tablet, Session, app::sync::Report) {
    let recorded = Recorded::read();
    let env = Script::at(recorded.calls[0].at);
    let tablet = Tablet::copy();
    let session = tablet.open(env.clone());
    session
        .store()
        .write(|tx| -> Result<_, store::StoreError> {
            for waiting in store::outbox::waiting(tx)? {
                store::outbox::set_aside(tx, &waiting.eid, "too_large", recorded.calls[0].at, |_| 1_000_000)?;
            }
            Ok(())
        })
        .unwrap();
    let platform = Platform {
        now: env.now(),
        platform: SignSecret::from_seed(&recorded.key("keys/platform.key")),
        news: MasterNews {
            after: 0,
            serial: items.len() as u64,
            more,
            items: items.into_iter().map(Blob).collect(),
        },
    };
    let clock = Clock {
        floor: env.now(),
        now: env.now(),
    };
    let connection = Connection::new(&platform.listen(), &recorded.trust(), clock).unwrap();
    let report = sync(&session, &connection);
    (tablet, session, report)
}

fn statement(serial: u64, item: Open<Statement>) -> MasterItem {
    MasterItem {
        realm: Realm::Development,
        serial,
        issued_at: 0,
        from: Day::from_number(0),
        until: None,
        item,
        ext: Default::default(),
    }
}

fn minutes(idle_lock_minutes: u16) -> Open<Statement> {
    let settings = Settings {
        idle_lock_minutes,
        ..Settings::DEFAULT
    };
    Statement::Settings(settings).into()
}

#[test]
fn only_the_root_is_believed_and_the_rest_of_the_page_is_applied() {
    let recorded = Recorded::read();
    let root = SignSecret::from_seed(&recorded.key("keys/root.key"));
    let platform = SignSecret::from_seed(&recorded.key("keys/platform.key"));
    let good = statement(1, minutes(7));
    let elsewhere = MasterItem {
        realm: Realm::Live,
        ..good.clone()
    };
    let mut altered = good.sign(&root);
    *altered.last_mut().unwrap() ^= 1;
    for (signed, why) in [
        (
            good.sign(&platform),
            "the key of the answers does not decide what is asked of people",
        ),
        (elsewhere.sign(&root), "another world"),
        (altered, "altered"),
        (statement(0, minutes(7)).sign(&root), "no serial"),
        (Signed::make(&recorded.trust(), &root), "another purpose"),
    ] {
        let (_tablet, session, report) = told(vec![signed], true);
        assert!(report.reached, "{why}: {report:?}");
        assert_eq!(session.settings().unwrap(), Settings::DEFAULT, "{why}");
        assert_eq!(
            session.store().read(store::master::serial).unwrap(),
            0,
            "{why}: it is asked for again"
        );
        let identity = session.store().read(device::identity).unwrap().unwrap();
        assert_eq!(identity.team, "Tổ mới", "{why}: what came beside it stands");
    }
    let (_tablet, session, _) = told(vec![good.sign(&root)], false);
    assert_eq!(session.settings().unwrap().idle_lock_minutes, 7);
    assert_eq!(session.store().read(store::master::serial).unwrap(), 1);
}

#[test]
fn a_kind_of_a_later_program_and_what_breaks_a_rule_are_kept_and_not_used() {
    let root = SignSecret::from_seed(&Recorded::read().key("keys/root.key"));
    let later: Open<Statement> = protocol::cbor::decode(&[0x82, 0x09, 0x81, 0x01], 4).unwrap();
    let other_text = Statement::Notice(notice(1, "Khác"));
    let (_tablet, session, report) = told(
        vec![
            statement(1, later).sign(&root),
            statement(2, minutes(99)).sign(&root),
            statement(3, other_text.into()).sign(&root),
            statement(4, minutes(9)).sign(&root),
        ],
        false,
    );
    assert_eq!(
        report.reason.as_deref(),
        Some("upgrade_needed"),
        "somebody with a later program reads it"
    );
    assert_eq!(
        session.settings().unwrap().idle_lock_minutes,
        9,
        "they stand in nobody's way"
    );
    assert_eq!(session.notice(None).unwrap(), *Master::built_in().notice(1).unwrap());
    assert_eq!(session.store().read(store::master::serial).unwrap(), 4);
}

/// Parts that come out of turn leave no hole that nobody asks for.
#[test]
fn what_is_missing_is_asked_for_again() {
    let root = SignSecret::from_seed(&Recorded::read().key("keys/root.key"));
    let signed = |serial| statement(serial, minutes(u16::try_from(serial).unwrap())).sign(&root);
    let (_tablet, session, _) = told(vec![signed(1), signed(3)], false);
    let store = session.store();
    assert_eq!(store.read(store::master::serial).unwrap(), 1);
    assert_eq!(
        session.settings().unwrap().idle_lock_minutes,
        3,
        "the later word holds meanwhile"
    );
    store.write(|tx| store::master::put(tx, 2, &signed(2), 0)).unwrap();
    assert_eq!(store.read(store::master::serial).unwrap(), 3);
    let forged = statement(2, minutes(30)).sign(&root);
    store.write(|tx| store::master::put(tx, 2, &forged, 0)).unwrap();
    assert_eq!(
        store.read(store::master::all).unwrap()[1],
        signed(2),
        "the first of a serial stands"
    );
}
