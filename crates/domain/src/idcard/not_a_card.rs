//! What is not a national ID card. The format of a VNeID code is not public and may change, so every guess about it
//! is here.

use super::IdCardKind;

/// Shortest text without a separator that counts as an opaque VNeID code.
const MIN_OPAQUE: usize = 64;

/// Says what the text is if it is not a card's. A damaged or cut card is still a card.
pub(super) fn recognise(text: &str) -> Option<IdCardKind> {
    let fields: Vec<&str> = text.split('|').map(str::trim).collect();
    if is_vneid(text) {
        Some(IdCardKind::Vneid)
    } else if is_health_insurance(&fields) {
        Some(IdCardKind::HealthInsurance)
    } else if is_personal_qr(&fields) {
        Some(IdCardKind::PersonalQr)
    } else if is_idcard(&fields) {
        None
    } else {
        Some(IdCardKind::Unknown)
    }
}

/// A link or prefix that names VNeID, a JSON object, a JSON web token, or one long run of base64.
fn is_vneid(text: &str) -> bool {
    let starts_with = |prefix: &str| {
        text.get(..prefix.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    if starts_with("vneid") {
        return true;
    }
    if starts_with("http://") || starts_with("https://") {
        let host = text.split('/').nth(2).unwrap_or_default().to_ascii_lowercase();
        let host = host.split([':', '?', '#']).next().unwrap_or_default();
        return host.split('.').any(|label| label == "vneid");
    }
    if text.starts_with('{') && text.ends_with('}') {
        return serde_json::from_str::<serde_json::Map<_, _>>(text).is_ok();
    }
    let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=' | '.');
    if !text.chars().all(of_token) {
        return false;
    }
    let is_token = text.starts_with("eyJ") && text.split('.').count() == 3;
    // Bank codes (EMVCo) are long runs of letters and digits too, but begin with the payload format.
    let is_mixed = [char::is_ascii_lowercase, char::is_ascii_uppercase, char::is_ascii_digit]
        .iter()
        .all(|class| text.chars().any(|c| class(&c)));
    is_token || (text.len() >= MIN_OPAQUE && is_mixed && !text.starts_with("000201") && !text.contains('.'))
}

/// `insurance number | name in hexadecimal UTF-8 | birth dd/mm/yyyy | sex | … | $`
fn is_health_insurance(fields: &[&str]) -> bool {
    let [number, name, ..] = fields else { return false };
    let has_number = match number.as_bytes() {
        [b'A'..=b'Z', b'A'..=b'Z', rest @ ..] => rest.len() == 13 && rest.iter().all(u8::is_ascii_digit),
        digits => digits.len() == 10 && digits.iter().all(u8::is_ascii_digit),
    };
    let ends = fields.len() >= 6 && fields.last().is_some_and(|last| last.ends_with('$'));
    let is_number = number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit());
    let in_hex = is_hex_text(name);
    (in_hex && (ends || !is_number)) || (ends && has_number)
}

fn is_hex_text(text: &str) -> bool {
    if text.len() < 4 || !text.is_ascii() {
        return false;
    }
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[a, b]| Some(digit(*a)? << 4 | digit(*b)?)).collect();
    odd.is_empty()
        && bytes
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .is_some_and(|name| {
                name.chars()
                    .all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '’' | '-'))
            })
}

/// `ID | name | yyyy-mm-dd | 0 or 1 | QID |`
fn is_personal_qr(fields: &[&str]) -> bool {
    let iso = |date: &str| {
        let date = date.as_bytes();
        date.len() == 10
            && date.iter().enumerate().all(|(at, byte)| {
                if matches!(at, 4 | 7) {
                    *byte == b'-'
                } else {
                    byte.is_ascii_digit()
                }
            })
    };
    matches!(fields, [_, _, birth, "0" | "1", ..] if iso(birth))
}

/// A personal number in front, or two other traits of a card.
fn is_idcard(fields: &[&str]) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let first = fields.first().copied().unwrap_or_default();
    if first.len() == 12 && digits(first) == 12 {
        return true;
    }
    let is_date = |field: &str| match field.split('/').collect::<Vec<_>>().as_slice() {
        [date] => date.len() == 8 && digits(date) == 8,
        [day, month, year] => digits(day) == day.len() && digits(month) == month.len() && digits(year) == 4,
        _ => false,
    };
    let traits = [
        (9..=16).contains(&first.chars().count()) && digits(first) >= 8,
        matches!(fields.len(), 6 | 7 | 10 | 11),
        fields.iter().any(|field| is_date(field)),
        fields
            .iter()
            .any(|field| matches!(field.to_lowercase().as_str(), "nam" | "nữ" | "nu")),
    ];
    fields.len() > 1 && traits.into_iter().filter(|holds| *holds).count() >= 2
}
