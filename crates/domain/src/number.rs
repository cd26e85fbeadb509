//! The 12-digit personal identification number (docs/domain.md, personal number).
//!
//! `PPP G YY NNNNNN`: place of birth registration, century and sex, year, six digits. There is no check digit, so
//! what the digits say against the rest of a card is a reason to look again, never to refuse.

use crate::{problem::ProblemCode, registration::Sex, text};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::LazyLock};

/// Code and name of the 63 places of before the mergers; the codes in numbers are unchanged by them.
static PLACES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../../fixtures/pin_places.csv")
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once(','))
        .collect()
});

/// A personal identification number: exactly twelve ASCII digits.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "string"))]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonalNumber(String);

impl PersonalNumber {
    /// Parses twelve digits; spaces between groups do not matter.
    ///
    /// Errors: `pin_empty`, `pin_bad_character` (anything but the digits 0-9: full-width digits too),
    /// `pin_is_old_id` (nine digits: the number of the old identity card), `pin_not_12_digits`, `too_long` (over 40
    /// characters).
    pub fn parse(text: &str) -> Result<Self, ProblemCode> {
        if text::longer_than(text, 40) {
            return Err(ProblemCode::TooLong);
        }
        let mut digits = String::with_capacity(12);
        for c in text.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '\u{a0}' => {}
                _ => return Err(ProblemCode::PinBadCharacter),
            }
        }
        match digits.len() {
            12 => Ok(Self(digits)),
            0 => Err(ProblemCode::PinEmpty),
            9 => Err(ProblemCode::PinIsOldId),
            _ => Err(ProblemCode::PinNot12Digits),
        }
    }

    /// The digits.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Sex by the fourth digit: even is male.
    pub fn sex(&self) -> Sex {
        if self.digit(3).is_multiple_of(2) {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// Birth year by digits 4 to 6: 0/1 mean 19xx, 2/3 20xx, 4/5 21xx and so on.
    pub fn birth_year(&self) -> u16 {
        1900 + 100 * (self.digit(3) / 2) + 10 * self.digit(4) + self.digit(5)
    }

    /// Place of birth registration by its name of before the mergers, if the code is one of the 63. Otherwise it may
    /// be the code of a country.
    pub fn province(&self) -> Option<&'static str> {
        PLACES
            .iter()
            .find(|(code, _)| *code == &self.0[..3])
            .map(|(_, name)| *name)
    }

    /// The last six digits.
    pub fn serial(&self) -> &str {
        &self.0[6..]
    }

    fn digit(&self, at: usize) -> u16 {
        u16::from(self.0.as_bytes()[at] - b'0')
    }
}

impl TryFrom<String> for PersonalNumber {
    type Error = ProblemCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PersonalNumber> for String {
    fn from(number: PersonalNumber) -> Self {
        number.0
    }
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_the_digits_say() {
        for (text, place, sex, year) in [
            ("048188999301", Some("Thành phố Đà Nẵng"), Sex::Female, 1988),
            ("049038999112", Some("Tỉnh Quảng Nam"), Sex::Male, 1938),
            ("048215999414", Some("Thành phố Đà Nẵng"), Sex::Male, 2015),
            ("049319999219", Some("Tỉnh Quảng Nam"), Sex::Female, 2019),
            ("001400999001", Some("Thành phố Hà Nội"), Sex::Male, 2100),
            ("096599999001", Some("Tỉnh Cà Mau"), Sex::Female, 2199),
            ("003688999001", None, Sex::Male, 2288),
            ("999900999001", None, Sex::Female, 2300),
            ("000000000000", None, Sex::Male, 1900),
        ] {
            let number = PersonalNumber::parse(text).unwrap();
            assert_eq!(
                (number.province(), number.sex(), number.birth_year()),
                (place, sex, year),
                "{text}"
            );
            assert_eq!(number.serial(), &text[6..]);
        }
    }

    #[test]
    fn the_list_has_63_places_in_order() {
        assert_eq!(PLACES.len(), 63);
        assert!(PLACES.is_sorted());
        assert!(
            PLACES
                .iter()
                .all(|(code, name)| code.len() == 3 && !name.is_empty() && !name.contains(','))
        );
    }

    #[test]
    fn typed_numbers() {
        for (row, typed, answer) in [
            ("groups", " 048 188 999301 ", Ok("048188999301")),
            ("no-break spaces", "048\u{a0}188\u{a0}999301", Ok("048188999301")),
            ("nothing", " ", Err(ProblemCode::PinEmpty)),
            ("old identity card", "201999123", Err(ProblemCode::PinIsOldId)),
            ("eleven", "04818899930", Err(ProblemCode::PinNot12Digits)),
            ("thirteen", "0481889993011", Err(ProblemCode::PinNot12Digits)),
            ("letter O", "O48188999301", Err(ProblemCode::PinBadCharacter)),
            (
                "full-width digits",
                "０４８１８８９９９３０１",
                Err(ProblemCode::PinBadCharacter),
            ),
            ("Arabic digits", "٠٤٨١٨٨٩٩٩٣٠١", Err(ProblemCode::PinBadCharacter)),
            ("hyphens", "048-188-999301", Err(ProblemCode::PinBadCharacter)),
            ("zero width", "048188\u{200b}999301", Err(ProblemCode::PinBadCharacter)),
        ] {
            assert_eq!(
                PersonalNumber::parse(typed)
                    .as_ref()
                    .map(PersonalNumber::expose)
                    .map_err(|code| *code),
                answer,
                "{row}"
            );
        }
        assert_eq!(PersonalNumber::parse(&" ".repeat(10 << 20)), Err(ProblemCode::TooLong));
    }

    #[test]
    fn nothing_invalid_is_deserialised_and_nothing_is_shown() {
        assert!(serde_json::from_str::<PersonalNumber>("\"123\"").is_err());
        let number: PersonalNumber = serde_json::from_str("\"048 188 999301\"").unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"048188999301\"");
        assert_eq!(format!("{number:?}"), "<redacted>");
    }

    proptest! {
        #[test]
        fn any_twelve_digits_are_a_number(text in "[0-9]{12}") {
            let number = PersonalNumber::parse(&text).unwrap();
            prop_assert_eq!(number.expose(), text);
            prop_assert!((1900..2400).contains(&number.birth_year()));
        }
    }
}
