//! From text to placed glyphs: shaping, measuring, wrapping, shrinking. All lengths are in millimetres, sizes in points.

use crate::PrintError;
use harfrust::{Buffer, Feature, ShapeOptions, ShaperFont, Tag};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use std::{ops::Range, sync::OnceLock};
use unicode_normalization::UnicodeNormalization;

/// Millimetres in a point of 1/72 inch.
pub(crate) const MM_PER_PT: f32 = 25.4 / 72.0;

static REGULAR: &[u8] = include_bytes!("../../../fixtures/fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../fixtures/fonts/NotoSans-Bold.ttf");

/// One weight of the font, for shaping and for embedding.
pub(crate) struct Typeface {
    shapes: harfrust::Font,
    pub(crate) font: Font,
}

/// The two weights in use.
pub(crate) struct Typefaces {
    pub(crate) regular: Typeface,
    pub(crate) bold: Typeface,
}

impl Typefaces {
    /// Read once for the whole program: a hundred sheets cost no more than one.
    pub(crate) fn shared() -> Result<&'static Self, PrintError> {
        static SHARED: OnceLock<Option<Typefaces>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::load().ok())
            .as_ref()
            .ok_or(PrintError::Document)
    }

    fn load() -> Result<Self, PrintError> {
        Ok(Self {
            regular: Typeface::load(REGULAR)?,
            bold: Typeface::load(BOLD)?,
        })
    }
}

/// One line of text with its glyphs.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Width in multiples of the size.
    ems: f32,
}

impl Line {
    /// Width in millimetres at a size in points.
    pub(crate) fn width(&self, size: f32) -> f32 {
        self.ems * size * MM_PER_PT
    }
}

/// Text broken into lines at a size at which all of it fits.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) lines: Vec<Line>,
    /// In points.
    pub(crate) size: f32,
}

impl Block {
    /// In millimetres.
    pub(crate) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * LEADING * MM_PER_PT
    }
}

/// Distance of two baselines in multiples of the size: tone marks on capitals need air.
pub(crate) const LEADING: f32 = 1.3;
const STEP: f32 = 0.25;
const MOST_BYTES: usize = 8_000;

impl Typeface {
    fn load(data: &'static [u8]) -> Result<Self, PrintError> {
        Ok(Self {
            shapes: harfrust::Font::new(data, 0).ok_or(PrintError::Document)?,
            font: Font::new(data.to_vec().into(), 0).ok_or(PrintError::Document)?,
        })
    }

