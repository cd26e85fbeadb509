//! Where each module of a code lies in the picture.

use super::{
    finder::{Corners, Finder},
    grid::between,
};
use crate::{
    Luma,
    qr::{Layout, MAX_VERSION, Module},
};

/// A code in the picture: the middles of its finder patterns in pixels, and how much nearer or farther than the corner the
/// other two are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pose {
    /// x and y of the middles of the patterns at the corner, to the right and below, then the two perspective parts.
    pub(crate) by: [f32; 8],
    pub(crate) side: usize,
}

/// From modules to pixels.
#[derive(Clone, Copy)]
pub(crate) struct Map([f32; 9]);

impl Map {
    #[inline]
    pub(crate) fn at(&self, u: f32, v: f32) -> (f32, f32) {
        let m = &self.0;
        let w = 1.0 / (m[6] * u + m[7] * v + m[8]);
        ((m[0] * u + m[1] * v + m[2]) * w, (m[3] * u + m[4] * v + m[5]) * w)
    }
}

impl Pose {
    /// What three patterns alone suggest: seen from straight above, as large as they are.
    pub(crate) fn rough(corners: &Corners) -> Self {
        let [a, b, c] = &corners.at;
        let version = ((corners.side - 17.0) / 4.0).round().clamp(1.0, MAX_VERSION as f32) as usize;
        Self {
            by: [a.x, a.y, b.x, b.y, c.x, c.y, 0.0, 0.0],
            side: crate::qr::dimension(version),
        }
    }

    pub(crate) fn map(&self) -> Map {
        let [ax, ay, bx, by, cx, cy, k, l] = self.by;
        let span = 1.0 / (self.side as f32 - 7.0);
        let row = |a: f32, b: f32, c: f32| {
            let (right, below) = ((b * (1.0 + k) - a) * span, (c * (1.0 + l) - a) * span);
            [right, below, a - 3.5 * (right + below)]
        };
        let (x, y) = (row(ax, bx, cx), row(ay, by, cy));
        let (right, below) = (k * span, l * span);
        Map([
            x[0],
            x[1],
            x[2],
            y[0],
            y[1],
            y[2],
            right,
            below,
            1.0 - 3.5 * (right + below),
        ])
    }

    /// The same code in a picture `factor` times as large.
    pub(crate) fn scaled(mut self, factor: f32) -> Self {
        self.by[..6].iter_mut().for_each(|v| *v *= factor);
        self
    }

    /// Pixels per module, on average over the code.
    pub(crate) fn unit(&self) -> f32 {
        let map = self.map();
        let side = self.side as f32;
        let [a, b, c, d] = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| map.at(u, v));
        let area = ((c.0 - a.0) * (d.1 - b.1) - (c.1 - a.1) * (d.0 - b.0)).abs() / 2.0;
        area.sqrt() / side
    }

    /// The corners of the symbol in pixels.
    pub(crate) fn outline(&self) -> [(f32, f32); 4] {
        let (map, side) = (self.map(), self.side as f32);
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| map.at(u, v))
    }

    pub(crate) fn version(&self) -> usize {
        (self.side - 17) / 4
    }

    /// Whether the whole symbol lies in the picture and nothing of it is seen edge-on.
    pub(crate) fn sane(&self, picture: &Luma) -> bool {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let unit = self.unit();
        self.by.iter().all(|v| v.is_finite())
            && unit > 0.8
            && self.by[6..].iter().all(|k| (-0.6..1.2).contains(k))
            && self.outline().iter().all(|&(x, y)| {
                (-3.0 * unit..width + 3.0 * unit).contains(&x) && (-3.0 * unit..height + 3.0 * unit).contains(&y)
            })
    }
}

/// The grey in the middle of each module of a symbol whose modules lie where `at` says.
pub(crate) fn centres(picture: &Luma, side: usize, at: impl Fn(f32, f32) -> (f32, f32)) -> Vec<f32> {
    let mut values = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let (px, py) = at(x as f32 + 0.5, y as f32 + 0.5);
            values.push(between(picture, px, py));
        }
    }
    values
}

/// How well the modules between two finder patterns alternate, from -1 to 1. Each is compared with its neighbours, so that
/// light from one side does not matter.
fn timing(picture: &Luma, pose: &Pose, upright: bool, sign: f32) -> f32 {
    let map = pose.map();
    let value = |i: usize| {
        let along = i as f32 + 0.5;
        let (x, y) = if upright {
            map.at(6.5, along)
        } else {
            map.at(along, 6.5)
        };
        between(picture, x, y)
    };
    let (mut sum, mut all) = (0.0, 1.0);
    let (mut before, mut now) = (value(6), value(7));
    for i in 7..pose.side - 7 {
        let after = value(i + 1);
        let off = now - (before + after) / 2.0;
        sum += if i % 2 == 0 { -off } else { off };
        all += off.abs();
        (before, now) = (now, after);
    }
    sign * sum / all
}

