//! Which field is which.

use super::{IdCardCode, IdCardKind, encoding::Decoded};
use crate::text;

/// Fields of a CCCD, and the first of a Căn cước.
const FIELDS: usize = 7;
/// Fields of a Căn cước.
const FIELDS_NEW: usize = 11;

/// The seven fields in the card's order, each only where it is certain.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) number: Option<&'a str>,
    pub(super) old_id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) birth: Option<&'a str>,
    pub(super) sex: Option<&'a str>,
    pub(super) address: Option<&'a str>,
    pub(super) issued: Option<&'a str>,
}

/// How the text is divided.
pub(super) struct Layout<'a> {
    pub(super) kind: IdCardKind,
    pub(super) codes: Vec<IdCardCode>,
    pub(super) fields: Fields<'a>,
    /// Everything after the seventh field.
    pub(super) extra: Vec<&'a str>,
    /// Letters are lost: a field that does not read well says nothing about the card.
    pub(super) damaged: bool,
}

impl<'a> Fields<'a> {
    fn take(fields: &[&'a str]) -> Self {
        let at = |at: usize| fields.get(at).copied();
        Self {
            number: at(0),
            old_id: at(1),
            name: at(2),
            birth: at(3),
            sex: at(4),
            address: at(5),
            issued: at(6),
        }
    }

    /// The same when the empty second field is gone.
    fn take_shifted(fields: &[&'a str]) -> Self {
        let at = |at: usize| fields.get(at).copied();
        Self {
            number: at(0),
            old_id: None,
            name: at(1),
            birth: at(2),
            sex: at(3),
            address: at(4),
            issued: at(5),
        }
    }
}

/// Finds the fields of a text that [`super::foreign`] took for a card's.
pub(super) fn find(decoded: &Decoded) -> Layout<'_> {
    let parts: Vec<&str> = decoded
        .text
        .split('|')
        .map(|part| part.trim_matches(|c: char| c.is_whitespace() && !text::is_forbidden(c)))
        .collect();
    let count = parts.len();
    let kind = match count {
        FIELDS => IdCardKind::Cccd,
        8..=FIELDS_NEW => IdCardKind::CanCuoc,
        _ => IdCardKind::Unknown,
    };
    let shifted = parts.get(1).is_some_and(|second| is_name(second));
    let slashes = parts.iter().skip(2).any(|part| is_slashed_date(part));
    let layout = |kind, codes: &[IdCardCode], fields, kept: usize| Layout {
        kind,
        codes: codes.to_vec(),
        fields,
        extra: parts.get(kept..).unwrap_or_default().to_vec(),
        damaged: decoded.damaged,
    };

    if decoded.damaged {
        // A wrong character set can swallow a separator: with an odd number of fields only the first has its place.
        let fields = match count {
            FIELDS | FIELDS_NEW if !shifted => Fields::take(&parts),
            _ => Fields::take(&parts[..1]),
        };
        return layout(kind, &[IdCardCode::EncodingDamaged], fields, FIELDS);
    }
    let cut_date =
        count == FIELDS && parts[FIELDS - 1].len() < 8 && parts[FIELDS - 1].bytes().all(|b| b.is_ascii_digit());
    if decoded.cut || cut_date || count < FIELDS - 1 || (count < FIELDS && !shifted) {
        // The last field may lack its end, so it is not read; whether more would have followed cannot be known.
        let complete = &parts[..(count - 1).min(FIELDS)];
        let fields = if shifted {
            Fields::take_shifted(complete)
        } else {
            Fields::take(complete)
        };
        return layout(IdCardKind::Unknown, &[IdCardCode::Truncated], fields, FIELDS);
    }
    if count > FIELDS_NEW {
        return layout(
            IdCardKind::Unknown,
            &[IdCardCode::TooManyFields],
            Fields::take(&parts[..1]),
            FIELDS,
        );
    }
    if shifted {
        let kind = if count < FIELDS_NEW - 1 {
            IdCardKind::Cccd
        } else {
            IdCardKind::CanCuoc
        };
        let code = if slashes {
            IdCardCode::AppCopy
        } else {
            IdCardCode::FieldsShifted
        };
        return layout(kind, &[code], Fields::take_shifted(&parts), FIELDS - 1);
    }
    let unusual = !matches!(count, FIELDS | FIELDS_NEW);
    let codes: Vec<IdCardCode> = [(slashes, IdCardCode::AppCopy), (unusual, IdCardCode::FieldCountUnusual)]
        .into_iter()
        .filter_map(|(holds, code)| holds.then_some(code))
        .collect();
    layout(kind, &codes, Fields::take(&parts), FIELDS)
}

/// Letters and no digit: not an old ID number.
fn is_name(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_numeric)
}

/// `09/02/1988`, not an address with house numbers.
fn is_slashed_date(text: &str) -> bool {
    let mut parts = text.rsplit('/');
    let is_year = parts
        .next()
        .is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    let mut rest = parts.peekable();
    is_year && rest.peek().is_some() && rest.all(|part| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()))
}
