//! Text as people type it and as it is searched.

use crate::problem::ProblemCode;
use unicode_normalization::{
    UnicodeNormalization,
    char::{is_combining_mark, is_public_assigned},
};

/// Combining marks that may follow one letter after NFC. Ethnic-minority letters need one (`ŏ` with a tone) or two;
/// longer stacks only deface a page.
const MAX_MARKS: usize = 2;

/// NFC, spaces squeezed and trimmed; refuses control, bidi and zero-width characters (`forbidden_characters`) and
/// more than `max` characters (`too_long`). The length is checked before anything is copied.
pub fn tidy_line(text: &str, max: usize) -> Result<String, ProblemCode> {
    // A Vietnamese letter has at most three characters when decomposed, so four times `max` leaves room for spaces.
    if longer_than(text, max.saturating_mul(4)) {
        return Err(ProblemCode::TooLong);
    }
    if text.chars().any(is_forbidden) {
        return Err(ProblemCode::ForbiddenCharacters);
    }
    let mut marks = MAX_MARKS;
    for c in text.nfc() {
        marks = if is_combining_mark(c) {
            marks + 1
        } else if c.is_whitespace() {
            MAX_MARKS
        } else {
            0
        };
        if marks > MAX_MARKS {
            return Err(ProblemCode::ForbiddenCharacters);
        }
    }
    let line = squeeze(text.nfc());
    if longer_than(&line, max) {
        return Err(ProblemCode::TooLong);
    }
    Ok(line)
}

/// True for a line that is shown to people as it is: the name of a team or of one of its people, a program's version.
/// Tidy already ([`tidy_line`]), 1 to `max` characters.
pub fn is_shown_line(text: &str, max: usize) -> bool {
    !text.is_empty() && tidy_line(text, max).as_deref() == Ok(text)
}

/// True when `text` has more than `max` characters; looks at no more than `max + 1` of them.
pub fn longer_than(text: &str, max: usize) -> bool {
    text.len() > max && text.chars().nth(max).is_some()
}

/// Characters that have no place in a line somebody reads and trusts: control characters, what reorders or hides text
/// (bidi, zero-width, variation selectors, tags), line separators, the replacement character, private use and
/// unassigned code points.
pub fn is_forbidden(c: char) -> bool {
    // Everything Vietnamese is below; the tables need not be asked.
    if matches!(c, ' '..='~' | '\u{c0}'..='\u{1b0}' | '\u{1ea0}'..='\u{1ef9}') {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || !is_public_assigned(c)
}

/// The search key: NFD, marks dropped, đ -> d and ƀ -> b, lower case, spaces squeezed (docs/domain.md, names). The
/// apostrophes people type (`'`, `’` and their look-alikes) are one. Idempotent.
pub fn search_key(text: &str) -> String {
    let bare = text
        .nfd()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'ƀ' => 'b',
            other => one_apostrophe(other),
        });
    squeeze(bare)
}

/// The key that keeps tones, to rank exact matches first: NFC, lower case, spaces squeezed, apostrophes as one, and
/// the two ways to place a tone as one (`Hòa` = `Hoà`, `Thúy` = `Thuý`). Idempotent.
pub fn exact_key(text: &str) -> String {
    let letters: Vec<char> = text
        .nfd()
        .flat_map(char::to_lowercase)
        .nfd()
        .map(one_apostrophe)
        .collect();
    let mut moved = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        match letters[at..] {
            [first @ ('o' | 'u'), tone, second, ref rest @ ..]
                if is_tone(tone)
                    && matches!((first, second), ('o', 'a' | 'e') | ('u', 'y'))
                    && !rest.first().copied().is_some_and(is_combining_mark) =>
            {
                moved.extend([first, second, tone]);
                at += 3;
            }
            [c, ..] => {
                moved.push(c);
                at += 1;
            }
            [] => break,
        }
    }
    squeeze(moved.nfc())
}

/// True when the text carries a Vietnamese mark (tone, circumflex, breve, horn) or đ at all.
pub fn has_vietnamese_marks(text: &str) -> bool {
    text.nfd()
        .any(|c| is_tone(c) || matches!(c, '\u{302}' | '\u{306}' | '\u{31b}' | 'đ' | 'Đ'))
}

