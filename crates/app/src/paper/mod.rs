//! Paper: what is printed of a registration, where it is printed, and what became of it.
//!
//! A printer that is away loses nothing: the registration does not know about paper, and the same paper can be made again
//! at any time, with the same code.

mod back;
pub mod card;
mod document;
pub mod printer;
pub mod simulated;

pub use back::ScannedBack;
pub use document::{Document, Paper};

use crate::AppError;
use std::path::Path;

/// Writes a document for the system's viewer: a file of its owner alone, in a folder that is emptied at every lock.
///
/// # Errors
/// `disk`, `disk_full`.
pub fn put_for_viewer(path: &Path, pdf: &[u8]) -> Result<(), AppError> {
    Ok(store::write_private(path, pdf)?)
}
