//! Every reader that is measured, behind one shape: a picture in, the bytes of the codes in it out.

use cpu_time::ThreadTime;
use scan::Luma;
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
    time::Duration,
};

/// Time of one processor after which our reader looks no further, as a caller would set it.
pub static BUDGET: OnceLock<Duration> = OnceLock::new();

/// What is left to our reader for a picture it began at `start`.
pub fn in_time(start: ThreadTime) -> bool {
    BUDGET.get().is_none_or(|budget| start.elapsed() < *budget)
}

/// A reader with the name it has in the table.
pub struct Reader {
    pub name: &'static str,
    pub read: fn(&Luma) -> Vec<Vec<u8>>,
}

/// Ours first.
pub fn readers() -> Vec<Reader> {
    #[cfg_attr(not(feature = "peers"), expect(unused_mut, reason = "nobody to add"))]
    let mut readers = vec![
        Reader {
            name: "ours",
            read: ours,
        },
        Reader {
            name: "rqrr",
            read: rqrr,
        },
        Reader {
            name: "rxing",
            read: rxing,
        },
    ];
    #[cfg(feature = "peers")]
    readers.extend([
        Reader {
            name: "zxing-cpp",
            read: zxing,
        },
        Reader {
            name: "zbar",
            read: crate::zbar::read,
        },
        Reader {
            name: "quirc",
            read: quirc,
        },
    ]);
    readers
}

fn ours(picture: &Luma) -> Vec<Vec<u8>> {
    let start = ThreadTime::now();
    scan::scan_luma(picture, &mut || in_time(start))
        .into_iter()
        .map(|code| code.bytes)
        .collect()
}

/// A reader that panics has read nothing; its message would only fill the screen.
fn guarded(read: impl FnOnce() -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

fn rqrr(picture: &Luma) -> Vec<Vec<u8>> {
    guarded(|| {
        let at = |x, y| picture.pixels()[y * picture.width() + x];
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), at);
        let read = |grid: rqrr::Grid<_>| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).is_ok().then_some(bytes)
        };
        prepared.detect_grids().into_iter().filter_map(read).collect()
    })
}

fn rxing(picture: &Luma) -> Vec<Vec<u8>> {
    use rxing::{
        BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, common::HybridBinarizer, multi::MultipleBarcodeReader,
    };
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    guarded(|| {
        let source = Luma8Source::new_with_slice(picture.pixels(), picture.width() as u32, picture.height() as u32);
        let Ok(source) = source else { return Vec::new() };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        rxing::qrcode::cpp_port::QrReader
            .decode_multiple_with_hints(&mut bitmap, &hints)
            .unwrap_or_default()
            .iter()
            .map(|result| result.getRawBytes().to_vec())
            .filter(|bytes| !bytes.is_empty())
            .collect()
    })
}

#[cfg(feature = "peers")]
fn zxing(picture: &Luma) -> Vec<Vec<u8>> {
    let Ok(view) = zxingcpp::ImageView::from_slice(
        picture.pixels(),
        picture.width(),
        picture.height(),
        zxingcpp::ImageFormat::Lum,
    ) else {
        return Vec::new();
    };
    let reader = zxingcpp::read()
        .formats([zxingcpp::BarcodeFormat::QRCodeModel2].as_slice())
        .try_harder(true)
        .try_rotate(true)
        .try_invert(true)
        .try_downscale(true);
    reader
        .from(&view)
        .unwrap_or_default()
        .iter()
        .map(zxingcpp::Barcode::bytes)
        .collect()
}

#[cfg(feature = "peers")]
fn quirc(picture: &Luma) -> Vec<Vec<u8>> {
    guarded(|| {
        let mut reader = quircs::Quirc::default();
        reader
            .identify(picture.width(), picture.height(), picture.pixels())
            .filter_map(|code| Some(code.ok()?.decode().ok()?.payload))
            .collect()
    })
}
