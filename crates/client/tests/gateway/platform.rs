//! A platform for tests: its keys, its authorities, and servers that answer byte for byte what a test says.

use client::{ClientError, Clock, Connection};
use domain::{
    code::Code,
    ids::{Eid, Link, Realm, Rid, UnixTime},
    place::CommuneCode,
    retry::Obstacle,
};
use protocol::{
    cbor::Blob,
    enrolment::Trust,
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
    keys::{KeyId, SealKey, SealSecret, SignSecret},
    receipt::{BatchAnswer, Item, Outcome, request_digest},
    signed::{Message, Signed},
};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls};

pub const TOKEN: &str = "00ff00ff";
/// What a Wi-Fi with a login page answers to everything.
pub const LOGIN: &[u8] = b"<html><title>Wi-Fi</title><form action=/login>Xin chao</form></html>";
/// Some moment of 2026.
pub const NOW: UnixTime = 1_790_000_000;

pub fn clock() -> Clock {
    Clock { floor: NOW, now: NOW }
}

pub fn root() -> SignSecret {
    SignSecret::from_seed(&[1; 32])
}

pub fn platform() -> SignSecret {
    SignSecret::from_seed(&[2; 32])
}

pub fn device() -> SignSecret {
    SignSecret::from_seed(&[3; 32])
}

pub fn trust(serial: u64, authorities: Vec<Vec<u8>>) -> Trust {
    Trust {
        root: root().public(),
        serial,
        realm: Realm::Development,
        authorities: authorities.into_iter().map(Blob).collect(),
        platform: vec![platform().public()],
        openers: vec![SealKey([9; 32])],
        blanks: None,
        issued_at: NOW,
        ext: Default::default(),
    }
}

pub fn signed<M: Message>(message: &M) -> Vec<u8> {
    Signed::make(message, &platform())
}

/// Not random: a test repeats itself.
pub struct Counting(pub u64);

impl rand_core::TryRng for Counting {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|n| n as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        Ok((self.0 ^ (self.0 >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Counting {}

pub fn envelope(seq: u64) -> Vec<u8> {
    let header = Header {
        version: VERSION,
        eid: Eid([seq as u8; 16]),
        rid: Rid([seq as u8; 16]),
        base: None,
        device: 7,
        epoch: 1,
        seq,
        prev: (seq > 1).then_some(Link([seq as u8 - 1; 16])),
        operator: 3,
        realm: Realm::Development,
        opener: KeyId([4; 8]),
        kind: Kind::Withdrawal,
        captured: Capture {
            wall: NOW,
            monotonic: 60,
            boot: 5,
            server_floor: None,
        },
        commune: CommuneCode(20194),
        notice: 1,
        code: Code::from_parts(1022, [1, 2, 3, 4, seq as u8]).expect("group is small"),
        ext: Default::default(),
    };
    let opener = SealSecret::from_bytes(&[5; 32]).public().expect("valid key");
    Envelope::make(header, &Body::Withdrawal, &opener, &device(), &mut Counting(seq))
        .expect("small")
        .to_bytes()
}

/// What an honest gateway answers to a batch request.
pub fn receipts(request: &[u8]) -> BatchAnswer {
    let batch: protocol::receipt::BatchRequest = protocol::cbor::decode(request, 1 << 20).expect("a batch");
    let items = batch.envelopes.iter().enumerate().map(|(i, bytes)| {
        let envelope = Envelope::from_bytes(&bytes.0).expect("an envelope");
        Item {
            eid: Some(envelope.header.eid),
            digest: envelope.digest(),
            outcome: Outcome::Received,
            number: i as u64 + 1,
            received_at: NOW,
        }
    });
    BatchAnswer {
        request: request_digest(request),
        time: NOW,
        items: items.collect(),
        wait: None,
        ext: Default::default(),
    }
}

// ------------------------------------------------------------------------------------------------- servers

/// A request as it arrived.
pub struct Seen {
    pub head: String,
    pub body: Vec<u8>,
}

/// What the server does with it.
pub enum Reply {
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Writes the first bytes once and the second ones for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// Says nothing and keeps the line open.
    Silence,
}

pub fn http(status: &str, headers: &str, body: &[u8]) -> Reply {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Reply::Raw([head.as_bytes(), body].concat())
}

pub fn ok(body: &[u8]) -> Reply {
    http("200 OK", "", body)
}

pub struct Server {
    pub addr: SocketAddr,
}

impl Server {
    pub async fn plain(handler: impl Fn(Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(None, handler).await
    }

    pub async fn tls(tls: rustls::ServerConfig, handler: impl Fn(Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(Some(TlsAcceptor::from(Arc::new(tls))), handler).await
    }

    async fn start(tls: Option<TlsAcceptor>, handler: impl Fn(Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let handler = Arc::new(handler);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, handler) = (tls.clone(), handler.clone());
                tokio::spawn(async move {
                    match tls {
                        None => answer(stream, handler.as_ref()).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => answer(stream, handler.as_ref()).await,
                            Err(_) => Some(()),
                        },
                    }
                });
            }
        });
        Self { addr }
    }

    pub fn http_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn https_url(&self) -> String {
        format!("https://{}", self.addr)
    }

    /// A connection over plain HTTP on loopback.
    pub fn connection(&self) -> Connection {
        Connection::new(&self.http_url(), &trust(1, vec![]), clock()).unwrap()
    }
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    handler: &(dyn Fn(Seen) -> Reply + Sync),
) -> Option<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        read_some(&mut stream, &mut bytes).await?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |text| text.trim().parse::<usize>().unwrap());
    while bytes.len() < end + length {
        read_some(&mut stream, &mut bytes).await?;
    }
    match handler(Seen {
        head,
        body: bytes.split_off(end),
    }) {
        Reply::Raw(raw) => stream.write_all(&raw).await.ok()?,
        Reply::Endless(head, again) => {
            stream.write_all(&head).await.ok()?;
            while stream.write_all(&again).await.is_ok() {}
        }
        Reply::Silence => std::future::pending().await,
    }
    stream.shutdown().await.ok()
}

