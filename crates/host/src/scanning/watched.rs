//! A camera on a thread of its own, so that nobody waits for a driver that hangs.
//!
//! Known of the libraries: a camera that stops delivering is waited for without end, closing one may panic, and a panic while
//! closing during another panic would end the program. So each call is caught for itself, everything that waits here waits
//! for a stated time, and a thread that does not come back is left to itself: it holds the device until the driver lets go,
//! and closes it then.

use super::{Camera, CameraError, Cameras, Mode, choose};
use scan::frame::Frame;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// How long opening may take: some cameras need two seconds to start.
pub const OPENING: Duration = Duration::from_secs(6);
/// While waiting for a driver it is looked so often whether anybody still wants it.
const SLICE: Duration = Duration::from_millis(50);
/// How long closing is waited for.
pub const CLOSING: Duration = Duration::from_millis(1_000);
/// So many failed frames in a row are a failed camera; a single one is a glitch of the cable.
const GLITCHES: u32 = 20;
const AFTER_A_GLITCH: Duration = Duration::from_millis(20);

/// The newest frame, for whoever wants to look at it.
#[derive(Default)]
pub(crate) struct Newest {
    frame: Mutex<(u64, Option<Arc<Frame>>)>,
    came: Condvar,
}

impl Newest {
    fn put(&self, frame: Frame) {
        let mut held = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (held.0 + 1, Some(Arc::new(frame)));
        self.came.notify_all();
    }

    /// Forgets the picture; nobody sees it any more.
    pub(crate) fn clear(&self) {
        let mut held = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
        held.1 = None;
        self.came.notify_all();
    }

    /// A frame newer than number `after`, as soon as there is one; `None` when none comes in time.
    pub(crate) fn after(&self, after: u64, patience: Duration) -> Option<(u64, Arc<Frame>)> {
        let held = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
        let (held, _) = self
            .came
            .wait_timeout_while(held, patience, |(number, frame)| *number <= after || frame.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        match &*held {
            (number, Some(frame)) if *number > after => Some((*number, Arc::clone(frame))),
            _ => None,
        }
    }
}

#[derive(Default)]
struct State {
    opened: Option<Result<Mode, CameraError>>,
    /// Why frames no longer come.
    ended: Option<CameraError>,
    stop: bool,
    gone: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, what: impl FnOnce(&mut State)) {
        what(&mut self.lock());
        self.news.notify_all();
    }

    /// Waits until something holds; false when it does not in time.
    fn wait(&self, patience: Duration, holds: impl Fn(&State) -> bool) -> bool {
        let waited = self
            .news
            .wait_timeout_while(self.lock(), patience, |state| !holds(state));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

/// An open camera whose frames arrive in a [`Newest`]. Dropping it closes the camera, within [`CLOSING`] or later by itself.
pub(crate) struct Watched {
    shared: Arc<Shared>,
    pub(crate) mode: Mode,
}

impl Watched {
    /// Opens the camera in the mode that [`choose::mode`] takes.
    ///
    /// `unwanted` is asked while it takes long; with `true` it is left to itself.
    pub(crate) fn open(
        cameras: Arc<dyn Cameras>,
        id: &str,
        newest: Arc<Newest>,
        unwanted: &dyn Fn() -> bool,
    ) -> Result<Self, CameraError> {
        let shared = Arc::new(Shared::default());
        let (theirs, id) = (Arc::clone(&shared), id.to_owned());
        thread::Builder::new()
            .name("camera".to_owned())
            .spawn(move || {
                let end = deliver(&*cameras, &id, &newest, &theirs).err();
                theirs.say(|state| {
                    state.opened.get_or_insert(Err(end.unwrap_or(CameraError::Failed)));
                    state.ended = end.or(Some(CameraError::Failed));
                    state.gone = true;
                });
            })
            .map_err(|_| CameraError::Failed)?;
        for _ in 0..OPENING.as_millis() / SLICE.as_millis() {
            if shared.wait(SLICE, |state| state.opened.is_some()) || unwanted() {
                break;
            }
        }
        let opened = shared.lock().opened.unwrap_or(Err(CameraError::Failed));
        // From here on a return closes it.
        let mut watched = Self { shared, mode: NO_MODE };
        watched.mode = opened?;
        Ok(watched)
    }

    /// Why frames no longer come, once they do not.
    pub(crate) fn ended(&self) -> Option<CameraError> {
        self.shared.lock().ended
    }
}

const NO_MODE: Mode = Mode {
    width: 0,
    height: 0,
    format: scan::frame::PixelFormat::Grey,
    fps: 0,
};

impl Drop for Watched {
    fn drop(&mut self) {
        self.shared.say(|state| state.stop = true);
        self.shared.wait(CLOSING, |state| state.gone);
    }
}

/// The camera's own thread.
fn deliver(cameras: &dyn Cameras, id: &str, newest: &Newest, shared: &Shared) -> Result<(), CameraError> {
    let mut camera = calmly(|| cameras.open(id, &choose::mode))?;
    let mode = calmly(|| Ok(camera.mode()));
    let end = match mode {
        Ok(mode) => {
            shared.say(|state| state.opened = Some(Ok(mode)));
            frames(&mut *camera, newest, shared)
        }
        Err(error) => Err(error),
    };
    // Caught for itself: a second panic on the way out of a first would end the program.
    let closed = calmly(|| {
        drop(camera);
        Ok(())
    });
    end.and(closed)
}

fn frames(camera: &mut dyn Camera, newest: &Newest, shared: &Shared) -> Result<(), CameraError> {
    let mut glitches = 0;
    loop {
        let frame = calmly(|| camera.frame());
        if shared.lock().stop {
            return Ok(());
        }
        match frame {
            Ok(Some(frame)) => {
                glitches = 0;
                newest.put(frame);
            }
            Ok(None) => {}
            Err(CameraError::Failed) if glitches < GLITCHES => {
                glitches += 1;
                thread::sleep(AFTER_A_GLITCH);
            }
            Err(error) => return Err(error),
        }
    }
}

/// A panic of a driver is a camera that does not work.
fn calmly<T>(call: impl FnOnce() -> Result<T, CameraError>) -> Result<T, CameraError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(CameraError::Failed))
}

/// Asks a driver something that must not take longer than `patience`; then it is `Failed`, and its thread is left to itself.
/// The same at once when it is `unwanted`.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    unwanted: &dyn Fn() -> bool,
    ask: impl FnOnce() -> Result<T, CameraError> + Send + 'static,
) -> Result<T, CameraError> {
    let (answer, heard) = mpsc::channel();
    thread::Builder::new()
        .name("camera-question".to_owned())
        .spawn(move || {
            let _ = answer.send(calmly(ask));
        })
        .map_err(|_| CameraError::Failed)?;
    for _ in 0..patience.as_millis() / SLICE.as_millis() {
        match heard.recv_timeout(SLICE) {
            Ok(answer) => return answer,
            Err(mpsc::RecvTimeoutError::Timeout) if !unwanted() => {}
            Err(_) => break,
        }
    }
    Err(CameraError::Failed)
}
