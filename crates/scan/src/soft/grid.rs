//! The grey of each module.

use crate::Luma;

/// Modules sampled beyond each edge of the symbol: what lies there blurs into it.
pub(crate) const MARGIN: usize = 2;

/// Mean over a square of `2 * radius + 1` places of a square sheet, cut off at the edges.
pub(crate) fn local_mean(values: &[f32], side: usize, radius: usize) -> Vec<f32> {
    let mut across = vec![0.0; side * side];
    for (from, to) in values.chunks_exact(side).zip(across.chunks_exact_mut(side)) {
        line_mean(side, radius, |i| from[i], |i, v| to[i] = v);
    }
    let mut down = vec![0.0; side * side];
    for x in 0..side {
        line_mean(side, radius, |i| across[i * side + x], |i, v| down[i * side + x] = v);
    }
    down
}

fn line_mean(len: usize, radius: usize, get: impl Fn(usize) -> f32, mut put: impl FnMut(usize, f32)) {
    let mut sum = 0.0;
    let mut count = 0.0;
    for i in 0..radius.min(len) {
        sum += get(i);
        count += 1.0;
    }
    for i in 0..len {
        if i + radius < len {
            sum += get(i + radius);
            count += 1.0;
        }
        if i > radius {
            sum -= get(i - radius - 1);
            count -= 1.0;
        }
        put(i, sum / count);
    }
}

/// The grey of each module of a symbol and of [`MARGIN`] more on each side, row by row; modules are `unit` pixels wide and
/// lie where `at` says.
pub(crate) fn sample(picture: &Luma, side: usize, unit: f32, at: impl Fn(f32, f32) -> (f32, f32)) -> Vec<f32> {
    let width = side + 2 * MARGIN;
    let mut values = Vec::with_capacity(width * width);
    const FIVE: [(f32, f32); 5] = [(0.0, 0.0), (0.22, 0.22), (-0.22, 0.22), (0.22, -0.22), (-0.22, -0.22)];
    for y in 0..width {
        for x in 0..width {
            let (u, v) = (x as f32 + 0.5 - MARGIN as f32, y as f32 + 0.5 - MARGIN as f32);
            values.push(if unit < 2.6 {
                let (px, py) = at(u, v);
                sharp(picture, px, py)
            } else {
                let sum: f32 = FIVE
                    .iter()
                    .map(|(du, dv)| {
                        let (px, py) = at(u + du, v + dv);
                        between(picture, px, py)
                    })
                    .sum();
                sum / FIVE.len() as f32
            });
        }
    }
    values
}

/// The grey between pixels of a picture at least two wide and high; beyond the edge it is that of the edge.
#[inline]
pub(crate) fn between(picture: &Luma, x: f32, y: f32) -> f32 {
    let (width, height) = (picture.width(), picture.height());
    let (x, y) = (
        (x - 0.5).clamp(0.0, width as f32 - 1.001),
        (y - 0.5).clamp(0.0, height as f32 - 1.001),
    );
    // The processor turns a float into a number of this kind in one step.
    // A large picture's edge may be rounded up to the pixel after the last pair.
    let (ix, iy) = ((x as i32).min(width as i32 - 2), (y as i32).min(height as i32 - 2));
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    let (pixels, at) = (picture.pixels(), iy as usize * width + ix as usize);
    let line = |at: usize| {
        let (left, right) = (f32::from(pixels[at]), f32::from(pixels[at + 1]));
        left + (right - left) * fx
    };
    let (top, low) = (line(at), line(at + width));
    top + (low - top) * fy
}

/// The grey between pixels by cubic interpolation: where a module is hardly more than a pixel, the mean of neighbours would
/// blur some modules and not others.
fn sharp(picture: &Luma, x: f32, y: f32) -> f32 {
    let (ix, iy) = ((x - 0.5).floor(), (y - 0.5).floor());
    let (fx, fy) = (x - 0.5 - ix, y - 0.5 - iy);
    let (wx, wy) = (weights(fx), weights(fy));
    let inside = |at: f32, off: usize, len: usize| (at as isize + off as isize - 1).clamp(0, len as isize - 1) as usize;
    let columns = [0, 1, 2, 3].map(|off| inside(ix, off, picture.width()));
    let mut sum = 0.0;
    for (off, weight) in wy.iter().enumerate() {
        let row = picture.row(inside(iy, off, picture.height()));
        let line: f32 = columns.iter().zip(&wx).map(|(&x, w)| w * f32::from(row[x])).sum();
        sum += weight * line;
    }
    sum
}

fn weights(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        -0.5 * t3 + t2 - 0.5 * t,
        1.5 * t3 - 2.5 * t2 + 1.0,
        -1.5 * t3 + 2.0 * t2 + 0.5 * t,
        0.5 * t3 - 0.5 * t2,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_corner_of_a_picture_of_any_length_is_within_it() {
        for (width, height) in [(2, 2), (40_000, 2), (2, 40_000)] {
            let picture = Luma::from_fn(
                width,
                height,
                |x, y| if (x, y) == (width - 1, height - 1) { 200 } else { 0 },
            );
            assert!((between(&picture, width as f32 + 9.0, height as f32 + 9.0) - 200.0).abs() < 1.0);
        }
    }
}
