//! The window as the program sees it.

use crate::table::Event;
use app::paper::printer::{NoPrinter, Printer};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// The window's own parts, behind which a test puts others.
pub trait Desk: Send + Sync {
    /// Tells the window.
    fn tell(&self, event: Event);
    /// Opens a file with the system's viewer.
    fn open_file(&self, path: &Path) -> std::io::Result<()>;

    /// The machine's printers.
    fn printer(&self) -> Arc<dyn Printer> {
        Arc::new(NoPrinter)
    }

    /// Where the window's look is kept; `None` forgets it with the program.
    fn look_file(&self) -> Option<PathBuf> {
        None
    }

    /// Where cards lie between being made and being printed: a folder that is emptied at every lock and start. The
    /// session's own runtime folder is memory on most systems.
    fn print_folder(&self) -> PathBuf {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        runtime
            .unwrap_or_else(std::env::temp_dir)
            .join(format!("tung-nha-print-{}", std::process::id()))
    }
}
