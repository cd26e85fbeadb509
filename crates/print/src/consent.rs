//! The copy of a consent: which text, which answers, who signed how, when and where. A4, for the resident's papers.
//!
//! The drawn signature is not on it: it is sealed for the platform and leaves the device at once.

use crate::{
    PrintError,
    canvas::{Paper, QUIET_TEXT, RULE, TEXT},
    flow::{Flow, Row, Side, Style},
    look::Look,
};
use domain::ids::Realm;
use std::fmt;

/// What stands on the copy.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsentFace {
    /// Name of the person registered.
    pub name: String,
    /// The code as it is read aloud.
    pub code: String,
    /// Version of the notice.
    pub notice_version: u16,
    /// The notice's full text, Markdown with headings, lists and bold only.
    pub notice: String,
    /// SHA-256 of that text, hexadecimal: the same in the platform's records.
    pub notice_hash: String,
    /// Each purpose in the notice's words, with the answer; `None` where it was not asked.
    pub answers: Vec<(String, Option<bool>)>,
    /// The notice was read aloud.
    pub read_aloud: bool,
    /// Who signed, the person first.
    pub signers: Vec<SignerFace>,
    /// Day and time in Vietnam, "23/11/2026 08:15".
    pub signed_at: String,
    /// Commune with its kind.
    pub commune: String,
    /// Device number.
    pub device: u32,
    /// Operator number.
    pub operator: u32,
    /// Team.
    pub team: Option<String>,
    /// Anything but [`Realm::Live`] is marked as worthless.
    pub realm: Realm,
}

/// One who signed.
#[derive(Clone, PartialEq, Eq)]
pub struct SignerFace {
    /// As what, in Vietnamese: "Người đăng ký", "Mẹ", "Người giám hộ".
    pub role: String,
    /// Name.
    pub name: String,
    /// How.
    pub manner: SignedHow,
}

/// How somebody signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedHow {
    /// By finger or pen on the device.
    Drawn,
    /// A cross, for who cannot write.
    Mark,
    /// Could not sign; this operator witnessed.
    Witness(u32),
}

/// Nearly everything on it is personal data.
impl fmt::Debug for ConsentFace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentFace")
            .field("notice_version", &self.notice_version)
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignerFace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerFace")
            .field("manner", &self.manner)
            .finish_non_exhaustive()
    }
}

impl SignedHow {
    fn words(self) -> String {
        match self {
            Self::Drawn => "đã ký trên máy".to_owned(),
            Self::Mark => "đã đánh dấu chữ thập trên máy".to_owned(),
            Self::Witness(operator) => format!("không ký được; người làm chứng: thành viên Tổ số {operator}"),
        }
    }
}

const A4: (f32, f32) = (210.0, 297.0);
const MARGIN: f32 = 20.0;
const FOOT: f32 = 12.0;

const fn style(size: f32, bold: bool) -> Style {
    Style { size, bold, ink: TEXT }
}

const BODY: Style = style(10.0, false);

