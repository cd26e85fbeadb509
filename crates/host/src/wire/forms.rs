//! One registration: the form, the card, what every form needs.

use domain::{code::Code, ids::Rid, registration::Draft};
use serde::{Deserialize, Serialize};

/// The notice.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeText {
    /// Version.
    pub version: u16,
    /// Vietnamese, Markdown with bold only.
    pub vietnamese: String,
    /// English translation.
    pub english: String,
}

/// Which notice.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhichNotice {
    /// The one of a form; none for the one of today.
    pub number: Option<u16>,
}

/// A commune of today.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommuneItem {
    /// Five digits.
    pub code: String,
    /// `Phường Hải Châu`.
    pub name: String,
    /// A point in or near it, degrees; none of a commune that is newer than the program.
    pub lat: Option<f64>,
    /// Degrees.
    pub lon: Option<f64>,
    /// One of this team's.
    pub own: bool,
}

/// One of the two is given.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadIdCard {
    /// A picture file's bytes, base64.
    pub picture: Option<String>,
    /// What a scanner typed.
    pub text: Option<String>,
}

/// A form is begun.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginDraft {
    /// What is known already.
    pub draft: Option<Draft>,
    /// The registration whose house and place are kept (*người tiếp theo trong nhà*).
    pub after: Option<Rid>,
}

/// A form as it stands.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutDraft {
    /// Registration.
    pub rid: Rid,
    /// Form.
    pub draft: Draft,
}

/// A registration.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByRid {
    /// Registration.
    pub rid: Rid,
}

/// A code, the text of a QR, or a picture of one: one of the two is given.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyCode {
    /// What was typed, or came from a scanner.
    pub text: Option<String>,
    /// A picture file's bytes, base64.
    pub picture: Option<String>,
}

/// The card.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CardFile {
    /// Where the PDF lies.
    pub path: String,
    /// Code.
    pub code: Code,
    /// Text of the citizen QR.
    pub qr: String,
    /// The QR as PNG, base64.
    pub qr_png: String,
    /// The name is on it.
    pub with_name: bool,
}
