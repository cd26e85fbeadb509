//! An address line as cards, phones and people write it, taken apart.

use super::Kind;
use crate::text;
use unicode_normalization::UnicodeNormalization;

/// What the word before a name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Phường, xã, thị trấn, đặc khu.
    Commune(Kind),
    /// Quận, huyện, thị xã, thành phố; the last also stands before Đà Nẵng.
    District,
    /// Tỉnh.
    Province,
}

/// How closely two names must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closeness {
    /// Letters and tones.
    Tone,
    /// Letters alone.
    Plain,
}

/// A name in the forms in which names are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) tone: String,
    pub(super) plain: String,
}

impl Keys {
    pub(super) fn of(name: &str) -> Self {
        Self {
            tone: tone_key(name),
            plain: plain_key(name),
        }
    }

    pub(super) fn agree(&self, other: &Self, closeness: Closeness) -> bool {
        match closeness {
            Closeness::Tone => self.tone == other.tone,
            Closeness::Plain => self.plain == other.plain,
        }
    }
}

/// One part of an address between two separators.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    whole: &'a str,
    /// Byte where the name begins.
    name_at: usize,
    pub(super) level: Option<Level>,
}

impl<'a> Part<'a> {
    /// Splits off the word that says what it is, in full or abbreviated, with or without marks.
    pub(super) fn parse(part: &'a str) -> Self {
        let part = part.trim_matches(|c: char| c.is_whitespace() || c == '.');
        let none = Self {
            whole: part,
            name_at: 0,
            level: None,
        };
        let mut rest = part;
        let mut prefix = String::new();
        // "Thị trấn" and "Thành phố" are two words, nothing is longer.
        for _ in 0..2 {
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '.')
                .map_or(rest.len(), |at| if rest[at..].starts_with('.') { at + 1 } else { at });
            if !prefix.is_empty() {
                prefix.push(' ');
            }
            prefix.push_str(&text::search_key(&rest[..end]));
            rest = rest[end..].trim_start();
            let level = match prefix.as_str() {
                "phuong" | "p." => Level::Commune(Kind::Phuong),
                "xa" | "x." => Level::Commune(Kind::Xa),
                "thi tran" | "tt" | "tt." => Level::Commune(Kind::ThiTran),
                "dac khu" | "dk" | "dk." => Level::Commune(Kind::DacKhu),
                "quan" | "q." | "huyen" | "h." | "thi xa" | "tx" | "tx." | "thanh pho" | "tp" | "tp." => {
                    Level::District
                }
                "tinh" | "t." => Level::Province,
                _ => continue,
            };
            if rest.is_empty() {
                return none;
            }
            return Self {
                whole: part,
                name_at: part.len() - rest.len(),
                level: Some(level),
            };
        }
        none
    }

    /// The name without the word before it.
    pub(super) fn name(&self) -> &'a str {
        &self.whole[self.name_at..]
    }

    /// The forms in which this part can be a name: without the word before it, and whole (`P. Rao` is a name).
    pub(super) fn keys(&self) -> Vec<Keys> {
        let mut keys = vec![Keys::of(self.name())];
        if self.name_at > 0 {
            keys.push(Keys::of(self.whole));
        }
        keys
    }
}

/// Parts of an address from the house to the province, separated by commas or ` - `. "Việt Nam" at the end is dropped.
pub(super) fn parts(address: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = address
        .split([',', ';', '\n'])
        .flat_map(|piece| piece.split(" - "))
        .flat_map(|piece| piece.split(" – "))
        .map(Part::parse)
        .filter(|part| !part.whole.is_empty())
        .collect();
    if parts.last().is_some_and(|part| plain_key(part.whole) == "vietnam") {
        parts.pop();
    }
    parts
}

/// The same line with a comma before every word that names a level, for people who leave the commas out:
/// `Tổ 5 phường Hòa Khánh thành phố Đà Nẵng`.
pub(super) fn with_commas(address: &str) -> String {
    let mut out = String::with_capacity(address.len() + 8);
    let words: Vec<&str> = address.split_whitespace().collect();
    let keys: Vec<String> = words.iter().map(|word| text::search_key(word)).collect();
    for (at, word) in words.iter().enumerate() {
        let next = keys.get(at + 1).map(String::as_str);
        let begins = match keys[at].as_str() {
            "phuong" | "quan" | "huyen" | "tinh" | "tp" | "tp." => true,
            "xa" => at == 0 || keys[at - 1] != "thi",
            "thi" => matches!(next, Some("tran" | "xa")),
            "thanh" => next == Some("pho"),
            "dac" => next == Some("khu"),
            _ => false,
        };
        if at > 0 {
            out.push_str(if begins { ", " } else { " " });
        }
        out.push_str(word);
    }
    out
}

/// Key that keeps the letters and tones apart but not where the tone stands: `Hòa` and `Hoà` are one, `Trà Don` and
/// `Trà Dơn` are two. Spaces and every kind of apostrophe fall away (`Ch'ơm`, `Ch’ơm`; `A Vương`, `Avương`);
/// a closing I or II is a number.
pub(super) fn tone_key(name: &str) -> String {
    key(name, |word| {
        let mut tones = String::new();
        let mut out = String::new();
        for c in word.to_lowercase().nfd() {
            if text::is_tone(c) {
                tones.push(c);
            } else if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
                out.push(c);
            }
        }
        out + &tones
    })
}

/// Key of letters alone, as somebody types who cannot type marks.
pub(super) fn plain_key(name: &str) -> String {
    key(name, |word| {
        text::search_key(word).chars().filter(|c| c.is_alphanumeric()).collect()
    })
}

fn key(name: &str, word_key: impl Fn(&str) -> String) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(word_key).collect();
    if words.len() > 1
        && let Some(last) = words.last_mut()
    {
        match last.as_str() {
            "i" => *last = "1".to_owned(),
            "ii" => *last = "2".to_owned(),
            _ => {}
        }
    }
    words.concat()
}
