//! What is printed, as bytes: cards, sheets, slips and consent copies as PDF, slips as ESC/POS, pages and QR codes as pictures. Pure: no printer, no files, no clock, and the same
//! input gives the same bytes.
//!
//! Names are never cut: they are set smaller and on more lines until they fit. The font is in the file, so that every
//! Vietnamese and ethnic-minority letter looks the same on every machine.

mod blank;
mod canvas;
mod card;
mod consent;
mod error;
mod escpos;
mod flow;
mod look;
mod pixels;
mod qr;
mod sheet;
mod slip;
mod typeset;

pub use blank::{BlankFace, blank_sheet_pdf};
pub use card::{CARD_HEIGHT_MM, CARD_WIDTH_MM, CardFace, card_pdf};
pub use consent::{ConsentFace, SignedHow, SignerFace, consent_pdf};
pub use error::PrintError;
pub use escpos::{HEAD_DOTS, escpos};
pub use pixels::{page_count, page_png};
pub use qr::{ErrorCorrection, qr_png};
pub use sheet::{SHEET_CARDS, sheet_pdf};
pub use slip::{SLIP_WIDTH_MM, slip_pdf};
