//! The slip as PDF and as the dots of a receipt printer.

mod common;

use common::{qr_text, rasterised, read, read_by_zbar, saved, text_of};
use domain::ids::Realm;
use image::{GrayImage, Luma};
use print::{CardFace, HEAD_DOTS, PrintError, escpos, page_count, page_png, slip_pdf};

fn face(qr_length: usize) -> CardFace {
    CardFace {
        qr_text: qr_text(qr_length, 3),
        code: "7KQ2-M4XA-9RTW".to_owned(),
        name: Some("Công Tằng Tôn Nữ Bh'nướch Ŏ́ Ŭĭñ Thị Bích Huyền".to_owned()),
        issued: "23/11/2026".to_owned(),
        commune: "Phường Hải Châu".to_owned(),
        realm: Realm::Live,
        team: Some("Tổ công nghệ số cộng đồng 12".to_owned()),
    }
}

/// A receipt printer: understands the commands we send and nothing else.
fn printed(bytes: &[u8]) -> (GrayImage, bool) {
    let mut rest = bytes.strip_prefix(b"\x1b@").expect("initialised first");
    let mut rows: Vec<Vec<u8>> = Vec::new();
    while let Some(picture) = rest.strip_prefix(b"\x1dv0\0") {
        let number = |at: usize| usize::from(u16::from_le_bytes([picture[at], picture[at + 1]]));
        let (across, down) = (number(0), number(2));
        assert!(down <= 256, "no more than a small printer buffers");
        rows.extend(picture[4..4 + across * down].chunks(across).map(<[u8]>::to_vec));
        rest = &picture[4 + across * down..];
    }
    let width = rows[0].len() as u32 * 8;
    let picture = GrayImage::from_fn(width, rows.len() as u32, |x, y| {
        let byte = rows[y as usize][x as usize / 8];
        Luma([if byte >> (7 - x % 8) & 1 == 1 { 0 } else { 255 }])
    });
    (picture, rest == b"\x1dV\x42\0")
}

#[test]
fn the_slip_says_what_was_recorded_what_happens_and_how_to_change_ones_mind() {
    let face = face(230);
    let pdf = saved("slip.pdf", &slip_pdf(&face, true).expect("a slip"));
    let Some(text) = text_of(&pdf) else { return };
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "Phiếu ghi nhận đăng ký",
        "Mã công dân số 7KQ2-M4XA-9RTW",
        "Công Tằng Tôn Nữ Bh'nướch Ŏ́ Ŭĭñ Thị Bích Huyền",
        "Phường Hải Châu · Ngày 23/11/2026",
        "Việc tiếp theo",
        "gọi hoặc nhắn tin",
        "Muốn đổi ý, xem, sửa hoặc xóa",
        "2 ngày làm việc",
    ] {
        assert!(flat.contains(words), "{words}: {flat}");
    }
    let uncalled = saved("slip-uncalled.pdf", &slip_pdf(&face, false).expect("a slip"));
    assert!(
        !text_of(&uncalled).expect("poppler is here").contains("nhắn tin"),
        "who did not agree to be called is not promised a call"
    );
}

#[test]
fn practice_slips_are_marked_at_both_ends_and_beside_the_code() {
    for (realm, words) in [
        (Realm::Practice, "LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ"),
        (Realm::Development, "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ"),
    ] {
        let face = CardFace { realm, ..face(120) };
        let pdf = saved("slip-marked.pdf", &slip_pdf(&face, true).expect("a slip"));
        let Some(text) = text_of(&pdf) else { return };
        assert_eq!(text.matches(words).count(), 3, "{text}");
    }
}

