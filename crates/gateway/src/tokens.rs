//! Bearer tokens: in memory only, as hashes. After a restart devices ask again.

use crate::{env::random, error::Denied, gateway::Gateway, store::devices};
use domain::ids::{DeviceId, UnixTime};
use protocol::{
    enrolment::{TokenAnswer, TokenRequest},
    signed::Signed,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Seconds a token is good for.
const LIFETIME: u32 = 3600;
/// Good tokens of one device at once; a new one ends the oldest.
const PER_DEVICE: usize = 8;
/// Bytes of a nonce.
const NONCE: std::ops::RangeInclusive<usize> = 16..=64;

/// Hash of each token given out, whose it is and until when it is good.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<[u8; 32], (DeviceId, UnixTime)>>);

impl Tokens {
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], (DeviceId, UnixTime)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

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
        let mut tokens = self.tokens.lock();
        tokens.retain(|_, (_, until)| *until > now);
        let own = tokens.iter().filter(|(_, (owner, _))| *owner == device);
        if own.clone().count() >= PER_DEVICE
            && let Some(oldest) = own.min_by_key(|(_, (_, until))| *until).map(|(hash, _)| *hash)
        {
            tokens.remove(&oldest);
        }
        tokens.insert(hash(&token), (device, now + i64::from(LIFETIME)));
        drop(tokens);
        Ok(self.sign(&TokenAnswer {
            nonce: asked.nonce,
            token,
            lifetime: LIFETIME,
            time: now,
        }))
    }

    /// The device a bearer token was given to.
    pub fn authorise(&self, token: &str) -> Result<DeviceId, Denied> {
        match self.tokens.lock().get(&hash(token)) {
            Some((device, until)) if *until > self.now() => Ok(*device),
            _ => Err(Denied::Unauthorised),
        }
    }
}
