//! The three square patterns in the corners of a code: found along rows, confirmed along columns.
//!
//! Where dark begins is interpolated between pixels, so that patterns of one and a half pixels per module still show their
//! proportions.

use super::pyramid::Ground;
use crate::Luma;

/// A pattern that may be a corner of a code, in pixels of the picture searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Width and height of a module as the row and the column through the middle show it.
    pub(crate) across: f32,
    pub(crate) down: f32,
    /// Light where it should be dark.
    pub(crate) inverted: bool,
    /// Rows in which it was seen.
    pub(crate) votes: u32,
    /// Width and height are those of a module whichever way it is turned, not of cuts through it.
    pub(crate) round: bool,
}

impl Finder {
    pub(crate) fn unit(&self) -> f32 {
        (self.across * self.down).sqrt()
    }

    /// How much speaks for it: the part of the rows through its core in which it was seen.
    pub(crate) fn weight(&self) -> f32 {
        (self.votes as f32 / self.down).min(3.0)
    }

    /// The same pattern in a picture `factor` times as large.
    pub(crate) fn scaled(self, factor: f32) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
            across: self.across * factor,
            down: self.down * factor,
            ..self
        }
    }
}

/// Five stretches in a line: where the middle one has its middle, and how long a module is.
struct Cut {
    middle: f32,
    unit: f32,
}

/// Whether six edges divide a line as a finder pattern does. Ink that spreads moves edges of one kind one way and those of
/// the other kind the other way, so distances between edges of the same kind are what counts.
fn cut(edges: [f32; 6], ring: Ring) -> Option<Cut> {
    let [a, b, c, d, e, f] = edges;
    if ring == Ring::Merged {
        return core(a, b, c, d, e, f);
    }
    // Nearly every six edges of a noisy picture come to nothing here: no divisions, and what excludes most comes first.
    let unit = (f - a) * (1.0 / 7.0);
    let near = |length: f32, modules: f32, off: f32| (length - modules * unit).abs() < off * unit;
    let alike = unit >= 1.0
        && near(d - b, 4.0, 0.75)
        && near(e - c, 4.0, 0.75)
        && near(c - a, 2.0, 0.55)
        && near(f - d, 2.0, 0.55)
        && near(d - c, 3.05, 1.15);
    let each = |one: f32| one > 0.3 * unit && one < 1.75 * unit;
    (alike && each(b - a) && each(c - b) && each(e - d) && each(f - e)).then_some(Cut {
        middle: (c + d) / 2.0,
        unit,
    })
}

/// As [`cut`] for a pattern whose dark ring runs into something dark beside it: only what lies within the ring counts.
fn core(a: f32, b: f32, c: f32, d: f32, e: f32, f: f32) -> Option<Cut> {
    let unit = (e - b) / 5.0;
    if unit < 1.0 || b - a < 0.6 * unit || f - e < 0.6 * unit {
        return None;
    }
    let near = |length: f32, modules: f32, off: f32| (length / unit - modules).abs() < off;
    let alike = near(c - b, 1.0, 0.55) && near(e - d, 1.0, 0.55) && near(d - b, 4.0, 0.5) && near(e - c, 4.0, 0.5);
    (alike && near(d - c, 3.0, 0.8)).then_some(Cut {
        middle: (c + d) / 2.0,
        unit,
    })
}

/// Whether the dark ring of a pattern has to end where it should.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ring {
    Whole,
    Merged,
}

