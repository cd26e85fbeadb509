//! Card text.
