//! A tablet that does not hear of the platform for longer than its lease.

use app::{AppError, paper::Paper, refusal::Refusal};
use domain::{ids::Rid, registration::Draft, state::State};
use tungnha_tests::{
    Device, Person, Town,
    inside::{self, Moved},
};

const DAY: i64 = 86_400;

fn draft(n: u32) -> Draft {
    serde_json::from_value(Person::number(n).draft()).expect("a draft")
}

#[track_caller]
fn locked<T>(what: &str, asked: Result<T, AppError>) {
    match asked {
        Err(AppError::Refused(Refusal::LeaseOver)) => {}
        Err(other) => panic!("{what}: {}", other.code()),
        Ok(_) => panic!("{what} was shown"),
    }
}

#[test]
fn old_records_lock_after_a_week_and_registering_goes_on() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = device.register(&Person::number(981).draft()).ok().clone();
    let old: Rid = saved["rid"].as_str().expect("an id").parse().expect("an id");
    device.sync_until_decided(&old.to_string());
    let env = Moved::new();
    let session = device.unlock(env.clone());
    env.set(7 * DAY - 3600);
    assert_eq!(session.show(old).expect("the seventh day").state, State::Accepted);

    env.set(7 * DAY + 3600);
    locked("a record", session.show(old));
    locked("its card", session.card(old));
    locked("its consent", session.paper(Paper::Consent, &[old]));
    locked("its form", session.open_correction(old));
    locked("its address", session.begin_draft(None, Some(old)));
    locked("the list", session.page(&[], 0, 10));
    locked("the search", session.search("Nguyễn", 10));
    locked("the code", session.search(saved["code"].as_str().expect("a code"), 10));
    locked("the houses", session.households());
    locked("the tasks", session.tasks());
    let check = session.check(&draft(981), false, None).expect("checked");
    assert_eq!(check.same_number.len(), 1, "a double is still noticed");
    assert_eq!(
        (&check.same_number[0].name, &check.same_number[0].address),
        (&None, &None)
    );
    assert!(check.household.is_none());
    let today = session.today().expect("today");
    assert!(today.records_locked && today.recent.is_empty());

    // The next family is registered, and gets its card.
    let new = session.register(None, &draft(982)).expect("saved").rid;
    session.card(new).expect("its card");
    session.show(new).expect("itself");
    assert_eq!(session.today().expect("today").recent.len(), 1);
    drop(session);

    // A clock set back shows nothing more, now or after a new start of the program.
    for back in [0, -DAY, -4000 * DAY] {
        env.set(back);
        let session = device.unlock(env.clone());
        locked("a record with the clock set back", session.show(old));
        session.show(new).expect("what came after the lease");
    }

    // One word of the platform is enough.
    env.set(8 * DAY);
    let session = device.unlock(env.clone());
    let report = inside::sync(&session);
    assert_eq!((report.receipts, report.reason), (1, None), "it was sent all the same");
    session.show(old).expect("open again");
    assert_eq!(session.page(&[], 0, 10).expect("the list").total, 2);
    assert!(!session.today().expect("today").records_locked);
}
