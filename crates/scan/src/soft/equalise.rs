//! From the grey of modules to how surely each is light or dark.
//!
//! The picture of a module is blurred into its neighbours' by lens, movement and pixels. How, the finder, timing and
//! alignment patterns tell, because their modules are known; later the modules that are sure tell it better. Then the
//! modules are sought that, blurred in this way, come nearest to what was seen: a least-squares problem with each module held
//! between dark (-1) and light (+1). Light and dark themselves are estimated around each module, so that shadow, haze and
//! the soft edge of a glare spot fall away.

use super::grid::{MARGIN, local_mean};
use crate::qr::{Layout, Module, version_word};

/// The blur reaches so many modules.
const REACH: usize = 2;
const TAPS: usize = 2 * REACH + 1;
const KERNEL: usize = TAPS * TAPS;
/// Off what the model expects by more than this counts as something in the way, not as light or dark.
const OUTLIER: f32 = 0.8;

/// Grey at which a pixel tells nothing any more, and the share of such modules above which it is the paper that is so light.
const BURNT: f32 = 251.0;
const MOST_BURNT: f32 = 0.38;

/// The equaliser at work on one sampled code.
pub(crate) struct Equaliser {
    layout: &'static Layout,
    /// Width of the sampled square, and of it with a border so that the kernel never leaves the sheet.
    width: usize,
    stride: usize,
    /// Grey as sampled; light is always the larger one.
    grey: Vec<f32>,
    /// Grey with local light taken away and local contrast divided out.
    seen: Vec<f32>,
    /// -1 dark, 1 light, 0 unknown.
    known: Vec<f32>,
    /// What each module is thought to be.
    belief: Vec<f32>,
    /// 0 where a glare spot hides what is there, otherwise 1.
    shown: Vec<f32>,
    kernel: [f32; KERNEL],
}

impl Equaliser {
    /// From greys as [`super::grid::sample`] gives them.
    pub(crate) fn new(layout: &'static Layout, mut grey: Vec<f32>, inverted: bool) -> Self {
        let width = layout.side + 2 * MARGIN;
        let stride = width + 2 * REACH;
        let burnt = grey.iter().filter(|v| **v > BURNT).count() as f32 / grey.len() as f32;
        let hidden = |v: &f32| burnt < MOST_BURNT && *v > BURNT;
        let shown = grey.iter().map(|v| if hidden(v) { 0.0 } else { 1.0 }).collect();
        if inverted {
            grey.iter_mut().for_each(|v| *v = 255.0 - *v);
        }
        let mut kernel = [0.0; KERNEL];
        kernel[KERNEL / 2] = 1.0;
        let mut new = Self {
            layout,
            width,
            stride,
            grey,
            seen: vec![0.0; stride * stride],
            known: vec![0.0; stride * stride],
            belief: vec![1.0; stride * stride],
            shown,
            kernel,
        };
        for (at, module) in layout.modules.iter().enumerate() {
            let dark = match module {
                Module::Fixed(dark) => *dark,
                Module::Version(bit) => version_word(layout.version) >> (17 - bit) & 1 == 1,
                _ => continue,
            };
            new.learn(at, dark);
        }
        new.first_levels();
        new
    }

    /// Place in the bordered sheets of a module of the symbol.
    fn place(&self, module: usize) -> usize {
        let (x, y) = (module % self.layout.side, module / self.layout.side);
        (y + MARGIN + REACH) * self.stride + x + MARGIN + REACH
    }

    /// From now on this module is known.
    pub(crate) fn learn(&mut self, module: usize, dark: bool) {
        let place = self.place(module);
        self.known[place] = if dark { -1.0 } else { 1.0 };
    }

    /// Mean and mean distance from it around each module: good enough to begin with, as about half of all modules are dark.
    fn first_levels(&mut self) {
        let side = self.layout.side;
        let inner: Vec<f32> = (0..side * side)
            .map(|at| self.grey[(at / side + MARGIN) * self.width + at % side + MARGIN])
            .collect();
        let shown: Vec<f32> = (0..side * side)
            .map(|at| self.shown[(at / side + MARGIN) * self.width + at % side + MARGIN] + 1e-3)
            .collect();
        let weighted = |values: &[f32], radius: usize| -> Vec<f32> {
            let product: Vec<f32> = values.iter().zip(&shown).map(|(v, w)| v * w).collect();
            let weights = local_mean(&shown, side, radius);
            local_mean(&product, side, radius)
                .iter()
                .zip(weights)
                .map(|(sum, weight)| sum / weight)
                .collect()
        };
        let mean = weighted(&inner, 4);
        let off: Vec<f32> = inner.iter().zip(&mean).map(|(v, mean)| (v - mean).abs()).collect();
        let usual = off.iter().zip(&shown).map(|(v, w)| v * w).sum::<f32>() / shown.iter().sum::<f32>();
        let floor = 0.3 * usual + 0.5;
        let swing = weighted(&off, 6);
        self.normalise(|x, y| {
            let nearest = |v: usize| v.saturating_sub(MARGIN).min(side - 1);
            let at = nearest(y) * side + nearest(x);
            (mean[at], swing[at].max(floor))
        });
        for y in 0..self.width {
            for x in 0..self.width {
                let at = (y + REACH) * self.stride + x + REACH;
                self.belief[at] = self.decided(at, 1.2 * self.seen[at]);
            }
        }
    }

