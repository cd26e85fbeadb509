//! All that passes between window and program: one typed table of commands and events. A newcomer finds here everything
//! the window can ask for and everything it is told; `bindings` writes the same table as TypeScript
//! (`ui/src/backend/bindings.ts`), and a test fails when the two differ.
//!
//! Handlers are plain methods of [`Host`] and run without a window.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    wire::{Nothing, blanks::*, device::*, forms::*, lists::*, paper::*, scan::*},
};
use app::{look::Look, practice::Practice};
// What commands answer with is named by the table's TypeScript alone.
use serde::{Deserialize, Serialize};
#[cfg(feature = "bindings")]
use {
    crate::bindings::Collector,
    app::{
        blanks::{BlankAccount, KnownBlank},
        board::BoardView,
        doctor::Findings,
        forms::{DraftCheck, DraftItem, OpenDraft},
        households::Household,
        paper::ScannedBack,
        practice::{PracticeBlank, PracticePerson},
        read_idcard::IdCardScan,
        register::Saved,
        verify::Verification,
        views::{Found, Page, Queue, Shown, Task, Today},
    },
};

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident($args:ty) -> $result:ty;)*) => {
        impl Host {
            /// Runs a command by its name with arguments as JSON. The only way in from a window.
            pub async fn rpc(&self, name: &str, args: serde_json::Value) -> Result<serde_json::Value, Failure> {
                fn read<T: for<'de> Deserialize<'de>>(args: serde_json::Value) -> Result<T, Failure> {
                    // The parser's message would quote what was typed.
                    serde_json::from_value(args).map_err(|_| Failure::from(HostRefusal::MalformedArguments))
                }
                fn write<T: Serialize>(result: T) -> Result<serde_json::Value, Failure> {
                    serde_json::to_value(result).map_err(|_| Failure::from(HostRefusal::MalformedResult))
                }
                match name {
                    $(stringify!($name) => write(self.$name(read::<$args>(args)?).await?),)*
                    _ => Err(HostRefusal::UnknownCommand.into()),
                }
            }
        }

        /// Names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        #[cfg(feature = "bindings")]
        pub(crate) fn commands(into: &mut Collector) {
            $(into.command::<$args, $result>(stringify!($name), concat!($($doc),*));)*
        }
    };
}