/// How much each of the three corners looks like a finder pattern, from -1 to 1: the correlation of what is there with what
/// should be.
pub(crate) fn corner_likeness(picture: &Luma, pose: &Pose, inverted: bool) -> [f32; 3] {
    let map = pose.map();
    let far = (pose.side - 7) as f32;
    [(0.0, 0.0), (far, 0.0), (0.0, far)]
        .map(|(left, top)| likeness(picture, inverted, |u, v| map.at(left + u, top + v)))
}

/// The correlation of a finder pattern of 7 by 7 modules with what lies where `at` puts its modules.
fn likeness(picture: &Luma, inverted: bool, at: impl Fn(f32, f32) -> (f32, f32)) -> f32 {
    let (mut sum, mut square, mut dark_sum) = (0.0, 0.0, 0.0);
    const ALL: f32 = 81.0;
    const DARK: f32 = 33.0;
    for n in 0..81_usize {
        let (x, y) = (n % 9, n / 9);
        let ring = x.abs_diff(4).max(y.abs_diff(4));
        let (px, py) = at(x as f32 - 0.5, y as f32 - 0.5);
        let value = between(picture, px, py);
        sum += value;
        square += value * value;
        if ring <= 1 || ring == 3 {
            dark_sum += value;
        }
    }
    let mean = sum / ALL;
    let deviation = (square / ALL - mean * mean).max(1.0).sqrt();
    // The correlation with a pattern of two values needs only the mean where it is dark.
    let likeness = (mean - dark_sum / DARK) * (DARK / (ALL - DARK)).sqrt() / deviation;
    if inverted { -likeness } else { likeness }
}

/// The same for a pattern with its middle at `x`, `y`, dark on light, turned by so many radians.
pub(crate) fn turned_likeness(picture: &Luma, (x, y): (f32, f32), unit: f32, turn: f32) -> f32 {
    let (sin, cos) = turn.sin_cos();
    let (ex, ey) = (cos * unit, sin * unit);
    likeness(picture, false, |a, b| {
        let (a, b) = (a - 3.5, b - 3.5);
        (x + a * ex - b * ey, y + a * ey + b * ex)
    })
}

/// The three corners of a code near where they were: `None` unless at least two look like it and the third is near what they
/// suggest.
pub(crate) fn follow_corners(picture: &Luma, before: &Pose, inverted: bool) -> Option<Corners> {
    let map = before.map();
    let far = before.side as f32 - 3.5;
    let mut shifts = [(0.0, 0.0, 0.0); 3];
    let mut bases = [(0.0, 0.0, 0.0, 0.0, 0.0, 0.0); 3];
    for (i, (u, v)) in [(3.5, 3.5), (far, 3.5), (3.5, far)].into_iter().enumerate() {
        let (x, y) = map.at(u, v);
        let ((ax, ay), (bx, by)) = (map.at(u + 1.0, v), map.at(u, v + 1.0));
        bases[i] = (x, y, ax - x, ay - y, bx - x, by - y);
        let (ex, ey, fx, fy) = (ax - x, ay - y, bx - x, by - y);
        let score = |du: f32, dv: f32| {
            let (cx, cy) = (x + du * ex + dv * fx, y + du * ey + dv * fy);
            likeness(picture, inverted, |a, b| {
                let (a, b) = (a - 3.5, b - 3.5);
                (cx + a * ex + b * fx, cy + a * ey + b * fy)
            })
        };
        let mut best = (f32::MIN, 0.0, 0.0);
        for dv in -9..=9 {
            for du in -9..=9 {
                let now = score(du as f32, dv as f32);
                if now > best.0 {
                    best = (now, du as f32, dv as f32);
                }
            }
        }
        for step in [0.5, 0.25] {
            for (du, dv) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                let now = score(best.1 + du, best.2 + dv);
                if now > best.0 {
                    best = (now, best.1 + du, best.2 + dv);
                }
            }
        }
        shifts[i] = best;
    }
    // The one that cannot be seen has moved as the others have.
    let seen: Vec<usize> = (0..3).filter(|&i| shifts[i].0 > 0.4).collect();
    if seen.len() < 2 {
        return None;
    }
    let mean =
        |pick: fn(&(f32, f32, f32)) -> f32| seen.iter().map(|&i| pick(&shifts[i])).sum::<f32>() / seen.len() as f32;
    let (du, dv) = (mean(|s| s.1), mean(|s| s.2));
    let mut at = [0, 1, 2].map(|i| {
        let (x, y, ex, ey, fx, fy) = bases[i];
        let (du, dv) = if seen.contains(&i) {
            (shifts[i].1, shifts[i].2)
        } else {
            (du, dv)
        };
        let unit = ((ex * fy - ey * fx).abs()).sqrt();
        Finder {
            x: x + du * ex + dv * fx,
            y: y + du * ey + dv * fy,
            across: unit,
            down: unit,
            inverted,
            votes: u32::from(seen.contains(&i)),
            round: true,
        }
    });
    // Their distance says how large a module is better than what was before.
    let far = |a: &Finder, b: &Finder| (a.x - b.x).hypot(a.y - b.y) / (before.side as f32 - 7.0);
    let unit = (far(&at[0], &at[1]) + far(&at[0], &at[2])) / 2.0;
    at.iter_mut()
        .for_each(|finder| (finder.across, finder.down) = (unit, unit));
    Some(Corners::of(at))
}

