//! The ward's own device: a ward before any team began, and one with sixty tablets in every condition.

use super::{
    NOW,
    ground::{Ground, enrolled},
    people::{HOSTILE, Resident, house},
    tablets::Tablet,
    town::{AN_HAI, HAI_CHAU, Town},
};
use crate::ports::clock::Clock;
use protocol::enrolment::Role;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::runtime::Handle;

const WARD: &str = "Cán bộ phường";
const OFFICIAL: &str = "Đỗ Thu Hà";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A ward that has invited nobody yet.
pub fn quiet(runtime: &Handle) -> Ground {
    let town = Town::open(runtime, Arc::new(Clock::standing(NOW - 2 * HOUR, 31)), &[]);
    let stage = enrolled(
        runtime,
        &town,
        WARD,
        Role::Coordinator,
        &[HAI_CHAU, AN_HAI],
        &[OFFICIAL],
    );
    Ground::of(stage, Arc::new(town), &[], json!({}))
}

/// What is particular about a tablet.
#[derive(Clone, Copy)]
enum Flaw {
    None,
    /// Asked for nothing since it was enrolled.
    Silent,
    /// Records of one number came twice.
    Copied,
    /// Numbers are missing.
    Gaps,
    /// Its clock is an hour and a half ahead.
    Ahead,
    Revoked,
}

/// Team, seconds since its last contact, how many wait and for how many seconds, forms sent, of them refused, and the flaw.
type Line = (&'static str, i64, (u64, i64), u32, u32, Flaw);

const LINES: [Line; 9] = [
    ("Tổ CNS 09", 9 * DAY, (0, 0), 8, 0, Flaw::Revoked),
    ("Tổ CNS 44", 6 * DAY, (0, 0), 0, 0, Flaw::Silent),
    ("Tổ CNS 31", 4 * DAY + 2 * HOUR, (23, 4 * DAY), 9, 0, Flaw::None),
    (
        "Tổ CNS 07",
        3 * DAY + HOUR,
        (11, 3 * DAY + 4 * HOUR),
        7,
        1,
        Flaw::Copied,
    ),
    ("Tổ CNS 14", 26 * HOUR, (4, 27 * HOUR), 5, 0, Flaw::None),
    ("Tổ CNS 12", 20 * HOUR, (13, 6 * HOUR), 12, 2, Flaw::None),
    ("Tổ CNS 15", 4 * HOUR, (0, 0), 10, 0, Flaw::None),
    ("Tổ CNS 22", 3 * HOUR + 24 * MINUTE, (0, 0), 6, 1, Flaw::Gaps),
    ("Tổ CNS 03", 2 * MINUTE, (0, 0), 11, 0, Flaw::Ahead),
];
/// Tablets of which there is nothing to say.
const PLAIN: u32 = 51;
/// The ward looked at its board last.
const LOOKED: i64 = 21 * HOUR;

struct Ward<'a> {
    runtime: &'a Handle,
    town: &'a Town,
    evil: bool,
    next: u32,
    teams: u32,
}

