//! The two decoders, behind one shape. Each sees what the other misses; both hand over bytes.

use crate::{Found, Luma, filter};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, common::HybridBinarizer, multi::MultipleBarcodeReader,
    qrcode::cpp_port::QrReader,
};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// rqrr copies the whole picture for every group of finder patterns it considers; above this many pixels it gets a smaller one.
const MOST_PIXELS_FOR_RQRR: usize = 6_000_000;

/// Runs a decoder that may panic on a strange picture (rqrr does on one real photograph): then it simply found nothing.
fn guarded(read: impl FnOnce() -> Vec<Found>) -> Vec<Found> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// Reads with rqrr.
pub(crate) fn rqrr(picture: &Luma) -> Vec<Found> {
    if picture.pixels().len() > MOST_PIXELS_FOR_RQRR {
        return enlarge(rqrr(&filter::half(picture)), 2.0);
    }
    guarded(|| {
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), |x, y| picture.at(x, y));
        let mut found = Vec::new();
        for grid in prepared.detect_grids() {
            let mut bytes = Vec::new();
            if grid.decode_to(&mut bytes).is_ok() && !bytes.is_empty() {
                found.push(Found::new(
                    bytes,
                    grid.bounds.map(|corner| (corner.x as f32, corner.y as f32)),
                ));
            }
        }
        found
    })
}

/// Reads with rxing; each neighbourhood has its own threshold between dark and light.
pub(crate) fn rxing(picture: &Luma) -> Vec<Found> {
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
                    *corner = (point.x, point.y);
                }
                Found::new(result.getRawBytes().to_vec(), corners)
            })
            .collect()
    })
}

/// Corners found in a picture that was made smaller or larger, in pixels of the original.
pub(crate) fn enlarge(mut found: Vec<Found>, factor: f32) -> Vec<Found> {
    for (x, y) in found.iter_mut().flat_map(|code| &mut code.corners) {
        *x *= factor;
        *y *= factor;
    }
    found
}
