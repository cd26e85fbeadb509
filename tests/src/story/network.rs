//! Between tablet and platform: enrolment, receipts, a dying gateway, verdicts, a correction.

use super::{
    Cards, Day, arg, counts, doors, number,
    people::{self, AFTERNOON, Answer, COMMUNES, MORNING},
    telling::Story,
    text, write,
};
use crate::{Device, Ran, Town};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path, thread::sleep, time::Duration};

/// Lương Thị Diệu, whose card and number disagree.
const DISPUTED: u8 = 12;
/// Trương Quốc Vinh, whom two teams meet.
const TWICE: u8 = 11;
/// How often a tablet asks for decisions before the journey gives up; 200 ms apart.
const ASKS: u32 = 150;

impl Day {
    /// Starts the gateway and enrols two tablets; the other team already meets somebody.
    pub(super) fn in_the_ward_office(mut story: Story, folder: &Path, ours: Device, cards: Cards) -> Day {
        story.chapter("In the ward office");
        let (register, people) = register(&cards);
        let population = folder.join("population.csv");
        write(&population, register);
        let town = Town::at(folder.join("gateway"), &["--population", arg(&population)]);
        story.say(&format!(
            "The gateway listens at {} (TLS, its own authority). It asks a simulated population register of {people} people.",
            town.url
        ));
        let mut day = Day {
            folder: folder.to_owned(),
            story,
            town,
            ours,
            theirs: Device::at(folder.join("tablet-2")),
            cards,
            registered: BTreeMap::new(),
            operators: Vec::new(),
        };
        let enrolled = enrol(
            &mut day.story,
            &day.town,
            &day.ours,
            "Tổ công nghệ số 12",
            &["Lê Thị Tập", "Võ Văn Sự"],
        );
        let operators = enrolled["operators"].as_array().into_iter().flatten();
        day.operators = operators.filter_map(Value::as_u64).collect();
        day.story
            .check_count("the number of volunteers of our team", day.operators.len() as u64, 2);
        enrol(
            &mut day.story,
            &day.town,
            &day.theirs,
            "Tổ công nghệ số 31",
            &["Đoàn Thị Nhật"],
        );
        day.somebody_is_met_by_the_other_team();
        day
    }

    fn somebody_is_met_by_the_other_team(&mut self) {
        let door = AFTERNOON.iter().find(|door| door.number == TWICE).expect("a door");
        let saved = self.theirs.register(&doors::form(&self.cards, &[], door));
        let rid = text(&saved.ok()["rid"]);
        for _ in 0..ASKS {
            self.theirs.run(&["sync"]).ok();
            if self.theirs.run(&["show", rid]).ok()["state"] == "accepted" {
                self.story
                    .say("Team 31 has just registered Trương Quốc Vinh, with a network: accepted.");
                return;
            }
            sleep(Duration::from_millis(200));
        }
        panic!("the platform did not accept Trương Quốc Vinh's first registration in time");
    }

    /// A network comes by while the tablet is locked.
    pub(super) fn locked_in_a_bag(&mut self) {
        self.story
            .chapter("Noon: a network comes by, the tablet is locked in a bag");
        self.town.restart(&[]);
        self.ours.set("TUNGNHA_PIN", "");
        let report = self.ours.run(&["sync", "--locked"]).ok().clone();
        self.ours.unset("TUNGNHA_PIN");
        self.story
            .check_count("the number of receipts while locked", number(&report["receipts"]), 4);
        self.story
            .check_count("what is left in the spool", number(&report["left"]), 0);
        self.town.stop();
        self.story.say("Without anybody's PIN the sealed copies of the morning go out: 4 signed receipts, kept until the tablet is opened. Then the network is gone again.");
    }

    /// The gateway dies between keeping a batch and answering it.
    pub(super) fn gateway_dies(&mut self) {
        self.story
            .chapter("The evening: the network is back, and the gateway dies in the middle");
        self.town.restart(&[("TUNGNHA_GATEWAY_KILL_AT", "batch_after_commit")]);
        let sync = ["sync", "--patience", "60"];
        let syncing = self.ours.start(&sync);
        let killed = self.town.was_killed(Duration::from_secs(30));
        self.story.check(killed, "the gateway died of kill -9");
        self.story.say("The gateway had written the batch of 6 to its disk, and before it could say so it was killed (kill -9). The tablet knows nothing of this and keeps trying.");
        self.town.restart(&[]);
        let ended = syncing.wait_with_output().expect("tungnhactl ends");
        let report = Ran::of(&sync, &ended).ok().clone();
        // They were sent twice and are there once.
        self.story
            .check_count("the number of receipts", number(&report["receipts"]), 6);
        self.story
            .check_count("what is left to send", number(&report["left"]), 0);
        let queue = self.ours.run(&["queue"]).ok().clone();
        self.conserved(&queue, 11);
        self.story.say("A moment later the gateway is back. The same records are sent again and each gets the receipt it had: 6 verified receipts, nothing left to send, nothing twice.");
    }

