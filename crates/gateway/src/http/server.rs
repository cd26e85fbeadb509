//! Listening: TLS 1.3 with a certificate of the platform's own authority; plain HTTP on loopback only.

use super::{Limits, Service, doors::Doors, router};
use crate::{
    Gateway,
    adapters::population::{NoRegister, PopulationRegister, SimulatedRegister},
    env::Env,
    error::GatewayError,
    lock,
    opener::Opener,
    worker::Worker,
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use domain::ids::Realm;
use std::{
    fs::File,
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinHandle;

/// How long running requests may take when the server is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address; port 0 lets the machine choose.
    pub listen: SocketAddr,
    /// Data folder.
    pub data: PathBuf,
    /// World; fixed at the first start.
    pub realm: Realm,
    /// Host names for the certificate; the first one is told to devices.
    pub names: Vec<String>,
    /// No TLS; loopback only.
    pub plain_http: bool,
    /// List of invented people for the simulated population register; never in the live realm.
    pub population: Option<PathBuf>,
    /// Slept before each round of the opener, for tests that look at what waits.
    pub opener_delay: Duration,
    /// What a caller may cost.
    pub limits: Limits,
}

/// A server that listens.
pub struct Running {
    /// `https://127.0.0.1:8443`.
    pub url: String,
    /// What it serves.
    pub gateway: Arc<Gateway>,
    worker: Worker,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<std::io::Result<()>>,
    _lock: File,
}

impl Running {
    /// Ends: running requests get a little time, the opener ends its round.
    pub async fn stop(self) -> Result<(), GatewayError> {
        self.handle.graceful_shutdown(Some(GRACE));
        let served = self.serving.await;
        let worker = self.worker;
        // The opener's round ends with a wait for the disk.
        let _ = tokio::task::spawn_blocking(move || worker.stop()).await;
        match served {
            Ok(result) => result.map_err(GatewayError::io("listening")),
            Err(_) => Ok(()),
        }
    }
}

/// Opens the data folder and listens.
///
/// # Errors
/// `in_use` when a server runs on the folder, `realm_mismatch`, `usage`, and what disk and network say.
pub async fn start(options: Options, env: Arc<dyn Env>) -> Result<Running, GatewayError> {
    if options.plain_http && !options.listen.ip().is_loopback() {
        return Err(GatewayError::Usage("plain HTTP is for loopback only"));
    }
    let register: Box<dyn PopulationRegister> = match &options.population {
        Some(_) if options.realm == Realm::Live => {
            return Err(GatewayError::Usage("the simulated register is not for the live realm"));
        }
        Some(list) => Box::new(SimulatedRegister::read(list)?),
        None => Box::new(NoRegister),
    };
    std::fs::create_dir_all(&options.data).map_err(GatewayError::io("making the data folder"))?;
    let lock = lock::take(&options.data)?;
    let gateway = Arc::new(Gateway::start(&options.data, options.realm, env.clone())?);
    let mut opener = Opener::open(&options.data, options.realm, register, env.clone())?;
    // One of the two came back from an older backup than the other.
    if gateway.is_out_of_step(&opener)? {
        let done = gateway.reconcile(&mut opener)?;
        tracing::warn!(
            decided = done.decided,
            changed = done.changed,
            erased = done.erased,
            "reconciled"
        );
    }
    gateway.renew_trust(&[opener.public_key()?])?;

    let listener = TcpListener::bind(options.listen).map_err(GatewayError::io("listening"))?;
    listener.set_nonblocking(true).map_err(GatewayError::io("listening"))?;
    let address = listener.local_addr().map_err(GatewayError::io("listening"))?;
    let url = url(&options, address);
    gateway.remember_url(&url)?;

    let worker = Worker::start(gateway.clone(), opener, options.opener_delay)?;
    let service = Service::new(gateway.clone(), worker.waker(), options.limits);
    let app = router(service).into_make_service_with_connect_info::<SocketAddr>();
    let doors = Doors::new(with_room(options.limits));
    let handle = Handle::new();
    let serving = if options.plain_http {
        let server = axum_server::from_tcp(listener).map_err(GatewayError::io("listening"))?;
        let server = server.acceptor(doors);
        tokio::spawn(bounded(server.handle(handle.clone()), &options.limits).serve(app))
    } else {
        let tls = RustlsConfig::from_config(Arc::new(tls(&gateway, &options, address.ip(), &*env)?));
        let server = axum_server::from_tcp_rustls(listener, tls).map_err(GatewayError::io("listening"))?;
        let server = server.map(|acceptor| acceptor.handshake_timeout(options.limits.handshake).acceptor(doors));
        tokio::spawn(bounded(server.handle(handle.clone()), &options.limits).serve(app))
    };
    Ok(Running {
        url,
        gateway,
        worker,
        handle,
        serving,
        _lock: lock,
    })
}

/// As many connections as there are descriptors for: half of them, so that databases and logs have theirs, and half of those
/// for one address.
fn with_room(limits: Limits) -> Limits {
    let connections = limits.connections.min(descriptors() / 2).max(2);
    Limits {
        connections,
        connections_of_address: limits.connections_of_address.min(connections / 2),
        ..limits
    }
}

/// How many descriptors this process may have, after it asked for all it may ask for.
#[cfg(unix)]
fn descriptors() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // A system that does not let us have them leaves what there is.
    let _ = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile)
        .current
        .map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

/// A slow or silent caller is let go.
fn bounded<A>(mut server: axum_server::Server<SocketAddr, A>, limits: &Limits) -> axum_server::Server<SocketAddr, A> {
    let builder = server.http_builder();
    builder
        .http1()
        .header_read_timeout(limits.headers)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .max_concurrent_streams(16)
        .keep_alive_interval(limits.headers)
        .keep_alive_timeout(limits.headers)
        .max_header_list_size(16 * 1024);
    server.first_request_timeout(limits.headers + limits.body)
}

fn tls(
    gateway: &Gateway,
    options: &Options,
    listen: IpAddr,
    env: &dyn Env,
) -> Result<rustls::ServerConfig, GatewayError> {
    let mut names = options.names.clone();
    names.extend(["localhost".to_owned(), "127.0.0.1".to_owned()]);
    if !listen.is_unspecified() {
        names.push(listen.to_string());
    }
    names.sort();
    names.dedup();
    let (chain, key) = gateway.keys.server_certificate(names, env)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn url(options: &Options, address: SocketAddr) -> String {
    let scheme = if options.plain_http { "http" } else { "https" };
    match (options.names.first(), address.ip()) {
        (Some(name), _) => format!("{scheme}://{name}:{}", address.port()),
        (None, ip) if ip.is_unspecified() => format!("{scheme}://127.0.0.1:{}", address.port()),
        (None, _) => format!("{scheme}://{address}"),
    }
}
