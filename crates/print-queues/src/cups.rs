//! CUPS.

use crate::{
    address::Address,
    http,
    ipp_message::{Answer, Group, Question},
};
use app::paper::printer::{Job, JobState, JobStatus, Loaded, PrintQueue, Printer, PrinterError, Speaks, Trouble};
use ipp::{model::Operation, parser::IppParseError, value::IppValue};
use std::path::Path;

/// A CUPS server: that of this machine, or one that a test started.
#[derive(Debug, Clone)]
pub struct Cups {
    /// Or why nothing may be sent there.
    address: Result<Address, PrinterError>,
    user: String,
}

/// A login in bytes, as IPP takes it (RFC 8011 5.1.3).
const LONGEST_NAME: usize = 255;

/// What we want to know of a queue.
const OF_PRINTER: [&str; 8] = [
    "printer-name",
    "printer-info",
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "media-default",
];

impl Cups {
    /// Where `CUPS_SERVER` says, if that is on this machine, else at the usual socket.
    pub fn of_this_machine() -> Self {
        Self::of_server(std::env::var("CUPS_SERVER").ok().as_deref())
    }

    /// Where this value of `CUPS_SERVER` says. Another machine is never asked: each call answers
    /// [`PrinterError::Elsewhere`].
    pub fn of_server(server: Option<&str>) -> Self {
        let address = match server {
            Some(server) if !server.is_empty() => Address::of_server(server),
            _ => Ok(Address::usual()),
        };
        Self { address, user: login() }
    }

    /// Behind a socket.
    pub fn at(socket: &Path) -> Self {
        Self {
            address: Ok(Address::Socket(socket.to_owned())),
            user: login(),
        }
    }

    fn ask(&self, path: &str, question: Question, document: &[u8]) -> Result<Answer, PrinterError> {
        let address = self.address.as_ref().map_err(|error| *error)?;
        let answer = Answer::read(http::post(address, path, &self.user, question.finish(document))?)?;
        match answer.status {
            // Successful, also with attributes ignored.
            0x0000..=0x00ff => Ok(answer),
            0x0401..=0x0403 => Err(PrinterError::Denied),
            0x0406 | 0x0407 => Err(PrinterError::UnknownQueue),
            0x0506 => Err(PrinterError::NotAccepting),
            _ => Err(PrinterError::Answer),
        }
    }

    /// The queue that CUPS prefers, where it has one.
    fn default_queue(&self) -> Option<String> {
        let question = Question::new(Operation::CupsGetDefault).and_then(|new| new.asking(&["printer-name"]));
        let answer = self.ask("/", question.ok()?, b"").ok()?;
        answer.printers().next()?.text("printer-name").map(str::to_owned)
    }

    fn trouble_of(&self, queue: &str) -> Option<Trouble> {
        let question = Question::of_queue(Operation::GetPrinterAttributes, printer_uri(queue))
            .and_then(|about| about.asking(&OF_PRINTER));
        let answer = self.ask("/", question.ok()?, b"").ok()?;
        trouble(answer.printers().next()?)
    }
}

impl Printer for Cups {
    fn queues(&self) -> Result<Vec<PrintQueue>, PrinterError> {
        let question = Question::new(Operation::CupsGetPrinters)?.asking(&OF_PRINTER)?;
        let answer = match self.ask("/", question, b"") {
            // How CUPS says that there is none.
            Err(PrinterError::UnknownQueue) => return Ok(Vec::new()),
            answer => answer?,
        };
        let default = self.default_queue();
        Ok(answer
            .printers()
            .filter_map(|group| {
                let name = group.text("printer-name")?.to_owned();
                let trouble = trouble(group);
                Some(PrintQueue {
                    is_default: default.as_ref() == Some(&name),
                    description: group.text("printer-info").unwrap_or_default().to_owned(),
                    speaks: speaks(group),
                    loaded: loaded(group),
                    ready: trouble.is_none(),
                    trouble,
                    name,
                })
            })
            .collect())
    }

