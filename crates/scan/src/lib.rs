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

mod budget;
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
pub use stage::{STAGES, Stage};

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
/// `budget` is asked before each stage after the first, and many times within them, whether there is time to go on; with
/// `false` the search ends with what was found so far. An empty list means that no code could be read. Orientation marks in the file (EXIF) are not
/// needed: a QR code reads the same from every side.
///
/// # Errors
/// [`ScanError`] when the file is not a picture, too large to decode, or damaged.
pub fn scan_picture(file: &[u8], budget: &mut dyn FnMut() -> bool) -> Result<Vec<Found>, ScanError> {
    let picture = decode_picture(file)?;
    let mut search = Search::new(&picture);
    let mut found = search.first(budget);
    if !found.is_empty() {
        add(&mut found, search.sight.others(budget));
    }
    Ok(found)
}

/// The QR codes in a grey picture that the first stage reads which reads any: enough where one card is held up. `budget`
/// as in [`scan_picture`].
pub fn scan_luma(picture: &Luma, budget: &mut dyn FnMut() -> bool) -> Vec<Found> {
    Search::new(picture).first(budget)
}

/// A search in single steps, one stage after the other, for whoever wants to know what each of them costs.
pub struct Search<'a> {
    sight: soft::Sight<'a>,
    stages: std::slice::Iter<'static, Stage>,
}

impl<'a> Search<'a> {
    /// Nothing looked at yet.
    pub fn new(picture: &'a Luma) -> Self {
        Self {
            sight: soft::Sight::new(picture),
            stages: STAGES.iter(),
        }
    }

    /// What the next stage reads, building on what those before it saw; `None` when there is none left. `budget` as in
    /// [`scan_picture`].
    pub fn step(&mut self, budget: &mut dyn FnMut() -> bool) -> Option<Vec<Found>> {
        let stage = self.stages.next()?;
        let mut found = Vec::new();
        add(&mut found, stage.attempt(&mut self.sight, budget));
        Some(found)
    }

    fn first(&mut self, budget: &mut dyn FnMut() -> bool) -> Vec<Found> {
        let mut left = true;
        let mut budget = || {
            left = left && budget();
            left
        };
        while let Some(found) = self.step(&mut budget) {
            if !found.is_empty() || !budget() {
                return found;
            }
        }
        Vec::new()
    }
}

impl fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}

fn add(found: &mut Vec<Found>, more: Vec<Found>) {
    for code in more {
        if !found.iter().any(|known| known.bytes == code.bytes) {
            found.push(code);
        }
    }
}
