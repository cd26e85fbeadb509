//! The chain over what was received: its head is signed now and then, so that whoever holds the database without the
//! platform's key cannot take a record out of it unnoticed.

use crate::{
    error::GatewayError,
    gateway::Gateway,
    rules::chain::signed_of_head,
    store::chain::{self, SignedHead},
};
use rusqlite::Transaction;

/// What a signed head says.
pub(super) const CONTEXT: &str = "tungnha/1/head";
/// Seconds between two signed heads, where anything was received.
const EVERY: i64 = 600;

impl Gateway {
    /// Signs the head, where it is another one than the last that was signed, and that is a while ago.
    pub fn sign_head(&self) -> Result<(), GatewayError> {
        let now = self.now();
        let due = self.store.read(|tx| -> rusqlite::Result<_> {
            let (head, last) = (chain::head(tx)?, chain::last_signed(tx)?);
            Ok(head.number > 0 && last.is_none_or(|last| last.head.number < head.number && last.at + EVERY <= now))
        })?;
        if !due {
            return Ok(());
        }
        self.store.write(|tx| {
            let head = chain::head(tx)?;
            let said = signed_of_head(head.number, &head.hash, now);
            let signature = self.keys.platform.sign(CONTEXT, &said);
            chain::put_signed(
                tx,
                &SignedHead {
                    head,
                    at: now,
                    signature,
                },
            )
        })?;
        Ok(())
    }

    /// The signed heads that are not of this chain, or not signed by this platform: their numbers.
    pub(super) fn wrong_heads(&self, tx: &Transaction<'_>) -> Result<Vec<u64>, GatewayError> {
        let mut wrong = Vec::new();
        for signed in chain::all_signed(tx)? {
            let head = signed.head;
            let said = signed_of_head(head.number, &head.hash, signed.at);
            let genuine = self.platform_key().verify(CONTEXT, &said, &signed.signature).is_ok();
            if !genuine || chain::of(tx, head.number)? != Some(head.hash) {
                wrong.push(head.number);
            }
        }
        Ok(wrong)
    }
}
