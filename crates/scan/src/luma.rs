//! A grey picture in memory.

/// Grey values, row by row from the top left: 0 is black, 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// `None` unless both sides are at least 1 and there are exactly `width * height` pixels.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        (width > 0 && height > 0 && width.checked_mul(height) == Some(pixels.len())).then_some(Self {
            width,
            height,
            pixels,
        })
    }

    /// Of exactly `width * height` pixels, both at least 1.
    pub(crate) fn filled(width: usize, height: usize, pixels: Vec<u8>) -> Self {
        debug_assert!(width > 0 && height > 0 && width * height == pixels.len());
        Self { width, height, pixels }
    }

    /// Calls `value` for every pixel as (x, y). Both sides must be at least 1.
    #[cfg(test)]
    pub(crate) fn from_fn(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> u8) -> Self {
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                pixels.push(value(x, y));
            }
        }
        Self { width, height, pixels }
    }

    /// Pixels per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    /// The value at (x, y), which must lie inside.
    pub(crate) fn at(&self, x: usize, y: usize) -> u8 {
        self.pixels[y * self.width + x]
    }
}