/// The copy as a PDF of one or more A4 pages.
///
/// # Errors
/// As [`crate::card_pdf`].
pub fn consent_pdf(consent: &ConsentFace) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new("Bản sao đồng ý")?;
    let fonts = paper.fonts;
    let mut flow = Flow::new(fonts, A4.0 - 2.0 * MARGIN);
    let look = Look::of(consent.realm);
    flow.text(
        "BẢN SAO: THÔNG BÁO VÀ LỰA CHỌN VỀ DỮ LIỆU CÁ NHÂN",
        style(13.0, true),
        Side::Middle,
    )?;
    flow.gap(1.0);
    flow.text(
        "Công dân số – thành phố Đà Nẵng · Bản này ông/bà giữ.",
        style(9.0, false),
        Side::Middle,
    )?;
    flow.gap(3.0);
    pair(&mut flow, "Người đăng ký", &consent.name)?;
    pair(&mut flow, "Mã công dân số", &consent.code)?;
    pair(&mut flow, "Lúc", &format!("{}, {}", consent.signed_at, consent.commune))?;
    flow.gap(2.0);
    flow.rule(RULE);
    flow.gap(2.0);
    markdown(&mut flow, &consent.notice)?;
    flow.gap(2.0);
    flow.rule(RULE);
    flow.gap(2.0);
    heading(&mut flow, "Ông/bà đã chọn")?;
    for (purpose, answer) in &consent.answers {
        let answer = match answer {
            Some(true) => "Đồng ý",
            Some(false) => "Không đồng ý",
            None => "Không hỏi (không để lại số điện thoại)",
        };
        flow.rich(&[(false, purpose), (true, &format!("– {answer}"))], BODY, 0.0)?;
    }
    let how = match consent.read_aloud {
        true => "Thông báo đã được đọc cho nghe.",
        false => "Thông báo đã được đưa cho đọc.",
    };
    flow.text(how, BODY, Side::Left)?;
    flow.gap(2.0);
    heading(&mut flow, "Đã ký")?;
    for signer in &consent.signers {
        let (role, how) = (format!("{}:", signer.role), format!("– {}", signer.manner.words()));
        flow.rich(&[(false, &role), (true, &signer.name), (false, &how)], BODY, 0.0)?;
    }
    flow.gap(2.0);
    heading(&mut flow, "Muốn đổi ý")?;
    flow.text(
        "Bất cứ lúc nào, từng mục một: đến UBND phường/xã và đọc mã công dân số ở trên.",
        BODY,
        Side::Left,
    )?;
    flow.gap(2.0);
    let small = Style {
        size: 8.0,
        ink: QUIET_TEXT,
        ..BODY
    };
    let from = format!(
        "Thông báo bản {} · Máy {} · Thành viên Tổ số {}{}",
        consent.notice_version,
        consent.device,
        consent.operator,
        consent
            .team
            .as_ref()
            .map(|team| format!(" · {team}"))
            .unwrap_or_default()
    );
    flow.text(&from, small, Side::Left)?;
    flow.text(
        &format!("SHA-256 của thông báo: {}", consent.notice_hash),
        small,
        Side::Left,
    )?;

    let room = A4.1 - 2.0 * MARGIN;
    let pages = broken(&flow.rows, room);
    let count = pages.len();
    for (number, rows) in pages.into_iter().enumerate() {
        paper.page(A4, |canvas| {
            if let Some(mark) = &look.mark {
                for top in [5.0, A4.1 - 5.0 - FOOT / 2.0] {
                    canvas.rect(MARGIN, top, A4.0 - 2.0 * MARGIN, FOOT / 2.0, look.ground)?;
                    let words = fonts.bold.line(mark.words, 0.02)?;
                    let left = (A4.0 - words.width(11.0)) / 2.0;
                    canvas.line(&words, &fonts.bold, (left, top + 4.4), 11.0, look.soft);
                }
            }
            let mut y = MARGIN;
            for row in rows {
                row.draw(fonts, canvas, (MARGIN, y))?;
                y += row.height;
            }
            let foot = fonts.regular.line(&format!("Trang {}/{count}", number + 1), 0.0)?;
            let left = A4.0 - MARGIN - foot.width(8.0);
            canvas.line(&foot, &fonts.regular, (left, A4.1 - FOOT), 8.0, QUIET_TEXT);
            Ok(())
        })?;
    }
    paper.finish()
}

/// Rows page by page.
fn broken(rows: &[Row], room: f32) -> Vec<&[Row]> {
    let mut pages = Vec::new();
    let (mut first, mut used) = (0, 0.0);
    for (i, row) in rows.iter().enumerate() {
        if used + row.height > room && i > first {
            pages.push(&rows[first..i]);
            (first, used) = (i, 0.0);
        }
        used += row.height;
    }
    pages.push(&rows[first..]);
    pages
}

fn heading(flow: &mut Flow, text: &str) -> Result<(), PrintError> {
    flow.text(text, style(11.0, true), Side::Left)?;
    flow.gap(0.8);
    Ok(())
}

fn pair(flow: &mut Flow, label: &str, value: &str) -> Result<(), PrintError> {
    flow.rich(&[(false, &format!("{label}:")), (true, value)], style(11.0, false), 0.0)
}

/// The notice: headings, items, paragraphs with bold words. Every word of it is set.
fn markdown(flow: &mut Flow, text: &str) -> Result<(), PrintError> {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix('#') {
            flow.gap(1.0);
            heading(flow, title.trim_start_matches('#').trim())?;
            continue;
        }
        let item = line.starts_with("- ") || line.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
        let spans: Vec<(bool, &str)> = line
            .split("**")
            .enumerate()
            .map(|(i, span)| (i % 2 == 1, span))
            .filter(|(_, span)| !span.trim().is_empty())
            .collect();
        flow.rich(&spans, BODY, if item { 4.0 } else { 0.0 })?;
        flow.gap(if item { 0.4 } else { 1.4 });
    }
    Ok(())
}
