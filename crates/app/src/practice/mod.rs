//! Practice: invented people and a platform inside this process. Nothing here can reach a real gateway, and a real
//! gateway takes nothing from here.

mod platform;

pub use platform::Platform;

use domain::{
    practice::{self, EnrolledBy},
    registration::Sex,
};
use protocol::keys::{SealSecret, SignSecret};

use crate::rpc::types::PracticePerson;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The opener key of practice: derived from words that everybody may know, since nothing behind it is real. The simulated
/// platform opens with it.
pub(crate) fn opener() -> SealSecret {
    SealSecret::from_bytes(b"tung nha / luyen tap / opener v1")
}

/// The key that signs the simulated platform's answers, as public as the opener's.
pub(crate) fn platform_key() -> SignSecret {
    SignSecret::from_seed(b"tung nha / luyen tap / answer v1")
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
