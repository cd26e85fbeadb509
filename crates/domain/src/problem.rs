//! What stops a draft, or what a volunteer should look at, as stable codes: each has its sentence in `messages/codes/problem.json`.

use serde::{Deserialize, Serialize};

crate::codes! {
    /// What is wrong with a field of a draft (`registration::Draft::finish`, `Draft::warnings` and the parsers of the fields).
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    #[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
    #[serde(rename_all = "snake_case")]
    pub enum ProblemCode {
        /// Nothing is there, and it must be.
        Missing => "missing",
        /// No date of the calendar.
        DateInvalid => "date_invalid",
        /// Born after today.
        BirthInFuture => "birth_in_future",
        /// Born more than 130 years ago.
        BirthTooLongAgo => "birth_too_long_ago",
        /// Neither of the two words the card uses.
        SexInvalid => "sex_invalid",
        /// A number, and the box that there is none.
        NumberAndNoNumber => "number_and_no_number",
        /// Typed, not scanned: it is typed a second time.
        TypeTwice => "type_twice",
        /// The two do not agree.
        TypedDifferently => "typed_differently",
        /// No commune of that code, or none any more.
        CommuneUnknown => "commune_unknown",
        /// The person has to sign.
        OwnSignatureMissing => "own_signature_missing",
        /// A representative has to sign.
        RepresentativeSignatureMissing => "representative_signature_missing",
        /// A representative has to be named.
        RepresentativeMissing => "representative_missing",
        /// A drawing without a stroke.
        SignatureEmpty => "signature_empty",
        /// More strokes than a name has.
        SignatureTooLong => "signature_too_long",
        /// Whoever registers is no witness.
        WitnessIsOperator => "witness_is_operator",
        /// A mark or a spoken yes needs a witness.
        WitnessMissing => "witness_missing",
        /// The notice was not shown before the answers.
        NoticeNotShown => "notice_not_shown",
        /// A purpose without an answer.
        Unanswered => "unanswered",
        /// Nobody represents themselves.
        SamePerson => "same_person",
        /// Not an answer this question has.
        IndicatorInvalid => "indicator_invalid",
        /// More characters than the field has.
        TooLong => "too_long",
        /// Control, direction or invisible characters.
        ForbiddenCharacters => "forbidden_characters",
        /// No letter in it.
        NameEmpty => "name_empty",
        /// A digit in a name.
        NameHasDigit => "name_has_digit",
        /// A character that no name has.
        NameBadCharacter => "name_bad_character",
        /// No digit in it.
        PinEmpty => "pin_empty",
        /// Something that is no digit.
        PinBadCharacter => "pin_bad_character",
        /// Nine digits: the number of an old identity card.
        PinIsOldId => "pin_is_old_id",
        /// Not twelve digits.
        #[serde(rename = "pin_not_12_digits")]
        PinNot12Digits => "pin_not_12_digits",
        /// No digit in it.
        PhoneEmpty => "phone_empty",
        /// Something that no telephone number has.
        PhoneBadCharacter => "phone_bad_character",
        /// Too few digits.
        PhoneTooShort => "phone_too_short",
        /// Too many digits.
        PhoneTooLong => "phone_too_long",
        /// No prefix that is in use.
        PhoneUnknownPrefix => "phone_unknown_prefix",
        /// An eleven-digit number of before 2018.
        #[serde(rename = "phone_old_11_digits")]
        PhoneOld11Digits => "phone_old_11_digits",
        /// A landline of before 2017.
        PhoneOldLandline => "phone_old_landline",
        /// A real number in practice.
        RealCardInDemo => "real_card_in_demo",
        /// A practice person among real ones.
        PracticePerson => "practice_person",
        /// A prefix that is not on the list: looked at, not refused.
        PrefixDoubtful => "prefix_doubtful",
        /// The number says the other sex.
        SexMismatch => "sex_mismatch",
        /// The number says another year.
        BirthYearMismatch => "birth_year_mismatch",
        /// The number begins with no known place.
        PlaceCodeUnknown => "place_code_unknown",
    }
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for ProblemCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_code() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
        }
    }
}
