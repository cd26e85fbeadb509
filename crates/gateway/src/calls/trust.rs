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
use rusqlite::Transaction;

impl Gateway {
    /// Signs a new trust message with a higher serial when what it says changed (first start, another opener key), and
    /// tells every device.
    pub fn renew_trust(&self, openers: &[SealKey]) -> Result<(), GatewayError> {
        let mut trust = Trust {
            root: self.keys.root_public,
            serial: 0,
            realm: self.realm,
            authorities: self.keys.authorities()?.into_iter().map(Blob).collect(),
            platform: vec![self.platform_key()],
            openers: openers.to_vec(),
            issued_at: 0,
            blanks: Some(vec![self.keys.blanks(&*self.env)?.public()]),
            ext: Default::default(),
        };
        self.store.write(|tx| {
            name_addresses(&mut trust, &settings::addresses(tx)?)?;
            if settings::get(tx, Key::TrustSubject)?.as_deref() == Some(&cbor::encode(&trust)[..]) {
                return Ok(());
            }
            self.sign_trust(tx, trust)?;
            Ok(())
        })
    }

    /// Signs the trust message anew, also where it says the same: whoever was cut off goes by its date. `addresses`, where
    /// given, take the place of those it named. Gives the serial.
    ///
    /// # Errors
    /// `usage` for what is no address, or too many of them; `not_initialised` before the first start.
    pub fn sign_trust_again(&self, addresses: Option<&[String]>) -> Result<(u64, Vec<String>), GatewayError> {
        self.store.write(|tx| {
            if let Some(addresses) = addresses {
                if !addresses.iter().all(|address| is_address(address)) {
                    return Err(GatewayError::Usage("an address is https://HOST or https://HOST:PORT"));
                }
                settings::set(tx, Key::Addresses, addresses.join("\n").as_bytes())?;
            }
            let known = settings::get(tx, Key::Trust)?.ok_or(GatewayError::NotInitialised)?;
            let known = Trust::read(&known).map_err(|_| GatewayError::Stored("trust"))?;
            let mut trust = Trust {
                serial: 0,
                issued_at: 0,
                ..known
            };
            name_addresses(&mut trust, &settings::addresses(tx)?)?;
            let signed = self.sign_trust(tx, trust)?;
            self.act(tx, "sign_trust", serde_json::json!({ "serial": signed.serial }))?;
            Ok((signed.serial, signed.addresses()))
        })
    }

    /// `trust` without serial and date.
    fn sign_trust(&self, tx: &Transaction<'_>, mut trust: Trust) -> Result<Trust, GatewayError> {
        let subject = cbor::encode(&trust);
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
        settings::set(tx, Key::Trust, &Signed::make(&trust, &self.keys.root(&*self.env)?))?;
        for device in devices::all(tx)? {
            changes::mark(tx, device, changes::Marker::Trust)?;
        }
        Ok(trust)
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

fn name_addresses(trust: &mut Trust, addresses: &[String]) -> Result<(), GatewayError> {
    trust
        .set_addresses(addresses)
        .map_err(|_| GatewayError::Usage("at most four addresses, each of at most 200 bytes"))
}

/// Whether devices take it is theirs to judge; this only keeps out what is obviously something else.
fn is_address(text: &str) -> bool {
    text.strip_prefix("https://")
        .is_some_and(|host| !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control()))
}
