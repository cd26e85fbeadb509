//! The window around the program: it wires the parts of [`host`] to Tauri and decides nothing.

mod cameras;
mod desk;
mod folders;
#[cfg(target_os = "linux")]
mod graphics;
mod picture;
mod process;
mod program;
mod scanners;

use folders::Folders;
use host::{Failure, HostRefusal};
use program::Program;
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};
use tauri::{AppHandle, Manager as _, State, WebviewUrl, WebviewWindowBuilder};

/// The page's own menu (reload, back, save picture) is not part of the program.
const NO_CONTEXT_MENU: &str = "addEventListener('contextmenu', event => event.preventDefault());";

/// Runs the one command: `name` and `args` are those of the command table in [`host::table`].
#[tauri::command]
async fn rpc(name: String, args: Value, program: State<'_, Arc<Program>>) -> Result<Value, Failure> {
    let program = Arc::clone(&program);
    // A command may read a picture for seconds or wait for the disk: a thread of its own keeps the others quick.
    tauri::async_runtime::spawn_blocking(move || {
        let host = program.host()?;
        tauri::async_runtime::block_on(host.rpc(&name, args))
    })
    .await
    .unwrap_or_else(|_| Err(HostRefusal::Internal.into()))
}

/// Opens the window and returns when it is closed.
pub fn run() -> ExitCode {
    #[cfg(target_os = "linux")]
    graphics::fit();
    process::harden();
    let folders = match Folders::find() {
        Ok(folders) => folders,
        Err(code) => return process::give_up(code),
    };
    // Held until the process ends, however it ends; taken before anything of a window exists.
    let _only = match folders.claim() {
        Ok(file) => file,
        Err(code) => return process::give_up(code),
    };
    let built = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![rpc])
        .register_asynchronous_uri_scheme_protocol(picture::SCHEME, |ctx, request, responder| {
            let program = Arc::clone(&ctx.app_handle().state::<Arc<Program>>());
            // It waits for a frame, so not on the window's thread.
            tauri::async_runtime::spawn_blocking(move || responder.respond(picture::answer(&program, &request)));
        })
        .build(tauri::generate_context!());
    let Ok(app) = built else {
        return process::give_up("no_display");
    };
    let handle = app.handle().clone();
    let program = Program::new(handle.clone(), folders);
    app.manage(Arc::clone(&program));
    // The device is taken in hand while the web view starts; what keeps it from that is said at the first command.
    std::thread::spawn(move || program.host().map(drop));
    if open(&handle).is_err() {
        return process::give_up("no_window");
    }
    ExitCode::from(u8::try_from(app.run_return(|_, _| ())).unwrap_or(1))
}

fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Từng Nhà")
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 600.0)
        .initialization_script(NO_CONTEXT_MENU)
        // The page takes pictures dropped on it by itself.
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .build()
        .map(drop)
}

/// The page stays the one that was built in, whatever a link or a dropped file asks for.
fn is_ours(url: &tauri::Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) => true,
        // How WebView2 writes the same.
        ("http", Some("tauri.localhost")) => cfg!(windows),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_but_ours() {
        let ours = |url: &str| is_ours(&url.parse().unwrap());
        assert!(ours("tauri://localhost/") && ours("tauri://localhost/index.html#search"));
        for url in [
            "https://localhost/",
            "tauri://example.org/",
            "http://tauri.localhost.example.org/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "about:blank",
            "camera://localhost/1/1",
        ] {
            assert!(!ours(url), "{url}");
        }
    }
}
