//! Our own reader: finds codes, fits a pose, and decides softly.

mod bend;
mod decode;
mod equalise;
mod finder;
mod fusion;
mod grid;
mod pose;
mod pyramid;
mod rings;

use crate::{Found, Luma, budget::Budget, filter, qr::Layout};
use bend::Bend;
use decode::{Reading, formats};
use equalise::Equaliser;
pub(crate) use finder::Ring;
use finder::{Corners, Finder, corners, finders, pairs};
pub(crate) use fusion::Fusion;
use fusion::Seen;
use grid::sample;
use pose::{Pose, corner_likeness, follow_corners, guesses, refine, search_third};
use pyramid::{Ground, Pyramid};

/// The share of timing modules that have to agree before a place is looked at closely.
const LEAST_AGREEMENT: f32 = 0.4;
/// How much three patterns have to look like the corners of one code.
const LEAST_LIKENESS: f32 = 0.45;
/// As much, when one of the three is hidden.
const CLEAR_LIKENESS: f32 = 0.6;
/// With this share a reading is tried at once.
const CLEAR_AGREEMENT: f32 = 0.7;

/// How much of a picture's patterns is looked through.
#[derive(Clone, Copy)]
struct Expected {
    /// Patterns, clearest first.
    patterns: usize,
    /// Threes of them.
    threes: usize,
    /// Among many codes the patterns of one lie next to each other; alone, the best square is the code.
    neighbours: bool,
}

/// One code.
const ONE: Expected = Expected {
    patterns: 24,
    threes: 30,
    neighbours: false,
};
/// A sheet of them.
const MANY: Expected = Expected {
    patterns: 60,
    threes: 600,
    neighbours: true,
};
/// Patterns that are remembered of one form of the picture.
const MOST_PATTERNS: usize = 120;
/// Rounds of the equaliser on one place.
const MOST_ROUNDS: usize = 6;
/// Poses that later stages come back to.
const MOST_POSES: usize = 3;

/// A place where there is probably a code that has not been read.
struct Place {
    pose: Pose,
    /// As the finder patterns gave it, before it was fitted to the whole of a code that may be bent.
    first: Pose,
    inverted: bool,
    agreement: f32,
    /// How the code is bent, once that was asked.
    bend: Option<Bend>,
    refined: bool,
    equalised: bool,
    straightened: bool,
    /// What was made of it without reading it.
    seen: Option<Box<Seen>>,
}

impl Place {
    /// From modules to pixels of the picture made `factor` times smaller.
    fn map(&self, factor: f32) -> impl Fn(f32, f32) -> (f32, f32) {
        let map = self.pose.scaled(1.0 / factor).map();
        move |u, v| {
            let (du, dv) = self.bend.as_ref().map_or((0.0, 0.0), |bend| bend.at(u, v));
            map.at(u + du, v + dv)
        }
    }
}

/// Where a code was.
#[derive(Clone, Copy)]
pub(crate) struct Track {
    pose: Pose,
    inverted: bool,
}