/// The five tone marks, decomposed: huyền, sắc, ngã, hỏi, nặng.
pub(crate) const fn is_tone(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

fn one_apostrophe(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2032}' | '\u{b4}' | '`' => '\'',
        other => other,
    }
}

fn squeeze(text: impl Iterator<Item = char>) -> String {
    let mut line = String::new();
    let mut space = false;
    for c in text {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && !line.is_empty() {
            line.push(' ');
        }
        space = false;
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_composed_and_squeezed() {
        for (row, typed, tidy) in [
            ("nothing", "", ""),
            ("only spaces", " \u{a0}\u{3000} ", ""),
            ("ends and gaps", "  Trần   Thị\u{a0}Mỹ  ", "Trần Thị Mỹ"),
            ("decomposed", "Nguye\u{302}\u{303}n", "Nguyễn"),
            ("marks in another order", "Vie\u{323}\u{302}t", "Việt"),
            ("no composed form: the mark stays", "Y Ko\u{306}\u{301}", "Y Kŏ\u{301}"),
            ("apostrophe kept as it is", "Ch’ơm", "Ch’ơm"),
        ] {
            assert_eq!(tidy_line(typed, 200).as_deref(), Ok(tidy), "{row}");
        }
    }

    #[test]
    fn every_family_of_forbidden_characters_is_refused() {
        for (family, range) in [
            ("C0 controls", 0x00..=0x1f),
            ("DEL and C1 controls", 0x7f..=0x9f),
            ("soft hyphen", 0xad..=0xad),
            ("grapheme joiner", 0x34f..=0x34f),
            ("Arabic letter mark", 0x61c..=0x61c),
            ("zero width and marks of direction", 0x200b..=0x200f),
            ("separators, embeddings, overrides", 0x2028..=0x202e),
            ("word joiner and invisible operators", 0x2060..=0x2064),
            ("isolates", 0x2066..=0x2069),
            ("variation selectors", 0xfe00..=0xfe0f),
            ("byte order mark", 0xfeff..=0xfeff),
            ("annotations, object and replacement characters", 0xfff9..=0xfffd),
            ("noncharacters", 0xfffe..=0xffff),
            ("private use", 0xe000..=0xf8ff),
            ("tags", 0xe0000..=0xe007f),
            ("variation selectors, supplement", 0xe0100..=0xe01ef),
            ("private use planes", 0xf0000..=0xf0010),
        ] {
            for c in range.filter_map(char::from_u32) {
                let line = format!("Nguyễn{c}Văn");
                assert_eq!(
                    tidy_line(&line, 200),
                    Err(ProblemCode::ForbiddenCharacters),
                    "{family}: {c:?}"
                );
            }
        }
    }

    #[test]
    fn stacked_and_lonely_marks_are_refused() {
        assert_eq!(
            tidy_line("x\u{30f}\u{30f}\u{30f}", 200),
            Err(ProblemCode::ForbiddenCharacters)
        );
        assert_eq!(tidy_line("\u{301}an", 200), Err(ProblemCode::ForbiddenCharacters));
        assert_eq!(tidy_line("an \u{301}an", 200), Err(ProblemCode::ForbiddenCharacters));
    }

    #[test]
    fn length_counts_characters_as_shown() {
        assert!(tidy_line(&"ế".repeat(200), 200).is_ok());
        assert!(
            tidy_line(&"e\u{302}\u{301}".repeat(200), 200).is_ok(),
            "decomposed text is not longer"
        );
        assert_eq!(tidy_line(&"ế".repeat(201), 200), Err(ProblemCode::TooLong));
    }

    #[test]
    fn ten_megabytes_are_refused_without_reading_them() {
        // The forbidden character at the end would be found by anything that read on.
        let mut long = "ế".repeat(10 * 1024 * 1024 / 3);
        long.push('\u{202e}');
        assert_eq!(tidy_line(&long, 200), Err(ProblemCode::TooLong));
        assert_eq!(tidy_line(&" ".repeat(10 << 20), 200), Err(ProblemCode::TooLong));
    }

    #[test]
    fn keys_for_searching() {
        for (text, search, exact) in [
            ("Đặng  Văn Tín", "dang van tin", "đặng văn tín"),
            ("BH’NƯỚCH Thị Ngơn", "bh'nuoch thi ngon", "bh'nướch thị ngơn"),
            ("Bh'nướch", "bh'nuoch", "bh'nướch"),
            ("Y Ñĕm Čil Ŏ Ŭ Ĭ", "y nem cil o u i", "y ñĕm čil ŏ ŭ ĭ"),
            ("Hòa Liên", "hoa lien", "hoà liên"),
            ("Hoà Liên", "hoa lien", "hoà liên"),
            ("Nguyễn Thị Thúy", "nguyen thi thuy", "nguyễn thị thuý"),
            ("Y Tona", "y tona", "y tona"),
            ("Hoàng Của", "hoang cua", "hoàng của"),
        ] {
            assert_eq!(search_key(text), search, "{text}");
            assert_eq!(exact_key(text), exact, "{text}");
        }
    }

    #[test]
    fn tones_that_tell_places_apart_survive_in_the_exact_key() {
        for (a, b) in [
            ("Trà Don", "Trà Dơn"),
            ("Tam Thanh", "Tam Thạnh"),
            ("Tam Dân", "Tam Đàn"),
        ] {
            assert_eq!(search_key(a), search_key(b));
            assert_ne!(exact_key(a), exact_key(b));
        }
    }

    #[test]
    fn marks_are_noticed() {
        for marked in ["Thử", "Đa", "đa", "an\u{301}", "Kŏ", "Ñ", "ơ"] {
            assert!(has_vietnamese_marks(marked), "{marked}");
        }
        assert!(!has_vietnamese_marks("Nguyen Van Thu, K123/45 Da Nang"));
    }

    proptest! {
        #[test]
        fn keys_are_idempotent(text in any::<String>()) {
            let (search, exact) = (search_key(&text), exact_key(&text));
            prop_assert_eq!(&search_key(&search), &search);
            prop_assert_eq!(&exact_key(&exact), &exact);
        }

        #[test]
        fn keys_do_not_depend_on_the_normal_form(text in "[ a-zA-ZÀ-ỹđĐ'’-]{0,40}") {
            let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
            prop_assert_eq!(search_key(&nfc), search_key(&nfd));
            prop_assert_eq!(exact_key(&nfc), exact_key(&nfd));
        }

        #[test]
        fn a_tidy_line_stays_as_it_is(text in any::<String>()) {
            if let Ok(line) = tidy_line(&text, 200) {
                prop_assert_eq!(tidy_line(&line, 200), Ok(line.clone()));
                prop_assert!(!line.chars().any(is_forbidden) && !line.contains("  "));
            }
        }
    }
}
