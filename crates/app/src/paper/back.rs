//! Scan-back: what the printer made is read before it is handed over.

use crate::{AppError, Session, verify::Verification};
use domain::{code::Code, ids::Rid};
use protocol::citizen::Standing;
use serde::Serialize;

/// What paper turned out to be.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannedBack {
    /// This person's.
    Same,
    /// Another person's.
    Other,
    /// A QR code, but none of ours.
    NotOurs,
    /// No QR code could be read: the print is not good enough, or the picture.
    Unreadable,
}

impl ScannedBack {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other => "other",
            Self::NotOurs => "not_ours",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Session {
    /// Judges the texts of all QR codes in a picture, or the one a scanner typed. Another person's card beside the right
    /// one is still another person's card.
    ///
    /// # Errors
    /// As [`Session::card`].
    pub fn scan_back(&self, rid: Rid, texts: &[String]) -> Result<ScannedBack, AppError> {
        let (face, code) = self.face(rid)?;
        let mut best = ScannedBack::Unreadable;
        for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            let one = if text == face.qr_text {
                ScannedBack::Same
            } else {
                match code_in(&self.verify(text)?) {
                    // An older card of the same person, or its code typed from the card.
                    Some(found) if found == code => ScannedBack::Same,
                    Some(_) => ScannedBack::Other,
                    None => ScannedBack::NotOurs,
                }
            };
            best = match (best, one) {
                (ScannedBack::Other, _) | (_, ScannedBack::Other) => ScannedBack::Other,
                (ScannedBack::Same, _) | (_, ScannedBack::Same) => ScannedBack::Same,
                (_, other) => other,
            };
        }
        Ok(best)
    }
}

/// The code that paper stands for. What is forged stands for nothing, whatever it says.
fn code_in(verification: &Verification) -> Option<Code> {
    match verification {
        Verification::CitizenQr {
            status: Standing::Forged,
            ..
        }
        | Verification::Other { .. } => None,
        Verification::Code { code, .. } | Verification::CitizenQr { code, .. } => *code,
        Verification::Blank { blank, .. } => blank.as_ref().and_then(|blank| blank.code),
    }
}