/// One picture with what the stages have found out about it so far.
pub(crate) struct Sight<'a> {
    pyramid: Pyramid<'a>,
    places: Vec<Place>,
    /// Finder patterns seen in any of its forms, in pixels of the picture.
    patterns: Vec<Finder>,
    /// Outlines of codes already read: what lies within is not searched again.
    read: Vec<[(f32, f32); 4]>,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(picture: &'a Luma) -> Self {
        Self {
            pyramid: Pyramid::of(picture),
            places: Vec::new(),
            patterns: Vec::new(),
            read: Vec::new(),
        }
    }

    pub(crate) fn picture(&self) -> &'a Luma {
        self.pyramid.full()
    }

    /// Searches every size for codes, small ones first as they are cheap, and reads what is easy.
    pub(crate) fn plain(&mut self) -> Vec<Found> {
        let mut found = Vec::new();
        for level in (usize::from(self.pyramid.grainy())..self.pyramid.levels()).rev() {
            let picture = self.pyramid.level(level);
            let ground = Ground::of(picture);
            let patterns = finders(picture, &ground, 3, Ring::Whole);
            found.extend(self.search(&patterns, (1 << level) as f32, &mut || true));
            // A large picture is not searched to the last pixel for small codes once a large one was read.
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    /// Searches for more codes where one was read: ten cards on a sheet, a card beside other paper.
    pub(crate) fn others(&mut self, budget: &mut Budget) -> Vec<Found> {
        let mut found = Vec::new();
        for level in (0..self.pyramid.levels()).rev() {
            let picture = self.pyramid.level(level);
            let patterns = finders(picture, &Ground::of(picture), 3, Ring::Whole);
            loop {
                if !budget() {
                    return found;
                }
                let more = self.search_among(&patterns, (1 << level) as f32, MANY, budget);
                if more.is_empty() {
                    break;
                }
                found.extend(more);
            }
        }
        found
    }

    /// Searches a picture that was made of this one, `factor` pixels of this one to each of its own.
    pub(crate) fn filtered(&mut self, picture: &Luma, factor: f32, ring: Ring, budget: &mut Budget) -> Vec<Found> {
        let patterns = finders(picture, &Ground::of(picture), 2, ring);
        self.search_closely(&patterns, factor, budget)
    }

    /// The picture with edges steeper, at its whole size: where that shows more than its noise.
    pub(crate) fn sharpened(&mut self, budget: &mut Budget) -> Vec<Found> {
        if self.pyramid.grainy() {
            return Vec::new();
        }
        let sharp = filter::unsharp(self.picture(), 3, 3);
        self.filtered(&sharp, 1.0, Ring::Whole, budget)
    }

    /// Searches for patterns whose outer ring runs into something dark.
    pub(crate) fn merged(&mut self, budget: &mut Budget) -> Vec<Found> {
        let (half, factor) = self.half();
        let patterns = finders(half, &Ground::of(half), 2, Ring::Merged);
        self.search_closely(&patterns, factor, budget)
    }

    /// Searches the smaller sizes for patterns that only show as rings.
    pub(crate) fn ringed(&mut self, budget: &mut Budget) -> Vec<Found> {
        let mut found = Vec::new();
        for level in [2, 1] {
            if found.is_empty() && level < self.pyramid.levels() && budget() {
                let patterns = rings::ringed(self.pyramid.level(level), budget);
                found = self.search_closely(&patterns, (1 << level) as f32, budget);
            }
        }
        found
    }

    fn search_closely(&mut self, patterns: &[Finder], factor: f32, budget: &mut Budget) -> Vec<Found> {
        let mut found = self.search(patterns, factor, budget);
        found.extend(self.equalised(budget));
        found
    }

    /// Half of the picture, where that is not too small, and pixels of the picture to each of its own.
    pub(crate) fn half(&self) -> (&Luma, f32) {
        let level = usize::from(self.pyramid.levels() > 1);
        (self.pyramid.level(level), (1 << level) as f32)
    }

    /// The largest size at which single pixels show more than noise, and pixels of the picture to each of its own.
    pub(crate) fn clearest(&self) -> (&Luma, f32) {
        if self.pyramid.grainy() {
            self.half()
        } else {
            (self.picture(), 1.0)
        }
    }

    /// Looks for a code near where one was in the frame before, turned as it was then.
    pub(crate) fn follow(&mut self, before: &Track) -> Vec<Found> {
        let level = self.search_level(before.pose.unit());
        let factor = (1 << level) as f32;
        let Some(corners) = follow_corners(
            self.pyramid.level(level),
            &before.pose.scaled(1.0 / factor),
            before.inverted,
        ) else {
            return Vec::new();
        };
        let mut places = Vec::new();
        places.extend(self.suggested(&corners.scaled(factor)));
        let mut found = self.try_places(places, &mut || true);
        found.extend(self.equalised(&mut || true));
        found
    }

    /// Finder patterns of which only two can be seen: the third is sought where it should be.
    pub(crate) fn two_corners(&mut self, budget: &mut Budget) -> Vec<Found> {
        let mut places = Vec::new();
        for mut three in pairs(&self.patterns) {
            if !budget() {
                break;
            }
            let missing = three.iter().position(|finder| finder.votes == 0).unwrap_or(0);
            let level = self.search_level(three[0].unit());
            let factor = (1 << level) as f32;
            let mut small = three.map(|finder| finder.scaled(1.0 / factor));
            let likeness = search_third(self.pyramid.level(level), &mut small, missing);
            if likeness < LEAST_LIKENESS {
                continue;
            }
            small[missing].votes = 1;
            three = small.map(|finder| finder.scaled(factor));
            places.extend(self.suggested(&Corners::of(three)));
        }
        let mut found = self.try_places(places, budget);
        found.extend(self.equalised(budget));
        found
    }

    /// The size at which a pattern of such modules is looked for.
    fn search_level(&self, unit: f32) -> usize {
        ((unit / 2.0).max(1.0).log2() as usize).min(self.pyramid.levels() - 1)
    }

    fn remember(&mut self, patterns: &[Finder]) {
        for pattern in patterns.iter().take(MOST_PATTERNS) {
            let same = |known: &&mut Finder| {
                known.inverted == pattern.inverted
                    && (known.x - pattern.x).hypot(known.y - pattern.y) < 2.0 * pattern.unit()
            };
            match self.patterns.iter_mut().find(same) {
                Some(known) => known.votes += pattern.votes,
                None => self.patterns.push(*pattern),
            }
        }
    }

    /// Reads what was found so far but could not be read plainly.
    pub(crate) fn equalised(&mut self, budget: &mut Budget) -> Vec<Found> {
        let mut found = Vec::new();
        let mut places = std::mem::take(&mut self.places);
        places.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
        for place in &mut places {
            if place.equalised || self.known(&place.pose) {
                continue;
            }
            if !budget() {
                break;
            }
            place.equalised = true;
            match self.closely(place, budget) {
                Ok(bytes) => found.push(self.note(bytes, &place.pose)),
                Err(seen) => place.seen = seen,
            }
        }
        self.places = places;
        found
    }

    /// Lays a bent sheet over what was seen and not read.
    pub(crate) fn straightened(&mut self, budget: &mut Budget) -> Vec<Found> {
        let mut found = Vec::new();
        let mut places = std::mem::take(&mut self.places);
        places.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
        for place in &mut places {
            if place.straightened || self.known(&place.pose) || !place.pose.sane(self.picture()) {
                continue;
            }
            if !budget() {
                break;
            }
            (place.straightened, place.equalised) = (true, true);
            place.pose = place.first;
            let level = self.level(&place.pose);
            let pose = place.pose.scaled(1.0 / (1 << level) as f32);
            place.bend = Bend::fit(self.pyramid.level(level), &pose, place.inverted);
            if place.bend.is_none() {
                continue;
            }
            if let Some(bytes) = self.quickly(place).or_else(|| self.closely(place, budget).ok()) {
                found.push(self.note(bytes, &place.pose));
            }
        }
        places.truncate(MOST_POSES);
        self.places = places;
        found
    }

    /// Reads what is easy among the places that the patterns suggest, and keeps the rest for later stages.
    fn search(&mut self, patterns: &[Finder], factor: f32, budget: &mut Budget) -> Vec<Found> {
        self.search_among(patterns, factor, ONE, budget)
    }

    fn search_among(
        &mut self,
        patterns: &[Finder],
        factor: f32,
        expected: Expected,
        budget: &mut Budget,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        let mut patterns: Vec<Finder> = patterns.iter().map(|pattern| pattern.scaled(factor)).collect();
        self.remember(&patterns);
        patterns.retain(|pattern| !self.inside(pattern.x, pattern.y));
        let mut places: Vec<Place> = Vec::new();
        let mut threes = corners(&patterns, expected.patterns);
        if expected.neighbours {
            threes.sort_by(|a, b| a.side.total_cmp(&b.side));
        }
        for three in threes.iter().take(expected.threes) {
            if three.at.iter().any(|pattern| self.inside(pattern.x, pattern.y)) {
                continue;
            }
            if !budget() {
                break;
            }
            if !self.alike(three) {
                continue;
            }
            let Some(place) = self.guessed(three) else { continue };
            // Nothing but a code looks so much like one: no need to see what else there is.
            if place.agreement > CLEAR_AGREEMENT
                && let Some(bytes) = self.quickly(&place)
            {
                found.push(self.note(bytes, &place.pose));
                continue;
            }
            places.push(place);
        }
        found.extend(self.try_places(places, budget));
        found
    }

    fn try_places(&mut self, mut places: Vec<Place>, budget: &mut Budget) -> Vec<Found> {
        let mut found = Vec::new();
        places.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
        for mut place in places.into_iter().take(MOST_POSES) {
            if self.known(&place.pose) {
                continue;
            }
            if !budget() {
                break;
            }
            self.refine(&mut place);
            match self.quickly(&place) {
                Some(bytes) => found.push(self.note(bytes, &place.pose)),
                None => self.keep(place),
            }
        }
        found
    }

    fn suggested(&self, three: &Corners) -> Option<Place> {
        self.alike(three).then(|| self.guessed(three))?
    }

    /// Whether three patterns look like the corners of one code.
    fn alike(&self, three: &Corners) -> bool {
        let level = self.search_level(three.at[0].unit());
        let rough = Pose::rough(three).scaled(1.0 / (1 << level) as f32);
        let alike = corner_likeness(self.pyramid.level(level), &rough, three.at[0].inverted);
        // A corner that nobody saw may be under a glare spot; then the two others have to be all the clearer.
        let mut sorted = alike;
        sorted.sort_by(f32::total_cmp);
        let hidden = three.at.iter().any(|finder| finder.votes == 0) && sorted[1] > CLEAR_LIKENESS;
        hidden || (alike.iter().sum::<f32>() / 3.0 >= LEAST_LIKENESS && sorted[0] >= 0.2)
    }

    /// The place that the timing patterns between three corners show.
    fn guessed(&self, three: &Corners) -> Option<Place> {
        let level = self.search_level(three.at[0].unit());
        let factor = (1 << level) as f32;
        let guess = guesses(self.pyramid.level(level), &three.scaled(1.0 / factor))
            .into_iter()
            .next()?;
        (guess.agreement >= LEAST_AGREEMENT).then_some(Place {
            pose: guess.pose.scaled(factor),
            first: guess.pose.scaled(factor),
            inverted: three.at[0].inverted,
            agreement: guess.agreement,
            bend: None,
            refined: false,
            equalised: false,
            straightened: false,
            seen: None,
        })
    }

    fn keep(&mut self, place: Place) {
        let same = |known: &Place| {
            known.pose.side == place.pose.side
                && (0..6).all(|i| (known.pose.by[i] - place.pose.by[i]).abs() < place.pose.unit())
        };
        if !self.places.iter().any(same) {
            self.places.push(place);
            self.places.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
            self.places.truncate(MOST_POSES);
        }
    }

    /// The size at which a module has two and a half to five pixels.
    fn level(&self, pose: &Pose) -> usize {
        let level = (pose.unit() / 2.5).max(1.0).log2() as usize;
        level.min(self.pyramid.levels() - 1)
    }

    fn refine(&self, place: &mut Place) {
        if place.refined {
            return;
        }
        let level = self.level(&place.pose);
        let factor = (1 << level) as f32;
        place.pose = refine(
            self.pyramid.level(level),
            &place.pose.scaled(1.0 / factor),
            place.inverted,
        )
        .scaled(factor);
        place.refined = true;
    }

    fn sampled(&self, place: &Place) -> Vec<f32> {
        let level = self.level(&place.pose);
        let factor = (1 << level) as f32;
        let (side, unit) = (place.pose.side, place.pose.unit() / factor);
        sample(self.pyramid.level(level), side, unit, place.map(factor))
    }

    /// Each module against the mean around it, then the words as they are.
    fn quickly(&self, place: &Place) -> Option<Vec<u8>> {
        if !place.pose.sane(self.picture()) {
            return None;
        }
        let layout = Layout::of(place.pose.version());
        let side = layout.side;
        let level = self.level(&place.pose);
        let values = pose::centres(self.pyramid.level(level), side, place.map((1 << level) as f32));
        let mean = grid::local_mean(&values, side, 4);
        let sign = if place.inverted { -1.0 } else { 1.0 };
        let sure: Vec<f32> = values.iter().zip(&mean).map(|(v, mean)| sign * (v - mean)).collect();
        let mut reading = Reading::new(layout, formats(layout, &sure)[0]);
        reading.advance(layout, &sure, false);
        reading.content(layout).map(|content| content.bytes)
    }

    /// Equalises, decides, and lets every block that is mended help the others. What cannot be read is given back as far
    /// as it was understood.
    fn closely(&self, place: &Place, budget: &mut Budget) -> Result<Vec<u8>, Option<Box<Seen>>> {
        if !place.pose.sane(self.picture()) {
            return Err(None);
        }
        let layout = Layout::of(place.pose.version());
        let mut equaliser = Equaliser::new(layout, self.sampled(place), place.inverted);
        let mut reading: Option<Reading> = None;
        let mut sure = Vec::new();
        for round in 0..MOST_ROUNDS {
            equaliser.round(round == 0);
            sure = equaliser.certainty();
            let better = match &mut reading {
                Some(reading) => reading.advance(layout, &sure, true),
                None => {
                    reading = Reading::begin(layout, &sure);
                    reading.is_some()
                }
            };
            if let Some(reading) = &reading {
                if let Some(content) = reading.content(layout) {
                    return Ok(content.bytes);
                }
                for (module, dark) in reading.certain(layout) {
                    equaliser.learn(module, dark);
                }
            }
            if (!better && round >= 2) || !budget() {
                break;
            }
        }
        let track = Track {
            pose: place.pose,
            inverted: place.inverted,
        };
        Err(Some(Box::new(Seen {
            layout,
            equaliser,
            sure,
            track,
        })))
    }

    /// The likeliest code that was seen and not read, for [`Fusion`].
    pub(crate) fn unread(&mut self) -> Option<Box<Seen>> {
        let places = &mut self.places;
        places.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
        places.iter_mut().find_map(|place| place.seen.take())
    }

    fn note(&mut self, bytes: Vec<u8>, pose: &Pose) -> Found {
        let outline = pose.outline();
        self.read.push(outline);
        Found::new(bytes, outline)
    }

    fn known(&self, pose: &Pose) -> bool {
        let (x, y) = pose.map().at(pose.side as f32 / 2.0, pose.side as f32 / 2.0);
        self.inside(x, y)
    }

    fn inside(&self, x: f32, y: f32) -> bool {
        self.read.iter().any(|outline| {
            (0..4).all(|i| {
                let ((ax, ay), (bx, by)) = (outline[i], outline[(i + 1) % 4]);
                (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0.0
            })
        })
    }
}

/// Solves a symmetric positive system by Cholesky's way; `None` when it is not positive.
fn solve<const N: usize>(mut a: [[f32; N]; N], mut b: [f32; N]) -> Option<[f32; N]> {
    for j in 0..N {
        for k in 0..j {
            for i in j..N {
                a[i][j] -= a[i][k] * a[j][k];
            }
        }
        let pivot = a[j][j];
        if pivot.is_nan() || pivot <= 1e-6 {
            return None;
        }
        let root = pivot.sqrt();
        (j..N).for_each(|i| a[i][j] /= root);
    }
    for i in 0..N {
        for k in 0..i {
            b[i] -= a[i][k] * b[k];
        }
        b[i] /= a[i][i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            b[i] -= a[k][i] * b[k];
        }
        b[i] /= a[i][i];
    }
    Some(b)
}
