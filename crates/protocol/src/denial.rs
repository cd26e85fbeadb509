//! How a call is refused as a whole.

use serde::{Deserialize, Serialize};

domain::codes! {
    /// Codes of [`Refusal`] that a gateway of this version sends. A newer one may send others.
    pub enum Denial {
        /// Not the message this call takes.
        Malformed => "malformed",
        /// More bytes or envelopes than a request may have.
        TooLarge => "too_large",
        /// No token, or one that is not good (any more).
        Unauthorised => "unauthorised",
        /// A good token, but not for this.
        Forbidden => "forbidden",
        /// No such invitation.
        InvitationUnknown => "invitation_unknown",
        /// Another device used it.
        InvitationUsed => "invitation_used",
        /// Older than its minutes.
        InvitationExpired => "invitation_expired",
        /// The keys are those of a device enrolled with another invitation.
        DeviceKnown => "device_known",
        /// A token request that was seen before.
        NonceUsed => "nonce_used",
        /// Not a commune of this team.
        CommuneUnknown => "commune_unknown",
        /// The program speaks an older version of the protocol than this call is answered to.
        UpgradeNeeded => "upgrade_needed",
        /// Too many batches at once.
        Busy => "busy",
        /// The caller was too slow.
        TooSlow => "too_slow",
        /// The gateway's own fault.
        Internal => "internal",
    }
}

/// The body of every answer that is not a success (JSON): a stable code, no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For example `invitation_used`, `unauthorised`, `too_large`.
    pub code: String,
    /// With `upgrade_needed`: the least protocol version that this call is answered to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
}
