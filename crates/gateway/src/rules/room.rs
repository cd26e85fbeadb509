//! When the disk is nearly full: what may still be written is what ends things well.

/// Bytes that are kept free: new records wait on their tablets, while tokens, verdicts, revocations and erasures go on.
pub(crate) const KEPT_FREE: u64 = 64 * 1024 * 1024;

/// Whether new records are taken; `free` is unknown on a system that does not say.
pub(crate) fn takes_records(free: Option<u64>, kept_free: u64) -> bool {
    free.is_none_or(|free| free >= kept_free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_taken_while_there_is_room() {
        assert!(takes_records(None, KEPT_FREE) && takes_records(Some(KEPT_FREE), KEPT_FREE));
        assert!(!takes_records(Some(KEPT_FREE - 1), KEPT_FREE));
    }
}
