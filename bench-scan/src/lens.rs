//! Blur, movement, noise and compression.

use crate::dice::Dice;
use scan::Luma;

/// Light on the sensor, in grey values that may still lie outside of 0 to 255.
pub struct Sheet {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

/// A bell-shaped blur of standard deviation `sigma` pixels.
pub fn gaussian(sheet: &mut Sheet, sigma: f32) {
    if sigma < 0.05 {
        return;
    }
    let reach = (3.0 * sigma).ceil() as usize;
    let kernel: Vec<f32> = (0..=2 * reach)
        .map(|i| (-((i as f32 - reach as f32).powi(2)) / (2.0 * sigma * sigma)).exp())
        .collect();
    let sum: f32 = kernel.iter().sum();
    let kernel: Vec<f32> = kernel.iter().map(|k| k / sum).collect();
    let (width, height) = (sheet.width, sheet.height);
    let mut across = vec![0.0; width * height];
    for (from, to) in sheet.values.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        let mut padded = vec![from[0]; reach];
        padded.extend_from_slice(from);
        padded.resize(width + 2 * reach, from[width - 1]);
        for (k, weight) in kernel.iter().enumerate() {
            for (to, from) in to.iter_mut().zip(&padded[k..]) {
                *to += weight * from;
            }
        }
    }
    for (y, to) in sheet.values.chunks_exact_mut(width).enumerate() {
        to.fill(0.0);
        for (k, weight) in kernel.iter().enumerate() {
            let row = (y + k).saturating_sub(reach).min(height - 1);
            for (to, from) in to.iter_mut().zip(&across[row * width..(row + 1) * width]) {
                *to += weight * from;
            }
        }
    }
}

/// The blur of a round opening out of focus, `radius` in pixels.
pub fn disc(sheet: &mut Sheet, radius: f32) {
    if radius < 0.3 {
        return;
    }
    let (width, height) = (sheet.width, sheet.height);
    let reach = radius.ceil() as isize;
    // Each row of the disc with its half width; its ends count in part.
    let rows: Vec<(isize, f32)> = (-reach..=reach)
        .map(|dy| {
            (
                dy,
                (radius * radius - (dy * dy) as f32)
                    .max(0.0)
                    .sqrt()
                    .max(if dy == 0 { 0.25 } else { 0.0 }),
            )
        })
        .collect();
    let area: f32 = rows.iter().map(|(_, half)| 2.0 * half).sum();
    let sums: Vec<Vec<f32>> = sheet
        .values
        .chunks_exact(width)
        .map(|row| {
            let mut sum = 0.0_f64;
            let mut sums = vec![0.0];
            sums.extend(row.iter().map(|&v| {
                sum += f64::from(v);
                sum as f32
            }));
            sums
        })
        .collect();
    for y in 0..height {
        for x in 0..width {
            let mut sum = 0.0;
            for &(dy, half) in &rows {
                let row = &sums[(y as isize + dy).clamp(0, height as isize - 1) as usize];
                let upto = |at: f32| {
                    let at = at.clamp(0.0, width as f32);
                    let whole = (at as usize).min(width - 1);
                    row[whole] + (row[whole + 1] - row[whole]) * (at - whole as f32)
                };
                let (from, to) = (x as f32 + 0.5 - half, x as f32 + 0.5 + half);
                let cut = (to.min(width as f32) - from.max(0.0)).max(0.01);
                sum += (upto(to) - upto(from)) * (2.0 * half) / cut;
            }
            sheet.values[y * width + x] = sum / area;
        }
    }
}

/// The hand moves during the exposure: the mean along `length` pixels in the direction of `angle` degrees.
pub fn motion(sheet: &mut Sheet, length: f32, angle: f32) {
    if length < 0.3 {
        return;
    }
    let (width, height) = (sheet.width, sheet.height);
    let (sin, cos) = angle.to_radians().sin_cos();
    let steps = (length * 2.0).ceil() as usize + 1;
    let mut moved = vec![0.0_f32; width * height];
    for step in 0..steps {
        let along = length * ((step as f32 + 0.5) / steps as f32 - 0.5);
        let (dx, dy) = (along * cos, along * sin);
        let (fx, fy) = (dx - dx.floor(), dy - dy.floor());
        let (ix, iy) = (dx.floor() as isize, dy.floor() as isize);
        for y in 0..height {
            let row = |dy: isize| {
                let y = (y as isize + iy + dy).clamp(0, height as isize - 1) as usize;
                &sheet.values[y * width..(y + 1) * width]
            };
            let (upper, lower) = (row(0), row(1));
            for x in 0..width {
                let at = |dx: isize| (x as isize + ix + dx).clamp(0, width as isize - 1) as usize;
                let (a, b) = (at(0), at(1));
                let top = upper[a] + (upper[b] - upper[a]) * fx;
                let low = lower[a] + (lower[b] - lower[a]) * fx;
                moved[y * width + x] += top + (low - top) * fy;
            }
        }
    }
    for (value, sum) in sheet.values.iter_mut().zip(moved) {
        *value = sum / steps as f32;
    }
}

/// Noise of the standard deviation given (somewhat more where it is light), then whole numbers from 0 to 255.
pub fn sensor(sheet: &Sheet, noise: f32, dice: &mut Dice) -> Luma {
    let pixels = sheet
        .values
        .iter()
        .map(|&v| {
            let shot = 0.7 + 0.3 * (v.clamp(0.0, 255.0) / 128.0);
            (v + noise * shot * dice.normal() + 0.5).clamp(0.0, 255.0) as u8
        })
        .collect();
    Luma::new(sheet.width, sheet.height, pixels).expect("as many pixels as the sides say")
}

/// There and back through a JPEG of the quality given (1-100).
pub fn jpeg(picture: &Luma, quality: u8) -> Luma {
    let mut file = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality)
        .encode(
            picture.pixels(),
            picture.width() as u32,
            picture.height() as u32,
            image::ExtendedColorType::L8,
        )
        .expect("encodes into memory");
    scan::decode_picture(&file).expect("what was just encoded")
}
