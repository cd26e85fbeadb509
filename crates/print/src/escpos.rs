//! Bytes for a receipt printer that speaks ESC/POS: the slip's own PDF as dots, so that its letters need no code page of
//! the printer's.

use crate::{
    PrintError,
    pixels::page_dots,
    slip::{DOTS_PER_MM, HEAD_MM, SLIP_WIDTH_MM},
};
use image::GrayImage;

/// Dots across the head of an 80 mm printer at 203 dpi.
pub const HEAD_DOTS: u32 = (HEAD_MM * DOTS_PER_MM) as u32;
/// Rows in one picture command: small printers buffer no more.
const BAND: u32 = 256;

/// `ESC @`: forget what the last program set.
const INITIALISE: &[u8] = b"\x1b@";
/// `GS v 0`, normal size: then bytes per row and rows, two bytes each, low byte first.
const RASTER: &[u8] = b"\x1dv0\0";
/// `GS V 66 0`: feed to the knife and cut, leaving a point to tear.
const CUT: &[u8] = b"\x1dV\x42\0";

/// A slip's PDF as ESC/POS: its one page as a picture of [`HEAD_DOTS`] dots across, then a cut.
///
/// # Errors
/// [`PrintError::Document`] for anything but a PDF of that width.
pub fn escpos(pdf: &[u8]) -> Result<Vec<u8>, PrintError> {
    let page = page_dots(pdf, 0, DOTS_PER_MM)?;
    let side = (page.width().checked_sub(HEAD_DOTS)).ok_or(PrintError::Document)? / 2;
    if page.width() != (SLIP_WIDTH_MM * DOTS_PER_MM) as u32 {
        return Err(PrintError::Document);
    }
    let mut bytes = INITIALISE.to_vec();
    for top in (0..page.height()).step_by(BAND as usize) {
        band(&page, side, top, BAND.min(page.height() - top), &mut bytes);
    }
    bytes.extend(CUT);
    Ok(bytes)
}

fn band(page: &GrayImage, left: u32, top: u32, rows: u32, into: &mut Vec<u8>) {
    let across = HEAD_DOTS / 8;
    into.extend(RASTER);
    into.extend((across as u16).to_le_bytes());
    into.extend((rows as u16).to_le_bytes());
    for y in top..top + rows {
        for byte in 0..across {
            let bits = (0..8).map(|bit| page.get_pixel(left + byte * 8 + bit, y).0[0] < 128);
            into.push(bits.fold(0, |byte, dark| byte << 1 | u8::from(dark)));
        }
    }
}
