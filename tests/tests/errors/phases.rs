//! What the window says of a device comes from what lies on its disk: a tablet full of records is never called new, and
//! every trouble has a way on.

use crate::*;
use host::{Desk, Event, Host};
use tungnha_tests::inside::{self, wait_for};

/// Nobody listens.
struct Nobody(PathBuf);

impl Desk for Nobody {
    fn tell(&self, _: Event) {}

    fn open_file(&self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }

    fn print_folder(&self) -> PathBuf {
        self.0.join("print")
    }

    fn look_file(&self) -> Option<PathBuf> {
        None
    }
}

struct Window(Host);

impl Window {
    fn of(device: &Device) -> Self {
        let practice = app::place::Place {
            home: device.beside("practice"),
            ..device.place()
        };
        let desk = Arc::new(Nobody(device.beside("desk")));
        Self(Host::start(device.place(), practice, Arc::new(SystemEnv::new()), desk).unwrap())
    }

    fn ask(&self, name: &str, args: Value) -> Result<Value, String> {
        wait_for(self.0.rpc(name, args)).map_err(|failure| failure.code)
    }

    #[track_caller]
    fn is(&self, phase: &str) -> Value {
        let state = self.ask("state", Value::Null).unwrap();
        assert_eq!(state["phase"], phase, "{state}");
        state
    }

    fn sign_in(&self) -> Result<Value, String> {
        self.ask("sign_in", json!({ "operator": 1, "pin": PIN }))
    }

    fn enrol(&self, town: &Town) -> Result<Value, String> {
        let args = json!({ "gateway": town.url, "invitation": town.invite(), "pin": PIN });
        self.ask("enrol_device", args)
    }
}

#[test]
fn a_device_full_of_records_is_never_new_and_what_keeps_it_shut_is_said() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = Saved::on(&device, 650..652);
    let (home, secrets) = (Snapshot::of(&device.home()), Snapshot::of(&device.secrets()));

    fs::remove_dir_all(device.secrets()).unwrap();
    let window = Window::of(&device);
    assert_eq!(window.is("trouble")["trouble"], "secret_missing");
    // The keyring came back: no restart is needed.
    secrets.restore();
    assert_eq!(window.is("locked")["people"][0]["name"], "Lê Thị Tập");
    drop(window);

    fs::write(device.home().join("slots.json"), b"{\"version\":1,").unwrap();
    assert_eq!(Window::of(&device).is("trouble")["trouble"], "bad_file");
    home.restore();

    // `contact` is a copy: damaged or gone it keeps nobody out, and is there again after the next sign-in.
    for damage in [
        |path: &Path| fs::write(path, b"torn").unwrap(),
        |path: &Path| fs::remove_file(path).unwrap(),
    ] {
        damage(&device.home().join("contact"));
        let window = Window::of(&device);
        let state = window.is("locked");
        assert_eq!(state["people"], json!([{ "id": 1, "name": "", "has_pin": true }]));
        assert_eq!(state["sync"]["unsent"], 2);
        let state = window.sign_in().unwrap();
        assert_eq!(
            (&state["phase"], &state["people"][0]["name"]),
            (&json!("open"), &json!("Lê Thị Tập"))
        );
        drop(window);
        assert_eq!(Window::of(&device).is("locked")["people"][1]["name"], "Võ Văn Sự");
    }
    saved.are_all_on(&device);
    assert_eq!(device.run(&["sync"]).ok()["receipts"], 2);
}

#[test]
fn an_enrolment_cut_in_its_last_second_is_finished_by_the_next_try() {
    let town = Town::start();
    for point in ["device.after_answer", "device.after_identity", "device.after_pins"] {
        let device = Device::empty();
        let invitation = town.invite();
        let args = [
            "device",
            "enrol",
            "--gateway",
            &town.url,
            "--invitation",
            &invitation,
            "--secret",
            "file",
        ];
        assert!(device.run_killed_at(point, &args, b"").was_killed(), "{point}");
        let window = Window::of(&device);
        let state = match point {
            // Whoever has a PIN already signs in; nothing is left to enrol.
            "device.after_pins" => {
                window.is("locked");
                window.sign_in().unwrap()
            }
            "device.after_identity" => {
                window.is("new");
                window.enrol(&town).unwrap()
            }
            // The gateway knows these keys and the invitation: asking again with it gives the same device.
            _ => {
                window.is("new");
                let args = json!({ "gateway": town.url, "invitation": invitation, "pin": PIN });
                window.ask("enrol_device", args).unwrap()
            }
        };
        assert_eq!(state["phase"], "open", "{point}");
        drop(window);
        let saved = Saved::on(&device, 655..656);
        assert_eq!(device.run(&["sync"]).ok()["left"], 0, "{point}");
        saved.are_all_on(&device);
        assert_eq!(device.enrol(&town.url, &town.invite()).error(1), "already_enrolled");
    }
}

