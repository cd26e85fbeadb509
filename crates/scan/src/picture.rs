//! A picture file becomes grey pixels, within limits that are checked before anything large is allocated.

use crate::Luma;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Largest picture taken: 50 megapixels, more than the cameras of today's phones deliver by default.
pub const MAX_PIXELS: u64 = 50_000_000;
/// Most memory that decoding may take, in bytes.
pub const MAX_DECODED_BYTES: u64 = 256 << 20;

/// Why a file was not scanned. Nothing of its content is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Neither PNG, JPEG nor WebP by its first bytes.
    #[error("not a PNG, JPEG or WebP picture")]
    NotAPicture,
    /// More than [`MAX_PIXELS`] or [`MAX_DECODED_BYTES`].
    #[error("the picture is larger than can be decoded")]
    TooLarge,
    /// Begins like a picture but cannot be decoded.
    #[error("the picture is damaged or incomplete")]
    Damaged,
}

impl ScanError {
    /// Stable code for programs and translations.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAPicture => "not_a_picture",
            Self::TooLarge => "too_large",
            Self::Damaged => "damaged",
        }
    }
}

/// Decodes a PNG, JPEG or WebP file to grey. Transparent parts are taken as lying on white paper.
///
/// # Errors
/// [`ScanError`]; the size is checked against the limits before pixels are decoded.
pub fn decode_picture(file: &[u8]) -> Result<Luma, ScanError> {
    let format = match image::guess_format(file) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        _ => return Err(ScanError::NotAPicture),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(classify)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(ScanError::TooLarge);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(classify)?;
    let grey = if picture.color().has_alpha() {
        let with_alpha = picture.into_luma_alpha8();
        let over_white = |&[grey, alpha]: &[u8; 2]| {
            let (grey, alpha) = (u16::from(grey), u16::from(alpha));
            ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        with_alpha.pixels().map(|pixel| over_white(&pixel.0)).collect()
    } else {
        picture.into_luma8().into_raw()
    };
    Luma::new(width as usize, height as usize, grey).ok_or(ScanError::Damaged)
}

fn classify(error: ImageError) -> ScanError {
    match error {
        ImageError::Limits(_) => ScanError::TooLarge,
        _ => ScanError::Damaged,
    }
}