    fn submit(&self, queue: &str, job: &Job<'_>) -> Result<u32, PrinterError> {
        let format = match job.speaks {
            Speaks::Pdf => "application/pdf",
            Speaks::EscPos => "application/vnd.cups-raw",
        };
        let mut question = Question::of_queue(Operation::PrintJob, printer_uri(queue))?
            .with("requesting-user-name", name(&self.user))?
            .with("job-name", name(job.title))?
            .with("document-format", IppValue::new_mime_media_type(format))?
            // A banner page would carry the queue's owner around on top of somebody's card.
            .of_the_job("job-sheets", IppValue::new_keyword("none"))?;
        if job.speaks == Speaks::Pdf {
            // Never "fit to page": a module of the code is as large as it was drawn.
            question = question.of_the_job("print-scaling", IppValue::new_keyword("none"))?;
        }
        if let Some(media) = job.media {
            question = question.of_the_job("media", IppValue::new_keyword(media))?;
        }
        let answer = self.ask(&format!("/printers/{}", escaped(queue)), question, job.document)?;
        let id = answer.job().and_then(|job| job.number("job-id"));
        u32::try_from(id.ok_or(PrinterError::Answer)?).map_err(|_| PrinterError::Answer)
    }

    fn job(&self, queue: &str, job: u32) -> Result<JobStatus, PrinterError> {
        let question =
            Question::of_job(Operation::GetJobAttributes, job_uri(job))?.asking(&["job-state", "job-state-reasons"])?;
        let answer = self.ask("/", question, b"").map_err(as_job)?;
        let group = answer.job().ok_or(PrinterError::Answer)?;
        let state = match group.number("job-state") {
            Some(3 | 4 | 6) => JobState::Waiting,
            Some(5) => JobState::Printing,
            Some(7) => JobState::Cancelled,
            Some(8) => JobState::Failed,
            Some(9) => JobState::Done,
            _ => return Err(PrinterError::Answer),
        };
        let trouble = match state {
            JobState::Done | JobState::Cancelled => None,
            _ => self
                .trouble_of(queue)
                .or((state == JobState::Failed).then_some(Trouble::Other)),
        };
        Ok(JobStatus { state, trouble })
    }

    fn forget(&self, _: &str, job: u32) -> Result<(), PrinterError> {
        let question = Question::of_job(Operation::CancelJob, job_uri(job))?
            .with("requesting-user-name", name(&self.user))?
            // CUPS keeps a finished job's document for a day unless it is told otherwise.
            .with("purge-job", Ok(IppValue::new_boolean(true)))?;
        self.ask("/jobs", question, b"").map(drop).map_err(as_job)
    }
}

fn name(of: &str) -> Result<IppValue, IppParseError> {
    IppValue::new_name_without_language(of)
}

fn as_job(error: PrinterError) -> PrinterError {
    match error {
        PrinterError::UnknownQueue => PrinterError::UnknownJob,
        other => other,
    }
}

/// The name as a part of an address.
fn escaped(queue: &str) -> String {
    queue.bytes().fold(String::new(), |mut address, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address += &format!("%{byte:02X}");
        }
        address
    })
}

fn printer_uri(queue: &str) -> String {
    format!("ipp://localhost/printers/{}", escaped(queue))
}

fn job_uri(job: u32) -> String {
    format!("ipp://localhost/jobs/{job}")
}

/// A raw queue passes on what it gets; receipt printers are set up like that.
fn speaks(group: Group<'_>) -> Speaks {
    match group.text("printer-make-and-model") {
        Some(model) if model.to_ascii_lowercase().contains("raw") => Speaks::EscPos,
        _ => Speaks::Pdf,
    }
}

fn loaded(group: Group<'_>) -> Loaded {
    if speaks(group) == Speaks::EscPos {
        return Loaded::Roll;
    }
    match group.text("media-default").and_then(size_mm) {
        Some((width, height)) if width.max(height) <= 95.0 => Loaded::Cards,
        Some((width, _)) if width <= 90.0 => Loaded::Roll,
        _ => Loaded::Sheets,
    }
}

