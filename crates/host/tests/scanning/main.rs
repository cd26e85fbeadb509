//! Live scanning on a bare host: cameras and scanners that do what real ones do, also what they should not.
#![allow(clippy::unwrap_used)]

mod fake;
mod rig;

mod cameras;
mod scanners;
