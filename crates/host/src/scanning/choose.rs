//! Which camera, and how it should deliver.

use super::{CameraName, Mode};
use scan::frame::PixelFormat;

/// A hand moves a card: with so many frames a second one is sharp soon.
const LIVELY: u32 = 15;
/// With fewer the picture stumbles, and waiting for a sharp frame takes longer than holding the card nearer.
const LEAST: u32 = 8;
/// Pixels of 1280x720. With fewer a card must be held so near that many cameras no longer see it sharp.
const LARGE: usize = 1280 * 720;

/// The mode for reading cards, of those a camera offers.
///
/// A 20 mm code at 25 cm is about 2.7 pixels per module at 1920x1080 and 1.8 at 1280x720: just above and just below what can
/// be read. So 1080p is first; larger only costs time. A large picture that is not quite lively is better than a small one
/// that is; one that stands is not. A format that needs less of the cable is first among equals.
pub fn mode(offered: &[Mode]) -> Option<Mode> {
    offered.iter().copied().filter(|mode| mode.fps > 0).max_by_key(|mode| {
        let pixels = mode.width * mode.height;
        let use_of_it = match mode.fps {
            LIVELY.. if pixels >= LARGE => 3,
            LEAST.. if pixels >= LARGE => 2,
            LEAST.. => 1,
            _ => 0,
        };
        // Among those that stand, speed counts before size.
        let slow = if use_of_it == 0 { mode.fps } else { 0 };
        let size = match (mode.width, mode.height) {
            (1920, 1080) => 4,
            (1280, 720) => 3,
            _ if pixels > 1920 * 1080 => 1,
            _ => 2,
        };
        let pixels = i64::try_from(pixels).unwrap_or(i64::MAX);
        // Of those too large the smallest; of the others the largest.
        let pixels = if size == 1 { -pixels } else { pixels };
        let format = match mode.format {
            PixelFormat::Mjpeg => 3,
            PixelFormat::Yuyv => 2,
            PixelFormat::Nv12 => 1,
            PixelFormat::Grey => 0,
        };
        // More than 30 a second only makes each darker.
        let calm = mode.fps <= 30;
        (
            use_of_it,
            slow,
            size,
            pixels,
            format,
            calm,
            if calm { mode.fps } else { 0 },
        )
    })
}

/// The camera to open: the one asked for, else the one used last, else the first; one that is not there is passed over.
pub fn camera<'a>(there: &'a [CameraName], wanted: &[Option<&str>]) -> Option<&'a CameraName> {
    wanted
        .iter()
        .flatten()
        .find_map(|id| there.iter().find(|camera| camera.id == **id))
        .or(there.first())
}

#[cfg(test)]
mod tests {
    use super::*;
    use PixelFormat::{Grey, Mjpeg, Nv12, Yuyv};

    fn of(width: usize, height: usize, format: PixelFormat, fps: u32) -> Mode {
        Mode {
            width,
            height,
            format,
            fps,
        }
    }

    #[test]
    fn the_mode_that_reads_cards_is_chosen() {
        let usual = [
            of(640, 480, Yuyv, 30),
            of(1280, 720, Yuyv, 10),
            of(1920, 1080, Yuyv, 5),
            of(3840, 2160, Mjpeg, 30),
            of(1920, 1080, Mjpeg, 60),
            of(1920, 1080, Mjpeg, 30),
            of(1280, 720, Mjpeg, 30),
        ];
        for (offered, expected) in [
            (&usual[..], Some(usual[5])),
            (&[usual[0], usual[1], usual[2]], Some(usual[1])),
            (&[usual[0], usual[2]], Some(usual[0])),
            (&[usual[2], of(1280, 720, Yuyv, 7)], Some(of(1280, 720, Yuyv, 7))),
            (&[usual[3], usual[6]], Some(usual[6])),
            (&[usual[3], of(2592, 1944, Mjpeg, 30)], Some(of(2592, 1944, Mjpeg, 30))),
            (
                &[
                    of(1280, 720, Nv12, 30),
                    of(1280, 720, Grey, 30),
                    of(1280, 720, Yuyv, 30),
                ],
                Some(of(1280, 720, Yuyv, 30)),
            ),
            (
                &[of(640, 480, Grey, 15), of(800, 600, Grey, 15)],
                Some(of(800, 600, Grey, 15)),
            ),
            (&[of(320, 180, Yuyv, 0)], None),
            (&[], None),
        ] {
            assert_eq!(mode(offered), expected, "{offered:?}");
        }
    }

    #[test]
    fn the_camera_asked_for_then_the_last_one_then_the_first() {
        let there: Vec<_> = ["a", "b"]
            .map(|id| CameraName {
                id: id.to_owned(),
                name: String::new(),
            })
            .into();
        let chosen = |wanted: &[Option<&str>]| camera(&there, wanted).map(|camera| camera.id.as_str());
        assert_eq!(chosen(&[Some("b"), Some("a")]), Some("b"));
        assert_eq!(chosen(&[Some("gone"), Some("b")]), Some("b"));
        assert_eq!(chosen(&[None, None]), Some("a"));
        assert_eq!(camera(&[], &[Some("a")]), None);
    }
}
