//! Text that runs down a column, for slips and pages: rows first, with their heights, so that a slip knows its length and a
//! page where to break.

use crate::{
    PrintError,
    canvas::{Canvas, Ink},
    qr::Modules,
    typeset::{Block, LEADING, Line, MM_PER_PT, Typeface, Typefaces},
};

/// Where a line stands within the column.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    Left,
    Middle,
}

/// What text looks like.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// In points.
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) ink: Ink,
}

enum Piece {
    Text {
        line: Line,
        style: Style,
        /// Left end and baseline, in millimetres from the row's top left corner.
        at: (f32, f32),
    },
    Rect {
        at: (f32, f32, f32, f32),
        ink: Ink,
    },
    Qr {
        modules: Modules,
        at: (f32, f32),
        module: f32,
    },
}

/// Something that stays whole on a page.
#[derive(Default)]
pub(crate) struct Row {
    /// In millimetres.
    pub(crate) height: f32,
    pieces: Vec<Piece>,
}

/// A column under way.
pub(crate) struct Flow {
    fonts: &'static Typefaces,
    /// In millimetres.
    width: f32,
    pub(crate) rows: Vec<Row>,
}

impl Flow {
    pub(crate) fn new(fonts: &'static Typefaces, width: f32) -> Self {
        Self {
            fonts,
            width,
            rows: Vec::new(),
        }
    }

    fn face(&self, bold: bool) -> &'static Typeface {
        if bold { &self.fonts.bold } else { &self.fonts.regular }
    }

    pub(crate) fn gap(&mut self, height: f32) {
        self.rows.push(Row {
            height,
            pieces: Vec::new(),
        });
    }

    pub(crate) fn rule(&mut self, ink: Ink) {
        self.rows.push(Row {
            height: 0.25,
            pieces: vec![Piece::Rect {
                at: (0.0, 0.0, self.width, 0.25),
                ink,
            }],
        });
    }

    /// A paragraph; each of its lines is a row of its own.
    pub(crate) fn text(&mut self, text: &str, style: Style, side: Side) -> Result<(), PrintError> {
        let block = self
            .face(style.bold)
            .fit(text, (self.width, f32::MAX), (style.size, style.size))?;
        self.block(block, style, side);
        Ok(())
    }

    /// One line as large as the column allows, between two sizes in points; more lines only at the smallest.
    pub(crate) fn large(
        &mut self,
        text: &str,
        (largest, smallest): (f32, f32),
        style: Style,
    ) -> Result<(), PrintError> {
        let face = self.face(style.bold);
        let one_line = largest * LEADING * MM_PER_PT * 1.01;
        let block = match face.fit(text, (self.width, one_line), (largest, smallest)) {
            Ok(block) if block.lines.len() == 1 => block,
            _ => face.fit(text, (self.width, f32::MAX), (smallest, smallest))?,
        };
        let size = block.size;
        self.block(block, Style { size, ..style }, Side::Middle);
        Ok(())
    }

    fn block(&mut self, block: Block, style: Style, side: Side) {
        let height = block.size * LEADING * MM_PER_PT;
        for line in block.lines {
            let left = match side {
                Side::Left => 0.0,
                Side::Middle => (self.width - line.width(style.size)) / 2.0,
            };
            self.rows.push(Row {
                height,
                pieces: vec![Piece::Text {
                    line,
                    style,
                    at: (left, height * 0.76),
                }],
            });
        }
    }

    /// White words on a dark band.
    pub(crate) fn band(&mut self, words: &str, ground: Ink, style: Style) -> Result<(), PrintError> {
        let face = self.face(style.bold);
        let text_height = style.size * LEADING * MM_PER_PT;
        let block = face.fit(words, (self.width - 2.0, text_height * 1.01), (style.size, 5.0))?;
        let height = block.height() + 1.6;
        let mut row = Row {
            height,
            pieces: vec![Piece::Rect {
                at: (0.0, 0.0, self.width, height),
                ink: ground,
            }],
        };
        let size = block.size;
        for line in block.lines {
            let at = (
                (self.width - line.width(size)) / 2.0,
                0.8 + size * LEADING * MM_PER_PT * 0.76,
            );
            row.pieces.push(Piece::Text {
                line,
                style: Style { size, ..style },
                at,
            });
        }
        self.rows.push(row);
        Ok(())
    }

    /// A QR code in the middle, with a row's height of its own size only: the caller leaves the quiet zone.
    pub(crate) fn qr(&mut self, modules: Modules, module: f32, left: f32) {
        let side = modules.width as f32 * module;
        self.rows.push(Row {
            height: side,
            pieces: vec![Piece::Qr {
                modules,
                at: (left, 0.0),
                module,
            }],
        });
    }

    /// A paragraph in which some words are bold: pieces of text with their weight, as in the notice.
    pub(crate) fn rich(&mut self, spans: &[(bool, &str)], style: Style, indent: f32) -> Result<(), PrintError> {
        let em = style.size * MM_PER_PT;
        let height = em * LEADING;
        let space = self.fonts.regular.line(" ", 0.0)?.width(style.size);
        // Words with their weight, put into lines; then neighbours of one weight are set as one.
        let mut lines: Vec<Vec<(bool, String)>> = vec![Vec::new()];
        let mut used = indent;
        for (bold, text) in spans {
            for word in text.split_whitespace() {
                let width = self.face(*bold).line(word, 0.0)?.width(style.size);
                if width > self.width - indent {
                    return Err(PrintError::TextTooLong);
                }
                if used + width > self.width {
                    lines.push(Vec::new());
                    used = indent;
                }
                used += width + space;
                let Some(line) = lines.last_mut() else { continue };
                match line.last_mut() {
                    Some((weight, run)) if weight == bold => {
                        run.push(' ');
                        run.push_str(word);
                    }
                    _ => line.push((*bold, word.to_owned())),
                }
            }
        }
        for runs in lines.into_iter().filter(|runs| !runs.is_empty()) {
            let (mut left, last) = (indent, runs.len() - 1);
            let mut row = Row {
                height,
                pieces: Vec::new(),
            };
            for (i, (bold, mut run)) in runs.into_iter().enumerate() {
                if i < last {
                    run.push(' ');
                }
                let line = self.face(bold).line(&run, 0.0)?;
                let width = line.width(style.size);
                row.pieces.push(Piece::Text {
                    line,
                    style: Style { bold, ..style },
                    at: (left, height * 0.76),
                });
                left += width;
            }
            self.rows.push(row);
        }
        Ok(())
    }

    pub(crate) fn height(&self) -> f32 {
        self.rows.iter().map(|row| row.height).sum()
    }
}

impl Row {
    /// Draws the row with its top left corner at a point.
    pub(crate) fn draw(&self, fonts: &Typefaces, canvas: &mut Canvas, (x, y): (f32, f32)) -> Result<(), PrintError> {
        for piece in &self.pieces {
            match piece {
                Piece::Text { line, style, at } => {
                    let face = if style.bold { &fonts.bold } else { &fonts.regular };
                    canvas.line(line, face, (x + at.0, y + at.1), style.size, style.ink);
                }
                Piece::Rect { at, ink } => canvas.rect(x + at.0, y + at.1, at.2, at.3, *ink)?,
                Piece::Qr { modules, at, module } => canvas.qr(modules, (x + at.0, y + at.1), *module)?,
            }
        }
        Ok(())
    }
}
