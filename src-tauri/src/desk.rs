//! What the program tells the window, and what it asks of the system around it.

use app::paper::printer::Printer;
use host::{Desk, Event};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tauri::{AppHandle, Emitter as _};

/// The window as the program sees it.
pub struct WindowDesk {
    app: AppHandle,
    look: PathBuf,
    prints: PathBuf,
    printer: Arc<dyn Printer>,
}

impl WindowDesk {
    pub fn new(app: AppHandle, look: PathBuf, prints: PathBuf) -> Self {
        Self {
            app,
            look,
            prints,
            printer: Arc::new(print_queues::System::new()),
        }
    }
}

impl Desk for WindowDesk {
    fn tell(&self, event: Event) {
        // A window that is being closed hears nothing more, and needs nothing more.
        let _ = self.app.emit(event.name(), event.payload());
    }

    fn open_file(&self, path: &Path) -> io::Result<()> {
        open::that_detached(path)
    }

    fn printer(&self) -> Arc<dyn Printer> {
        Arc::clone(&self.printer)
    }

    fn look_file(&self) -> Option<PathBuf> {
        Some(self.look.clone())
    }

    fn print_folder(&self) -> PathBuf {
        self.prints.clone()
    }
}
