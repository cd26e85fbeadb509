//! A platform that came back from an older backup: everybody is counted on both sides before and after, nobody is lost and
//! nobody is there twice, whenever the backup was taken.

use serde_json::Value;
use std::{path::Path, process::Command, thread::sleep, time::Duration};
use tungnha_tests::{
    Device, Person, Town,
    blanks::sheet,
    inside::{Moved, sync},
};

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp");
}

fn field(value: &Value, name: &str) -> String {
    let text = value[name].as_str();
    text.unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

/// What both sides say of everybody: the device's states, and the ward's counts and pools.
#[derive(Debug, PartialEq)]
struct Told {
    states: Vec<(String, Value)>,
    counts: Value,
    pools: Value,
}

struct Story {
    town: Town,
    device: Device,
    keep: tempfile::TempDir,
    rids: Vec<String>,
    backups: Vec<&'static str>,
    /// Backups are made beside the running server, by its own command.
    live: bool,
}

impl Story {
    fn register(&mut self, n: u32) -> String {
        let rid = field(self.device.register(&Person::number(n).draft()).ok(), "rid");
        self.rids.push(rid.clone());
        rid
    }

    /// The folder as it lies when the machine is copied at night; the server goes on at the same address.
    fn backup(&mut self, name: &'static str) {
        if self.live {
            let out = self.keep.path().join(name);
            self.town.run("backup", &["--out", out.to_str().unwrap()]);
            self.backups.push(name);
            return;
        }
        self.town.stop();
        copy(&self.town.data(), &self.keep.path().join(name));
        self.backups.push(name);
        self.town.restart(&[]);
    }

    /// A withdrawal whose registration the platform forgot, and whose body the tablet erased at once as it must, is held: it
    /// stops everything as the withdrawal that it is.
    fn told(&self, device: &Device) -> Told {
        let state = |rid: &String| (rid.clone(), device.run(&["show", rid]).ok()["state"].clone());
        let board = self.town.board();
        let mut counts = board["registrations"].clone();
        let number = |name: &str| counts[name].as_u64().unwrap_or_default();
        let stopped = number("held") + number("withdrawn");
        counts["withdrawn"] = stopped.into();
        counts["held"] = 0.into();
        Told {
            states: self.rids.iter().map(state).collect(),
            counts,
            pools: board["pools"].clone(),
        }
    }

    /// Syncs until both sides say what is expected, at most 20 seconds.
    fn settle(&self, device: &Device, expected: &Told, why: &str) {
        let mut told = None;
        for _ in 0..25 {
            let _ = device.run(&["sync", "--patience", "0"]);
            let now = self.told(device);
            if now == *expected {
                return;
            }
            told = Some(now);
            sleep(Duration::from_millis(300));
        }
        panic!("{why}: {told:#?} is not {expected:#?}");
    }
}

/// A town that lived through everything, with a backup of each moment.
struct Lived {
    story: Story,
    /// Another tablet of the team, which has registered nobody.
    other: Device,
    expected: Told,
    accepted: String,
    account: String,
}

/// `erases` is for withdrawals that erase at once.
fn lived(live: bool, erases: bool) -> Lived {
    let mut census = String::from("pin,name,birth,sex,deceased\n");
    let refused = Person::number(804);
    for n in [801, 802, 803, 805] {
        census += &(Person::number(n).population_row() + "\n");
    }
    census += &format!("{},{},1931-01-01,{},0\n", refused.number, refused.name, refused.sex);
    let keep = tempfile::tempdir().unwrap();
    let list = keep.path().join("people.csv");
    std::fs::write(&list, census).unwrap();
    let extra = ["--population", list.to_str().unwrap()];
    let town = Town::with("development", &extra);
    if erases {
        town.run("withdrawals", &["--delay-hours", "0"]);
    }
    let device = Device::enrolled(&town);
    let other = Device::enrolled(&town);
    let mut story = Story {
        town,
        device,
        keep,
        rids: Vec::new(),
        backups: Vec::new(),
        live,
    };
    let (_, texts) = sheet(&story.town, "Tổ CNS 12");
    story.device.run(&["sync"]).ok();
    story.backup("before anything was sent");

    // Received, and no verdict yet.
    story
        .town
        .set_arguments(&[&extra[..], &["--opener-delay-ms", "600000"]].concat());
    story.town.restart(&[]);
    let accepted = story.register(801);
    let withdrawn = story.register(802);
    let second = story.register(804);
    let _ = story.device.run(&["sync"]);
    story.backup("between receipt and verdict");
    story.town.set_arguments(&extra);
    story.town.restart(&[]);
    for rid in [&accepted, &withdrawn, &second] {
        story.device.sync_until_decided(rid);
    }
    assert_eq!(story.device.run(&["show", &second]).ok()["state"], "refused");
    let account = field(story.device.run(&["show", &accepted]).ok(), "account");
    story.backup("after the verdicts");

    let mut draft = story.device.run(&["show", &second]).ok()["draft"].clone();
    draft["birth"] = serde_json::json!({ "value": "1931-01-01", "source": "edited" });
    let corrected = story
        .device
        .run_with(&["correct", &second], draft.to_string().as_bytes());
    corrected.ok();
    let _ = story.device.sync_until_decided(&second);
    story.backup("after a correction");

    story.device.run(&["withdraw", &withdrawn]).ok();
    story.device.run(&["sync"]).ok();
    if erases {
        sleep(Duration::from_millis(500));
    }
    story.backup("after a withdrawal");

    if let Some(texts) = &texts {
        story.device.run(&["blanks", "bind", &accepted, &texts[0]]).ok();
        story.device.run(&["sync"]).ok();
    }
    story.backup("after a card was bound");
    let last = story.register(805);
    story.device.sync_until_decided(&last);
    let _ = story.device.run(&["sync"]);
    sleep(Duration::from_millis(300));
    let _ = story.device.run(&["sync"]);

    let expected = story.told(&story.device);
    let queue = story.device.run(&["queue"]).ok().clone();
    assert_eq!((&queue["unsent"], &queue["healed"]), (&0.into(), &0.into()), "{queue}");
    story.town.stop();
    Lived {
        story,
        other,
        expected,
        accepted,
        account,
    }
}

#[test]
fn nobody_is_lost_or_doubled_whenever_the_backup_was_taken() {
    let Lived {
        mut story,
        expected,
        accepted,
        account,
        ..
    } = lived(false, false);
    for name in &story.backups {
        println!("backup {name}");
        let tablet = story.keep.path().join("tablet").join(name);
        copy(story.device.home().parent().unwrap(), &tablet);
        let tablet = Device::at(tablet);
        copy(&story.keep.path().join(name), &story.town.data());
        // Somebody else's tablet may make the log grow past the cursor before this one comes.
        story.town.restart(&[]);
        story.town.invite();
        story.settle(&tablet, &expected, name);
        let queue = tablet.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["conservation"], &queue["unsent"]),
            (&true.into(), &0.into()),
            "{queue}"
        );
        assert_eq!(queue["lost"], serde_json::json!([]), "{queue}");
        assert!(
            queue["healed"].as_u64().is_some_and(|healed| healed > 0),
            "{name}: {queue}"
        );
        let held = if name.starts_with("before") { 1 } else { 0 };
        assert_eq!(story.town.board()["registrations"]["held"], held, "{name}");
        let flags = story.town.board()["devices"].to_string();
        assert!(flags.contains("forgot:"), "said on the board too: {flags}");
        // The body that a tablet erased with its resident's "no" is the one thing that does not come back.
        assert_eq!(flags.contains("gap:"), held == 1, "{flags}");
        assert!(!flags.contains("cloned"), "{flags}");
        assert_eq!(
            field(tablet.run(&["show", &accepted]).ok(), "account"),
            account,
            "the same account"
        );
        // Once more: nothing is asked or sent a second time.
        let again = tablet.run(&["sync"]).ok().clone();
        assert_eq!(
            (&again["receipts"], &again["healed"]),
            (&0.into(), &Value::Null),
            "{again}"
        );
        assert_eq!(story.told(&tablet), expected);
        tablet.run(&["doctor"]).ok();
        assert_eq!(story.town.run("audit", &[])["altered"], 0);
        story.town.stop();
    }
}

