//! Versions of the notice that residents agree to (`fixtures/notices/`).
//!
//! A consent keeps version and hash (Law 91/2025: provable consent), so a released text never changes: another wording is
//! another version.

use crate::ids::Digest;
use sha2::{Digest as _, Sha256};

/// One version.
#[derive(Debug, PartialEq, Eq)]
pub struct Notice {
    /// Version number, counted from 1.
    pub version: u16,
    /// The text that is shown, read aloud, printed and agreed to, as Markdown.
    pub vietnamese: &'static str,
    /// A translation for people who run the program; nobody agrees to it.
    pub english: &'static str,
}

/// All versions this program knows, oldest first. Old ones stay: a correction carries the consent of its day.
static NOTICES: [Notice; 1] = [Notice {
    version: 1,
    vietnamese: include_str!("../../../fixtures/notices/0001.vi.md"),
    english: include_str!("../../../fixtures/notices/0001.en.md"),
}];

impl Notice {
    /// SHA-256 of the bytes of the Vietnamese text.
    pub fn hash(&self) -> Digest {
        Digest(Sha256::digest(self.vietnamese.as_bytes()).into())
    }

    /// The purposes in their order, in the words of the Vietnamese text: its numbered lines.
    pub fn purposes(&self) -> Vec<&'static str> {
        self.vietnamese
            .lines()
            .filter_map(|line| line.split_once(". "))
            .filter(|(number, _)| number.parse::<u8>().is_ok())
            .map(|(_, purpose)| purpose.trim())
            .collect()
    }
}

/// The notice of this version, if this program knows it.
pub fn by_version(version: u16) -> Option<&'static Notice> {
    NOTICES.iter().find(|notice| notice.version == version)
}

/// The newest notice: the one to show.
pub fn current() -> &'static Notice {
    let [.., newest] = &NOTICES;
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody signed these bytes. If this fails, the change belongs into a new version.
    #[test]
    fn released_texts_never_change() {
        let hashes = ["8e9b90aa0a7d7c25631bf9b734a4f16ddb2f0947aa3ff2bb79cb3b6696c02496"];
        assert_eq!(NOTICES.len(), hashes.len());
        for (at, (notice, hash)) in NOTICES.iter().zip(hashes).enumerate() {
            assert_eq!(usize::from(notice.version), at + 1);
            assert_eq!(notice.hash().to_string(), hash, "notice {}", notice.version);
        }
    }

    #[test]
    fn every_version_names_the_three_purposes() {
        for notice in &NOTICES {
            let purposes = notice.purposes();
            assert_eq!(purposes.len(), 3, "notice {}", notice.version);
        }
        assert_eq!(
            NOTICES[0].purposes()[0],
            "Lập và quản lý tài khoản công dân số cho tôi."
        );
    }

    #[test]
    fn versions_are_found_and_the_newest_is_shown() {
        assert_eq!(by_version(1), Some(&NOTICES[0]));
        assert_eq!(by_version(0), None);
        assert_eq!(by_version(2), None);
        assert_eq!(usize::from(current().version), NOTICES.len());
    }
}
