//! Files that are not what they should be.

mod scene;

use proptest::prelude::*;
use scan::{STAGES, ScanError, decode_picture, scan_picture};
use scene::{CARDS, Scene, encoded, jpeg, medium, photograph};

/// A PNG header that claims a size, with right checksum, and nothing behind it.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let crc = !chunk.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    });
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(chunk);
    file.extend(crc.to_be_bytes());
    // The decoder reads up to the first data before it speaks of a size.
    file.extend(b"\0\0\0\x04IDAT\0\0\0\0\0\0\0\0");
    file
}

/// A whole WebP whose header claims another size: after "VP8L", a length and a mark, 14 bits each of width and height less 1.
fn claims_webp(width: u32, height: u32) -> Vec<u8> {
    let mut file = encoded(&scene::noise(8, 8, 128.0, 20.0, 1), image::ImageFormat::WebP);
    assert_eq!((&file[12..16], file[20]), (b"VP8L".as_slice(), 0x2F));
    file[21..25].copy_from_slice(&((width - 1) | (height - 1) << 14).to_le_bytes());
    file
}

/// What a phone writes into a picture that was taken upright: turn it by 90 degrees.
fn turned_by_exif(jpeg: &[u8]) -> Vec<u8> {
    let exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut file = jpeg[..2].to_vec();
    file.extend([0xFF, 0xE1]);
    file.extend((exif.len() as u16 + 2).to_be_bytes());
    file.extend(exif);
    file.extend(&jpeg[2..]);
    file
}

#[test]
fn a_picture_that_asks_to_be_turned_reads_the_same() {
    for angle in [0.0, 90.0, 180.0, 270.0] {
        let picture = photograph(
            &medium(CARDS[2].as_bytes()),
            Scene {
                angle,
                ..Scene::default()
            },
        );
        let found = scan_picture(&turned_by_exif(&jpeg(&picture, 85)), &mut || true).expect("a picture");
        assert_eq!(found.len(), 1, "{angle}");
        assert_eq!(found[0].bytes, CARDS[2].as_bytes());
    }
}

/// A photograph as phones take it: twelve megapixels, the code in a corner, seen softly over many pixels.
#[test]
fn twelve_megapixels_with_a_large_or_a_small_code() {
    for (module, blur) in [(18.0, 6.0), (3.0, 0.8)] {
        let code = photograph(
            &medium(CARDS[1].as_bytes()),
            Scene {
                module,
                blur,
                angle: 14.0,
                ..Scene::default()
            },
        );
        let (width, height) = (4000, 3000);
        let mut pixels = vec![190_u8; width * height];
        for y in 0..code.height() {
            let at = (y + 900) * width + 2300;
            pixels[at..at + code.width()].copy_from_slice(&code.pixels()[y * code.width()..(y + 1) * code.width()]);
        }
        let file = jpeg(&scan::Luma::new(width, height, pixels).expect("a picture"), 80);
        let found = scan_picture(&file, &mut || true).expect("a picture");
        assert_eq!(found[0].bytes, CARDS[1].as_bytes(), "{module} pixels per module");
        let stages = STAGES.iter().take(3).map(|stage| stage.name);
        assert!(
            stages.clone().any(|name| name == found[0].stage),
            "easy, yet {}",
            found[0].stage
        );
    }
}

#[test]
fn each_bad_file_has_its_code() {
    let picture = photograph(&medium(CARDS[0].as_bytes()), Scene::default());
    let png = encoded(&picture, image::ImageFormat::Png);
    let cut = |file: &[u8]| file[..file.len() / 3].to_vec();
    let table: &[(&str, Vec<u8>, &str)] = &[
        ("empty", vec![], "not_a_picture"),
        ("text", b"048188999301||Tran".to_vec(), "not_a_picture"),
        ("a PDF", b"%PDF-1.7\n".to_vec(), "not_a_picture"),
        ("a GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "not_a_picture"),
        (
            "a WebP cut short",
            cut(&encoded(&picture, image::ImageFormat::WebP)),
            "damaged",
        ),
        ("a WebP of 16,000 by 16,000", claims_webp(16_000, 16_000), "too_large"),
        ("only the first bytes of a PNG", png[..8].to_vec(), "damaged"),
        ("a PNG cut short", cut(&png), "damaged"),
        ("only the first bytes of a JPEG", vec![0xFF, 0xD8, 0xFF], "damaged"),
        ("a JPEG cut in its header", jpeg(&picture, 80)[..60].to_vec(), "damaged"),
        ("60,000 by 60,000", claims(60_000, 60_000), "too_large"),
        ("one long line", claims(4_000_000_000, 1), "too_large"),
        ("just too many pixels", claims(10_000, 5_001), "too_large"),
    ];
    for (what, file, expected) in table {
        assert_eq!(
            decode_picture(file).map(|_| ()).map_err(ScanError::code),
            Err(*expected),
            "{what}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        as_jpeg in any::<bool>(),
    ) {
        let picture = photograph(&medium(b"048"), Scene { module: 2.0, ..Scene::default() });
        let mut file = if as_jpeg { jpeg(&picture, 50) } else { encoded(&picture, image::ImageFormat::Png) };
        for (at, value) in flips {
            let at = at.index(file.len());
            file[at] = value;
        }
        // Damage the pixels survive may still be read; then it is read rightly.
        for code in scan_picture(&file, &mut || false).unwrap_or_default() {
            prop_assert_eq!(code.bytes, b"048");
        }
    }
}
