//! Codes as on identity cards, under what happens to them in the open air.

mod scene;

use proptest::prelude::*;
use qrcode::{EcLevel, QrCode, bits::Bits};
use scan::{Found, Luma, STAGES, scan_luma, scan_picture};
use scene::{CARDS, Scene, beside, code, encoded, jpeg, medium, noise, photograph};

fn all(picture: &Luma) -> Vec<Found> {
    scan_luma(picture, &mut || true)
}

fn bytes_of(found: &[Found]) -> Vec<&[u8]> {
    found.iter().map(|code| code.bytes.as_slice()).collect()
}

/// The versions that cards have at each level of error correction (fixtures of the domain: 5-8 at L, 6-9 at M, 8-11 at Q).
#[test]
fn every_version_and_level_of_a_card_reads_to_the_byte_at_first_sight() {
    let mut tried = 0;
    for (level, versions) in [(EcLevel::L, 5..=8), (EcLevel::M, 6..=9), (EcLevel::Q, 8..=11)] {
        for version in versions {
            for card in CARDS {
                let Some(code) = code(card.as_bytes(), version, level) else {
                    continue;
                };
                let found = STAGES[0].read(&photograph(&code, Scene::default()));
                assert_eq!(bytes_of(&found), [card.as_bytes()], "{version}, {level:?}");
                assert_eq!(found[0].text.as_deref(), Some(card));
                tried += 1;
            }
        }
    }
    assert!(tried >= 30, "only {tried} combinations fit");
}

/// Every version there is, so that no table is wrong where cards do not reach.
#[test]
fn every_version_reads() {
    for version in (1..=16).chain([20, 27, 32, 40]) {
        for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
            // Large ones take long to draw.
            if version > 12 && level != EcLevel::Q {
                continue;
            }
            let content: Vec<u8> = (0..5 + version as u8).map(|i| i.wrapping_mul(37)).collect();
            let code = code(&content[..5 + version as usize / 2], version, level).expect("fits");
            let picture = photograph(
                &code,
                Scene {
                    module: 3.0,
                    angle: 5.0,
                    ..Scene::default()
                },
            );
            assert_eq!(
                bytes_of(&all(&picture)),
                [&content[..5 + version as usize / 2]],
                "{version}, {level:?}"
            );
        }
    }
}

#[test]
fn what_happens_outdoors() {
    let plain = Scene::default();
    let table: &[(&str, Scene)] = &[
        ("clean", plain),
        ("upside down", Scene { angle: 180.0, ..plain }),
        ("turned 7", Scene { angle: 7.0, ..plain }),
        ("turned 30", Scene { angle: 30.0, ..plain }),
        ("turned 45", Scene { angle: 45.0, ..plain }),
        ("turned 100", Scene { angle: 100.0, ..plain }),
        ("turned 290", Scene { angle: 290.0, ..plain }),
        ("blurred by 0.4 module", Scene { blur: 1.6, ..plain }),
        (
            "blurred by 0.5 module",
            Scene {
                module: 6.0,
                blur: 3.0,
                ..plain
            },
        ),
        ("noisy", Scene { noise: 22.0, ..plain }),
        (
            "noisy and blurred",
            Scene {
                noise: 12.0,
                blur: 1.2,
                ..plain
            },
        ),
        (
            "faded print",
            Scene {
                ink: (150.0, 190.0),
                ..plain
            },
        ),
        (
            "faded print in the dark, noisy",
            Scene {
                ink: (25.0, 60.0),
                noise: 3.0,
                ..plain
            },
        ),
        (
            "light from one side",
            Scene {
                ink: (60.0, 160.0),
                shade: 150.0,
                ..plain
            },
        ),
        ("2.2 pixels per module", Scene { module: 2.2, ..plain }),
        (
            "2.5 pixels per module, turned",
            Scene {
                module: 2.5,
                angle: 20.0,
                ..plain
            },
        ),
        ("blurred by 0.55 module", Scene { blur: 2.2, ..plain }),
        ("very noisy", Scene { noise: 45.0, ..plain }),
        (
            "very noisy and large",
            Scene {
                module: 8.0,
                noise: 70.0,
                ..plain
            },
        ),
        ("1.8 pixels per module", Scene { module: 1.8, ..plain }),
        (
            "white on black",
            Scene {
                ink: (225.0, 30.0),
                ..plain
            },
        ),
        (
            "white on black, turned and noisy",
            Scene {
                ink: (200.0, 40.0),
                angle: 33.0,
                noise: 8.0,
                ..plain
            },
        ),
    ];
    for (what, scene) in table {
        for (seed, card) in CARDS.iter().enumerate() {
            let picture = photograph(
                &medium(card.as_bytes()),
                Scene {
                    seed: seed as u64,
                    ..*scene
                },
            );
            assert_eq!(bytes_of(&all(&picture)), [card.as_bytes()], "{what}, card {seed}");
        }
    }
}

