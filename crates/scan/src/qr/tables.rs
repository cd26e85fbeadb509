//! The standard's tables: how many words a code has and how they are divided into blocks.

/// Largest version; its codes are 177 modules wide.
pub(crate) const MAX_VERSION: usize = 40;

/// How much of a code is redundancy, about 7, 15, 25 and 30 percent of the words can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    L,
    M,
    Q,
    H,
}

impl Level {
    /// The level that these two bits of a format word stand for.
    pub(crate) fn of_bits(bits: u16) -> Self {
        [Self::M, Self::L, Self::H, Self::Q][usize::from(bits & 3)]
    }
}

/// Modules along one side.
pub(crate) fn dimension(version: usize) -> usize {
    17 + 4 * version
}

/// Alignment patterns along one side.
fn alignments(version: usize) -> usize {
    if version == 1 { 0 } else { version / 7 + 2 }
}

/// Rows (and columns) in which alignment patterns have their centres.
pub(crate) fn alignment_rows(version: usize) -> Vec<usize> {
    let count = alignments(version);
    if count == 0 {
        return Vec::new();
    }
    // Evenly from the last one down, except in version 32, which the standard sets apart.
    let step = match version {
        32 => 26,
        _ => (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2,
    };
    let last = dimension(version) - 7;
    let mut rows: Vec<usize> = (0..count - 1).map(|i| last - i * step).collect();
    rows.push(6);
    rows.reverse();
    rows
}

/// Modules that carry words, remainder bits included.
fn data_modules(version: usize) -> usize {
    let mut modules = (16 * version + 128) * version + 64;
    let count = alignments(version);
    if count > 0 {
        modules -= (25 * count - 10) * count - 55;
    }
    if version >= 7 {
        modules -= 36;
    }
    modules
}

#[rustfmt::skip]
const PARITY: [[u8; MAX_VERSION]; 4] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
];
#[rustfmt::skip]
const BLOCKS: [[u8; MAX_VERSION]; 4] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
];

/// How the words of a code are divided into blocks that are mended apart.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    /// Words of redundancy in each block.
    pub(crate) parity: usize,
    /// For each block the places of its words in the order they lie in the code, data first.
    pub(crate) places: Vec<Vec<usize>>,
}

impl Blocks {
    pub(crate) fn of(version: usize, level: Level) -> Self {
        let (parity, count) = (PARITY[level as usize][version - 1], BLOCKS[level as usize][version - 1]);
        let (parity, count) = (usize::from(parity), usize::from(count));
        let words = data_modules(version) / 8;
        // The later blocks have one word of data more where the words do not divide evenly.
        let data: Vec<usize> = (0..count)
            .map(|block| (words - parity * count + block) / count)
            .collect();
        let mut places: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut next = 0;
        for (row, last) in [(data[count - 1], true), (parity, false)] {
            for word in 0..row {
                for (block, places) in places.iter_mut().enumerate() {
                    if !last || word < data[block] {
                        places.push(next);
                        next += 1;
                    }
                }
            }
        }
        Self { parity, places }
    }

    /// Words of the whole code.
    pub(crate) fn words(&self) -> usize {
        self.places.iter().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blocks_of_every_version_and_level_share_all_words() {
        for version in 1..=MAX_VERSION {
            for level in [Level::L, Level::M, Level::Q, Level::H] {
                let blocks = Blocks::of(version, level);
                let mut places = blocks.places.concat();
                places.sort_unstable();
                assert!(
                    places.iter().copied().eq(0..data_modules(version) / 8),
                    "{version} {level:?}"
                );
                let lengths: Vec<usize> = blocks.places.iter().map(Vec::len).collect();
                assert!(lengths.is_sorted() && lengths[lengths.len() - 1] - lengths[0] <= 1);
            }
        }
        // Two rows of the standard's table 9.
        assert_eq!(
            Blocks::of(5, Level::Q).places.iter().map(Vec::len).collect::<Vec<_>>(),
            [33, 33, 34, 34]
        );
        assert_eq!(
            (Blocks::of(40, Level::L).words(), Blocks::of(40, Level::L).parity),
            (3706, 30)
        );
    }

    #[test]
    fn alignment_patterns_lie_where_the_standard_says() {
        assert_eq!(alignment_rows(1), []);
        assert_eq!(alignment_rows(2), [6, 18]);
        assert_eq!(alignment_rows(7), [6, 22, 38]);
        assert_eq!(alignment_rows(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(alignment_rows(40), [6, 30, 58, 86, 114, 142, 170]);
    }
}
