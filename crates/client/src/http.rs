//! One request, one bounded answer, one classification.

use crate::{ClientError, address::Address, error::failed, status};
use domain::retry::Obstacle;
use protocol::{denial::Refusal, version};
use reqwest::{
    Client, RequestBuilder, Response,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use rustls::ClientConfig;
use std::time::Duration;

/// TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence while an answer comes; 2G pauses for seconds, not for a third of a minute.
const STALL: Duration = Duration::from_secs(20);
/// The whole call: a full batch at 2G's 20 kbit/s takes half of it.
const WHOLE: Duration = Duration::from_secs(60);
/// Longest refusal that is read.
const REFUSAL_LIMIT: usize = 4 * 1024;
/// The longest pause a server can ask for, in seconds; a mistyped number must not silence a device for years.
const LONGEST_PAUSE: u32 = 24 * 60 * 60;
/// What requests are made of.
const CBOR: &str = "application/cbor";

#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    address: Address,
}

impl Http {
    /// No redirects: the gateway makes none, so whoever does is somebody else. No proxy from the environment: where
    /// residents' records go is not decided by a variable that some other program set.
    pub(crate) fn new(address: Address, tls: ClientConfig) -> Result<Self, ClientError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(address.is_tls())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .default_headers(HeaderMap::from_iter([(
                HeaderName::from_static(version::HEADER),
                HeaderValue::from(version::VERSION),
            )]))
            .user_agent(concat!("tungnha/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(STALL)
            .timeout(WHOLE)
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Self { client, address })
    }

    pub(crate) fn get(&self, path: &str) -> Result<RequestBuilder, ClientError> {
        Ok(self.client.get(self.address.join(path)?))
    }

    pub(crate) fn post(&self, path: &str, body: Vec<u8>) -> Result<RequestBuilder, ClientError> {
        Ok(self
            .client
            .post(self.address.join(path)?)
            .header(header::CONTENT_TYPE, CBOR)
            .body(body))
    }
}

/// The body of a success, at most `limit` bytes of it. Nothing of it is believed yet.
pub(crate) async fn send(request: RequestBuilder, limit: usize) -> Result<Vec<u8>, ClientError> {
    let answer = request.send().await.map_err(|error| failed(&error))?;
    let status = answer.status();
    if status.is_success() {
        return body(answer, limit).await?.ok_or(Obstacle::CaptivePortal.into());
    }
    Err(match status::obstacle(status, retry_after(&answer)) {
        Some(obstacle) => obstacle.into(),
        None => refusal(answer).await?,
    })
}

/// `None` when there is more than `limit` bytes; `Content-Length` is a claim, so the bytes are counted as they come,
/// after decompression.
async fn body(mut answer: Response, limit: usize) -> Result<Option<Vec<u8>>, ClientError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&error))? {
        if bytes.len() + chunk.len() > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

async fn refusal(answer: Response) -> Result<ClientError, ClientError> {
    let bytes = body(answer, REFUSAL_LIMIT).await?.unwrap_or_default();
    Ok(match serde_json::from_slice::<Refusal>(&bytes) {
        Ok(Refusal { code, .. }) if is_code(&code) => ClientError::Refused { code },
        _ => Obstacle::ServerError.into(),
    })
}

fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Seconds only (RFC 9110 also allows a date, which a device with a wrong clock cannot use).
fn retry_after(answer: &Response) -> Option<u32> {
    let seconds: u64 = answer
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(u32::try_from(seconds).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE))
}
