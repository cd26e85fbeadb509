//! Frames as cameras deliver them: to grey pixels without going through colour, and to a small picture for the window.
//!
//! A decoder needs the brightness only. Going through RGB, as general libraries do, costs twice the time of a whole
//! frame's decoding on a tablet; MJPEG gives its brightness alone, the others carry it beside the colour.

mod jpeg;

pub use jpeg::length as jpeg_length;

use crate::Luma;
use std::{borrow::Cow, panic::catch_unwind};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Longest side of a frame in pixels; a camera that says more is not believed.
pub const MAX_SIDE: usize = 4096;

/// How a camera writes its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// One JPEG per frame; its Huffman tables may be missing (the usual ones are meant).
    Mjpeg,
    /// Two pixels in four bytes: Y, U, Y, V.
    Yuyv,
    /// All Y first, then U and V in turn at half the size.
    Nv12,
    /// One byte per pixel.
    Grey,
}

impl PixelFormat {
    /// Bytes of a frame, rows without padding; `None` where that depends on the picture.
    pub fn frame_len(self, width: usize, height: usize) -> Option<usize> {
        let pixels = width.checked_mul(height)?;
        match self {
            Self::Mjpeg => None,
            Self::Yuyv => pixels.checked_mul(2),
            Self::Nv12 => pixels.checked_add(pixels.div_ceil(2)),
            Self::Grey => Some(pixels),
        }
    }
}

/// Why a frame gives no picture. One such frame is nothing: cameras send them when they start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Fewer bytes than the size needs.
    #[error("the frame is shorter than its size says")]
    Short,
    /// A JPEG that cannot be decoded.
    #[error("the frame is damaged")]
    Damaged,
    /// No pixels, or a side longer than [`MAX_SIDE`].
    #[error("the frame has a size no camera has")]
    Size,
}

/// One frame. Memory only: nothing writes it anywhere, and `Debug` shows no pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// Pixels per row. For MJPEG the picture itself says it better.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// How the bytes are meant.
    pub format: PixelFormat,
    /// The bytes; more than needed is no error, drivers hand over whole buffers.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("format", &self.format)
            .field("len", &self.bytes.len())
            .finish()
    }
}

/// A picture that a window can show.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    /// `image/jpeg` or `image/bmp`.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Frame {
    /// The grey pixels.
    ///
    /// # Errors
    /// [`FrameError`]; nothing is filled in.
    pub fn luma(&self) -> Result<Luma, FrameError> {
        if self.format == PixelFormat::Mjpeg {
            return jpeg_luma(&self.bytes);
        }
        let (width, height) = (self.width, self.height);
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return Err(FrameError::Size);
        }
        let needed = self.format.frame_len(width, height).ok_or(FrameError::Size)?;
        // The colour at the end of NV12 is not needed, so its lack does not matter.
        let needed = if self.format == PixelFormat::Nv12 {
            width * height
        } else {
            needed
        };
        let bytes = self.bytes.get(..needed).ok_or(FrameError::Short)?;
        let grey = match self.format {
            PixelFormat::Yuyv => bytes.as_chunks::<2>().0.iter().map(|pair| pair[0]).collect(),
            _ => bytes.to_vec(),
        };
        Luma::new(width, height, grey).ok_or(FrameError::Size)
    }

    /// A picture of it for the window: a JPEG goes as it is, anything else small and grey, at most `widest` pixels wide.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn preview(&self, widest: usize) -> Result<Preview, FrameError> {
        if self.format == PixelFormat::Mjpeg {
            let bytes = jpeg::complete(&self.bytes).ok_or(FrameError::Damaged)?;
            return Ok(Preview {
                mime: "image/jpeg",
                bytes: bytes.into_owned(),
            });
        }
        let luma = self.luma()?;
        Ok(Preview {
            mime: "image/bmp",
            bytes: bmp(&luma, luma.width().div_ceil(widest.max(1)).max(1)),
        })
    }
}

/// The brightness of a JPEG; the colours are not even decoded.
fn jpeg_luma(bytes: &[u8]) -> Result<Luma, FrameError> {
    let whole = jpeg::complete(bytes).ok_or(FrameError::Damaged)?;
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE);
    let decode = |file: Cow<'_, [u8]>| {
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&file[..]), options);
        let grey = decoder.decode().ok()?;
        let size = decoder.info()?;
        Luma::new(usize::from(size.width), usize::from(size.height), grey)
    };
    // Nothing is shared with what a panic may leave half done.
    catch_unwind(|| decode(whole)).ok().flatten().ok_or(FrameError::Damaged)
}

/// A grey BMP with every `step`th pixel: a few copies, where PNG or JPEG would cost more than reading the code.
fn bmp(luma: &Luma, step: usize) -> Vec<u8> {
    let (width, height) = (luma.width().div_ceil(step), luma.height().div_ceil(step));
    let padded = width.next_multiple_of(4);
    let (palette, head) = (256 * 4, 14 + 40);
    let mut file = Vec::with_capacity(head + palette + padded * height);
    let long = |file: &mut Vec<u8>, value: usize| file.extend((value as u32).to_le_bytes());
    file.extend(b"BM");
    long(&mut file, head + palette + padded * height);
    long(&mut file, 0);
    long(&mut file, head + palette);
    long(&mut file, 40);
    long(&mut file, width);
    long(&mut file, height);
    file.extend([1, 0, 8, 0]);
    for value in [0, padded * height, 2835, 2835, 256, 256] {
        long(&mut file, value);
    }
    for grey in 0..=255_u8 {
        file.extend([grey, grey, grey, 0]);
    }
    // Bottom row first.
    for y in (0..height).rev() {
        file.extend(luma.row(y * step).iter().step_by(step));
        file.resize(file.len() + padded - width, 0);
    }
    file
}

#[cfg(test)]
mod tests;
