//! `POST /v1/token`: what lets a device call the others for an hour.

use crate::{
    env::random,
    error::Denied,
    gateway::Gateway,
    rules::tokens::{LIFETIME, Tokens},
    store::devices,
};
use domain::ids::DeviceId;
use protocol::{
    enrolment::{TokenAnswer, TokenRequest},
    signed::Signed,
};
use std::{
    fmt::Write as _,
    sync::{MutexGuard, PoisonError},
};

/// Bytes of a nonce.
const NONCE: std::ops::RangeInclusive<usize> = 16..=64;

impl Gateway {
    /// `POST /v1/token`, signed by the device's transport key. A revoked device gets one too: its spool still sends.
    pub fn token(&self, request: &[u8]) -> Result<Vec<u8>, Denied> {
        // The device number stands inside, so it is read first and proven right after.
        let claimed = std::cell::Cell::new(None);
        let asked: TokenRequest = Signed::verify_self(request, |asked: &TokenRequest| {
            let device = self.device(asked.device).ok();
            claimed.set(device.as_ref().map(|device| device.id));
            // An unknown device verifies with no key.
            device.map_or(protocol::keys::VerifyKey([0; 32]), |device| device.transport)
        })
        .map_err(|error| match error {
            protocol::ProtocolError::Malformed | protocol::ProtocolError::TooLong { .. } => Denied::Malformed,
            _ => Denied::Unauthorised,
        })?;
        let device = claimed.get().ok_or(Denied::Unauthorised)?;
        if !NONCE.contains(&asked.nonce.0.len()) {
            return Err(Denied::Malformed);
        }
        let now = self.now();
        self.store
            .write(|tx| match devices::use_nonce(tx, device, &asked.nonce.0)? {
                true => Ok(devices::touch(tx, device, now)?),
                false => Err(Denied::NonceUsed),
            })?;
        let token = random::<32>(&*self.env)
            .iter()
            .fold(String::with_capacity(64), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
        self.tokens().give(device, &token, now);
        Ok(self.sign(&TokenAnswer {
            nonce: asked.nonce,
            token,
            lifetime: LIFETIME,
            time: now,
            ext: Default::default(),
        }))
    }

    /// The device a bearer token was given to.
    pub fn authorise(&self, token: &str) -> Result<DeviceId, Denied> {
        self.tokens().owner(token, self.now()).ok_or(Denied::Unauthorised)
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
