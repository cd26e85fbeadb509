//! Sentences for people: the codes of the catalogue (`messages/codes`), Vietnamese and English.

use crate::args::Language;
use std::{collections::BTreeMap, sync::OnceLock};

#[derive(serde::Deserialize)]
struct Sentence {
    vi: String,
    en: String,
}

type Family = BTreeMap<String, Sentence>;

/// The families of codes that this program says, each a file of the catalogue. What a window says of live scanning is not
/// among them.
const FAMILIES: [(&str, &str); 13] = [
    ("card", include_str!("../../../messages/codes/card.json")),
    ("code", include_str!("../../../messages/codes/code.json")),
    ("code-next", include_str!("../../../messages/codes/code-next.json")),
    ("command", include_str!("../../../messages/codes/command.json")),
    ("error", include_str!("../../../messages/codes/error.json")),
    ("field", include_str!("../../../messages/codes/field.json")),
    ("hint", include_str!("../../../messages/codes/hint.json")),
    ("job", include_str!("../../../messages/codes/job.json")),
    ("picture", include_str!("../../../messages/codes/picture.json")),
    ("printer", include_str!("../../../messages/codes/printer.json")),
    ("problem", include_str!("../../../messages/codes/problem.json")),
    ("refusal", include_str!("../../../messages/codes/refusal.json")),
    ("stopped", include_str!("../../../messages/codes/stopped.json")),
];

fn table() -> &'static BTreeMap<&'static str, Family> {
    static TABLE: OnceLock<BTreeMap<&'static str, Family>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read = |json| serde_json::from_str(json).expect("the catalogue is checked by a test");
        FAMILIES.iter().map(|(family, json)| (*family, read(json))).collect()
    })
}

/// The sentence for a code of a family, where there is one.
pub fn find(family: &str, code: &str, language: Language) -> Option<&'static str> {
    let sentence = table().get(family)?.get(code)?;
    Some(match language {
        Language::En => &sentence.en,
        Language::Vi => &sentence.vi,
    })
}