/// Searches the missing one of three patterns around the place where the other two suggest it.
pub(crate) fn search_third(picture: &Luma, three: &mut [Finder; 3], missing: usize) -> f32 {
    let others: Vec<Finder> = (0..3).filter(|&i| i != missing).map(|i| three[i]).collect();
    let (p, q) = (others[0], others[1]);
    let inverted = p.inverted;
    // Directions of the code's rows and columns: along a side, or halfway between when the two lie across.
    let (dx, dy) = (three[1].x - three[0].x, three[1].y - three[0].y);
    let size = (super::finder::module(&p, dx, dy) + super::finder::module(&q, dx, dy)) / 2.0;
    let far = dx.hypot(dy).max(1.0);
    let (ex, ey) = (dx / far * size, dy / far * size);
    let start = three[missing];
    let alike = |cx: f32, cy: f32| {
        likeness(picture, inverted, |a, b| {
            let (a, b) = (a - 3.5, b - 3.5);
            (cx + a * ex - b * ey, cy + a * ey + b * ex)
        })
    };
    // Turned otherwise than this hypothesis says, or no patterns at all.
    if alike(p.x, p.y).min(alike(q.x, q.y)) < 0.5 {
        return -1.0;
    }
    let score = |u: f32, v: f32| alike(start.x + u * ex - v * ey, start.y + u * ey + v * ex);
    let reach = ((far / size) * 0.14).clamp(3.0, 7.0) as i32;
    let mut best = (score(0.0, 0.0), 0.0, 0.0);
    for v in -reach..=reach {
        for u in -reach..=reach {
            let now = score(u as f32, v as f32);
            if now > best.0 {
                best = (now, u as f32, v as f32);
            }
        }
    }
    for step in [0.5, 0.25] {
        for (du, dv) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
            let now = score(best.1 + du, best.2 + dv);
            if now > best.0 {
                best = (now, best.1 + du, best.2 + dv);
            }
        }
    }
    three[missing].x += best.1 * ex - best.2 * ey;
    three[missing].y += best.1 * ey + best.2 * ex;
    best.0
}

/// A place for a code that three finder patterns suggest, with the share of timing modules that agree.
pub(crate) struct Guess {
    pub(crate) pose: Pose,
    pub(crate) agreement: f32,
}

/// The version and the perspective under which the timing patterns are seen best; the likelier first.
pub(crate) fn guesses(picture: &Luma, corners: &Corners) -> Vec<Guess> {
    let [a, b, c] = &corners.at;
    let sign = if a.inverted { -1.0 } else { 1.0 };
    let likely = ((corners.side - 17.0) / 4.0).round() as i32;
    // Long sides are measured less exactly than short ones.
    let reach = 2 + likely / 10;
    let mut guesses: Vec<Guess> = (likely - reach..=likely + reach)
        .filter(|version| (1..=MAX_VERSION as i32).contains(version))
        .map(|version| {
            let mut pose = Pose {
                by: [a.x, a.y, b.x, b.y, c.x, c.y, 0.0, 0.0],
                side: crate::qr::dimension(version as usize),
            };
            let mut agreement = 0.0;
            for upright in [false, true] {
                let part = 6 + usize::from(upright);
                let mut best = (f32::MIN, 0.0);
                let mut look = |k: f32, best: &mut (f32, f32)| {
                    pose.by[part] = k;
                    let score = timing(picture, &pose, upright, sign);
                    if score > best.0 {
                        *best = (score, k);
                    }
                };
                for k in -8..=8 {
                    look(k as f32 * 0.03, &mut best);
                }
                let middle = best.1;
                for k in [-0.018, -0.009, 0.009, 0.018] {
                    look(middle + k, &mut best);
                }
                pose.by[part] = best.1;
                agreement += best.0 / 2.0;
            }
            Guess { pose, agreement }
        })
        .collect();
    guesses.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
    guesses
}

