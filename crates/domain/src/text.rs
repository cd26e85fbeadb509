//! Text as people type it and as it is searched.

/// NFC, spaces squeezed and trimmed; refuses control, bidi and zero-width characters (`forbidden_characters`) and
/// more than `max` characters (`too_long`). The length is checked before anything is copied.
pub fn tidy_line(text: &str, max: usize) -> Result<String, &'static str> {
    let _ = (text, max);
    Err("unfinished")
}

/// The search key: NFD, marks dropped, đ -> d, lower case, spaces squeezed (FACTS: names).
pub fn search_key(text: &str) -> String {
    text.to_owned()
}
