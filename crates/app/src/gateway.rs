//! The platform as the use cases see it. The real one is [`client::Connection`]; tests and the practice mode bring others.

use client::{ClientError, Connection};
use domain::ids::{DeviceId, Instance};
use protocol::{
    blanks::{BlankAnswer, BlankReport},
    changes::ChangesPage,
    enrolment::{TokenAnswer, Trust},
    healing::{HaveAnswer, HaveRequest},
    keys::SignSecret,
    receipt::BatchAnswer,
    report::{Acknowledged, DeviceReport},
};
use std::future::Future;

/// What a device asks of the platform after it was enrolled. Every answer is already verified.
pub trait Gateway: Sync {
    /// A bearer token for this device.
    fn token(
        &self,
        device: DeviceId,
        transport: &SignSecret,
        nonce: [u8; 16],
    ) -> impl Future<Output = Result<TokenAnswer, ClientError>> + Send;
    /// Sends envelopes; gives the answer and its signed bytes, which are kept.
    fn batch(
        &self,
        token: &str,
        envelopes: Vec<Vec<u8>>,
    ) -> impl Future<Output = Result<(BatchAnswer, Vec<u8>), ClientError>> + Send;
    /// One page of changes after `since`, a cursor of the platform's life `life`, of device keys after the serial `keys`, of
    /// master data after the serial `master`.
    fn changes(
        &self,
        token: &str,
        device: DeviceId,
        since: u64,
        keys: u64,
        master: u64,
        life: Option<Instance>,
    ) -> impl Future<Output = Result<ChangesPage, ClientError>> + Send;
    /// What of a device's envelopes the platform has.
    fn have(
        &self,
        token: &str,
        asked: &HaveRequest,
        transport: &SignSecret,
    ) -> impl Future<Output = Result<HaveAnswer, ClientError>> + Send;
    /// How the device stands.
    fn report(
        &self,
        token: &str,
        report: &DeviceReport,
        transport: &SignSecret,
    ) -> impl Future<Output = Result<Acknowledged, ClientError>> + Send;
    /// How pre-printed cards stand on the device.
    fn blanks(
        &self,
        token: &str,
        report: &BlankReport,
        signing: &SignSecret,
    ) -> impl Future<Output = Result<BlankAnswer, ClientError>> + Send;
    /// A newer trust message, if there is one.
    fn refresh_trust(
        &self,
        known: &Trust,
    ) -> impl Future<Output = Result<Option<(Trust, Vec<u8>)>, ClientError>> + Send;
}

impl Gateway for Connection {
    async fn token(
        &self,
        device: DeviceId,
        transport: &SignSecret,
        nonce: [u8; 16],
    ) -> Result<TokenAnswer, ClientError> {
        Connection::token(self, device, transport, nonce).await
    }

    async fn batch(&self, token: &str, envelopes: Vec<Vec<u8>>) -> Result<(BatchAnswer, Vec<u8>), ClientError> {
        Connection::batch(self, token, envelopes).await
    }

    async fn changes(
        &self,
        token: &str,
        device: DeviceId,
        since: u64,
        keys: u64,
        master: u64,
        life: Option<Instance>,
    ) -> Result<ChangesPage, ClientError> {
        Connection::changes(self, token, device, since, keys, master, life).await
    }

    async fn have(&self, token: &str, asked: &HaveRequest, transport: &SignSecret) -> Result<HaveAnswer, ClientError> {
        Connection::have(self, token, asked, transport).await
    }

    async fn report(
        &self,
        token: &str,
        report: &DeviceReport,
        transport: &SignSecret,
    ) -> Result<Acknowledged, ClientError> {
        Connection::report(self, token, report, transport).await
    }

    async fn blanks(
        &self,
        token: &str,
        report: &BlankReport,
        signing: &SignSecret,
    ) -> Result<BlankAnswer, ClientError> {
        Connection::blanks(self, token, report, signing).await
    }

    async fn refresh_trust(&self, known: &Trust) -> Result<Option<(Trust, Vec<u8>)>, ClientError> {
        Connection::refresh_trust(self, known).await
    }
}
