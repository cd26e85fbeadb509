//! Names of persons (docs/domain.md, names): Vietnamese and ethnic-minority letters, no digits, no maximum by law.

use crate::{problem::ProblemCode, text};
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A technical bound in characters; the law knows none, and the longest names on record have some 50.
pub const MAX_NAME: usize = 200;

const CIRCUMFLEX: char = '\u{302}';
const BREVE: char = '\u{306}';
const HORN: char = '\u{31b}';
const CARON: char = '\u{30c}';
const TILDE: char = '\u{303}';

/// A name line as on the paper, NFC, spaces squeezed. Holds at least one letter.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "string"))]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Parses a typed or scanned name line.
    ///
    /// Errors: `too_long` (over [`MAX_NAME`]), `forbidden_characters`, `name_empty`, `name_has_digit`,
    /// `name_bad_character` (not a letter of Vietnam's languages, a space, an apostrophe or a hyphen).
    pub fn parse(text: &str) -> Result<Self, ProblemCode> {
        let line = text::tidy_line(text, MAX_NAME)?;
        if line.is_empty() {
            return Err(ProblemCode::NameEmpty);
        }
        if line.chars().any(char::is_numeric) {
            return Err(ProblemCode::NameHasDigit);
        }
        let letters = Letter::split(&line);
        if !letters.iter().all(|letter| letter.is_separator() || letter.is_known()) {
            return Err(ProblemCode::NameBadCharacter);
        }
        if letters.iter().all(Letter::is_separator) {
            return Err(ProblemCode::NameEmpty);
        }
        Ok(Self(line))
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// First letters of all words without marks: `N.T.H` (đ becomes D).
    pub fn initials(&self) -> String {
        let key = text::search_key(&self.0);
        let initials: Vec<String> = key
            .split(' ')
            .filter_map(|word| word.chars().find(|c| c.is_alphabetic()))
            .map(|c| c.to_uppercase().collect())
            .collect();
        initials.join(".")
    }
}

impl TryFrom<String> for PersonName {
    type Error = ProblemCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// One letter taken apart.
struct Letter {
    base: char,
    tones: Vec<char>,
    /// Every other mark, sorted.
    shapes: Vec<char>,
}

impl Letter {
    fn split(text: &str) -> Vec<Self> {
        let mut letters: Vec<Self> = Vec::new();
        for c in text.nfd() {
            match letters.last_mut() {
                Some(letter) if text::is_tone(c) => letter.tones.push(c),
                Some(letter) if is_combining_mark(c) => {
                    letter.shapes.push(c);
                    letter.shapes.sort_unstable();
                }
                _ => letters.push(Self {
                    base: c.to_lowercase().next().unwrap_or(c),
                    tones: Vec::new(),
                    shapes: Vec::new(),
                }),
            }
        }
        letters
    }

    fn is_separator(&self) -> bool {
        matches!(self.base, ' ' | '\'' | '’' | '-') && self.tones.is_empty() && self.shapes.is_empty()
    }

