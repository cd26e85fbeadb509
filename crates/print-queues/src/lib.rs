//! The machine's printers behind the port [`app::paper::printer::Printer`]: CUPS, spoken to in its own protocol (IPP,
//! RFC 8010 and 8011) over its own socket, and receipt printers behind a device file.
//!
//! The protocol and not the programs `lp` and `lpstat`: their answers are sentences in the machine's language, and they do
//! not tell why a job waits.

mod address;
mod cups;
mod device;
mod http;
mod ipp_message;

pub use cups::Cups;
pub use device::DeviceFiles;

use app::paper::printer::{Job, JobStatus, PrintQueue, Printer, PrinterError};

/// All printers of this machine.
pub struct System {
    cups: Cups,
    files: DeviceFiles,
}

impl System {
    /// The machine's CUPS and the receipt printers that it can see.
    pub fn new() -> Self {
        Self {
            cups: Cups::of_this_machine(),
            files: DeviceFiles::default(),
        }
    }

    /// A queue that is named by a path is a device file; CUPS allows no slash in a name.
    fn of(&self, queue: &str) -> &dyn Printer {
        if queue.starts_with('/') {
            &self.files
        } else {
            &self.cups
        }
    }
}

impl Default for System {
    fn default() -> Self {
        Self::new()
    }
}

impl Printer for System {
    fn queues(&self) -> Result<Vec<PrintQueue>, PrinterError> {
        let files = self.files.queues()?;
        match self.cups.queues() {
            Ok(mut queues) => {
                queues.extend(files);
                Ok(queues)
            }
            // A machine without CUPS still has its receipt printer.
            Err(_) if !files.is_empty() => Ok(files),
            Err(error) => Err(error),
        }
    }

    fn submit(&self, queue: &str, job: &Job<'_>) -> Result<u32, PrinterError> {
        self.of(queue).submit(queue, job)
    }

    fn job(&self, queue: &str, job: u32) -> Result<JobStatus, PrinterError> {
        self.of(queue).job(queue, job)
    }

    fn forget(&self, queue: &str, job: u32) -> Result<(), PrinterError> {
        self.of(queue).forget(queue, job)
    }
}
