//! Vietnamese phone numbers (docs/domain.md, phones). The carrier is never deduced: numbers are ported.

use crate::{problem::ProblemCode, text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Two-digit beginnings (after the 0) of mobile numbers that are in use. Another beginning is only doubtful: ranges are
/// opened without asking this program.
const MOBILE_IN_USE: [&str; 35] = [
    "32", "33", "34", "35", "36", "37", "38", "39", "52", "55", "56", "58", "59", "70", "76", "77", "78", "79", "81",
    "82", "83", "84", "85", "86", "87", "88", "89", "90", "91", "92", "93", "94", "96", "97", "98",
];
/// `099` is in use too, but only in part.
const MOBILE_IN_USE_PARTLY: &str = "99";
/// Đà Nẵng and the former Quảng Nam.
const LANDLINE_HERE: [&str; 2] = ["236", "235"];
/// The same two places until 2017.
const LANDLINE_DEAD: [&str; 2] = ["511", "510"];

/// A phone number in its national form: a mobile number of ten digits or a landline of eleven, beginning with 0.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Parses what was typed: `0`, `+84`, `84` or `0084`, then the number; spaces, dots, hyphens and brackets between
    /// the digits do not matter.
    ///
    /// Errors: `phone_empty`, `phone_bad_character`, `phone_too_short`, `phone_too_long`, `phone_unknown_prefix` (no
    /// such kind of number), `phone_old_11_digits` (a mobile number of before 2018, dead; the new one must be asked
    /// for), `phone_old_landline` (area codes 0511 and 0510 of before 2017, dead), `too_long` (over 40 characters).
    pub fn parse(text: &str) -> Result<Self, ProblemCode> {
        if text::longer_than(text, 40) {
            return Err(ProblemCode::TooLong);
        }
        let text = text.trim();
        let (international, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut digits = String::with_capacity(16);
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '\u{a0}' | '.' | '-' | '\u{2010}'..='\u{2013}' | '(' | ')' => {}
                _ => return Err(ProblemCode::PhoneBadCharacter),
            }
        }
        if digits.is_empty() {
            return Err(ProblemCode::PhoneEmpty);
        }
        let abroad = digits.strip_prefix("00").filter(|_| !international);
        let subscriber = match (international, abroad) {
            (true, _) => digits.strip_prefix("84"),
            (_, Some(rest)) => rest.strip_prefix("84"),
            (_, None) => digits.strip_prefix('0').or_else(|| digits.strip_prefix("84")),
        };
        let subscriber = subscriber.ok_or(ProblemCode::PhoneUnknownPrefix)?;
        // Digits after the 0.
        let wanted = match subscriber.as_bytes().first() {
            Some(b'1') if subscriber.len() == 10 => return Err(ProblemCode::PhoneOld11Digits),
            Some(b'5') if subscriber.len() == 10 && LANDLINE_DEAD.contains(&&subscriber[..3]) => {
                return Err(ProblemCode::PhoneOldLandline);
            }
            Some(b'3' | b'5' | b'7' | b'8' | b'9') => 9,
            Some(b'2') => 10,
            Some(_) => return Err(ProblemCode::PhoneUnknownPrefix),
            None => return Err(ProblemCode::PhoneTooShort),
        };
        match subscriber.len() {
            len if len < wanted => Err(ProblemCode::PhoneTooShort),
            len if len > wanted => Err(ProblemCode::PhoneTooLong),
            _ => Ok(Self(format!("0{subscriber}"))),
        }
    }

    /// The national form: `0905123456`, `02363123456`.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The prefix is not one in use here: worth a second look, never a refusal. A landline outside Đà Nẵng and the
    /// former Quảng Nam is doubtful too.
    pub fn is_doubtful(&self) -> bool {
        let subscriber = &self.0[1..];
        match subscriber.as_bytes()[0] {
            b'2' => !LANDLINE_HERE.contains(&&subscriber[..3]),
            _ => !MOBILE_IN_USE.contains(&&subscriber[..2]) && !subscriber.starts_with(MOBILE_IN_USE_PARTLY),
        }
    }
}

impl TryFrom<String> for Phone {
    type Error = ProblemCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ways_to_write_one_number() {
        for typed in [
            "0905999123",
            "+84905999123",
            "84905999123",
            "0084905999123",
            "0905 999 123",
            "0905.999.123",
            " +84 (905) 999-123 ",
            "(0905) 999\u{a0}123",
            "+84 905 999 123",
        ] {
            assert_eq!(
                Phone::parse(typed).map(String::from).as_deref(),
                Ok("0905999123"),
                "{typed}"
            );
        }
    }

