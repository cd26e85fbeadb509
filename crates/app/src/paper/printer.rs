//! The port to the system's print queues. `tungnha-print-queues` speaks to CUPS and to receipt printers behind a device file;
//! a test puts a printer of its own here.

use serde::{Deserialize, Serialize};

/// What the printing side of a machine can do for us. Calls return within seconds and never wait for paper.
pub trait Printer: Send + Sync {
    /// All queues, in the system's order.
    ///
    /// # Errors
    /// [`PrinterError::NoSystem`] when nothing on this machine prints.
    fn queues(&self) -> Result<Vec<PrintQueue>, PrinterError>;

    /// Hands a document over. It is in the queue when this returns, also while the printer is away.
    ///
    /// # Errors
    /// [`PrinterError`]; then nothing was handed over.
    fn submit(&self, queue: &str, job: &Job<'_>) -> Result<u32, PrinterError>;

    /// What became of a job.
    ///
    /// # Errors
    /// [`PrinterError::UnknownJob`] once the system has forgotten it.
    fn job(&self, queue: &str, job: u32) -> Result<JobStatus, PrinterError>;

    /// Takes a job out of the queue, if it is still there, and erases what the system keeps of its document.
    ///
    /// # Errors
    /// [`PrinterError::UnknownJob`], [`PrinterError::Denied`].
    fn forget(&self, queue: &str, job: u32) -> Result<(), PrinterError>;
}

/// A document for a queue.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// ASCII, nothing personal: it stands in the system's logs.
    pub title: &'static str,
    /// In the language that the queue speaks.
    pub document: &'a [u8],
    /// That language.
    pub speaks: Speaks,
    /// Size of the paper by its PWG 5101.1 name, where it has to be a certain one.
    pub media: Option<&'static str>,
}

/// What a queue takes.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaks {
    /// PDF, which the system turns into what the printer wants.
    Pdf,
    /// ESC/POS, passed on as it is: a receipt printer.
    EscPos,
}

/// What lies in a printer.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loaded {
    /// Cards of ID-1 size.
    Cards,
    /// A roll of receipt paper.
    Roll,
    /// Sheets, A4 or near it.
    Sheets,
}

/// A queue.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintQueue {
    /// The system's name for it.
    pub name: String,
    /// A name for people, where somebody gave one.
    pub description: String,
    /// What it takes.
    pub speaks: Speaks,
    /// What lies in it.
    pub loaded: Loaded,
    /// Paper comes out as things stand; else `trouble` says why not.
    pub ready: bool,
    /// What is in the way.
    pub trouble: Option<Trouble>,
    /// The system's own choice.
    pub is_default: bool,
}

/// What keeps paper from coming out, in words that a volunteer can act on.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Switched off, unplugged or out of reach.
    Offline,
    /// Somebody or an error stopped the queue.
    Stopped,
    /// The queue takes no more jobs.
    NotAccepting,
    /// No paper or no cards.
    OutOfPaper,
    /// Paper is stuck.
    Jam,
    /// A door is open.
    CoverOpen,
    /// No toner, ink or ribbon.
    OutOfInk,
    /// Something else; the printer's own display says what.
    Other,
}

/// Where a job stands.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// In the queue.
    Waiting,
    /// On its way out.
    Printing,
    /// The system says it is printed.
    Done,
    /// Given up.
    Failed,
    /// Taken out of the queue.
    Cancelled,
    /// The system no longer knows it.
    Unknown,
}

impl JobState {
    /// Nothing more will happen to it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled | Self::Unknown)
    }
}

/// A job's state and what is in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobStatus {
    /// State.
    pub state: JobState,
    /// What is in its way, while it waits or after it failed.
    pub trouble: Option<Trouble>,
}

/// Why the printing side did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrinterError {
    /// Nothing on this machine prints, or it does not answer.
    #[error("no print system answers")]
    NoSystem,
    /// No such queue.
    #[error("no such print queue")]
    UnknownQueue,
    /// The queue takes no jobs.
    #[error("the print queue takes no jobs")]
    NotAccepting,
    /// No such job.
    #[error("no such print job")]
    UnknownJob,
    /// Not allowed.
    #[error("the print system does not allow this")]
    Denied,
    /// The print system that is set is on another machine: what is printed would cross the network in clear.
    #[error("the print system is on another machine")]
    Elsewhere,
    /// An answer that makes no sense.
    #[error("the print system answers in an unknown way")]
    Answer,
}

domain::coded! {
    PrinterError {
        PrinterError::NoSystem => "no_print_system",
        PrinterError::UnknownQueue => "print_queue_unknown",
        PrinterError::NotAccepting => "print_queue_closed",
        PrinterError::UnknownJob => "print_job_unknown",
        PrinterError::Denied => "print_denied",
        PrinterError::Elsewhere => "print_system_elsewhere",
        PrinterError::Answer => "print_answer",
    }
}

/// A machine without any way to print: there is still the PDF.
#[derive(Debug, Default)]
pub struct NoPrinter;

impl Printer for NoPrinter {
    fn queues(&self) -> Result<Vec<PrintQueue>, PrinterError> {
        Err(PrinterError::NoSystem)
    }

    fn submit(&self, _: &str, _: &Job<'_>) -> Result<u32, PrinterError> {
        Err(PrinterError::NoSystem)
    }

    fn job(&self, _: &str, _: u32) -> Result<JobStatus, PrinterError> {
        Err(PrinterError::NoSystem)
    }

    fn forget(&self, _: &str, _: u32) -> Result<(), PrinterError> {
        Err(PrinterError::NoSystem)
    }
}
