//! Paper that is not flat, lenses that bend straight lines: where the modules lie beside where the pose puts them.
//!
//! The shifts are a polynomial of the third degree over the code. It grows from the finder patterns, where the pose holds,
//! outwards: it says where the next modules should be, they are moved until they are as dark and as light as they get, and
//! the polynomial learns from that.

use super::{
    grid::{between, local_mean},
    pose::{Map, Pose, centres},
};
use crate::{
    Luma,
    qr::{Layout, Module},
};

const TERMS: usize = 10;
/// How far a measured shift is usually off, against how large the coefficients of each degree usually are, squared.
const HOLD: [f32; TERMS] = [0.01, 0.01, 0.01, 0.002, 0.002, 0.002, 0.03, 0.03, 0.03, 0.03];
/// Modules between two places that are measured, and places along a side at most.
const SPAN: f32 = 5.0;
const MOST_PLACES: f32 = 11.0;
/// Modules to each side by which a place is judged.
const AROUND: isize = 4;
/// What a place has to gain, in parts of the usual contrast, to lie a module off what was expected.
const STIFF: f32 = 0.3;
/// A measured shift that is off the others by this counts half.
const OFF: f32 = 0.25;
/// A bent code stands out so much more with its bend than without: with less, something else is the matter.
const LEAST_GAIN: f32 = 1.2;

/// Shifts of the modules of one code, in modules.
#[derive(Clone)]
pub(crate) struct Bend {
    half: f32,
    by: [[f32; TERMS]; 2],
}

/// Column and row, or a shift of them, in modules.
type Modules = (f32, f32);

/// Three shifts that make a bend ([`Bend::bow`]).
type Bow = [Modules; 3];

/// Modules by which the far corner may be off, and how finely that is searched.
const FAR: i32 = 10;
const FINE: f32 = 0.5;
/// Modules that such a bend is judged by, about.
const ENOUGH: usize = 250;

fn terms(x: f32, y: f32) -> [f32; TERMS] {
    let (xx, yy) = (x * x, y * y);
    [1.0, x, y, xx, x * y, yy, xx * x, xx * y, x * yy, yy * y]
}

impl Bend {
    /// `None` when the pose explains the picture about as well as a bend does.
    pub(crate) fn fit(picture: &Luma, pose: &Pose, inverted: bool) -> Option<Self> {
        let judge = Judge::new(picture, pose, inverted);
        let first = judge.bow();
        let places = places(pose.side);
        let mut bend = first.clone();
        for pass in 0..2 {
            let mut measured = Vec::with_capacity(places.len());
            for (n, &place) in places.iter().enumerate() {
                measured.push((place, judge.best(place, &bend)));
                if pass == 0 && n % 3 == 2 {
                    bend = first.taught(&measured, &bend);
                }
            }
            bend = first.taught(&measured, &bend);
            bend = first.taught(&measured, &bend);
        }
        let flat = Self {
            half: bend.half,
            by: [[0.0; TERMS]; 2],
        };
        (judge.clarity(&bend) > LEAST_GAIN * judge.clarity(&flat)).then_some(bend)
    }

    /// The simplest bend that leaves the finder patterns where they are: shifts halfway along the level and the upright
    /// sides, and in the corner that has none.
    fn bow(side: usize, [level, upright, far]: Bow) -> Self {
        let half = side as f32 / 2.0;
        let end = 1.0 - 3.5 / half;
        let by = [0, 1].map(|part| {
            let pick = |(u, v): Modules| if part == 0 { u } else { v };
            let (level, upright, far) = (pick(level), pick(upright), pick(far) / 4.0);
            let mut by = [0.0; TERMS];
            by[0] = level + upright + far;
            (by[1], by[2]) = (far / end, far / end);
            by[3] = -level / (end * end);
            by[4] = far / (end * end);
            by[5] = -upright / (end * end);
            by
        });
        Self { half, by }
    }

