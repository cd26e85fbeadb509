//! What a QR code is (ISO/IEC 18004): where its modules lie, how its words are protected, how its bits become bytes.
//! Nothing here looks at pixels.

mod field;
mod layout;
mod segments;
mod tables;
mod words;

pub(crate) use field::correct;
pub(crate) use layout::{Layout, Module};
pub(crate) use segments::{Content, content};
pub(crate) use tables::{Blocks, Level, MAX_VERSION, dimension};
pub(crate) use words::{format_word, version_word};
