//! Keeps the folders of a gateway and its tablets as today's programs leave them, for the programs of later:
//! `keep FOLDER` fills FOLDER, which must not exist, and `fixtures/kept/README.md` says how it becomes a fixture.
//!
//! Whoever changes a schema or a rule runs this *before* the change, with the programs of the release that is out.

use serde_json::{Value, json};
use std::{env, fs, path::PathBuf};
use tungnha_tests::{Device, Person, Town, blanks};

/// Where the kept gateway listens: its tablets know this address.
const ADDRESS: &str = "127.0.0.1:47831";

fn main() {
    let folder = PathBuf::from(env::args_os().nth(1).expect("keep FOLDER"));
    assert!(!folder.exists(), "the folder is there already");
    fs::create_dir_all(&folder).expect("a folder");
    let people: Vec<_> = (900..912).map(Person::number).collect();
    let census = folder.join("population.csv");
    let mut rows = String::from("pin,name,birth,sex,deceased\n");
    for (n, person) in people.iter().enumerate() {
        let row = person.population_row();
        // The second was born on another day, says the register.
        rows += &if n == 1 {
            row.replace(&person.birth, "1931-01-01")
        } else {
            row
        };
        rows.push('\n');
    }
    fs::write(&census, rows).expect("a register");
    let mut town = Town::listening(
        folder.join("gateway"),
        ADDRESS,
        &["--population", census.to_str().expect("a plain path")],
    );
    let tablet = enrolled(&town, &folder, "tablet", "volunteer");
    let lost = enrolled(&town, &folder, "lost", "volunteer");
    let desk = enrolled(&town, &folder, "desk", "coordinator");
    let (_, codes) = blanks::sheet(&town, "Tổ CNS 12");
    let codes = codes.expect("pdftoppm, which reads the sheet");
    tablet.run(&["sync"]).ok();

    let mut told = json!({ "address": ADDRESS });
    let mut keep = |what: &str, device: &Device, person: &Person, decided: bool| {
        let saved = device.register(&person.draft()).ok().clone();
        let rid = saved["rid"].as_str().expect("an id").to_owned();
        let state = if decided {
            device.sync_until_decided(&rid)["state"].clone()
        } else {
            saved["state"].clone()
        };
        told[what] = json!({ "rid": rid, "code": saved["code"], "state": state, "name": person.name });
        rid
    };
    let accepted = keep("accepted", &tablet, &people[0], true);
    keep("refused", &tablet, &people[1], true);
    let corrected = keep("corrected", &tablet, &people[2], true);
    let withdrawn = keep("withdrawn", &tablet, &people[3], true);
    keep("twice_first", &lost, &people[4], true);
    keep("twice_second", &tablet, &people[4], true);
    tablet.run(&["blanks", "bind", &accepted, &codes[0]]).ok();
    tablet.run(&["blanks", "spoil", &codes[1]]).ok();
    let mut draft = tablet.run(&["show", &corrected]).ok()["draft"].clone();
    draft["residence"]["house"] = json!("12 Trần Phú");
    tablet
        .run_with(&["correct", &corrected], draft.to_string().as_bytes())
        .ok();
    tablet.run(&["withdraw", &withdrawn]).ok();
    tablet.run(&["sync"]).ok();
    tablet.sync_until_decided(&corrected);
    keep("lost_accepted", &lost, &people[5], true);
    keep("lost_queued", &lost, &people[6], false);
    keep("queued", &tablet, &people[7], false);
    keep("queued_too", &tablet, &people[8], false);
    desk.run(&["sync"]).ok();
    told["board"] = town.board();
    told["tablet"] = tablet.run(&["queue"]).ok().clone();
    let number = lost.run(&["queue"]).ok()["device"].clone();
    told["lost"] = json!({ "device": number });
    fs::write(
        folder.join("told.json"),
        serde_json::to_vec_pretty(&told).expect("JSON"),
    )
    .expect("written");
    town.stop();
    println!("{told:#}");
}

fn enrolled(town: &Town, folder: &std::path::Path, name: &str, role: &str) -> Device {
    let device = Device::at(folder.join(name));
    let said: Value = device.enrol(&town.url, &town.invite_as(role)).ok().clone();
    println!("{name}: {said}");
    device
}
