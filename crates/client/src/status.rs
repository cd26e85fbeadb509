//! What a status of HTTP that is no success means to a device. What it does then is `domain::retry`: after 413 the batch is
//! sent again in smaller parts, and an envelope that is too large alone is set aside while all others go on; after 429 and
//! 503 it waits as long as it was asked to.

use domain::retry::Obstacle;
use reqwest::StatusCode;

/// `None` for a refusal of the gateway's own, which says in its body what it refuses.
pub(crate) fn obstacle(status: StatusCode, retry_after: Option<u32>) -> Option<Obstacle> {
    match status {
        StatusCode::UNAUTHORIZED => Some(Obstacle::Unauthorised),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Obstacle::TooLarge),
        StatusCode::UPGRADE_REQUIRED => Some(Obstacle::UpgradeNeeded),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Some(Obstacle::Busy { retry_after }),
        StatusCode::NETWORK_AUTHENTICATION_REQUIRED => Some(Obstacle::CaptivePortal),
        // The gateway never sends anybody elsewhere.
        status if status.is_redirection() => Some(Obstacle::CaptivePortal),
        status if status.is_client_error() => None,
        _ => Some(Obstacle::ServerError),
    }
}
