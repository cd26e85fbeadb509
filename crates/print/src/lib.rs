//! What is printed, as bytes: the card as a PDF, QR codes as pictures. Pure: no printer, no files, no clock, and the same
//! input gives the same bytes.
//!
//! Names are never cut: they are set smaller and on more lines until they fit. The font is in the file, so that every
//! Vietnamese and ethnic-minority letter looks the same on every machine.

mod blank;
mod canvas;
mod card;
mod error;
mod look;
mod qr;
mod sheet;
mod typeset;

pub use blank::{BlankFace, blank_sheet_pdf};
pub use card::{CARD_HEIGHT_MM, CARD_WIDTH_MM, CardFace, card_pdf};
pub use error::PrintError;
pub use qr::{ErrorCorrection, qr_png};
pub use sheet::{SHEET_CARDS, sheet_pdf};