#[test]
fn after_a_database_was_lost_an_invitation_leads_on_and_what_waited_has_gone_out() {
    let town = Town::start();
    for (round, what) in [DATABASE, "slots.json"].into_iter().enumerate() {
        let device = Device::enrolled(&town);
        let number = 660 + u32::try_from(round).unwrap();
        drop(Saved::on(&device, number..number + 1));
        fs::write(device.home().join(DATABASE), b"damaged").unwrap();
        if what == "slots.json" {
            fs::remove_file(device.home().join(what)).unwrap();
        }
        let window = Window::of(&device);
        if what == DATABASE {
            window.is("locked");
            assert_eq!(window.sign_in(), Err("damaged".to_owned()));
        }
        assert_eq!(window.is("lost")["sync"]["unsent"], 1, "{what}");
        // Also after somebody tried to sign in and a new, empty database was made.
        assert!(window.sign_in().is_err());
        window.is("lost");
        drop(window);
        let window = Window::of(&device);
        window.is("lost");
        assert_eq!(
            window.enrol(&town).unwrap()["phase"],
            "open",
            "{what}: at the first try"
        );
        drop(window);
        assert_eq!(town.board()["registrations"]["received"], round + 1, "{what}");
        assert!(
            device.home().join("aside").join("1").join(DATABASE).exists(),
            "{what}: kept"
        );
        Window::of(&device).is("locked");
    }
}

/// Its lock came while a copy in the spool was torn: the database has the record, and nobody may open the database.
#[test]
fn a_revoked_device_makes_torn_copies_again_before_it_refuses_people() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    drop(Saved::on(&device, 670..672));
    let session = device.unlock_now();
    let revoke = |tx: &store::Write<'_>| store::device::set_revoked(tx, 1_790_000_000);
    session.store().write(revoke).unwrap();
    drop(session);
    let torn = files(&device.home().join("spool")).remove(0).0;
    fs::write(&torn, b"torn").unwrap();
    device.run(&["queue"]).refuses(1, "revoked");
    let report = device.run(&["sync", "--locked"]).ok().clone();
    assert_eq!(
        (&report["receipts"], &report["left"]),
        (&json!(2), &json!(0)),
        "{report}"
    );
    // The answers that came while it was locked are taken in too, and then refused.
    device.run(&["queue"]).refuses(1, "revoked");
    let answers = files(&device.home().join("spool"));
    assert!(answers.is_empty(), "{answers:?}");
}

#[test]
fn who_joins_the_team_is_there_at_the_first_sign_in_after_the_sync() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let session = device.unlock_now();
    let team = [
        "--team",
        "Tổ CNS 12",
        "--commune",
        "20242",
        "--operator",
        "Hồ Thị Mới",
        "--widen",
    ];
    town.run("invite", &team);
    inside::sync(&session);
    let identity = session.store().read(store::device::identity).unwrap().unwrap();
    let id = identity.operators.last().unwrap().id;
    // Without signing in anew.
    session.add_operator(id, PIN).unwrap();
    drop(session);
    let people = Window::of(&device).is("locked")["people"].clone();
    assert_eq!(people[2], json!({ "id": id, "name": "Hồ Thị Mới", "has_pin": true }));
}

#[test]
fn a_damaged_search_index_is_made_anew_in_place_and_no_database_is_set_aside() {
    let town = Town::start();
    let device = Device::enrolled(&town);
    let saved = Saved::on(&device, 680..687);
    let key = device.unlock_now().store().raw_key_for_tests();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = &saved.people[1].0.name;
    let damages = [
        "UPDATE search_data SET block = x'0000ffff' WHERE id > 10",
        "UPDATE name_search_data SET block = x'ffffffffffff' WHERE id > 10",
        "DELETE FROM search_data WHERE id > 10; DELETE FROM name_search_data WHERE id > 10",
        "UPDATE search_data SET block = x'00' WHERE id = 10",
        "DELETE FROM search_idx; DELETE FROM name_search_idx",
    ];
    for (round, damage) in damages.into_iter().enumerate() {
        let harm = || {
            let connection = rusqlite::Connection::open(device.home().join(DATABASE)).unwrap();
            connection
                .execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; {damage};"))
                .unwrap();
        };
        harm();
        let doctor = device.run(&["doctor"]);
        assert_eq!(doctor.ok()["healthy"], true, "{damage}");
        assert_eq!(
            device.run(&["search", name]).ok()["name"],
            **name,
            "{damage}: after the doctor"
        );
        harm();
        device.run(&["withdraw", &saved.people[2 + round].1]).ok();
        if !damage.contains("_idx") {
            // An index that only forgot says nothing; the doctor above finds that.
            assert_eq!(device.run(&["search", name]).ok()["name"], **name, "{damage}");
        }
        assert!(!device.home().join("aside").exists(), "{damage}");
    }
    assert_eq!(device.run(&["sync"]).ok()["left"], 0);
}