/// Width and height in millimetres from a PWG 5101.1 name such as `iso_a4_210x297mm` or `na_letter_8.5x11in`.
fn size_mm(name: &str) -> Option<(f32, f32)> {
    let size = name.rsplit('_').next()?;
    let (size, unit) = match (size.strip_suffix("mm"), size.strip_suffix("in")) {
        (Some(size), _) => (size, 1.0),
        (_, Some(size)) => (size, 25.4),
        _ => return None,
    };
    let (width, height) = size.split_once('x')?;
    Some((width.parse::<f32>().ok()? * unit, height.parse::<f32>().ok()? * unit))
}

/// What is in the way, the thing a person can mend first (RFC 8011 5.4.12; CUPS adds some of its own).
fn trouble(group: Group<'_>) -> Option<Trouble> {
    let reasons: Vec<&str> = group
        .texts("printer-state-reasons")
        // A warning does not keep paper from coming out.
        .filter(|reason| !reason.ends_with("-warning"))
        .map(|reason| reason.trim_end_matches("-error").trim_end_matches("-report"))
        .collect();
    let any = |of: &[&str]| reasons.iter().any(|reason| of.contains(reason));
    if any(&["media-empty", "media-needed", "input-tray-missing"]) {
        Some(Trouble::OutOfPaper)
    } else if any(&["media-jam"]) {
        Some(Trouble::Jam)
    } else if any(&["cover-open", "door-open", "interlock-open"]) {
        Some(Trouble::CoverOpen)
    } else if any(&["toner-empty", "marker-supply-empty", "marker-supply-missing"]) {
        Some(Trouble::OutOfInk)
    } else if any(&["offline", "connecting-to-device", "timed-out", "shutdown"]) || says_away(group) {
        Some(Trouble::Offline)
    } else if group.number("printer-state") == Some(5) {
        Some(Trouble::Stopped)
    } else if group.truth("printer-is-accepting-jobs") == Some(false) {
        Some(Trouble::NotAccepting)
    } else {
        None
    }
}

/// Some of CUPS's own backends (socket, usb) give no reason for a printer that does not answer, only this sentence.
fn says_away(group: Group<'_>) -> bool {
    let said = group
        .text("printer-state-message")
        .unwrap_or_default()
        .to_ascii_lowercase();
    [
        "unavailable",
        "not responding",
        "to become available",
        "unable to locate",
    ]
    .iter()
    .any(|words| said.contains(words))
}

/// The name under which CUPS counts us as a job's owner.
fn login() -> String {
    #[cfg(unix)]
    if rustix::process::getuid().is_root() {
        return "root".to_owned();
    }
    login_from(|name| std::env::var(name).ok())
}

/// The first of the usual variables that holds a name. It goes into a header and a message, and no name has a line end.
fn login_from(variable: impl Fn(&str) -> Option<String>) -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(variable)
        .find(|name| (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control))
        .unwrap_or_else(|| "anonymous".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_paper_from_their_names() {
        assert_eq!(size_mm("iso_a4_210x297mm"), Some((210.0, 297.0)));
        assert_eq!(size_mm("na_letter_8.5x11in"), Some((215.9, 279.4)));
        assert_eq!(size_mm("custom_cr80_53.98x85.6mm"), Some((53.98, 85.6)));
        assert_eq!(size_mm("A4"), None);
        assert_eq!(size_mm(""), None);
    }

    #[test]
    fn a_login_is_a_name_or_another_variable_is_asked() {
        let login = |user: &str, logname: &str| {
            let (user, logname) = (user.to_owned(), logname.to_owned());
            login_from(move |name| match name {
                "USER" => Some(user.clone()),
                "LOGNAME" => Some(logname.clone()),
                _ => None,
            })
        };
        assert_eq!(login("nguyen", "tran"), "nguyen");
        let long = "n".repeat(LONGEST_NAME + 1);
        for injected in ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\u{85}b", "", &long] {
            assert_eq!(login(injected, "tran"), "tran", "{injected:?}");
            assert_eq!(login(injected, injected), "anonymous", "{injected:?}");
        }
    }

    #[test]
    fn a_queue_is_named_safely_in_an_address() {
        assert_eq!(escaped("Van_phong-1.2"), "Van_phong-1.2");
        assert_eq!(escaped("Văn phòng/?#"), "V%C4%83n%20ph%C3%B2ng%2F%3F%23");
    }
}
