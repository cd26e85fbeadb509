//! From the bytes of a scanner to text.

use crate::text;
use unicode_normalization::UnicodeNormalization;

/// Text with what happened on the way.
pub(super) struct Decoded {
    /// NFC.
    pub(super) text: String,
    /// The text had been shown in another character set; the bytes came back exactly.
    pub(super) repaired: bool,
    /// Letters are lost.
    pub(super) damaged: bool,
    /// The bytes end inside a character.
    pub(super) cut: bool,
}

/// Decodes. Only UTF-8 is a card's encoding; nothing else is guessed, with two exceptions that cannot go wrong: UTF-16
/// that announces itself by a byte order mark (a file saved on Windows), and UTF-8 that was shown as Latin-1 or
/// Windows-1252 and gives valid UTF-8 when turned back. Both are marked as repaired.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let (mut text, mut repaired, mut damaged, mut cut) = (String::new(), false, false, false);
    match utf16(bytes) {
        Some(Ok(unwrapped)) => (text, repaired) = (unwrapped, true),
        Some(Err(lossy)) => (text, damaged) = (lossy, true),
        None => {
            let bytes = without_wrapping(bytes);
            match std::str::from_utf8(bytes) {
                Ok(valid) => text.push_str(valid),
                Err(error) if error.error_len().is_none() => {
                    text.push_str(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]));
                    cut = true;
                }
                Err(_) => {
                    text = String::from_utf8_lossy(bytes).into_owned();
                    damaged = true;
                }
            }
        }
    }
    // Twice, for text that went through two programs.
    for _ in 0..2 {
        let Some((before, ends_inside)) = unshow(&text) else {
            break;
        };
        text = before;
        repaired = true;
        cut |= ends_inside;
    }
    let text = String::from_utf8_lossy(without_wrapping(text.as_bytes()))
        .nfc()
        .collect::<String>();
    damaged |= shows_damage(&text);
    Decoded {
        text,
        repaired,
        damaged,
        cut,
    }
}

/// Takes off what scanners put around the code: control characters and spaces, a byte order mark, an AIM identifier
/// (`]Q1`), an ECI escape that says UTF-8 (`\000026`).
fn without_wrapping(mut bytes: &[u8]) -> &[u8] {
    while let [0..=0x20 | 0x7f, inner @ ..]
    | [0xef, 0xbb, 0xbf, inner @ ..]
    | [b']', b'Q', b'0'..=b'6', inner @ ..]
    | [b'\\', b'0', b'0', b'0', b'0', b'2', b'6', inner @ ..] = bytes
    {
        bytes = inner;
    }
    while let [inner @ .., 0..=0x20 | 0x7f] = bytes {
        bytes = inner;
    }
    bytes
}

/// UTF-16 behind its byte order mark; the error carries what could be read.
fn utf16(bytes: &[u8]) -> Option<Result<String, String>> {
    let (unit, rest): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let (pairs, odd) = rest.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    // A scanner's line end may be a single byte.
    let whole = matches!(odd, [] | [b'\r' | b'\n' | 0]);
    Some(match String::from_utf16(&units) {
        Ok(text) if whole => Ok(text),
        _ => Err(String::from_utf16_lossy(&units)),
    })
}

/// The text before somebody showed its UTF-8 bytes as Latin-1 or Windows-1252 (`Huá»³nh` -> `Huỳnh`); `None` when the
/// bytes do not come back as UTF-8. True when they end inside a character. Real Vietnamese never comes back: its
/// letters are outside of both sets, or are followed by bytes that UTF-8 does not allow.
fn unshow(text: &str) -> Option<(String, bool)> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Vec<u8> = text.chars().map(shown_byte).collect::<Option<_>>()?;
    match String::from_utf8(bytes) {
        Ok(before) => Some((before, false)),
        Err(error) => {
            let cut = error.utf8_error();
            let valid = &error.as_bytes()[..cut.valid_up_to()];
            // Only a text that was repaired up to its cut end counts, not one that ends in a lone letter.
            let before = String::from_utf8_lossy(valid);
            (cut.error_len().is_none() && !before.is_ascii()).then(|| (before.into_owned(), true))
        }
    }
}

/// The byte that Windows-1252 shows as this character; its five gaps and Latin-1's control characters are themselves.
fn shown_byte(c: char) -> Option<u8> {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match u8::try_from(u32::from(c)) {
        Ok(byte) => Some(byte),
        Err(_) => FROM_80.iter().position(|shown| *shown == c).map(|at| 0x80 + at as u8),
    }
}

/// Traces of a wrong character set in a card's text: lost letters (`?`, the replacement character), letters of other
/// scripts (UTF-8 shown as Big5: `Hu廙軟h`), and pairs like `á»` that only UTF-8 shown byte by byte has.
pub(super) fn shows_damage(text: &str) -> bool {
    let foreign = |c: char| match c {
        '?' | char::REPLACEMENT_CHARACTER | 'Ä'..='Æ' => true,
        '\u{80}'.. if c.is_alphabetic() => {
            !matches!(c.nfd().next(), Some('a'..='z' | 'A'..='Z' | 'đ' | 'Đ' | 'ƀ' | 'Ƀ'))
        }
        _ => false,
    };
    let is_pair = |(first, second): (char, char)| {
        matches!(first, 'Â'..='Æ' | 'á')
            && shown_byte(second).is_some_and(|byte| (0x80..=0xbf).contains(&byte))
            && !second.is_whitespace()
            && !text::is_forbidden(second)
    };
    // `Thành` whose no-break space became a space: `ThÃ nh`.
    let rises = |(first, second): (char, char)| first.is_lowercase() && matches!(second, 'Â' | 'Ã');
    let mut pairs = text.chars().zip(text.chars().skip(1));
    text.chars().any(foreign) || pairs.any(|pair| is_pair(pair) || rises(pair))
}
