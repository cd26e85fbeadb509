//! The card that a resident takes home: ID-1 (ISO/IEC 7810), 85.6 x 53.98 mm.
//!
//! Left what a person reads, the code largest; right what a machine reads. Everything is measured in millimetres from the
//! top left corner.

use crate::{
    PrintError,
    canvas::{Canvas, Paper, QUIET_TEXT, RULE, TEXT, WHITE},
    look::Look,
    typeset::Typefaces,
};
use domain::ids::Realm;
use std::fmt;

/// Width of the card in millimetres.
pub const CARD_WIDTH_MM: f32 = 85.6;
/// Height of the card in millimetres.
pub const CARD_HEIGHT_MM: f32 = 53.98;

/// What stands on a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardFace {
    /// Content of the citizen QR code; at its shortest when made of digits, capital letters and `$%*+-./:` only.
    pub qr_text: String,
    /// The code as it is read aloud, in groups.
    pub code: String,
    /// The resident's name, or `None` after the device has forgotten it: then there is a line to write it by hand.
    pub name: Option<String>,
    /// Day of the registration, dd/mm/yyyy.
    pub issued: String,
    /// Commune with its kind, as in "Phường Hải Châu".
    pub commune: String,
    /// Anything but [`Realm::Live`] is marked as worthless.
    pub realm: Realm,
    /// Team and device, as in "Tổ công nghệ số cộng đồng 12 · Máy 17".
    pub team: Option<String>,
}

/// Name and QR content are personal data and are not shown.
impl fmt::Debug for CardFace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardFace")
            .field("has_name", &self.name.is_some())
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

pub(crate) const CARD: (f32, f32) = (CARD_WIDTH_MM, CARD_HEIGHT_MM);
const HEADER: f32 = 10.4;
/// The thin line under the header.
const RIM: f32 = 0.6;
const FOOTER: f32 = 6.0;
pub(crate) const MARGIN: f32 = 4.8;
/// Side of the square that holds the QR code with its quiet zone; it touches header and footer, whose edges end the zone.
/// A code of version 10 (57 modules) gets 0.569 mm per module, version 14 (73 modules, 528 capital letters and digits at
/// level M) 0.457 mm, and version 16 (656 characters) is the last whose modules are at least 0.4 mm.
const QR_BOX: f32 = CARD_HEIGHT_MM - HEADER - RIM - FOOTER;
const QR_LEFT: f32 = CARD_WIDTH_MM - QR_BOX - 2.2;
pub(crate) const TEXT_WIDTH: f32 = QR_LEFT - MARGIN - 1.5;
/// Below this many points nobody reads a name on paper.
pub(crate) const LEAST_SIZE: f32 = 3.5;

/// The card as a PDF of one page.
///
/// # Errors
/// [`PrintError`]; a name is never shortened to avoid one.
pub fn card_pdf(card: &CardFace) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new("Thẻ mã công dân số")?;
    let fonts = paper.fonts;
    paper.page(CARD, |canvas| draw(card, fonts, canvas))?;
    paper.finish()
}

/// Draws a card from its top left corner.
pub(crate) fn draw(card: &CardFace, fonts: &Typefaces, canvas: &mut Canvas) -> Result<(), PrintError> {
    let look = Look::of(card.realm);
    frame(&look, card.team.as_deref(), fonts, canvas)?;
    person(card, &look, fonts, canvas)?;
    qr(&card.qr_text, canvas)
}

/// Header and footer, which all cards share.
pub(crate) fn frame(look: &Look, team: Option<&str>, fonts: &Typefaces, canvas: &mut Canvas) -> Result<(), PrintError> {
    header(look, fonts, canvas)?;
    footer(look, team, fonts, canvas)
}

/// The QR code at its place.
pub(crate) fn qr(text: &str, canvas: &mut Canvas) -> Result<(), PrintError> {
    canvas.qr_in_box(text, (QR_LEFT, HEADER + RIM), QR_BOX)
}