/// Puts some databases of a backup in the place of today's.
fn put_back(backup: &Path, data: &Path, databases: &[&str]) {
    for name in databases {
        for more in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(data.join(format!("{name}{more}")));
        }
        std::fs::copy(backup.join(name), data.join(name)).unwrap();
    }
}

/// Everything as it was at the end of the story, but for these databases, of each backup in turn.
fn with_older(databases: &[&str], mut look: impl FnMut(&Lived, &str, &Device)) {
    let mut lived = lived(true, true);
    let (whole, tablet) = (
        lived.story.keep.path().join("whole"),
        lived.story.keep.path().join("tablet"),
    );
    copy(&lived.story.town.data(), &whole);
    for name in lived.story.backups.clone() {
        println!("{databases:?} of {name}");
        copy(&whole, &lived.story.town.data());
        put_back(&lived.story.keep.path().join(name), &lived.story.town.data(), databases);
        let tablet = tablet.join(name);
        copy(lived.story.device.home().parent().unwrap(), &tablet);
        let tablet = Device::at(tablet);
        lived.story.town.restart(&[]);
        lived.story.settle(&tablet, &lived.expected, name);
        let queue = tablet.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["conservation"], &queue["unsent"], &queue["lost"]),
            (&true.into(), &0.into(), &serde_json::json!([])),
            "{name}: {queue}"
        );
        assert_eq!(lived.story.town.run("audit", &[])["altered"], 0, "{name}");
        look(&lived, name, &tablet);
        lived.story.town.stop();
    }
}

