//! Practice and real people are kept apart at both ends.

use crate::*;
use domain::ids::Instance;
use protocol::{
    blanks::{BlankAnswer, BlankReport},
    healing::{HaveAnswer, HaveRequest},
};

/// A gateway that gets one envelope exchanged for another one under the same `eid`.
struct Exchanged {
    real: Connection,
    other: Vec<u8>,
}

impl Gateway for Exchanged {
    async fn token(&self, device: DeviceId, key: &SignSecret, nonce: [u8; 16]) -> Result<TokenAnswer, ClientError> {
        self.real.token(device, key, nonce).await
    }

    async fn batch(&self, token: &str, _: Vec<Vec<u8>>) -> Result<(BatchAnswer, Vec<u8>), ClientError> {
        let answered = self.real.batch(token, vec![self.other.clone()]).await?;
        assert_eq!(answered.0.items[0].outcome, Outcome::WrongRealm);
        Ok(answered)
    }

    async fn changes(
        &self,
        token: &str,
        device: DeviceId,
        since: u64,
        keys: u64,
        master: u64,
        life: Option<Instance>,
    ) -> Result<ChangesPage, ClientError> {
        self.real.changes(token, device, since, keys, master, life).await
    }

    async fn have(&self, token: &str, asked: &HaveRequest, key: &SignSecret) -> Result<HaveAnswer, ClientError> {
        self.real.have(token, asked, key).await
    }

    async fn report(&self, token: &str, report: &DeviceReport, key: &SignSecret) -> Result<Acknowledged, ClientError> {
        self.real.report(token, report, key).await
    }

    async fn blanks(
        &self,
        token: &str,
        report: &BlankReport,
        signing: &SignSecret,
    ) -> Result<BlankAnswer, ClientError> {
        self.real.blanks(token, report, signing).await
    }

    async fn refresh_trust(&self, known: &Trust) -> Result<Option<(Trust, Vec<u8>)>, ClientError> {
        self.real.refresh_trust(known).await
    }
}

/// The envelope that waits on this device, made once more for practice and truly signed by the device.
fn practice_twin(session: &Session) -> Vec<u8> {
    let waiting = session.store().read(store::outbox::waiting).unwrap().remove(0);
    let mut header = Envelope::from_bytes(&waiting.envelope).unwrap().header;
    header.realm = Realm::Practice;
    let (keys, trust) = session
        .store()
        .read(|tx| -> Result<_, store::StoreError> {
            Ok((store::device::keys(tx)?.unwrap(), store::device::trust(tx)?.unwrap()))
        })
        .unwrap();
    let opener = Trust::read(&trust).unwrap().openers[0];
    let env: Arc<dyn Env> = Arc::new(SystemEnv::new());
    Envelope::make(header, &Body::Withdrawal, &opener, &keys.signing, &mut env.rng())
        .unwrap()
        .to_bytes()
}

#[test]
fn a_practice_record_at_the_real_gateway_is_not_stored_and_the_device_stops_it() {
    let town = Town::with("live", &[]);
    for (number, locked) in [(460, false), (461, true)] {
        let device = Device::enrolled(&town);
        let saved = Saved::on(&device, number..number + 1);
        let session = device.unlock_now();
        let gateway = Exchanged {
            other: practice_twin(&session),
            real: session.connect().unwrap(),
        };
        let report = if locked {
            drop(session);
            let locked = Locked::open(&device.place(), Arc::new(SystemEnv::new())).unwrap();
            inside::wait_for(locked.sync(&gateway)).unwrap()
        } else {
            let pace = Pace {
                patience: 0,
                sleep: &|time| tokio::time::sleep(time),
            };
            let report = inside::wait_for(session.sync(&gateway, pace)).unwrap();
            drop(session);
            report
        };
        assert_eq!((report.stopped, report.receipts, report.left), (1, 0, 0));
        let copies = std::fs::read_dir(device.home().join("spool")).unwrap().flatten();
        let copies = copies.filter(|entry| entry.path().extension().is_some_and(|end| end == "sealed"));
        assert_eq!(
            copies.count(),
            usize::from(locked),
            "a stopped copy stays until the database has noted why"
        );

        assert_eq!(town.board()["registrations"]["received"], 0, "not stored");
        assert_eq!(town.run("audit", &[])["envelopes"], 0);
        let shown = device.run(&["show", &saved.people[0].1]);
        assert_eq!(
            (&shown.ok()["state"], &shown.ok()["quarantine"]),
            (&json!("quarantined"), &json!("wrong_realm"))
        );
        assert!(
            shown.said.contains(&sentence("stopped", "wrong_realm", "en")),
            "{}",
            shown.said
        );
        saved.are_all_on(&device);
    }
}

#[test]
fn the_worlds_of_practice_and_of_real_people_do_not_mix() {
    let town = Town::with("live", &[]);
    let practice = Device::practice();
    let saved = Saved::on(&practice, 470..471);
    practice.run(&["sync"]).refuses(1, "demo_has_no_gateway");
    practice.run(&["sync", "--locked"]).refuses(1, "demo_has_no_gateway");
    practice.enrol(&town.url, &town.invite()).refuses(1, "other_realm");
    saved.are_all_on(&practice);

    let mut real = Person::number(471);
    real.number = "048188000123".to_owned();
    let ran = practice.register(&real.draft());
    assert_eq!(
        ran.refuses(1, "problems")["problems"],
        json!([{ "field": "pin", "code": "real_card_in_demo" }])
    );
    assert!(
        ran.said.contains(&sentence("problem", "real_card_in_demo", "en")),
        "{}",
        ran.said
    );
    ran.tells_nothing_about(&[&real]);
    saved.are_all_on(&practice);

    let device = Device::enrolled(&town);
    for invented in domain::practice::people()
        .iter()
        .filter(|person| person.birth.year() < 2000)
    {
        let mut person = Person::number(472);
        person.number = invented.number.expose().to_owned();
        let ran = device.register(&person.draft());
        assert_eq!(
            ran.refuses(1, "problems")["problems"],
            json!([{ "field": "pin", "code": "practice_person" }])
        );
        ran.tells_nothing_about(&[&person]);
    }
    assert_eq!(device.run(&["queue"]).ok()["begun"], 0);
}
