//! A4 sheets of cards, two by five, to be cut with a ruler or a guillotine: 173.2 x 277.9 mm in the middle of the page.

use crate::{
    CardFace, PrintError,
    canvas::{BLACK, Canvas, Paper},
    card::{self, CARD, CARD_HEIGHT_MM, CARD_WIDTH_MM},
};

/// Cards on one sheet.
pub const SHEET_CARDS: usize = COLUMNS * ROWS;

const COLUMNS: usize = 2;
const ROWS: usize = 5;
/// Between two cards, in millimetres.
const GUTTER: f32 = 2.0;
const A4: (f32, f32) = (210.0, 297.0);
const LEFT: f32 = (A4.0 - CARD_WIDTH_MM * COLUMNS as f32 - GUTTER * (COLUMNS - 1) as f32) / 2.0;
const TOP: f32 = (A4.1 - CARD_HEIGHT_MM * ROWS as f32 - GUTTER * (ROWS - 1) as f32) / 2.0;
/// Crop marks keep off the card, and off the edge that printers cannot reach.
const MARK_GAP: f32 = 0.8;
const MARK_LENGTH: f32 = 4.2;
const HAIRLINE: f32 = 0.1;

/// Cards on A4 sheets, ten on each, in their order from left to right and downwards. Fewer than ten leave the rest of the
/// sheet white.
///
/// # Errors
/// [`PrintError::Nothing`] for no card; otherwise as [`crate::card_pdf`].
pub fn sheet_pdf(cards: &[CardFace]) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new("Thẻ mã công dân số")?;
    let fonts = paper.fonts;
    lay_out(&mut paper, cards, |card, canvas| card::draw(card, fonts, canvas))?;
    paper.finish()
}

pub(crate) fn lay_out<T>(
    paper: &mut Paper,
    cards: &[T],
    draw: impl Fn(&T, &mut Canvas) -> Result<(), PrintError>,
) -> Result<(), PrintError> {
    if cards.is_empty() {
        return Err(PrintError::Nothing);
    }
    for sheet in cards.chunks(SHEET_CARDS) {
        paper.page(A4, |canvas| {
            for (i, card) in sheet.iter().enumerate() {
                canvas.within((left(i % COLUMNS), top(i / COLUMNS)), CARD, |canvas| draw(card, canvas))?;
            }
            canvas.rects(&marks(), BLACK)
        })?;
    }
    Ok(())
}

fn left(column: usize) -> f32 {
    LEFT + column as f32 * (CARD_WIDTH_MM + GUTTER)
}

fn top(row: usize) -> f32 {
    TOP + row as f32 * (CARD_HEIGHT_MM + GUTTER)
}

/// Where the edges of all cards would meet the margins. None within the gutters: they would end up on a card when the cut
/// is a little off.
fn marks() -> Vec<(f32, f32, f32, f32)> {
    let (far_left, far_top) = (left(COLUMNS - 1) + CARD_WIDTH_MM, top(ROWS - 1) + CARD_HEIGHT_MM);
    let mut marks = Vec::new();
    for x in (0..COLUMNS).flat_map(|column| [left(column), left(column) + CARD_WIDTH_MM]) {
        for y in [TOP - MARK_GAP - MARK_LENGTH, far_top + MARK_GAP] {
            marks.push((x - HAIRLINE / 2.0, y, HAIRLINE, MARK_LENGTH));
        }
    }
    for y in (0..ROWS).flat_map(|row| [top(row), top(row) + CARD_HEIGHT_MM]) {
        for x in [LEFT - MARK_GAP - MARK_LENGTH, far_left + MARK_GAP] {
            marks.push((x, y - HAIRLINE / 2.0, MARK_LENGTH, HAIRLINE));
        }
    }
    marks
}
