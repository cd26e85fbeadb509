//! Programs of different versions meet (docs/protocol.md, section 10): what a released device and a released gateway said
//! to each other is said again to the other side as it is today, and a later program's words to both.
//!
//! `fixtures/protocol/released/` is written by `tests/readers/record_release.py` with the programs of the release, never
//! by the programs of today.

mod line;
mod master;
mod newer_gateway;
mod older_device;
mod older_gateway;
mod recorded;
