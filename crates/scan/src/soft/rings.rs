//! Finder patterns as what they are from afar: a dark spot in a light ring in a dark ring.
//!
//! Rows of pixels lose the proportions to blur and noise; sums along circles keep them, whichever way the pattern is
//! turned. The patterns found so are fewer and less exact than those along rows, and cost more: for pictures in which rows
//! showed nothing.

use super::{finder::Finder, pose::turned_likeness};
use crate::{Luma, budget::Budget};

/// Pixels per module that are looked for; the picture half as large shows the larger ones.
const UNITS: [f32; 3] = [1.05, 1.35, 1.75];
/// Spots of each size that are looked at closely.
const MOST_SPOTS: usize = 24;
/// Grey values by which the rings have to differ.
const LEAST_CONTRAST: i16 = 3;
/// What a pattern has to look like at the best turn and size, and at the best turn alone.
const LEAST_LIKENESS: f32 = 0.42;
const HINT: f32 = 0.2;

/// Spots with rings, dark on light, most like first.
pub(crate) fn ringed(picture: &Luma, budget: &mut Budget) -> Vec<Finder> {
    let mut found: Vec<(f32, Finder)> = Vec::new();
    for unit in UNITS {
        if !budget() {
            break;
        }
        for (x, y) in spots(picture, unit) {
            let (likeness, x, y, unit) = best_fit(picture, x as f32 + 0.5, y as f32 + 0.5, unit);
            if likeness < LEAST_LIKENESS {
                continue;
            }
            let new = Finder {
                x,
                y,
                across: unit,
                down: unit,
                inverted: false,
                votes: 1,
                round: true,
            };
            match found
                .iter_mut()
                .find(|(_, old)| (old.x - x).hypot(old.y - y) < 2.5 * unit.max(old.unit()))
            {
                Some(old) if old.0 < likeness => *old = (likeness, new),
                Some(_) => {}
                None => found.push((likeness, new)),
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(16);
    found.into_iter().map(|(_, finder)| finder).collect()
}

/// Places where the light ring is lighter than what is within and around it, the strongest first.
fn spots(picture: &Luma, unit: f32) -> Vec<(usize, usize)> {
    let (width, height) = (picture.width(), picture.height());
    let reach = (3.5 * unit).ceil() as usize + 1;
    if width <= 2 * reach || height <= 2 * reach {
        return Vec::new();
    }
    let ring = |radius: f32, from: f32| -> Vec<(isize, isize)> {
        (0..8)
            .map(|i| {
                let (sin, cos) = (std::f32::consts::FRAC_PI_4 * (i as f32 + from)).sin_cos();
                (
                    (radius * unit * cos).round() as isize,
                    (radius * unit * sin).round() as isize,
                )
            })
            .collect()
    };
    // Circles that stay within a square ring of modules at any turn, as far as there are such.
    let (light, dark) = (ring(2.15, 0.0), ring(3.35, 0.5));
    let core = ring(0.9, 0.0);
    let inner = width - 2 * reach;
    let mut scores = vec![0_i16; inner * (height - 2 * reach)];
    let mut lines = [vec![0_i16; inner], vec![0_i16; inner], vec![0_i16; inner]];
    for y in reach..height - reach {
        for (line, ring) in lines.iter_mut().zip([&light, &core, &dark]) {
            line.fill(0);
            for &(dx, dy) in ring {
                let start = (reach as isize + dx) as usize;
                let row = &picture.row((y as isize + dy) as usize)[start..start + inner];
                for (sum, &v) in line.iter_mut().zip(row) {
                    *sum += i16::from(v);
                }
            }
        }
        let [light, core, dark] = &lines;
        let out = &mut scores[(y - reach) * inner..(y - reach + 1) * inner];
        for (((out, light), core), dark) in out.iter_mut().zip(light).zip(core).zip(dark) {
            *out = (light - core).min(2 * (light - dark));
        }
    }
    let least = LEAST_CONTRAST * 8;
    let near = (2.0 * unit).ceil() as usize;
    let mut best: Vec<(i16, usize, usize)> = Vec::new();
    for y in 1..height - 2 * reach - 1 {
        let row = &scores[y * inner..(y + 1) * inner];
        for x in 1..inner - 1 {
            let score = row[x];
            if score < least || score < row[x - 1] || score <= row[x + 1] {
                continue;
            }
            if score < scores[(y - 1) * inner + x] || score <= scores[(y + 1) * inner + x] {
                continue;
            }
            best.push((score, x + reach, y + reach));
        }
    }
    best.sort_unstable_by_key(|spot| std::cmp::Reverse(spot.0));
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for (_, x, y) in best {
        if kept.iter().all(|&(kx, ky)| kx.abs_diff(x).max(ky.abs_diff(y)) > near) {
            kept.push((x, y));
            if kept.len() >= MOST_SPOTS {
                break;
            }
        }
    }
    kept
}

/// The turn, size and place near a spot at which it looks most like a finder pattern: (likeness, x, y, unit).
fn best_fit(picture: &Luma, x: f32, y: f32, unit: f32) -> (f32, f32, f32, f32) {
    let mut best = (-1.0, x, y, unit);
    let mut angle = 0.0;
    for scale in [1.0, 0.88, 1.14] {
        if scale != 1.0 && best.0 < HINT {
            return best;
        }
        for turn in 0..6 {
            let turn = turn as f32 * std::f32::consts::PI / 12.0;
            let now = turned_likeness(picture, (x, y), unit * scale, turn);
            if now > best.0 {
                best = (now, x, y, unit * scale);
                angle = turn;
            }
        }
    }
    for step in [0.5, 0.25] {
        for (dx, dy) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
            let at = (best.1 + dx * unit, best.2 + dy * unit);
            let now = turned_likeness(picture, at, best.3, angle);
            if now > best.0 {
                best = (now, at.0, at.1, best.3);
            }
        }
    }
    best
}
