//! One handler for each call of docs/protocol.md.

use super::{Service, noted};
use crate::{AskedKeys, Gateway, Health, error::Denied, error::GatewayError};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Path, Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{ids::DeviceId, place::CommuneCode};
use protocol::{
    blanks::BlankReport, board::Board, denial::Refusal, healing::HaveRequest, receipt::BATCH_LIMIT,
    signed::Message as _, version,
};
use std::{
    error::Error as _,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// Most bytes of a request that is no batch.
const SMALL: usize = 4 * 1024;
/// Bytes that a signature adds to a message, generously.
const SIGNATURE: usize = 128;
/// Seconds a device is asked to wait when too many batches come at once.
const RETRY_AFTER: u32 = 5;
/// How long it may take to see how the server is.
const HEALTH_PATIENCE: Duration = Duration::from_secs(5);
const CBOR: HeaderValue = HeaderValue::from_static("application/cbor");

/// All calls.
pub fn router(service: Service) -> Router {
    Router::new()
        .route("/v1/devices", post(devices))
        .route("/v1/changes", get(changes))
        .route("/v1/have", post(have))
        .route("/v1/reports", post(reports))
        .route("/v1/cards", post(blanks))
        .route("/v1/communes/{code}/board", get(board))
        .route_layer(middleware::from_fn_with_state(service.clone(), new_enough))
        // Answered to programs of every version, for ever.
        .route("/v1/trust", get(trust))
        .route("/v1/token", post(token))
        .route("/v1/batches", post(batches))
        .route("/v1/health", get(health))
        .layer(middleware::from_fn_with_state(service.clone(), not_too_often))
        .method_not_allowed_fallback(|| async { refusal(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed") })
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "not_found") })
        .layer(middleware::from_fn_with_state(service.clone(), noted::note))
        .layer(middleware::map_response(name_version))
        .with_state(service)
}

/// Lets nobody in whose program is older than the least version this gateway answers.
async fn new_enough(State(service): State<Service>, request: Request, next: Next) -> Response {
    let header = request.headers().get(version::HEADER);
    let least = service.limits.least_version;
    match version::named(header.and_then(|value| value.to_str().ok())) >= least {
        true => next.run(request).await,
        false => deny(&Denied::UpgradeNeeded { least }),
    }
}

/// Calls that anybody can make are counted by address; the others carry a token.
async fn not_too_often(State(service): State<Service>, request: Request, next: Next) -> Response {
    let address = address(&request);
    let admitted = match request.uri().path() {
        "/v1/devices" => service.invitations.admit(address),
        "/v1/token" | "/v1/trust" | "/v1/health" => service.anonymous.admit(address),
        _ => Ok(()),
    };
    match admitted {
        Ok(()) => next.run(request).await,
        Err(denied) => deny(&denied),
    }
}

async fn name_version(mut response: Response) -> Response {
    let version = HeaderValue::from(version::VERSION);
    response.headers_mut().insert(version::HEADER, version);
    response
}

async fn trust(State(service): State<Service>) -> Response {
    answer(service.ask(|gateway| Ok(gateway.trust()?)).await)
}

async fn devices(State(service): State<Service>, request: Request) -> Response {
    let result = async {
        let body = service.body(request, SMALL).await?;
        service.ask(move |gateway| gateway.enrol(&body)).await
    };
    answer(result.await)
}

async fn token(State(service): State<Service>, request: Request) -> Response {
    let result = async {
        let body = service.body(request, SMALL).await?;
        let (device, answer) = service.ask(move |gateway| gateway.token_for(&body)).await?;
        noted::caller(device);
        Ok(answer)
    };
    answer(result.await)
}

async fn batches(State(service): State<Service>, request: Request) -> Response {
    let result = async {
        let device = service.caller(request.headers())?;
        let body = service.body(request, BATCH_LIMIT).await?;
        // Taken after the body is here: a slow caller holds nobody up.
        let permit = service.batches.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Denied::Busy {
            retry_after: RETRY_AFTER,
        })?;
        let result = service
            .ask(move |gateway| {
                let answer = gateway.batch(device, &body);
                drop(permit);
                answer
            })
            .await;
        service.waker.wake();
        result
    };
    answer(result.await)
}

#[derive(serde::Deserialize)]
struct Since {
    since: u64,
    /// Serial of the device's list of keys; absent from programs that know no such list.
    keys: Option<u64>,
    /// Serial of the device's master data; absent from programs that bring along all they know.
    master: Option<u64>,
    /// 1 from programs that know since when a device can have signed.
    origins: Option<u8>,
    /// The platform's life that the cursor is of, or `none`; absent from programs that know no lives.
    life: Option<String>,
}

async fn changes(
    State(service): State<Service>,
    headers: HeaderMap,
    since: Result<Query<Since>, QueryRejection>,
) -> Response {
    let result = async {
        let device = service.caller(&headers)?;
        let Query(Since {
            since,
            keys,
            master,
            origins,
            life,
        }) = since.map_err(|_| Denied::Malformed)?;
        let keys = keys.map(|after| AskedKeys {
            after,
            origins: origins == Some(1),
        });
        let life = life
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| Denied::Malformed)?;
        service
            .ask(move |gateway| gateway.changes_in(device, since, keys, master, life))
            .await
    };
    answer(result.await)
}