    /// The shift at a place.
    #[inline]
    pub(crate) fn at(&self, u: f32, v: f32) -> Modules {
        let terms = terms(u / self.half - 1.0, v / self.half - 1.0);
        let sum = |by: &[f32; TERMS]| by.iter().zip(terms).map(|(by, term)| by * term).sum();
        (sum(&self.by[0]), sum(&self.by[1]))
    }

    /// This one corrected by what was measured; what lies far off `before` is believed less.
    fn taught(&self, measured: &[(Modules, Modules)], before: &Self) -> Self {
        let mut normal = [[0.0; TERMS]; TERMS];
        let mut right = [[0.0; TERMS]; 2];
        for &((u, v), (du, dv)) in measured {
            let ((eu, ev), (fu, fv)) = (before.at(u, v), self.at(u, v));
            let off = ((du - eu).powi(2) + (dv - ev).powi(2)) / (OFF * OFF);
            let weight = 1.0 / (1.0 + off);
            let terms = terms(u / self.half - 1.0, v / self.half - 1.0);
            for (i, &a) in terms.iter().enumerate() {
                for (sum, &b) in normal[i].iter_mut().zip(&terms) {
                    *sum += weight * a * b;
                }
                right[0][i] += weight * a * (du - fu);
                right[1][i] += weight * a * (dv - fv);
            }
        }
        for (i, hold) in HOLD.into_iter().enumerate() {
            normal[i][i] += hold;
        }
        let mut new = self.clone();
        for (by, right) in new.by.iter_mut().zip(right) {
            if let Some(more) = super::solve(normal, right) {
                by.iter_mut().zip(more).for_each(|(by, more)| *by += more);
            }
        }
        new
    }
}

/// Places to measure, from the nearest to a finder pattern to the farthest.
fn places(side: usize) -> Vec<Modules> {
    let side = side as f32;
    let count = (side / SPAN).round().min(MOST_PLACES) as usize;
    let span = side / count as f32;
    let at = |i: usize| (i as f32 + 0.5) * span;
    let mut places: Vec<Modules> = (0..count * count).map(|i| (at(i % count), at(i / count))).collect();
    let far = side - 3.5;
    let distance = |&(u, v): &Modules| {
        [(3.5, 3.5), (far, 3.5), (3.5, far)]
            .map(|(x, y)| (u - x).hypot(v - y))
            .into_iter()
            .fold(f32::MAX, f32::min)
    };
    places.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    places
}

/// What a shift is judged by.
struct Judge<'a> {
    picture: &'a Luma,
    map: Map,
    side: isize,
    /// Mean grey around each module, and the sign it should have against that: 0 where it is not known.
    around: Vec<f32>,
    known: Vec<f32>,
    /// Mean distance of a module from the grey around it.
    contrast: f32,
}

impl<'a> Judge<'a> {
    fn new(picture: &'a Luma, pose: &Pose, inverted: bool) -> Self {
        let map = pose.map();
        let values = centres(picture, pose.side, |u, v| map.at(u, v));
        let around = local_mean(&values, pose.side, 4);
        let contrast = values.iter().zip(&around).map(|(v, a)| (v - a).abs()).sum::<f32>() / values.len() as f32;
        let known = Layout::of(pose.version())
            .modules
            .iter()
            .map(|module| match module {
                Module::Fixed(dark) if *dark != inverted => -2.0,
                Module::Fixed(_) => 2.0,
                _ => 0.0,
            })
            .collect();
        Self {
            picture,
            map,
            side: pose.side as isize,
            around,
            known,
            contrast: contrast.max(1.0),
        }
    }

