//! What travels between window and host. JSON; times are seconds since 1970 UTC; identifiers are hexadecimal text.

pub use super::card_types::{BindCard, BoardPool, PracticeCard};
pub use crate::{
    doctor::Findings,
    enroll::Saved,
    paper::{
        Paper, ScannedBack,
        printer::{JobState, PrintQueue, Trouble},
    },
    pool::{CardAccount, CardTask, PoolCard},
    verify::Verification,
    views::{Found, Queue, Shown, Task},
};
use domain::{
    card::CardReading,
    code::Code,
    ids::{DeviceId, HouseholdId, OperatorId, Realm, Rid, UnixTime},
    place::Suggestion,
    registration::{Draft, Problem, Signer},
    state::State,
};
use serde::{Deserialize, Serialize};

macro_rules! wire {
    ($($(#[$doc:meta])* $vis:vis struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$doc])*
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        $vis struct $name { $($body)* }
    )*};
}

/// No arguments, or no result: `null`.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "null"))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing;

/// Where the device stands.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No device in the folder yet: an invitation is needed.
    New,
    /// A PIN is needed.
    Locked,
    /// Somebody works on it.
    Open,
}

/// What the device is for.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Registers residents.
    Volunteer,
    /// Sees the board of its communes too.
    Coordinator,
}

/// What practice does to the network.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticeNetwork {
    /// Everything arrives.
    #[default]
    Good,
    /// Everything takes seconds.
    Slow,
    /// Every other call is cut.
    Dropping,
    /// Nothing arrives.
    None,
    /// A login page answers instead.
    CaptivePortal,
}

/// What the simulated platform decides in practice.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticePlatform {
    /// As the rules say: the same rules as the real one.
    #[default]
    Rules,
    /// Everything is refused (birth date does not fit).
    Refuse,
    /// Everything may be a duplicate.
    Duplicate,
}