    #[test]
    fn kinds_of_numbers() {
        for (row, typed, answer) in [
            ("mobile 03", "0325999123", Ok(("0325999123", false))),
            ("mobile 05", "0565999123", Ok(("0565999123", false))),
            ("mobile 07", "0765999123", Ok(("0765999123", false))),
            ("mobile 08", "0845999123", Ok(("0845999123", false))),
            (
                "84 at the start of a national mobile",
                "84845999123",
                Ok(("0845999123", false)),
            ),
            ("mobile 099", "0995999123", Ok(("0995999123", false))),
            ("doubtful 031", "0315999123", Ok(("0315999123", true))),
            ("doubtful 095", "0955999123", Ok(("0955999123", true))),
            ("landline of Đà Nẵng", "0236 3999 123", Ok(("02363999123", false))),
            ("landline of Quảng Nam", "+84 235 3999123", Ok(("02353999123", false))),
            ("landline elsewhere", "024 3999 9123", Ok(("02439999123", true))),
            ("old eleven digits", "01689999123", Err(ProblemCode::PhoneOld11Digits)),
            (
                "old eleven digits from abroad",
                "+84 1229999123",
                Err(ProblemCode::PhoneOld11Digits),
            ),
            (
                "old landline of Đà Nẵng",
                "0511 3999123",
                Err(ProblemCode::PhoneOldLandline),
            ),
            (
                "old landline of Quảng Nam",
                "0510 3999123",
                Err(ProblemCode::PhoneOldLandline),
            ),
            ("04", "0405999123", Err(ProblemCode::PhoneUnknownPrefix)),
            ("06", "0605999123", Err(ProblemCode::PhoneUnknownPrefix)),
            ("without 0", "905999123", Err(ProblemCode::PhoneUnknownPrefix)),
            ("abroad", "+1 905 999 1234", Err(ProblemCode::PhoneUnknownPrefix)),
            ("abroad by 00", "001 905 999 1234", Err(ProblemCode::PhoneUnknownPrefix)),
            ("one digit short", "090599912", Err(ProblemCode::PhoneTooShort)),
            ("one digit more", "09059991234", Err(ProblemCode::PhoneTooLong)),
            ("landline short", "0236399912", Err(ProblemCode::PhoneTooShort)),
            ("country code alone", "+84", Err(ProblemCode::PhoneTooShort)),
            ("letters", "0905ABC123", Err(ProblemCode::PhoneBadCharacter)),
            (
                "two numbers",
                "0905999123/0905999124",
                Err(ProblemCode::PhoneBadCharacter),
            ),
            ("full-width digits", "０905999123", Err(ProblemCode::PhoneBadCharacter)),
            ("plus inside", "0905+999123", Err(ProblemCode::PhoneBadCharacter)),
            ("nothing", "  ", Err(ProblemCode::PhoneEmpty)),
        ] {
            let read = Phone::parse(typed);
            let read = read
                .as_ref()
                .map(|phone| (phone.expose(), phone.is_doubtful()))
                .map_err(|code| *code);
            assert_eq!(read, answer, "{row}");
        }
        assert_eq!(Phone::parse(&"0 ".repeat(21)), Err(ProblemCode::TooLong));
    }

    #[test]
    fn nothing_invalid_is_deserialised_and_nothing_is_shown() {
        assert!(serde_json::from_str::<Phone>("\"0405999123\"").is_err());
        let phone: Phone = serde_json::from_str("\"+84905999123\"").unwrap();
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"0905999123\"");
        assert_eq!(format!("{phone:?}"), "<redacted>");
    }

    proptest! {
        #[test]
        fn a_parsed_number_parses_to_itself_in_every_form(text in "(0|\\+84|84|0084)[2-9][0-9]{8,9}") {
            if let Ok(phone) = Phone::parse(&text) {
                let subscriber = &phone.expose()[1..];
                for prefix in ["0", "+84", "84", "0084"] {
                    prop_assert_eq!(Phone::parse(&format!("{prefix}{subscriber}")), Ok(phone.clone()));
                }
                let _ = phone.is_doubtful();
            }
        }

        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            if let Ok(phone) = Phone::parse(&text) {
                let _ = phone.is_doubtful();
            }
        }
    }
}
