use super::*;
use image::{ExtendedColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};
use proptest::prelude::*;

/// A code of three modules and some grey, so that a wrong plane or a wrong row would show.
fn scene(width: usize, height: usize) -> Luma {
    Luma::from_fn(width, height, |x, y| (40 + (x * 7 + y * 13) % 160) as u8)
}

fn frame(format: PixelFormat, luma: &Luma) -> Frame {
    let pixels = luma.pixels();
    let bytes = match format {
        PixelFormat::Grey => pixels.to_vec(),
        PixelFormat::Yuyv => pixels.iter().flat_map(|&y| [y, 99]).collect(),
        PixelFormat::Nv12 => pixels
            .iter()
            .copied()
            .chain(vec![99; pixels.len().div_ceil(2)])
            .collect(),
        PixelFormat::Mjpeg => {
            let mut file = Vec::new();
            let colour: Vec<u8> = pixels.iter().flat_map(|&y| [y, y, y]).collect();
            JpegEncoder::new_with_quality(&mut file, 95)
                .write_image(
                    &colour,
                    luma.width() as u32,
                    luma.height() as u32,
                    ExtendedColorType::Rgb8,
                )
                .unwrap();
            file
        }
    };
    Frame {
        width: luma.width(),
        height: luma.height(),
        format,
        bytes,
    }
}

/// What a camera sends that spares the tables: every DHT segment is left out.
fn without_tables(file: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (file[..2].to_vec(), 2);
    loop {
        let (marker, len) = (
            file[at + 1],
            2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]])),
        );
        if marker == 0xDA {
            out.extend(&file[at..]);
            return out;
        }
        if marker != 0xC4 {
            out.extend(&file[at..at + len]);
        }
        at += len;
    }
}

const ALL: [PixelFormat; 4] = [
    PixelFormat::Mjpeg,
    PixelFormat::Yuyv,
    PixelFormat::Nv12,
    PixelFormat::Grey,
];

fn nearly(one: &Luma, other: &Luma) -> bool {
    (one.width(), one.height()) == (other.width(), other.height())
        && one
            .pixels()
            .iter()
            .zip(other.pixels())
            .all(|(a, b)| a.abs_diff(*b) < 24)
}

#[test]
fn every_format_gives_the_brightness_that_was_before_the_camera() {
    let scene = scene(64, 48);
    for format in ALL {
        let mut frame = frame(format, &scene);
        let luma = frame.luma().unwrap();
        assert!(nearly(&luma, &scene), "{format:?}");
        if format != PixelFormat::Mjpeg {
            assert_eq!(luma, scene, "{format:?} loses nothing");
        }
        // A driver hands over its whole buffer, with the end of an older frame behind.
        frame.bytes.extend(vec![0xFF; 1000]);
        assert_eq!(frame.luma().unwrap(), luma, "{format:?}");
    }
}

#[test]
fn a_jpeg_that_spares_its_tables_is_read_and_shown_like_one_that_has_them() {
    let whole = frame(PixelFormat::Mjpeg, &scene(64, 48));
    let mut bare = whole.clone();
    bare.bytes = without_tables(&whole.bytes);
    assert!(bare.bytes.len() + 400 < whole.bytes.len());
    assert_eq!(bare.luma().unwrap(), whole.luma().unwrap());
    let shown = bare.preview(640).unwrap();
    assert_eq!(shown.mime, "image/jpeg");
    // Another decoder, which does not forgive missing tables, opens what the window gets.
    let opened = |file: &[u8]| image::load_from_memory(file).unwrap().into_luma8();
    assert_eq!(opened(&shown.bytes), opened(&whole.bytes));
    assert_eq!(whole.preview(640).unwrap().bytes, whole.bytes);
}

#[test]
fn the_end_of_a_jpeg_is_found_before_the_rest_of_the_buffer() {
    let file = frame(PixelFormat::Mjpeg, &scene(64, 48)).bytes;
    let mut buffer = file.clone();
    buffer.extend(&file);
    assert_eq!(jpeg_length(&buffer), file.len());
    assert_eq!(jpeg_length(b"not a JPEG"), 10);
}

#[test]
fn what_is_not_a_frame_has_its_reason() {
    let with = |format, width, height, len| Frame {
        width,
        height,
        format,
        bytes: vec![7; len],
    };
    for (frame, expected) in [
        (with(PixelFormat::Grey, 64, 48, 64 * 48 - 1), FrameError::Short),
        (with(PixelFormat::Yuyv, 64, 48, 64 * 48), FrameError::Short),
        (with(PixelFormat::Nv12, 64, 48, 0), FrameError::Short),
        (with(PixelFormat::Grey, 0, 48, 10), FrameError::Size),
        (with(PixelFormat::Yuyv, usize::MAX, usize::MAX, 10), FrameError::Size),
        (with(PixelFormat::Grey, MAX_SIDE + 1, 1, 10_000), FrameError::Size),
        (with(PixelFormat::Mjpeg, 64, 48, 0), FrameError::Damaged),
        (with(PixelFormat::Mjpeg, 64, 48, 5_000), FrameError::Damaged),
    ] {
        assert_eq!(frame.luma(), Err(expected), "{frame:?}");
        assert_eq!(frame.preview(640).map(|_| ()), Err(expected), "{frame:?}");
    }
    assert!(
        !format!("{:?}", with(PixelFormat::Grey, 2, 2, 4)).contains('7'),
        "no pixel is shown"
    );
}

#[test]
fn a_preview_is_small_and_the_right_way_up() {
    let dark_top = Luma::from_fn(1281, 721, |_, y| if y < 360 { 10 } else { 200 });
    let preview = frame(PixelFormat::Grey, &dark_top).preview(640).unwrap();
    assert_eq!(preview.mime, "image/bmp");
    let opened = bmp_rows(&preview.bytes);
    assert_eq!((opened.len(), opened[0].len()), (241, 427));
    assert_eq!((opened[0][0], opened[240][426]), (10, 200));
    // One that is small already stays as it is.
    let small = bmp_rows(&frame(PixelFormat::Yuyv, &scene(6, 3)).preview(640).unwrap().bytes);
    assert_eq!(small.concat(), scene(6, 3).pixels());
}

/// Rows from the top, read by the file's own numbers.
fn bmp_rows(file: &[u8]) -> Vec<Vec<u8>> {
    let long = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&file[..2], long(2)), (&b"BM"[..], file.len()));
    let (start, width, height) = (long(10), long(18), long(22));
    let stride = width.next_multiple_of(4);
    (0..height)
        .rev()
        .map(|y| file[start + y * stride..][..width].to_vec())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cut_and_broken_frames_never_panic(
        format in 0..4_usize,
        keep in any::<prop::sample::Index>(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        bare in any::<bool>(),
    ) {
        let mut frame = frame(ALL[format], &scene(48, 32));
        if bare && frame.format == PixelFormat::Mjpeg {
            frame.bytes = without_tables(&frame.bytes);
        }
        let keep = keep.index(frame.bytes.len()) + 1;
        frame.bytes.truncate(keep);
        for (at, value) in flips {
            let at = at.index(frame.bytes.len());
            frame.bytes[at] = value;
        }
        let _ = frame.preview(640);
        if let Ok(luma) = frame.luma() {
            prop_assert_eq!(luma.pixels().len(), luma.width() * luma.height());
        }
        prop_assert!(jpeg_length(&frame.bytes) <= frame.bytes.len());
    }
}