#[test]
fn files_of_both_kinds_also_badly_compressed_or_transparent() {
    for card in CARDS {
        let picture = photograph(
            &medium(card.as_bytes()),
            Scene {
                angle: 12.0,
                noise: 6.0,
                ..Scene::default()
            },
        );
        let png = encoded(&picture, image::ImageFormat::Png);
        for file in [png, jpeg(&picture, 80), jpeg(&picture, 15)] {
            assert_eq!(
                bytes_of(&scan_picture(&file, &mut || true).expect("a picture")),
                [card.as_bytes()]
            );
        }
    }
    // A sticker: black modules, everything else transparent black.
    let picture = photograph(&medium(b"048188999301"), Scene::default());
    let sticker = image::GrayAlphaImage::from_fn(picture.width() as u32, picture.height() as u32, |x, y| {
        image::LumaA([0, 255 - picture.pixels()[y as usize * picture.width() + x as usize]])
    });
    let mut file = std::io::Cursor::new(Vec::new());
    sticker.write_to(&mut file, image::ImageFormat::Png).expect("encodes");
    let found = scan_picture(&file.into_inner(), &mut || true).expect("a picture");
    assert_eq!(bytes_of(&found), [b"048188999301".as_slice()]);
}

#[test]
fn two_codes_in_one_picture_are_both_found_and_a_code_twice_only_once() {
    let [a, b] = [CARDS[0], CARDS[3]].map(|card| photograph(&medium(card.as_bytes()), Scene::default()));
    let picture = beside(&[&a, &b]);
    let found = all(&picture);
    let mut both = bytes_of(&found);
    both.sort();
    assert_eq!(both, [CARDS[3].as_bytes(), CARDS[0].as_bytes()]);
    for code in &found {
        let left = code.bytes == CARDS[0].as_bytes();
        assert!(
            code.corners.iter().all(|&(x, _)| (x < a.width() as f32) == left),
            "corners lie in the other picture"
        );
    }
    assert_eq!(bytes_of(&all(&beside(&[&a, &a]))), [CARDS[0].as_bytes()]);
}

#[test]
fn corners_are_in_pixels_of_the_picture_also_after_enlarging_or_inverting() {
    for scene in [
        Scene::default(),
        Scene {
            module: 2.2,
            ..Scene::default()
        },
        Scene {
            ink: (225.0, 30.0),
            ..Scene::default()
        },
    ] {
        let code = medium(CARDS[1].as_bytes());
        let picture = photograph(&code, scene);
        let (middle, reach) = (picture.width() as f32 / 2.0, code.width() as f32 * scene.module / 2.0);
        for stage in STAGES {
            for found in stage.read(&picture) {
                for (x, y) in found.corners {
                    let off = ((x - middle).abs() - reach)
                        .abs()
                        .max(((y - middle).abs() - reach).abs());
                    assert!(off < 4.0 * scene.module, "{}: corner at {x}, {y}", stage.name);
                }
            }
        }
    }
}