wire! {
    /// The trainer's switches.
    pub struct Practice {
        /// Network.
        pub network: PracticeNetwork,
        /// Platform.
        pub platform: PracticePlatform,
    }

    /// A person who may sign in.
    pub struct Person {
        /// Operator number.
        pub id: OperatorId,
        /// Name.
        pub name: String,
        /// Has a PIN on this device.
        pub has_pin: bool,
    }

    /// The truth about data, for the line on top.
    pub struct SyncView {
        /// A run is going on.
        pub running: bool,
        /// Held back by a person.
        pub paused: bool,
        /// Envelopes that wait.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub unsent: u64,
        /// Stable code of what is in the way; absent when nothing is.
        pub reason: Option<String>,
        /// When the platform last answered.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub last_contact: Option<UnixTime>,
    }

    /// How the device stands.
    pub struct AppState {
        /// Phase.
        pub phase: Phase,
        /// World.
        pub realm: Realm,
        /// Device number; 0 for practice.
        pub device: DeviceId,
        /// Role.
        pub role: RoleName,
        /// Team.
        pub team: String,
        /// Communes of the team, five digits each.
        pub communes: Vec<String>,
        /// People of the team.
        pub people: Vec<Person>,
        /// Who works on it, while open.
        pub operator: Option<Person>,
        /// Sending.
        pub sync: SyncView,
        /// Open tasks; 0 while locked.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub tasks: u64,
        /// The trainer's switches, in practice.
        pub practice: Option<Practice>,
        /// The server's or device's time, whichever is later: for "how long ago".
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub now: UnixTime,
        /// Version of the program.
        pub program: String,
    }

    /// An invitation and the first PIN.
    pub struct EnrolDevice {
        /// `https://...`; may be empty where the invitation's QR carries it.
        pub gateway: String,
        /// `TNI1:...`, alone or with the address after it.
        pub invitation: String,
        /// The first person's PIN.
        pub pin: String,
    }

    /// Operator and PIN.
    pub struct SignIn {
        /// Who.
        pub operator: OperatorId,
        /// PIN.
        pub pin: String,
    }

    /// A PIN for another person of the team.
    pub struct AddOperator {
        /// Who.
        pub operator: OperatorId,
        /// Their new PIN.
        pub pin: String,
    }

    /// One's own PIN.
    pub struct ChangePin {
        /// Present PIN.
        pub old: String,
        /// New PIN.
        pub new: String,
    }

    /// A practice person as the trainer hands them out.
    pub struct PracticePerson {
        /// Name.
        pub name: String,
        /// `card`, `vneid`, `birth_certificate`, `appointment` or `nobody`.
        pub enrolled_by: String,
        /// What this person teaches, in Vietnamese.
        pub teaches: String,
        /// The card's QR as PNG (base64), for those who hand one over.
        pub card_png: Option<String>,
        /// What VNeID or the birth certificate shows, for those without a card.
        pub paper: Vec<(String, String)>,
    }

    /// The notice.
    pub struct NoticeText {
        /// Version.
        pub version: u16,
        /// Vietnamese, Markdown with bold only.
        pub vietnamese: String,
        /// English translation.
        pub english: String,
    }

    /// A commune of today.
    pub struct CommuneItem {
        /// Five digits.
        pub code: String,
        /// `Phường Hải Châu`.
        pub name: String,
        /// A point in or near it, degrees.
        pub lat: f64,
        /// Degrees.
        pub lon: f64,
        /// One of this team's.
        pub own: bool,
    }

    /// One of the two is given.
    pub struct ReadCard {
        /// A picture file's bytes, base64.
        pub picture: Option<String>,
        /// What a scanner typed.
        pub text: Option<String>,
    }

    /// A form is begun.
    pub struct BeginDraft {
        /// What is known already.
        pub draft: Option<Draft>,
        /// The registration whose house and place are kept (*người tiếp theo trong nhà*).
        pub after: Option<Rid>,
    }

    /// A form as it stands.
    pub struct PutDraft {
        /// Registration.
        pub rid: Rid,
        /// Form.
        pub draft: Draft,
    }

    /// A registration.
    pub struct ByRid {
        /// Registration.
        pub rid: Rid,
    }

    /// A commune.
    pub struct ByCommune {
        /// Five digits.
        pub commune: String,
    }

    /// A code, the text of a QR, or a picture of one: one of the two is given.
    pub struct VerifyCode {
        /// What was typed, or came from a scanner.
        pub text: Option<String>,
        /// A picture file's bytes, base64.
        pub picture: Option<String>,
    }

    /// Paper of one person, or of several (sheets).
    pub struct PaperWanted {
        /// Kind.
        pub paper: Paper,
        /// Whose.
        pub rids: Vec<Rid>,
        /// The page to show, counted from 0.
        pub page: u32,
    }

    /// Paper for a queue.
    pub struct PrintPaper {
        /// Kind.
        pub paper: Paper,
        /// Whose.
        pub rids: Vec<Rid>,
        /// The queue's name.
        pub queue: String,
    }

    /// A print job, by the number that `print_paper` gave.
    pub struct ByJob {
        /// Number.
        pub job: u32,
    }

    /// What was read from paper; one of the two is given.
    pub struct ScanBack {
        /// Whose paper it should be.
        pub rid: Rid,
        /// A picture file's bytes, base64.
        pub picture: Option<String>,
        /// What a scanner typed.
        pub text: Option<String>,
    }

    /// A page of a list.
    pub struct List {
        /// Only these states; empty means all but drafts.
        pub states: Vec<State>,
        /// How many to skip.
        pub offset: u32,
        /// How many to give, at most 200.
        pub limit: u32,
    }

    /// What was typed.
    pub struct Search {
        /// Text.
        pub text: String,
        /// At most so many.
        pub limit: u32,
    }

    /// Hold back or go on.
    pub struct Pause {
        /// True holds back.
        pub paused: bool,
    }
}

