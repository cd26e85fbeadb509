//! The acknowledgement slip (*Phiếu ghi nhận đăng ký*) on a receipt printer's roll, 80 mm wide: what was recorded, what
//! happens next, how to change one's mind. Black on white only; heat knows no grey.
//!
//! It is laid out on the printer's dots (203 dpi: 8 in a millimetre), so that every module of the QR code is a whole number
//! of them and its edges stay sharp.

use crate::{
    CardFace, PrintError,
    canvas::{BLACK, LEAST_MODULE, Paper, WHITE},
    flow::{Flow, Side, Style},
    look::Look,
    qr::{Modules, QUIET},
};

/// Width of the roll in millimetres.
pub const SLIP_WIDTH_MM: f32 = 80.0;
/// Width that the head reaches, in millimetres: 576 dots.
pub(crate) const HEAD_MM: f32 = 72.0;
/// Dots in a millimetre at 203 dpi.
pub(crate) const DOTS_PER_MM: f32 = 8.0;
const SIDE: f32 = (SLIP_WIDTH_MM - HEAD_MM) / 2.0;
/// What the QR code with its quiet zone may take where that leaves its modules large enough.
const QR_MM: f32 = 54.0;

const fn style(size: f32, bold: bool) -> Style {
    Style { size, bold, ink: BLACK }
}

/// The slip of a registration as a PDF of one page, as long as its content.
///
/// # Arguments
/// `face` as on the card; `called` when the resident agreed to be called about the outcome.
///
/// # Errors
/// As [`crate::card_pdf`].
pub fn slip_pdf(face: &CardFace, called: bool) -> Result<Vec<u8>, PrintError> {
    let mut paper = Paper::new("Phiếu ghi nhận đăng ký")?;
    let fonts = paper.fonts;
    let mut flow = Flow::new(fonts, HEAD_MM);
    let mark = Look::of(face.realm).mark;
    let banner = |flow: &mut Flow| match &mark {
        None => Ok(()),
        Some(mark) => {
            let white = Style {
                ink: WHITE,
                ..style(12.0, true)
            };
            flow.band(mark.words, BLACK, white)?;
            flow.gap(1.5);
            Ok(())
        }
    };

    flow.gap(3.0);
    banner(&mut flow)?;
    flow.text("CÔNG DÂN SỐ – ĐÀ NẴNG", style(11.0, true), Side::Middle)?;
    flow.text("Phiếu ghi nhận đăng ký", style(13.0, true), Side::Middle)?;
    flow.gap(2.0);
    flow.text("Mã công dân số", style(9.0, false), Side::Middle)?;
    flow.large(&face.code, (24.0, 12.0), style(24.0, true))?;
    qr(&face.qr_text, &mut flow)?;
    banner(&mut flow)?;

    match &face.name {
        Some(name) => flow.text(name, style(13.0, true), Side::Middle)?,
        None => {
            flow.text("Họ tên:", style(9.0, false), Side::Left)?;
            flow.gap(7.0);
            flow.rule(BLACK);
        }
    }
    flow.text(
        &format!("{} · Ngày {}", face.commune, face.issued),
        style(9.0, false),
        Side::Middle,
    )?;
    flow.gap(2.0);
    flow.rule(BLACK);
    flow.gap(1.5);

    flow.text("Việc tiếp theo", style(10.0, true), Side::Left)?;
    let told = match called {
        true => "3. Kết quả: thành phố gọi hoặc nhắn tin; hoặc đem phiếu này đến UBND phường/xã.",
        false => "3. Kết quả: đem phiếu này đến UBND phường/xã.",
    };
    for step in [
        "1. Đăng ký của ông/bà đã được ghi trên máy của Tổ.",
        "2. Khi có mạng, máy gửi về thành phố; thành phố đối chiếu rồi lập tài khoản.",
        told,
    ] {
        flow.text(step, style(9.0, false), Side::Left)?;
    }
    flow.gap(1.5);
    flow.text("Muốn đổi ý, xem, sửa hoặc xóa", style(10.0, true), Side::Left)?;
    flow.text(
        "Bất cứ lúc nào, đến UBND phường/xã và đọc mã ở trên. Được trả lời trong 2 ngày làm việc.",
        style(9.0, false),
        Side::Left,
    )?;
    flow.gap(1.5);
    flow.rule(BLACK);
    flow.gap(1.0);
    flow.text(
        "Không thay thẻ căn cước. Không thu tiền, không hỏi mật khẩu, mã OTP.",
        style(8.0, false),
        Side::Left,
    )?;
    if let Some(team) = &face.team {
        flow.text(team, style(8.0, false), Side::Left)?;
    }
    flow.gap(1.5);
    banner(&mut flow)?;
    flow.gap(2.0);

    // A whole number of dots, or the last row of the picture would be half of one.
    let height = (flow.height() * DOTS_PER_MM).ceil() / DOTS_PER_MM;
    paper.page((SLIP_WIDTH_MM, height), |canvas| {
        let mut y = 0.0;
        for row in &flow.rows {
            row.draw(fonts, canvas, (SIDE, y))?;
            y += row.height;
        }
        Ok(())
    })?;
    paper.finish()
}

/// The code in the middle, its modules a whole number of dots and on whole dots, with the quiet zone above and below.
fn qr(text: &str, flow: &mut Flow) -> Result<(), PrintError> {
    let modules = Modules::of_text(text)?;
    let with_quiet = (modules.width + 2 * QUIET) as f32;
    let least = (LEAST_MODULE * DOTS_PER_MM).ceil();
    let dots = [QR_MM, HEAD_MM]
        .map(|room| (room * DOTS_PER_MM / with_quiet).floor())
        .into_iter()
        .find(|&dots| dots >= least)
        .ok_or(PrintError::QrTooLarge)?;
    let module = dots / DOTS_PER_MM;
    let quiet = QUIET as f32 * module;
    let to_dot = |mm: f32| (mm * DOTS_PER_MM).round() / DOTS_PER_MM;
    let above = flow.height();
    flow.gap(to_dot(above + quiet) - above);
    let left = to_dot((HEAD_MM - modules.width as f32 * module) / 2.0);
    flow.qr(modules, module, left);
    flow.gap(quiet);
    Ok(())
}
