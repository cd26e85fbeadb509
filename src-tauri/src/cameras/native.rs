//! nokhwa, taken by the few handles that work: `Camera` on a thread of its own, exact modes, raw frames.

use host::scanning::{Camera, CameraError, CameraName, Cameras, Mode};
use nokhwa::{
    NokhwaError,
    utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution},
};
use scan::frame::{Frame, PixelFormat, jpeg_length};

/// Formats we can read. nokhwa's own grey is a FourCC that no driver uses.
const FORMATS: [FrameFormat; 3] = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];

/// The cameras that the system offers.
pub struct Native;

#[cfg(target_os = "linux")]
impl Cameras for Native {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        Ok(super::linux::list().into_iter().map(|node| node.name).collect())
    }

    fn open(&self, id: &str, choose: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        let node = super::linux::find(id)?;
        let mode = choose(&node.modes()?).ok_or(CameraError::Failed)?;
        // nokhwa refuses a camera whose present mode it has no name for: so the mode is set before it looks.
        let set = node.set(mode)?;
        if set.for_nokhwa {
            match Nokhwa::exactly(CameraIndex::Index(node.number), mode) {
                Ok(camera) => return Ok(Box::new(camera)),
                Err(error @ (CameraError::Busy | CameraError::Denied | CameraError::Lost)) => return Err(error),
                // What it cannot name exactly (a rate of 29.97, grey) is read without it.
                Err(_) => {}
            }
        }
        Ok(Box::new(node.capture(mode)?))
    }
}

#[cfg(not(target_os = "linux"))]
impl Cameras for Native {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        let listed = nokhwa::query(nokhwa::utils::ApiBackend::Auto).map_err(|error| classify(&error))?;
        Ok(listed
            .iter()
            .map(|info| CameraName {
                id: id_of(info),
                name: info.human_name(),
            })
            .collect())
    }

    fn open(&self, id: &str, choose: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        let listed = nokhwa::query(nokhwa::utils::ApiBackend::Auto).map_err(|error| classify(&error))?;
        let info = listed
            .iter()
            .find(|info| id_of(info) == id)
            .ok_or(CameraError::Missing)?;
        // Its modes are known only once it is open in one of them.
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
        let mut camera = nokhwa::Camera::new(info.index().clone(), any).map_err(|error| classify(&error))?;
        let offered = camera.compatible_camera_formats().map_err(|error| classify(&error))?;
        let modes: Vec<Mode> = offered.iter().filter_map(mode_of).collect();
        let mode = choose(&modes).ok_or(CameraError::Failed)?;
        camera
            .set_camera_requset(request(mode)?)
            .map_err(|error| classify(&error))?;
        Ok(Box::new(Nokhwa::started(camera, mode)?))
    }
}

/// The system's own name of the device where there is one: numbers change with every cable that is plugged in.
#[cfg(not(target_os = "linux"))]
fn id_of(info: &nokhwa::utils::CameraInfo) -> String {
    match info.misc() {
        misc if misc.is_empty() => info.index().to_string(),
        misc => misc,
    }
}

#[cfg(not(target_os = "linux"))]
fn mode_of(format: &CameraFormat) -> Option<Mode> {
    let pixels = match format.format() {
        FrameFormat::MJPEG => PixelFormat::Mjpeg,
        FrameFormat::YUYV => PixelFormat::Yuyv,
        FrameFormat::NV12 => PixelFormat::Nv12,
        _ => return None,
    };
    Some(Mode {
        width: format.width() as usize,
        height: format.height() as usize,
        format: pixels,
        fps: format.frame_rate(),
    })
}

fn request(mode: Mode) -> Result<RequestedFormat<'static>, CameraError> {
    let format = match mode.format {
        PixelFormat::Mjpeg => FrameFormat::MJPEG,
        PixelFormat::Yuyv => FrameFormat::YUYV,
        PixelFormat::Nv12 => FrameFormat::NV12,
        PixelFormat::Grey => return Err(CameraError::Failed),
    };
    let size = Resolution::new(mode.width as u32, mode.height as u32);
    let exact = RequestedFormatType::Exact(CameraFormat::new(size, format, mode.fps));
    Ok(RequestedFormat::with_formats(exact, &FORMATS))
}

/// An open camera of nokhwa.
struct Nokhwa {
    camera: nokhwa::Camera,
    mode: Mode,
}

impl Nokhwa {
    #[cfg(target_os = "linux")]
    fn exactly(index: CameraIndex, mode: Mode) -> Result<Self, CameraError> {
        let camera = nokhwa::Camera::new(index, request(mode)?).map_err(|error| classify(&error))?;
        Self::started(camera, mode)
    }

    fn started(mut camera: nokhwa::Camera, mode: Mode) -> Result<Self, CameraError> {
        camera.open_stream().map_err(|error| classify(&error))?;
        Ok(Self { camera, mode })
    }
}

impl Camera for Nokhwa {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        let buffer = self.camera.frame_raw().map_err(|error| classify(&error))?;
        // The whole buffer comes, with the end of older frames behind this one.
        let len = match self.mode.format.frame_len(self.mode.width, self.mode.height) {
            Some(len) => len.min(buffer.len()),
            None => jpeg_length(&buffer),
        };
        Ok(Some(Frame {
            width: self.mode.width,
            height: self.mode.height,
            format: self.mode.format,
            bytes: buffer[..len].to_vec(),
        }))
    }
}

/// nokhwa says everything in sentences; the system's own number stands in them.
fn classify(error: &NokhwaError) -> CameraError {
    from_words(&error.to_string())
}

fn from_words(said: &str) -> CameraError {
    let number = |said: &str| -> Option<i32> {
        let (_, rest) = said.split_once("(os error ")?;
        rest.split(')').next()?.parse().ok()
    };
    if let Some(number) = number(said) {
        return from_number(number);
    }
    // Media Foundation: access denied; used by another program; taken away, or invalidated.
    for (code, error) in [
        ("80070005", CameraError::Denied),
        ("C00D3704", CameraError::Busy),
        ("C00D3E85", CameraError::Busy),
        ("C00D3EA2", CameraError::Lost),
        ("C00D36B5", CameraError::Lost),
    ] {
        if said.to_ascii_uppercase().contains(code) {
            return error;
        }
    }
    CameraError::Failed
}

/// errno of Linux.
pub(super) fn from_number(number: i32) -> CameraError {
    match number {
        1 | 13 => CameraError::Denied,
        2 => CameraError::Missing,
        6 | 19 => CameraError::Lost,
        16 => CameraError::Busy,
        _ => CameraError::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nokhwa_says_is_understood_in_every_language() {
        for (said, expected) in [
            (
                "Could not open device 0: V4L2 Error: Permission denied (os error 13)",
                CameraError::Denied,
            ),
            (
                "Could not open device stream: Thiết bị bận (os error 16)",
                CameraError::Busy,
            ),
            (
                "Could not capture frame: No such device (os error 19)",
                CameraError::Lost,
            ),
            (
                "Could not capture frame: Invalid argument (os error 22)",
                CameraError::Failed,
            ),
            ("Could not open device 0: 0xC00D3704", CameraError::Busy),
            (
                "Could not get device property CameraFormat: Failed to Fufill",
                CameraError::Failed,
            ),
        ] {
            assert_eq!(from_words(said), expected, "{said}");
        }
    }
}
