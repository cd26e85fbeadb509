//! The picture at several sizes, and what is light and dark around each place in it.

use crate::{Luma, filter};

/// Pixels along one side of a cell of [`Ground`].
const CELL: usize = 4;
/// Cells to each side that count as the surroundings: with the cell itself 28 pixels.
const AROUND: usize = 3;

/// Mean grey of the surroundings, and how far pixels lie from it on average, for each cell.
pub(crate) struct Ground {
    across: usize,
    down: usize,
    mean: Vec<u8>,
    swing: Vec<u8>,
}

impl Ground {
    pub(crate) fn of(picture: &Luma) -> Self {
        let (across, down) = (picture.width().div_ceil(CELL), picture.height().div_ceil(CELL));
        let mean = smooth(&cells(picture, across, down, None), across, down);
        let swing = smooth(&cells(picture, across, down, Some(&mean)), across, down);
        Self {
            across,
            down,
            mean,
            swing,
        }
    }

    fn at(&self, x: usize, y: usize) -> usize {
        (y / CELL).min(self.down - 1) * self.across + (x / CELL).min(self.across - 1)
    }

    /// How much lighter the pixels of a row are than their surroundings.
    pub(crate) fn row(&self, picture: &Luma, y: usize, into: &mut Vec<i16>) {
        let row = picture.row(y);
        into.resize(row.len(), 0);
        let means = &self.mean[y / CELL * self.across..];
        let ((pixels, rest), (off, off_rest)) = (row.as_chunks::<CELL>(), into.as_chunks_mut::<CELL>());
        for ((off, pixels), &mean) in off.iter_mut().zip(pixels).zip(means) {
            *off = pixels.map(|v| i16::from(v) - i16::from(mean));
        }
        let last = i16::from(means[self.across - 1]);
        off_rest
            .iter_mut()
            .zip(rest)
            .for_each(|(off, &v)| *off = i16::from(v) - last);
    }

    /// The same down a column, from row `top` to before row `bottom`.
    pub(crate) fn column(&self, picture: &Luma, x: usize, top: usize, bottom: usize, into: &mut Vec<i16>) {
        into.clear();
        into.extend((top..bottom).map(|y| i16::from(picture.at(x, y)) - i16::from(self.mean[self.at(x, y)])));
    }

    /// How far from its surroundings a pixel has to lie there to be dark or light and not noise.
    pub(crate) fn least(&self, x: usize, y: usize) -> i16 {
        (i16::from(self.swing[self.at(x, y)]) * 2 / 5).max(3)
    }
}

/// Mean of each cell: of its pixels, or of their distance from the mean around it.
fn cells(picture: &Luma, across: usize, down: usize, from: Option<&[u8]>) -> Vec<u8> {
    let width = picture.width();
    let mut cells = Vec::with_capacity(across * down);
    // Column sums first, because a loop over a whole row is one the compiler makes wide.
    let (mut sums, mut means) = (vec![0_u16; width], vec![0_u8; width]);
    for cy in 0..down {
        sums.fill(0);
        // Every second row tells as much once cells are smoothed.
        let rows = (cy * CELL..((cy + 1) * CELL).min(picture.height())).step_by(2);
        let count = rows.len();
        if let Some(from) = from {
            spread(&from[cy * across..], &mut means);
        }
        for y in rows {
            let row = picture.row(y);
            if from.is_some() {
                for ((sum, &v), &mean) in sums.iter_mut().zip(row).zip(&means) {
                    *sum += u16::from(v.abs_diff(mean));
                }
            } else {
                for (sum, &v) in sums.iter_mut().zip(row) {
                    *sum += u16::from(v);
                }
            }
        }
        let full = (CELL * count) as u16;
        let (whole, rest) = sums.as_chunks::<CELL>();
        cells.extend(whole.iter().map(|sums| (sums.iter().sum::<u16>() / full) as u8));
        if !rest.is_empty() {
            cells.push((rest.iter().sum::<u16>() / (rest.len() * count) as u16) as u8);
        }
    }
    cells
}

/// The value of each cell for each of its pixels.
fn spread(cells: &[u8], into: &mut [u8]) {
    for (pixels, &cell) in into.chunks_mut(CELL).zip(cells) {
        pixels.fill(cell);
    }
}

/// Mean over the surroundings of each cell.
fn smooth(cells: &[u8], across: usize, down: usize) -> Vec<u8> {
    let sheet = Luma::new(across, down, cells.to_vec());
    sheet
        .map(|sheet| filter::box_blur(&sheet, AROUND).pixels().to_vec())
        .unwrap_or_default()
}

/// A picture, half of it, a quarter and so on.
pub(crate) struct Pyramid<'a> {
    full: &'a Luma,
    smaller: Vec<Luma>,
    grainy: bool,
}

/// Grey values by which neighbours have to differ on average before noise is in the way.
const GRAIN: f32 = 13.0;

/// How much pixels differ from the next in their row, on average.
fn roughness(picture: &Luma) -> f32 {
    let rows = (0..picture.height()).step_by(8).map(|y| picture.row(y));
    let (mut sum, mut count) = (0_u32, 0);
    for row in rows {
        sum += row
            .windows(2)
            .map(|two| u32::from(two[0].abs_diff(two[1])))
            .sum::<u32>();
        count += row.len() - 1;
    }
    sum as f32 / count.max(1) as f32
}

impl<'a> Pyramid<'a> {
    /// Down to the size at which a code that fills the frame has modules of a few pixels.
    pub(crate) fn of(full: &'a Luma) -> Self {
        let mut smaller: Vec<Luma> = Vec::new();
        loop {
            let last = smaller.last().unwrap_or(full);
            if last.width().max(last.height()) < 400 || last.width().min(last.height()) < 120 {
                break;
            }
            smaller.push(filter::half(last));
        }
        // The mean of four halves noise; what is really there differs as much in a picture half as large.
        let rough = roughness(full);
        let grainy = rough > GRAIN && smaller.first().is_some_and(|half| roughness(half) < 0.75 * rough);
        Self { full, smaller, grainy }
    }

    /// Whether single pixels show noise and little else, so that only smaller sizes are worth a look.
    pub(crate) fn grainy(&self) -> bool {
        self.grainy
    }

    /// Number of sizes; the first is the whole picture.
    pub(crate) fn levels(&self) -> usize {
        self.smaller.len() + 1
    }

    pub(crate) fn full(&self) -> &'a Luma {
        self.full
    }

    pub(crate) fn level(&self, level: usize) -> &Luma {
        if level == 0 {
            self.full
        } else {
            &self.smaller[level - 1]
        }
    }
}
