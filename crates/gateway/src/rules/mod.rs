//! What the gateway decides from facts alone: no database, no clock, no randomness. What the practice platform of a
//! device must decide too lives in `domain`.

pub(crate) mod access;
pub(crate) mod arrival;
pub(crate) mod blanks;
pub(crate) mod chain;
pub(crate) mod code_groups;
pub(crate) mod healing;
pub(crate) mod people;
pub(crate) mod quotas;
pub(crate) mod reports;
pub(crate) mod revisions;
pub(crate) mod revocation;
pub(crate) mod room;
pub(crate) mod sequence;
pub(crate) mod tokens;
pub(crate) mod withdrawals;
