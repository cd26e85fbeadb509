//! The pictures in `fixtures/idcards/`: what a volunteer points the camera at, made from the practice people.
//!
//! Most are the bare code; three look like a photograph of a card on a table. After a change of the practice list,
//! `TUNGNHA_WRITE_FIXTURES=1 cargo test -p tungnha-print --test practice_blanks` writes them anew.

use domain::practice::{self, Person};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use print::{ErrorCorrection, qr_png};
use std::{
    collections::BTreeMap,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// Pixels per module of a bare code.
const MODULE_PX: u32 = 6;

/// How three of the cards were photographed: number of the person, then the hand that held the camera.
const PHOTOGRAPHED: [(usize, Hand); 3] = [
    (
        2,
        Hand {
            sin: 0.052_335_96,
            cos: 0.998_629_5,
            noise: 4.0,
            light: 0.06,
            seed: 2,
        },
    ),
    (
        7,
        Hand {
            sin: -0.087_155_74,
            cos: 0.996_194_7,
            noise: 6.0,
            light: 0.14,
            seed: 7,
        },
    ),
    (
        11,
        Hand {
            sin: 0.121_869_34,
            cos: 0.992_546_2,
            noise: 5.0,
            light: -0.12,
            seed: 11,
        },
    ),
];

/// Sine and cosine are written out: a mathematics library of another system may round them otherwise.
#[derive(Clone, Copy)]
struct Hand {
    sin: f32,
    cos: f32,
    /// Standard deviation of the noise in grey values.
    noise: f32,
    /// Part of the light gained from left to right.
    light: f32,
    seed: u64,
}

/// The card in the photograph: ID-1 at this scale, with the code where the CCCD has it, 18 mm wide.
const PX_PER_MM: f32 = 7.6;
const CARD_MM: (f32, f32) = (85.6, 53.98);
const CODE_MM: f32 = 18.0;
const CODE_AT_MM: (f32, f32) = (62.0, 5.0);
const PHOTO: (u32, u32) = (760, 520);

const TABLE: [f32; 3] = [124.0, 98.0, 74.0];
const CARD: [f32; 3] = [214.0, 226.0, 222.0];
const STRIPE: [f32; 3] = [128.0, 176.0, 170.0];
const PRINT: [f32; 3] = [120.0, 132.0, 130.0];
const PAPER: [f32; 3] = [236.0, 238.0, 236.0];
const INK: [f32; 3] = [38.0, 40.0, 44.0];

struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Near enough to a normal distribution of standard deviation 1.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

/// The modules of a bare code without its quiet zone, row by row.
fn modules(bare: &[u8]) -> Vec<Vec<bool>> {
    let picture = image::load_from_memory(bare)
        .expect("qr_png makes a picture")
        .into_luma8();
    let width = picture.width() / MODULE_PX - 8;
    let dark = |x, y| picture.get_pixel((x + 4) * MODULE_PX, (y + 4) * MODULE_PX).0[0] < 128;
    (0..width).map(|y| (0..width).map(|x| dark(x, y)).collect()).collect()
}

/// What lies at a place of the scene, in millimetres from the card's top left corner.
fn surface(x: f32, y: f32, code: &[Vec<bool>]) -> [f32; 3] {
    if !(0.0..CARD_MM.0).contains(&x) || !(0.0..CARD_MM.1).contains(&y) {
        return TABLE;
    }
    let module = CODE_MM / code.len() as f32;
    let (u, v) = ((x - CODE_AT_MM.0) / module, (y - CODE_AT_MM.1) / module);
    let side = code.len() as f32;
    if (-4.0..side + 4.0).contains(&u) && (-4.0..side + 4.0).contains(&v) {
        let inside = (0.0..side).contains(&u) && (0.0..side).contains(&v);
        return if inside && code[v as usize][u as usize] {
            INK
        } else {
            PAPER
        };
    }
    // No likeness of the real card: a grey figure and grey lines are enough to look at.
    let figure = (6.0..24.0).contains(&x) && (20.0..44.0).contains(&y);
    let line = (28.0..70.0).contains(&x) && y > 28.0 && y < 50.0 && (y as u32).is_multiple_of(5);
    match (figure, line) {
        (true, _) => STRIPE,
        (_, true) => PRINT,
        _ if y < 4.0 => STRIPE,
        _ => CARD,
    }
}

fn photograph(bare: &[u8], hand: Hand) -> Vec<u8> {
    let code = modules(bare);
    let mut dice = Dice(hand.seed);
    let middle = (PHOTO.0 as f32 / 2.0, PHOTO.1 as f32 / 2.0);
    let picture = RgbImage::from_fn(PHOTO.0, PHOTO.1, |x, y| {
        let mut sum = [0.0; 3];
        for sub in 0..9_u8 {
            let dx = x as f32 + f32::from(sub % 3) / 3.0 - middle.0;
            let dy = y as f32 + f32::from(sub / 3) / 3.0 - middle.1;
            let u = (dx * hand.cos + dy * hand.sin) / PX_PER_MM + CARD_MM.0 / 2.0;
            let v = (dy * hand.cos - dx * hand.sin) / PX_PER_MM + CARD_MM.1 / 2.0;
            for (total, channel) in sum.iter_mut().zip(surface(u, v, &code)) {
                *total += channel / 9.0;
            }
        }
        let light = 1.0 + hand.light * (x as f32 / PHOTO.0 as f32 - 0.5);
        let noise = hand.noise * dice.normal();
        Rgb(sum.map(|channel| (channel * light + noise).clamp(0.0, 255.0) as u8))
    });
    let mut file = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, 68);
    picture.write_with_encoder(encoder).expect("encodes");
    file
}

