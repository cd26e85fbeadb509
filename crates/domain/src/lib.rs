//! The rules of Từng Nhà. No I/O, no clock, no randomness, no async: what is needed from outside is an argument.

pub mod blank;
pub mod check_characters;
pub mod clock;
pub mod code;
pub mod codes;
pub mod date;
pub mod duplicates;
pub mod ext;
pub mod idcard;
pub mod ids;
pub mod lease;
pub mod master;
pub mod name;
pub mod notice;
pub mod number;
pub mod phone;
pub mod pin;
pub mod place;
pub mod practice;
pub mod problem;
pub mod registration;
pub mod retention;
pub mod retry;
pub mod sensitive;
pub mod signers;
pub mod state;
pub mod text;
pub mod verdict;
mod wire;

pub use sensitive::Sensitive;
