//! The development server: the real host behind the page in a browser.
//!
//! It runs the very program that the window runs, on devices in temporary folders, and tells stories: states of the program
//! by name (`stories`), reached by its own commands, with a gateway in this process and scripted ports around (`ports`).
//! `cargo xtask dev`, the walks through all screens and the page's tests stand on it. It is an example of the tests' crate,
//! so nothing that ships can be made of it. `http` says who may come in.
//!
//! It prints one line, `{"address": "127.0.0.1:…", "token": "…"}`, and ends when its standard input does.

mod http;
mod ports;
mod stage;
mod stories;

use serde_json::json;
use std::{io::Read as _, time::Duration};
use tokio::net::TcpListener;

/// Seconds for which a stage outlives its page, unless `--linger SECONDS` says otherwise.
const LINGER: u64 = 2;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(8)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(serve(linger()));
    // Commands under way are not waited for.
    runtime.shutdown_timeout(Duration::from_millis(300));
}

fn linger() -> Duration {
    let mut args = std::env::args().skip(1);
    let seconds = match args.next().as_deref() {
        Some("--linger") => args
            .next()
            .and_then(|seconds| seconds.parse().ok())
            .expect("--linger SECONDS"),
        Some(other) => panic!("unknown argument {other}"),
        None => LINGER,
    };
    Duration::from_secs(seconds)
}

async fn serve(linger: Duration) {
    let workshop = stories::Workshop::new(tokio::runtime::Handle::current());
    let server = http::Server::new(workshop, linger);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    println!("{}", json!({ "address": address.to_string(), "token": server.token }));
    let routes = http::router(server.clone());
    tokio::select! {
        served = async { axum::serve(listener, routes).await } => served.expect("served"),
        () = told_to_end() => {}
    }
    server.end();
    // Whatever sends in the background sees it before its clock is taken away.
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// Whoever started it has ended, or it is interrupted at a terminal.
async fn told_to_end() {
    let (said, heard) = tokio::sync::oneshot::channel::<()>();
    // Not a blocking task: the runtime would wait for it.
    std::thread::spawn(move || {
        let mut rest = [0; 64];
        while std::io::stdin().read(&mut rest).is_ok_and(|read| read > 0) {}
        drop(said);
    });
    tokio::select! {
        _ = heard => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
