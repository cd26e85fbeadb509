//! A folder of pictures as a camera, for development and for tests of the window; not part of a release.
//!
//! JPEG files come as they are, PNG files as grey frames on a table of 1280x720. What a camera can suffer is a file of that
//! name in the folder: `busy`, `denied`, `black`, `stalled`. A folder that goes away is a camera that was unplugged.

use host::scanning::{Camera, CameraError, CameraName, Cameras, Mode};
use scan::{
    decode_picture,
    frame::{Frame, PixelFormat},
};
use std::{fs, path::PathBuf, thread::sleep, time::Duration};

const FPS: u32 = 30;
const TABLE: (usize, usize) = (1280, 720);
/// A picture stays for so many frames.
const HELD: usize = 15;

pub(super) struct Pictures {
    folder: PathBuf,
}

impl Pictures {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn suffers(&self, what: &str) -> bool {
        self.folder.join(what).exists()
    }
}

impl Cameras for Pictures {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        let there = self.folder.is_dir().then(|| CameraName {
            id: "pictures".to_owned(),
            name: "Pictures".to_owned(),
        });
        Ok(there.into_iter().collect())
    }

    fn open(&self, id: &str, choose: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        let (width, height) = TABLE;
        let offered = Mode {
            width,
            height,
            format: PixelFormat::Mjpeg,
            fps: FPS,
        };
        match () {
            () if id != "pictures" || !self.folder.is_dir() => Err(CameraError::Missing),
            () if self.suffers("busy") => Err(CameraError::Busy),
            () if self.suffers("denied") => Err(CameraError::Denied),
            () => Ok(Box::new(Playing {
                pictures: Self::new(self.folder.clone()),
                mode: choose(&[offered]).ok_or(CameraError::Failed)?,
                frames: Vec::new(),
                shown: 0,
            })),
        }
    }
}

struct Playing {
    pictures: Pictures,
    mode: Mode,
    frames: Vec<Frame>,
    shown: usize,
}

impl Playing {
    fn load(&self) -> Vec<Frame> {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.pictures.folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        files.iter().filter_map(|file| frame(file)).collect()
    }
}

fn frame(file: &std::path::Path) -> Option<Frame> {
    let (width, height) = TABLE;
    let bytes = match file.extension()?.to_str()? {
        "jpg" => {
            return Some(Frame {
                width,
                height,
                format: PixelFormat::Mjpeg,
                bytes: fs::read(file).ok()?,
            });
        }
        "png" => decode_picture(&fs::read(file).ok()?).ok()?,
        _ => return None,
    };
    let mut table = vec![150; width * height];
    let (left, top) = (
        width.checked_sub(bytes.width())? / 2,
        height.checked_sub(bytes.height())? / 2,
    );
    for (y, row) in bytes.pixels().chunks(bytes.width()).enumerate() {
        table[(top + y) * width + left..][..row.len()].copy_from_slice(row);
    }
    Some(grey(table))
}

fn grey(bytes: Vec<u8>) -> Frame {
    Frame {
        width: TABLE.0,
        height: TABLE.1,
        format: PixelFormat::Grey,
        bytes,
    }
}

impl Camera for Playing {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        sleep(Duration::from_millis(1000 / u64::from(FPS)));
        if !self.pictures.folder.is_dir() {
            return Err(CameraError::Lost);
        }
        if self.pictures.suffers("stalled") {
            return Ok(None);
        }
        if self.pictures.suffers("black") {
            return Ok(Some(grey(vec![4; TABLE.0 * TABLE.1])));
        }
        let turn = self.shown / HELD;
        if self.shown.is_multiple_of(HELD) {
            self.frames = self.load();
        }
        self.shown += 1;
        // An empty folder is an empty table.
        let frame = match self.frames.len() {
            0 => grey(vec![150; TABLE.0 * TABLE.1]),
            count => self.frames[turn % count].clone(),
        };
        Ok(Some(frame))
    }
}
