//! How a realm looks: practice and development paper differs from across a room, also on a photograph.

use crate::canvas::Ink;
use domain::ids::Realm;

/// Colours and, where the paper is worthless, the words that say so.
pub(crate) struct Look {
    pub(crate) ground: Ink,
    pub(crate) soft: Ink,
    pub(crate) accent: Ink,
    pub(crate) mark: Option<Mark>,
}

/// What makes paper worthless.
pub(crate) struct Mark {
    pub(crate) word: &'static str,
    pub(crate) words: &'static str,
}

impl Look {
    pub(crate) fn of(realm: Realm) -> Self {
        match realm {
            Realm::Live => Self {
                ground: Ink(0x0a, 0x5a, 0x55),
                soft: Ink(0xe0, 0xef, 0xed),
                accent: Ink(0xd9, 0xa4, 0x41),
                mark: None,
            },
            Realm::Practice => Self {
                ground: Ink(0x7f, 0x52, 0x00),
                soft: Ink(0xfb, 0xf1, 0xda),
                accent: Ink(0xd9, 0xa4, 0x41),
                mark: Some(Mark {
                    word: "LUYỆN TẬP",
                    words: "LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ",
                }),
            },
            Realm::Development => Self {
                ground: Ink(0x9d, 0x21, 0x1d),
                soft: Ink(0xfb, 0xe7, 0xe5),
                accent: Ink(0xd9, 0x8a, 0x86),
                mark: Some(Mark {
                    word: "THỬ NGHIỆM",
                    words: "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ",
                }),
            },
        }
    }
}
