//! The trust message: what the root vouches for.

use crate::{
    error::GatewayError,
    gateway::Gateway,
    store::{
        changes, devices,
        settings::{self, Key},
    },
};
use protocol::{
    cbor::{self, Blob},
    enrolment::Trust,
    keys::SealKey,
    signed::Signed,
};

impl Gateway {
    /// Signs a new trust message with a higher serial when what it says changed (first start, another opener key), and
    /// tells every device.
    pub fn renew_trust(&self, openers: &[SealKey]) -> Result<(), GatewayError> {
        let mut trust = Trust {
            root: self.keys.root.public(),
            serial: 0,
            realm: self.realm,
            authorities: self.keys.authorities().map(|der| Blob(der.to_vec())).to_vec(),
            platform: vec![self.platform_key()],
            openers: openers.to_vec(),
            issued_at: 0,
            blanks: self.keys.blanks.as_ref().map(|key| vec![key.public()]),
            ext: Default::default(),
        };
        let subject = cbor::encode(&trust);
        self.store.write(|tx| {
            if settings::get(tx, Key::TrustSubject)?.as_deref() == Some(&subject[..]) {
                return Ok(());
            }
            let serial = match settings::get(tx, Key::TrustSerial)? {
                None => 0,
                Some(text) => std::str::from_utf8(&text)
                    .ok()
                    .and_then(|text| text.parse::<u64>().ok())
                    .ok_or(GatewayError::Stored("serial"))?,
            };
            trust.serial = serial + 1;
            trust.issued_at = self.now();
            settings::set(tx, Key::TrustSerial, trust.serial.to_string().as_bytes())?;
            settings::set(tx, Key::TrustSubject, &subject)?;
            settings::set(tx, Key::Trust, &Signed::make(&trust, &self.keys.root))?;
            for device in devices::all(tx)? {
                changes::mark(tx, device, changes::Marker::Trust)?;
            }
            Ok(())
        })
    }

    /// `GET /v1/trust`: the current trust message, signed by the root.
    pub fn trust(&self) -> Result<Vec<u8>, GatewayError> {
        self.store
            .read(|tx| settings::get(tx, Key::Trust))?
            .ok_or(GatewayError::NotInitialised)
    }

    /// Remembers where the server is reached, for the QR of invitations.
    pub fn remember_url(&self, url: &str) -> Result<(), GatewayError> {
        Ok(self.store.write(|tx| settings::set(tx, Key::Url, url.as_bytes()))?)
    }
}
