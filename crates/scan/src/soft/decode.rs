//! From how surely each module is dark or light to the bytes of the code.

use crate::qr::{Blocks, Content, Layout, Level, Module, content, correct, format_word};

/// Bits of evidence that a block has to give before it is believed, and all blocks of a code together. The evidence is how
/// improbable it is that words drawn by chance can be mended with so little: 2^-14 for one block, 2^-30 for a code. A code
/// whose filling is not as the standard wants it needs more.
const LEAST_FOR_BLOCK: f32 = 14.0;
const LEAST_FOR_CODE: f32 = 30.0;
const LEAST_WITHOUT_FILLING: f32 = 44.0;

/// What was understood of a code so far.
pub(crate) struct Reading {
    blocks: Blocks,
    mask: u16,
    format: u16,
    /// For each block its words as they must have been, with the evidence for it.
    solved: Vec<Option<(Vec<u8>, f32)>>,
}

/// Level and mask that fit the format bits best, the likelier first.
pub(crate) fn formats(layout: &Layout, sure: &[f32]) -> [u16; 2] {
    let mut bits = [0.0_f32; 15];
    for (module, sure) in layout.modules.iter().zip(sure) {
        if let Module::Format(bit) = module {
            bits[usize::from(*bit)] += sure.clamp(-30.0, 30.0);
        }
    }
    let mut order: Vec<u16> = (0..32).collect();
    let score = |data: &u16| -> f32 {
        let word = format_word(*data);
        bits.iter()
            .enumerate()
            .map(|(bit, sure)| if word >> (14 - bit) & 1 == 1 { -sure } else { *sure })
            .sum()
    };
    order.sort_by(|a, b| score(b).total_cmp(&score(a)));
    [order[0], order[1]]
}

impl Reading {
    pub(crate) fn new(layout: &Layout, format: u16) -> Self {
        let blocks = Blocks::of(layout.version, Level::of_bits(format >> 3));
        let solved = vec![None; blocks.places.len()];
        Self {
            blocks,
            mask: format & 7,
            format,
            solved,
        }
    }

    /// With the likeliest format under which a block can be mended; `None` when there is none.
    pub(crate) fn begin(layout: &Layout, sure: &[f32]) -> Option<Self> {
        formats(layout, sure).into_iter().find_map(|format| {
            let mut new = Self::new(layout, format);
            new.advance(layout, sure, true).then_some(new)
        })
    }

    /// Tries to mend the blocks that are not solved yet. True when one more is. `thorough` also tries what is left when the
    /// least certain words are taken as unknown, in steps of two.
    pub(crate) fn advance(&mut self, layout: &Layout, sure: &[f32], thorough: bool) -> bool {
        let (words, doubt) = words(layout, self.mask, sure, self.blocks.words());
        let mut better = false;
        for (places, solved) in self.blocks.places.iter().zip(&mut self.solved) {
            if solved.is_some() {
                continue;
            }
            let block: Vec<u8> = places.iter().map(|&at| words[at]).collect();
            let mut order: Vec<usize> = (0..block.len()).collect();
            order.sort_by(|&a, &b| doubt[places[b]].total_cmp(&doubt[places[a]]));
            let most = if thorough {
                self.blocks.parity.saturating_sub(3)
            } else {
                0
            };
            for erased in (0..=most).step_by(2) {
                let Some(mended) = correct(&block, self.blocks.parity, &order[..erased]) else {
                    continue;
                };
                let evidence = evidence(block.len(), self.blocks.parity, erased, mended.errors);
                if evidence >= LEAST_FOR_BLOCK {
                    *solved = Some((mended.words, evidence));
                    better = true;
                    break;
                }
            }
        }
        better
    }

    /// How many of the blocks are solved.
    pub(crate) fn solved(&self) -> usize {
        self.solved.iter().flatten().count()
    }

    /// The content, when every block is solved and all of it is consistent.
    pub(crate) fn content(&self, layout: &Layout) -> Option<Content> {
        let solved: Vec<&(Vec<u8>, f32)> = self.solved.iter().flatten().collect();
        if solved.len() < self.solved.len() {
            return None;
        }
        let data: Vec<u8> = solved
            .iter()
            .flat_map(|(words, _)| &words[..words.len() - self.blocks.parity])
            .copied()
            .collect();
        let evidence: f32 = solved.iter().map(|(_, evidence)| evidence).sum();
        let content = content(&data, layout.version)?;
        let least = if content.padding.is_some() {
            LEAST_FOR_CODE
        } else {
            LEAST_WITHOUT_FILLING
        };
        (evidence >= least && !content.bytes.is_empty()).then_some(content)
    }

