//! What a revoked device is told. It may be in anybody's hands: receipts for what it still sends, the trust message with
//! which it sends, and that it is revoked; never a person, a colleague or a card.

use crate::store::changes::{Entry, Marker};

/// True for what a revoked device gets of its log.
pub(crate) const fn may_get(entry: &Entry) -> bool {
    matches!(entry, Entry::Marker(Marker::Revoked | Marker::Trust))
}
