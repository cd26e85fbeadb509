//! The camera's picture in the window: a scheme of its own, so that frames do not travel as JSON.
//!
//! `camera://localhost/<run>/<any number>` answers with the newest frame once it is newer than the one shown last. Only while
//! that run's camera delivers and somebody is signed in; there is nothing else behind it. The number keeps pictures apart,
//! and nothing of them is kept anywhere.

use crate::program::Program;
use tauri::http::{Request, Response, StatusCode, header};

/// The scheme's name; `img-src` in `tauri.conf.json` allows it, and nothing else does.
pub const SCHEME: &str = "camera";

pub fn answer(program: &Program, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let picture = run(request.uri().path()).and_then(|run| program.host().ok()?.camera_picture(run));
    let response = Response::builder().header(header::CACHE_CONTROL, "no-store");
    let built = match picture {
        Some(picture) => response.header(header::CONTENT_TYPE, picture.mime).body(picture.bytes),
        None => response.status(StatusCode::NOT_FOUND).body(Vec::new()),
    };
    built.unwrap_or_default()
}

/// The run in `/<run>/<number>`; anything else is nothing.
fn run(path: &str) -> Option<u32> {
    let (run, number) = path.strip_prefix('/')?.split_once('/')?;
    number.parse::<u32>().ok()?;
    run.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_a_run_and_a_number_and_nothing_else() {
        assert_eq!(run("/3/17"), Some(3));
        for path in ["", "/", "/3", "/3/", "/3/x", "/../3/1", "/3/1/2", "3/1", "/-1/1"] {
            assert_eq!(run(path), None, "{path}");
        }
    }

    #[test]
    fn the_window_may_show_it_and_do_nothing_else_with_it() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        let rules = config["app"]["security"]["csp"].as_object().unwrap();
        for (rule, allowed) in rules {
            let allowed = allowed.as_str().unwrap();
            // The second is how WebView2 writes the same.
            let both =
                ["camera:", "http://camera.localhost"].map(|source| allowed.split(' ').any(|each| each == source));
            assert_eq!(both, [rule == "img-src"; 2], "{rule}");
        }
    }
}
