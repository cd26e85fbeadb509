//! Blanks (pre-printed cards): what their QR says, what a device knows of its team's pool, and what it tells the platform.
//!
//! The platform makes a blank and signs it with a key of its own, for which the root vouches; so a device without a network
//! knows a real blank. What a device did with its blanks travels as their *state*, not as a list of events: saying it
//! again is harmless, the order of two blanks does not matter, and nothing is left out as long as the last word arrives.

use crate::{
    ProtocolError, cbor,
    keys::{SignSecret, Signature, VerifyKey},
    open::numbered,
    signed::Message,
};
use domain::{
    blank::{BlankNumber, BlankRange, BlankRefusal},
    code::Code,
    ext::Extensions,
    ids::{DeviceId, Digest, OperatorId, UnixTime},
};
use minicbor::{Decode, Encode};

const PREFIX: &str = "TNP1:";
const CONTEXT: &str = "tungnha/1/blank-card";
/// Longest text accepted.
pub const MAX_TEXT: usize = 200;
/// Most blanks of one report.
pub const BLANKS_MAX: usize = 200;

/// What the QR of a blank says: `TNP1:` and Base45 of a canonical CBOR map and a signature. The number after `TNP` is
/// the version. The world is in the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Blank {
    /// Number of the blank.
    #[n(0)]
    pub number: BlankNumber,
    /// Team for which it was made.
    #[n(1)]
    pub team: u32,
}

/// A text that was taken apart; its signature is not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedBlank {
    /// What it says.
    pub blank: Blank,
    signed: Vec<u8>,
    signature: Signature,
}

/// True for a text that wants to be the QR of a blank, whole or damaged.
pub fn looks_like(text: &str) -> bool {
    text.trim_start().starts_with(PREFIX)
}

impl Blank {
    /// Signs and writes the text of the QR.
    pub fn to_text(&self, with: &SignSecret) -> String {
        let payload = cbor::encode(self);
        let signature = with.sign(CONTEXT, &payload);
        format!("{PREFIX}{}", base45::encode([&payload[..], &signature.0].concat()))
    }
}

impl PrintedBlank {
    /// Takes a text apart without checking the signature.
    ///
    /// # Errors
    /// `too_long`, `malformed`.
    pub fn read(text: &str) -> Result<Self, ProtocolError> {
        if text.len() > MAX_TEXT {
            return Err(ProtocolError::TooLong { limit: MAX_TEXT });
        }
        let text = text.trim().strip_prefix(PREFIX).ok_or(ProtocolError::Malformed)?;
        let bytes = base45::decode(text).map_err(|_| ProtocolError::Malformed)?;
        let split = bytes.len().checked_sub(64).ok_or(ProtocolError::Malformed)?;
        let (payload, signature) = bytes.split_at(split);
        Ok(Self {
            blank: cbor::decode(payload, MAX_TEXT)?,
            signed: payload.to_vec(),
            signature: Signature::try_from(signature)?,
        })
    }

    /// Checks that the platform made it.
    ///
    /// # Errors
    /// `bad_signature` when no key fits.
    pub fn verify(&self, keys: &[VerifyKey]) -> Result<(), ProtocolError> {
        let fits = |key: &VerifyKey| key.verify(CONTEXT, &self.signed, &self.signature).is_ok();
        keys.iter().any(fits).then_some(()).ok_or(ProtocolError::BadSignature)
    }
}

/// The pool of a team as the platform sees it, in a page of changes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlankPool {
    /// The team's number on its blanks.
    #[n(0)]
    pub team: u32,
    /// Every blank made for it.
    #[n(1)]
    pub made: Vec<BlankRange>,
    /// Bound or spoiled, by any device.
    #[n(2)]
    pub used: Vec<BlankRange>,
    /// Void.
    #[n(3)]
    pub void: Vec<BlankRange>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl BlankPool {
    /// Blanks that can still be handed out.
    pub fn blank(&self) -> u64 {
        let gone = domain::blank::count(&self.used) + domain::blank::count(&self.void);
        domain::blank::count(&self.made).saturating_sub(gone)
    }
}

/// `POST /v1/blanks`: how blanks stand on a device, signed by its signing key. Sent after records.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlankReport {
    /// Device.
    #[n(0)]
    pub device: DeviceId,
    /// Blanks whose state the platform has not answered yet, at most [`BLANKS_MAX`].
    #[n(1)]
    pub blanks: Vec<BlankLine>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for BlankReport {
    const CONTEXT: &'static str = "tungnha/1/cards";
    const LIMIT: usize = 16 * 1024;
}

/// One blank. No personal data: the code is the one the platform knows from the envelope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlankLine {
    /// Number.
    #[n(0)]
    pub number: BlankNumber,
    /// The registration to which it was bound, if it ever was.
    #[n(1)]
    pub code: Option<Code>,
    /// It is of no more use.
    #[n(2)]
    pub spoiled: bool,
    /// When, by the device's wall clock. Nothing is decided by it.
    #[n(3)]
    pub at: UnixTime,
    /// Who.
    #[n(4)]
    pub operator: OperatorId,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

/// The platform's answer to a [`BlankReport`], in its order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlankAnswer {
    /// SHA-256 of the request's bytes.
    #[n(0)]
    pub request: Digest,
    /// The server's time.
    #[n(1)]
    pub time: UnixTime,
    /// One for each blank.
    #[n(2)]
    pub blanks: Vec<BlankOutcome>,
    /// What a newer program says besides.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for BlankAnswer {
    const CONTEXT: &'static str = "tungnha/1/cards-answer";
    const LIMIT: usize = 16 * 1024;
}

/// What the platform says to one blank. Newer platforms may say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlankOutcome {
    /// It stands as the device says.
    Taken,
    /// Bound to another registration before.
    Bound,
    /// Spoiled before.
    Spoiled,
    /// Void.
    Void,
    /// Made for another team.
    OtherTeam,
    /// Never made.
    Unknown,
    /// A number that only newer programs know; say it again later.
    Newer(u32),
}

numbered!(BlankOutcome {
    0 => Taken,
    1 => Bound,
    2 => Spoiled,
    3 => Void,
    4 => OtherTeam,
    5 => Unknown,
});

impl BlankOutcome {
    /// Why it was not taken.
    pub const fn refusal(self) -> Option<BlankRefusal> {
        match self {
            Self::Taken | Self::Newer(_) => None,
            Self::Bound => Some(BlankRefusal::Bound),
            Self::Spoiled => Some(BlankRefusal::Spoiled),
            Self::Void => Some(BlankRefusal::Void),
            Self::OtherTeam => Some(BlankRefusal::OtherTeam),
            Self::Unknown => Some(BlankRefusal::Unknown),
        }
    }
}

impl From<Option<BlankRefusal>> for BlankOutcome {
    fn from(refusal: Option<BlankRefusal>) -> Self {
        match refusal {
            None => Self::Taken,
            Some(BlankRefusal::Bound) => Self::Bound,
            Some(BlankRefusal::Spoiled) => Self::Spoiled,
            Some(BlankRefusal::Void) => Self::Void,
            Some(BlankRefusal::OtherTeam) => Self::OtherTeam,
            Some(BlankRefusal::Unknown) => Self::Unknown,
        }
    }
}
