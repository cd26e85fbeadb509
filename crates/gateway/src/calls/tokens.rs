//! `POST /v1/token`: what lets a device call the others for an hour.

use super::pages::CONTACT_EVERY;
use crate::{env::random, error::Denied, gateway::Gateway, rules::tokens::LIFETIME, store::devices};
use domain::ids::DeviceId;
use protocol::{
    enrolment::{TokenAnswer, TokenRequest},
    signed::Signed,
};
use std::sync::PoisonError;

/// Bytes of a nonce.
const NONCE: std::ops::RangeInclusive<usize> = 16..=64;

impl Gateway {
    /// [`Gateway::token_for`] without whose it is.
    pub fn token(&self, request: &[u8]) -> Result<Vec<u8>, Denied> {
        self.token_for(request).map(|(_, answer)| answer)
    }

    /// `POST /v1/token`, signed by the device's transport key. A revoked device gets one too: its spool still sends. Nothing is
    /// kept of it in the database, but that the device was here; a disk that is full keeps nobody from a token.
    pub fn token_for(&self, request: &[u8]) -> Result<(DeviceId, Vec<u8>), Denied> {
        // The device number stands inside, so it is read first and proven right after.
        let claimed = std::cell::Cell::new(None);
        let asked: TokenRequest = Signed::verify_self(request, |asked: &TokenRequest| {
            let device = self.device(asked.device).ok();
            claimed.set(device.as_ref().map(|device| (device.id, device.last_contact)));
            // An unknown device verifies with no key.
            device.map_or(protocol::keys::VerifyKey([0; 32]), |device| device.transport)
        })
        .map_err(|error| match error {
            protocol::ProtocolError::Malformed | protocol::ProtocolError::TooLong { .. } => Denied::Malformed,
            _ => Denied::Unauthorised,
        })?;
        let (device, last_contact) = claimed.get().ok_or(Denied::Unauthorised)?;
        if !NONCE.contains(&asked.nonce.0.len()) {
            return Err(Denied::Malformed);
        }
        let now = self.now();
        let new = self
            .nonces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(device, &asked.nonce.0);
        if !new {
            return Err(Denied::NonceUsed);
        }
        if last_contact.is_none_or(|at| at + CONTACT_EVERY <= now)
            && let Err(error) = self.store.write(|tx| devices::touch(tx, device, now))
        {
            tracing::warn!(device, detail = %error, "contact_not_noted");
        }
        let answer = self.sign(&TokenAnswer {
            nonce: asked.nonce,
            token: self.tokens.state(device, now, random(&*self.env)),
            lifetime: LIFETIME,
            time: now,
            ext: Default::default(),
        });
        Ok((device, answer))
    }

    /// The device a bearer token was given to.
    pub fn authorise(&self, token: &str) -> Result<DeviceId, Denied> {
        self.tokens.owner(token, self.now()).ok_or(Denied::Unauthorised)
    }
}
