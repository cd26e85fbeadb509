//! Somebody else's decoder, for what ours is not made for: codes of one pixel per module, patterns drawn as ornaments.

use crate::{Found, Luma};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, common::HybridBinarizer, multi::MultipleBarcodeReader,
    qrcode::cpp_port::QrReader,
};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Runs a decoder that may panic on a strange picture: then it simply found nothing.
fn guarded(read: impl FnOnce() -> Vec<Found>) -> Vec<Found> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// Reads with rxing a picture made `factor` times smaller; each neighbourhood has its own threshold between dark and light.
pub(crate) fn rxing((picture, factor): (&Luma, f32)) -> Vec<Found> {
    // Without this list Micro QR codes are tried too, and those are seen in noise.
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    guarded(|| {
        let Ok(source) = Luma8Source::new_with_slice(picture.pixels(), picture.width() as u32, picture.height() as u32)
        else {
            return Vec::new();
        };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let results = QrReader
            .decode_multiple_with_hints(&mut bitmap, &hints)
            .unwrap_or_default();
        results
            .iter()
            // This reader (unlike rxing's older one) puts the decoded content there, before any character set is guessed.
            .filter(|result| !result.getRawBytes().is_empty())
            .map(|result| {
                let mut corners = [(0.0, 0.0); 4];
                for (corner, point) in corners.iter_mut().zip(result.getPoints()) {
                    *corner = (point.x * factor, point.y * factor);
                }
                Found::new(result.getRawBytes().to_vec(), corners)
            })
            .collect()
    })
}