    /// Shapes one line, `tracking` multiples of the size added after every letter.
    ///
    /// # Errors
    /// [`PrintError::UnknownCharacter`]: a box in place of a letter would be somebody else's name.
    pub(crate) fn line(&self, text: &str, tracking: f32) -> Result<Line, PrintError> {
        let text: String = text.nfc().collect();
        let mut buffer = Buffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        let (shaper, features) = (ShaperFont::new(&self.shapes), keep_whole(&text));
        harfrust::shape(&shaper, &mut buffer, ShapeOptions::new().features(&features))
            .map_err(|_| PrintError::Document)?;
        let (infos, positions) = (buffer.glyph_infos(), buffer.glyph_positions());
        if infos.iter().any(|info| info.glyph_id == 0) {
            return Err(PrintError::UnknownCharacter);
        }
        let per_em = f32::from(self.shapes.units_per_em());
        let mut ems = 0.0;
        let glyphs = infos.iter().zip(positions).enumerate().map(|(i, (info, position))| {
            let start = info.cluster as usize;
            let end = infos[i..]
                .iter()
                .map(|next| next.cluster as usize)
                .find(|&next| next > start);
            let mut advance = position.x_advance as f32 / per_em;
            if advance > 0.0 {
                advance += tracking;
            }
            ems += advance;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                advance,
                position.x_offset as f32 / per_em,
                position.y_offset as f32 / per_em,
                position.y_advance as f32 / per_em,
                start..end.unwrap_or(text.len()),
                None,
            )
        });
        let glyphs = self.closed(glyphs.collect());
        Ok(Line {
            text: text.to_owned(),
            glyphs,
            ems,
        })
    }

    /// Where a letter ends with a mark set back over it, programs that copy text out take the mark's place for the letter's
    /// end, see a gap behind it and add a space. So a space without width, set back too, closes every such letter.
    fn closed(&self, glyphs: Vec<KrillaGlyph>) -> Vec<KrillaGlyph> {
        let Some(space) = self.shapes.charmap().map_unicode(' ') else {
            return glyphs;
        };
        let width = ShaperFont::new(&self.shapes).glyph_h_advance(space) as f32;
        let per_em = f32::from(self.shapes.units_per_em());
        let mut closed = Vec::with_capacity(glyphs.len());
        for (i, glyph) in glyphs.iter().enumerate() {
            closed.push(glyph.clone());
            let begins = i == 0 || glyphs[i - 1].text_range != glyph.text_range;
            let ends = glyphs.get(i + 1).is_none_or(|next| next.text_range != glyph.text_range);
            if ends && !begins && glyph.x_advance == 0.0 {
                closed.push(KrillaGlyph {
                    glyph_id: GlyphId::new(space.to_u32()),
                    x_offset: -width / per_em,
                    y_offset: 0.0,
                    ..glyph.clone()
                });
            }
        }
        closed
    }

    /// The words of a text, each measured once; what is broken at which size is then only arithmetic.
    fn words(&self, text: &str) -> Result<Vec<Word>, PrintError> {
        let measure = |word: &str| {
            let line = self.line(word, 0.0)?;
            let mut letters: Vec<(Range<usize>, f32)> = Vec::new();
            for glyph in &line.glyphs {
                match letters.last_mut() {
                    Some((range, ems)) if *range == glyph.text_range => *ems += glyph.x_advance,
                    _ => letters.push((glyph.text_range.clone(), glyph.x_advance)),
                }
            }
            Ok(Word {
                text: line.text,
                ems: line.ems,
                letters,
            })
        };
        text.split_whitespace().map(measure).collect()
    }

    /// The largest size between `largest` and `smallest` points at which the whole text fits into a box in millimetres.
    ///
    /// # Errors
    /// [`PrintError::TextTooLong`] when it does not fit at the smallest size either; nothing is ever left out.
    pub(crate) fn fit(&self, text: &str, (width, height): (f32, f32), sizes: (f32, f32)) -> Result<Block, PrintError> {
        let (largest, smallest) = sizes;
        // No box of ours holds more; whoever sends megabytes learns it at once.
        if text.len() > MOST_BYTES {
            return Err(PrintError::TextTooLong);
        }
        let (words, space) = (self.words(text)?, self.line(" ", 0.0)?.ems);
        let steps = ((largest - smallest) / STEP).round() as u32;
        for breaking in [Breaking::Spaces, Breaking::Anywhere] {
            for step in 0..=steps {
                let size = largest - STEP * step as f32;
                let lines = wrap(&words, width / (size * MM_PER_PT), space, breaking);
                if lines.len() as f32 * size * LEADING * MM_PER_PT > height {
                    continue;
                }
                // Kerning around a space may still make a whole line a trifle wider than its parts.
                let lines: Vec<Line> = lines
                    .iter()
                    .map(|line| self.line(line, 0.0))
                    .collect::<Result<_, _>>()?;
                if lines.iter().all(|line| line.width(size) <= width) {
                    return Ok(Block { lines, size });
                }
            }
        }
        Err(PrintError::TextTooLong)
    }
}

