//! A device that no longer reaches its platform where it was, or believes no certificate any more, and comes back.

use crate::*;
use domain::clock::WITHOUT_CONTACT;
use inside::wait_for;

const YEAR: i64 = 365 * 86_400;

fn floor(session: &Session) -> i64 {
    session.store().read(store::device::server_floor).unwrap().unwrap()
}

fn sync(session: &Session) -> app::sync::Report {
    let sleep = |time| tokio::time::sleep(time);
    let pace = Pace {
        patience: 0,
        sleep: &sleep,
    };
    wait_for(session.sync_with_platform(pace)).unwrap()
}

/// One day of a gateway in 2045 raises nothing; a floor that stands there all the same, by an older program, goes down by
/// the root's own word, open and locked.
#[test]
fn a_floor_in_2045_is_not_taken_and_the_root_leads_back() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = Saved::on(&device, 760..761);
    let session = device.unlock_now();
    let before = floor(&session);
    let page = protocol::changes::ChangesPage {
        time: before + 19 * YEAR,
        ..wait_for(async {
            let connection = session.connect().unwrap();
            let keys = session.store().read(store::device::keys).unwrap().unwrap();
            let number = session.identity().device;
            let token = connection.token(number, &keys.transport, [7; 16]).await.unwrap().token;
            connection.changes(&token, number, 0, 0, 0, None).await.unwrap()
        })
    };
    session.apply_page(&page).unwrap();
    assert_eq!(floor(&session), before, "a server in 2045");
    let page = protocol::changes::ChangesPage {
        time: SystemEnv::new().now() + WITHOUT_CONTACT - 3600,
        ..page
    };
    session.apply_page(&page).unwrap();
    assert_eq!(floor(&session), page.time, "a year without contact");

    let poisoned = SystemEnv::new().now() + 19 * YEAR;
    let poison = |session: &Session| {
        session
            .store()
            .write(|tx| store::device::set_server_floor(tx, poisoned))
            .unwrap()
    };
    poison(&session);
    assert_eq!(sync(&session).reason.as_deref(), Some("untrusted"), "cut off");
    drop(session);
    assert_eq!(device.run(&["sync", "--locked"]).expect(3)[0]["reason"], "untrusted");
    town.run("trust", &[]);
    let report = device.run(&["sync", "--locked"]).ok().clone();
    assert_eq!(
        (&report["receipts"], &report["left"]),
        (&json!(1), &json!(0)),
        "{report}"
    );
    let session = device.unlock_now();
    assert_eq!(floor(&session), poisoned);
    let report = sync(&session);
    assert!(report.reached && report.reason.is_none(), "{report:?}");
    assert!(floor(&session) < poisoned - 18 * YEAR);
    assert_eq!(town.board()["registrations"]["received"], saved.count());
}

#[test]
fn a_gateway_that_moved_is_found_by_its_signed_list_or_by_an_invitation_and_nothing_else_changes() {
    let mut town = Town::start();
    let (told, untold) = (Device::enrolled(&town), Device::enrolled(&town));
    let mut saved = [Saved::on(&told, 761..763), Saved::on(&untold, 763..765)];
    let number = |device: &Device| device.unlock_now().identity().device;
    let numbers = [number(&told), number(&untold)];

    // Announced before it moves: where it is, and where it will be.
    let old = town.url.clone();
    town.move_away();
    let new = town.url.clone();
    town.restart_at(&old);
    town.run("trust", &["--address", &old, "--address", &new]);
    assert_eq!(told.run(&["sync"]).ok()["left"], 0);
    saved[0].are_all_on(&told);
    saved[0].add(&told, Person::number(765));
    town.restart_at(&new);
    assert_eq!(told.run(&["sync"]).ok()["left"], 0, "found by itself");
    saved[0].are_all_on(&told);

    // Nobody told the other one.
    assert_eq!(
        untold.run(&["sync", "--patience", "0"]).expect(3)[0]["reason"],
        "unreachable"
    );
    let stranger = Town::start();
    assert_eq!(
        untold.enrol(&stranger.url, &stranger.invite()).error(1),
        "already_enrolled"
    );
    let invitation = town.invite();
    let enrolled = untold.enrol(&town.url, &invitation).ok().clone();
    assert_eq!(enrolled["moved"], true, "{enrolled}");
    assert_eq!(untold.run(&["sync"]).ok()["receipts"], 2);
    saved[1].are_all_on(&untold);
    assert_eq!([number(&told), number(&untold)], numbers, "they are who they were");
    assert_eq!(town.board()["registrations"]["received"], 5);
    assert_eq!(untold.enrol(&town.url, &town.invite()).error(1), "already_enrolled");
    // The invitation was not used up.
    Device::empty().enrol(&town.url, &invitation).ok();
}

/// An image of yesterday is put back: its next number was used before. It is told so once, and what comes after it is in
/// order again; of two copies, each goes its own way.
#[test]
fn a_tablet_put_back_from_an_image_goes_on_in_a_new_life_of_its_numbers() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let mut saved = Saved::on(&device, 770..771);
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);
    let image = tungnha_tests::town::files(&device.home());
    drop(Saved::on(&device, 771..772));
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);

    std::fs::remove_dir_all(device.home()).unwrap();
    for (path, bytes) in image {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let epoch = |device: &Device| {
        let session = device.unlock_now();
        session.store().read(store::device::position).unwrap().epoch
    };
    assert_eq!(epoch(&device), 1);
    saved.add(&device, Person::number(772));
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);
    let new = epoch(&device);
    assert!(new > 1, "{new}");
    let flags = town.board()["devices"][0]["flags"].clone();
    saved.add(&device, Person::number(773));
    saved.add(&device, Person::number(774));
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);
    assert_eq!(epoch(&device), new, "once");
    assert_eq!(town.board()["devices"][0]["flags"], flags, "nothing new is strange");
    saved.are_all_on(&device);
    for (_, rid, _) in &saved.people {
        assert_eq!(device.sync_until_decided(rid)["state"], "accepted");
    }
    assert_eq!(
        town.board()["registrations"]["received"],
        5,
        "also what the image did not know"
    );
}

/// Runs that bring nothing new cost one call on one line: no token but each hour, no report but of something new.
#[test]
fn an_idle_device_asks_for_its_changes_and_for_nothing_else() {
    let line = Line::new();
    let env = inside::Moved::new();
    let session = line.device.unlock(env.clone());
    let sleep = |time| tokio::time::sleep(time);
    let pace = || Pace {
        patience: 0,
        sleep: &sleep,
    };
    let count = |route: &str| line.proxy.trouble(route, Trouble::Limit(usize::MAX));
    wait_for(async {
        let run = async |route: &str| {
            count(route);
            let report = session.sync_with_platform(pace()).await.unwrap();
            assert!(report.reached && report.left == 0, "{report:?}");
            line.proxy.hits()
        };
        assert_eq!(run("/v1/token").await, 1);
        let lines = line.proxy.lines();
        assert_eq!(run("/v1/token").await, 0, "good for an hour");
        assert_eq!(run("/v1/reports").await, 0, "said before");
        assert_eq!(run("/v1/").await, 1, "the changes");
        assert_eq!(line.proxy.lines(), lines, "one line");
        let draft = serde_json::from_value(Person::number(780).draft()).unwrap();
        session.register(None, &draft).unwrap();
        assert_eq!(run("/v1/reports").await, 1, "something is new");
        env.pass(3600);
        assert_eq!(run("/v1/token").await, 1, "an hour later");
        env.pass(25 * 3600);
        assert_eq!(run("/v1/reports").await, 1, "once a day in any case");
    });
}
