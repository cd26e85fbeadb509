//! What can be typed.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Registers residents house to house, without a window. Results are JSON lines on standard output.
#[derive(Debug, Parser)]
#[command(name = "tungnhactl", version)]
pub struct Args {
    /// A device's folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,

    /// Folder of device secrets when they are kept as files (default: the user's state folder).
    #[arg(long, global = true, value_name = "DIR", env = "TUNGNHA_SECRETS")]
    pub secrets: Option<PathBuf>,

    /// Operator number (default: the first of the team).
    #[arg(long, global = true, value_name = "N")]
    pub operator: Option<u32>,

    /// Language of the sentences on standard error.
    #[arg(long, global = true, value_enum, env = "TUNGNHA_LANG", default_value = "vi")]
    pub lang: Language,

    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    pub fn language(&self) -> Language {
        self.lang
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    Vi,
    En,
}

/// Each command stands in the group of what it needs, so that a new one is answered there or does not compile.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(flatten)]
    Bare(Bare),
    /// Saves a finished draft (JSON; `-` or nothing is standard input).
    #[command(alias = "enroll")]
    Register {
        #[arg(default_value = "-")]
        draft: String,
        /// Prints the draft's JSON Schema and does nothing else.
        #[arg(long)]
        schema: bool,
        /// Registration id (32 hexadecimal digits): saying the same again gives the same answer, never a second record.
        #[arg(long, value_name = "RID")]
        rid: Option<String>,
    },
    /// Sends and fetches until nothing is left, or says why not.
    Sync {
        /// Without the PIN: sends the sealed copies; receipts are applied when the device is next unlocked.
        #[arg(long)]
        locked: bool,
        /// Seconds this call may wait when the gateway asks for patience.
        #[arg(long, default_value_t = 20, value_name = "SECONDS")]
        patience: u32,
    },
    #[command(flatten)]
    InSession(InSession),
    #[command(flatten)]
    Paper(PaperCommand),
    /// Examines the device without changing anything.
    Doctor,
}

/// What needs no unlocked device.
#[derive(Debug, Subcommand)]
pub enum Bare {
    /// What a card's QR says.
    #[command(subcommand, name = "idcard-text", alias = "card-text")]
    IdCardText(IdCardText),
    /// Reads the QR codes in pictures (PNG, JPEG, WebP).
    Scan {
        #[arg(required = true)]
        images: Vec<PathBuf>,
    },
    /// Enrols this device.
    #[command(subcommand)]
    Device(Device),
    /// Makes a practice device, which never meets a real gateway.
    Init {
        /// Practice; the only kind that needs no gateway.
        #[arg(long, alias = "demo", required = true)]
        practice: bool,
        #[command(flatten)]
        secret: SecretChoice,
    },
    /// The machine's print queues. Needs no device.
    Printers,
    /// Codes and citizen QRs.
    #[command(subcommand)]
    Code(Code),
}

/// What a volunteer or a coordinator does on an unlocked device.
#[derive(Debug, Subcommand)]
pub enum InSession {
    /// Shows a registration, with the draft that would correct it.
    Show { rid: String },
    /// Corrects a registration with a whole draft (JSON; `-` or nothing is standard input).
    Correct {
        rid: String,
        #[arg(default_value = "-")]
        draft: String,
    },
    /// The resident changed their mind.
    Withdraw { rid: String },
    /// Sends a record that had stopped once more as it is: after the ward said that the cause is mended.
    SendAgain { rid: String },
    /// Changes one's own PIN: the present one from TUNGNHA_PIN, the new one from TUNGNHA_NEW_PIN.
    ChangePin,
    /// Counts by state and whether they add up.
    Queue,
    /// What waits for the volunteer: refused records, with field and reason.
    Tasks,
    /// Finds people by name, number, phone, address or code.
    Search {
        text: String,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Pre-printed blank cards of the team.
    #[command(subcommand, alias = "card-pool")]
    Blanks(Blanks),
    /// The coordinator's board (only on a coordinator's device, with a network).
    Board {
        #[arg(long, value_name = "CODE")]
        commune: String,
    },
}

/// What leaves an unlocked device on paper. A file that exists is never written over.
#[derive(Debug, Subcommand)]
pub enum PaperCommand {
    /// Writes the resident's card as PDF.
    Card {
        rid: String,
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
    /// Writes cards as PDF, ten on a sheet of A4.
    Sheet {
        #[arg(required = true)]
        rids: Vec<String>,
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
    /// Writes the acknowledgement slip: as PDF, or for a receipt printer (ESC/POS) where the name ends in .bin.
    Slip {
        rid: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Writes the copy of the consent as PDF.
    ConsentCopy {
        rid: String,
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
    /// Prints on a print queue and waits a little for what becomes of it.
    Print {
        #[arg(required = true)]
        rids: Vec<String>,
        #[arg(long, value_enum, default_value = "card")]
        paper: PaperKind,
        /// Name of the queue, as `printers` shows it.
        #[arg(long, value_name = "NAME")]
        queue: String,
        /// Seconds to wait for the printer; the job stays in the queue in any case.
        #[arg(long, default_value_t = 20, value_name = "SECONDS")]
        patience: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaperKind {
    Card,
    Sheet,
    Slip,
    Consent,
}

#[derive(Debug, Subcommand)]
pub enum IdCardText {
    /// Parses what a scanner delivered, one card per file, bytes untouched (`-` is standard input).
    Parse {
        #[arg(required = true)]
        files: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Device {
    /// Uses an invitation from the ward.
    Enrol {
        #[arg(long)]
        gateway: String,
        #[arg(long)]
        invitation: String,
        #[command(flatten)]
        secret: SecretChoice,
    },
}

#[derive(Debug, ClapArgs)]
pub struct SecretChoice {
    /// Where the device secret is kept: the system's keyring, a file (weaker), or a file only where there is no keyring.
    #[arg(long, value_enum, default_value = "auto")]
    pub secret: SecretPlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecretPlace {
    Auto,
    Keyring,
    File,
}

#[derive(Debug, Subcommand)]
pub enum Blanks {
    /// Hands a card to a registration, by the text of its QR or a picture of it. Needs no network.
    Bind {
        rid: String,
        #[arg(required_unless_present = "image", conflicts_with = "image")]
        text: Option<String>,
        /// A picture (PNG, JPEG) of the card.
        #[arg(long, value_name = "FILE")]
        image: Option<PathBuf>,
    },
    /// A card is torn, badly printed or lost: by its number, the text of its QR or a picture of it.
    Spoil {
        #[arg(required_unless_present = "image", conflicts_with = "image")]
        text: Option<String>,
        /// A picture (PNG, JPEG) of the card.
        #[arg(long, value_name = "FILE")]
        image: Option<PathBuf>,
    },
    /// Cards used on this device, the last first, and then the account.
    List,
}

#[derive(Debug, Subcommand)]
pub enum Code {
    /// Checks a code, or a citizen QR by its text or picture. Needs no network; with `--home` it knows the city's devices.
    Verify {
        #[arg(required_unless_present = "image", conflicts_with = "image")]
        text: Option<String>,
        /// A picture (PNG, JPEG) of the QR.
        #[arg(long, value_name = "FILE")]
        image: Option<PathBuf>,
    },
}
