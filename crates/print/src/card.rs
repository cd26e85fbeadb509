//! The card that a resident takes home: ID-1 (ISO/IEC 7810), 85.6 x 53.98 mm, one page.
//!
//! Left what a person reads, the code largest; right what a machine reads. Everything is measured in millimetres from the
//! top left corner. Practice and development cards look different from across a room, also on a photograph.

use crate::{
    PrintError,
    qr::{Modules, QUIET},
    typeset::{Block, Line, MM_PER_PT, Typeface, Typefaces},
};
use domain::ids::Realm;
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
use std::fmt;

/// Width of the page in millimetres.
pub const CARD_WIDTH_MM: f32 = 85.6;
/// Height of the page in millimetres.
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

const HEADER: f32 = 10.4;
/// The thin line under the header.
const RIM: f32 = 0.6;
const FOOTER: f32 = 6.0;
const MARGIN: f32 = 4.8;
/// Side of the square that holds the QR code with its quiet zone; it touches header and footer, whose edges end the zone.
const QR_BOX: f32 = CARD_HEIGHT_MM - HEADER - RIM - FOOTER;
const QR_LEFT: f32 = CARD_WIDTH_MM - QR_BOX - 2.2;
const TEXT_WIDTH: f32 = QR_LEFT - MARGIN - 1.5;
/// Smaller modules do not survive a worn printer head and a simple phone camera.
const LEAST_MODULE: f32 = 0.4;
/// Below this many points nobody reads a name on paper.
const LEAST_SIZE: f32 = 3.5;

const WHITE: Ink = Ink(255, 255, 255);
const TEXT: Ink = Ink(0x11, 0x21, 0x1e);
const QUIET_TEXT: Ink = Ink(0x4c, 0x5d, 0x58);
const RULE: Ink = Ink(0xc3, 0xcd, 0xc8);

#[derive(Clone, Copy)]
struct Ink(u8, u8, u8);

/// How a realm looks.
struct Dress {
    ground: Ink,
    soft: Ink,
    accent: Ink,
    /// What makes the card worthless, if it is: in a word and in full.
    mark: Option<(&'static str, &'static str)>,
}

fn dress(realm: Realm) -> Dress {
    let green = Dress {
        ground: Ink(0x0a, 0x5a, 0x55),
        soft: Ink(0xe0, 0xef, 0xed),
        accent: Ink(0xd9, 0xa4, 0x41),
        mark: None,
    };
    match realm {
        Realm::Live => green,
        Realm::Demo => Dress {
            ground: Ink(0x7f, 0x52, 0x00),
            soft: Ink(0xfb, 0xf1, 0xda),
            accent: Ink(0xd9, 0xa4, 0x41),
            mark: Some(("LUYỆN TẬP", "LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ")),
        },
        Realm::Development => Dress {
            ground: Ink(0x9d, 0x21, 0x1d),
            soft: Ink(0xfb, 0xe7, 0xe5),
            accent: Ink(0xd9, 0x8a, 0x86),
            mark: Some(("THỬ NGHIỆM", "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ")),
        },
    }
}

/// The card as a PDF of one page.
///
/// # Errors
/// [`PrintError`]; a name is never shortened to avoid one.
pub fn card_pdf(card: &CardFace) -> Result<Vec<u8>, PrintError> {
    let fonts = Typefaces::load()?;
    let mut document = Document::new();
    let page = PageSettings::from_wh(CARD_WIDTH_MM / MM_PER_PT, CARD_HEIGHT_MM / MM_PER_PT);
    let mut page = document.start_page_with(page.ok_or(PrintError::Document)?);
    draw(card, &fonts, &mut Sheet(page.surface()))?;
    page.finish();
    let title = "Thẻ mã công dân số".to_owned();
    document.set_metadata(
        Metadata::new()
            .title(title)
            .language("vi".to_owned())
            .creator("Từng Nhà".to_owned()),
    );
    document.finish().map_err(|_| PrintError::Document)
}

