//! What the program tells the window, and what it asks of the system around it.

use app::{
    host::{Desk, Event},
    paper::printer::Printer,
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tauri::{AppHandle, Emitter as _};

/// The window as the program sees it.
pub struct WindowDesk {
    app: AppHandle,
    prints: PathBuf,
    printer: Arc<dyn Printer>,
}

impl WindowDesk {
    pub fn new(app: AppHandle, prints: PathBuf) -> Self {
        Self {
            app,
            prints,
            printer: Arc::new(printers::System::new()),
        }
    }
}

impl Desk for WindowDesk {
    fn tell(&self, event: Event) {
        // A window that is being closed hears nothing more, and needs nothing more.
        let _ = match event {
            Event::State { state } => self.app.emit("state", state),
            Event::Changed => self.app.emit("changed", ()),
            Event::Scan { told } => self.app.emit("scan", told),
        };
    }

    fn open_file(&self, path: &Path) -> io::Result<()> {
        open::that_detached(path)
    }

    fn printer(&self) -> Arc<dyn Printer> {
        Arc::clone(&self.printer)
    }

    fn print_folder(&self) -> PathBuf {
        self.prints.clone()
    }
}
