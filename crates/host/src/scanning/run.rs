//! One run of live scanning: from opening the page to leaving it.

use super::{
    CameraError, CameraName, CameraStatus, Ports, Purpose, SCANNER_WAIT, ScannerStatus, choose,
    light::Light,
    lines::Lines,
    watched::{Newest, Watched, within},
};
use crate::{
    Desk, Event,
    wire::scan::{ScanTold, ScanView},
};
use app::{Session, env::Env, read_idcard::best};
use scan::{Found, Live, frame::Frame};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// How long the list of cameras is waited for.
pub(crate) const LISTING: Duration = Duration::from_secs(4);
/// A frame is waited for so long before anything else is looked at.
const GLANCE: Duration = Duration::from_millis(200);
/// Without a frame for so many milliseconds the camera has stalled.
const STALLED: u64 = 3_000;
/// Frames that cannot be decoded for so many milliseconds are a camera that does not work.
const UNREADABLE: u64 = 3_000;
/// After a camera that cannot be opened, or none, it is looked again: whoever plugs one in sees it work.
const AGAIN: Duration = Duration::from_millis(1_500);
/// A code that stays before the camera is said once; again when it was away for so many milliseconds.
const AWAY: u64 = 2_500;
/// How long the end of a run is waited for, all in all; its parts are bounded already.
const ENDING: Duration = Duration::from_secs(3);

/// What a run needs around it.
pub(crate) struct Around {
    pub(crate) ports: Ports,
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) env: Arc<dyn Env>,
    /// Who works on the device; gone when it was locked.
    pub(crate) session: Weak<Session>,
    pub(crate) purpose: Purpose,
    /// Cameras in the order in which they are wanted.
    pub(crate) wanted: Vec<String>,
    /// The serial port to listen to.
    pub(crate) scanner: Option<String>,
}

/// A run; dropping it ends it.
pub(crate) struct Run {
    /// Its number: what is told belongs to it, and a page that was left ends its own run only.
    pub(crate) number: u32,
    shared: Arc<Shared>,
    shown: Arc<Shown>,
}

struct Shared {
    number: u32,
    around: Around,
    newest: Arc<Newest>,
    /// Frames that were looked at.
    looked: AtomicU64,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    stop: bool,
    /// Threads at work.
    threads: u32,
    view: ScanView,
}

impl Run {
    pub(crate) fn start(number: u32, around: Around) -> Self {
        let scanner = match &around.scanner {
            Some(_) => ScannerStatus::Ready,
            None => ScannerStatus::None,
        };
        let view = ScanView {
            run: number,
            camera: CameraStatus::Opening,
            device: None,
            scanner,
        };
        let shared = Arc::new(Shared {
            number,
            around,
            newest: Arc::default(),
            looked: AtomicU64::new(0),
            state: Mutex::new(State {
                stop: false,
                threads: 0,
                view,
            }),
            changed: Condvar::new(),
        });
        shared.thread("eyes", |shared| shared.watch());
        if shared.around.scanner.is_some() {
            shared.thread("scanner", |shared| shared.listen());
        }
        let shown = Arc::new(Shown {
            newest: Arc::clone(&shared.newest),
            last: AtomicU64::new(0),
        });
        Self { number, shared, shown }
    }

    pub(crate) fn view(&self) -> ScanView {
        self.shared.state().view.clone()
    }

    /// Frames that were looked at so far.
    pub(crate) fn looked(&self) -> u64 {
        self.shared.looked.load(Ordering::Relaxed)
    }

    /// What the window has been shown of it.
    pub(crate) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown)
    }
}

/// Hands each frame to the window once.
pub(crate) struct Shown {
    newest: Arc<Newest>,
    last: AtomicU64,
}

