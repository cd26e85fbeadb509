//! QR codes as dark and light modules, and as a picture.

use crate::PrintError;
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits};
use std::io::Cursor;

/// Light modules that must stay free on each side (ISO/IEC 18004, 6.3.8).
pub(crate) const QUIET: usize = 4;

/// How much of a QR code may be unreadable (ISO/IEC 18004, table 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCorrection {
    /// About 7 %.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

impl From<ErrorCorrection> for EcLevel {
    fn from(level: ErrorCorrection) -> Self {
        match level {
            ErrorCorrection::L => Self::L,
            ErrorCorrection::M => Self::M,
            ErrorCorrection::Q => Self::Q,
            ErrorCorrection::H => Self::H,
        }
    }
}

/// The modules of a code, without quiet zone.
pub(crate) struct Modules {
    /// Modules per side.
    pub(crate) width: usize,
    dark: Vec<bool>,
}

impl Modules {
    fn of(code: QrCode) -> Self {
        Self {
            width: code.width(),
            dark: code
                .into_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect(),
        }
    }

    /// The shortest code for the text at level M; letters, digits and `$%*+-./:` in capitals take 5.5 bits each.
    pub(crate) fn of_text(text: &str) -> Result<Self, PrintError> {
        QrCode::with_error_correction_level(text, EcLevel::M)
            .map(Self::of)
            .map_err(|_| PrintError::QrTooLarge)
    }

    /// The bytes as one segment in byte mode, as card printers do it. Left to choose, the encoder may take some Vietnamese
    /// letters for Kanji, which gives the same bytes but makes other readers show Japanese.
    pub(crate) fn of_bytes(bytes: &[u8], level: ErrorCorrection) -> Result<Self, PrintError> {
        let level = level.into();
        let fits = |version| {
            let mut bits = Bits::new(Version::Normal(version));
            bits.push_byte_data(bytes).ok()?;
            bits.push_terminator(level).ok()?;
            QrCode::with_bits(bits, level).ok()
        };
        (1..=40).find_map(fits).map(Self::of).ok_or(PrintError::QrTooLarge)
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.width + x]
    }

    /// Dark stretches within one row each: (first column, row, length).
    pub(crate) fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for y in 0..self.width {
            for x in (0..self.width).filter(|&x| self.is_dark(x, y)) {
                match runs.last_mut() {
                    Some((first, row, length)) if *row == y && *first + *length == x => *length += 1,
                    _ => runs.push((x, y, 1)),
                }
            }
        }
        runs
    }
}

/// A PNG of the QR code of raw bytes in byte mode, black on white with a quiet zone of 4 modules, `module_px` pixels (at
/// least 1) per module.
///
/// # Errors
/// [`PrintError::QrTooLarge`] when no version of QR code holds so many bytes at this level.
pub fn qr_png(bytes: &[u8], module_px: u32, level: ErrorCorrection) -> Result<Vec<u8>, PrintError> {
    let modules = Modules::of_bytes(bytes, level)?;
    let module = module_px.max(1);
    let side = (modules.width + 2 * QUIET) as u32 * module;
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let inside = |v: u32| {
            ((v / module) as usize)
                .checked_sub(QUIET)
                .filter(|&v| v < modules.width)
        };
        let dark = matches!((inside(x), inside(y)), (Some(x), Some(y)) if modules.is_dark(x, y));
        Luma([if dark { 0 } else { 255 }])
    });
    let mut file = Cursor::new(Vec::new());
    picture
        .write_to(&mut file, ImageFormat::Png)
        .map_err(|_| PrintError::Document)?;
    Ok(file.into_inner())
}
