//! What every adapter of [`Cameras`] must do, for the fake of the tests and for the real one alike. Panics where it does not.

use super::{CameraError, Cameras, Mode, choose, watched};
use app::env::{Env, SystemEnv};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// What was seen of one camera.
#[derive(Debug, Clone)]
pub struct Seen {
    /// As the system calls it.
    pub name: String,
    /// How it delivered.
    pub mode: Mode,
    /// Frames per second measured over [`FRAMES`], in tenths.
    pub tenths_per_second: u64,
}

/// So many frames of each camera are looked at.
pub const FRAMES: u64 = 30;
const PATIENCE: Duration = Duration::from_secs(5);

/// Lists, opens, reads, closes and opens again every camera there is. An empty answer: there is none, nothing was shown.
///
/// # Panics
/// Where the port's contract is broken.
pub fn of(cameras: Arc<dyn Cameras>) -> Vec<Seen> {
    let listed = cameras.list().expect("cameras can be listed");
    let ids: HashSet<_> = listed.iter().map(|camera| &camera.id).collect();
    assert_eq!(ids.len(), listed.len(), "each is listed once: {listed:?}");
    assert!(
        listed
            .iter()
            .all(|camera| !camera.id.is_empty() && !camera.name.is_empty())
    );
    assert_eq!(cameras.list().as_ref(), Ok(&listed), "asked twice, the same");
    let missing = cameras.open("no such camera", &choose::mode).err();
    assert_eq!(missing, Some(CameraError::Missing));

    let mut seen = Vec::new();
    for camera in &listed {
        let refused = cameras.open(&camera.id, &|offered: &[Mode]| {
            assert!(!offered.is_empty(), "{}: offers modes", camera.name);
            None
        });
        assert_eq!(
            refused.err(),
            Some(CameraError::Failed),
            "{}: nothing chosen",
            camera.name
        );
        // Opened, closed and opened again, by the way the program goes.
        let mut report = None;
        for _ in 0..2 {
            report = Some(watch(&cameras, &camera.id, &camera.name));
        }
        seen.extend(report);
    }
    seen
}

fn watch(cameras: &Arc<dyn Cameras>, id: &str, name: &str) -> Seen {
    let env = SystemEnv::new();
    let newest = Arc::default();
    let camera = watched::Watched::open(Arc::clone(cameras), id, Arc::clone(&newest), &|| false)
        .unwrap_or_else(|error| panic!("{name} opens: {error}"));
    let mode = camera.mode;
    assert!(mode.width > 0 && mode.height > 0, "{name}: {mode:?}");
    let (mut number, mut first) = (0, None);
    for _ in 0..FRAMES {
        let (next, frame) = newest
            .after(number, PATIENCE)
            .unwrap_or_else(|| panic!("{name} delivers in {mode:?}: {:?}", camera.ended()));
        assert_eq!(frame.format, mode.format, "{name}");
        let luma = frame.luma().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((luma.width(), luma.height()), (mode.width, mode.height), "{name}");
        first.get_or_insert((next, env.millis()));
        number = next;
    }
    let (began, at) = first.expect("frames came");
    let spent = (env.millis() - at).max(1);
    let closing = env.millis();
    drop(camera);
    let closed = Duration::from_millis(env.millis() - closing);
    assert!(
        closed <= watched::CLOSING + Duration::from_millis(300),
        "{name} closes in {closed:?}"
    );
    Seen {
        name: name.to_owned(),
        mode,
        tenths_per_second: (number - began) * 10_000 / spent,
    }
}

/// A camera that stops delivering while it is open is closed in a stated time all the same; `stall` makes it stop. Gives the
/// milliseconds that closing took.
///
/// # Panics
/// When it does not open, or closing takes too long.
pub fn closes_while_stalled(cameras: Arc<dyn Cameras>, id: &str, stall: impl FnOnce()) -> u64 {
    let env = SystemEnv::new();
    let newest: Arc<watched::Newest> = Arc::default();
    let camera = watched::Watched::open(cameras, id, Arc::clone(&newest), &|| false).expect("it opens");
    assert!(newest.after(0, PATIENCE).is_some(), "it delivers");
    stall();
    let mut number = 0;
    while let Some((next, _)) = newest.after(number, Duration::from_secs(1)) {
        number = next;
    }
    let closing = env.millis();
    drop(camera);
    let closed = env.millis() - closing;
    assert!(
        closed <= watched::CLOSING.as_millis() as u64 + 300,
        "closes in {closed} ms"
    );
    closed
}
