//! Reed-Solomon over GF(256): mends words in unknown places and, at half the price, words known to be doubtful.

const fn tables() -> ([u8; 512], [u8; 256]) {
    let (mut power, mut log) = ([0; 512], [0; 256]);
    let (mut value, mut exponent) = (1_u16, 0);
    while exponent < 255 {
        power[exponent] = value as u8;
        power[exponent + 255] = value as u8;
        log[value as usize] = exponent as u8;
        value <<= 1;
        if value > 255 {
            value ^= 0x11D;
        }
        exponent += 1;
    }
    (power, log)
}

const TABLES: ([u8; 512], [u8; 256]) = tables();
static POWER: [u8; 512] = TABLES.0;
static LOG: [u8; 256] = TABLES.1;

fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    POWER[usize::from(LOG[usize::from(a)]) + usize::from(LOG[usize::from(b)])]
}

fn inverse(a: u8) -> u8 {
    POWER[255 - usize::from(LOG[usize::from(a)])]
}

fn value(polynomial: &[u8], at: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, &c| times(sum, at) ^ c)
}

/// A block that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Corrected {
    pub(crate) words: Vec<u8>,
    /// Words changed that were not among the doubtful ones.
    pub(crate) errors: usize,
}

/// The parity checks of a block: all zero when it is whole.
fn syndromes(words: &[u8], parity: usize) -> Vec<u8> {
    (0..parity)
        .map(|j| words.iter().fold(0, |sum, &word| times(sum, POWER[j]) ^ word))
        .collect()
}

/// Mends a block of data followed by `parity` words of redundancy. `doubtful` are places whose words do not count; each
/// costs one word of redundancy, an error in an unknown place costs two. `None` when there is more to mend than that.
pub(crate) fn correct(words: &[u8], parity: usize, doubtful: &[usize]) -> Option<Corrected> {
    let erased = doubtful.len();
    if erased > parity || words.len() > 255 {
        return None;
    }
    let checks = syndromes(words, parity);
    if checks.iter().all(|&check| check == 0) {
        return Some(Corrected {
            words: words.to_vec(),
            errors: 0,
        });
    }
    let place = |at: usize| POWER[words.len() - 1 - at];
    // Berlekamp and Massey's search for the shortest locator, begun with the one of the doubtful places.
    let mut locator = vec![0_u8; parity + 1];
    locator[0] = 1;
    for (count, &at) in doubtful.iter().enumerate() {
        for i in (1..=count + 1).rev() {
            locator[i] ^= times(locator[i - 1], place(at));
        }
    }
    let (mut before, mut length) = (locator.clone(), erased);
    for round in erased..parity {
        let difference = (0..=round).fold(0, |sum, i| sum ^ times(locator[i], checks[round - i]));
        before.rotate_right(1);
        before[0] = 0;
        if difference == 0 {
            continue;
        }
        let longer: Vec<u8> = locator
            .iter()
            .zip(&before)
            .map(|(&a, &b)| a ^ times(difference, b))
            .collect();
        if 2 * length <= round + erased {
            length = round + 1 + erased - length;
            let by = inverse(difference);
            before = locator.iter().map(|&c| times(c, by)).collect();
        }
        locator = longer;
    }
    let degree = locator.iter().rposition(|&c| c != 0)?;
    if degree != length || 2 * (degree - erased.min(degree)) + erased > parity {
        return None;
    }
    let evaluator: Vec<u8> = (0..parity)
        .map(|i| (0..=i).fold(0, |sum, j| sum ^ times(locator[j], checks[i - j])))
        .collect();
    // In characteristic two only the odd powers are left of a derivative.
    let derivative: Vec<u8> = (0..parity)
        .map(|i| if i % 2 == 0 { locator[i + 1] } else { 0 })
        .collect();
    let mut mended = words.to_vec();
    let (mut roots, mut errors) = (0, 0);
    for (at, word) in mended.iter_mut().enumerate() {
        let back = inverse(place(at));
        if value(&locator, back) != 0 {
            continue;
        }
        roots += 1;
        let slope = value(&derivative, back);
        if slope == 0 {
            return None;
        }
        let change = times(times(place(at), value(&evaluator, back)), inverse(slope));
        *word ^= change;
        errors += usize::from(change != 0 && !doubtful.contains(&at));
    }
    let whole = roots == degree && syndromes(&mended, parity).iter().all(|&check| check == 0);
    whole.then_some(Corrected { words: mended, errors })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Redundancy by long division, another way than the one under test.
    fn protected(data: &[u8], parity: usize) -> Vec<u8> {
        let mut generator = vec![1_u8];
        for &root in &POWER[..parity] {
            let mut next = vec![0; generator.len() + 1];
            for (i, &c) in generator.iter().enumerate() {
                next[i] ^= c;
                next[i + 1] ^= times(c, root);
            }
            generator = next;
        }
        let mut rest = data.to_vec();
        rest.resize(data.len() + parity, 0);
        for i in 0..data.len() {
            let lead = rest[i];
            for (j, &c) in generator.iter().enumerate() {
                rest[i + j] ^= times(c, lead);
            }
        }
        [data, &rest[data.len()..]].concat()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Errors cost two words of redundancy, doubtful places one: everything within that is mended.
        #[test]
        fn all_that_the_redundancy_pays_for_is_mended(
            data in proptest::collection::vec(any::<u8>(), 1..120),
            parity in 7_usize..31,
            order in Just((0..150).collect::<Vec<usize>>()).prop_shuffle(),
            noise in proptest::collection::vec(1..=255_u8, 150),
            share in 0.0..1.0_f64,
        ) {
            let whole = protected(&data, parity);
            let erased = (parity as f64 * share) as usize;
            let errors = (parity - erased) / 2;
            let places: Vec<usize> = order.into_iter().filter(|&at| at < whole.len()).take(erased + errors).collect();
            let mut broken = whole.clone();
            for &at in &places {
                broken[at] ^= noise[at];
            }
            let (doubtful, unknown) = places.split_at(erased.min(places.len()));
            let mended = correct(&broken, parity, doubtful).expect("within capacity");
            prop_assert_eq!(&mended.words, &whole);
            prop_assert_eq!(mended.errors, unknown.len());
            if errors >= 2 && erased >= 6 && unknown.len() == errors {
                // The same damage without knowing where is more than plain decoding can mend.
                prop_assert!(correct(&broken, parity, &[]).is_none_or(|other| other.words != whole));
            }
        }

        #[test]
        fn whatever_comes_out_is_a_whole_block_near_what_came_in(
            words in proptest::collection::vec(any::<u8>(), 8..255),
            parity in 1_usize..8,
            doubtful in proptest::collection::btree_set(0_usize..8, 0..8),
        ) {
            let doubtful: Vec<usize> = doubtful.into_iter().collect();
            if let Some(mended) = correct(&words, parity, &doubtful) {
                prop_assert!(syndromes(&mended.words, parity).iter().all(|&check| check == 0));
                let changed = (0..words.len()).filter(|at| words[*at] != mended.words[*at] && !doubtful.contains(at));
                prop_assert_eq!(changed.count(), mended.errors);
                prop_assert!(2 * mended.errors + doubtful.len() <= parity);
            }
        }
    }
}
