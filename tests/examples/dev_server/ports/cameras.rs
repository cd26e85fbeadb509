//! Cameras and a hand scanner in every mood, and what is held before them.

use host::scanning::{Camera, CameraError, CameraName, Cameras, Mode, Scanner, ScannerName, Scanners};
use scan::{
    Luma, decode_picture,
    frame::{Frame, PixelFormat},
};
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread::sleep,
    time::Duration,
};

/// What a camera does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// Delivers.
    #[default]
    Well,
    /// There is none.
    None,
    /// Another program has it.
    Busy,
    /// The system does not allow it.
    Denied,
    /// It was pulled out while it was open.
    Lost,
    /// Frames no longer come, and a call for one does not return.
    Stalled,
    /// A lid lies on the lens.
    Black,
    /// The driver fails.
    Failed,
}

impl Mood {
    /// As a script calls it.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "well" => Self::Well,
            "none" => Self::None,
            "busy" => Self::Busy,
            "denied" => Self::Denied,
            "lost" => Self::Lost,
            "stalled" => Self::Stalled,
            "black" => Self::Black,
            "failed" => Self::Failed,
            _ => return None,
        })
    }
}

const SIZE: (usize, usize) = (640, 480);
const BETWEEN: Duration = Duration::from_millis(60);
const NAMES: [(&str, &str); 2] = [("back", "Camera sau"), ("front", "Camera trước")];

struct State {
    mood: Mood,
    picture: Frame,
}

/// The cameras; a clone is the same ones.
#[derive(Clone)]
pub struct Scripted(Arc<(Mutex<State>, Condvar)>);

impl Scripted {
    pub fn new(mood: Mood) -> Self {
        let state = State { mood, picture: table() };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, mood: Mood) {
        self.state().mood = mood;
        self.0.1.notify_all();
    }

    /// Holds the picture of a code (a PNG) before the camera.
    ///
    /// # Errors
    /// When it is no picture or larger than what the camera sees.
    pub fn hold_up(&self, png: &[u8]) -> Result<(), &'static str> {
        let code = decode_picture(png).map_err(|_| "not_a_picture")?;
        self.state().picture = on_the_table(&code).ok_or("too_large")?;
        Ok(())
    }

    /// Hangs as long as the camera is stalled.
    fn hang(&self) {
        let stalled = |state: &mut State| state.mood == Mood::Stalled;
        let waited = self.0.1.wait_while(self.state(), stalled);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

fn grey(bytes: Vec<u8>) -> Frame {
    Frame {
        width: SIZE.0,
        height: SIZE.1,
        format: PixelFormat::Grey,
        bytes,
    }
}

/// A wooden table under a lamp, with a plain card on it: nothing to be read.
fn table() -> Frame {
    static TABLE: OnceLock<Frame> = OnceLock::new();
    TABLE.get_or_init(paint).clone()
}

fn paint() -> Frame {
    let (width, height) = SIZE;
    let pixel = |at: usize| {
        let (x, y) = (at % width, at / width);
        let (dx, dy) = (x as i32 - 320, y as i32 - 240);
        let lamp = 40 - ((dx * dx + dy * dy) / 4000).min(40);
        let grain = ((x * 7 + (y / 3) * 13) % 11) as i32;
        let on_card = dx.abs() < 190 && dy.abs() < 120;
        let edge = on_card && (dx.abs() > 187 || dy.abs() > 117);
        let line = on_card && dx < 60 && (-70..60).contains(&dy) && (dy + 70) % 34 < 10 && dx > -160;
        let shade = match (edge, line, on_card) {
            (true, ..) => 150,
            (_, true, _) => 178,
            (.., true) => 205,
            _ => 112 + grain,
        };
        u8::try_from((shade + lamp).clamp(0, 255)).unwrap_or(255)
    };
    grey((0..width * height).map(pixel).collect())
}

fn on_the_table(code: &Luma) -> Option<Frame> {
    let mut frame = table();
    let left = SIZE.0.checked_sub(code.width())? / 2;
    let top = SIZE.1.checked_sub(code.height())? / 2;
    for (y, row) in code.pixels().chunks(code.width()).enumerate() {
        frame.bytes[(top + y) * SIZE.0 + left..][..row.len()].copy_from_slice(row);
    }
    Some(frame)
}

impl Cameras for Scripted {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        let there = self.state().mood != Mood::None;
        let names = NAMES.iter().filter(|_| there).map(|(id, name)| CameraName {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
        });
        Ok(names.collect())
    }

    fn open(&self, _: &str, choose: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        match self.state().mood {
            Mood::None => return Err(CameraError::Missing),
            Mood::Busy => return Err(CameraError::Busy),
            Mood::Denied => return Err(CameraError::Denied),
            Mood::Failed => return Err(CameraError::Failed),
            _ => {}
        }
        let offered = Mode {
            width: SIZE.0,
            height: SIZE.1,
            format: PixelFormat::Grey,
            fps: 30,
        };
        let mode = choose(&[offered]).ok_or(CameraError::Failed)?;
        let cameras = self.clone();
        Ok(Box::new(Open { cameras, mode }))
    }
}

struct Open {
    cameras: Scripted,
    mode: Mode,
}

impl Camera for Open {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        sleep(BETWEEN);
        self.cameras.hang();
        let state = self.cameras.state();
        match state.mood {
            Mood::Lost => Err(CameraError::Lost),
            Mood::Black => Ok(Some(grey(vec![4; SIZE.0 * SIZE.1]))),
            _ => Ok(Some(state.picture.clone())),
        }
    }
}

/// A hand scanner at a serial port, or none; it scans what it is given.
#[derive(Clone)]
pub struct Hand {
    there: bool,
    sends: Arc<Mutex<Vec<u8>>>,
}

impl Hand {
    pub fn new(there: bool) -> Self {
        let sends = Arc::default();
        Self { there, sends }
    }

    /// It scans this.
    pub fn scans(&self, text: &str) {
        let mut sends = self.sends.lock().unwrap_or_else(PoisonError::into_inner);
        sends.extend(text.bytes().chain(*b"\r"));
    }
}

/// What finds its port again.
pub const PORT: &str = "usb/1";

impl Scanners for Hand {
    fn list(&self) -> Result<Vec<ScannerName>, CameraError> {
        let port = self.there.then(|| ScannerName {
            id: PORT.to_owned(),
            name: "Honeywell 1950g (ttyACM0)".to_owned(),
        });
        Ok(port.into_iter().collect())
    }

    fn open(&self, id: &str) -> Result<Box<dyn Scanner>, CameraError> {
        match self.there && id == PORT {
            true => Ok(Box::new(self.clone())),
            false => Err(CameraError::Missing),
        }
    }
}

impl Scanner for Hand {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, CameraError> {
        sleep(BETWEEN);
        let mut sends = self.sends.lock().unwrap_or_else(PoisonError::into_inner);
        let many = sends.len().min(into.len());
        for (to, from) in into.iter_mut().zip(sends.drain(..many)) {
            *to = from;
        }
        Ok(many)
    }
}
