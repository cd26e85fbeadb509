//! A page to draw on, in millimetres from the top left corner of what is drawn: a card does not know where on a sheet it lies.

use crate::{
    PrintError,
    qr::{Modules, QUIET},
    typeset::{Block, Line, MM_PER_PT, Typeface, Typefaces},
};
use krilla::{
    Document,
    color::{luma, rgb},
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Paint},
    surface::Surface,
};

/// A colour: red, green, blue.
#[derive(Clone, Copy)]
pub(crate) struct Ink(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const WHITE: Ink = Ink(255, 255, 255);
pub(crate) const BLACK: Ink = Ink(0, 0, 0);
pub(crate) const TEXT: Ink = Ink(0x11, 0x21, 0x1e);
pub(crate) const QUIET_TEXT: Ink = Ink(0x4c, 0x5d, 0x58);
pub(crate) const RULE: Ink = Ink(0xc3, 0xcd, 0xc8);

impl From<Ink> for Paint {
    fn from(Ink(red, green, blue): Ink) -> Self {
        // Grey costs a printer no coloured ink, and a colour printer no misregistration.
        if red == green && green == blue {
            luma::Color::new(red).into()
        } else {
            rgb::Color::new(red, green, blue).into()
        }
    }
}

/// A document under way: one set of fonts for all its pages.
pub(crate) struct Paper {
    document: Document,
    pub(crate) fonts: &'static Typefaces,
}

impl Paper {
    pub(crate) fn new(title: &str) -> Result<Self, PrintError> {
        let mut document = Document::new();
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language("vi".to_owned())
                .creator("Từng Nhà".to_owned()),
        );
        Ok(Self {
            document,
            fonts: Typefaces::shared()?,
        })
    }

    /// One page of a size in millimetres.
    pub(crate) fn page(
        &mut self,
        (width, height): (f32, f32),
        draw: impl FnOnce(&mut Canvas) -> Result<(), PrintError>,
    ) -> Result<(), PrintError> {
        let size = PageSettings::from_wh(width / MM_PER_PT, height / MM_PER_PT).ok_or(PrintError::Document)?;
        let mut page = self.document.start_page_with(size);
        let drawn = draw(&mut Canvas {
            surface: page.surface(),
            origin: (0.0, 0.0),
        });
        page.finish();
        drawn
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, PrintError> {
        self.document.finish().map_err(|_| PrintError::Document)
    }
}

/// What is drawn on.
pub(crate) struct Canvas<'a> {
    surface: Surface<'a>,
    origin: (f32, f32),
}

