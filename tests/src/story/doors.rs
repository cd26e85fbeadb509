//! At the doors: reading cards, filling forms, saving without a network.

use super::{
    Card, Cards, Day, Registered, arg, counts, number,
    people::{self, AFTERNOON, Answer, Door, MORNING},
    telling::Story,
    text, write,
};
use crate::{Device, fixtures};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// Pictures -> bytes -> readings. Needs no device.
pub(super) fn read_idcards(story: &mut Story, tablet: &Device, folder: &Path) -> Cards {
    let pictures = fixtures().join("idcards");
    let entries = fs::read_dir(&pictures).unwrap_or_else(|error| panic!("{}: {error}", pictures.display()));
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    story.chapter("Cards in front of the camera");
    story.say(&format!(
        "{} pictures from fixtures/idcards/, three of them photographs of a card on a table. Each is read as bytes, and the bytes as a card:",
        files.len()
    ));
    let mut args = vec!["scan"];
    args.extend(files.iter().map(|file| arg(file)));
    let ran = tablet.run(&args);
    let found = ran.expect(0);
    story.check_count("the number of codes found", found.len() as u64, files.len() as u64);

    // What a scanner delivers is a file per card: so it goes to the parser.
    let mut texts = Vec::new();
    for (picture, code) in files.iter().zip(found) {
        story.check(code["found"] == true, &format!("{} holds a code", picture.display()));
        let path = folder.join("cards").join(stem(picture)).with_extension("txt");
        write(&path, text(&code["text"]));
        texts.push(path);
    }
    let mut parse = vec!["idcard-text", "parse"];
    parse.extend(texts.iter().map(|path| arg(path)));
    let readings = tablet.run(&parse).expect(0).to_vec();
    story.check_count(
        "the number of cards understood",
        readings.len() as u64,
        files.len() as u64,
    );

    let mut rows = vec![
        ["picture", "ms", "kind", "name", "what to look at"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut cards = Cards::new();
    let mut places = vec![["name", "on the card", "today"].map(str::to_owned).to_vec()];
    for ((picture, code), reading) in files.iter().zip(found).zip(readings) {
        let usable = matches!(text(&reading["status"]), "ok" | "warning");
        story.check(usable, &format!("{} can be used", picture.display()));
        let name = text(&reading["fields"]["name"]).to_owned();
        rows.push(vec![
            picture.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            number(&code["ms"]).to_string(),
            text(&reading["kind"]).replace('_', " "),
            name.clone(),
            remarks(&reading),
        ]);
        places.push(vec![
            name,
            people::old_place(text(&reading["fields"]["address"])),
            suggestion(&reading),
        ]);
        let picture = stem(picture);
        let number = picture
            .get(..2)
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_default();
        cards.insert(number, Card { picture, reading });
    }
    story.table(&rows);
    story.say("Places on the cards are mostly of before July 2025. What the program suggests is asked, not assumed:");
    story.table(&places);
    cards
}

/// The form of somebody at a door, filled from their card where they have one. The witness is whoever of the team does
/// not hold the tablet.
pub(super) fn form(cards: &Cards, operators: &[u64], door: &Door) -> Value {
    let reading = cards.get(&door.number).map_or(&Value::Null, |card| &card.reading);
    let mut form = people::form_of(reading, door.commune);
    (door.form)(&mut form);
    if let Some(signatures) = form.pointer_mut("/consent/signatures").and_then(Value::as_array_mut) {
        let by_witness = signatures
            .iter_mut()
            .filter(|signature| signature["manner"] == "witness");
        by_witness.for_each(|signature| signature["witness"] = json!(operators.last()));
    }
    form
}

impl Day {
    pub(super) fn morning(&mut self) {
        self.town.stop();
        self.story.chapter("The morning: six doors, no network");
        self.story
            .say("The gateway is switched off, so there is nothing to reach.");
        for door in &MORNING {
            self.visit(door);
        }
        let queue = self.ours.run(&["queue"]).ok().clone();
        self.story.say(&format!("On the tablet: {}", counts(&queue)));
        self.conserved(&queue, 5);
        self.story
            .check_count("the number of records queued", number(&queue["by_state"]["queued"]), 4);
        self.story.check_count(
            "the number of declined ones",
            number(&queue["by_state"]["discarded"]),
            1,
        );
        self.declined_left_nothing();

        let tried = self.ours.run(&["sync", "--patience", "0"]);
        let report = tried.expect(3).last().unwrap_or(&Value::Null);
        self.story.check(
            report["reason"] == "unreachable",
            "sync says that the gateway is unreachable",
        );
        self.story
            .check_count("what is left to send", number(&report["left"]), 4);
        self.story
            .say("Sync, tried all the same, says \"unreachable\" (exit status 3). All 4 records are still there.");
    }

    pub(super) fn afternoon(&mut self) {
        self.story.chapter("The afternoon: seven doors, still no network");
        for door in &AFTERNOON {
            self.visit(door);
        }
        let found = self.ours.run(&["search", "bh'nuoch thi ngon"]);
        let name = found.expect(0).first().map_or("", |first| text(&first["name"]));
        self.story.check(
            name == "Bh'nướch Thị Ngơn",
            "a search without marks finds Bh'nướch Thị Ngơn",
        );
        self.story.say("Typing \"bh'nuoch thi ngon\" finds Bh'nướch Thị Ngơn.");
        let queue = self.ours.run(&["queue"]).ok().clone();
        self.story.say(&format!(
            "On the tablet: {} The 4 receipts of noon were taken in as soon as it was opened.",
            counts(&queue)
        ));
        let count = |state: &str| number(&queue["by_state"][state]);
        self.story
            .check_count("the number of records queued", count("queued"), 6);
        self.story
            .check_count("the number of records received", count("received"), 4);
        self.conserved(&queue, 11)
    }

    fn visit(&mut self, door: &Door) {
        let card = self.cards.get(&door.number);
        let (Answer::Yes | Answer::No) = door.answer else {
            let name = card.map_or("", |card| text(&card.reading["fields"]["name"])).to_owned();
            self.story.item(&format!("{name}: {}", door.told));
            return;
        };
        if let Some(card) = card {
            let suggested = card.reading["commune"]["suggested"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let fits = suggested.is_empty() || suggested.iter().any(|commune| commune["code"] == door.commune);
            let picture = card.picture.clone();
            self.story
                .check(fits, &format!("where {picture} lives is among the communes suggested"));
        }
        let form = form(&self.cards, &self.operators, door);
        let name = text(&form["name"]["value"]).to_owned();
        let file = match card_file(self, door.number) {
            Some(file) => file,
            None => format!("{:02}-without-a-card", door.number),
        };
        let saved = if let Answer::No = door.answer {
            // What was refused is not kept, here neither.
            let refused = self.ours.register(&form);
            self.story.check(
                refused.error(1) == "declined",
                "a form without consent is refused as declined",
            );
            String::new()
        } else {
            let path = self.folder.join("drafts").join(file).with_extension("json");
            write(&path, format!("{form:#}\n"));
            let ran = self.ours.run(&["register", arg(&path)]);
            let saved = ran.ok();
            self.story
                .check(saved["state"] == "queued", &format!("{name} is saved and queued"));
            let code = text(&saved["code"]).to_owned();
            let registered = Registered {
                name: name.clone(),
                rid: text(&saved["rid"]).to_owned(),
                code: code.clone(),
            };
            self.registered.insert(door.number, registered);
            format!(" Saved as {code}.")
        };
        self.story.item(&format!("{name}: {}{saved}", door.told));
    }

    /// Somebody who said no is found nowhere.
    fn declined_left_nothing(&mut self) {
        let found = self.ours.run(&["search", "Mai Van Loi"]);
        self.story
            .check(found.expect(0).is_empty(), "whoever said no is not found on the tablet")
    }
}

fn card_file(day: &Day, number: u8) -> Option<String> {
    day.cards.get(&number).map(|card| card.picture.clone())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What the reading wants somebody to look at.
fn remarks(reading: &Value) -> String {
    let mut remarks: Vec<String> = Vec::new();
    for code in reading["codes"].as_array().into_iter().flatten() {
        remarks.push(match text(code) {
            "no_diacritics" => "marks are lost: retype name and address".into(),
            "sex_mismatch" => "the number says another sex".into(),
            other => other.replace('_', " "),
        });
    }
    if reading["fields"]["birth"]["precision"] == "year" {
        remarks.push("only the year of birth".into());
    }
    if number(&reading["extra_fields"]) > 0 {
        remarks.push(format!("{} fields about others dropped", reading["extra_fields"]));
    }
    if remarks.is_empty() {
        "-".into()
    } else {
        remarks.join("; ")
    }
}

/// What the program suggests, and whether it wants an answer.
fn suggestion(reading: &Value) -> String {
    let suggested = reading["commune"]["suggested"].as_array();
    let names: Vec<_> = suggested
        .into_iter()
        .flatten()
        .map(|commune| text(&commune["name"]))
        .collect();
    match (names.as_slice(), reading["commune"]["ask"] == true) {
        ([], _) => "not in Đà Nẵng: ask where they live".into(),
        (_, true) => format!("{}? ask", names.join(" or ")),
        _ => names.join(", "),
    }
}
