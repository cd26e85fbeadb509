//! What lies where in a code.

use super::tables::{MAX_VERSION, alignment_rows, dimension};
use std::sync::OnceLock;

/// What a module is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Module {
    /// The same in every code of this version; `true` is dark.
    Fixed(bool),
    /// A bit of the format word, counted from its highest.
    Format(u8),
    /// A bit of the version word, counted from its highest.
    Version(u8),
    Data,
}

/// The modules of one version, row by row.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) version: usize,
    pub(crate) side: usize,
    pub(crate) modules: Vec<Module>,
    /// Positions in `modules` of the bits of the words, in the order of the words, highest bit first.
    pub(crate) bits: Vec<u32>,
}

impl Layout {
    /// The layout of a version from 1 to 40.
    pub(crate) fn of(version: usize) -> &'static Self {
        static ALL: [OnceLock<Layout>; MAX_VERSION] = [const { OnceLock::new() }; MAX_VERSION];
        ALL[version - 1].get_or_init(|| Self::draw(version))
    }

    fn draw(version: usize) -> Self {
        let side = dimension(version);
        let mut modules = vec![Module::Data; side * side];
        let mut put = |x: usize, y: usize, module| modules[y * side + x] = module;
        for i in 0..side {
            put(i, 6, Module::Fixed(i % 2 == 0));
            put(6, i, Module::Fixed(i % 2 == 0));
        }
        let rows = alignment_rows(version);
        for &cy in &rows {
            for &cx in &rows {
                // No room beside the finder patterns.
                if (cx == 6 && (cy == 6 || cy == side - 7)) || (cy == 6 && cx == side - 7) {
                    continue;
                }
                for (dx, dy) in square(5) {
                    let ring = dx.abs_diff(2).max(dy.abs_diff(2));
                    put(cx + dx - 2, cy + dy - 2, Module::Fixed(ring != 1));
                }
            }
        }
        for (cx, cy) in [(0, 0), (side - 8, 0), (0, side - 8)] {
            for (dx, dy) in square(8) {
                // The pattern with its light edge towards the middle of the code.
                let (px, py) = (dx + usize::from(cx == 0), dy + usize::from(cy == 0));
                let ring = px.abs_diff(4).max(py.abs_diff(4));
                put(cx + dx, cy + dy, Module::Fixed(ring <= 1 || ring == 3));
            }
        }
        for i in 0..15_u8 {
            let bit = Module::Format(14 - i);
            let along = usize::from(i);
            // Beside the first pattern, then divided between the two others.
            match along {
                0..=5 => put(8, along, bit),
                6 => put(8, 7, bit),
                7 => put(8, 8, bit),
                8 => put(7, 8, bit),
                _ => put(14 - along, 8, bit),
            }
            match along {
                0..=7 => put(side - 1 - along, 8, bit),
                _ => put(8, side - 15 + along, bit),
            }
        }
        put(8, side - 8, Module::Fixed(true));
        if version >= 7 {
            for i in 0..18_u8 {
                let (long, short) = (usize::from(i) / 3, side - 11 + usize::from(i) % 3);
                put(long, short, Module::Version(17 - i));
                put(short, long, Module::Version(17 - i));
            }
        }
        let bits = way(side).filter(|&at| modules[at as usize] == Module::Data).collect();
        Self {
            version,
            side,
            modules,
            bits,
        }
    }

    /// Whether this mask (0 to 7) turns the module at column `x`, row `y` over.
    pub(crate) fn masked(mask: u16, x: usize, y: usize) -> bool {
        match mask {
            0 => (x + y).is_multiple_of(2),
            1 => y.is_multiple_of(2),
            2 => x.is_multiple_of(3),
            3 => (x + y).is_multiple_of(3),
            4 => (x / 3 + y / 2).is_multiple_of(2),
            5 => x * y % 2 + x * y % 3 == 0,
            6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
            _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
        }
    }
}

fn square(side: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..side * side).map(move |i| (i % side, i / side))
}

/// Up and down in columns two modules wide, from the right; the column of the timing pattern is left out.
fn way(side: usize) -> impl Iterator<Item = u32> {
    let columns = (0..side / 2).map(move |pair| {
        let right = side - 1 - 2 * pair;
        (if right <= 6 { right - 1 } else { right }, pair % 2 == 0)
    });
    columns.flat_map(move |(right, up)| {
        (0..side).flat_map(move |step| {
            let y = if up { side - 1 - step } else { step };
            [right, right - 1].map(|x| (y * side + x) as u32)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::{Blocks, Level};

    #[test]
    fn every_version_has_room_for_its_words_and_less_than_eight_bits_over() {
        for version in 1..=MAX_VERSION {
            let over = Layout::of(version).bits.len() - 8 * Blocks::of(version, Level::M).words();
            assert!(over < 8, "version {version}: {over}");
        }
    }

    #[test]
    fn fixed_modules_are_those_of_another_encoder() {
        for version in [1, 2, 5, 6, 7, 9, 14, 27, 40] {
            let code = qrcode::QrCode::with_version(b"", qrcode::Version::Normal(version), qrcode::EcLevel::L).unwrap();
            let layout = Layout::of(version as usize);
            for (at, (module, color)) in layout.modules.iter().zip(code.to_colors()).enumerate() {
                let dark = color == qrcode::Color::Dark;
                let expected = match module {
                    Module::Fixed(dark) => *dark,
                    Module::Version(bit) => super::super::version_word(layout.version) >> (17 - bit) & 1 == 1,
                    _ => continue,
                };
                assert_eq!(dark, expected, "version {version}, module {at}");
            }
        }
    }
}