fn header(look: &Look, Typefaces { regular, bold }: &Typefaces, canvas: &mut Canvas) -> Result<(), PrintError> {
    canvas.rect(0.0, 0.0, CARD_WIDTH_MM, HEADER, look.ground)?;
    canvas.rect(0.0, HEADER, CARD_WIDTH_MM, RIM, look.accent)?;
    let title = bold.line("CÔNG DÂN SỐ – ĐÀ NẴNG", 0.02)?;
    canvas.line(&title, bold, (MARGIN, 6.6), 10.0, WHITE);
    let right = CARD_WIDTH_MM - MARGIN;
    match &look.mark {
        None => {
            let kind = regular.line("Thẻ ghi nhận đăng ký", 0.0)?;
            canvas.line(&kind, regular, (right - kind.width(6.5), 6.5), 6.5, look.soft);
        }
        Some(mark) => {
            let word = bold.line(mark.word, 0.02)?;
            let width = word.width(8.0);
            canvas.rect(right - width - 3.0, 2.6, width + 3.0, 5.2, look.soft)?;
            canvas.line(&word, bold, (right - width - 1.5, 6.3), 8.0, look.ground);
        }
    }
    Ok(())
}

fn person(
    card: &CardFace,
    look: &Look,
    Typefaces { regular, bold }: &Typefaces,
    canvas: &mut Canvas,
) -> Result<(), PrintError> {
    let label = regular.line("Mã công dân số", 0.0)?;
    canvas.line(&label, regular, (MARGIN, 15.4), 7.0, QUIET_TEXT);
    let code = bold.fit(&card.code, (TEXT_WIDTH, 7.4), (14.0, 8.0))?;
    canvas.block(&code, bold, (MARGIN, 16.3), look.ground);
    canvas.rect(MARGIN, 22.9, TEXT_WIDTH, 0.2, RULE)?;

    let label = regular.line("Họ tên", 0.0)?;
    canvas.line(&label, regular, (MARGIN, 26.5), 7.0, QUIET_TEXT);
    match &card.name {
        Some(name) => {
            let name = bold.fit(name, (TEXT_WIDTH, 10.6), (11.5, LEAST_SIZE))?;
            canvas.block(&name, bold, (MARGIN, 27.0), TEXT);
        }
        None => canvas.rect(MARGIN, 36.4, TEXT_WIDTH, 0.2, QUIET_TEXT)?,
    }

    let commune = regular.fit(&card.commune, (TEXT_WIDTH, 3.9), (8.5, LEAST_SIZE))?;
    canvas.block(&commune, regular, (MARGIN, 43.0 - commune.height()), TEXT);
    let issued = regular.line(&format!("Đăng ký ngày {}", card.issued), 0.0)?;
    canvas.line(&issued, regular, (MARGIN, 45.6), 7.0, QUIET_TEXT);
    Ok(())
}

fn footer(
    look: &Look,
    team: Option<&str>,
    Typefaces { regular, bold }: &Typefaces,
    canvas: &mut Canvas,
) -> Result<(), PrintError> {
    let top = CARD_HEIGHT_MM - FOOTER;
    match &look.mark {
        None => {
            canvas.rect(0.0, top, CARD_WIDTH_MM, FOOTER, look.soft)?;
            let note = regular.line("Không thay thẻ căn cước", 0.0)?;
            let note_left = CARD_WIDTH_MM - MARGIN - note.width(6.0);
            canvas.line(&note, regular, (note_left, top + 3.75), 6.0, QUIET_TEXT);
            if let Some(team) = team {
                let team = regular.fit(team, (note_left - MARGIN - 3.0, 5.0), (6.0, LEAST_SIZE))?;
                let team_top = top + (FOOTER - team.height()) / 2.0;
                canvas.block(&team, regular, (MARGIN, team_top), QUIET_TEXT);
            }
        }
        Some(mark) => {
            canvas.stripes((0.0, top), (CARD_WIDTH_MM, FOOTER), look.ground, look.accent)?;
            let words = bold.line(mark.words, 0.02)?;
            let left = (CARD_WIDTH_MM - words.width(9.0)) / 2.0;
            canvas.rect(left - 3.0, top, words.width(9.0) + 6.0, FOOTER, look.soft)?;
            canvas.line(&words, bold, (left, top + 4.15), 9.0, look.ground);
        }
    }
    Ok(())
}
