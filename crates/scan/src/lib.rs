//! Picture or camera frame -> the bytes of every QR code in it. Pure: no files, no clock.
//!
//! A code is handed over as the **bytes** it carries, never as text whose character set somebody guessed: guessing turns
//! "Máy" into "M獺y", and then nobody can tell a damaged card from a mangled one. What the bytes mean is for `domain` to say.
//!
//! ```
//! # fn read(png: &[u8]) -> Result<(), scan::ScanError> {
//! let mut tries = 0;
//! let found = scan::scan_picture(png, &mut || { tries += 1; tries < 6 })?;
//! for code in &found {
//!     println!("{} bytes, read by {}", code.bytes.len(), code.stage);
//! }
//! # Ok(())
//! # }
//! ```

mod filter;
pub mod frame;
mod live;
mod luma;
mod picture;
mod qr;
mod reader;
mod soft;
mod stage;

pub use live::{FOLLOWED, Live, TOGETHER};
pub use luma::Luma;
pub use picture::{MAX_DECODED_BYTES, MAX_PIXELS, ScanError, decode_picture};
pub use stage::{Run, STAGES, Stage};

use std::fmt;

/// One QR code read from a picture.
#[derive(Clone, PartialEq)]
pub struct Found {
    /// Exactly the bytes in the symbol: segments of every mode one after the other, without byte order marks added or
    /// removed and without regard to a character set the symbol may announce (ECI).
    pub bytes: Vec<u8>,
    /// The bytes as text, only when they are valid UTF-8.
    pub text: Option<String>,
    /// Name of the stage in [`STAGES`] that read it, or [`TOGETHER`] or [`FOLLOWED`].
    pub stage: &'static str,
    /// Corners of the symbol in pixels of the picture scanned, one after the other around it.
    pub corners: [(f32, f32); 4],
}

impl Found {
    pub(crate) fn new(bytes: Vec<u8>, corners: [(f32, f32); 4]) -> Self {
        let text = std::str::from_utf8(&bytes).ok().map(str::to_owned);
        Self {
            bytes,
            text,
            stage: "",
            corners,
        }
    }
}

/// What a card says is personal data: only its length is shown.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("len", &self.bytes.len())
            .field("utf8", &self.text.is_some())
            .field("stage", &self.stage)
            .field("corners", &self.corners)
            .finish()
    }
}

/// Every QR code in a PNG, JPEG or WebP file (told apart by their first bytes, not by a name).
///
/// `budget` is asked before each stage after the first and says whether there is time for it; with `false` the search ends
/// with what was found so far. An empty list means that no code could be read. Orientation marks in the file (EXIF) are not
/// needed: a QR code reads the same from every side.
///
/// # Errors
/// [`ScanError`] when the file is not a picture, too large to decode, or damaged.
pub fn scan_picture(file: &[u8], budget: &mut dyn FnMut() -> bool) -> Result<Vec<Found>, ScanError> {
    let picture = decode_picture(file)?;
    let mut sight = soft::Sight::new(&picture);
    let mut found = first(&mut sight, budget);
    if !found.is_empty() {
        add(&mut found, sight.others(budget));
    }
    Ok(found)
}

/// The QR codes in a grey picture that the first stage reads which reads any: enough where one card is held up. `budget`
/// as in [`scan_picture`].
pub fn scan_luma(picture: &Luma, budget: &mut dyn FnMut() -> bool) -> Vec<Found> {
    first(&mut soft::Sight::new(picture), budget)
}

fn first(sight: &mut soft::Sight<'_>, budget: &mut dyn FnMut() -> bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (index, stage) in STAGES.iter().enumerate() {
        if stage.run == Run::OnMiss && !found.is_empty() {
            break;
        }
        if index > 0 && !budget() {
            break;
        }
        add(&mut found, stage.attempt(sight));
    }
    found
}

fn add(found: &mut Vec<Found>, more: Vec<Found>) {
    for code in more {
        if !found.iter().any(|known| known.bytes == code.bytes) {
            found.push(code);
        }
    }
}
