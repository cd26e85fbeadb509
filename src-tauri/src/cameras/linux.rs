//! Video4Linux where nokhwa has no word for it: which nodes are cameras, what modes they offer, and grey pictures.

use super::native::from_number;
use host::scanning::{Camera, CameraError, CameraName, Mode};
use scan::frame::{Frame, PixelFormat, jpeg_length};
use std::{collections::HashMap, fs, io, panic::catch_unwind, time::Duration};
use v4l::{
    Device, Format, FourCC,
    buffer::Type,
    capability::Flags,
    frameinterval::FrameIntervalEnum,
    framesize::FrameSizeEnum,
    io::traits::CaptureStream as _,
    prelude::MmapStream,
    video::{Capture as _, capture::Parameters},
};

/// Sizes to ask for where a camera offers a range.
const SIZES: [(u32, u32); 4] = [(1920, 1080), (1280, 720), (800, 600), (640, 480)];
/// A frame is waited for so long at a time, so that the thread sees when nobody wants it any more.
const PATIENCE: Duration = Duration::from_millis(500);

/// A device node that delivers pictures.
pub(super) struct Node {
    /// `/dev/video<number>`.
    pub(super) number: u32,
    pub(super) name: CameraName,
}

/// What a mode came to.
pub(super) struct Set {
    /// nokhwa will recognise it: its rate is a whole number and its rows have no padding.
    pub(super) for_nokhwa: bool,
}

fn failed(error: &io::Error) -> CameraError {
    match error.raw_os_error() {
        Some(number) => from_number(number),
        None => CameraError::Failed,
    }
}

/// Every camera once. A USB camera has two nodes, of which the second delivers no pictures.
pub(super) fn list() -> Vec<Node> {
    let mut numbers: Vec<u32> = fs::read_dir("/sys/class/video4linux")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_prefix("video")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut nodes = Vec::new();
    for number in numbers {
        let Some((name, place)) = describe(number) else {
            continue;
        };
        // The bus stays the same when numbers change; two nodes at one place are counted.
        let count = seen.entry(format!("{place}/{name}")).or_default();
        *count += 1;
        let (id, shown) = match *count {
            1 => (format!("{place}/{name}"), name),
            n => (format!("{place}/{name}/{n}"), format!("{name} ({n})")),
        };
        nodes.push(Node {
            number,
            name: CameraName { id, name: shown },
        });
    }
    nodes
}

/// Name and place of a node that delivers pictures.
fn describe(number: u32) -> Option<(String, String)> {
    let about = |file: &str| {
        let text = fs::read_to_string(format!("/sys/class/video4linux/video{number}/{file}")).ok()?;
        Some(text.trim().to_owned())
    };
    // A name that is not UTF-8 makes the library panic: that device is passed over, the others are not.
    let asked = catch_unwind(|| Device::new(number as usize).and_then(|device| device.query_caps()));
    match asked.ok()? {
        Ok(caps) => {
            let pictures = caps.capabilities.contains(Flags::VIDEO_CAPTURE | Flags::STREAMING);
            pictures.then_some((caps.card, caps.bus))
        }
        // Not allowed to ask: a camera all the same, and opening it says why. The first node is the one with pictures.
        Err(error) if failed(&error) == CameraError::Denied && about("index")? == "0" => {
            Some((about("name")?, format!("video{number}")))
        }
        Err(_) => None,
    }
}

pub(super) fn find(id: &str) -> Result<Node, CameraError> {
    list()
        .into_iter()
        .find(|node| node.name.id == id)
        .ok_or(CameraError::Missing)
}

fn fourcc(format: PixelFormat) -> FourCC {
    FourCC::new(match format {
        PixelFormat::Mjpeg => b"MJPG",
        PixelFormat::Yuyv => b"YUYV",
        PixelFormat::Nv12 => b"NV12",
        PixelFormat::Grey => b"GREY",
    })
}

impl Node {
    fn device(&self) -> Result<Device, CameraError> {
        Device::new(self.number as usize).map_err(|error| failed(&error))
    }

    /// Everything it offers in a format we read.
    pub(super) fn modes(&self) -> Result<Vec<Mode>, CameraError> {
        let device = self.device()?;
        let offered = device.enum_formats().map_err(|error| failed(&error))?;
        let mut modes = Vec::new();
        for format in [
            PixelFormat::Mjpeg,
            PixelFormat::Yuyv,
            PixelFormat::Nv12,
            PixelFormat::Grey,
        ] {
            let code = fourcc(format);
            if !offered.iter().any(|description| description.fourcc == code) {
                continue;
            }
            for (width, height) in sizes(&device, code) {
                modes.extend(rates(&device, code, width, height).into_iter().map(|fps| Mode {
                    width: width as usize,
                    height: height as usize,
                    format,
                    fps,
                }));
            }
        }
        Ok(modes)
    }

