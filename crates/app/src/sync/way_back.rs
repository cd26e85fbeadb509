//! The way back of a device that does not reach its platform where it was.
//!
//! The platform moved: its trust message named other addresses before. Or no certificate is believed any more: the floor
//! was raised too far, or every authority the device knew was replaced while it was away. The trust message is fetched without a certificate, because it proves itself by the
//! root's signature; a newer one than the known says whom to believe, and when it is.

use super::{Report, locked::Locked, run::Pace};
use crate::{AppError, Session, refusal::Refusal};
use client::Connection;
use domain::{ids::Realm, retry::Obstacle};
use protocol::enrolment::Trust;
use std::future::Future;
use store::{
    StoreError,
    device::{self, Identity},
};

/// What a platform shows that this device does not believe yet: newer than what it knows, of the same root and world.
async fn newer(gateway: &str, known: &Trust) -> Option<(Trust, Vec<u8>)> {
    let (_, bytes) = Connection::first_trust(gateway, &known.root.root_hash()).await.ok()?;
    let next = known.verify_next(&bytes).ok()?;
    (next.serial > known.serial).then_some((next, bytes))
}

fn is(report: &Report, obstacle: Obstacle) -> bool {
    report.reason.as_deref() == Some(obstacle.code())
}

impl Session {
    /// [`Session::sync`] with this device's own platform, and by the way back where it is cut off.
    ///
    /// # Errors
    /// Those of [`Session::sync`] and [`Session::connect`].
    pub async fn sync_with_platform<S: Future<Output = ()>>(&self, pace: Pace<'_, S>) -> Result<Report, AppError> {
        let (patience, sleep) = (pace.patience, pace.sleep);
        let again = || Pace { patience, sleep };
        let report = self.sync(&self.connected()?, pace).await?;
        if is(&report, Obstacle::Untrusted) && self.find_way_back().await? {
            return self.sync(&self.connected()?, again()).await;
        }
        if is(&report, Obstacle::Unreachable) {
            for address in self.other_addresses()? {
                self.line().forget_token();
                let found = self.sync(&self.connect_at(&address)?, again()).await?;
                if found.reached {
                    self.store.write(|tx| device::set_gateway(tx, &address))?;
                    self.write_contact()?;
                    return Ok(found);
                }
            }
        }
        Ok(report)
    }

    fn connected(&self) -> Result<Connection, AppError> {
        if self.identity.realm == Realm::Practice {
            return Err(AppError::Refused(Refusal::DemoHasNoGateway));
        }
        let (trust, identity) = self
            .store
            .read(|tx| -> Result<_, AppError> { Ok((device::trust(tx)?, device::identity(tx)?)) })?;
        let (trust, identity) = trust.zip(identity).ok_or(StoreError::NotEnrolled)?;
        let (url, now) = (identity.gateway.ok_or(StoreError::NotEnrolled)?, self.env.moment());
        if let Some(kept) = self.line().connection(&url, &trust, now) {
            return Ok(kept);
        }
        let made = self.connect_at(&url)?;
        self.line().keep_connection(&url, &trust, now, made.clone());
        Ok(made)
    }

    /// What the platform's list names besides the address in use.
    fn other_addresses(&self) -> Result<Vec<String>, AppError> {
        let (trust, identity) = self.trust_and_identity()?;
        let mut addresses = trust.addresses();
        addresses.retain(|address| identity.gateway.as_ref() != Some(address));
        Ok(addresses)
    }

    fn trust_and_identity(&self) -> Result<(Trust, Identity), AppError> {
        let (trust, identity) = self
            .store
            .read(|tx| -> Result<_, AppError> { Ok((device::trust(tx)?, device::identity(tx)?)) })?;
        let (trust, identity) = trust.zip(identity).ok_or(StoreError::NotEnrolled)?;
        Ok((Trust::read(&trust)?, identity))
    }

    async fn find_way_back(&self) -> Result<bool, AppError> {
        let (known, identity) = self.trust_and_identity()?;
        let gateway = identity.gateway.ok_or(StoreError::NotEnrolled)?;
        let Some((next, bytes)) = newer(&gateway, &known).await else {
            return Ok(false);
        };
        let moment = self.env.moment();
        self.store.write(|tx| -> Result<_, AppError> {
            self.take_trust(tx, &next, &bytes)?;
            device::set_server_floor(tx, next.issued_at)?;
            self.audit(tx, moment, "way_back", None, None)
        })?;
        self.write_contact()?;
        Ok(true)
    }
}

impl Locked {
    /// [`Locked::sync`] with this device's own platform, and by the way back where it is cut off.
    ///
    /// # Errors
    /// Those of [`Locked::sync`] and [`Locked::connect`].
    pub async fn sync_with_platform(mut self) -> Result<Report, AppError> {
        let report = self.sync(&self.connect()?).await?;
        if !is(&report, Obstacle::Untrusted) {
            return Ok(report);
        }
        let Some((next, bytes)) = newer(&self.contact.gateway, &self.trust).await else {
            return Ok(report);
        };
        // The database hears the same when somebody has unlocked it and it is cut off.
        self.contact.server_floor = Some(next.issued_at);
        self.contact.trust = bytes;
        self.trust = next;
        self.spool.set_contact(&self.contact)?;
        self.sync(&self.connect()?).await
    }
}