    /// Vietnamese letters, those of the minorities' alphabets (ŏ ŭ ĕ ĭ č ñ, and ƀ ê̆ ô̆ ơ̆ ư̆ of Ê Đê and Gia Rai), all
    /// vowels with one tone.
    fn is_known(&self) -> bool {
        match (self.base, self.shapes.as_slice()) {
            ('a', [] | [CIRCUMFLEX | BREVE])
            | ('e', [] | [CIRCUMFLEX | BREVE] | [CIRCUMFLEX, BREVE])
            | ('i', [] | [BREVE])
            | ('o', [] | [CIRCUMFLEX | BREVE | HORN] | [CIRCUMFLEX, BREVE] | [BREVE, HORN])
            | ('u', [] | [BREVE | HORN] | [BREVE, HORN])
            | ('y', []) => self.tones.len() <= 1,
            ('n', []) => matches!(self.tones.as_slice(), [] | [TILDE]),
            ('c', [CARON]) | ('đ' | 'ƀ' | 'a'..='z', []) => self.tones.is_empty(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<String, ProblemCode> {
        PersonName::parse(text).map(String::from)
    }

    #[test]
    fn names_on_paper() {
        for (row, typed, kept) in [
            ("Vietnamese", "Trần Thị Mỹ Hạnh", "Trần Thị Mỹ Hạnh"),
            ("capitals as on the card", "HUỲNH BẢO CHÂU", "HUỲNH BẢO CHÂU"),
            ("decomposed is stored composed", "Đa\u{323}\u{306}ng", "Đặng"),
            ("spaces", "  Lê   Văn Sáu ", "Lê Văn Sáu"),
            ("apostrophe", "Bh'nướch Thị Ngơn", "Bh'nướch Thị Ngơn"),
            ("curly apostrophe stays", "Ch’ơm", "Ch’ơm"),
            ("hyphen", "H-Wen Niê", "H-Wen Niê"),
            (
                "ethnic-minority letters",
                "Y Ŏ Ŭ Č Ĕ Ĭ Ñ ŏ ŭ č ĕ ĭ ñ",
                "Y Ŏ Ŭ Č Ĕ Ĭ Ñ ŏ ŭ č ĕ ĭ ñ",
            ),
            ("with tones", "Kŏ\u{301} Bĭ\u{323}r", "Kŏ\u{301} Bị\u{306}r"),
            ("two shapes", "Mơ\u{306} Tê\u{306}", "Mơ\u{306} Tê\u{306}"),
            ("barred b", "Ƀơ ƀơ", "Ƀơ ƀơ"),
            ("letters Vietnamese itself lacks", "Y Jăk Wĕz Ftu", "Y Jăk Wĕz Ftu"),
            ("one word", "Ngơn", "Ngơn"),
        ] {
            assert_eq!(parse(typed).as_deref(), Ok(kept), "{row}");
        }
    }

    #[test]
    fn what_is_not_a_name() {
        for (row, typed, code) in [
            ("nothing", "", ProblemCode::NameEmpty),
            ("spaces", "   ", ProblemCode::NameEmpty),
            ("no letter", "- '", ProblemCode::NameEmpty),
            ("digit", "Nguyễn Văn 2", ProblemCode::NameHasDigit),
            ("full-width digit", "Nguyễn Văn ２", ProblemCode::NameHasDigit),
            ("full stop", "Ng. Văn An", ProblemCode::NameBadCharacter),
            ("pipe", "An|Bình", ProblemCode::NameBadCharacter),
            (
                "question mark of a lost letter",
                "Nguy?n",
                ProblemCode::NameBadCharacter,
            ),
            ("Cyrillic look-alike", "Аn", ProblemCode::NameBadCharacter),
            ("Han", "阮文安", ProblemCode::NameBadCharacter),
            ("other Latin marks", "Müller", ProblemCode::NameBadCharacter),
            ("two tones", "A\u{301}\u{300}n", ProblemCode::NameBadCharacter),
            ("tone on a consonant", "T\u{301}An", ProblemCode::NameBadCharacter),
            ("emoji", "An 🙂", ProblemCode::NameBadCharacter),
            ("bidi", "An\u{202e}hnìB", ProblemCode::ForbiddenCharacters),
            ("line break", "An\nBình", ProblemCode::ForbiddenCharacters),
        ] {
            assert_eq!(parse(typed), Err(code), "{row}");
        }
        assert_eq!(parse(&"ă".repeat(201)), Err(ProblemCode::TooLong));
        assert!(
            parse(&"ă".repeat(200)).is_ok(),
            "no shorter limit than the technical one"
        );
    }

    #[test]
    fn initials_have_no_marks() {
        for (name, initials) in [
            ("Nguyễn Thị Hạnh", "N.T.H"),
            ("Đặng Văn Ổn", "D.V.O"),
            ("đinh ưng", "D.U"),
            ("Bh'nướch Thị Ngơn", "B.T.N"),
            ("H' Wen - Niê", "H.W.N"),
            ("Y Ƀơ", "Y.B"),
        ] {
            assert_eq!(PersonName::parse(name).unwrap().initials(), initials);
        }
    }

    #[test]
    fn nothing_invalid_is_deserialised_and_nothing_is_shown() {
        assert!(serde_json::from_str::<PersonName>("\"An 1\"").is_err());
        let name: PersonName = serde_json::from_str("\" Lê  An\"").unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"Lê An\"");
        assert_eq!(format!("{name:?}"), "<redacted>");
    }

    proptest! {
        #[test]
        fn a_parsed_name_parses_to_itself(text in "[ A-Za-zÀ-ỹĐđŏŭčĕĭñ'’-]{1,30}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.expose()), Ok(name.clone()));
                prop_assert!(name.initials().is_ascii());
            }
        }
    }
}
