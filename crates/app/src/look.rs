//! How the window looks for whoever works at this machine: theme, hand, language. Kept beside the devices and not inside
//! one, since the page that asks for a PIN is read in the same sunlight. Nothing personal is in it.

use crate::AppError;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Colours of the window.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Indoors.
    #[default]
    Light,
    /// Sunlight: highest contrast.
    Sun,
    /// At night.
    Dark,
}

/// The hand that holds no tablet.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// Buttons at the right thumb.
    #[default]
    Right,
    /// Buttons at the left thumb.
    Left,
}

/// Language of the window.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

/// How the window looks.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Colours.
    pub theme: Theme,
    /// What sunlight goes back to.
    pub indoors: Theme,
    /// Where the buttons are.
    pub hand: Hand,
    /// Language.
    pub language: Language,
}

/// More bytes than this are not a look.
const LONGEST: u64 = 1_024;

impl Look {
    /// What was kept, else the look of a new machine: a file that cannot be read keeps nobody from working.
    pub fn load(path: &Path) -> Self {
        let kept = std::fs::metadata(path)
            .ok()
            .filter(|file| file.len() <= LONGEST)
            .and_then(|_| std::fs::read(path).ok());
        kept.and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Keeps it for the next start.
    ///
    /// # Errors
    /// `disk`, `disk_full`; the window looks as asked all the same, until it is closed.
    pub fn save(&self, path: &Path) -> Result<(), AppError> {
        let bytes = serde_json::to_vec(self).map_err(|_| AppError::Refused(Refusal::MalformedArguments))?;
        Ok(store::write_private(path, &bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_kept_and_a_strange_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("look.json");
        assert_eq!(Look::load(&path), Look::default());
        let look = Look {
            theme: Theme::Sun,
            indoors: Theme::Dark,
            hand: Hand::Left,
            language: Language::En,
        };
        look.save(&path).unwrap();
        assert_eq!(Look::load(&path), look);
        for strange in ["", "{", "[]", r#"{"theme":"purple"}"#] {
            std::fs::write(&path, strange).unwrap();
            assert_eq!(Look::load(&path), Look::default(), "{strange}");
        }
        // What an older program did not know yet takes its usual value.
        std::fs::write(&path, r#"{"theme":"sun"}"#).unwrap();
        assert_eq!(Look::load(&path).theme, Theme::Sun);
    }
}