    /// Syncs until no record waits for a decision.
    fn until_decided(&self) -> Value {
        for _ in 0..ASKS {
            self.ours.run(&["sync"]).ok();
            let queue = self.ours.run(&["queue"]).ok().clone();
            if number(&queue["by_state"]["queued"]) + number(&queue["by_state"]["received"]) == 0 {
                return queue;
            }
            sleep(Duration::from_millis(200));
        }
        panic!("the platform did not decide in time; see gateway.log");
    }

    /// What came of each.
    pub(super) fn platform_decides(&mut self) {
        self.story.chapter("What the platform decided");
        let queue = self.until_decided();
        let mut rows = vec![["name", "code", "decision"].map(str::to_owned).to_vec()];
        let met: Vec<_> = self
            .registered
            .iter()
            .map(|(number, one)| (*number, one.rid.clone()))
            .collect();
        for (number, rid) in met {
            let ran = self.ours.run(&["show", &rid]);
            let shown = ran.ok();
            let expected = match number {
                DISPUTED => "refused",
                TWICE => "possible_duplicate",
                _ => "accepted",
            };
            let one = &self.registered[&number];
            let decision = match &shown["reason"] {
                Value::Null => text(&shown["state"]).replace('_', " "),
                reason => format!(
                    "refused: {}, {}",
                    text(&reason["field"]),
                    text(&reason["code"]).replace('_', " ")
                ),
            };
            rows.push(vec![one.name.clone(), one.code.clone(), decision]);
            let sentence = format!("{} is {expected} (it is {})", one.name, text(&shown["state"]));
            self.story.check(shown["state"] == expected, &sentence);
        }
        self.story.table(&rows);
        self.story.say("Nobody is refused for a suspicion: a possible duplicate waits for the coordinator, and the resident keeps the card.");
        self.story.say(&format!("On the tablet: {}", counts(&queue)));
        self.conserved(&queue, 11)
    }

    /// The refused one comes back as a task and is mended.
    pub(super) fn correction(&mut self) {
        self.story.chapter("One refused, corrected, accepted");
        let tasks = self.ours.run(&["tasks"]);
        let tasks = tasks.expect(0);
        self.story.check_count("the number of tasks", tasks.len() as u64, 1);
        let task = &tasks[0];
        let disputed = &self.registered[&DISPUTED];
        let (name, code, rid) = (disputed.name.clone(), disputed.code.clone(), disputed.rid.clone());
        self.story
            .check(task["rid"] == *rid, "the task is about the refused registration");
        self.story.check(
            task["field"] == "sex" && task["reason"] == "sex_mismatch",
            "the task names the field",
        );
        self.story
            .check(task["content"] == true, "the form is still there to be mended");
        self.story.say(&format!(
            "The volunteer finds one task: {} ({code}), field sex, \"sex mismatch\". The register says what the card says: Nữ. So the card was right and the number misled.",
            text(&task["initials"])
        ));
        let mut form = self.ours.run(&["show", &rid]).ok()["draft"].clone();
        form["sex"] = json!({ "value": "female", "source": "edited" });
        let path = self.folder.join("drafts").join("12-luong-thi-dieu-corrected.json");
        write(&path, format!("{form:#}\n"));
        let saved = self.ours.run(&["correct", &rid, arg(&path)]).ok().clone();
        self.story.check(
            saved["state"] == "queued" && saved["code"] == *code,
            "the correction waits under the same code",
        );
        self.until_decided();
        let shown = self.ours.run(&["show", &rid]).ok().clone();
        self.story
            .check(shown["state"] == "accepted", "the corrected registration is accepted");
        self.story
            .check_count("the number of revisions", number(&shown["revisions"]), 2);
        let open = self.ours.run(&["tasks"]);
        self.story.check(open.expect(0).is_empty(), "no task is left");
        self.story.say(&format!(
            "{name} is corrected as a second revision under the same code and accepted; account {}. No task is left.",
            shown["account"].as_str().unwrap_or("-")
        ));
    }
}

/// The simulated population register: everybody who will be registered, and how many they are. It knows nobody's mistyped
/// number; it says what the card says.
fn register(cards: &Cards) -> (String, usize) {
    let mut register = String::from("pin,name,birth,sex,deceased\n");
    let doors = MORNING.iter().chain(&AFTERNOON);
    for door in doors.filter(|door| matches!(door.answer, Answer::Yes)) {
        let form = doors::form(cards, &[], door);
        let on_card = cards.get(&door.number).map(|card| text(&card.reading["fields"]["sex"]));
        register += &people::register_row(&form, on_card.unwrap_or(text(&form["sex"]["value"])));
        register.push('\n');
    }
    let people = register.lines().count() - 1;
    (register, people)
}

fn enrol(story: &mut Story, town: &Town, tablet: &Device, team: &str, operators: &[&str]) -> Value {
    let communes = COMMUNES.map(|(code, _)| code).join(",");
    let mut args = vec!["--team", team, "--commune", &communes];
    args.extend(operators.iter().flat_map(|name| ["--operator", name]));
    let invitation = town.run("invite", &args);
    let ran = tablet.enrol(&town.url, text(&invitation["invitation"]));
    let enrolled = ran.ok();
    story.say(&format!(
        "Tablet {} of {team} is enrolled with a one-time invitation.",
        enrolled["device"]
    ));
    enrolled.clone()
}
