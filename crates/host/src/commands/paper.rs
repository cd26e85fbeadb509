//! Commands about paper: queues, preview, printing, what became of it, scan-back.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    wire::{Nothing, paper::*},
};
use app::{
    AppError,
    paper::{
        Paper, ScannedBack,
        printer::{JobState, PrinterError, Trouble},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::sync::{MutexGuard, PoisonError};

/// A job as this program knows it.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    queue: String,
    /// The print system's number.
    job: u32,
    paper: Paper,
    /// Known for good once it is over: then the print system is asked to forget it.
    state: JobState,
    trouble: Option<Trouble>,
}

impl Host {
    fn orders(&self) -> MutexGuard<'_, Vec<Order>> {
        self.prints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn printers(&self, _: Nothing) -> Result<Printers, Failure> {
        let session = self.session()?;
        let (queues, trouble) = match self.desk.printer().queues() {
            Ok(queues) => (queues, None),
            Err(error) => (Vec::new(), Some(error.code().to_owned())),
        };
        let mut chosen = session.print_queues()?;
        chosen.retain(|(_, name)| queues.iter().any(|queue| &queue.name == name));
        Ok(Printers {
            queues,
            chosen,
            trouble,
        })
    }

    pub(crate) async fn preview(&self, args: PaperWanted) -> Result<Preview, Failure> {
        let session = self.session()?;
        let (png, pages) = session.preview(args.paper, &args.rids, args.page as usize)?;
        Ok(Preview {
            png: STANDARD.encode(png),
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
        })
    }

    pub(crate) async fn print_paper(&self, args: PrintPaper) -> Result<PrintJob, Failure> {
        let session = self.session()?;
        let job = session.print(&*self.desk.printer(), &args.queue, args.paper, &args.rids)?;
        let order = Order {
            queue: args.queue,
            job,
            paper: args.paper,
            state: JobState::Waiting,
            trouble: None,
        };
        let number = {
            let mut orders = self.orders();
            orders.push(order);
            u32::try_from(orders.len()).unwrap_or(u32::MAX)
        };
        self.looked_at(number)
    }

    pub(crate) async fn print_job(&self, args: ByJob) -> Result<PrintJob, Failure> {
        self.session()?;
        self.looked_at(args.job)
    }

    pub(crate) async fn cancel_print(&self, args: ByJob) -> Result<PrintJob, Failure> {
        self.session()?;
        // It may have come out while the hand went to the button.
        let before = self.looked_at(args.job)?;
        if !before.state.is_over() {
            let order = self.order(args.job)?;
            match self.desk.printer().forget(&order.queue, order.job) {
                Ok(()) | Err(PrinterError::UnknownJob) => {
                    self.settle(args.job, JobState::Cancelled, None);
                }
                Err(error) => return Err(AppError::from(error).into()),
            }
        }
        self.looked_at(args.job)
    }

    pub(crate) async fn open_paper(&self, args: PaperWanted) -> Result<Nothing, Failure> {
        let session = self.session()?;
        let document = session.paper(args.paper, &args.rids)?;
        let first = *args
            .rids
            .first()
            .ok_or_else(|| Failure::from(HostRefusal::NothingToPrint))?;
        let path = self.put_print(first, &document.pdf)?;
        self.desk
            .open_file(&path)
            .map_err(|_| Failure::from(HostRefusal::NoViewer))?;
        Ok(Nothing)
    }

    pub(crate) async fn scan_back(&self, args: ScanBack) -> Result<ScannedBack, Failure> {
        let session = self.session()?;
        let texts = match (args.text, args.picture) {
            (Some(text), None) => vec![text],
            (None, Some(picture)) => {
                // Bytes that are no text are a code all the same: none of ours.
                let text = |found: scan::Found| found.text.unwrap_or_else(|| "?".to_owned());
                self.codes_in(&picture)?.into_iter().map(text).collect()
            }
            _ => return Err(HostRefusal::MalformedArguments.into()),
        };
        Ok(session.scan_back(args.rid, &texts)?)
    }

    fn order(&self, number: u32) -> Result<Order, Failure> {
        let at = (number as usize).checked_sub(1);
        at.and_then(|at| self.orders().get(at).cloned())
            .ok_or_else(|| Failure::from(app::AppError::from(PrinterError::UnknownJob)))
    }

    fn settle(&self, number: u32, state: JobState, trouble: Option<Trouble>) {
        if let Some(order) = self.orders().get_mut(number as usize - 1) {
            (order.state, order.trouble) = (state, trouble);
        }
    }

    /// Asks the print system, unless it is over; what is over leaves no document behind.
    fn looked_at(&self, number: u32) -> Result<PrintJob, Failure> {
        let order = self.order(number)?;
        if !order.state.is_over() {
            let printer = self.desk.printer();
            match printer.job(&order.queue, order.job) {
                Ok(status) => {
                    if status.state.is_over() {
                        let _ = printer.forget(&order.queue, order.job);
                    }
                    self.settle(number, status.state, status.trouble);
                }
                Err(PrinterError::UnknownJob) => self.settle(number, JobState::Unknown, None),
                // The print system does not answer now: the job is where it was.
                Err(_) => self.settle(number, order.state, Some(Trouble::Offline)),
            }
        }
        let order = self.order(number)?;
        Ok(PrintJob {
            job: number,
            paper: order.paper,
            queue: order.queue,
            state: order.state,
            trouble: order.trouble,
        })
    }

    /// Whoever leaves leaves no finished document in the print system. What still waits comes out when the printer does.
    pub(crate) fn forget_prints(&self) {
        let orders = std::mem::take(&mut *self.orders());
        let printer = self.desk.printer();
        for order in orders.iter().filter(|order| !order.state.is_over()) {
            if printer
                .job(&order.queue, order.job)
                .is_ok_and(|status| status.state.is_over())
            {
                let _ = printer.forget(&order.queue, order.job);
            }
        }
    }
}
