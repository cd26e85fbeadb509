//! Sentences for people, as data (`messages.json`): code -> Vietnamese and English.

use crate::args::Language;
use std::{collections::BTreeMap, sync::OnceLock};

#[derive(serde::Deserialize)]
struct Sentence {
    vi: String,
    en: String,
}

fn table() -> &'static BTreeMap<String, Sentence> {
    static TABLE: OnceLock<BTreeMap<String, Sentence>> = OnceLock::new();
    TABLE.get_or_init(|| {
        serde_json::from_str(include_str!("messages.json")).expect("messages.json is checked by a test")
    })
}

/// The sentence for a code; a code without one is shown as it is, so that support can look it up.
pub fn sentence(code: &str, language: Language) -> String {
    match table().get(code) {
        Some(sentence) if language == Language::En => sentence.en.clone(),
        Some(sentence) => sentence.vi.clone(),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_exists_in_both_languages() {
        for (code, sentence) in table() {
            assert!(
                !sentence.vi.trim().is_empty() && !sentence.en.trim().is_empty(),
                "{code}"
            );
        }
    }
}