/// Edges along a line of differences to the surroundings; calls `seen` with the last six whenever there is a new one and
/// whether the last of the five stretches between them is dark.
fn edges(line: &[i16], least: impl Fn(usize) -> i16, edges: &mut Vec<f32>, mut seen: impl FnMut([f32; 6], bool)) {
    edges.clear();
    let mut peak = i16::MAX;
    let Some(&first) = line.first() else { return };
    let mut before = first;
    for (n, stretch) in line.chunks(STRETCH).enumerate() {
        // Most stretches have no edge; their lightest and darkest pixel are found many at a time.
        let (low, high) = stretch
            .iter()
            .fold((i16::MAX, i16::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        if (low >= 0 && before >= 0) || (high < 0 && before < 0) {
            peak = peak.max(high.max(low.saturating_neg()));
            before = stretch[stretch.len() - 1];
            continue;
        }
        for (x, &now) in (n * STRETCH..).zip(stretch) {
            if (before < 0) != (now < 0) {
                if peak < least(x) && !edges.is_empty() {
                    // The stretch that ends here was but a flutter: what was before it goes on.
                    edges.pop();
                    peak = i16::MAX;
                } else {
                    let part = f32::from(before) / f32::from(before - now);
                    edges.push(x as f32 - 0.5 + part);
                    if let Some(six) = edges.last_chunk() {
                        seen(*six, before < 0);
                    }
                    peak = 0;
                }
            }
            peak = peak.max(now.saturating_abs());
            before = now;
        }
    }
}

/// Pixels of a line that are looked over at once.
const STRETCH: usize = 8;

/// Most rows through patterns that are followed up in one picture. Noise has more; then those where the picture has most
/// contrast come first.
const MOST_HITS: usize = 2500;

/// A row that is divided like a finder pattern.
struct Hit {
    x: f32,
    y: f32,
    unit: f32,
    inverted: bool,
    contrast: i16,
}

/// Every pattern in the picture that looks like a finder pattern along a row and the column through its middle.
pub(crate) fn finders(picture: &Luma, ground: &Ground, step: usize, ring: Ring) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    for hit in hits(picture, ground, step.max(1), ring) {
        let same = found.iter_mut().find(|known| {
            known.inverted == hit.inverted
                && (known.x - hit.x).abs() < 1.2 * hit.unit
                && (known.y - hit.y).abs() < 2.4 * known.down
                && (0.6..1.7).contains(&(known.across / hit.unit))
        });
        if let Some(known) = same {
            known.votes += 1;
        } else if let Some(new) = confirm(picture, ground, &hit, ring) {
            let near = |known: &&mut Finder| {
                known.inverted == new.inverted && (known.x - new.x).hypot(known.y - new.y) < 1.5 * new.unit()
            };
            match found.iter_mut().find(near) {
                Some(known) => known.votes += 1,
                None => found.push(new),
            }
        }
    }
    found
}

fn hits(picture: &Luma, ground: &Ground, step: usize, ring: Ring) -> Vec<Hit> {
    let (mut line, mut marks, mut hits) = (Vec::new(), Vec::new(), Vec::new());
    for y in (step / 2..picture.height()).step_by(step) {
        ground.row(picture, y, &mut line);
        edges(
            &line,
            |x| ground.least(x, y),
            &mut marks,
            |six, dark| {
                if let Some(cut) = cut(six, ring) {
                    let contrast = ground.least(cut.middle as usize, y);
                    hits.push(Hit {
                        x: cut.middle,
                        y: y as f32 + 0.5,
                        unit: cut.unit,
                        inverted: !dark,
                        contrast,
                    });
                }
            },
        );
    }
    if hits.len() > MOST_HITS {
        hits.select_nth_unstable_by_key(MOST_HITS, |hit| std::cmp::Reverse(hit.contrast));
        hits.truncate(MOST_HITS);
        hits.sort_by(|a, b| a.y.total_cmp(&b.y));
    }
    hits
}

fn confirm(picture: &Luma, ground: &Ground, hit: &Hit, ring: Ring) -> Option<Finder> {
    let &Hit {
        x, y, unit, inverted, ..
    } = hit;
    let (mut line, mut marks) = (Vec::new(), Vec::new());
    let (column, row) = (x as usize, y as usize);
    let reach = (unit * 9.0) as usize + 2;
    let (top, bottom) = (row.saturating_sub(reach), (row + reach).min(picture.height()));
    ground.column(picture, column.min(picture.width() - 1), top, bottom, &mut line);
    let mut down: Option<Cut> = None;
    edges(
        &line,
        |at| ground.least(column, top + at),
        &mut marks,
        |six, dark| {
            if dark != inverted
                && let Some(cut) = cut(six, ring)
            {
                let off = |cut: &Cut| (cut.middle + top as f32 - y).abs();
                if off(&cut) < 2.2 * cut.unit && down.as_ref().is_none_or(|best| off(&cut) < off(best)) {
                    down = Some(cut);
                }
            }
        },
    );
    let down = down?;
    let middle = down.middle + top as f32;
    if !(0.4..2.5).contains(&(down.unit / unit)) {
        return None;
    }
    // The row through the middle tells more exactly than the row it was first seen in.
    ground.row(picture, (middle as usize).min(picture.height() - 1), &mut line);
    let (left, right) = (column.saturating_sub(reach), (column + reach).min(picture.width()));
    let mut across = Cut { middle: x, unit };
    edges(
        &line[left..right],
        |at| ground.least(left + at, row),
        &mut marks,
        |six, dark| {
            if dark != inverted
                && let Some(cut) = cut(six, ring)
                && (cut.middle + left as f32 - x).abs() < 1.2 * unit
            {
                across = Cut {
                    middle: cut.middle + left as f32,
                    unit: cut.unit,
                };
            }
        },
    );
    Some(Finder {
        x: across.middle,
        y: middle,
        across: across.unit,
        down: down.unit,
        inverted,
        votes: 1,
        round: false,
    })
}

/// Three finder patterns that may belong together: the one in the corner, then the one to its right and the one below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Corners {
    pub(crate) at: [Finder; 3],
    /// Modules along one side, from distance and size.
    pub(crate) side: f32,
    /// How little it looks like a square; less is better.
    pub(crate) fault: f32,
}