    /// For each solved block the modules of its redundancy with their colour. Redundancy is what two codes have in common
    /// only by chance, however much their texts are alike.
    pub(crate) fn redundancy(&self, layout: &Layout) -> Vec<Vec<(usize, bool)>> {
        let blocks = self.blocks.places.iter().zip(&self.solved);
        blocks
            .filter_map(|(places, solved)| {
                let (words, _) = solved.as_ref()?;
                let from = places.len() - self.blocks.parity;
                let modules = places[from..].iter().zip(&words[from..]);
                Some(
                    modules
                        .flat_map(|(&place, &word)| self.modules(layout, place, word))
                        .collect(),
                )
            })
            .collect()
    }

    fn modules(&self, layout: &Layout, place: usize, word: u8) -> impl Iterator<Item = (usize, bool)> {
        (0..8).map(move |bit| {
            let at = layout.bits[place * 8 + bit] as usize;
            let dark = word >> (7 - bit) & 1 == 1;
            (
                at,
                dark != Layout::masked(self.mask, at % layout.side, at / layout.side),
            )
        })
    }

    /// Modules whose colour is certain now: (place, dark). The format's only once a block vouches for it.
    pub(crate) fn certain(&self, layout: &Layout) -> Vec<(usize, bool)> {
        let mut certain = Vec::new();
        if self.solved() == 0 {
            return certain;
        }
        let format = format_word(self.format);
        for (at, module) in layout.modules.iter().enumerate() {
            if let Module::Format(bit) = module {
                certain.push((at, format >> (14 - bit) & 1 == 1));
            }
        }
        for (places, solved) in self.blocks.places.iter().zip(&self.solved) {
            let Some((words, _)) = solved else { continue };
            certain.extend(
                places
                    .iter()
                    .zip(words)
                    .flat_map(|(&place, &word)| self.modules(layout, place, word)),
            );
        }
        certain
    }
}

/// Places of the modules of the redundancy under a format.
pub(crate) fn redundant_modules(layout: &Layout, format: u16) -> Vec<usize> {
    let blocks = Blocks::of(layout.version, Level::of_bits(format >> 3));
    let parity = blocks
        .places
        .iter()
        .flat_map(|places| &places[places.len() - blocks.parity..]);
    parity
        .flat_map(|&place| layout.bits[place * 8..place * 8 + 8].iter().map(|&at| at as usize))
        .collect()
}

/// Each word with how doubtful it is: the chance that one of its bits is wrong, more or less.
fn words(layout: &Layout, mask: u16, sure: &[f32], count: usize) -> (Vec<u8>, Vec<f32>) {
    let mut sizes: Vec<f32> = layout
        .bits
        .iter()
        .map(|&at| sure[at as usize].abs())
        .filter(|s| *s < 999.0)
        .collect();
    let middle = sizes.len() / 2;
    let usual = if sizes.is_empty() {
        1.0
    } else {
        *sizes.select_nth_unstable_by(middle, f32::total_cmp).1
    };
    let scale = 3.0 / usual.max(1e-3);
    let mut words = Vec::with_capacity(count);
    let mut doubt = Vec::with_capacity(count);
    for bits in layout.bits.chunks_exact(8).take(count) {
        let (mut word, mut sum) = (0_u8, 0.0);
        for &at in bits {
            let sure = sure[at as usize];
            let dark = (sure < 0.0) != Layout::masked(mask, at as usize % layout.side, at as usize / layout.side);
            word = word << 1 | u8::from(dark);
            sum += (-sure.abs() * scale).exp();
        }
        words.push(word);
        doubt.push(sum);
    }
    (words, doubt)
}

/// Bits of evidence in a mended block: the redundancy that was not used up, less the freedom to choose the places mended.
fn evidence(words: usize, parity: usize, erased: usize, errors: usize) -> f32 {
    let free = words - erased;
    let ways: f32 = (0..errors).map(|i| ((free - i) as f32 / (i + 1) as f32).log2()).sum();
    8.0 * (parity - erased) as f32 - 8.0 * errors as f32 - ways
}
