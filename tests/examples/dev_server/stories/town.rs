//! A real gateway in this process, with a clock that a story moves.

use crate::ports::clock::Clock;
use domain::ids::Realm;
use gateway::{
    Gateway, Invite,
    http::{self, Limits, Options, Running},
};
use protocol::{blanks::PrintedBlank, enrolment::Role};
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;

/// The ward of the stories.
pub const HAI_CHAU: &str = "20242";
pub const AN_HAI: &str = "20275";

/// Whom the register knows.
const POPULATION: &str = "population.csv";

/// A gateway that listens, plainly and on this machine alone.
pub struct Town {
    pub url: String,
    pub clock: Arc<Clock>,
    pub gateway: Arc<Gateway>,
    running: Running,
    folder: tempfile::TempDir,
}

impl Town {
    /// Opens one whose register knows these people (rows of `pin,name,birth,sex,deceased`).
    pub fn open(runtime: &Handle, clock: Arc<Clock>, known: &[String]) -> Self {
        let folder = crate::stage::folder();
        let list = format!("pin,name,birth,sex,deceased\n{}\n", known.join("\n"));
        std::fs::write(folder.path().join(POPULATION), list).expect("written");
        Self::start(runtime, clock, folder)
    }

    /// Starts the one of this folder.
    pub fn start(runtime: &Handle, clock: Arc<Clock>, folder: tempfile::TempDir) -> Self {
        let options = Options {
            listen: "127.0.0.1:0".parse().expect("an address"),
            data: folder.path().join("data"),
            realm: Realm::Development,
            names: Vec::new(),
            plain_http: true,
            population: Some(folder.path().join(POPULATION)),
            opener_delay: Duration::ZERO,
            limits: Limits::default(),
        };
        let running = runtime
            .block_on(http::start(options, clock.clone()))
            .expect("the gateway starts");
        Self {
            url: running.url.clone(),
            clock,
            gateway: running.gateway.clone(),
            running,
            folder,
        }
    }

    /// Ends it; what it knows stays in its folder.
    pub fn close(self, runtime: &Handle) -> tempfile::TempDir {
        drop(self.gateway);
        runtime.block_on(self.running.stop()).expect("it ends");
        self.folder
    }

    /// A fresh invitation.
    pub fn invite(&self, team: &str, role: Role, communes: &[&str], operators: &[&str]) -> String {
        let invite = Invite {
            ward: None,
            team: team.to_owned(),
            communes: communes.iter().map(|code| code.parse().expect("a commune")).collect(),
            role,
            grants: Vec::new(),
            operators: operators.iter().map(|&name| name.to_owned()).collect(),
            // A story's tablets bring people of their own.
            widen: true,
            minutes: 15,
        };
        let issued = self.gateway.invite(&invite).expect("invited");
        issued.invitation.to_string()
    }

    /// Makes sheets of blank cards for a team and reads the first ten from the paper, in the order of their numbers.
    pub fn blanks(&self, team: &str, sheets: u32) -> (u32, Vec<String>) {
        let made = self
            .gateway
            .make_blanks(team, sheets, |_| Ok(()))
            .expect("blanks are made");
        let page = print::page_png(&made.pdf, 0, 1700).expect("a page");
        let found = scan::scan_picture(&page, &mut || true).expect("a picture");
        let mut texts: Vec<String> = found.into_iter().filter_map(|code| code.text).collect();
        texts.retain(|text| protocol::blanks::looks_like(text));
        texts.sort_by_key(|text| PrintedBlank::read(text).expect("a blank").blank.number);
        assert_eq!(texts.len(), 10, "every blank of the sheet is read");
        (made.sheet, texts)
    }
}
