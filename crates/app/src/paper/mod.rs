//! Paper: what is printed of a registration, where it is printed, and what became of it.
//!
//! A printer that is away loses nothing: the registration does not know about paper, and the same paper can be made again
//! at any time, with the same code.

mod back;
mod document;
pub mod printer;
pub mod simulated;

pub use back::ScannedBack;
pub use document::{Document, Paper};