/// Corners that two patterns suggest when the third cannot be seen: which place it would have, by the sides of a square.
pub(crate) fn pairs(found: &[Finder]) -> Vec<[Finder; 3]> {
    let mut best: Vec<Finder> = found.to_vec();
    best.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    best.truncate(10);
    let mut threes = Vec::new();
    for (i, p) in best.iter().enumerate() {
        for q in &best[i + 1..] {
            let (dx, dy) = (q.x - p.x, q.y - p.y);
            let far = dx.hypot(dy);
            let ratio = p.unit() / q.unit();
            let modules = far / ((module(p, dx, dy) + module(q, dx, dy)) / 2.0);
            if p.inverted != q.inverted || !(0.6..1.67).contains(&ratio) || !(13.0..130.0).contains(&modules) {
                continue;
            }
            let mean = |a: f32, b: f32| (a + b) / 2.0;
            let new = |x: f32, y: f32| Finder {
                x,
                y,
                across: mean(p.across, q.across),
                down: mean(p.down, q.down),
                votes: 0,
                ..*p
            };
            // Beside either of them, on either side.
            threes.extend([
                [*p, *q, new(p.x - dy, p.y + dx)],
                [*p, new(p.x + dy, p.y - dx), *q],
                [*q, *p, new(q.x + dy, q.y - dx)],
                [*q, new(q.x - dy, q.y + dx), *p],
            ]);
            // Or across from each other.
            let (mx, my) = (mean(p.x, q.x), mean(p.y, q.y));
            threes.extend([
                [new(mx + dy / 2.0, my - dx / 2.0), *q, *p],
                [new(mx - dy / 2.0, my + dx / 2.0), *p, *q],
            ]);
        }
    }
    threes
}

impl Corners {
    /// Of three patterns in their order, without asking whether they look like a square.
    pub(crate) fn of(at: [Finder; 3]) -> Self {
        let along = |b: &Finder| {
            let (a, dx, dy) = (&at[0], b.x - at[0].x, b.y - at[0].y);
            dx.hypot(dy) / ((module(a, dx, dy) + module(b, dx, dy)) / 2.0) + 7.0
        };
        Self {
            at,
            side: (along(&at[1]) + along(&at[2])) / 2.0,
            fault: 0.0,
        }
    }