fn draw(card: &CardFace, fonts: &Typefaces, sheet: &mut Sheet) -> Result<(), PrintError> {
    let look = dress(card.realm);
    header(&look, fonts, sheet)?;
    person(card, &look, fonts, sheet)?;
    qr(card, sheet)?;
    footer(card, &look, fonts, sheet)
}

fn header(look: &Dress, Typefaces { regular, bold }: &Typefaces, sheet: &mut Sheet) -> Result<(), PrintError> {
    sheet.rect(0.0, 0.0, CARD_WIDTH_MM, HEADER, look.ground)?;
    sheet.rect(0.0, HEADER, CARD_WIDTH_MM, RIM, look.accent)?;
    let title = bold.line("CÔNG DÂN SỐ – ĐÀ NẴNG", 0.02)?;
    sheet.line(&title, bold, (MARGIN, 6.6), 10.0, WHITE);
    let right = CARD_WIDTH_MM - MARGIN;
    match look.mark {
        None => {
            let kind = regular.line("Thẻ ghi nhận đăng ký", 0.0)?;
            sheet.line(&kind, regular, (right - kind.width(6.5), 6.5), 6.5, look.soft);
        }
        Some((word, _)) => {
            let word = bold.line(word, 0.02)?;
            let width = word.width(8.0);
            sheet.rect(right - width - 3.0, 2.6, width + 3.0, 5.2, look.soft)?;
            sheet.line(&word, bold, (right - width - 1.5, 6.3), 8.0, look.ground);
        }
    }
    Ok(())
}

fn person(
    card: &CardFace,
    look: &Dress,
    Typefaces { regular, bold }: &Typefaces,
    sheet: &mut Sheet,
) -> Result<(), PrintError> {
    sheet.line(
        &regular.line("Mã công dân số", 0.0)?,
        regular,
        (MARGIN, 15.4),
        7.0,
        QUIET_TEXT,
    );
    let code = bold.fit(&card.code, (TEXT_WIDTH, 7.4), (14.0, 8.0))?;
    sheet.block(&code, bold, (MARGIN, 16.3), look.ground);
    sheet.rect(MARGIN, 22.9, TEXT_WIDTH, 0.2, RULE)?;

    sheet.line(&regular.line("Họ tên", 0.0)?, regular, (MARGIN, 26.5), 7.0, QUIET_TEXT);
    match &card.name {
        Some(name) => {
            let name = bold.fit(name, (TEXT_WIDTH, 10.6), (11.5, LEAST_SIZE))?;
            sheet.block(&name, bold, (MARGIN, 27.0), TEXT);
        }
        None => sheet.rect(MARGIN, 36.4, TEXT_WIDTH, 0.2, QUIET_TEXT)?,
    }

    let commune = regular.fit(&card.commune, (TEXT_WIDTH, 3.9), (8.5, LEAST_SIZE))?;
    sheet.block(&commune, regular, (MARGIN, 43.0 - commune.height()), TEXT);
    let issued = regular.line(&format!("Đăng ký ngày {}", card.issued), 0.0)?;
    sheet.line(&issued, regular, (MARGIN, 45.6), 7.0, QUIET_TEXT);
    Ok(())
}

fn footer(
    card: &CardFace,
    look: &Dress,
    Typefaces { regular, bold }: &Typefaces,
    sheet: &mut Sheet,
) -> Result<(), PrintError> {
    let top = CARD_HEIGHT_MM - FOOTER;
    match look.mark {
        None => {
            sheet.rect(0.0, top, CARD_WIDTH_MM, FOOTER, look.soft)?;
            let note = regular.line("Không thay thẻ căn cước", 0.0)?;
            let note_left = CARD_WIDTH_MM - MARGIN - note.width(6.0);
            sheet.line(&note, regular, (note_left, top + 3.75), 6.0, QUIET_TEXT);
            if let Some(team) = &card.team {
                let team = regular.fit(team, (note_left - MARGIN - 3.0, 5.0), (6.0, LEAST_SIZE))?;
                sheet.block(
                    &team,
                    regular,
                    (MARGIN, top + (FOOTER - team.height()) / 2.0),
                    QUIET_TEXT,
                );
            }
        }
        Some((_, words)) => {
            sheet.stripes(top, look.ground, look.accent)?;
            let words = bold.line(words, 0.02)?;
            let left = (CARD_WIDTH_MM - words.width(9.0)) / 2.0;
            sheet.rect(left - 3.0, top, words.width(9.0) + 6.0, FOOTER, look.soft)?;
            sheet.line(&words, bold, (left, top + 4.15), 9.0, look.ground);
        }
    }
    Ok(())
}

