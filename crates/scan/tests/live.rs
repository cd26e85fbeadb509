//! A camera that never shows the whole code at once.

mod scene;

use proptest::prelude::*;
use scan::{Live, Luma, TOGETHER, scan_luma};
use scene::{CARDS, Scene, medium, photograph};

/// Paints a light spot over a part of the code, where no finder pattern is: place in parts of the picture.
fn glare(picture: &Luma, x: f32, y: f32, radius: f32) -> Luma {
    let side = picture.width() as f32;
    let pixels = picture.pixels().iter().enumerate().map(|(at, &value)| {
        let (px, py) = (
            (at % picture.width()) as f32 / side,
            (at / picture.width()) as f32 / side,
        );
        if (px - x).hypot(py - y) < radius { 255 } else { value }
    });
    Luma::new(picture.width(), picture.height(), pixels.collect()).expect("as many pixels")
}

/// The code turned a little more in each frame, under noise of its own, with a spot that wanders over it.
fn frames(card: &str, seed: u64) -> Vec<Luma> {
    (0..8)
        .map(|time| {
            let scene = Scene {
                ink: (30.0, 170.0),
                noise: 6.0,
                angle: time as f32 * 1.5,
                seed: seed + time,
                ..Scene::default()
            };
            let picture = photograph(&medium(card.as_bytes()), scene);
            let part = time as f32 / 7.0;
            glare(&picture, 0.47 + 0.2 * part, 0.64 - 0.2 * part, 0.165)
        })
        .collect()
}

#[test]
fn frames_together_show_what_none_shows_alone() {
    let (mut alone, mut together) = (0, 0);
    for (seed, card) in CARDS.iter().enumerate() {
        let frames = frames(card, 100 * seed as u64);
        alone += u32::from(frames.iter().any(|frame| !scan_luma(frame, &mut || true).is_empty()));
        let mut live = Live::new();
        if let Some(found) = frames
            .iter()
            .map(|frame| live.look(frame))
            .find(|found| !found.is_empty())
        {
            assert_eq!(found[0].bytes, card.as_bytes());
            together += 1;
            if alone == 0 {
                assert_eq!(found[0].stage, TOGETHER);
            }
        }
    }
    eprintln!("{alone} alone, {together} together");
    assert!(
        alone <= 1,
        "the frames are too easy: {alone} of {} read alone",
        CARDS.len()
    );
    assert!(together >= alone + 2, "{together} together, {alone} alone");
}

/// Frame by frame another card: whatever is read is one of the two, to the byte, and the one that is shown.
#[test]
fn two_cards_in_turn_are_never_mixed() {
    // Cards of one street: much of their text is the same.
    let twins = [
        "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|Tổ 12, Thạch Thang, Hải Châu, Đà Nẵng|21042021",
        "048188999302||Trần Thị Mỹ Hoàn|10021988|Nữ|Tổ 12, Thạch Thang, Hải Châu, Đà Nẵng|22042021",
    ];
    for pair in [twins, [CARDS[0], CARDS[1]]] {
        let shown = pair.map(|card| frames(card, 7));
        let mut live = Live::new();
        for time in 0..16 {
            let which = time % 2;
            for found in live.look(&shown[which][time / 2]) {
                assert_eq!(found.bytes, pair[which].as_bytes(), "frame {time} by {}", found.stage);
            }
        }
        // And one after the other, as in a queue.
        let mut live = Live::new();
        for (which, frames) in shown.iter().enumerate() {
            for frame in frames {
                for found in live.look(frame) {
                    assert_eq!(found.bytes, pair[which].as_bytes());
                }
            }
        }
    }
}

#[test]
fn an_easy_card_is_read_in_its_first_frame_and_again_in_every_next() {
    let picture = photograph(&medium(CARDS[0].as_bytes()), Scene::default());
    let mut live = Live::new();
    for _ in 0..3 {
        let found = live.look(&picture);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bytes, CARDS[0].as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Noise, stripes, single values, in any size: nothing is read and nothing breaks.
    #[test]
    fn whatever_a_camera_sends_it_goes_on(
        sizes in proptest::collection::vec((1_usize..200, 1_usize..200), 1..6),
        seed in any::<u64>(),
    ) {
        let mut live = Live::new();
        for (at, (width, height)) in sizes.into_iter().enumerate() {
            let picture = scene::noise(width, height, 128.0, [0.0, 20.0, 90.0][at % 3], seed);
            prop_assert_eq!(live.look(&picture), []);
        }
    }
}
