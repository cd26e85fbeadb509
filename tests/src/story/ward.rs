//! What the ward sees: counts without anybody's data.

use super::{
    Day, number,
    people::{COMMUNES, commune_name},
    text,
};
use serde_json::Value;

const COLUMNS: [&str; 8] = [
    "received",
    "waiting",
    "held",
    "accepted",
    "possible_duplicate",
    "refused",
    "withdrawn",
    "unreadable",
];

impl Day {
    pub(super) fn ward_looks(&mut self) {
        self.story.chapter("What the ward sees");
        // The tablets report their counts after their records.
        self.ours.run(&["sync"]).ok();
        self.theirs.run(&["sync"]).ok();
        let mut rows = vec![
            [
                "commune",
                "received",
                "waiting",
                "held",
                "accepted",
                "duplicate?",
                "refused",
                "withdrawn",
                "unreadable",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        let mut total = [0; COLUMNS.len()];
        let mut devices = Value::Null;
        for (code, _) in COMMUNES {
            let mut board = self.town.board_of(code);
            let counts = COLUMNS.map(|column| number(&board["registrations"][column]));
            let parts: u64 = counts[1..].iter().sum();
            self.story.check_count(
                &format!("the sum of the parts in {}", commune_name(code)),
                parts,
                counts[0],
            );
            total.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            devices = board["devices"].take();
            if counts[0] > 0 {
                rows.push(row(commune_name(code), &counts));
            }
        }
        rows.push(row("together", &total));
        self.story.table(&rows);
        self.story
            .check_count("the number of registrations received", total[0], 11);
        self.story
            .check_count("the number of registrations accepted", total[3], 10);
        self.story.check_count("the number of possible duplicates", total[4], 1);
        self.story.say(
            "The parts add up to what was ever received, in every commune. 10 are from our tablet, 1 from team 31's.",
        );

        let devices = devices.as_array().cloned().unwrap_or_default();
        self.story
            .check_count("the number of tablets on the board", devices.len() as u64, 2);
        for device in &devices {
            let flags = device["flags"].as_array().map_or(0, Vec::len);
            self.story.check(
                flags == 0,
                &format!("tablet {} has no gap and no twin", device["device"]),
            );
            self.story
                .check_count("what the tablet reports unsent", number(&device["unsent"]), 0);
            self.story.item(&format!(
                "Tablet {}, {}: nothing unsent, no gap in its numbers, secret kept in a {}.",
                device["device"],
                text(&device["team"]),
                text(&device["secret"])
            ));
        }
        let audit = self.town.run("audit", &[]);
        self.story
            .check_count("the number of altered envelopes", number(&audit["altered"]), 0);
        self.story
            .check_count("the number of stored envelopes", number(&audit["envelopes"]), 12);
        self.story.say("All 12 stored envelopes (11 registrations and a correction) still carry the signature of the tablet that made them.");
    }
}

fn row(name: &str, counts: &[u64]) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    row.extend(counts.iter().map(u64::to_string));
    row
}