/// Where the font must not take letters apart. Its `ccmp` feature splits even "ị" into "ı" and a dot, to be ready for more
/// marks; a program that copies such text out of the PDF loses the space behind it. So only letters that do have marks of
/// their own behind them are left to it.
fn keep_whole(text: &str) -> Vec<Feature> {
    let is_mark = |c: char| matches!(c, '\u{300}'..='\u{36f}');
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if is_mark(c) || text[end..].starts_with(is_mark) {
            continue;
        }
        match ranges.last_mut() {
            Some(range) if range.end == start => range.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
        .into_iter()
        .map(|range| Feature::new(Tag::new(b"ccmp"), 0, range))
        .collect()
}

/// A word with its width and that of its letters, in multiples of the size. A letter includes the marks combined with it.
struct Word {
    text: String,
    ems: f32,
    letters: Vec<(Range<usize>, f32)>,
}

/// Where a line may end.
#[derive(Clone, Copy, PartialEq)]
enum Breaking {
    /// At spaces, and inside a word only where it is wider than a line of its own.
    Spaces,
    /// After any letter: the last resort before refusing.
    Anywhere,
}

fn wrap(words: &[Word], width: f32, space: f32, breaking: Breaking) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0.0);
    for word in words {
        let room = width - used - space;
        if !line.is_empty() {
            let first = word.letters.first().map_or(0.0, |(_, ems)| *ems);
            if word.ems <= room || (breaking == Breaking::Anywhere && first <= room) {
                line.push(' ');
                used += space;
            } else {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
        }
        for (range, ems) in &word.letters {
            if used + ems > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line += &word.text[range.clone()];
            used += ems;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Letters of Vietnamese and of the ethnic-minority scripts of the region, small.
    const BASES: &str = "aăâbcdđeêghiklmnoôơpqrstuưvxyfjwzŏŭčĕĭñâêô";
    const TONES: [&str; 6] = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];

    fn alphabet() -> Vec<String> {
        let small = BASES.chars().flat_map(|base| TONES.map(|tone| format!("{base}{tone}")));
        let both: Vec<String> = small.flat_map(|letter| [letter.to_uppercase(), letter]).collect();
        both.into_iter()
            .chain("0123456789'’-–·,./ $%*+:".chars().map(String::from))
            .collect()
    }

    #[test]
    fn every_letter_has_a_picture_in_both_weights_composed_or_not() {
        let fonts = Typefaces::load().expect("fonts");
        for face in [&fonts.regular, &fonts.bold] {
            for letter in alphabet() {
                let (composed, apart): (String, String) = (letter.nfc().collect(), letter.nfd().collect());
                let (composed, apart) = (face.line(&composed, 0.0), face.line(&apart, 0.0));
                let (composed, apart) = (composed.expect("a picture"), apart.expect("a picture"));
                assert!(
                    (composed.ems - apart.ems).abs() < 1e-4,
                    "{letter} is wider when its marks come apart"
                );
                assert!(composed.ems > 0.1, "{letter} has no width");
            }
            assert_eq!(face.line("中", 0.0).map(|_| ()), Err(PrintError::UnknownCharacter));
        }
    }

    #[test]
    fn marks_without_a_letter_of_their_own_stand_above_the_letter() {
        // There is no single character for these: the mark's glyph must be moved over its letter, which has the width.
        let fonts = Typefaces::load().expect("fonts");
        for letter in ["ŏ\u{301}", "ĭ\u{300}", "č\u{323}", "ñ\u{309}", "ŭ\u{303}"] {
            let line = fonts.regular.line(letter, 0.0).expect("a picture");
            let alone: String = letter.chars().take(1).collect();
            let base = fonts.regular.line(&alone, 0.0).expect("a picture");
            assert_eq!(line.glyphs.len(), 3, "{letter}, its mark and what closes it");
            assert!(
                (line.ems - base.ems).abs() < 1e-4,
                "{letter}: the mark takes room of its own"
            );
            assert_eq!(
                line.glyphs[1].text_range,
                0..letter.len(),
                "{letter} would be copied apart"
            );
        }
    }

    #[test]
    fn a_text_is_broken_at_spaces_first_and_letters_keep_their_marks() {
        let face = Typefaces::load().expect("fonts").bold;
        let block = face
            .fit("Công Tằng Tôn Nữ Thị Bích Huyền", (41.0, 10.0), (11.5, 3.5))
            .expect("fits");
        assert_eq!(block.size, 10.75);
        assert_eq!(
            block.lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(),
            ["Công Tằng Tôn Nữ", "Thị Bích Huyền"]
        );
        let letters = face.words("n\u{306}\u{301}ŏ\u{301}").expect("pictures");
        assert_eq!(
            wrap(&letters, 0.1, 0.3, Breaking::Spaces),
            ["n\u{306}\u{301}", "ŏ\u{301}"]
        );
    }

    proptest! {
        #[test]
        fn what_fits_lies_within_its_box_and_is_complete(
            words in proptest::collection::vec("[A-ZĐẮỀ][a-zăâđêôơưạảếờŭŏ'-]{0,30}", 1..40),
        ) {
            let face = Typefaces::load().expect("fonts").bold;
            let text = words.join(" ");
            let (width, height) = (41.0, 10.2);
            match face.fit(&text, (width, height), (11.5, 3.5)) {
                Ok(block) => {
                    prop_assert!(block.lines.iter().all(|line| line.width(block.size) <= width));
                    prop_assert!(block.height() <= height);
                    let set: String = block.lines.iter().map(|line| line.text.as_str()).collect();
                    prop_assert_eq!(set.replace(' ', ""), text.replace(' ', ""));
                }
                Err(error) => {
                    prop_assert_eq!(error, PrintError::TextTooLong);
                    prop_assert!(text.chars().count() > 250, "refused {} characters", text.chars().count());
                }
            }
        }
    }
}