/// `tran-thi-my-hanh`.
fn slug(name: &str) -> String {
    domain::text::search_key(name)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

type Pictures = BTreeMap<String, (Vec<u8>, &'static Person)>;

/// File name -> contents and person; written first when that is asked for.
fn pictures() -> &'static Pictures {
    static PICTURES: OnceLock<Pictures> = OnceLock::new();
    PICTURES.get_or_init(|| {
        let made = make();
        if std::env::var_os("TUNGNHA_WRITE_FIXTURES").is_some() {
            fs::create_dir_all(folder()).expect("a folder");
            for (name, (file, _)) in &made {
                fs::write(folder().join(name), file).expect("writes");
            }
        }
        made
    })
}

fn make() -> Pictures {
    let mut made = BTreeMap::new();
    for (index, person) in practice::people().iter().enumerate() {
        let Some(text) = person.idcard_text() else { continue };
        let number = index + 1;
        let bare = qr_png(text.as_bytes(), MODULE_PX, ErrorCorrection::M).expect("a card's text fits");
        let (file, kind) = match PHOTOGRAPHED.iter().find(|(photographed, _)| *photographed == number) {
            Some((_, hand)) => (photograph(&bare, *hand), "jpg"),
            None => (smaller(&bare), "png"),
        };
        made.insert(format!("{number:02}-{}.{kind}", slug(&person.name)), (file, person));
    }
    made
}

/// One bit per pixel is all a bare code needs, but the encoder writes eight: at least let it try harder.
fn smaller(bare: &[u8]) -> Vec<u8> {
    use image::{ImageEncoder as _, codecs::png};
    let picture = image::load_from_memory(bare)
        .expect("qr_png makes a picture")
        .into_luma8();
    let mut file = Vec::new();
    png::PngEncoder::new_with_quality(&mut file, png::CompressionType::Best, png::FilterType::NoFilter)
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            image::ExtendedColorType::L8,
        )
        .expect("encodes");
    file
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/idcards")
}

/// The pixels: a newer compressor may pack the same picture otherwise.
fn pixels(file: &[u8]) -> DynamicImage {
    image::load_from_memory(file).expect("a picture")
}

#[test]
fn the_pictures_are_those_of_the_practice_people() {
    let made = pictures();
    assert_eq!(made.len(), 10, "ten of the twelve have a card");
    let mut there: Vec<_> = fs::read_dir(folder())
        .expect("fixtures/idcards")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    there.sort();
    assert_eq!(there, made.keys().cloned().collect::<Vec<_>>());
    for (name, (file, _)) in made {
        let kept = fs::read(folder().join(name)).expect("readable");
        assert!(pixels(&kept) == pixels(file), "{name} shows something else");
        let bare = name.ends_with("png");
        assert_eq!(
            image::guess_format(&kept).ok(),
            Some(if bare { ImageFormat::Png } else { ImageFormat::Jpeg })
        );
        assert!(
            kept.len() < if bare { 3_000 } else { 60_000 },
            "{name}: {} bytes",
            kept.len()
        );
    }
}

#[test]
fn every_picture_reads_to_the_byte() {
    for (name, (_, person)) in pictures() {
        let kept = fs::read(folder().join(name)).expect("readable");
        let found = scan::scan_picture(&kept, &mut || true).expect("a picture");
        let expected = person.idcard_text().expect("has a card");
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].bytes, expected.as_bytes(), "{name}");
    }
}

/// The reader is not tested on its own writer alone: these bytes come back out of a worse picture too.
#[test]
fn a_photograph_survives_another_compression() {
    for (name, (file, person)) in pictures().iter().filter(|(name, _)| name.ends_with("jpg")) {
        let mut again = Cursor::new(Vec::new());
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut again, 35);
        pixels(file).into_rgb8().write_with_encoder(encoder).expect("encodes");
        let found = scan::scan_picture(&again.into_inner(), &mut || true).expect("a picture");
        let texts: Vec<_> = found.into_iter().map(|code| code.bytes).collect();
        assert_eq!(
            texts,
            [person.idcard_text().expect("has a card").into_bytes()],
            "{name}"
        );
    }
}