/// Sixty tablets in Hải Châu, two in An Hải.
pub fn ward(runtime: &Handle, evil: bool) -> Ground {
    // Every tenth is somebody whom the register knows otherwise.
    let known: Vec<String> = (0..999)
        .map(|n| match n % 10 {
            3 => Resident::number(n).row_of_other_birth(),
            _ => Resident::number(n).row(),
        })
        .collect();
    let town = Town::open(
        runtime,
        Arc::new(Clock::standing(NOW - 10 * DAY, if evil { 41 } else { 37 })),
        &known,
    );
    let communes = [HAI_CHAU, AN_HAI];
    let official = if evil { HOSTILE[1] } else { OFFICIAL };
    let ward_team = if evil { HOSTILE[0] } else { WARD };
    let stage = enrolled(runtime, &town, ward_team, Role::Coordinator, &communes, &[official]);
    let mut ward = Ward {
        runtime,
        town: &town,
        evil,
        next: 0,
        teams: 0,
    };
    for line in LINES.iter().filter(|line| line.1 > LOOKED) {
        ward.tablet(line, HAI_CHAU);
    }
    town.clock.set(NOW - LOOKED);
    let _ = town.blanks(&ward.name("Tổ CNS 31", 2), 20);
    stage.ask("board", json!({ "commune": HAI_CHAU }));
    for n in 0..PLAIN {
        let ago = 20 * HOUR - i64::from(n) * 23 * MINUTE;
        let sent = if n % 5 == 0 { 4 } else { 0 };
        let waiting = if n % 7 == 3 {
            (u64::from(n % 4) + 1, 2 * HOUR)
        } else {
            (0, 0)
        };
        ward.plain(n, ago, waiting, sent);
    }
    for line in LINES.iter().filter(|line| line.1 <= LOOKED) {
        ward.tablet(line, HAI_CHAU);
    }
    for line in [
        ("Tổ CNS 3 An Hải", 30 * MINUTE, (0, 0), 3, 0, Flaw::None),
        ("Tổ CNS 4 An Hải", MINUTE, (3, 10 * MINUTE), 2, 1, Flaw::None),
    ] {
        ward.tablet(&line, AN_HAI);
    }
    town.clock.set(NOW);
    Ground::of(stage, Arc::new(town), &[], json!({}))
}

impl Ward<'_> {
    fn name(&self, team: &str, n: u32) -> String {
        match self.evil {
            true => HOSTILE[n as usize % 7].to_owned(),
            false => team.to_owned(),
        }
    }

    /// The next people whom the register knows as they are, and so many whom it does not.
    fn forms(&mut self, sent: u32, refused: u32, commune: &str) -> Vec<Value> {
        let (mut well, mut odd) = (sent - refused, refused);
        let mut forms = Vec::new();
        while well + odd > 0 {
            let n = self.next;
            self.next += 1;
            let left = if n % 10 == 3 { &mut odd } else { &mut well };
            if *left == 0 {
                continue;
            }
            *left -= 1;
            let mut form = Resident::number(n).form(&house(n / 3), "Tổ 18");
            form["residence"]["commune"] = json!(commune);
            forms.push(form);
        }
        forms
    }

    fn plain(&mut self, n: u32, ago: i64, waiting: (u64, i64), sent: u32) {
        let team = format!("Tổ CNS {}", 50 + n);
        self.put(&team, ago, waiting, (sent, 0), Flaw::None, HAI_CHAU);
    }

    fn tablet(&mut self, &(team, ago, waiting, sent, refused, flaw): &Line, commune: &str) {
        self.put(team, ago, waiting, (sent, refused), flaw, commune);
    }

    fn put(&mut self, team: &str, ago: i64, waiting: (u64, i64), sent: (u32, u32), flaw: Flaw, commune: &str) {
        let contact = NOW - ago;
        self.town.clock.set(contact);
        let team = self.name(team, self.teams);
        self.teams += 1;
        let forms = self.forms(sent.0, sent.1, commune);
        let extra = self.forms(1, 0, commune);
        let mut tablet = Tablet::enrol(self.runtime, self.town, &team, commune, "0.1.0");
        if matches!(flaw, Flaw::Silent) {
            return;
        }
        let skip = if matches!(flaw, Flaw::Gaps) { 2 } else { 0 };
        tablet.send(&forms, 0);
        if skip > 0 {
            tablet.send(&extra, skip);
        }
        if matches!(flaw, Flaw::Copied) {
            tablet.send_as_a_copy(&extra[0]);
        }
        let (program, secret) = if ago > 3 * DAY {
            ("0.0.9", "file")
        } else {
            ("0.1.0", "keyring")
        };
        let oldest = (waiting.0 > 0).then_some(NOW - waiting.1);
        let ahead = if matches!(flaw, Flaw::Ahead) { 90 * MINUTE } else { 0 };
        let (all, refused) = (u64::from(sent.0), u64::from(sent.1));
        tablet.report(program, secret, (waiting.0, oldest), all - refused, refused, ahead);
        if matches!(flaw, Flaw::Revoked) {
            self.town.gateway.revoke(tablet.device()).expect("revoked");
        }
    }
}
