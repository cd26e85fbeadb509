//! One line of the log for each request: which call, which device, which answer, how long; of our own faults the reason too.
//! Never bytes of a request or of an answer.

use super::Service;
use crate::error::Denied;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use domain::ids::DeviceId;
use std::{cell::RefCell, sync::atomic::Ordering};
use tokio::time::Instant;

/// Names the request, as the log does.
const REQUEST: HeaderName = HeaderName::from_static("tungnha-request");

#[derive(Default)]
struct Noted {
    device: Option<DeviceId>,
    code: Option<&'static str>,
    detail: Option<String>,
}

tokio::task_local! {
    static NOTED: RefCell<Noted>;
}

/// Who called, once that is known.
pub(super) fn caller(device: DeviceId) {
    let _ = NOTED.try_with(|noted| noted.borrow_mut().device = Some(device));
}

/// What was answered instead.
pub(super) fn denied(denied: &Denied) {
    let _ = NOTED.try_with(|noted| {
        let mut noted = noted.borrow_mut();
        noted.code = Some(denied.code());
        // What SQLite or the disk say: names of tables and files, no value of a row.
        if let Denied::Internal(error) = denied {
            noted.detail = Some(error.to_string());
        }
    });
}

/// Surrounds every call.
pub(super) async fn note(State(service): State<Service>, request: Request, next: Next) -> Response {
    let number = service.requests.fetch_add(1, Ordering::Relaxed);
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let route = route
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or("none")
        .to_owned();
    let begun = Instant::now();
    let (mut response, noted) = NOTED
        .scope(RefCell::default(), async {
            let response = next.run(request).await;
            (response, NOTED.with(RefCell::take))
        })
        .await;
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    let Noted { device, code, detail } = noted;
    match detail {
        Some(detail) => tracing::error!(request = number, route, status, device, code, ms, detail, "request"),
        None => tracing::info!(request = number, route, status, device, code, ms, "request"),
    }
    response.headers_mut().insert(REQUEST, HeaderValue::from(number));
    response
}
