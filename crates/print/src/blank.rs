//! Blank cards of a team's pool: printed at the ward's office before anybody is registered, bound to a person later.

use crate::{
    PrintError,
    canvas::{Canvas, Paper, QUIET_TEXT, RULE},
    card::{self, MARGIN, TEXT_WIDTH},
    look::Look,
    sheet,
    typeset::Typefaces,
};
use domain::ids::Realm;
use std::fmt;

/// What stands on a card of a pool: its own number, and room for a name written by hand. No code: none is bound to it yet.
#[derive(Clone, PartialEq, Eq)]
pub struct BlankFace {
    /// Content of the card's QR code; at its shortest when made of digits, capital letters and `$%*+-./:` only.
    pub qr_text: String,
    /// The card number as it is read aloud, in groups.
    pub number: String,
    /// Anything but [`Realm::Live`] is marked as worthless.
    pub realm: Realm,
    /// The team that it belongs to.
    pub team: Option<String>,
}

/// Whoever knows a blank card's number or QR could bind it.
impl fmt::Debug for BlankFace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlankFace")
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

/// Blank cards on A4 sheets, ten on each, as [`crate::sheet_pdf`] lays them out.
///
/// # Errors
/// [`PrintError::Nothing`] for no card; otherwise as [`crate::card_pdf`].
pub fn blank_sheet_pdf(cards: &[BlankFace]) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new("Thẻ trắng mã công dân số")?;
    let fonts = paper.fonts;
    sheet::lay_out(&mut paper, cards, |card, canvas| draw(card, fonts, canvas))?;
    paper.finish()
}

fn draw(card: &BlankFace, fonts: &Typefaces, canvas: &mut Canvas) -> Result<(), PrintError> {
    let look = Look::of(card.realm);
    card::frame(&look, card.team.as_deref(), fonts, canvas)?;
    let Typefaces { regular, bold } = fonts;
    let label = regular.line("Số thẻ", 0.0)?;
    canvas.line(&label, regular, (MARGIN, 15.4), 7.0, QUIET_TEXT);
    let number = bold.fit(&card.number, (TEXT_WIDTH, 7.4), (15.0, 8.0))?;
    canvas.block(&number, bold, (MARGIN, 16.3), look.ground);
    canvas.rect(MARGIN, 22.9, TEXT_WIDTH, 0.2, RULE)?;
    let label = regular.line("Họ tên (viết tay)", 0.0)?;
    canvas.line(&label, regular, (MARGIN, 26.5), 7.0, QUIET_TEXT);
    // Two lines at the height of handwriting: Vietnamese names have four or five words.
    canvas.rect(MARGIN, 35.4, TEXT_WIDTH, 0.2, QUIET_TEXT)?;
    canvas.rect(MARGIN, 43.6, TEXT_WIDTH, 0.2, QUIET_TEXT)?;
    card::qr(&card.qr_text, canvas)
}
