//! The bits of a code become the bytes it carries.

/// What the data words of a code say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// Segments of every mode one after the other.
    pub(crate) bytes: Vec<u8>,
    /// Bytes of filling after the end that are as the standard wants them; `None` when some are not.
    pub(crate) padding: Option<usize>,
}

struct Bits<'a> {
    words: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.words.len() * 8 - self.at
    }

    fn take(&mut self, count: usize) -> Option<u32> {
        if count > self.left() {
            return None;
        }
        let value = (self.at..self.at + count).fold(0, |value, at| {
            value << 1 | u32::from(self.words[at / 8] >> (7 - at % 8) & 1)
        });
        self.at += count;
        Some(value)
    }
}

const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Reads segments until the end is announced or the words are used up. `None` for what is not a code of this version:
/// an unknown mode, a segment longer than the code, a value that its mode does not have.
pub(crate) fn content(words: &[u8], version: usize) -> Option<Content> {
    let mut bits = Bits { words, at: 0 };
    let mut bytes = Vec::new();
    // Bits of the length of numeric, alphanumeric, byte and kanji segments.
    let lengths = match version {
        ..=9 => [10, 9, 8, 8],
        10..=26 => [12, 11, 16, 10],
        _ => [14, 13, 16, 12],
    };
    let mut gs1 = false;
    loop {
        if bits.left() < 4 {
            break;
        }
        match bits.take(4)? {
            0 => break,
            1 => digits(&mut bits, lengths[0], &mut bytes)?,
            2 => letters(&mut bits, lengths[1], gs1, &mut bytes)?,
            4 => {
                for _ in 0..bits.take(lengths[2])? {
                    bytes.push(bits.take(8)? as u8);
                }
            }
            8 => double(&mut bits, lengths[3], &mut bytes, shift_jis)?,
            13 => {
                // The character set's subset, of which there is one.
                (bits.take(4)? == 1).then_some(())?;
                double(&mut bits, lengths[3], &mut bytes, gb2312)?;
            }
            // A part of a larger message: place, number of parts, parity.
            3 => drop(bits.take(16)?),
            5 => gs1 = true,
            9 => {
                gs1 = true;
                bits.take(8)?;
            }
            7 => character_set(&mut bits)?,
            _ => return None,
        }
    }
    let padding = padding(&mut bits);
    Some(Content { bytes, padding })
}

fn digits(bits: &mut Bits, length: usize, into: &mut Vec<u8>) -> Option<()> {
    let mut left = bits.take(length)?;
    while left > 0 {
        let now = left.min(3);
        let value = bits.take([4, 7, 10][now as usize - 1])?;
        if value >= 10_u32.pow(now) {
            return None;
        }
        into.extend(
            (0..now)
                .rev()
                .map(|place| b'0' + (value / 10_u32.pow(place) % 10) as u8),
        );
        left -= now;
    }
    Some(())
}

fn letters(bits: &mut Bits, length: usize, gs1: bool, into: &mut Vec<u8>) -> Option<()> {
    let mut left = bits.take(length)?;
    let start = into.len();
    while left > 0 {
        if left == 1 {
            into.push(*LETTERS.get(bits.take(6)? as usize)?);
            break;
        }
        let value = bits.take(11)? as usize;
        into.push(*LETTERS.get(value / 45)?);
        into.push(LETTERS[value % 45]);
        left -= 2;
    }
    if gs1 {
        // There a percent sign stands for the separator and two of them for one.
        let text = into.split_off(start);
        let mut rest = text.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            match (first, after) {
                (b'%', [b'%', after @ ..]) => {
                    into.push(b'%');
                    rest = after;
                }
                (b'%', _) => into.push(0x1D),
                (other, _) => into.push(*other),
            }
        }
    }
    Some(())
}

fn double(bits: &mut Bits, length: usize, into: &mut Vec<u8>, pair: fn(u32) -> u32) -> Option<()> {
    for _ in 0..bits.take(length)? {
        let [.., high, low] = pair(bits.take(13)?).to_be_bytes();
        into.extend([high, low]);
    }
    Some(())
}

fn shift_jis(value: u32) -> u32 {
    let pair = ((value / 0xC0) << 8) | (value % 0xC0);
    pair + if pair < 0x1F00 { 0x8140 } else { 0xC140 }
}

fn gb2312(value: u32) -> u32 {
    let pair = ((value / 0x60) << 8) | (value % 0x60);
    pair + if pair < 0x0A00 { 0xA1A1 } else { 0xA6A1 }
}

/// The announcement of a character set is read over: bytes are handed on, whatever they are said to mean.
fn character_set(bits: &mut Bits) -> Option<()> {
    let more = match bits.take(8)? {
        0..=0x7F => 0,
        0x80..=0xBF => 8,
        0xC0..=0xDF => 16,
        _ => return None,
    };
    bits.take(more).map(drop)
}

fn padding(bits: &mut Bits) -> Option<usize> {
    let rest = bits.left() % 8;
    if bits.take(rest)? != 0 {
        return None;
    }
    let filling = &bits.words[bits.at / 8..];
    filling
        .iter()
        .zip([0xEC, 0x11].iter().cycle())
        .all(|(a, b)| a == b)
        .then_some(filling.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        /// Any bits at all are read or refused, and never become much more than they were.
        #[test]
        fn any_bits_are_content_or_none(words in proptest::collection::vec(any::<u8>(), 0..300), version in 1_usize..41) {
            if let Some(content) = content(&words, version) {
                prop_assert!(content.bytes.len() <= words.len() * 3);
            }
        }

        #[test]
        fn text_of_another_encoder_comes_back(
            text in prop_oneof!["[0-9]{1,40}", "[0-9A-Z $%*+./:-]{1,40}", "\\PC{1,60}"],
            version in 7_i16..28,
        ) {
            let mut bits = qrcode::bits::Bits::new(qrcode::Version::Normal(version));
            bits.push_optimal_data(text.as_bytes()).unwrap();
            bits.push_terminator(qrcode::EcLevel::L).unwrap();
            let words = bits.into_bytes();
            let read = content(&words, version as usize).unwrap();
            prop_assert_eq!(&read.bytes, text.as_bytes());
            prop_assert!(read.padding.is_some());
            let mut other = words.clone();
            *other.last_mut().unwrap() ^= 1;
            prop_assert!(content(&other, version as usize).is_none_or(|other| other.padding != read.padding || other.bytes != read.bytes));
        }
    }
}
