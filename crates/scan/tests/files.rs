//! Files that are not what they should be.

mod scene;

use proptest::prelude::*;
use scan::{ScanError, decode_picture, scan_picture};
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
        ("a WebP", encoded(&picture, image::ImageFormat::WebP), "not_a_picture"),
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
