//! Versions of the notice that residents agree to (`fixtures/notices/`).
//!
//! A consent keeps version and hash (Law 91/2025: provable consent), so a released text never changes: another wording is
//! another version.

use crate::ids::Digest;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

/// One version.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Notice {
    /// Version number, counted from 1.
    #[n(0)]
    pub version: u16,
    /// The text that is shown, read aloud, printed and agreed to, as Markdown.
    #[n(1)]
    pub vietnamese: String,
    /// A translation for people who run the program; nobody agrees to it.
    #[n(2)]
    pub english: String,
}

/// The versions that the program brings along, oldest first: number, Vietnamese, English. Later ones come as master data
/// ([`crate::master`]); the two lists are one.
const RELEASED: [(u16, &str, &str); 1] = [(
    1,
    include_str!("../../../fixtures/notices/0001.vi.md"),
    include_str!("../../../fixtures/notices/0001.en.md"),
)];

impl Notice {
    /// SHA-256 of the bytes of the Vietnamese text.
    pub fn hash(&self) -> Digest {
        Digest(Sha256::digest(self.vietnamese.as_bytes()).into())
    }

    /// The purposes in their order, in the words of the Vietnamese text: its numbered lines.
    pub fn purposes(&self) -> Vec<&str> {
        self.vietnamese
            .lines()
            .filter_map(|line| line.split_once(". "))
            .filter(|(number, _)| number.parse::<u8>().is_ok())
            .map(|(_, purpose)| purpose.trim())
            .collect()
    }
}

/// The versions that the program brings along, oldest first. Old ones stay: a correction carries the consent of its day.
pub(crate) fn released() -> Vec<Notice> {
    let notice = |(version, vietnamese, english): (u16, &str, &str)| Notice {
        version,
        vietnamese: vietnamese.to_owned(),
        english: english.to_owned(),
    };
    RELEASED.map(notice).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody signed these bytes. If this fails, the change belongs into a new version.
    #[test]
    fn released_texts_never_change() {
        let hashes = ["8e9b90aa0a7d7c25631bf9b734a4f16ddb2f0947aa3ff2bb79cb3b6696c02496"];
        let notices = released();
        assert_eq!(notices.len(), hashes.len());
        for (at, (notice, hash)) in notices.iter().zip(hashes).enumerate() {
            assert_eq!(usize::from(notice.version), at + 1);
            assert_eq!(notice.hash().to_string(), hash, "notice {}", notice.version);
        }
    }

    #[test]
    fn every_version_names_the_three_purposes() {
        let notices = released();
        for notice in &notices {
            let purposes = notice.purposes();
            assert_eq!(purposes.len(), 3, "notice {}", notice.version);
        }
        assert_eq!(
            notices[0].purposes()[0],
            "Lập và quản lý tài khoản công dân số cho tôi."
        );
    }
}