    fn normalise(&mut self, level: impl Fn(usize, usize) -> (f32, f32)) {
        for y in 0..self.width {
            for x in 0..self.width {
                let (middle, contrast) = level(x, y);
                let seen = (self.grey[y * self.width + x] - middle) / contrast;
                self.seen[(y + REACH) * self.stride + x + REACH] = seen.clamp(-3.0, 3.0);
            }
        }
    }

    fn decided(&self, at: usize, value: f32) -> f32 {
        if self.known[at] != 0.0 {
            self.known[at]
        } else {
            value.clamp(-1.0, 1.0)
        }
    }

    /// Light and contrast around each module from what the modules are thought to be.
    fn better_levels(&mut self) {
        let expected = self.blurred(&self.belief);
        let width = self.width;
        let mut sheets: [Vec<f32>; 5] = std::array::from_fn(|_| Vec::with_capacity(width * width));
        for y in 0..width {
            for x in 0..width {
                let (grey, model) = (
                    self.grey[y * width + x],
                    expected[(y + REACH) * self.stride + x + REACH],
                );
                let weight = self.shown[y * width + x] + 1e-3;
                for (sheet, value) in sheets.iter_mut().zip([1.0, grey, model, model * model, grey * model]) {
                    sheet.push(weight * value);
                }
            }
        }
        let [weight, mut grey, mut model, mut square, mut product] = sheets.map(|sheet| local_mean(&sheet, width, 4));
        for sheet in [&mut grey, &mut model, &mut square, &mut product] {
            sheet.iter_mut().zip(&weight).for_each(|(sum, weight)| *sum /= weight);
        }
        let slope = |at: usize| (product[at] - grey[at] * model[at]) / (square[at] - model[at] * model[at]).max(0.05);
        let usual = (0..width * width).map(slope).sum::<f32>() / (width * width) as f32;
        let floor = (0.25 * usual).max(0.5);
        self.normalise(|x, y| {
            let at = y * width + x;
            let contrast = slope(at).max(floor);
            (grey[at] - contrast * model[at], contrast)
        });
    }

    /// The blur that explains best what is seen. At first only what lies well inside of known patterns is asked.
    fn find_kernel(&mut self, only_known: bool) {
        let mut normal = [[0.0_f32; KERNEL]; KERNEL];
        let mut right = [0.0_f32; KERNEL];
        let mut count = 0.0_f32;
        let side = self.layout.side;
        for y in 0..side {
            for x in 0..side {
                let at = (y + MARGIN + REACH) * self.stride + x + MARGIN + REACH;
                if only_known {
                    let inside =
                        (0..9).all(|n| self.known[at + (n / 3) * self.stride + n % 3 - self.stride - 1] != 0.0);
                    if !inside {
                        continue;
                    }
                }
                let mut near = [0.0_f32; KERNEL];
                for dy in 0..TAPS {
                    let row = at + REACH * self.stride + REACH - dy * self.stride;
                    for dx in 0..TAPS {
                        near[dy * TAPS + dx] = self.belief[row - dx];
                    }
                }
                let seen = self.seen[at];
                // What lies far off the present model would bend it.
                let off = seen - near.iter().zip(&self.kernel).map(|(a, b)| a * b).sum::<f32>();
                if off.abs() > 2.0 * OUTLIER {
                    continue;
                }
                count += 1.0;
                for (row, &a) in normal.iter_mut().zip(&near) {
                    for (sum, &b) in row.iter_mut().zip(&near) {
                        *sum += a * b;
                    }
                }
                for (sum, &a) in right.iter_mut().zip(&near) {
                    *sum += a * seen;
                }
            }
        }
        for (tap, row) in normal.iter_mut().enumerate() {
            let (dx, dy) = ((tap % TAPS).abs_diff(REACH) as f32, (tap / TAPS).abs_diff(REACH) as f32);
            let far = dx * dx + dy * dy;
            let hold = if only_known { 0.02 } else { 0.004 };
            row[tap] += count * hold * far + 0.01 * count + 0.1;
        }
        if let Some(kernel) = super::solve(normal, right)
            && kernel[KERNEL / 2] > 0.05
        {
            self.kernel = kernel;
        }
    }