/// Moves the pose until known modules have their colour and unknown ones are as far from grey as they get.
pub(crate) fn refine(picture: &Luma, pose: &Pose, inverted: bool) -> Pose {
    let fit = Fit::new(picture, pose, inverted);
    let mut best = (fit.score(pose), *pose);
    let unit = pose.unit();
    let mut step = 0.45_f32;
    // Together: the whole code, then each pattern, then the perspective.
    const MOVES: [&[(usize, f32)]; 12] = [
        &[(0, 1.0), (2, 1.0), (4, 1.0)],
        &[(1, 1.0), (3, 1.0), (5, 1.0)],
        &[(6, 1.0)],
        &[(7, 1.0)],
        &[(6, 1.0), (7, 1.0)],
        &[(6, 1.0), (7, -1.0)],
        &[(0, 1.0)],
        &[(1, 1.0)],
        &[(2, 1.0)],
        &[(3, 1.0)],
        &[(4, 1.0)],
        &[(5, 1.0)],
    ];
    for _ in 0..9 {
        let mut better = false;
        for way in MOVES {
            for sign in [1.0, -1.0] {
                let mut pose = best.1;
                for &(part, by) in way {
                    let size = if part < 6 { unit } else { 2.0 / pose.side as f32 };
                    pose.by[part] += sign * by * step * size;
                }
                let score = fit.score(&pose);
                if score > best.0 {
                    best = (score, pose);
                    better = true;
                    break;
                }
            }
        }
        if !better {
            step *= 0.5;
            if step < 0.05 {
                break;
            }
        }
    }
    best.1
}

/// Modules that a pose is judged by, about: large codes have more than it takes.
const MOST_UNKNOWN: usize = 500;
const MOST_KNOWN: usize = 300;

/// What a pose is judged by: some modules with the grey around them and, where it is known, their colour.
struct Fit<'a> {
    picture: &'a Luma,
    /// Middle in modules, grey around it, weight (negative for known dark ones).
    known: Vec<(f32, f32, f32, f32)>,
    unknown: Vec<(f32, f32, f32)>,
}

impl<'a> Fit<'a> {
    fn new(picture: &'a Luma, pose: &Pose, inverted: bool) -> Self {
        let layout = Layout::of(pose.version());
        let side = pose.side;
        let map = pose.map();
        let around = super::grid::local_mean(&centres(picture, side, |u, v| map.at(u, v)), side, 4);
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let every = 1 + side * side / MOST_UNKNOWN;
        let share = 1 + layout.modules.iter().filter(|m| matches!(m, Module::Fixed(_))).count() / MOST_KNOWN;
        for (at, module) in layout.modules.iter().enumerate() {
            let (u, v) = ((at % side) as f32 + 0.5, (at / side) as f32 + 0.5);
            match module {
                Module::Fixed(dark) if at % share == 0 => {
                    known.push((u, v, around[at], if *dark != inverted { -1.0 } else { 1.0 }))
                }
                Module::Data if (at % side + at / side * 3).is_multiple_of(every) => unknown.push((u, v, around[at])),
                _ => {}
            }
        }
        Self {
            picture,
            known,
            unknown,
        }
    }

    fn score(&self, pose: &Pose) -> f32 {
        if !pose.sane(self.picture) {
            return f32::MIN;
        }
        let map = pose.map();
        let value = |u: f32, v: f32| {
            let (x, y) = map.at(u, v);
            between(self.picture, x, y)
        };
        let known: f32 = self
            .known
            .iter()
            .map(|&(u, v, around, sign)| sign * (value(u, v) - around))
            .sum();
        let unknown: f32 = self
            .unknown
            .iter()
            .map(|&(u, v, around)| (value(u, v) - around).abs())
            .sum();
        known / self.known.len() as f32 + unknown / self.unknown.len().max(1) as f32
    }
}
