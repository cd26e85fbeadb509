//! Pictures for the tests: QR codes as a camera might see them, the same at every run.
#![allow(dead_code, reason = "each test program uses a part")]

use qrcode::{Color, EcLevel, QrCode, Version};
use scan::Luma;

/// Texts of invented people's cards (both formats, ethnic-minority letters, a year only), 96 to 155 bytes.
pub const CARDS: [&str; 4] = [
    "049038999112||Lê Văn Sáu|1938|Nam|Bình Minh, Thăng Bình, Quảng Nam|10032022",
    "048188999301|201234999|Trần Thị Mỹ Hạnh|09021988|Nữ|Tổ 12, Thạch Thang, Hải Châu, Đà Nẵng|21042021",
    "049192999233||Bh'nướch Thị Ngơn|17061992|Nữ|Thôn Pơr'ning, Lăng, Tây Giang, Quảng Nam|05092024||||",
    "048075999118|201987999|Đặng Văn Tín|12121975|Nam|K123/45 Nguyễn Lương Bằng, Tổ 7, Hòa Liên, Hòa Vang, Đà Nẵng|19082021",
];

/// What stands between the code and the reader.
#[derive(Clone, Copy)]
pub struct Scene {
    /// Pixels per module.
    pub module: f32,
    /// Turned by so many degrees.
    pub angle: f32,
    /// Standard deviation of a Gaussian blur in pixels.
    pub blur: f32,
    /// Standard deviation of the noise in grey values.
    pub noise: f32,
    /// Grey of a dark and of a light module.
    pub ink: (f32, f32),
    /// Grey added from left to right across the picture, half of it taken away at the left.
    pub shade: f32,
    pub seed: u64,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            module: 4.0,
            angle: 0.0,
            blur: 0.0,
            noise: 0.0,
            ink: (30.0, 225.0),
            shade: 0.0,
            seed: 1,
        }
    }
}

pub fn code(bytes: &[u8], version: i16, level: EcLevel) -> Option<QrCode> {
    QrCode::with_version(bytes, Version::Normal(version), level).ok()
}

pub fn medium(bytes: &[u8]) -> QrCode {
    QrCode::with_error_correction_level(bytes, EcLevel::M).expect("fits")
}

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

/// The code on light paper, seen under the conditions given.
pub fn photograph(code: &QrCode, scene: Scene) -> Luma {
    let modules = code.width() as f32;
    let (colors, width) = (code.to_colors(), code.width() as i32);
    let side = ((modules + 10.0) * scene.module * 1.42) as usize;
    let (sin, cos) = scene.angle.to_radians().sin_cos();
    let middle = side as f32 / 2.0;
    let (dark, light) = scene.ink;
    let mut values = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let mut sum = 0.0;
            for sub in 0..9 {
                let (dx, dy) = (
                    x as f32 + (sub % 3) as f32 / 3.0 - middle,
                    y as f32 + (sub / 3) as f32 / 3.0 - middle,
                );
                let u = ((dx * cos + dy * sin) / scene.module + modules / 2.0).floor() as i32;
                let v = ((dy * cos - dx * sin) / scene.module + modules / 2.0).floor() as i32;
                let inside = (0..width).contains(&u) && (0..width).contains(&v);
                sum += if inside && colors[(v * width + u) as usize] == Color::Dark {
                    dark
                } else {
                    light
                };
            }
            values.push(sum / 9.0 + scene.shade * (x as f32 / side as f32 - 0.5));
        }
    }
    let values = gaussian(&values, side, scene.blur);
    let mut dice = Dice(scene.seed);
    let pixels = values
        .iter()
        .map(|v| (v + scene.noise * dice.normal()).clamp(0.0, 255.0) as u8)
        .collect();
    Luma::new(side, side, pixels).expect("as many pixels as the sides say")
}

fn gaussian(values: &[f32], side: usize, sigma: f32) -> Vec<f32> {
    if sigma == 0.0 {
        return values.to_vec();
    }
    let reach = (3.0 * sigma).ceil() as isize;
    let kernel: Vec<f32> = (-reach..=reach)
        .map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp())
        .collect();
    let sum: f32 = kernel.iter().sum();
    let pass = |values: &[f32], step: usize| -> Vec<f32> {
        (0..values.len())
            .map(|i| {
                let (position, start) = ((i / step) % side, i - (i / step) % side * step);
                kernel
                    .iter()
                    .zip(-reach..)
                    .map(|(weight, offset)| {
                        let at = (position as isize + offset).clamp(0, side as isize - 1) as usize;
                        weight * values[start + at * step]
                    })
                    .sum::<f32>()
                    / sum
            })
            .collect()
    };
    pass(&pass(values, 1), side)
}

/// A picture of noise alone.
pub fn noise(width: usize, height: usize, mean: f32, deviation: f32, seed: u64) -> Luma {
    let mut dice = Dice(seed);
    let pixels = (0..width * height)
        .map(|_| (mean + deviation * dice.normal()).clamp(0.0, 255.0) as u8)
        .collect();
    Luma::new(width, height, pixels).expect("as many pixels as the sides say")
}

/// Pictures side by side on a light ground.
pub fn beside(pictures: &[&Luma]) -> Luma {
    let height = pictures.iter().map(|p| p.height()).max().expect("at least one");
    let mut rows = Vec::new();
    for y in 0..height {
        for picture in pictures {
            match picture.pixels().chunks_exact(picture.width()).nth(y) {
                Some(row) => rows.extend_from_slice(row),
                None => rows.extend(std::iter::repeat_n(225, picture.width())),
            }
        }
    }
    Luma::new(pictures.iter().map(|p| p.width()).sum(), height, rows).expect("as many pixels as the sides say")
}

/// The picture as a file.
pub fn encoded(picture: &Luma, format: image::ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    grey(picture).write_to(&mut file, format).expect("encodes");
    file.into_inner()
}

/// The picture as a JPEG of the quality given (1-100).
pub fn jpeg(picture: &Luma, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality);
    grey(picture).write_with_encoder(encoder).expect("encodes");
    file
}

fn grey(picture: &Luma) -> image::GrayImage {
    image::GrayImage::from_raw(
        picture.width() as u32,
        picture.height() as u32,
        picture.pixels().to_vec(),
    )
    .expect("as many pixels as the sides say")
}
