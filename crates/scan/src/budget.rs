//! How long somebody waits for a picture. This crate has no clock.

/// Whether there is time to go on.
pub(crate) type Budget<'a> = dyn FnMut() -> bool + 'a;