fn qr(card: &CardFace, sheet: &mut Sheet) -> Result<(), PrintError> {
    let modules = Modules::of_text(&card.qr_text)?;
    let module = QR_BOX / (modules.width + 2 * QUIET) as f32;
    if module < LEAST_MODULE {
        return Err(PrintError::QrTooLarge);
    }
    let (left, top) = (QR_LEFT + QUIET as f32 * module, HEADER + RIM + QUIET as f32 * module);
    let at = |origin: f32, modules: usize| (origin + modules as f32 * module) / MM_PER_PT;
    let mut path = PathBuilder::new();
    for (x, y, length) in modules.runs() {
        let run = Rect::from_ltrb(at(left, x), at(top, y), at(left, x + length), at(top, y + 1));
        path.push_rect(run.ok_or(PrintError::Document)?);
    }
    sheet.fill(path, luma::Color::black().into())
}

/// The surface, in millimetres.
struct Sheet<'a>(Surface<'a>);

impl Sheet<'_> {
    fn paint(&mut self, paint: Paint) {
        self.0.set_fill(Some(Fill {
            paint,
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    fn fill(&mut self, path: PathBuilder, paint: Paint) -> Result<(), PrintError> {
        self.paint(paint);
        self.0.draw_path(&path.finish().ok_or(PrintError::Document)?);
        Ok(())
    }

    fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) -> Result<(), PrintError> {
        let [x, y, width, height] = [x, y, width, height].map(|mm| mm / MM_PER_PT);
        let mut path = PathBuilder::new();
        path.push_rect(Rect::from_xywh(x, y, width, height).ok_or(PrintError::Document)?);
        self.fill(path, ink.into())
    }

    /// Slanting stripes from `top` to the lower edge of the card.
    fn stripes(&mut self, top: f32, ground: Ink, stripe: Ink) -> Result<(), PrintError> {
        let height = CARD_HEIGHT_MM - top;
        self.rect(0.0, top, CARD_WIDTH_MM, height, ground)?;
        let mut path = PathBuilder::new();
        for i in -2..18 {
            let left = i as f32 * 5.0;
            // A little short of the edge, or a hairline of it shows above what is laid over the stripes.
            let corners = [(height, 0.1), (height + 2.5, 0.1), (2.5, height), (0.0, height)];
            for (n, (x, y)) in corners.into_iter().enumerate() {
                let (x, y) = ((left + x) / MM_PER_PT, (top + y) / MM_PER_PT);
                if n == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
            }
            path.close();
        }
        self.fill(path, stripe.into())
    }

    /// One line of a size in points, its baseline beginning at a point.
    fn line(&mut self, line: &Line, face: &Typeface, (x, y): (f32, f32), size: f32, ink: Ink) {
        self.paint(ink.into());
        let start = Point::from_xy(x / MM_PER_PT, y / MM_PER_PT);
        self.0
            .draw_glyphs(start, &line.glyphs, face.font.clone(), &line.text, size, false);
    }

    /// Lines under one another, from their top left corner.
    fn block(&mut self, block: &Block, face: &Typeface, (x, y): (f32, f32), ink: Ink) {
        let step = block.height() / block.lines.len() as f32;
        for (i, line) in block.lines.iter().enumerate() {
            // Letters stand about three quarters of the way down a line of this leading.
            self.line(line, face, (x, y + step * (i as f32 + 0.76)), block.size, ink);
        }
    }
}

impl From<Ink> for Paint {
    fn from(Ink(red, green, blue): Ink) -> Self {
        rgb::Color::new(red, green, blue).into()
    }
}
