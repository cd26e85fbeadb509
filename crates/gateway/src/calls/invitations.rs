//! Invitations that were given out: who took them, and taking back what nobody took.

use crate::{error::GatewayError, gateway::Gateway, store::invitations};
use serde_json::json;

pub use crate::store::invitations::InvitationView;

impl Gateway {
    /// Every invitation, the newest first.
    pub fn invitations(&self) -> Result<Vec<InvitationView>, GatewayError> {
        let now = self.now();
        Ok(self.store.read(|tx| invitations::all(tx, now))?)
    }

    /// Cancels an invitation that nobody took. False when there is none of this name that is open.
    pub fn cancel_invitation(&self, id: &str) -> Result<bool, GatewayError> {
        let now = self.now();
        let named = self.invitations()?.into_iter().filter(|line| line.id == id).count();
        match named {
            0 => Ok(false),
            1 => self.store.write(|tx| {
                let cancelled = invitations::cancel(tx, id, now)?;
                self.act(tx, "cancel_invitation", json!({ "id": id, "cancelled": cancelled }))?;
                Ok(cancelled)
            }),
            _ => Err(GatewayError::Usage("several invitations have this name")),
        }
    }
}