macro_rules! told {
    ($($(#[$doc:meta])* $vis:vis struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$doc])*
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
        #[derive(Debug, Clone, PartialEq, Serialize)]
        $vis struct $name { $($body)* }
    )*};
}

told! {
    /// What a picture or text was.
    pub struct CardScan {
        /// A code was found in the picture.
        pub found: bool,
        /// What it said; absent when none was found.
        pub reading: Option<CardReading>,
        /// The form it fills; only where the reading may be used.
        pub draft: Option<Draft>,
        /// Registrations of the same number on this device.
        pub same_number: Vec<Found>,
    }

    /// What is still in the way of saving, and what helps.
    pub struct DraftCheck {
        /// Everything that stops it.
        pub problems: Vec<Problem>,
        /// Things to look at.
        pub warnings: Vec<Problem>,
        /// Commune of today for the card's address.
        pub suggestion: Option<Suggestion>,
        /// Age in completed years, where the birth date is known.
        pub age: Option<u16>,
        /// Who must sign at this age.
        pub signers: Vec<Signer>,
        /// Registrations of the same number on this device.
        pub same_number: Vec<Found>,
        /// A household at this address on this device, to be offered.
        pub household: Option<Household>,
    }

    /// A form and what is still in its way.
    pub struct OpenDraft {
        /// Registration.
        pub rid: Rid,
        /// Form.
        pub draft: Draft,
        /// Check.
        pub check: DraftCheck,
    }

    /// A form in a list.
    pub struct DraftItem {
        /// Registration.
        pub rid: Rid,
        /// Name as far as typed.
        pub name: String,
        /// Changed last.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub changed_at: UnixTime,
    }

    /// A household on this device.
    pub struct Household {
        /// Household.
        pub id: HouseholdId,
        /// Address line; empty once it is forgotten.
        pub address: String,
        /// Its people, newest first.
        pub people: Vec<Found>,
        /// The last registration there.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub last_at: UnixTime,
    }

    /// The card.
    pub struct CardFile {
        /// Where the PDF lies.
        pub path: String,
        /// Code.
        pub code: Code,
        /// Text of the citizen QR.
        pub qr: String,
        /// The QR as PNG, base64.
        pub qr_png: String,
        /// The name is on it.
        pub with_name: bool,
    }

    /// The machine's print queues.
    pub struct Printers {
        /// Queues.
        pub queues: Vec<PrintQueue>,
        /// The queue used last for each kind of paper, as pairs; a queue that is gone is not named.
        pub chosen: Vec<(Paper, String)>,
        /// Why there are none.
        pub trouble: Option<String>,
    }

    /// A page as a picture.
    pub struct Preview {
        /// PNG, base64.
        pub png: String,
        /// Pages of the document.
        pub pages: u32,
    }

    /// A print job.
    pub struct PrintJob {
        /// Number.
        pub job: u32,
        /// Kind of paper.
        pub paper: Paper,
        /// The queue's name.
        pub queue: String,
        /// Where it stands.
        pub state: JobState,
        /// What is in its way.
        pub trouble: Option<Trouble>,
    }

    /// What today needs.
    pub struct Today {
        /// Saved today.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub saved_today: u64,
        /// Counts.
        pub queue: Queue,
        /// Tasks, oldest first, at most 20.
        pub tasks: Vec<Task>,
        /// Pre-printed cards that must be exchanged, oldest first.
        pub cards: Vec<CardTask>,
        /// Open forms, newest first.
        pub drafts: Vec<DraftItem>,
        /// Saved last, at most 10.
        pub recent: Vec<Found>,
    }

    /// A page.
    pub struct Page {
        /// All there are.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub total: u64,
        /// This page.
        pub items: Vec<Found>,
    }

    /// The board and how old it is.
    pub struct BoardView {
        /// The board; absent when there never was one.
        pub board: Option<BoardFigures>,
        /// When it was fetched.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub fetched_at: Option<UnixTime>,
        /// Why it could not be fetched now.
        pub offline: Option<String>,
    }

    /// The figures of the board, as the gateway gives them.
    pub struct BoardFigures {
        /// Commune code.
        pub commune: String,
        /// Ever received.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub received: u64,
        /// Waiting for the opener.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub waiting: u64,
        /// Held for a person.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub held: u64,
        /// Accepted.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub accepted: u64,
        /// Possible duplicates.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub possible_duplicate: u64,
        /// Refused.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub refused: u64,
        /// Withdrawn.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub withdrawn: u64,
        /// Unreadable.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub unreadable: u64,
        /// Tablets, silent ones first.
        pub devices: Vec<BoardTablet>,
        /// Refused registrations: code, field and reason, since when, which tablet. No names: the platform tells none.
        pub refusals: Vec<BoardRefusal>,
        /// Pools of pre-printed cards, by team.
        pub pools: Vec<BoardPool>,
    }

    /// One tablet.
    pub struct BoardTablet {
        /// Device number.
        pub device: DeviceId,
        /// Team.
        pub team: String,
        /// Last call of any kind.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub last_contact: Option<UnixTime>,
        /// Oldest unsent.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub oldest_unsent: Option<UnixTime>,
        /// Unsent.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub unsent: Option<u64>,
        /// Counts by state from its last report.
        #[cfg_attr(feature = "bindings", ts(type = "Record<string, number>"))]
        pub by_state: std::collections::BTreeMap<String, u64>,
        /// Seconds its clock was ahead.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        pub clock_ahead: Option<i64>,
        /// Version of its program.
        pub program: Option<String>,
        /// `keyring` or `file`.
        pub secret: Option<String>,
        /// What looks wrong: `cloned`, `chain_broken`, `foreign_code`, `gaps`.
        pub flags: Vec<String>,
        /// Revoked.
        pub revoked: bool,
    }

    /// One refused registration on the board.
    pub struct BoardRefusal {
        /// Registration.
        pub rid: Rid,
        /// Its code.
        pub code: Code,
        /// Device.
        pub device: DeviceId,
        /// Team.
        pub team: String,
        /// Field and reason are the resident's: only the device knows them. The board knows since when.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        pub since: UnixTime,
    }
}