impl Shown {
    pub(crate) fn next(&self, patience: Duration) -> Option<Arc<Frame>> {
        let (number, frame) = self.newest.after(self.last.load(Ordering::Relaxed), patience)?;
        self.last.store(number, Ordering::Relaxed);
        Some(frame)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.shared.stop();
        let _ = self
            .shared
            .changed
            .wait_timeout_while(self.shared.state(), ENDING, |state| state.threads > 0);
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn thread(self: &Arc<Self>, name: &str, work: fn(&Self)) {
        self.state().threads += 1;
        let shared = Arc::clone(self);
        let started = thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Whatever a decoder does on a strange picture, the run's end is told.
            if catch_unwind(AssertUnwindSafe(|| work(&shared))).is_err() {
                shared.say(|view| view.camera = CameraStatus::CameraFailed);
            }
            shared.state().threads -= 1;
            shared.changed.notify_all();
        });
        if started.is_err() {
            self.state().threads -= 1;
        }
    }

    fn stop(&self) {
        self.state().stop = true;
        self.newest.clear();
        self.changed.notify_all();
    }

    fn stopped(&self) -> bool {
        self.state().stop || self.around.session.strong_count() == 0
    }

    /// Waits unless the run ends.
    fn pause(&self, time: Duration) {
        let _ = self.changed.wait_timeout_while(self.state(), time, |state| !state.stop);
    }

    /// Changes what the page shows, and tells it if it is different then.
    fn say(&self, change: impl FnOnce(&mut ScanView)) {
        let view = {
            let mut state = self.state();
            let before = state.view.clone();
            change(&mut state.view);
            if state.stop || state.view == before {
                return;
            }
            state.view.clone()
        };
        self.tell(ScanTold::Status { view });
    }

    fn tell(&self, told: ScanTold) {
        self.around.desk.tell(Event::Scan(Box::new(told)));
    }

    // ---- the camera

    fn watch(&self) {
        let mut lost = false;
        while !self.stopped() {
            match self.open() {
                Ok(camera) => {
                    let end = self.look(&camera);
                    // Closed before anything is said of it, so that whoever hears it may open it.
                    drop(camera);
                    self.newest.clear();
                    lost = end == Some(CameraError::Lost);
                    if let Some(error) = end {
                        self.say(|view| view.camera = error.into());
                    }
                }
                // What was unplugged is missed, not merely absent.
                Err(CameraError::Missing) if lost => self.say(|view| view.camera = CameraStatus::CameraLost),
                Err(error) => self.say(|view| {
                    view.camera = error.into();
                    view.device = None;
                }),
            }
            self.pause(AGAIN);
        }
        self.newest.clear();
    }

    fn open(&self) -> Result<Watched, CameraError> {
        let cameras = Arc::clone(&self.around.ports.cameras);
        let there = within(LISTING, &|| self.stopped(), move || cameras.list())?;
        let wanted: Vec<_> = self.around.wanted.iter().map(|id| Some(id.as_str())).collect();
        let CameraName { id, name } = choose::camera(&there, &wanted).ok_or(CameraError::Missing)?.clone();
        self.say(|view| {
            view.device = Some(name);
            // Trying again is not worth a word of its own.
            if view.camera == CameraStatus::CameraLost || view.camera == CameraStatus::NoCamera {
                view.camera = CameraStatus::Opening;
            }
        });
        let newest = Arc::clone(&self.newest);
        Watched::open(Arc::clone(&self.around.ports.cameras), &id, newest, &|| self.stopped())
    }

    /// Looks through an open camera until it ends (why) or the run does (`None`).
    fn look(&self, camera: &Watched) -> Option<CameraError> {
        let env = &self.around.env;
        let (mut live, mut light, mut said) = (Live::new(), Light::default(), Said::default());
        let (mut number, mut seen, mut readable) = (0, env.millis(), env.millis());
        loop {
            let frame = self.newest.after(number, GLANCE);
            if self.stopped() {
                return None;
            }
            let now = env.millis();
            let Some((next, frame)) = frame else {
                if let Some(error) = camera.ended() {
                    return Some(error);
                }
                if now.saturating_sub(seen) >= STALLED {
                    self.say(|view| view.camera = CameraStatus::CameraStalled);
                }
                continue;
            };
            (number, seen) = (next, now);
            let Ok(luma) = frame.luma() else {
                if now.saturating_sub(readable) >= UNREADABLE {
                    self.say(|view| view.camera = CameraStatus::CameraFailed);
                }
                continue;
            };
            readable = now;
            let status = match light.is_black(&luma, now) {
                true => CameraStatus::CameraBlack,
                false => CameraStatus::Running,
            };
            self.say(|view| view.camera = status);
            let found = live.look(&luma);
            self.looked.fetch_add(1, Ordering::Relaxed);
            if let Some(bytes) = self.worth_saying(found)
                && said.is_new(&bytes, env.millis())
                && self.found(&bytes)
            {
                return None;
            }
        }
    }

    /// The one of several codes in a picture that is meant.
    fn worth_saying(&self, found: Vec<Found>) -> Option<Vec<u8>> {
        match self.around.purpose {
            Purpose::Card => best(found),
            Purpose::Text => found
                .into_iter()
                .find(|found| found.text.is_some())
                .map(|found| found.bytes),
        }
    }

    /// Tells what was read; true when the run has done its work and ends.
    fn found(&self, bytes: &[u8]) -> bool {
        let Some(session) = self.around.session.upgrade() else {
            return true;
        };
        let run = self.number;
        let (told, done) = match self.around.purpose {
            Purpose::Text => match String::from_utf8(bytes.to_vec()) {
                Ok(text) => (ScanTold::Text { run, text }, false),
                Err(_) => return false,
            },
            Purpose::Card => match session.read_scanned(bytes) {
                Ok(scan) => {
                    let done = scan.draft.is_some();
                    (
                        ScanTold::Card {
                            run,
                            scan: Box::new(scan),
                        },
                        done,
                    )
                }
                Err(failure) => (
                    ScanTold::Refused {
                        run,
                        code: failure.code().to_owned(),
                    },
                    false,
                ),
            },
        };
        drop(session);
        {
            let mut state = self.state();
            // Two ways lead here, and each card is told once; after the end nothing is told.
            if state.stop {
                return true;
            }
            if done {
                state.stop = true;
                state.view.camera = CameraStatus::Off;
            }
        }
        self.tell(told);
        if done {
            self.newest.clear();
            self.changed.notify_all();
        }
        done
    }

    // ---- the hand scanner

    fn listen(&self) {
        let Some(id) = &self.around.scanner else { return };
        while !self.stopped() {
            let (scanners, port) = (Arc::clone(&self.around.ports.scanners), id.clone());
            match within(LISTING, &|| self.stopped(), move || scanners.open(&port)) {
                Ok(mut scanner) => {
                    self.say(|view| view.scanner = ScannerStatus::Ready);
                    let (mut lines, mut buffer) = (Lines::default(), [0; 512]);
                    while !self.stopped() {
                        match scanner.read(&mut buffer) {
                            Ok(count) => {
                                let came = &buffer[..count.min(buffer.len())];
                                for line in lines.take(came, self.around.env.millis()) {
                                    if self.found(&line) {
                                        return;
                                    }
                                }
                            }
                            Err(error) => {
                                self.say(|view| view.scanner = error.into());
                                break;
                            }
                        }
                    }
                }
                Err(error) => self.say(|view| view.scanner = error.into()),
            }
            self.pause(AGAIN.max(SCANNER_WAIT));
        }
    }
}

/// What was said last, so that a code that stays before the camera is not said with every frame.
#[derive(Default)]
struct Said {
    bytes: Vec<u8>,
    seen: u64,
}

impl Said {
    fn is_new(&mut self, bytes: &[u8], now: u64) -> bool {
        let same = self.bytes == bytes && now.saturating_sub(self.seen) < AWAY;
        self.seen = now;
        if !same {
            bytes.clone_into(&mut self.bytes);
        }
        !same
    }
}