    /// The bow under which the code stands out most: first the far corner, of which nothing was known, then all of it.
    fn bow(&self) -> Bend {
        let side = self.side as usize;
        let every = 1 + side * side / ENOUGH;
        let modules: Vec<_> = (0..side * side)
            .filter(|at| self.known[*at] != 0.0 || (at % side + at / side * 3).is_multiple_of(every))
            .map(|at| ((at % side) as f32 + 0.5, (at / side) as f32 + 0.5, at))
            .collect();
        let score = |shift: &dyn Fn(f32, f32) -> Modules| -> f32 {
            modules
                .iter()
                .map(|&(u, v, at)| {
                    let (du, dv) = shift(u, v);
                    self.stands_out((u + du, v + dv), at)
                })
                .sum()
        };
        let far = self.side as f32 - 3.5;
        let mut best = (f32::MIN, [(0.0, 0.0); 3]);
        for (x, y) in (-FAR..=FAR).flat_map(|y| (-FAR..=FAR).map(move |x| (x, y))) {
            let (x, y) = (x as f32 * FINE, y as f32 * FINE);
            let part = |u: f32, v: f32| (u - 3.5) * (v - 3.5) / ((far - 3.5) * (far - 3.5));
            let now = score(&|u, v| (x * part(u, v), y * part(u, v)));
            if now > best.0 {
                best = (now, [(0.0, 0.0), (0.0, 0.0), (x, y)]);
            }
        }
        let mut step = FINE;
        while step > 0.1 {
            let mut better = false;
            for part in 0..3 {
                for (du, dv) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                    let mut bow = best.1;
                    (bow[part].0, bow[part].1) = (bow[part].0 + du, bow[part].1 + dv);
                    let bend = Bend::bow(side, bow);
                    let now = score(&|u, v| bend.at(u, v));
                    if now > best.0 {
                        best = (now, bow);
                        better = true;
                    }
                }
            }
            if !better {
                step /= 2.0;
            }
        }
        Bend::bow(side, best.1)
    }

    /// How far all modules differ from the grey around them, the way they should where that is known.
    fn clarity(&self, bend: &Bend) -> f32 {
        let side = self.side as usize;
        let shifted = |at: usize| {
            let (u, v) = ((at % side) as f32 + 0.5, (at / side) as f32 + 0.5);
            let (du, dv) = bend.at(u, v);
            self.stands_out((u + du, v + dv), at)
        };
        (0..side * side).map(shifted).sum()
    }

    /// How far a module at a place differs from the grey around it, the way it should where that is known.
    #[inline]
    fn stands_out(&self, (u, v): Modules, at: usize) -> f32 {
        let (x, y) = self.map.at(u, v);
        let off = between(self.picture, x, y) - self.around[at];
        if self.known[at] == 0.0 {
            off.abs()
        } else {
            self.known[at] * off
        }
    }

    /// The shift near the expected one at which the modules around a place stand out most.
    fn best(&self, (u, v): Modules, expected: &Bend) -> Modules {
        let (x, y) = (u as isize, v as isize);
        let mut modules = Vec::with_capacity(64);
        for row in (y - AROUND).max(0)..(y + AROUND).min(self.side) {
            for column in (x - AROUND).max(0)..(x + AROUND).min(self.side) {
                let at = (row * self.side + column) as usize;
                let (mu, mv) = (column as f32 + 0.5, row as f32 + 0.5);
                let (du, dv) = expected.at(mu, mv);
                modules.push((mu + du, mv + dv, at));
            }
        }
        let score = |du: f32, dv: f32| {
            let sum: f32 = modules
                .iter()
                .map(|&(u, v, at)| self.stands_out((u + du, v + dv), at))
                .sum();
            sum / modules.len() as f32 - STIFF * self.contrast * (du * du + dv * dv)
        };
        let mut best = (score(0.0, 0.0), 0.0, 0.0);
        let mut step = 0.4;
        while step > 0.08 {
            let mut better = false;
            for (du, dv) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                let now = score(best.1 + du, best.2 + dv);
                if now > best.0 {
                    best = (now, best.1 + du, best.2 + dv);
                    better = true;
                }
            }
            if !better {
                step /= 2.0;
            }
        }
        let (du, dv) = expected.at(u, v);
        (du + best.1, dv + best.2)
    }
}
