//! One question, one answer: HTTP/1.1 by hyper, over a connection that ends with the answer.

use crate::address::Address;
use app::paper::printer::PrinterError;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

/// How long cupsd may take for each part. It answers at once, and takes a thousand cards (10 MB) in less than a second.
#[derive(Clone, Copy)]
struct Patience {
    /// Until the connection stands.
    connect: Duration,
    /// Until the question is written and the head of an answer is there.
    answer: Duration,
    /// Between one piece of the answer and the next.
    piece: Duration,
    /// For everything together.
    total: Duration,
}

const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(3),
    answer: Duration::from_secs(15),
    piece: Duration::from_secs(5),
    total: Duration::from_secs(20),
};

/// Bytes of an answer; far above a list of hundreds of queues.
const MOST: usize = 4 * 1024 * 1024;

/// Posts an IPP message and gives the answer's body.
///
/// # Errors
/// [`PrinterError::NoSystem`] when nobody answers in time, [`PrinterError::Denied`], [`PrinterError::UnknownQueue`], or
/// [`PrinterError::Answer`].
pub fn post(address: &Address, path: &str, user: &str, message: Bytes) -> Result<Bytes, PrinterError> {
    patiently(PATIENCE, address, request(address, path, user, message)?)
}

/// On a thread of its own: the port is also called on threads that drive a runtime already, where a second one panics.
fn patiently(patience: Patience, address: &Address, request: Request<Full<Bytes>>) -> Result<Bytes, PrinterError> {
    let talk = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|_| PrinterError::NoSystem)?
            .block_on(within(patience.total, talk(patience, address, request)))?
    };
    std::thread::scope(|scope| scope.spawn(talk).join()).unwrap_or(Err(PrinterError::NoSystem))
}

fn request(address: &Address, path: &str, user: &str, message: Bytes) -> Result<Request<Full<Bytes>>, PrinterError> {
    let mut request = Request::post(path)
        .header(HOST, "localhost")
        .header(CONTENT_TYPE, "application/ipp");
    // Over its own socket cupsd asks the kernel who we are; the header only says that it should.
    if matches!(address, Address::Socket(_)) {
        let peer = HeaderValue::from_bytes(format!("PeerCred {user}").as_bytes()).map_err(|_| PrinterError::Denied)?;
        request = request.header(AUTHORIZATION, peer);
    }
    request.body(Full::new(message)).map_err(|_| PrinterError::UnknownQueue)
}

async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Result<T, PrinterError> {
    timeout(time, work).await.map_err(|_| PrinterError::NoSystem)
}

async fn talk(patience: Patience, address: &Address, request: Request<Full<Bytes>>) -> Result<Bytes, PrinterError> {
    match address {
        #[cfg(unix)]
        Address::Socket(path) => {
            let stream = within(patience.connect, tokio::net::UnixStream::connect(path)).await?;
            over(patience, stream.map_err(|_| PrinterError::NoSystem)?, request).await
        }
        #[cfg(not(unix))]
        Address::Socket(_) => Err(PrinterError::NoSystem),
        Address::Loopback(addresses) => {
            let stream = within(patience.connect, tokio::net::TcpStream::connect(&addresses[..])).await?;
            over(patience, stream.map_err(|_| PrinterError::NoSystem)?, request).await
        }
    }
}

async fn over<S>(patience: Patience, stream: S, request: Request<Full<Bytes>>) -> Result<Bytes, PrinterError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| failed(&error))?;
    // It ends with the runtime, which is dropped as soon as the answer is there.
    tokio::spawn(connection);
    let answer = within(patience.answer, sender.send_request(request))
        .await?
        .map_err(|error| failed(&error))?;
    match answer.status() {
        StatusCode::OK => body(patience, answer).await,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(PrinterError::Denied),
        StatusCode::NOT_FOUND => Err(PrinterError::UnknownQueue),
        _ => Err(PrinterError::Answer),
    }
}

async fn body(patience: Patience, answer: Response<Incoming>) -> Result<Bytes, PrinterError> {
    let mut body = Limited::new(answer.into_body(), MOST);
    let mut whole = Vec::new();
    while let Some(piece) = within(patience.piece, body.frame()).await? {
        let piece = piece.map_err(|error| match error.downcast::<hyper::Error>() {
            Ok(error) => failed(&error),
            Err(_) => PrinterError::Answer,
        })?;
        whole.extend(piece.into_data().unwrap_or_default());
    }
    Ok(whole.into())
}

/// Somebody who answers in another language, or nobody.
fn failed(error: &hyper::Error) -> PrinterError {
    if error.is_parse() {
        PrinterError::Answer
    } else {
        PrinterError::NoSystem
    }
}

#[cfg(all(test, unix))]
mod tests;