macro_rules! events {
    ($($(#[doc = $doc:literal])* $name:literal => $variant:ident($payload:ty);)*) => {
        /// What the window is told without asking; it asks again for what it shows and never patches a copy.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[doc = $doc])* $variant(Box<$payload>),)*
        }

        impl Event {
            /// The name under which the window listens.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            /// What is told, as JSON.
            pub fn payload(&self) -> serde_json::Value {
                match self {
                    $(Self::$variant(payload) => serde_json::to_value(payload).unwrap_or_default(),)*
                }
            }
        }

        #[cfg(feature = "bindings")]
        pub(crate) fn events(into: &mut Collector) {
            $(into.event::<$payload>($name, concat!($($doc),*));)*
        }
    };
}

events! {
    /// The device's state changed (phase, people, sending).
    "state" => State(AppState);
    /// Registrations, tasks or counts changed: what shows them asks again.
    "changed" => Changed(Nothing);
    /// Live scanning read something or stands differently.
    "scan" => Scan(ScanTold);
}

commands! {
    // ---- the device and who works on it
    /// How the device stands; asked at start, pushed after every change as event `state`.
    state(Nothing) -> AppState;
    /// Enrols this device with an invitation of the ward.
    enrol_device(EnrolDevice) -> AppState;
    /// Judges a PIN and opens the device.
    sign_in(SignIn) -> AppState;
    /// Locks the device; drafts stay, sending goes on.
    lock(Nothing) -> AppState;
    /// Gives another person of the team a PIN on this device.
    add_operator(AddOperator) -> AppState;
    /// Changes one's own PIN.
    change_pin(ChangePin) -> Nothing;
    /// Theme, hand and language, kept for the next start; they come back with `state`.
    set_look(Look) -> Nothing;
    /// Examines the device without changing anything.
    doctor(Nothing) -> Findings;

    // ---- practice
    /// Goes to the practice device (made at the first time), locked or open.
    enter_practice(Nothing) -> AppState;
    /// Goes back to the real device, which is locked then.
    leave_practice(Nothing) -> AppState;
    /// Begins practice anew: an empty practice device.
    reset_practice(Nothing) -> AppState;
    /// The practice people with their cards.
    practice_people(Nothing) -> Vec<PracticePerson>;
    /// Chooses what network and platform do in practice.
    set_practice(Practice) -> AppState;

    // ---- what every form needs
    /// A form's notice, or the one of today, in both languages.
    notice(WhichNotice) -> NoticeText;
    /// Communes of today with their places, this device's own first.
    communes(Nothing) -> Vec<CommuneItem>;
    /// Reads a card from a picture file or a scanner's text.
    read_idcard(ReadIdCard) -> IdCardScan;

    // ---- live scanning; what it reads and how it stands is told as event `scan`
    /// Cameras and serial ports that are there, and which were chosen.
    scan_devices(Nothing) -> ScanDevices;
    /// Begins to look through the camera and to listen to the hand scanner.
    start_scan(StartScan) -> ScanView;
    /// Ends a run: the camera goes off.
    stop_scan(StopScan) -> Nothing;
    /// Remembers the serial port of a hand scanner.
    choose_scanner(ChooseScanner) -> ScanDevices;

    // ---- one registration
    /// Begins a form, empty or with what a card gave, or for the next person of a house.
    begin_draft(BeginDraft) -> OpenDraft;
    /// Keeps the form as it stands and says what is still in the way.
    put_draft(PutDraft) -> DraftCheck;
    /// Opens a form again.
    open_draft(ByRid) -> OpenDraft;
    /// Forms that were begun and not finished, newest first.
    drafts(Nothing) -> Vec<DraftItem>;
    /// Drops a form: its content is erased at once, the count stays.
    discard_draft(ByRid) -> Nothing;
    /// Saves a finished form.
    save(PutDraft) -> Saved;
    /// Opens a saved registration as a form to be corrected.
    open_correction(ByRid) -> OpenDraft;
    /// Says what is still in the way of a correction; keeps nothing.
    check_correction(PutDraft) -> DraftCheck;
    /// Saves a correction.
    correct(PutDraft) -> Saved;
    /// The resident changed their mind, or it was the wrong person.
    withdraw(ByRid) -> Saved;
    /// Sends what had stopped once more, as it is.
    send_again(ByRid) -> Saved;
    /// One registration.
    show(ByRid) -> Shown;
    /// Makes the card as PDF and gives its place, code and QR.
    card(ByRid) -> CardFile;
    /// Judges a code, the text of a citizen QR, or a picture of one.
    verify_code(VerifyCode) -> Verification;

    // ---- paper
    /// The machine's print queues, and which was used last for what.
    printers(Nothing) -> Printers;
    /// A page of the very document that would be printed, as a picture.
    preview(PaperWanted) -> Preview;
    /// Hands paper to a print queue.
    print_paper(PrintPaper) -> PrintJob;
    /// What became of it.
    print_job(ByJob) -> PrintJob;
    /// Takes it out of the queue.
    cancel_print(ByJob) -> PrintJob;
    /// Opens the document with the system's viewer, for machines whose printing we cannot see.
    open_paper(PaperWanted) -> Nothing;
    /// Compares what was printed with what was meant, before it is handed over.
    scan_back(ScanBack) -> ScannedBack;

    // ---- pre-printed cards
    /// Hands a pre-printed card to a registration: by the text of its QR or a picture of it.
    bind_blank(BindBlank) -> KnownBlank;
    /// A pre-printed card is torn, badly printed or lost: by its QR, a picture of it, or its number.
    spoil_blank(VerifyCode) -> KnownBlank;
    /// The account of pre-printed cards, and those that must be exchanged.
    blanks(Nothing) -> BlankAccount;
    /// Practice blanks.
    practice_blanks(Nothing) -> Vec<PracticeBlank>;

    // ---- lists
    /// What today needs: tasks, open forms, counts.
    today(Nothing) -> Today;
    /// Registrations, newest first, in pages.
    list(List) -> Page;
    /// Finds people by name, number, phone, address or code.
    search(Search) -> Vec<Found>;
    /// Households on this device, the one visited last first.
    households(Nothing) -> Vec<Household>;
    /// Refused registrations that wait for a correction.
    tasks(Nothing) -> Vec<Task>;
    /// Counts by state and whether they add up.
    queue(Nothing) -> Queue;

    // ---- sending
    /// Sends now, without delay.
    sync_now(Nothing) -> Nothing;
    /// Holds sending back, or lets it go on.
    pause_sync(Pause) -> AppState;

    // ---- coordinator
    /// The board of a commune: fresh with a network, else the last one with its age.
    board(ByCommune) -> BoardView;
}
