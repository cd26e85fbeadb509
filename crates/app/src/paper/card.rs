//! The resident's card.

use crate::refusal::Refusal;
use crate::{
    AppError, Session,
    verify::{Known, Verification},
};
use domain::{code::Code, date::Day, ids::Rid, state::State};
use print::CardFace;
use protocol::{
    changes::DeviceKey,
    citizen::{Citizen, Printed},
};
use serde::Serialize;
use std::path::Path;
use store::{envelopes, records, signers};

/// A card ready to be printed.
pub struct Card {
    /// The PDF.
    pub pdf: Vec<u8>,
    code: Code,
    qr_text: String,
    with_name: bool,
}

/// What was written where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardSummary {
    /// The file.
    pub file: String,
    /// The code on it.
    pub code: Code,
    /// The text of its QR.
    pub qr: String,
    /// False once the device has forgotten the name: the reprint carries the code alone.
    pub with_name: bool,
    /// Size of the file.
    pub bytes: usize,
}

impl Card {
    /// Its QR for a screen, PNG.
    ///
    /// # Errors
    /// `print_failed`.
    pub fn qr_png(&self) -> Result<Vec<u8>, AppError> {
        Ok(print::qr_png(self.qr_text.as_bytes(), 8, print::ErrorCorrection::M)?)
    }

    /// What was written where.
    pub fn summary(&self, path: &Path) -> CardSummary {
        CardSummary {
            file: path.to_string_lossy().into_owned(),
            code: self.code,
            qr: self.qr_text.clone(),
            with_name: self.with_name,
            bytes: self.pdf.len(),
        }
    }
}

impl Session {
    /// The card of a registration. A reprint is the same code and the same QR: the day of issue is the day it was saved.
    pub fn card(&self, rid: Rid) -> Result<Card, AppError> {
        let (face, code) = self.face(rid)?;
        let pdf = print::card_pdf(&face).map_err(AppError::from)?;
        Ok(Card {
            pdf,
            code,
            with_name: face.name.is_some(),
            qr_text: face.qr_text,
        })
    }

    /// What stands on the card, and on everything else that is printed of a registration.
    pub(crate) fn face(&self, rid: Rid) -> Result<(CardFace, Code), AppError> {
        self.may_view(&rid)?;
        let record = self
            .store
            .read(|tx| records::get(tx, &rid))?
            .ok_or(AppError::Refused(Refusal::UnknownRid))?;
        let (Some(code), Some(head)) = (record.code, record.head) else {
            return Err(AppError::Refused(Refusal::NotInThisState));
        };
        // Whoever changed their mind is given nothing that says otherwise.
        if record.state == State::Withdrawn {
            return Err(AppError::Refused(Refusal::NotInThisState));
        }
        let (first, head) = self.store.read(|tx| -> Result<_, AppError> {
            Ok((envelopes::issued(tx, &rid, code)?, envelopes::header(tx, &head)?))
        })?;
        let issued = Day::of(first.as_ref().unwrap_or(&head).captured.at());
        let realm = domain::code::realm_of(code);
        let citizen = Citizen {
            code,
            realm,
            device: self.identity.device,
            day: issued,
        };
        let qr_text = citizen.to_text(&self.keys.signing);
        let name = record
            .content
            .as_ref()
            .map(|content| content.name.value.expose().to_owned());
        let face = CardFace {
            qr_text,
            code: code.to_string(),
            name,
            issued: issued.civil().to_string(),
            commune: self
                .master()
                .commune(head.commune)
                .map(|commune| commune.name.clone())
                .unwrap_or_default(),
            realm,
            team: Some(self.identity.team.clone()).filter(|team| !team.is_empty()),
        };
        Ok((face, code))
    }

    /// Judges a code or citizen QR with the list of devices from the last contact and this device's own key.
    pub fn verify(&self, text: &str) -> Result<Verification, AppError> {
        if let Some(judged) = self.judge_blank(text)? {
            return Ok(match judged {
                Ok(blank) => Verification::Blank {
                    status: blank.state,
                    blank: Some(blank),
                },
                Err(status) => Verification::Blank { status, blank: None },
            });
        }
        let signer = Printed::read(text).map(|printed| printed.citizen.device).ok();
        let (key, known) = self.store.read(|tx| -> Result<_, AppError> {
            let key = signer.map(|device| signers::get(tx, device)).transpose()?.flatten();
            let on_list = signers::get(tx, self.identity.device)?.is_some();
            let known = Known {
                devices: signers::len(tx)? + u64::from(!on_list),
                listed_at: signers::complete_at(tx)?,
            };
            Ok((key, known))
        })?;
        let own = || DeviceKey {
            device: self.identity.device,
            key: self.keys.signing.public(),
            revoked_at: None,
            origin: None,
        };
        let key = key.or_else(|| (signer == Some(self.identity.device)).then(own));
        Ok(crate::verify::verify(text, self.identity.realm, known, |_| key))
    }
}
