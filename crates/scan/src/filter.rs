//! What a later stage does to a picture before it looks again.

use crate::Luma;

/// Half the side length, each pixel the mean of four: takes noise away, and sharpens what is blurred but large.
pub(crate) fn half(picture: &Luma) -> Luma {
    Luma::from_fn((picture.width() / 2).max(1), (picture.height() / 2).max(1), |x, y| {
        let (x0, y0) = (2 * x, 2 * y);
        let (x1, y1) = ((x0 + 1).min(picture.width() - 1), (y0 + 1).min(picture.height() - 1));
        let sum = [
            picture.at(x0, y0),
            picture.at(x1, y0),
            picture.at(x0, y1),
            picture.at(x1, y1),
        ];
        (sum.into_iter().map(u16::from).sum::<u16>() / 4) as u8
    })
}

/// Twice the side length, interpolated between pixel centres: gives codes of under 3 pixels per module a second chance.
pub(crate) fn double(picture: &Luma) -> Luma {
    // Each new pixel lies a quarter of an old one away from its own centre: weights 3/4 and 1/4 in each direction.
    let beside = |new: usize, len: usize| {
        let own = new / 2;
        (
            own,
            if new.is_multiple_of(2) {
                own.saturating_sub(1)
            } else {
                (own + 1).min(len - 1)
            },
        )
    };
    Luma::from_fn(picture.width() * 2, picture.height() * 2, |x, y| {
        let ((x0, x1), (y0, y1)) = (beside(x, picture.width()), beside(y, picture.height()));
        let at = |x, y| u16::from(picture.at(x, y));
        ((9 * at(x0, y0) + 3 * at(x1, y0) + 3 * at(x0, y1) + at(x1, y1) + 8) / 16) as u8
    })
}

/// Light for dark.
pub(crate) fn invert(picture: &Luma) -> Luma {
    Luma::from_fn(picture.width(), picture.height(), |x, y| 255 - picture.at(x, y))
}

/// Mean over a square of `2 * radius + 1` pixels, cut off at the edges.
pub(crate) fn box_blur(picture: &Luma, radius: usize) -> Luma {
    let (width, height) = (picture.width(), picture.height());
    let mut across = vec![0_u8; width * height];
    for y in 0..height {
        running_mean(picture.row(y), radius, |x, value| across[y * width + x] = value);
    }
    let mut down = vec![0_u8; width * height];
    let mut column = vec![0_u8; height];
    for x in 0..width {
        for (y, value) in column.iter_mut().enumerate() {
            *value = across[y * width + x];
        }
        running_mean(&column, radius, |y, value| down[y * width + x] = value);
    }
    Luma::from_fn(width, height, |x, y| down[y * width + x])
}

fn running_mean(line: &[u8], radius: usize, mut put: impl FnMut(usize, u8)) {
    let mut sum: u32 = line.iter().take(radius).map(|&v| u32::from(v)).sum();
    let mut count = radius.min(line.len()) as u32;
    for i in 0..line.len() {
        if let Some(&entering) = line.get(i + radius) {
            sum += u32::from(entering);
            count += 1;
        }
        if i > radius {
            sum -= u32::from(line[i - radius - 1]);
            count -= 1;
        }
        put(i, ((sum + count / 2) / count) as u8);
    }
}

/// Adds `strength` times the difference to the surroundings within `radius`: undoes some blur.
pub(crate) fn unsharp(picture: &Luma, radius: usize, strength: i32) -> Luma {
    let soft = box_blur(picture, radius);
    Luma::from_fn(picture.width(), picture.height(), |x, y| {
        let value = i32::from(picture.at(x, y));
        (value + strength * (value - i32::from(soft.at(x, y)))).clamp(0, 255) as u8
    })
}