    /// The same patterns in a picture `factor` times as large.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        Self {
            at: self.at.map(|finder| finder.scaled(factor)),
            ..*self
        }
    }
}

/// The most likely threes among the patterns found, best first.
pub(crate) fn corners(found: &[Finder], most: usize) -> Vec<Corners> {
    let mut best: Vec<Finder> = found.to_vec();
    best.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    best.truncate(most);
    let mut threes = Vec::new();
    for i in 0..best.len() {
        for j in i + 1..best.len() {
            for k in j + 1..best.len() {
                if best[i].inverted == best[j].inverted && best[j].inverted == best[k].inverted {
                    threes.extend(square([best[i], best[j], best[k]]));
                }
            }
        }
    }
    threes.sort_by(|a, b| a.fault.total_cmp(&b.fault));
    threes
}

fn square(mut three: [Finder; 3]) -> Option<Corners> {
    let units = three.map(|finder| finder.unit());
    let (small, large) = (
        units.iter().fold(f32::MAX, |a, &b| a.min(b)),
        units.iter().fold(0.0_f32, |a, &b| a.max(b)),
    );
    if large > 1.9 * small {
        return None;
    }
    let far = |a: &Finder, b: &Finder| (a.x - b.x).hypot(a.y - b.y);
    // Opposite to the longest side lies the corner.
    let sides = [
        far(&three[1], &three[2]),
        far(&three[0], &three[2]),
        far(&three[0], &three[1]),
    ];
    let corner = (0..3).max_by(|&a, &b| sides[a].total_cmp(&sides[b]))?;
    three.swap(0, corner);
    let turn = |three: &[Finder; 3]| {
        (three[1].x - three[0].x) * (three[2].y - three[0].y) - (three[1].y - three[0].y) * (three[2].x - three[0].x)
    };
    if turn(&three) < 0.0 {
        three.swap(1, 2);
    }
    let (right, below) = (far(&three[0], &three[1]), far(&three[0], &three[2]));
    let ratio = right.max(below) / right.min(below).max(0.1);
    let sine = turn(&three) / (right * below).max(0.1);
    let along = |a: &Finder, b: &Finder| {
        far(a, b) / ((module(a, b.x - a.x, b.y - a.y) + module(b, b.x - a.x, b.y - a.y)) / 2.0) + 7.0
    };
    let (wide, high) = (along(&three[0], &three[1]), along(&three[0], &three[2]));
    let side = (wide + high) / 2.0;
    if ratio > 2.2 || sine < 0.5 || !(17.0..190.0).contains(&side) || wide.max(high) > 1.8 * wide.min(high) {
        return None;
    }
    let votes = three
        .iter()
        .map(|finder| finder.votes as f32 / finder.down)
        .fold(f32::MAX, f32::min);
    let fault =
        (ratio - 1.0) + (1.0 - sine) + (large / small - 1.0) + 0.5 * (wide / high).ln().abs() - 0.1 * votes.min(2.0);
    Some(Corners { at: three, side, fault })
}

/// Length of a module of a pattern in a direction: the row and the column show a turned square too wide.
pub(crate) fn module(finder: &Finder, dx: f32, dy: f32) -> f32 {
    if finder.round {
        return finder.unit();
    }
    let (long, short) = (dx.abs().max(dy.abs()), dx.abs().min(dy.abs()));
    let shown = if dx.abs() >= dy.abs() {
        finder.across
    } else {
        finder.down
    };
    let other = finder.unit();
    // Between the two axes both cuts tell about the same.
    let part = short / long.max(0.1);
    (shown * (1.0 - part) + other * part) * long / long.hypot(short).max(0.1)
}
