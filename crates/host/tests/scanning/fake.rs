//! Cameras and scanners whose every mood a test decides.

use host::scanning::{Camera, CameraError, CameraName, Cameras, Mode, Scanner, ScannerName, Scanners};
use scan::{
    Luma,
    frame::{Frame, PixelFormat},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::sleep,
    time::Duration,
};

/// What the camera does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    Unplugged,
    Busy,
    Denied,
    /// Frames no longer come, and a call for one never returns.
    Stalled,
    /// Opening never returns.
    HangsAtOpen,
    /// Closing never returns.
    HangsAtClose,
    PanicsAtFrame,
    PanicsAtClose,
    /// Listing never returns.
    HangsAtList,
    /// Bytes come that are no picture.
    Garbage,
}

pub struct State {
    pub mood: Mood,
    pub picture: Frame,
    pub names: Vec<&'static str>,
    /// Which camera was opened last.
    pub opened: Option<String>,
    pub open: u32,
}

/// The cameras; a clone is the same ones.
#[derive(Clone)]
pub struct Fake(Arc<(Mutex<State>, Condvar)>);

pub const SIZE: (usize, usize) = (640, 480);

/// A table without a card.
pub fn table() -> Frame {
    grey(vec![150; SIZE.0 * SIZE.1])
}

pub fn grey(bytes: Vec<u8>) -> Frame {
    Frame {
        width: SIZE.0,
        height: SIZE.1,
        format: PixelFormat::Grey,
        bytes,
    }
}

/// A picture lying on the table.
pub fn on_the_table(picture: &Luma) -> Frame {
    let mut frame = table();
    let (left, top) = ((SIZE.0 - picture.width()) / 2, (SIZE.1 - picture.height()) / 2);
    for (y, row) in picture.pixels().chunks(picture.width()).enumerate() {
        frame.bytes[(top + y) * SIZE.0 + left..][..row.len()].copy_from_slice(row);
    }
    frame
}

impl Fake {
    pub fn new() -> Self {
        let state = State {
            mood: Mood::Well,
            picture: table(),
            names: vec!["front", "back"],
            opened: None,
            open: 0,
        };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    pub fn set(&self, mood: Mood) {
        self.state().mood = mood;
        self.0.1.notify_all();
    }

    pub fn shows(&self, picture: Frame) {
        self.state().picture = picture;
    }

    /// Hangs as long as the mood lasts.
    fn hang(&self, mood: Mood) {
        drop(self.0.1.wait_while(self.state(), |state| state.mood == mood).unwrap());
    }
}

impl Cameras for Fake {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        self.hang(Mood::HangsAtList);
        let state = self.state();
        let there = if state.mood == Mood::Unplugged {
            &[][..]
        } else {
            &state.names
        };
        Ok(there
            .iter()
            .map(|name| CameraName {
                id: format!("bus/{name}"),
                name: (*name).to_owned(),
            })
            .collect())
    }

    fn open(&self, id: &str, choose: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        self.hang(Mood::HangsAtOpen);
        let mut state = self.state();
        match state.mood {
            Mood::Busy => return Err(CameraError::Busy),
            Mood::Denied => return Err(CameraError::Denied),
            _ if !state.names.iter().any(|name| id == format!("bus/{name}")) => return Err(CameraError::Missing),
            _ => {}
        }
        let offered = Mode {
            width: SIZE.0,
            height: SIZE.1,
            format: PixelFormat::Grey,
            fps: 30,
        };
        let mode = choose(&[offered]).ok_or(CameraError::Failed)?;
        state.opened = Some(id.to_owned());
        state.open += 1;
        drop(state);
        Ok(Box::new(Open {
            fake: self.clone(),
            mode,
        }))
    }
}

struct Open {
    fake: Fake,
    mode: Mode,
}

impl Camera for Open {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        sleep(Duration::from_millis(10));
        self.fake.hang(Mood::Stalled);
        let state = self.fake.state();
        match state.mood {
            Mood::Unplugged => Err(CameraError::Lost),
            Mood::PanicsAtFrame => {
                drop(state);
                panic!("a driver")
            }
            Mood::Garbage => Ok(Some(Frame {
                format: PixelFormat::Mjpeg,
                ..table()
            })),
            _ => Ok(Some(state.picture.clone())),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.fake.hang(Mood::HangsAtClose);
        let mut state = self.fake.state();
        state.open -= 1;
        if state.mood == Mood::PanicsAtClose {
            drop(state);
            panic!("a driver at its end");
        }
    }
}

/// A scanner that sends what a test gives it.
#[derive(Clone, Default)]
pub struct FakeScanner(pub Arc<Mutex<ScannerState>>);

#[derive(Default)]
pub struct ScannerState {
    pub there: bool,
    pub sends: VecDeque<Vec<u8>>,
}

impl Scanners for FakeScanner {
    fn list(&self) -> Result<Vec<ScannerName>, CameraError> {
        let there = self.0.lock().unwrap().there.then(|| ScannerName {
            id: "usb/1".to_owned(),
            name: "A scanner".to_owned(),
        });
        Ok(there.into_iter().collect())
    }

    fn open(&self, id: &str) -> Result<Box<dyn Scanner>, CameraError> {
        match self.0.lock().unwrap().there && id == "usb/1" {
            true => Ok(Box::new(self.clone())),
            false => Err(CameraError::Missing),
        }
    }
}

impl Scanner for FakeScanner {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, CameraError> {
        sleep(Duration::from_millis(10));
        let mut state = self.0.lock().unwrap();
        if !state.there {
            return Err(CameraError::Lost);
        }
        let Some(bytes) = state.sends.pop_front() else {
            return Ok(0);
        };
        into[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}
