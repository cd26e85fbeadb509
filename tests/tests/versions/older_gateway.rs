//! A tablet was updated in the field while its registrations wait, and the gateway is still the released one.

use crate::{
    line::{self, sync},
    recorded::{Call, Recorded, Script, Tablet, device_keys},
};
use app::Session;
use client::{Clock, Connection};
use domain::state::State;
use protocol::{
    enrolment::{DeviceRequest, Invitation},
    signed::Signed,
};
use std::sync::{Arc, Mutex};
use store::records;
use tungnha_tests::inside::wait_for;

/// Calls that were answered, with what was said in them.
type Heard = Arc<Mutex<Vec<(Call, Vec<u8>)>>>;

/// The released gateway as far as it was recorded: each call is answered with the bytes of its turn, and what was asked
/// is kept.
struct Older {
    url: String,
    asked: Heard,
}

impl Older {
    fn answering(calls: &[Call]) -> Self {
        let asked = Heard::default();
        let (mut left, noting) = (calls.to_vec(), asked.clone());
        let url = line::answer(move |asked| {
            // It knows no question but those of its version.
            let path = asked.path.split("&master").next().unwrap();
            let path = path.split("&life").next().unwrap();
            let turn = left
                .iter()
                .position(|call| call.method == asked.method && call.path == path);
            let Some(call) = turn.map(|turn| left.remove(turn)) else {
                return (404, Vec::new());
            };
            noting.lock().unwrap().push((call.clone(), asked.body));
            (call.status, call.answer)
        });
        Self { url, asked }
    }

    /// Every recorded call was made, and these with the very bytes of the released device. Verdicts are fetched before cards
    /// are reported, which the released device did the other way round.
    fn heard(&self, calls: &[Call], same: &[&str]) {
        let asked = self.asked.lock().unwrap();
        let sorted = |mut paths: Vec<String>| {
            paths.sort();
            // The released device asked for a token in each run; this one keeps it for its hour.
            paths.dedup_by(|one, other| one == other && one == "/v1/token");
            paths
        };
        assert_eq!(
            sorted(asked.iter().map(|(call, _)| call.path.clone()).collect()),
            sorted(calls.iter().map(|call| call.path.clone()).collect())
        );
        let mut equal = 0;
        for (call, body) in asked.iter().filter(|(call, _)| same.contains(&call.route())) {
            assert!(*body == call.request, "{} says something else", call.path);
            equal += 1;
        }
        println!("calls {}, with the same bytes {equal}", asked.len());
    }
}

/// What waits on the released device goes out in its own bytes, and what the released gateway answered about it brings
/// every registration to where it stood on the released device.
#[test]
fn what_waited_through_an_update_comes_to_its_end_at_the_older_gateway() {
    let recorded = Recorded::read();
    // After enrolment and the first contact; before the correction that the recorded device made later.
    let calls = &recorded.calls[5..recorded.undecided()];
    let older = Older::answering(calls);
    let env = Script::at(calls[0].at);
    let tablet = Tablet::copy();
    let session = tablet.open(env.clone());
    // After the update the list of keys is asked for anew from its beginning, once; that answer was not recorded.
    session.store().write(|tx| store::signers::put(tx, &[], 1)).unwrap();
    let state = |session: &Session, rid: &str| {
        let rid = rid.parse().unwrap();
        session
            .store()
            .read(|tx| records::get(tx, &rid))
            .unwrap()
            .unwrap()
            .state
    };
    let saved: Vec<_> = recorded.states().iter().map(|(rid, _)| state(&session, rid)).collect();
    assert!(
        saved
            .iter()
            .all(|state| matches!(state, State::Queued | State::Withdrawn))
    );

    env.draw(recorded.nonces(calls, device_keys().transport.public()));
    let clock = Clock {
        floor: recorded.trust().issued_at,
        now: calls[0].at,
    };
    let connection = Connection::new(&older.url, &recorded.trust(), clock).unwrap();
    let first = sync(&session, &connection);
    assert_eq!((first.receipts, first.left, first.reason), (7, 0, None));
    env.set(calls.last().unwrap().at);
    let second = sync(&session, &connection);
    assert_eq!((second.verdicts, second.left, second.reason), (4, 0, None));

    older.heard(calls, &["/v1/token", "/v1/batches", "/v1/cards"]);
    for (rid, recorded) in recorded.states() {
        assert_eq!(state(&session, &rid).name(), recorded, "{rid}");
    }
    let counts = session.store().read(records::counts).unwrap();
    assert!(counts.holds() && counts.begun == 5, "{counts:?}");
    let whole = session.store().read(store::audit::verify_chain).unwrap();
    assert!(whole, "the trail of two programs is one chain");
}

/// A program of today comes to know the released gateway, which answers it as it answered the released device.
#[test]
fn a_new_tablet_enrols_at_the_older_gateway() {
    let recorded = Recorded::read();
    let calls = &recorded.calls[..2];
    let older = Older::answering(calls);
    let keys = device_keys();
    let invitation: Invitation = recorded.text("invitation").parse().unwrap();
    let (trust, _) = wait_for(Connection::first_trust(&older.url, &invitation.root)).unwrap();
    let clock = Clock {
        floor: trust.issued_at,
        now: calls[1].at,
    };
    let connection = Connection::new(&older.url, &trust, clock).unwrap();
    let asked: DeviceRequest = Signed::verify(&calls[1].request, &[keys.signing.public()]).unwrap();
    let answer = wait_for(connection.enrol(&asked, &keys.signing)).unwrap();
    assert_eq!((answer.device, answer.team.as_str()), (1, recorded.text("team")));
    older.heard(calls, &["/v1/devices"]);
}
