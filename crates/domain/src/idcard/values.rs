//! The values of the fields, and what they say about each other.

use super::{IdCardBirth, IdCardCode, IdCardReading, encoding, layout::Layout};
use crate::{
    Sensitive,
    date::{CivilDate, PartialDate},
    name::PersonName,
    number::PersonalNumber,
    registration::{MAX_LINE, Sex},
    text,
};

/// Letters that name and address must have together before missing marks mean anything.
const LETTERS_TO_JUDGE: usize = 12;

/// Reads every field that is there into `reading`, with its errors and warnings.
pub(super) fn fill(reading: &mut IdCardReading, layout: &Layout<'_>) {
    let fields = &layout.fields;
    if layout.extra.iter().any(|text| text.chars().any(text::is_forbidden)) {
        reading.say(IdCardCode::ForbiddenCharacters);
    }
    let mut value = Values {
        reading,
        damaged: layout.damaged,
    };
    let number = value.read(fields.number, IdCardCode::NumberInvalid, |text| {
        PersonalNumber::parse(text).ok()
    });
    let old_id = value.read(fields.old_id, IdCardCode::OldIdInvalid, old_id);
    let name = value.read(fields.name, IdCardCode::NameInvalid, |text| {
        PersonName::parse(text).ok()
    });
    let birth = value.read(fields.birth, IdCardCode::DateInvalid, birth);
    let sex = value.read(fields.sex, IdCardCode::SexInvalid, sex);
    let address = value.read(fields.address, IdCardCode::AddressInvalid, |text| {
        text::tidy_line(text, MAX_LINE).ok().filter(|line| !line.is_empty())
    });
    let issued = value.read(fields.issued, IdCardCode::DateInvalid, full_date);

    if let (Some(name), Some(address)) = (&name, &address) {
        let both = || name.expose().chars().chain(address.chars());
        if both().filter(|c| c.is_alphabetic()).count() > LETTERS_TO_JUDGE
            && !text::has_vietnamese_marks(name.expose())
            && !text::has_vietnamese_marks(address)
        {
            reading.say(IdCardCode::NoDiacritics);
        }
    }
    if let Some(number) = &number {
        if sex.is_some_and(|sex| sex != number.sex()) {
            reading.say(IdCardCode::SexMismatch);
        }
        if birth.is_some_and(|birth| birth.year() != number.birth_year()) {
            reading.say(IdCardCode::BirthYearMismatch);
        }
        if number.province().is_none() {
            reading.say(IdCardCode::PlaceCodeUnknown);
        }
    }
    reading.fields = super::IdCardFields {
        number,
        old_id: old_id.flatten(),
        name,
        birth: birth.map(IdCardBirth::from),
        sex,
        address: address.map(Sensitive::new),
        issued,
    };
}

struct Values<'a> {
    reading: &'a mut IdCardReading,
    damaged: bool,
}

impl Values<'_> {
    fn read<T>(&mut self, text: Option<&str>, code: IdCardCode, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = text?;
        if self.damaged && encoding::shows_damage(text) {
            return None;
        }
        if text.chars().any(text::is_forbidden) {
            self.reading.say(IdCardCode::ForbiddenCharacters);
            return None;
        }
        let value = parse(text);
        if value.is_none() && !self.damaged {
            self.reading.say(code);
        }
        value
    }
}

/// Empty, nine digits (CMND) or twelve (CMND of 2013-2015).
fn old_id(text: &str) -> Option<Option<Sensitive<String>>> {
    let known = matches!(text.len(), 0 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit());
    known.then(|| (!text.is_empty()).then(|| Sensitive::new(text.to_owned())))
}

/// The card prints Nam or Nữ in any case; `Nu` is what is left where all marks are lost.
fn sex(text: &str) -> Option<Sex> {
    match text.to_lowercase().as_str() {
        "nam" => Some(Sex::Male),
        "nữ" | "nu" => Some(Sex::Female),
        _ => None,
    }
}

/// `ddmmyyyy` with zeros for what is not known, `mmyyyy` or `yyyy`; each with slashes where an app wrote it.
fn birth(text: &str) -> Option<PartialDate> {
    if let Ok(date) = text.parse::<CivilDate>() {
        return Some(date.into());
    }
    let digits: String = match text.split('/').collect::<Vec<_>>().as_slice() {
        [digits] => (*digits).to_owned(),
        [month, year] => format!("{month:0>2}{year}"),
        // Zeros for what is not known.
        [day, month, year] => format!("{day:0>2}{month:0>2}{year}"),
        _ => return None,
    };
    if !matches!(digits.len(), 4 | 6 | 8) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{digits:0>8}");
    let number = |from: usize, to: usize| padded[from..to].parse::<u16>().ok();
    let (day, month, year) = (number(0, 2)? as u8, number(2, 4)? as u8, number(4, 8)?);
    match (day, month) {
        (0, 0) => PartialDate::year_only(year),
        (0, month) => PartialDate::month(year, month),
        (day, month) => PartialDate::day(year, month, day),
    }
    .ok()
}

/// An issue date is always whole.
fn full_date(text: &str) -> Option<PartialDate> {
    birth(text).filter(|date| date.precision() == crate::date::Precision::Day)
}