    /// Every module as the blur would show it.
    fn blurred(&self, sheet: &[f32]) -> Vec<f32> {
        self.convolve(sheet, |dx, dy| self.kernel[(2 * REACH - dy) * TAPS + 2 * REACH - dx])
    }

    /// For each module, what its own picture holds of a sheet.
    fn gathered(&self, sheet: &[f32]) -> Vec<f32> {
        self.convolve(sheet, |dx, dy| self.kernel[dy * TAPS + dx])
    }

    fn convolve(&self, sheet: &[f32], weight: impl Fn(usize, usize) -> f32) -> Vec<f32> {
        let mut out = vec![0.0; self.stride * self.stride];
        for y in 0..self.width {
            let start = (y + REACH) * self.stride + REACH;
            let to = &mut out[start..start + self.width];
            for dy in 0..TAPS {
                let row = &sheet[(y + dy) * self.stride..(y + dy + 1) * self.stride];
                for dx in 0..TAPS {
                    let weight = weight(dx, dy);
                    for (to, from) in to.iter_mut().zip(&row[dx..dx + self.width]) {
                        *to += weight * from;
                    }
                }
            }
        }
        out
    }

    /// What of the seen the model does not explain.
    fn unexplained(&self, belief: &[f32]) -> Vec<f32> {
        let mut off = self.blurred(belief);
        for y in 0..self.width {
            let start = (y + REACH) * self.stride + REACH;
            let shown = &self.shown[y * self.width..(y + 1) * self.width];
            for (at, shown) in (start..).zip(shown) {
                off[at] = shown * (self.seen[at] - off[at]);
            }
        }
        off
    }

    /// Projected gradient steps with momentum towards the modules that explain best what is seen.
    fn find_modules(&mut self, steps: usize) {
        let sum: f32 = self.kernel.iter().map(|k| k.abs()).sum();
        let rate = 1.0 / (sum * sum).max(0.05);
        let (mut ahead, mut pace) = (self.belief.clone(), 1.0_f32);
        for _ in 0..steps {
            let mut off = self.unexplained(&ahead);
            off.iter_mut().for_each(|v| *v = v.clamp(-OUTLIER, OUTLIER));
            let pull = self.gathered(&off);
            let next_pace = (1.0 + (1.0 + 4.0 * pace * pace).sqrt()) / 2.0;
            let carry = (pace - 1.0) / next_pace;
            pace = next_pace;
            for y in 0..self.width {
                let start = (y + REACH) * self.stride + REACH;
                for at in start..start + self.width {
                    let next = self.decided(at, ahead[at] + rate * pull[at]);
                    ahead[at] = next + carry * (next - self.belief[at]);
                    self.belief[at] = next;
                }
            }
        }
    }

    /// One more round: levels, blur, modules. Later rounds know more.
    pub(crate) fn round(&mut self, first: bool) {
        if !first {
            self.better_levels();
        }
        self.find_kernel(first);
        self.find_modules(14);
    }

    /// For each module of the symbol how sure it is: negative dark, positive light, near nothing where it cannot be known.
    pub(crate) fn certainty(&self) -> Vec<f32> {
        let mut off = self.unexplained(&self.belief);
        let raw = off.clone();
        off.iter_mut().for_each(|v| *v = v.clamp(-OUTLIER, OUTLIER));
        let gathered = self.gathered(&off);
        let energy: f32 = self.kernel.iter().map(|k| k * k).sum();
        let side = self.layout.side;
        let inner: Vec<usize> = (0..side * side).map(|module| self.place(module)).collect();
        let squares: Vec<f32> = inner.iter().map(|&at| off[at] * off[at]).collect();
        let usual = squares.iter().sum::<f32>() / squares.len() as f32;
        let local = local_mean(&squares, side, 2);
        let most: f32 = self.kernel.iter().sum();
        inner
            .iter()
            .zip(local)
            .enumerate()
            .map(|(module, (&at, local))| {
                let noise = 0.5 * usual + 0.5 * local + 0.01 * energy + 1e-4;
                let mut sure = 2.0 * (gathered[at] + energy * self.belief[at]) / noise;
                if raw[at].abs() > OUTLIER {
                    sure *= 0.3;
                }
                let shown = self.shown[(module / side + MARGIN) * self.width + module % side + MARGIN];
                // Lighter than light: the edge of a glare spot.
                let over = self.seen[at] - most - 2.5 * usual.sqrt();
                if over > 0.4 {
                    sure *= 0.1;
                }
                sure *= shown;
                if self.known[at] != 0.0 {
                    self.known[at] * 1000.0
                } else {
                    sure
                }
            })
            .collect()
    }
}