/// Stretches each neighbourhood to the full range of grey: shadow, glare at an angle, faded print.
///
/// Darkest and lightest are taken per tile, widened to the tiles around it and interpolated in between, so that no tile's
/// border shows. Where there is next to no contrast the stretch is held back: it would only draw noise.
pub(crate) fn normalise(picture: &Luma) -> Luma {
    const TILE: usize = 24;
    const LEAST_RANGE: i32 = 24;
    let (across, down) = (picture.width().div_ceil(TILE), picture.height().div_ceil(TILE));
    let mut tiles = vec![(255_u8, 0_u8); across * down];
    for y in 0..picture.height() {
        for (x, &value) in picture.row(y).iter().enumerate() {
            let (low, high) = &mut tiles[(y / TILE) * across + x / TILE];
            *low = value.min(*low);
            *high = value.max(*high);
        }
    }
    let widened: Vec<(i32, i32)> = (0..across * down)
        .map(|i| {
            let (tx, ty) = (i % across, i / across);
            let mut wide = (255, 0);
            for ny in ty.saturating_sub(1)..=(ty + 1).min(down - 1) {
                for nx in tx.saturating_sub(1)..=(tx + 1).min(across - 1) {
                    let (low, high) = tiles[ny * across + nx];
                    wide = (wide.0.min(i32::from(low)), wide.1.max(i32::from(high)));
                }
            }
            wide
        })
        .collect();
    // Position between the centres of two tiles, in 1/(2 TILE) steps.
    let between = |v: usize, tiles: usize| {
        let from_centre = (2 * v + 1).saturating_sub(TILE);
        let first = (from_centre / (2 * TILE)).min(tiles - 1);
        (first, (first + 1).min(tiles - 1), (from_centre % (2 * TILE)) as i32)
    };
    const FULL: i32 = 2 * TILE as i32;
    Luma::from_fn(picture.width(), picture.height(), |x, y| {
        let ((x0, x1, fx), (y0, y1, fy)) = (between(x, across), between(y, down));
        let mix = |pick: fn(&(i32, i32)) -> i32| {
            let at = |tx: usize, ty: usize| pick(&widened[ty * across + tx]);
            let top = at(x0, y0) * (FULL - fx) + at(x1, y0) * fx;
            let bottom = at(x0, y1) * (FULL - fx) + at(x1, y1) * fx;
            (top * (FULL - fy) + bottom * fy) / (FULL * FULL)
        };
        let (low, high) = (mix(|t| t.0), mix(|t| t.1));
        ((i32::from(picture.at(x, y)) - low) * 255 / (high - low).max(LEAST_RANGE)).clamp(0, 255) as u8
    })
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
        assert_eq!(size(&double(&ramp())), (74, 22));
        for same in [
            invert(&ramp()),
            box_blur(&ramp(), 3),
            unsharp(&ramp(), 2, 1),
            normalise(&ramp()),
        ] {
            assert_eq!(size(&same), (37, 11));
        }
        let dot = Luma::from_fn(1, 1, |_, _| 9);
        for one in [
            half(&dot),
            invert(&dot),
            box_blur(&dot, 3),
            unsharp(&dot, 2, 1),
            normalise(&dot),
        ] {
            assert_eq!(size(&one), (1, 1));
        }
    }

    #[test]
    fn blur_is_the_mean_of_what_lies_within_the_radius() {
        let line = Luma::from_fn(5, 1, |x, _| [0, 30, 60, 90, 120][x]);
        assert_eq!(box_blur(&line, 1).pixels(), [15, 30, 60, 90, 105]);
        assert_eq!(box_blur(&line, 9).pixels(), [60; 5]);
    }

    #[test]
    fn a_faint_pattern_fills_the_range_after_normalising_and_a_plain_one_stays_plain() {
        let faint = normalise(&Luma::from_fn(
            96,
            96,
            |x, y| if (x / 6 + y / 6) % 2 == 0 { 100 } else { 140 },
        ));
        assert_eq!(
            (faint.pixels().iter().min(), faint.pixels().iter().max()),
            (Some(&0), Some(&255))
        );
        let plain = normalise(&Luma::from_fn(96, 96, |_, _| 140));
        assert!(plain.pixels().iter().all(|&v| v == plain.pixels()[0]));
    }

    #[test]
    fn unsharp_makes_an_edge_steeper() {
        let edge = Luma::from_fn(9, 1, |x, _| [80, 80, 80, 90, 100, 110, 120, 120, 120][x]);
        let sharp = unsharp(&edge, 2, 2);
        assert!(sharp.at(2, 0) < 80 && sharp.at(6, 0) > 120);
    }

    #[test]
    fn doubling_a_half_gives_a_flat_picture_back() {
        let flat = Luma::from_fn(8, 8, |_, _| 77);
        assert_eq!(double(&half(&flat)), flat);
    }
}
