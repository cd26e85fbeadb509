//! Practice: invented people and a platform inside this process. Nothing here can reach a real gateway, and a real
//! gateway takes nothing from here.

pub mod device;
mod platform;
mod switches;

pub use platform::Platform;
pub use switches::{Practice, PracticeNetwork, PracticePlatform};

use domain::{
    blank::{BlankNumber, BlankRange},
    ids::Realm,
    practice::{self, RegisteredBy},
    registration::Sex,
};
use protocol::{
    blanks::{Blank, BlankPool},
    keys::{SealSecret, SignSecret},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The opener key of practice: derived from words that everybody may know, since nothing behind it is real. The simulated
/// platform opens with it.
pub(crate) fn opener() -> SealSecret {
    SealSecret::from_bytes(b"tung nha / luyen tap / opener v1")
}

/// The key that signs the simulated platform's answers, as public as the opener's.
pub(crate) fn platform_key() -> SignSecret {
    SignSecret::from_seed(b"tung nha / luyen tap / answer v1")
}

/// The key that signs practice cards, as public as the others.
pub(crate) fn blank_key() -> SignSecret {
    SignSecret::from_seed(b"tung nha / luyen tap / phoi   v1")
}

/// Two sheets of practice blanks.
const PRACTICE_BLANKS: u32 = 20;
/// The team of practice on its cards.
pub(crate) const PRACTICE_TEAM: u32 = 1;

fn numbers() -> impl Iterator<Item = BlankNumber> {
    let (first, _) = BlankNumber::serials(Realm::Practice);
    (first..first + PRACTICE_BLANKS).filter_map(BlankNumber::from_serial)
}

/// The pool of practice; the platform says this much of it, the rest is on the device.
pub(crate) fn pool() -> BlankPool {
    BlankPool {
        team: PRACTICE_TEAM,
        made: BlankRange::of(numbers()),
        used: Vec::new(),
        void: Vec::new(),
        ext: Default::default(),
    }
}

/// The card of which the practice platform says that another tablet bound it before: for the lesson about copies.
pub(crate) fn copied() -> Option<BlankNumber> {
    numbers().last()
}

/// A practice blank.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PracticeBlank {
    /// Number.
    pub number: BlankNumber,
    /// Text of its QR.
    pub qr: String,
    /// The practice platform will say that another tablet bound it before.
    pub copied: bool,
}

/// A practice person as the trainer hands them out.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticePerson {
    /// Name.
    pub name: String,
    /// `card`, `vneid`, `birth_certificate`, `appointment` or `nobody`.
    pub registered_by: String,
    /// What this person teaches, in Vietnamese.
    pub teaches: String,
    /// The card's QR as PNG (base64), for those who hand one over.
    pub card_png: Option<String>,
    /// What VNeID or the birth certificate shows, for those without a card.
    pub paper: Vec<(String, String)>,
}

/// The practice blanks as the trainer hands them out: the first five, and the one that was copied.
pub fn blanks() -> Vec<PracticeBlank> {
    let handed = numbers().take(5).chain(copied());
    handed
        .map(|number| {
            let team = PRACTICE_TEAM;
            let qr = Blank { number, team }.to_text(&blank_key());
            PracticeBlank {
                copied: Some(number) == copied(),
                number,
                qr,
            }
        })
        .collect()
}

/// The practice people as the trainer hands them out.
pub fn people() -> Vec<PracticePerson> {
    practice::people()
        .iter()
        .map(|person| {
            let card = person
                .idcard_text()
                .and_then(|text| print::qr_png(text.as_bytes(), 6, print::ErrorCorrection::M).ok());
            let sex = match person.sex {
                Sex::Male => "Nam",
                Sex::Female => "Nữ",
            };
            let paper = match card {
                Some(_) => Vec::new(),
                None => vec![
                    ("name".to_owned(), person.name.clone()),
                    ("pin".to_owned(), person.number.expose().to_owned()),
                    ("birth".to_owned(), person.birth.display_vi()),
                    ("sex".to_owned(), sex.to_owned()),
                    ("address".to_owned(), person.address.clone()),
                ],
            };
            PracticePerson {
                name: person.name.clone(),
                registered_by: match person.registered_by {
                    RegisteredBy::IdCard => "card",
                    RegisteredBy::Vneid => "vneid",
                    RegisteredBy::BirthCertificate => "birth_certificate",
                    RegisteredBy::Appointment => "appointment",
                    RegisteredBy::Nobody => "nobody",
                }
                .to_owned(),
                teaches: person.teaches.clone(),
                card_png: card.map(|png| STANDARD.encode(png)),
                paper,
            }
        })
        .collect()
}