#[test]
fn dots_are_the_slip_and_the_code_reads_from_them() {
    // From a short code up to version 16, the last that the card holds too.
    for length in [60, 150, 230, 311, 528, 656] {
        let face = face(length);
        let (picture, cut) = printed(&escpos(&slip_pdf(&face, true).expect("fits")).expect("a slip"));
        assert!(cut, "ends with a cut");
        assert_eq!(picture.width(), HEAD_DOTS);
        assert_eq!(read(&picture), [face.qr_text.as_str()], "{length}");
        if let Some(found) = read_by_zbar(&format!("slip-dots-{length}"), &picture) {
            assert_eq!(found, [face.qr_text.as_str()], "{length}, zbar");
        }
        // Every module a whole number of dots: within the code no dark or light run is anything else.
        let runs = code_runs(&picture);
        let module = runs.iter().copied().min().expect("a code");
        assert!(module >= 4, "{length}: modules of {module} dots");
        assert!(runs.iter().all(|run| run % module == 0), "{length}: {runs:?}");
    }
}

/// Lengths of the runs in the rows of the code; the finder patterns say where it is.
fn code_runs(picture: &GrayImage) -> Vec<u32> {
    let row = |y: u32| {
        let mut runs: Vec<(bool, u32)> = Vec::new();
        for x in 0..picture.width() {
            let dark = picture.get_pixel(x, y).0[0] < 128;
            match runs.last_mut() {
                Some((shade, length)) if *shade == dark => *length += 1,
                _ => runs.push((dark, 1)),
            }
        }
        runs
    };
    // 7 dark modules, then the pattern, then 7 again: the first row of the code.
    let top = (0..picture.height())
        .find(|&y| {
            let runs = row(y);
            runs.len() > 10 && runs[1].1 >= 28 && runs[1].1 == runs[runs.len() - 2].1
        })
        .expect("a code");
    let module = row(top)[1].1 / 7;
    (top..top + 21 * module)
        .flat_map(|y| {
            let mut runs = row(y);
            let inner = runs.len() - 1;
            runs.drain(1..inner).map(|(_, length)| length).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_slip_reads_from_a_rasterised_pdf_too() {
    let face = face(311);
    let pdf = saved("slip-read.pdf", &slip_pdf(&face, true).expect("a slip"));
    for dpi in [200, 300, 600] {
        let Some(page) = rasterised(&pdf, 1, dpi) else { return };
        assert_eq!(read(&page), [face.qr_text.as_str()], "{dpi} dpi");
    }
}

#[test]
fn what_the_window_shows_is_the_page() {
    let face = face(230);
    let pdf = slip_pdf(&face, true).expect("a slip");
    assert_eq!(page_count(&pdf), Ok(1));
    let png = page_png(&pdf, 0, 640).expect("a picture");
    let picture = image::load_from_memory(&png).expect("a picture");
    assert_eq!(picture.width(), 640);
    assert_eq!(read(&picture.to_luma8()), [face.qr_text.as_str()]);
    assert_eq!(page_png(&pdf, 1, 640), Err(PrintError::Document));
    assert_eq!(page_png(b"no document", 0, 640), Err(PrintError::Document));
    assert_eq!(page_png(&pdf, 0, u16::MAX), Err(PrintError::Document));
    // Next to poppler's: the same ink at the same places.
    let Some(theirs) = rasterised(&saved("slip-shown.pdf", &pdf), 1, 203) else {
        return;
    };
    let ours = image::imageops::resize(
        &picture.to_luma8(),
        theirs.width(),
        theirs.height(),
        image::imageops::FilterType::Triangle,
    );
    let difference: u64 = ours
        .pixels()
        .zip(theirs.pixels())
        .map(|(a, b)| u64::from(a.0[0].abs_diff(b.0[0])))
        .sum();
    let mean = difference as f64 / f64::from(theirs.width() * theirs.height());
    assert!(mean < 12.0, "a mean difference of {mean} grey values");
}

#[test]
fn what_does_not_fit_is_refused_and_only_slips_are_slips() {
    assert_eq!(slip_pdf(&face(4000), true), Err(PrintError::QrTooLarge));
    let card = print::card_pdf(&face(100)).expect("a card");
    assert_eq!(escpos(&card), Err(PrintError::Document));
    assert_eq!(escpos(b""), Err(PrintError::Document));
    let mut strange = face(100);
    strange.name = Some("山田".to_owned());
    assert_eq!(slip_pdf(&strange, true), Err(PrintError::UnknownCharacter));
}
