//! Practice: invented people and a platform inside this process. Nothing here can reach a real gateway, and a real
//! gateway takes nothing from here.

pub mod device;
mod platform;
mod switches;

pub use platform::Platform;
pub use switches::{Practice, PracticeNetwork, PracticePlatform};

use domain::{
    ids::Realm,
    pool::{CardNumber, CardRange},
    practice::{self, EnrolledBy},
    registration::Sex,
};
use protocol::{
    cards::{BlankCard, CardPool},
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
pub(crate) fn card_key() -> SignSecret {
    SignSecret::from_seed(b"tung nha / luyen tap / phoi   v1")
}

/// Two sheets of blank practice cards.
const PRACTICE_CARDS: u32 = 20;
/// The team of practice on its cards.
pub(crate) const PRACTICE_TEAM: u32 = 1;

fn numbers() -> impl Iterator<Item = CardNumber> {
    let (first, _) = CardNumber::serials(Realm::Demo);
    (first..first + PRACTICE_CARDS).filter_map(CardNumber::from_serial)
}

/// The pool of practice; the platform says this much of it, the rest is on the device.
pub(crate) fn pool() -> CardPool {
    CardPool {
        team: PRACTICE_TEAM,
        made: CardRange::of(numbers()),
        used: Vec::new(),
        void: Vec::new(),
        ext: Default::default(),
    }
}

/// The card of which the practice platform says that another tablet bound it before: for the lesson about copies.
pub(crate) fn copied() -> Option<CardNumber> {
    numbers().last()
}

/// A blank practice card.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PracticeCard {
    /// Number.
    pub number: CardNumber,
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
    pub enrolled_by: String,
    /// What this person teaches, in Vietnamese.
    pub teaches: String,
    /// The card's QR as PNG (base64), for those who hand one over.
    pub card_png: Option<String>,
    /// What VNeID or the birth certificate shows, for those without a card.
    pub paper: Vec<(String, String)>,
}

/// The blank practice cards as the trainer hands them out: the first five, and the one that was copied.
pub fn cards() -> Vec<PracticeCard> {
    let handed = numbers().take(5).chain(copied());
    handed
        .map(|number| {
            let team = PRACTICE_TEAM;
            let qr = BlankCard { number, team }.to_text(&card_key());
            PracticeCard {
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
                .card_text()
                .and_then(|text| print::qr_png(text.as_bytes(), 6, print::ErrorCorrection::M).ok());
            let sex = match person.sex {
                Sex::Male => "Nam",
                Sex::Female => "Nữ",
            };
            let paper = match card {
                Some(_) => Vec::new(),
                None => vec![
                    ("name".to_owned(), person.name.clone()),
                    ("pin".to_owned(), person.pin.expose().to_owned()),
                    ("birth".to_owned(), person.birth.display_vi()),
                    ("sex".to_owned(), sex.to_owned()),
                    ("address".to_owned(), person.address.clone()),
                ],
            };
            PracticePerson {
                name: person.name.clone(),
                enrolled_by: match person.enrolled_by {
                    EnrolledBy::Card => "card",
                    EnrolledBy::Vneid => "vneid",
                    EnrolledBy::BirthCertificate => "birth_certificate",
                    EnrolledBy::Appointment => "appointment",
                    EnrolledBy::Nobody => "nobody",
                }
                .to_owned(),
                teaches: person.teaches.clone(),
                card_png: card.map(|png| STANDARD.encode(png)),
                paper,
            }
        })
        .collect()
}
