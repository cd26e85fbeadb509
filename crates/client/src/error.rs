//! What can come of a call, classified once: what pauses the queue, what a person must see, what is never applied.

use domain::retry::Obstacle;
use protocol::{ProtocolError, cbor, signed::Signed};
use rustls::AlertDescription;
use std::error::Error as StdError;

/// Why a call brought nothing. No addresses, no personal data, no bytes of anybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Something outside is in the way; what was to be sent stays queued.
    #[error("{}", .0.code())]
    Obstacle(Obstacle),
    /// The gateway understood and says no, with its stable code: `invitation_used`, `forbidden`, `revoked`, ...
    #[error("refused: {code}")]
    Refused {
        /// The gateway's code: 1 to 64 of `a-z 0-9 _`.
        code: String,
    },
    /// Has the shape of a signed answer, but its signature does not fit or its key is not one of the platform's.
    /// Never applied. After a rotation of the platform's keys, [`refresh_trust`](crate::Connection::refresh_trust)
    /// mends it.
    #[error("the answer was altered on its way")]
    Altered,
    /// Truly the gateway's, but the answer to another question.
    #[error("the answer belongs to another request")]
    Mismatch,
    /// Plain HTTP to another machine.
    #[error("only https is allowed beyond this machine")]
    InsecureUrl,
    /// Not the address of a gateway.
    #[error("not the address of a gateway")]
    InvalidUrl,
}

impl From<Obstacle> for ClientError {
    fn from(obstacle: Obstacle) -> Self {
        Self::Obstacle(obstacle)
    }
}

impl ClientError {
    /// Codes of this type itself, beside an obstacle's and a gateway's.
    pub const OWN_CODES: [&'static str; 4] = ["answer_altered", "answer_mismatch", "insecure_url", "invalid_url"];

    /// Stable code for people's messages and JSON; for a refusal the gateway's own.
    pub fn code(&self) -> &str {
        match self {
            Self::Obstacle(obstacle) => obstacle.code(),
            Self::Refused { code } => code,
            Self::Altered => "answer_altered",
            Self::Mismatch => "answer_mismatch",
            Self::InsecureUrl => "insecure_url",
            Self::InvalidUrl => "invalid_url",
        }
    }

    /// What the queue makes of it. Bytes that are not the gateway's count like a captive portal's: try again later,
    /// perhaps on another network.
    pub fn obstacle(&self) -> Obstacle {
        match self {
            Self::Obstacle(obstacle) => *obstacle,
            Self::Refused { code } if code == Obstacle::Revoked.code() => Obstacle::Revoked,
            Self::Refused { .. } | Self::Mismatch => Obstacle::ServerError,
            Self::Altered => Obstacle::CaptivePortal,
            Self::InsecureUrl | Self::InvalidUrl => Obstacle::Untrusted,
        }
    }

    /// A body that came with a success but does not verify: somebody else's page, or an answer that was touched.
    pub(crate) fn unverified(bytes: &[u8], error: ProtocolError) -> Self {
        match error {
            ProtocolError::Mismatch => Self::Mismatch,
            _ if cbor::decode::<Signed>(bytes, bytes.len()).is_ok() => Self::Altered,
            _ => Obstacle::CaptivePortal.into(),
        }
    }
}

/// A call that brought no whole answer.
pub(crate) fn failed(error: &reqwest::Error) -> ClientError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if tls_error(error).is_some_and(not_our_gateway) {
            return Obstacle::Untrusted.into();
        }
        cause = error.source();
    }
    match error.is_builder() {
        // The only part of a request that comes from outside this program is the token.
        true => Obstacle::Unauthorised.into(),
        false => Obstacle::Unreachable.into(),
    }
}

/// An `io::Error` hides the error it wraps from `source()`.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(inner) => tls_error(inner),
        None => error.downcast_ref(),
    }
}

/// The other side speaks TLS but cannot be the gateway: another authority, or no TLS 1.3. Cut or garbled handshakes are
/// not among them, they are a bad line.
fn not_our_gateway(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::PeerIncompatible(_)
            | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure)
    )
}