async fn have(State(service): State<Service>, request: Request) -> Response {
    let result = async {
        let device = service.caller(request.headers())?;
        let body = service.body(request, HaveRequest::LIMIT + SIGNATURE).await?;
        service.ask(move |gateway| gateway.have(device, &body)).await
    };
    answer(result.await)
}

async fn reports(State(service): State<Service>, request: Request) -> Response {
    let result = async {
        let device = service.caller(request.headers())?;
        let body = service.body(request, SMALL).await?;
        service.ask(move |gateway| gateway.report(device, &body)).await
    };
    answer(result.await)
}

async fn blanks(State(service): State<Service>, request: Request) -> Response {
    let result = async {
        let device = service.caller(request.headers())?;
        let body = service.body(request, BlankReport::LIMIT + SIGNATURE).await?;
        service.ask(move |gateway| gateway.blanks(device, &body)).await
    };
    answer(result.await)
}

async fn board(State(service): State<Service>, headers: HeaderMap, Path(code): Path<String>) -> Response {
    let result: Result<Arc<Board>, Denied> = async {
        let device = service.caller(&headers)?;
        let commune: CommuneCode = code.parse().map_err(|_| Denied::CommuneUnknown)?;
        service.ask(move |gateway| gateway.may_see(device, commune)).await?;
        service.boards.of(&service.gateway, commune).await
    }
    .await;
    match result {
        Ok(board) => ([(header::CACHE_CONTROL, "no-store")], Json(&*board)).into_response(),
        Err(denied) => deny(&denied),
    }
}

/// In short for everybody; whoever sits at the server sees the rest.
async fn health(State(service): State<Service>, request: Request) -> Response {
    let health = service.health().await;
    let status = match health.status {
        "ok" => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    match address(&request).is_loopback() {
        true => (status, Json(health)).into_response(),
        false => (status, Json(serde_json::json!({ "status": health.status }))).into_response(),
    }
}

/// Where a request comes from.
fn address(request: &Request) -> IpAddr {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

impl Service {
    /// Looked at anew after a while: whoever asks all the time makes no writer wait.
    async fn health(&self) -> Health {
        let mut kept = self.health.lock().await;
        if let Some((at, health)) = &*kept
            && at.elapsed() < self.limits.health_age
        {
            return health.clone();
        }
        let gateway = self.gateway.clone();
        let looked = tokio::task::spawn_blocking(move || gateway.health());
        let health = match tokio::time::timeout(HEALTH_PATIENCE, looked).await {
            Ok(Ok(health)) => health,
            // Whoever writes has been at it for too long.
            _ => Health::STUCK,
        };
        *kept = Some((Instant::now(), health.clone()));
        health
    }

    /// The device whose token came along.
    fn caller(&self, headers: &HeaderMap) -> Result<DeviceId, Denied> {
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(Denied::Unauthorised)?;
        let device = self.gateway.authorise(token)?;
        noted::caller(device);
        Ok(device)
    }

    /// At most `limit` bytes within the time allowed; what is announced as longer is not read at all.
    async fn body(&self, request: Request, limit: usize) -> Result<Bytes, Denied> {
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok());
        if announced
            .and_then(|length| length.parse::<u64>().ok())
            .is_some_and(|length| length > limit as u64)
        {
            return Err(Denied::TooLarge);
        }
        let reading = axum::body::to_bytes(request.into_body(), limit);
        let read = tokio::time::timeout(self.limits.body, reading)
            .await
            .map_err(|_| Denied::TooSlow)?;
        read.map_err(|error| match error.source() {
            Some(source) if source.to_string().contains("length limit") => Denied::TooLarge,
            _ => Denied::Malformed,
        })
    }

    /// Asks on a blocking thread: SQLite waits for the disk.
    async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Gateway) -> Result<T, Denied> + Send + 'static,
    ) -> Result<T, Denied> {
        // Nobody closes it. Whoever waits here holds no thread.
        let _place = self.calls.acquire().await;
        let gateway = self.gateway.clone();
        match tokio::task::spawn_blocking(move || call(&gateway)).await {
            Ok(result) => result,
            Err(_) => Err(GatewayError::Stored("call").into()),
        }
    }
}

fn answer(result: Result<Vec<u8>, Denied>) -> Response {
    match result {
        Ok(bytes) => ([(header::CONTENT_TYPE, CBOR)], Body::from(bytes)).into_response(),
        Err(denied) => deny(&denied),
    }
}

fn deny(denied: &Denied) -> Response {
    noted::denied(denied);
    let status = StatusCode::from_u16(denied.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let least = match denied {
        Denied::UpgradeNeeded { least } => Some(*least),
        _ => None,
    };
    let mut response = told(status, denied.code(), least);
    if let Denied::Busy { retry_after } = denied {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, (*retry_after).into());
    }
    response
}

fn refusal(status: StatusCode, code: &str) -> Response {
    told(status, code, None)
}

fn told(status: StatusCode, code: &str, least: Option<u32>) -> Response {
    let code = code.to_owned();
    (status, Json(Refusal { code, least })).into_response()
}