    /// Sets a mode. The device is let go of again: while one handle holds it another may not stream.
    pub(super) fn set(&self, mode: Mode) -> Result<Set, CameraError> {
        let device = self.device()?;
        let (format, rate) = set(&device, mode)?;
        let row = match mode.format {
            PixelFormat::Yuyv => mode.width * 2,
            _ => mode.width,
        };
        let tight = mode.format == PixelFormat::Mjpeg || format.stride as usize == row;
        Ok(Set {
            for_nokhwa: tight && mode.format != PixelFormat::Grey && rate == Some((1, mode.fps)),
        })
    }

    /// Reads it without nokhwa.
    pub(super) fn capture(&self, mode: Mode) -> Result<Direct, CameraError> {
        let device = self.device()?;
        let (format, _) = set(&device, mode)?;
        let mut stream = MmapStream::new(&device, Type::VideoCapture).map_err(|error| failed(&error))?;
        stream.set_timeout(PATIENCE);
        Ok(Direct {
            mode,
            stride: format.stride as usize,
            stream,
        })
    }
}

/// The format it took and the seconds between frames as a fraction, where it says one.
fn set(device: &Device, mode: Mode) -> Result<(Format, Option<(u32, u32)>), CameraError> {
    let wanted = Format::new(mode.width as u32, mode.height as u32, fourcc(mode.format));
    let format = device.set_format(&wanted).map_err(|error| failed(&error))?;
    if (format.width, format.height, format.fourcc) != (wanted.width, wanted.height, wanted.fourcc) {
        return Err(CameraError::Failed);
    }
    // A camera of one speed refuses to be told it.
    let rate = match device.set_params(&Parameters::with_fps(mode.fps)) {
        Ok(set) => Some((set.interval.numerator, set.interval.denominator)),
        Err(error) if failed(&error) == CameraError::Failed => None,
        Err(error) => return Err(failed(&error)),
    };
    Ok((format, rate))
}

fn sizes(device: &Device, code: FourCC) -> Vec<(u32, u32)> {
    let listed = device.enum_framesizes(code).unwrap_or_default();
    listed
        .into_iter()
        .flat_map(|size| match size.size {
            FrameSizeEnum::Discrete(one) => vec![(one.width, one.height)],
            FrameSizeEnum::Stepwise(range) => {
                let fits = |value: u32, least: u32, most: u32, step: u32| {
                    (least..=most).contains(&value) && (value - least).is_multiple_of(step.max(1))
                };
                let inside = |&(width, height): &(u32, u32)| {
                    fits(width, range.min_width, range.max_width, range.step_width)
                        && fits(height, range.min_height, range.max_height, range.step_height)
                };
                SIZES.into_iter().filter(inside).collect()
            }
        })
        .collect()
}

/// Frames per second, rounded down; 30 of a range, and of a camera that does not say.
fn rates(device: &Device, code: FourCC, width: u32, height: u32) -> Vec<u32> {
    const USUAL: u32 = 30;
    let listed = device.enum_frameintervals(code, width, height).unwrap_or_default();
    if listed.is_empty() {
        return vec![USUAL];
    }
    let per_second = |numerator: u32, denominator: u32| denominator.checked_div(numerator).unwrap_or(0);
    listed
        .into_iter()
        .map(|interval| match interval.interval {
            FrameIntervalEnum::Discrete(one) => per_second(one.numerator, one.denominator),
            FrameIntervalEnum::Stepwise(range) => USUAL
                .min(per_second(range.min.numerator, range.min.denominator))
                .max(per_second(range.max.numerator, range.max.denominator)),
        })
        .collect()
}

/// An open device, read through mapped buffers.
pub(super) struct Direct {
    mode: Mode,
    stride: usize,
    stream: MmapStream<'static>,
}

impl Camera for Direct {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        let Mode {
            width, height, format, ..
        } = self.mode;
        let (buffer, meta) = match self.stream.next() {
            Ok(next) => next,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let used = match meta.bytesused as usize {
            0 => buffer.len(),
            used => used.min(buffer.len()),
        };
        let buffer = &buffer[..used];
        let row = match format {
            PixelFormat::Yuyv => width * 2,
            PixelFormat::Mjpeg => 0,
            PixelFormat::Nv12 | PixelFormat::Grey => width,
        };
        let bytes = match format {
            PixelFormat::Mjpeg => buffer[..jpeg_length(buffer)].to_vec(),
            _ if self.stride > row => buffer
                .chunks(self.stride)
                .flat_map(|line| &line[..row.min(line.len())])
                .copied()
                .collect(),
            _ => buffer.to_vec(),
        };
        Ok(Some(Frame {
            width,
            height,
            format,
            bytes,
        }))
    }
}
