//! The calls of the gateway (`/v1/...`).

use crate::{
    ClientError, Clock,
    address::Address,
    http::{Http, send},
    tls,
};
use domain::{
    ids::{DeviceId, Eid, Instance},
    place::CommuneCode,
    retry::{BATCH_BYTES, BATCH_MAX, Obstacle},
};
use protocol::{
    ProtocolError,
    blanks::{BlankAnswer, BlankReport},
    board::Board,
    cbor::{self, Blob},
    changes::ChangesPage,
    enrolment::{DeviceAnswer, DeviceRequest, TokenAnswer, TokenRequest, Trust},
    envelope::Envelope,
    healing::{HaveAnswer, HaveRequest},
    keys::{RootHash, SignSecret, VerifyKey},
    receipt::{BatchAnswer, BatchRequest, request_digest},
    report::{Acknowledged, DeviceReport},
    signed::{Message, Signed},
};
use reqwest::RequestBuilder;
use std::{collections::HashSet, sync::Arc};

/// Bytes that a signature adds to a message, generously.
const FRAME: usize = 128;
/// Longest board that is read.
const BOARD_LIMIT: usize = 4 * 1024 * 1024;

/// A device's line to one platform: its address, its authorities, its keys. Cheap to clone; clones share connections.
///
/// The times at which certificates are judged are those given at the start: make a new one after a jump of the clock
/// or a new trust message.
#[derive(Debug, Clone)]
pub struct Connection {
    http: Http,
    platform: Arc<[VerifyKey]>,
}

impl Connection {
    /// Fetches `/v1/trust` before anything is known but the invitation's root hash: the certificate is not checked,
    /// because the answer proves itself and nothing secret is sent. Gives the message and the signed bytes to keep.
    ///
    /// Also the way back when every pinned authority was replaced while a device was away; compare with
    /// [`Trust::verify_next`] then.
    ///
    /// # Errors
    /// `Untrusted` for a platform of another root, [`ClientError::Altered`] and the obstacles of the network.
    pub async fn first_trust(url: &str, root: &RootHash) -> Result<(Trust, Vec<u8>), ClientError> {
        let http = Http::new(Address::parse(url)?, tls::unpinned())?;
        let bytes = send(http.get("v1/trust")?, Trust::LIMIT + FRAME).await?;
        match Trust::verify_first(&bytes, root) {
            Ok(trust) => Ok((trust, bytes)),
            Err(ProtocolError::UnknownKey) => Err(Obstacle::Untrusted.into()),
            Err(error) => Err(ClientError::unverified(&bytes, error)),
        }
    }

    /// Pins the authorities and the platform keys of `trust`.
    ///
    /// # Errors
    /// [`ClientError::InsecureUrl`], [`ClientError::InvalidUrl`]; `Untrusted` when `trust` holds no authority that this
    /// program can read.
    pub fn new(url: &str, trust: &Trust, clock: Clock) -> Result<Self, ClientError> {
        let address = Address::parse(url)?;
        // Plain HTTP to this machine needs no authority, and a developer's gateway has none.
        let tls = if address.is_tls() {
            tls::pinned(trust, clock)?
        } else {
            tls::unpinned()
        };
        Ok(Self {
            http: Http::new(address, tls)?,
            platform: trust.platform.as_slice().into(),
        })
    }

    /// `POST /v1/devices`. Repeating it with the same keys gives the same answer, so a lost answer costs nothing.
    ///
    /// # Errors
    /// `Refused` with `invitation_used`, `invitation_expired`, `invitation_unknown`.
    pub async fn enrol(&self, request: &DeviceRequest, key: &SignSecret) -> Result<DeviceAnswer, ClientError> {
        let body = Signed::make(request, key);
        let (answer, _) = self.ask::<DeviceAnswer>(self.http.post("v1/devices", body)?).await?;
        bound(answer.signing == request.signing)?;
        Ok(answer)
    }

    /// `POST /v1/token`: a short-lived token. `nonce` is random and used once; it keeps an old answer from serving again.
    pub async fn token(
        &self,
        device: DeviceId,
        transport: &SignSecret,
        nonce: [u8; 16],
    ) -> Result<TokenAnswer, ClientError> {
        let body = Signed::make(
            &TokenRequest {
                device,
                nonce: Blob(nonce.to_vec()),
                ext: Default::default(),
            },
            transport,
        );
        let (answer, _) = self.ask::<TokenAnswer>(self.http.post("v1/token", body)?).await?;
        bound(answer.nonce.0 == nonce)?;
        Ok(answer)
    }

    /// `POST /v1/batches`: 1 to 50 envelopes, at most 64 KiB together; gives the outcomes and the signed bytes, which
    /// are the receipts to keep. Every item names an envelope of this batch. Whether its digest is the one the device
    /// holds is judged item by item by the caller, so that one strange record stops no other.
    ///
    /// # Errors
    /// `TooLarge` without sending when there are more; [`ClientError::Mismatch`] for the answer to another batch.
    pub async fn batch(&self, token: &str, envelopes: Vec<Vec<u8>>) -> Result<(BatchAnswer, Vec<u8>), ClientError> {
        if envelopes.len() > BATCH_MAX || envelopes.iter().map(Vec::len).sum::<usize>() > BATCH_BYTES {
            return Err(Obstacle::TooLarge.into());
        }
        let sent = envelopes.len();
        let eids: HashSet<Eid> = envelopes
            .iter()
            .filter_map(|bytes| Envelope::from_bytes(bytes).ok())
            .map(|e| e.header.eid)
            .collect();
        let body = cbor::encode(&BatchRequest {
            envelopes: envelopes.into_iter().map(Blob).collect(),
            ext: Default::default(),
        });
        let request = request_digest(&body);
        let (answer, bytes) = self
            .ask::<BatchAnswer>(self.http.post("v1/batches", body)?.bearer_auth(token))
            .await?;
        bound(answer.request == request)?;
        bound(answer.items.len() <= sent)?;
        bound(
            answer
                .items
                .iter()
                .filter_map(|item| item.eid)
                .all(|eid| eids.contains(&eid)),
        )?;
        Ok((answer, bytes))
    }