impl Canvas<'_> {
    /// Draws with another origin, and nothing outside a box of a size from there.
    pub(crate) fn within(
        &mut self,
        at: (f32, f32),
        size: (f32, f32),
        draw: impl FnOnce(&mut Self) -> Result<(), PrintError>,
    ) -> Result<(), PrintError> {
        let before = self.origin;
        self.origin = (before.0 + at.0, before.1 + at.1);
        let mut edge = PathBuilder::new();
        edge.push_rect(self.to_rect(0.0, 0.0, size.0, size.1)?);
        let edge = edge.finish().ok_or(PrintError::Document)?;
        self.surface.push_clip_path(&edge, &FillRule::NonZero);
        let drawn = draw(self);
        self.surface.pop();
        self.origin = before;
        drawn
    }

    fn point(&self, (x, y): (f32, f32)) -> (f32, f32) {
        ((self.origin.0 + x) / MM_PER_PT, (self.origin.1 + y) / MM_PER_PT)
    }

    fn to_rect(&self, x: f32, y: f32, width: f32, height: f32) -> Result<Rect, PrintError> {
        let ((left, top), (right, bottom)) = (self.point((x, y)), self.point((x + width, y + height)));
        Rect::from_ltrb(left, top, right, bottom).ok_or(PrintError::Document)
    }

    fn paint(&mut self, paint: Paint) {
        self.surface.set_fill(Some(Fill {
            paint,
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    fn fill(&mut self, path: PathBuilder, ink: Ink) -> Result<(), PrintError> {
        self.paint(ink.into());
        self.surface.draw_path(&path.finish().ok_or(PrintError::Document)?);
        Ok(())
    }

    pub(crate) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) -> Result<(), PrintError> {
        let mut path = PathBuilder::new();
        path.push_rect(self.to_rect(x, y, width, height)?);
        self.fill(path, ink)
    }

    /// Many rectangles (left, top, width, height) as one shape.
    pub(crate) fn rects(&mut self, rects: &[(f32, f32, f32, f32)], ink: Ink) -> Result<(), PrintError> {
        let mut path = PathBuilder::new();
        for &(x, y, width, height) in rects {
            path.push_rect(self.to_rect(x, y, width, height)?);
        }
        self.fill(path, ink)
    }

    /// A band with slanting stripes.
    pub(crate) fn stripes(
        &mut self,
        at: (f32, f32),
        (width, height): (f32, f32),
        ground: Ink,
        stripe: Ink,
    ) -> Result<(), PrintError> {
        self.within(at, (width, height), |canvas| {
            canvas.rect(0.0, 0.0, width, height, ground)?;
            let mut path = PathBuilder::new();
            for i in -2..(width / 5.0).ceil() as i32 {
                let left = i as f32 * 5.0;
                // A little short of the edges, or a hairline shows beside what is laid over the stripes.
                let corners = [
                    (height, 0.1),
                    (height + 2.5, 0.1),
                    (2.5, height - 0.1),
                    (0.0, height - 0.1),
                ];
                for (n, (x, y)) in corners.into_iter().enumerate() {
                    let (x, y) = canvas.point((left + x, y));
                    if n == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
                }
                path.close();
            }
            canvas.fill(path, stripe)
        })
    }

    /// A QR code whose first module has its top left corner at a point; `module` in millimetres. The quiet zone is the
    /// caller's to keep free.
    pub(crate) fn qr(&mut self, modules: &Modules, (left, top): (f32, f32), module: f32) -> Result<(), PrintError> {
        let at = |origin: f32, n: usize| origin + n as f32 * module;
        let runs: Vec<_> = modules
            .runs()
            .into_iter()
            .map(|(x, y, length)| (at(left, x), at(top, y), length as f32 * module, module))
            .collect();
        self.rects(&runs, BLACK)
    }

    /// A QR code in the middle of a square box that holds its quiet zone too, its modules as large as they can be.
    ///
    /// # Errors
    /// [`PrintError::QrTooLarge`] when they would be smaller than [`LEAST_MODULE`].
    pub(crate) fn qr_in_box(&mut self, text: &str, (left, top): (f32, f32), side: f32) -> Result<(), PrintError> {
        let modules = Modules::of_text(text)?;
        let module = side / (modules.width + 2 * QUIET) as f32;
        if module < LEAST_MODULE {
            return Err(PrintError::QrTooLarge);
        }
        let quiet = QUIET as f32 * module;
        self.qr(&modules, (left + quiet, top + quiet), module)
    }

    /// One line of a size in points, its baseline beginning at a point.
    pub(crate) fn line(&mut self, line: &Line, face: &Typeface, at: (f32, f32), size: f32, ink: Ink) {
        self.paint(ink.into());
        let (x, y) = self.point(at);
        self.surface.draw_glyphs(
            Point::from_xy(x, y),
            &line.glyphs,
            face.font.clone(),
            &line.text,
            size,
            false,
        );
    }

    /// Lines under one another, from their top left corner.
    pub(crate) fn block(&mut self, block: &Block, face: &Typeface, (x, y): (f32, f32), ink: Ink) {
        let step = block.height() / block.lines.len() as f32;
        for (i, line) in block.lines.iter().enumerate() {
            // Letters stand about three quarters of the way down a line of this leading.
            self.line(line, face, (x, y + step * (i as f32 + 0.76)), block.size, ink);
        }
    }
}

/// Smaller modules do not survive a worn printer head and a simple phone camera. Millimetres.
pub(crate) const LEAST_MODULE: f32 = 0.4;
