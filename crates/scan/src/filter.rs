//! What a later stage does to a picture before it looks again.

use crate::Luma;

/// Half the side length, each pixel the mean of four: takes noise away, and sharpens what is blurred but large.
pub(crate) fn half(picture: &Luma) -> Luma {
    let (width, height) = ((picture.width() / 2).max(1), (picture.height() / 2).max(1));
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        let (upper, lower) = (picture.row(2 * y), picture.row((2 * y + 1).min(picture.height() - 1)));
        if picture.width() == 1 {
            pixels.push(mean([upper[0], upper[0], lower[0], lower[0]]));
            continue;
        }
        let (upper, lower) = (upper.as_chunks::<2>().0, lower.as_chunks::<2>().0);
        pixels.extend(upper.iter().zip(lower).map(|(&[a, b], &[c, d])| mean([a, b, c, d])));
    }
    Luma::filled(width, height, pixels)
}

fn mean(four: [u8; 4]) -> u8 {
    (four.into_iter().map(u16::from).sum::<u16>() / 4) as u8
}

/// Mean over a square of `2 * radius + 1` pixels, cut off at the edges.
pub(crate) fn box_blur(picture: &Luma, radius: usize) -> Luma {
    let (width, height) = (picture.width(), picture.height());
    let mut pixels = vec![0_u8; width * height];
    // The sum of each column over the rows around, moved down row by row.
    let mut columns = vec![0_u16; width];
    let add = |columns: &mut [u16], y: usize| {
        columns
            .iter_mut()
            .zip(picture.row(y))
            .for_each(|(sum, &v)| *sum = sum.wrapping_add(u16::from(v)));
    };
    (0..radius.min(height)).for_each(|y| add(&mut columns, y));
    for (y, line) in pixels.chunks_exact_mut(width).enumerate() {
        if y + radius < height {
            add(&mut columns, y + radius);
        }
        if y > radius {
            let leaving = picture.row(y - radius - 1);
            columns
                .iter_mut()
                .zip(leaving)
                .for_each(|(sum, &v)| *sum = sum.wrapping_sub(u16::from(v)));
        }
        let rows = (y + radius + 1).min(height) - y.saturating_sub(radius);
        across(&columns, radius, rows as u32, line);
    }
    Luma::filled(width, height, pixels)
}

/// Sums of columns become means of squares.
fn across(columns: &[u16], radius: usize, rows: u32, line: &mut [u8]) {
    let width = columns.len();
    // The mean of some pixels as a product with whole numbers, of which a processor makes many at a time.
    let part = |count: usize| ((1 << 20) + count as u32 * rows / 2) / (count as u32 * rows);
    let mean = |sum: u32, part: u32| ((sum * part + (1 << 19)) >> 20).min(255) as u8;
    for x in (0..width).filter(|x| *x < radius || x + radius >= width) {
        let around = x.saturating_sub(radius)..(x + radius + 1).min(width);
        let sum = columns[around.clone()].iter().map(|&v| u32::from(v)).sum();
        line[x] = mean(sum, part(around.len()));
    }
    if width <= 2 * radius {
        return;
    }
    let (inner, part) = (&mut line[radius..width - radius], part(2 * radius + 1));
    let mut sums = vec![0_u32; inner.len()];
    for shift in 0..=2 * radius {
        sums.iter_mut()
            .zip(&columns[shift..])
            .for_each(|(sum, &v)| *sum += u32::from(v));
    }
    inner.iter_mut().zip(sums).for_each(|(to, sum)| *to = mean(sum, part));
}

/// Adds `strength` times the difference to the surroundings within `radius`: undoes some blur.
pub(crate) fn unsharp(picture: &Luma, radius: usize, strength: i16) -> Luma {
    let soft = box_blur(picture, radius);
    let sharp = |(&value, &soft): (&u8, &u8)| {
        let (value, soft) = (i16::from(value), i16::from(soft));
        (value + strength * (value - soft)).clamp(0, 255) as u8
    };
    let pixels = picture.pixels().iter().zip(soft.pixels()).map(sharp).collect();
    Luma::filled(picture.width(), picture.height(), pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Luma {
        Luma::from_fn(37, 11, |x, y| (x * 5 + y) as u8)
    }

    #[test]
    fn filters_keep_or_change_the_size_as_named() {
        let size = |p: &Luma| (p.width(), p.height());
        assert_eq!(size(&half(&ramp())), (18, 5));
        for same in [box_blur(&ramp(), 3), unsharp(&ramp(), 2, 1)] {
            assert_eq!(size(&same), (37, 11));
        }
        for (width, height) in [(1, 1), (1, 5), (5, 1)] {
            let small = Luma::from_fn(width, height, |_, _| 9);
            for filtered in [half(&small), box_blur(&small, 3), unsharp(&small, 2, 1)] {
                assert!(filtered.pixels().iter().all(|&v| v == 9) && !filtered.pixels().is_empty());
            }
        }
    }

    #[test]
    fn blur_is_the_mean_of_what_lies_within_the_radius() {
        let line = Luma::from_fn(5, 1, |x, _| [0, 30, 60, 90, 120][x]);
        assert_eq!(box_blur(&line, 1).pixels(), [15, 30, 60, 90, 105]);
        assert_eq!(box_blur(&line, 9).pixels(), [60; 5]);
    }

    #[test]
    fn unsharp_makes_an_edge_steeper() {
        let edge = Luma::from_fn(9, 1, |x, _| [80, 80, 80, 90, 100, 110, 120, 120, 120][x]);
        let sharp = unsharp(&edge, 2, 2);
        assert!(sharp.at(2, 0) < 80 && sharp.at(6, 0) > 120);
    }

    /// Against the definition, pixel by pixel.
    #[test]
    fn blur_is_right_at_the_edges_too() {
        let picture = Luma::from_fn(23, 17, |x, y| (x * 37 + y * 91 + x * y) as u8);
        for radius in [1, 2, 3, 9] {
            let blurred = box_blur(&picture, radius);
            for y in 0..17_usize {
                for x in 0..23_usize {
                    let (mut sum, mut count) = (0.0, 0.0);
                    for v in y.saturating_sub(radius)..(y + radius + 1).min(17) {
                        for u in x.saturating_sub(radius)..(x + radius + 1).min(23) {
                            sum += f32::from(picture.at(u, v));
                            count += 1.0;
                        }
                    }
                    assert!(
                        (f32::from(blurred.at(x, y)) - sum / count).abs() <= 0.51,
                        "{x}, {y}, radius {radius}"
                    );
                }
            }
        }
    }
}
