//! The server: the command table and its events over HTTP, on this machine alone.
//!
//! Nobody but the page may come in: a stage is opened with a token that only who started the server knows, its address
//! holds a secret of its own, and a request that another site's page sends (its `Origin`, its `Host`) is refused.

use crate::{stage::Stage, stories::Workshop};
use app::env::{Env as _, SystemEnv};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{delete, get, post},
};
use futures_util::stream;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::broadcast::error::RecvError;

/// What all requests share.
pub struct Server {
    pub token: String,
    workshop: Workshop,
    stages: Mutex<HashMap<String, Arc<Stage>>>,
    /// A stage to which nobody listens any more is kept so long: a page that is loaded again finds it.
    linger: Duration,
}

impl Server {
    pub fn new(workshop: Workshop, linger: Duration) -> Arc<Self> {
        Arc::new(Self {
            token: secret(),
            workshop,
            stages: Mutex::default(),
            linger,
        })
    }

    fn stages(&self) -> MutexGuard<'_, HashMap<String, Arc<Stage>>> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(
        clippy::result_large_err,
        reason = "the answer is made once in a request, and goes out as it is"
    )]
    fn stage(&self, id: &str) -> Result<Arc<Stage>, Response> {
        let stage = self.stages().get(id).map(Arc::clone);
        stage.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "no_such_stage"))
    }

    /// Ends every stage.
    pub fn end(&self) {
        for (_, stage) in self.stages().drain() {
            stage.end();
        }
    }

    fn close(&self, id: &str) {
        let stage = self.stages().remove(id);
        if let Some(stage) = stage {
            stage.end();
        }
    }
}

/// 32 hexadecimal digits that nobody can guess.
fn secret() -> String {
    let mut bytes = [0; 16];
    SystemEnv::new().fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refuse(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "code": code }))).into_response()
}

/// All addresses.
pub fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/stages", post(open))
        .route("/stages/{stage}", delete(close).get(props))
        .route("/stages/{stage}/rpc/{command}", post(rpc))
        .route("/stages/{stage}/events", get(events))
        .route("/stages/{stage}/camera/{run}/{number}", get(camera))
        .route("/stages/{stage}/script", post(script))
        .layer(middleware::from_fn(ours_alone))
        .with_state(server)
}

/// True for `127.0.0.1:5173` and `localhost:5173`.
fn is_here(authority: &str) -> bool {
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    ["127.0.0.1", "localhost"].contains(&host)
}

fn is_ours(headers: &HeaderMap) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = said(header::HOST).is_some_and(is_here);
    let page = said(header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
    host && (!headers.contains_key(header::ORIGIN) || page.is_some_and(is_here))
}

async fn ours_alone(request: Request, next: Next) -> Response {
    match is_ours(request.headers()) {
        true => next.run(request).await,
        false => refuse(StatusCode::FORBIDDEN, "another_site"),
    }
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Response> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| refuse(StatusCode::INTERNAL_SERVER_ERROR, "panicked"))
}

async fn open(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Response> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if token.and_then(|token| token.strip_prefix("Bearer ")) != Some(server.token.as_str()) {
        return Err(refuse(StatusCode::UNAUTHORIZED, "no_token"));
    }
    let name = asked["story"].as_str().unwrap_or_default().to_owned();
    let building = Arc::clone(&server);
    let stage = blocking(move || building.workshop.stage(&name)).await?;
    let stage = stage.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "no_such_story"))?;
    let id = secret();
    server.stages().insert(id.clone(), Arc::new(stage));
    Ok(Json(json!({ "stage": id })))
}

async fn close(State(server): State<Arc<Server>>, Path(id): Path<String>) -> StatusCode {
    server.close(&id);
    StatusCode::NO_CONTENT
}

async fn props(State(server): State<Arc<Server>>, Path(id): Path<String>) -> Result<Json<Value>, Response> {
    Ok(Json(server.stage(&id)?.props.clone()))
}

async fn rpc(
    State(server): State<Arc<Server>>,
    Path((id, command)): Path<(String, String)>,
    Json(args): Json<Value>,
) -> Result<Json<Value>, Response> {
    let stage = server.stage(&id)?;
    // A refusal is an answer too: a browser complains of any status but 200, and then nobody reads its complaints.
    Ok(Json(match blocking(move || stage.rpc(&command, args)).await? {
        Ok(answer) => json!({ "answer": answer }),
        Err(failure) => json!({ "refused": failure }),
    }))
}

async fn script(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    Json(asked): Json<Value>,
) -> Result<StatusCode, Response> {
    let stage = server.stage(&id)?;
    let done = blocking(move || stage.script(&asked)).await?;
    done.map(|()| StatusCode::NO_CONTENT)
        .map_err(|wrong| refuse(StatusCode::BAD_REQUEST, wrong))
}

async fn camera(
    State(server): State<Arc<Server>>,
    Path((id, run, _)): Path<(String, u32, u32)>,
) -> Result<Response, Response> {
    let stage = server.stage(&id)?;
    let picture = blocking(move || stage.host.camera_picture(run)).await?;
    // Not yet: no fault that a browser should complain of.
    let picture = picture.ok_or_else(|| StatusCode::NO_CONTENT.into_response())?;
    let kind = [
        (header::CONTENT_TYPE, picture.mime),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((kind, Body::from(Bytes::from(picture.bytes))).into_response())
}

/// Somebody listens to a stage as long as this lives.
struct Listener {
    server: Arc<Server>,
    stage: Arc<Stage>,
    id: String,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.stage.listen(false) > 0 {
            return;
        }
        let (server, stage, id) = (Arc::clone(&self.server), Arc::clone(&self.stage), self.id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(server.linger).await;
            if stage.is_alone() {
                server.close(&id);
            }
        });
    }
}

async fn events(State(server): State<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Response> {
    let stage = server.stage(&id)?;
    stage.listen(true);
    let heard = stage.desk.listen();
    let listener = Listener { server, stage, id };
    let told = stream::unfold((heard, listener), |(mut heard, listener)| async {
        loop {
            match heard.recv().await {
                Ok((name, carried)) => {
                    let event = Event::default().event(name).data(carried.to_string());
                    return Some((Ok::<_, Infallible>(event), (heard, listener)));
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_machine() {
        assert!(is_here("127.0.0.1:5173") && is_here("localhost:80") && is_here("localhost"));
        for other in [
            "example.org",
            "localhost.example.org:5173",
            "127.0.0.1.example.org",
            "[::1]:80",
            "",
        ] {
            assert!(!is_here(other), "{other}");
        }
    }
}