/// The sentence for a code of a family; a code without one, as a newer gateway may send it, is shown as it is, so that
/// support can look it up.
pub fn sentence<'a>(family: &str, code: &'a str, language: Language) -> &'a str {
    find(family, code, language).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::{
        AppError,
        paper::printer::{JobState, Trouble},
    };
    use domain::{
        idcard::IdCardCode,
        problem::ProblemCode,
        registration::FieldName,
        state::{QuarantineReason, RefusalCode},
    };
    use protocol::citizen::Standing;
    use serde::Serialize;

    /// Codes of this program itself.
    const OWN: &[&str] = &[
        "usage",
        "home_missing",
        "pin_not_given",
        "new_pin_not_given",
        "not_an_id",
        "not_a_draft",
        "file",
        "output",
        "secret_in_file",
        "pin_to_change",
        "doctor_trouble",
    ];

    const REFUSALS: &[RefusalCode] = &[
        RefusalCode::NameMismatch,
        RefusalCode::BirthMismatch,
        RefusalCode::SexMismatch,
        RefusalCode::NumberUnknown,
        RefusalCode::NumberMissing,
        RefusalCode::CommuneUnknown,
        RefusalCode::NoticeUnknown,
        RefusalCode::ConsentIncomplete,
        RefusalCode::SignatureMissing,
        RefusalCode::RepresentativeMissing,
        RefusalCode::FieldInvalid,
        RefusalCode::CodeTaken,
        RefusalCode::PersonDeceased,
    ];

    const STOPPED: &[QuarantineReason] = &[
        QuarantineReason::DigestConflict,
        QuarantineReason::Unreadable,
        QuarantineReason::WrongRealm,
        QuarantineReason::StaleBase,
    ];

    const FIELDS: &[FieldName] = &[
        FieldName::Name,
        FieldName::Birth,
        FieldName::Sex,
        FieldName::Number,
        FieldName::CardAddress,
        FieldName::Issued,
        FieldName::Commune,
        FieldName::Group,
        FieldName::House,
        FieldName::Phone,
        FieldName::Household,
        FieldName::Representative,
        FieldName::Consent,
        FieldName::Signature,
        FieldName::Indicators,
        FieldName::Code,
        FieldName::Record,
    ];

    const CARD: &[IdCardCode] = &[
        IdCardCode::TooLong,
        IdCardCode::Empty,
        IdCardCode::EncodingDamaged,
        IdCardCode::FieldsShifted,
        IdCardCode::Truncated,
        IdCardCode::TooManyFields,
        IdCardCode::ForbiddenCharacters,
        IdCardCode::NumberInvalid,
        IdCardCode::NameInvalid,
        IdCardCode::DateInvalid,
        IdCardCode::SexInvalid,
        IdCardCode::InputMethod,
        IdCardCode::Repaired,
        IdCardCode::AppCopy,
        IdCardCode::FieldCountUnusual,
        IdCardCode::OldIdInvalid,
        IdCardCode::AddressInvalid,
        IdCardCode::NoDiacritics,
        IdCardCode::SexMismatch,
        IdCardCode::BirthYearMismatch,
        IdCardCode::PlaceCodeUnknown,
    ];

    const STANDINGS: &[Standing] = &[
        Standing::UnknownSigner,
        Standing::Revoked,
        Standing::RevokedSince,
        Standing::Practice,
        Standing::Forged,
    ];

    const JOBS: &[JobState] = &[
        JobState::Waiting,
        JobState::Printing,
        JobState::Done,
        JobState::Failed,
        JobState::Cancelled,
        JobState::Unknown,
    ];

    const TROUBLES: &[Trouble] = &[
        Trouble::Offline,
        Trouble::Stopped,
        Trouble::NotAccepting,
        Trouble::OutOfPaper,
        Trouble::Jam,
        Trouble::CoverOpen,
        Trouble::OutOfInk,
        Trouble::Other,
    ];

    fn named<T: Serialize>(family: &str, all: &[T]) -> Vec<String> {
        all.iter()
            .map(|one| format!("{family}.{}", serde_json::to_value(one).unwrap().as_str().unwrap()))
            .collect()
    }

    /// Every code as `family.code`.
    fn everything() -> Vec<String> {
        let of =
            |family: &str, codes: &[String]| codes.iter().map(|code| format!("{family}.{code}")).collect::<Vec<_>>();
        let owned = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect::<Vec<_>>();
        let errors: Vec<_> = AppError::codes().into_iter().map(str::to_owned).collect();
        let mut codes = of("error", &errors);
        codes.extend(of("command", &owned(OWN)));
        let problems: Vec<_> = ProblemCode::ALL.iter().map(|code| code.code()).collect();
        codes.extend(of("problem", &owned(&problems)));
        codes.extend(named("refusal", REFUSALS));
        codes.extend(named("stopped", STOPPED));
        codes.extend(named("field", FIELDS));
        codes.extend(named("card", CARD));
        codes.extend(named("code", STANDINGS));
        codes.extend(named("code-next", STANDINGS));
        codes.extend(named(
            "code",
            &["code_length", "code_character", "code_mistyped", "not_our_code"],
        ));
        codes.extend(named("job", JOBS));
        codes.extend(named("printer", TROUBLES));
        codes.extend(named("picture", &["not_a_picture", "too_large", "damaged", "no_code"]));
        codes.sort();
        codes.dedup();
        codes
    }

    #[test]
    fn every_code_that_can_reach_a_person_has_a_sentence() {
        let missing: Vec<_> = everything()
            .into_iter()
            .filter(|code| {
                let (family, code) = code.split_once('.').unwrap();
                find(family, code, Language::Vi).is_none()
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn the_lists_above_hold_what_their_types_hold() {
        let count = |source: &str, start: &str| {
            let body = source.split(start).nth(1).unwrap();
            let body = &body[..body.find("\n}").unwrap()];
            body.lines().filter(|line| line.ends_with(',')).count()
        };
        let state = include_str!("../../domain/src/state.rs");
        let fields = include_str!("../../domain/src/registration/mod.rs");
        let card = include_str!("../../domain/src/idcard.rs");
        let printer = include_str!("../../app/src/paper/printer.rs");
        assert_eq!(count(printer, "pub enum JobState {"), JOBS.len());
        assert_eq!(count(printer, "pub enum Trouble {"), TROUBLES.len());
        assert_eq!(count(state, "pub enum RefusalCode {"), REFUSALS.len());
        assert_eq!(count(state, "pub enum QuarantineReason {"), STOPPED.len());
        assert_eq!(count(fields, "pub enum FieldName {"), FIELDS.len());
        assert_eq!(count(card, "pub enum IdCardCode {"), CARD.len());
    }

    #[test]
    fn an_error_says_what_happened_what_is_safe_and_what_to_do() {
        let whole = ["error", "command"]
            .into_iter()
            .flat_map(|family| table()[family].iter());
        for (code, said) in whole.filter(|(code, _)| *code != "usage") {
            for text in [&said.vi, &said.en] {
                let parts = text
                    .split(['.', ';', ':'])
                    .filter(|part| !part.trim().is_empty())
                    .count();
                assert!(parts >= 2, "{code}: {text}");
            }
            let calm = [
                "safe",
                "othing",
                "untouched",
                "unchanged",
                "not ",
                "stay",
                "No record",
                "no saved record",
                "still",
            ];
            assert!(calm.iter().any(|word| said.en.contains(word)), "{code}: {}", said.en);
        }
    }

    #[test]
    fn every_sentence_is_vietnamese_and_english() {
        for (code, sentence) in table().values().flatten() {
            assert_ne!(sentence.vi, sentence.en, "{code}");
            assert!(
                !sentence.vi.is_ascii(),
                "{code}: Vietnamese without a single mark: {}",
                sentence.vi
            );
        }
    }
}
