//! What travels: the same bytes out as in, one form only, and nothing altered is ever believed.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

#[path = "../common/mod.rs"]
mod common;

mod blanks;
mod citizen;
mod envelope;
mod form;
mod frozen;
mod keys;
mod sealing;
mod trust;