/// One person is one person still: the account of an accepted correction is the old one, and the same number from another
/// tablet is doubtful.
fn accounts_are_known(lived: &Lived, name: &str, tablet: &Device) {
    let mut draft = tablet.run(&["show", &lived.accepted]).ok()["draft"].clone();
    draft["residence"]["house"] = "K99/9 Ông Ích Khiêm".into();
    let rid = &lived.accepted;
    tablet.run_with(&["correct", rid], draft.to_string().as_bytes()).ok();
    assert_eq!(tablet.sync_until_decided(rid)["state"], "accepted", "{name}");
    assert_eq!(
        field(tablet.run(&["show", rid]).ok(), "account"),
        lived.account,
        "{name}"
    );
    let again = lived.story.keep.path().join("other").join(name);
    copy(lived.other.home().parent().unwrap(), &again);
    let other = Device::at(again);
    let twice = field(other.register(&Person::number(801).draft()).ok(), "rid");
    assert_eq!(
        other.sync_until_decided(&twice)["state"],
        "possible_duplicate",
        "{name}"
    );
}

#[test]
fn a_gateway_older_than_its_opener_loses_and_doubles_nobody() {
    with_older(&["gateway.db"], accounts_are_known);
}

#[test]
fn an_opener_older_than_its_gateway_loses_and_doubles_nobody() {
    with_older(&["opener/opener.db", "opener/person-keys.db"], |lived, name, tablet| {
        assert!(lived.story.town.log().contains("reconciled"), "{name}: said in the log");
        accounts_are_known(lived, name, tablet);
    });
}

#[test]
fn keys_of_people_older_than_what_they_open_lose_and_double_nobody() {
    with_older(&["opener/person-keys.db"], accounts_are_known);
}

#[test]
fn what_the_tablet_has_purged_meanwhile_is_said_and_listed() {
    let mut town = Town::start();
    let device = Device::enrolled(&town);
    let keep = tempfile::tempdir().unwrap();
    town.stop();
    copy(&town.data(), &keep.path().join("old"));
    town.restart(&[]);
    let saved = device.register(&Person::number(811).draft()).ok().clone();
    let rid = field(&saved, "rid");
    assert_eq!(device.sync_until_decided(&rid)["state"], "accepted");

    // Four days later. The platform has not been heard of since the verdict: the text goes, what is sealed stays.
    let clock = Moved::new();
    clock.set(4 * 86_400);
    let session = device.unlock(clock.clone());
    session.purge_due().unwrap();
    let sealed = |session: &app::Session| {
        let believed = session.store().read(store::healing::believed).unwrap();
        let eid = session
            .store()
            .read(|tx| store::envelopes::at(tx, 1, 1))
            .unwrap()
            .unwrap();
        assert_eq!(believed.len(), 1);
        session.store().read(|tx| store::envelopes::bytes(tx, &eid)).unwrap()
    };
    assert!(
        session.show(rid.parse().unwrap()).unwrap().draft.is_none(),
        "the text is gone"
    );
    assert!(sealed(&session).is_some(), "what is sealed is not");
    // Heard of it a day after the verdict: now it goes too.
    let later = session.clock().unwrap().now();
    session
        .store()
        .write(|tx| store::device::raise_server_floor(tx, later))
        .unwrap();
    session.purge_due().unwrap();
    assert!(sealed(&session).is_none());

    town.stop();
    copy(&keep.path().join("old"), &town.data());
    town.restart(&[]);
    let report = sync(&session);
    assert_eq!(report.reason.as_deref(), Some("platform_lost"), "{report:?}");
    let queue = session.queue().unwrap();
    assert_eq!(
        queue.lost.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [field(&saved, "code")]
    );
    assert!(queue.conservation);
    let flags = town.board()["devices"][0]["flags"].to_string();
    assert!(flags.contains("forgot:1:1"), "{flags}");
    assert_eq!(sync(&session).healed, None, "said once");
    assert_eq!(session.queue().unwrap().lost.len(), 1, "listed for good");
}