    /// `GET /v1/changes?since=&keys=&master=&life=`: one page for this device. Ask again with `next` while `more`, and with the
    /// serials of the keys and of the master data while more of those wait.
    ///
    /// # Errors
    /// [`ClientError::Mismatch`] for a page of another device or cursor, and for one that leads backwards or in a circle.
    pub async fn changes(
        &self,
        token: &str,
        device: DeviceId,
        since: u64,
        keys: u64,
        master: u64,
        life: Option<Instance>,
    ) -> Result<ChangesPage, ClientError> {
        let life = life.map_or_else(|| "none".to_owned(), |life| life.to_string());
        let path = format!("v1/changes?since={since}&keys={keys}&master={master}&origins=1&life={life}");
        let request = self.http.get(&path)?.bearer_auth(token);
        let (page, _) = self.ask::<ChangesPage>(request).await?;
        bound(page.device == device && page.since == since)?;
        bound(page.next >= since && !(page.more && page.next == since))?;
        if let Some(news) = &page.keys {
            bound(news.after == keys && news.serial >= keys && !(news.more && news.serial == keys))?;
        }
        if let Some(news) = &page.master {
            bound(news.after == master && news.serial >= master && !(news.more && news.serial == master))?;
        }
        Ok(page)
    }

    /// `POST /v1/have`: what of this device's envelopes the platform has, signed by the transport key.
    ///
    /// # Errors
    /// [`ClientError::Mismatch`] for the answer to another question.
    pub async fn have(
        &self,
        token: &str,
        asked: &HaveRequest,
        transport: &SignSecret,
    ) -> Result<HaveAnswer, ClientError> {
        let body = Signed::make(asked, transport);
        let request = request_digest(&body);
        let (answer, _) = self
            .ask::<HaveAnswer>(self.http.post("v1/have", body)?.bearer_auth(token))
            .await?;
        bound(answer.request == request)?;
        Ok(answer)
    }

    /// `POST /v1/reports`: counts, after records and verdicts, signed by the device's transport key.
    pub async fn report(
        &self,
        token: &str,
        report: &DeviceReport,
        transport: &SignSecret,
    ) -> Result<Acknowledged, ClientError> {
        let request = self
            .http
            .post("v1/reports", Signed::make(report, transport))?
            .bearer_auth(token);
        Ok(self.ask::<Acknowledged>(request).await?.0)
    }

    /// `POST /v1/cards`: how pre-printed cards stand on this device, signed by its signing key; gives one outcome for each.
    ///
    /// # Errors
    /// [`ClientError::Mismatch`] for the answer to another report.
    pub async fn blanks(
        &self,
        token: &str,
        report: &BlankReport,
        signing: &SignSecret,
    ) -> Result<BlankAnswer, ClientError> {
        let body = Signed::make(report, signing);
        let request = request_digest(&body);
        let (answer, _) = self
            .ask::<BlankAnswer>(self.http.post("v1/cards", body)?.bearer_auth(token))
            .await?;
        bound(answer.request == request && answer.blanks.len() == report.blanks.len())?;
        Ok(answer)
    }

    /// `GET /v1/communes/{code}/board` (JSON, for looking at; nothing on the device changes by it).
    ///
    /// # Errors
    /// `Refused` with `forbidden` where the device is no coordinator's or the commune is not its own.
    pub async fn board(&self, token: &str, commune: CommuneCode) -> Result<Board, ClientError> {
        let request = self
            .http
            .get(&format!("v1/communes/{commune}/board"))?
            .bearer_auth(token);
        let bytes = send(request, BOARD_LIMIT).await?;
        let board: Board = serde_json::from_slice(&bytes).map_err(|_| Obstacle::CaptivePortal)?;
        bound(board.commune == commune.to_string())?;
        Ok(board)
    }

    /// `GET /v1/trust` again: a newer message and its signed bytes to keep, or `None` when `known` is the newest.
    ///
    /// # Errors
    /// [`ClientError::Mismatch`] for an older message, another root or realm.
    pub async fn refresh_trust(&self, known: &Trust) -> Result<Option<(Trust, Vec<u8>)>, ClientError> {
        let bytes = send(self.http.get("v1/trust")?, Trust::LIMIT + FRAME).await?;
        let next = known
            .verify_next(&bytes)
            .map_err(|error| ClientError::unverified(&bytes, error))?;
        Ok((next.serial > known.serial).then_some((next, bytes)))
    }

    async fn ask<M: Message>(&self, request: RequestBuilder) -> Result<(M, Vec<u8>), ClientError> {
        let bytes = send(request, M::LIMIT + FRAME).await?;
        match Signed::verify(&bytes, &self.platform) {
            Ok(message) => Ok((message, bytes)),
            Err(error) => Err(ClientError::unverified(&bytes, error)),
        }
    }
}

fn bound(fits: bool) -> Result<(), ClientError> {
    if fits { Ok(()) } else { Err(ClientError::Mismatch) }
}
