//! Programs that are not ours, looking at our paper: poppler rasterises and extracts, zbar reads.
#![allow(dead_code, reason = "every test takes what it needs")]

use image::GrayImage;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const QR_ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// As long as a signed identity code in base45; every number gives another text.
pub fn qr_text(length: usize, number: usize) -> String {
    (0..length)
        .map(|i| char::from(QR_ALPHABET[(i * 17 + i / 45 + number * (i % 7 + 1)) % 45]))
        .collect::<String>()
        .replace(' ', "A")
}

/// Runs a program; `None` when it is not installed.
pub fn run(program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            assert!(
                output.status.success(),
                "{program}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(output.stdout)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: {program} missing");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

/// Writes a file of this test into the build folder.
pub fn saved(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("a writable folder");
    path
}

/// One page, counted from 1, as poppler paints it; `None` without poppler.
pub fn rasterised(pdf: &Path, page: u32, dpi: u32) -> Option<GrayImage> {
    let base = format!("{}-{page}-{dpi}", pdf.with_extension("").to_string_lossy());
    let (page, dpi) = (page.to_string(), dpi.to_string());
    run(
        "pdftoppm",
        &[
            "-png",
            "-gray",
            "-singlefile",
            "-f",
            &page,
            "-r",
            &dpi,
            &pdf.to_string_lossy(),
            &base,
        ],
    )?;
    Some(image::open(base + ".png").expect("a picture").into_luma8())
}

/// A piece of a page, in millimetres.
pub fn cut(page: &GrayImage, dpi: u32, (x, y): (f32, f32), (width, height): (f32, f32)) -> GrayImage {
    let px = |mm: f32| (mm / 25.4 * dpi as f32).round() as u32;
    image::imageops::crop_imm(page, px(x), px(y), px(width), px(height)).to_image()
}

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("encodes");
    file.into_inner()
}

/// What our own reader finds in a picture.
pub fn read(picture: &GrayImage) -> Vec<String> {
    scan::scan_picture(&png(picture), &mut || true)
        .expect("a picture")
        .into_iter()
        .map(|code| String::from_utf8(code.bytes).expect("UTF-8"))
        .collect()
}

/// What zbar finds in a picture of one code; `None` without zbar.
pub fn read_by_zbar(name: &str, picture: &GrayImage) -> Option<Vec<String>> {
    let path = saved(&format!("{name}.png"), &png(picture));
    let arguments = [
        "--quiet",
        "--raw",
        "-Sdisable",
        "-Sqrcode.enable",
        &path.to_string_lossy(),
    ];
    match Command::new("zbarimg").args(arguments).output() {
        // Status 4: no code found.
        Ok(output) if matches!(output.status.code(), Some(0 | 4)) => Some(
            String::from_utf8_lossy(&output.stdout)
                .lines()
                .map(str::to_owned)
                .collect(),
        ),
        Ok(output) => panic!("zbarimg: {}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            eprintln!("skipped: zbarimg missing");
            None
        }
    }
}

/// The text of a PDF as poppler copies it out, NFC; `None` without poppler.
pub fn text_of(pdf: &Path) -> Option<String> {
    use unicode_normalization::UnicodeNormalization as _;
    let out = run("pdftotext", &["-raw", "-enc", "UTF-8", &pdf.to_string_lossy(), "-"])?;
    Some(String::from_utf8(out).expect("UTF-8").nfc().collect())
}