async fn read_some(stream: &mut (impl AsyncRead + Unpin), into: &mut Vec<u8>) -> Option<()> {
    match stream.read_buf(into).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(()),
    }
}

/// Passes everything on, but cuts the line after `limit` bytes towards the client. Gives the bytes let through.
pub async fn cutter(to: SocketAddr, limit: usize) -> (SocketAddr, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(to).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (from_server, mut to_server) = server.into_split();
        let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
        let passed = tokio::io::copy(&mut from_server.take(limit as u64), &mut to_client)
            .await
            .unwrap_or(0);
        up.abort();
        passed as usize
    });
    (addr, task)
}

// -------------------------------------------------------------------------------------------- certificates

/// From the first of January of one year to that of another.
#[derive(Clone, Copy)]
pub struct Years(pub i32, pub i32);

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

fn params(name: &str, years: Years, ca: bool) -> CertificateParams {
    let mut params = CertificateParams::new(if ca { vec![] } else { vec![name.to_owned()] }).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    params.is_ca = if ca {
        IsCa::Ca(BasicConstraints::Unconstrained)
    } else {
        IsCa::NoCa
    };
    params
}

impl Authority {
    /// An authority of the name `name`; two of them may have the same.
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = params(name, Years(2020, 2022), true);
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self {
            issuer: Issuer::new(params, key),
            der,
        }
    }

    pub fn intermediate(&self, name: &str, years: Years) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = params(name, years, true);
        let der = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Self {
            issuer: Issuer::new(params, key),
            der,
        }
    }

    pub fn der(&self) -> Vec<u8> {
        self.der.clone()
    }

    pub fn server(&self, host: &str, years: Years) -> rustls::ServerConfig {
        self.server_with(host, years, &[], &[&rustls::version::TLS13])
    }

    pub fn server_with(
        &self,
        host: &str,
        years: Years,
        chain: &[&Authority],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> rustls::ServerConfig {
        let key = KeyPair::generate().unwrap();
        let leaf = params(host, years, false).signed_by(&key, &self.issuer).unwrap();
        let certificates = std::iter::once(leaf.der().clone())
            .chain(chain.iter().map(|ca| ca.der().into()))
            .collect();
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates, key.serialize_der().try_into().unwrap())
            .unwrap()
    }
}

/// Seconds since 1970 of the middle of a year, nearly.
pub fn middle_of(year: i64) -> UnixTime {
    (year - 1970) * 31_556_952 + 15_778_476
}

/// What a failure looks like to whoever asked.
pub fn obstacle<T>(obstacle: Obstacle) -> Result<T, ClientError> {
    Err(ClientError::Obstacle(obstacle))
}

/// One batch of two envelopes against a server that answers so.
pub async fn batch_against(
    handler: impl Fn(Seen) -> Reply + Send + Sync + 'static,
) -> Result<BatchAnswer, ClientError> {
    let server = Server::plain(handler).await;
    server
        .connection()
        .batch(TOKEN, vec![envelope(1), envelope(2)])
        .await
        .map(|(answer, _)| answer)
}
