//! What a scanner that acts as a keyboard typed: it passes through whatever input method is switched on, and comes out changed.
//!
//! An input method changes all or nothing: with Telex `Nguyễn` may come as `Nguyeenx` or lose its marks, with VNI as
//! `Nguye6n4`; a keyboard layout of another language moves `|`, the Vietnamese one also the digits. Some of it still looks
//! like a card, so it is not left to the card's own rules. A picture or a serial scanner never comes this way.

use super::{IdCardCode, IdCardReading, IdCardStatus};
use unicode_normalization::UnicodeNormalization as _;

/// Letters after the number that nobody types by accident.
const LETTERS: usize = 4;
/// Separators of a whole card that are too many to be chance.
const SEPARATORS: usize = 5;
/// Words of a name that look spelled in Telex. One alone may be a name of another people (`Coor`, `Alăng`).
const SPELLED: usize = 2;

/// True when the text was changed on its way through the keyboard.
pub(super) fn is_mangled(text: &str, reading: &IdCardReading) -> bool {
    use IdCardCode::{EncodingDamaged, NameInvalid, NoDiacritics, SexInvalid};
    let text = text.trim();
    let damaged = [EncodingDamaged, NameInvalid, NoDiacritics, SexInvalid]
        .iter()
        .any(|code| reading.codes.contains(code));
    let looks_like_an_idcard = reading.status != IdCardStatus::NotACard;
    (damaged && looks_like_an_idcard) || lost_separators(text) || lost_digits(text) || is_spelled(reading)
}

/// A personal number, then letters, and not one separator.
fn lost_separators(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits >= 12
        && !text.contains('|')
        && text
            .get(digits..)
            .is_some_and(|rest| rest.chars().filter(|c| c.is_alphabetic()).count() >= LETTERS)
}

/// The separators of a card, but letters where its number should be: the upper row of a Vietnamese layout types `đăâêô`.
fn lost_digits(text: &str) -> bool {
    let number = text.split('|').next().unwrap_or_default();
    text.matches('|').count() >= SEPARATORS
        && !number.is_empty()
        && !number.bytes().any(|byte| byte.is_ascii_digit())
        && number
            .nfd()
            .all(|c| matches!(c, 'đ' | 'a' | 'e' | 'o' | '\u{300}'..='\u{36f}'))
}

/// The keys of Telex instead of the letters they stand for: a vowel or d twice, w for a horn, and the tone at the end.
fn is_spelled(reading: &IdCardReading) -> bool {
    let Some(name) = &reading.fields.name else { return false };
    let spelled = |word: &str| {
        let word = word.to_lowercase();
        let keys = ["aa", "ee", "oo", "dd", "aw", "ow", "uw"];
        word.is_ascii() && (keys.iter().any(|key| word.contains(key)) || ends_in_a_tone(&word))
    };
    name.expose().split_whitespace().filter(|word| spelled(word)).count() >= SPELLED
}

/// No Vietnamese syllable ends in s, f, r, x or j.
fn ends_in_a_tone(word: &str) -> bool {
    let before = word.strip_suffix(['s', 'f', 'r', 'x', 'j']).unwrap_or_default();
    before.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

#[cfg(test)]
mod tests {
    use crate::idcard::{IdCardCode, IdCardStatus, read, read_typed};

    #[test]
    fn a_card_through_an_input_method_is_refused_whatever_became_of_it() {
        for (what, text) in [
            (
                "Telex",
                "048188999301||Traanf Thij Myx Hanhj|09021988|Nuwx|Thachj Thang, Hair Chaau, DDaf Nawngx|10052022",
            ),
            (
                "Telex, only the name",
                "048188999301||Nguyeenx Vawn An|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022",
            ),
            (
                "VNI",
                "048188999301||Tra6n2 Thi5 My4 Hanh5|09021988|Nu74|Tha5ch Thang, Ha3i Cha6u, D9a2 Na8ng4|10052022",
            ),
            (
                "marks dropped",
                "048188999301||Tran Thi My Hanh|09021988|Nu|Thach Thang, Hai Chau, Da Nang|10052022",
            ),
            (
                "letters dropped",
                "048188999301||Trn Th M Hnh|09021988|N|Thch Thang, Hi Chu,  Nng|10052022",
            ),
            (
                "marks replaced",
                "048188999301||Tr?n Th? M? H?nh|09021988|N?|Th?ch Thang, H?i Châu, Đà N?ng|10052022",
            ),
            (
                "separators lost",
                "048188999301Trần Thị Mỹ Hạnh09021988NữThạch Thang, Hải Châu, Đà Nẵng10052022",
            ),
            (
                "separators moved",
                "048188999301}}Trần Thị Mỹ Hạnh}09021988}Nữ}Thạch Thang, Hải Châu, Đà Nẵng}10052022",
            ),
            (
                "the Vietnamese layout",
                "đốăậậđă||Trần Thị Mỹ Hạnh|đẹđââă||Thạch Thang, Hải Châu, Đà Nẵng|ăđđ",
            ),
        ] {
            let reading = read_typed(text);
            assert_eq!(
                (reading.status, &reading.codes[..]),
                (IdCardStatus::Error, &[IdCardCode::InputMethod][..]),
                "{what}"
            );
            assert!(
                reading.to_draft_fields().is_none() && reading.fields.name.is_none(),
                "{what}"
            );
        }
    }

    #[test]
    fn what_arrives_whole_is_read_as_from_a_picture() {
        for text in [
            "048188999301||Trần Thị Mỹ Hạnh|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022",
            "049188999301||Coor Thị Nghỉ|1958|Nữ|A Tiêng, Tây Giang, Quảng Nam|10052022\r\n",
            "049188999301||Coor Linh|1958|Nữ|Chung cư Blooming Tower, Hải Châu, Đà Nẵng|10052022",
            "048188999301||Trần Thị",
            "vneid://session/1",
            "048188999301",
            "00020101021238570010A000000727",
            "",
        ] {
            assert_eq!(read_typed(text), read(text.as_bytes()), "{text}");
        }
    }
}
