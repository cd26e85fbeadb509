//! The window's own parts: who hears events, and printers that print nothing.

use app::paper::{
    printer::{Loaded, Printer, Speaks, Trouble},
    simulated::Simulated,
};
use host::{Desk, Event};
use serde_json::Value;
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::broadcast;

/// An event's name and what it carries.
pub type Told = (&'static str, Value);

/// The desk of a stage.
pub struct StageDesk {
    ears: broadcast::Sender<Told>,
    prints: PathBuf,
    /// The machine's printers.
    pub printer: Arc<Simulated>,
}

/// Queues of a ward office: cards, sheets, and a receipt printer that is switched off.
const CARDS: &str = "Máy in thẻ";
const OFFICE: &str = "Máy in văn phòng";
const RECEIPTS: &str = "Máy in phiếu";

/// How the printers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Printers {
    /// Two work, one is switched off.
    #[default]
    Well,
    /// Nothing lies in any of them.
    Empty,
    /// Nothing on this machine prints.
    None,
}

impl StageDesk {
    pub fn new(prints: PathBuf, printers: Printers) -> Self {
        let printer = Simulated::new();
        printer.away(printers == Printers::None);
        printer.add(CARDS, Loaded::Cards, Speaks::Pdf);
        printer.add(OFFICE, Loaded::Sheets, Speaks::Pdf);
        printer.add(RECEIPTS, Loaded::Roll, Speaks::EscPos);
        printer.trouble(RECEIPTS, Some(Trouble::Offline));
        if printers == Printers::Empty {
            for name in [CARDS, OFFICE] {
                printer.trouble(name, Some(Trouble::OutOfPaper));
            }
        }
        Self {
            ears: broadcast::channel(1024).0,
            prints,
            printer: Arc::new(printer),
        }
    }

    /// Hears every event from now on.
    pub fn listen(&self) -> broadcast::Receiver<Told> {
        self.ears.subscribe()
    }
}

impl Desk for StageDesk {
    fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.ears.send((event.name(), event.payload()));
    }

    fn open_file(&self, path: &Path) -> io::Result<()> {
        std::fs::metadata(path).map(drop)
    }

    fn printer(&self) -> Arc<dyn Printer> {
        self.printer.clone()
    }

    fn print_folder(&self) -> PathBuf {
        self.prints.clone()
    }
}