#[test]
fn nothing_is_read_where_there_is_nothing() {
    for seed in 0..12 {
        for (mean, deviation) in [(128.0, 60.0), (200.0, 12.0), (60.0, 30.0)] {
            assert_eq!(all(&noise(320, 240, mean, deviation, seed)), []);
        }
    }
    let shapes: [fn(usize, usize) -> u8; 5] = [
        |_, _| 255,
        |_, _| 0,
        |x, y| ((x + y) / 3) as u8,
        |x, _| if x / 7 % 2 == 0 { 20 } else { 230 },
        |x, y| if (x / 9 + y / 9) % 2 == 0 { 20 } else { 230 },
    ];
    for shape in shapes {
        let pixels = (0..240).flat_map(|y| (0..320).map(move |x| shape(x, y))).collect();
        assert_eq!(all(&Luma::new(320, 240, pixels).expect("a picture")), []);
    }
    for (width, height) in [(1, 1), (1, 100), (100, 1), (3, 3)] {
        assert_eq!(
            all(&Luma::new(width, height, vec![128; width * height]).expect("a picture")),
            []
        );
    }
}

#[test]
fn the_caller_ends_the_search() {
    let nothing = noise(64, 64, 200.0, 5.0, 1);
    for allowed in [0, 1, 4] {
        let mut asked = 0;
        let mut budget = || {
            asked += 1;
            asked <= allowed
        };
        assert_eq!(scan_luma(&nothing, &mut budget), []);
        assert_eq!(asked, allowed + 1, "nothing goes on after the answer was no");
    }
    let easy = photograph(&medium(CARDS[0].as_bytes()), Scene::default());
    assert_eq!(bytes_of(&scan_luma(&easy, &mut || false)), [CARDS[0].as_bytes()]);
}

#[test]
fn a_code_that_announces_a_character_set_still_gives_its_bytes() {
    // ECI 20 is Shift JIS; the bytes are UTF-8 all the same, as some card printers do it.
    let text = "Máy tính|Đà Nẵng";
    for eci in [3, 20, 26] {
        let mut bits = Bits::new(qrcode::Version::Normal(6));
        bits.push_eci_designator(eci).expect("fits");
        bits.push_byte_data(text.as_bytes()).expect("fits");
        bits.push_terminator(EcLevel::M).expect("fits");
        let code = QrCode::with_bits(bits, EcLevel::M).expect("a code");
        for name in ["plain", "rxing"] {
            let stage = STAGES.iter().find(|stage| stage.name == name).expect("a stage");
            let found = stage.read(&photograph(&code, Scene::default()));
            assert_eq!(bytes_of(&found), [text.as_bytes()], "ECI {eci} by {name}");
        }
    }
}

#[test]
fn found_does_not_show_what_it_found() {
    let found = all(&photograph(&medium(CARDS[1].as_bytes()), Scene::default()));
    let shown = format!("{found:?}");
    assert!(shown.contains("utf8: true"));
    assert!(!shown.contains("999301") && !shown.contains("Hạnh") && !shown.contains("48, 52"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Numbers, letters, Vietnamese, or any bytes at all, in whatever mix of segments the encoder chooses.
    #[test]
    fn any_content_comes_back_to_the_byte(
        content in prop_oneof![
            proptest::collection::vec(any::<u8>(), 1..150),
            "[0-9]{1,12}[|][A-Z $%*+./:-]{0,40}[aàạảãáăđêôơư|]{0,30}[0-9]{0,8}".prop_map(String::into_bytes),
        ],
    ) {
        let picture = photograph(&medium(&content), Scene::default());
        for stage in STAGES {
            let found = stage.read(&picture);
            // Any may miss one; what it does read must be the content.
            for code in &found {
                prop_assert_eq!(&code.bytes, &content, "by {}", stage.name);
                prop_assert_eq!(code.text.is_some(), std::str::from_utf8(&content).is_ok());
            }
        }
        prop_assert_eq!(all(&picture).len(), 1);
    }
}
