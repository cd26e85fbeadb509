//! Between tablet and platform: enrolment, receipts, a dying gateway, verdicts, a correction.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::people::{self, AFTERNOON, Answer, COMMUNES, MORNING};
use super::{Day, counts, number, text};
use crate::error::{Error, Result};

/// Lương Thị Diệu, whose card and number disagree.
const DISPUTED: u8 = 12;
/// Trương Quốc Vinh, whom two teams meet.
const TWICE: u8 = 11;
/// How often a tablet asks for decisions before the journey gives up; 200 ms apart.
const ASKS: u32 = 150;

impl Day {
    /// Starts the gateway and enrols two tablets; the other team already meets somebody.
    pub(super) fn open_ward_office(&mut self, population: &Path) -> Result<()> {
        self.story.chapter("In the ward office");
        let mut register = String::from("pin,name,birth,sex,deceased\n");
        let mut people = 0;
        for door in MORNING
            .iter()
            .chain(&AFTERNOON)
            .filter(|door| matches!(door.answer, Answer::Yes))
        {
            let form = self.form(door);
            // In this register a mistyped number changes nobody: it says what the card says.
            let card = self
                .cards
                .get(&door.number)
                .map(|card| text(&card.reading["fields"]["sex"]));
            register += &people::register_row(&form, card.unwrap_or(text(&form["sex"]["value"])));
            register.push('\n');
            people += 1;
        }
        Day::io(population, fs::write(population, register))?;
        self.centre.start(None)?;
        self.story.say(&format!(
            "The gateway listens at {} (TLS, its own authority). It asks a simulated population register of {people} people.",
            self.centre.url()
        ));
        let ours = self.enrol("Tổ công nghệ số 12", &["Lê Thị Tập", "Võ Văn Sự"], true)?;
        self.operators = ours["operators"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .collect();
        self.story
            .check_count("the number of volunteers of our team", self.operators.len() as u64, 2)?;
        self.enrol("Tổ công nghệ số 31", &["Đoàn Thị Nhật"], false)?;

        let Some(door) = AFTERNOON.iter().find(|door| door.number == TWICE) else {
            return Ok(());
        };
        let form = self.form(door).to_string();
        let saved = self.theirs.run_with(&["enroll"], &form)?.ok()?;
        for _ in 0..ASKS {
            self.theirs.run(&["sync"])?.ok()?;
            let shown = self.theirs.run(&["show", text(&saved["rid"])])?.ok()?;
            if shown["state"] == "accepted" {
                self.story
                    .say("Team 31 has just registered Trương Quốc Vinh, with a network: accepted.");
                return Ok(());
            }
            thread::sleep(Duration::from_millis(200));
        }
        Err(Error::Other(
            "the platform did not accept Trương Quốc Vinh's first registration in time".into(),
        ))
    }

    fn enrol(&mut self, team: &str, operators: &[&str], ours: bool) -> Result<Value> {
        let communes = COMMUNES.map(|(code, _)| code).join(",");
        let mut args = vec!["--team", team, "--commune", &communes];
        args.extend(operators.iter().flat_map(|name| ["--operator", name]));
        let invitation = self.centre.ask("invite", &args)?;
        let url = self.centre.url();
        let tablet = if ours { &self.ours } else { &self.theirs };
        let invitation = text(&invitation["invitation"]);
        let enrolled = tablet
            .run(&[
                "device",
                "enrol",
                "--gateway",
                &url,
                "--invitation",
                invitation,
                "--secret",
                "file",
            ])?
            .ok()?;
        self.story.say(&format!(
            "Tablet {} of {team} is enrolled with a one-time invitation.",
            enrolled["device"]
        ));
        Ok(enrolled)
    }

    /// A network comes by while the tablet is locked.
    pub(super) fn locked_in_a_bag(&mut self) -> Result<()> {
        self.story
            .chapter("Noon: a network comes by, the tablet is locked in a bag");
        self.centre.start(None)?;
        let report = self.ours.run_without_pin(&["sync", "--locked"])?.ok()?;
        self.story
            .check_count("the number of receipts while locked", number(&report["receipts"]), 4)?;
        self.story
            .check_count("what is left in the spool", number(&report["left"]), 0)?;
        self.centre.stop()?;
        self.story.say("Without anybody's PIN the sealed copies of the morning go out: 4 signed receipts, kept until the tablet is opened. Then the network is gone again.");
        Ok(())
    }

    /// The gateway dies between keeping a batch and answering it.
    pub(super) fn gateway_dies(&mut self) -> Result<()> {
        self.story
            .chapter("The evening: the network is back, and the gateway dies in the middle");
        self.centre.start(Some("batch_after_commit"))?;
        let syncing = self.ours.start(&["sync", "--patience", "60"])?;
        let killed = self.centre.died_of_kill_9();
        self.story.check(killed, "the gateway died of kill -9")?;
        self.story.say("The gateway had written the batch of 6 to its disk, and before it could say so it was killed (kill -9). The tablet knows nothing of this and keeps trying.");
        self.centre.start(None)?;
        let report = syncing.wait()?.ok()?;
        // They were sent twice and are there once.
        self.story
            .check_count("the number of receipts", number(&report["receipts"]), 6)?;
        self.story
            .check_count("what is left to send", number(&report["left"]), 0)?;
        let queue = self.ours.run(&["queue"])?.ok()?;
        self.conserved(&queue, 11)?;
        self.story.say("A moment later the gateway is back. The same records are sent again and each gets the receipt it had: 6 verified receipts, nothing left to send, nothing twice.");
        Ok(())
    }

    /// Syncs until no record waits for a decision.
    fn until_decided(&mut self) -> Result<Value> {
        for _ in 0..ASKS {
            self.ours.run(&["sync"])?.ok()?;
            let queue = self.ours.run(&["queue"])?.ok()?;
            if number(&queue["by_state"]["queued"]) + number(&queue["by_state"]["received"]) == 0 {
                return Ok(queue);
            }
            thread::sleep(Duration::from_millis(200));
        }
        Err(Error::Other(
            "the platform did not decide in time; see gateway.log".into(),
        ))
    }

    /// What came of each.
    pub(super) fn platform_decides(&mut self) -> Result<()> {
        self.story.chapter("What the platform decided");
        let queue = self.until_decided()?;
        let mut rows = vec![["name", "code", "decision"].map(str::to_owned).to_vec()];
        let met: Vec<_> = self
            .registered
            .iter()
            .map(|(number, one)| (*number, one.rid.clone()))
            .collect();
        for (number, rid) in met {
            let shown = self.ours.run(&["show", &rid])?.ok()?;
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
            self.story.check(shown["state"] == expected, &sentence)?;
        }
        self.story.table(&rows);
        self.story.say("Nobody is refused for a suspicion: a possible duplicate waits for the coordinator, and the resident keeps the card.");
        self.story.say(&format!("On the tablet: {}", counts(&queue)));
        self.conserved(&queue, 11)
    }

    /// The refused one comes back as a task and is mended.
    pub(super) fn correction(&mut self) -> Result<()> {
        self.story.chapter("One refused, corrected, accepted");
        let tasks = self.ours.run(&["tasks"])?.expect(0)?.lines;
        self.story.check_count("the number of tasks", tasks.len() as u64, 1)?;
        let task = tasks.into_iter().next().unwrap_or_default();
        let Some(disputed) = self.registered.get(&DISPUTED) else {
            return Err(Error::Other("Lương Thị Diệu was not registered".into()));
        };
        let (name, code, rid) = (disputed.name.clone(), disputed.code.clone(), disputed.rid.clone());
        self.story
            .check(task["rid"] == *rid, "the task is about the refused registration")?;
        self.story.check(
            task["field"] == "sex" && task["reason"] == "sex_mismatch",
            "the task names the field",
        )?;
        self.story
            .check(task["content"] == true, "the form is still there to be mended")?;
        self.story.say(&format!(
            "The volunteer finds one task: {} ({code}), field sex, \"sex mismatch\". The register says what the card says: Nữ. So the card was right and the number misled.",
            text(&task["initials"])
        ));
        let mut form = self.ours.run(&["show", &rid])?.ok()?["draft"].take();
        form["sex"] = json!({ "value": "female", "source": "edited" });
        let path = self.folder.join("drafts").join("12-luong-thi-dieu-corrected.json");
        Day::io(&path, fs::write(&path, format!("{form:#}\n")))?;
        let saved = self
            .ours
            .run(&["correct".as_ref(), rid.as_ref(), path.as_os_str()])?
            .ok()?;
        self.story.check(
            saved["state"] == "queued" && saved["code"] == *code,
            "the correction waits under the same code",
        )?;
        self.until_decided()?;
        let shown = self.ours.run(&["show", &rid])?.ok()?;
        self.story
            .check(shown["state"] == "accepted", "the corrected registration is accepted")?;
        self.story
            .check_count("the number of revisions", number(&shown["revisions"]), 2)?;
        let open = self.ours.run(&["tasks"])?.expect(0)?.lines;
        self.story.check(open.is_empty(), "no task is left")?;
        self.story.say(&format!(
            "{name} is corrected as a second revision under the same code and accepted; account {}. No task is left.",
            shown["account"].as_str().unwrap_or("-")
        ));
        Ok(())
    }
}
