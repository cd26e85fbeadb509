//! The real way from a Video4Linux device to a card's text, in the small machine of `cargo xtask camera`: its kernel has a
//! test camera (`vivid`) and two devices (`v4l2loopback`) that a thread here feeds.

use super::native::Native;
use domain::idcard;
use host::scanning::{CameraError, Cameras as _, Mode, choose, contract};
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use scan::{Live, Luma, decode_picture, frame::PixelFormat};
use std::{
    fs,
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle, sleep},
    time::Duration,
};
use v4l::{Device, Format, FourCC, video::Output as _};

/// Devices to be fed, as the machine names them.
const FED: [(&str, PixelFormat); 2] = [("fed-mjpg", PixelFormat::Mjpeg), ("fed-yuyv", PixelFormat::Yuyv)];
const SIZE: (usize, usize) = (1280, 720);

/// The number of the device with this name.
fn number(name: &str) -> Option<u32> {
    fs::read_dir("/sys/class/video4linux")
        .ok()?
        .flatten()
        .find_map(|entry| {
            let called = fs::read_to_string(entry.path().join("name")).ok()?;
            let number = entry.file_name().to_str()?.strip_prefix("video")?.parse().ok()?;
            (called.trim() == name).then_some(number)
        })
}

/// The picture of a card lying on a table.
fn picture(format: PixelFormat) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/idcards/11-truong-quoc-vinh.jpg");
    let card: Luma = decode_picture(&fs::read(file).expect("a card")).expect("a picture");
    let (width, height) = SIZE;
    let mut grey = vec![130_u8; width * height];
    let (left, top) = ((width - card.width()) / 2, (height - card.height()) / 2);
    for (y, row) in card.pixels().chunks(card.width()).enumerate() {
        grey[(top + y) * width + left..][..row.len()].copy_from_slice(row);
    }
    match format {
        PixelFormat::Mjpeg => {
            let colour: Vec<u8> = grey.iter().flat_map(|&grey| [grey, grey, grey]).collect();
            let mut file = Vec::new();
            JpegEncoder::new_with_quality(&mut file, 85)
                .encode(&colour, width as u32, height as u32, ExtendedColorType::Rgb8)
                .expect("a JPEG");
            file
        }
        _ => grey.iter().flat_map(|&grey| [grey, 128]).collect(),
    }
}

/// Feeds a device until it is told to stop.
struct Feeder(Arc<AtomicBool>, Option<JoinHandle<()>>);

impl Feeder {
    fn start(number: u32, format: PixelFormat) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&stop);
        let feeding = thread::spawn(move || {
            let mut device = Device::new(number as usize).expect("a device to feed");
            let code = match format {
                PixelFormat::Mjpeg => b"MJPG",
                _ => b"YUYV",
            };
            let wanted = Format::new(SIZE.0 as u32, SIZE.1 as u32, FourCC::new(code));
            device.set_format(&wanted).expect("it takes the format");
            let frame = picture(format);
            while !theirs.load(Ordering::Relaxed) {
                device.write_all(&frame).expect("it takes a frame");
                sleep(Duration::from_millis(33));
            }
        });
        Self(stop, Some(feeding))
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        let _ = self.1.take().map(JoinHandle::join);
    }
}

#[test]
fn a_card_is_read_through_the_kernel() {
    let Some(numbers) = FED.iter().map(|(name, _)| number(name)).collect::<Option<Vec<_>>>() else {
        println!("skipped: no camera that a test can feed (cargo xtask camera makes one)");
        return;
    };
    let feeders: Vec<_> = FED
        .iter()
        .zip(&numbers)
        .map(|((_, format), number)| Feeder::start(*number, *format))
        .collect();
    let cameras = Native;
    let end = app::env::SystemEnv::new();
    let millis = || app::env::Env::millis(&end);
    while cameras.list().expect("a list").len() < FED.len() + 1 {
        assert!(millis() < 20_000, "{:?}", cameras.list());
        sleep(Duration::from_millis(50));
    }
    for camera in cameras.list().expect("a list") {
        println!("listed: {} ({})", camera.name, camera.id);
    }

    for seen in contract::of(Arc::new(Native)) {
        let tenths = seen.tenths_per_second;
        println!(
            "contract: {} as {:?}: {}.{} frames/s",
            seen.name,
            seen.mode,
            tenths / 10,
            tenths % 10
        );
    }

    for (name, format) in FED {
        let listed = cameras.list().expect("a list");
        let id = &listed.iter().find(|camera| camera.name == name).expect(name).id;
        let mut camera = cameras.open(id, &choose::mode).expect(name);
        assert_eq!(
            (camera.mode().format, (camera.mode().width, camera.mode().height)),
            (format, SIZE)
        );
        let (mut live, began, mut frames) = (Live::new(), millis(), 0);
        let bytes = loop {
            assert!(millis() - began < 120_000, "{name}: no code in {frames} frames");
            let Some(frame) = camera.frame().expect(name) else {
                continue;
            };
            frames += 1;
            if let Some(found) = live.look(&frame.luma().expect(name)).into_iter().next() {
                break found.bytes;
            }
        };
        let reading = idcard::read(&bytes);
        let who = reading.fields.name.as_ref().expect("a name").expose().to_owned();
        println!(
            "read: {name}, frame {frames}, {} ms: {:?} {who}",
            millis() - began,
            reading.status
        );
        assert_eq!(who, "Trương Quốc Vinh");
        drop(camera);
    }

    // Whoever feeds it stops: the library waits without end, and closing is quick all the same.
    let stalled = cameras
        .list()
        .expect("a list")
        .into_iter()
        .find(|camera| camera.name == FED[0].0)
        .expect("fed");
    let closed = contract::closes_while_stalled(Arc::new(Native), &stalled.id, || drop(feeders));
    println!("stalled: closed in {closed} ms");

    // Every format the kernel's camera has, with the library that reads it.
    let listed = cameras.list().expect("a list");
    let vivid = listed
        .iter()
        .find(|camera| camera.name.starts_with("vivid"))
        .expect("the kernel's test camera");
    for format in [PixelFormat::Yuyv, PixelFormat::Nv12, PixelFormat::Grey] {
        // At its liveliest, whose rate is a whole number: with another nokhwa would not be asked.
        let only = |offered: &[Mode]| {
            let of_it = offered.iter().filter(|mode| mode.format == format);
            of_it.max_by_key(|mode| mode.fps).copied()
        };
        let mut camera = cameras.open(&vivid.id, &only).expect("it opens");
        let mode = camera.mode();
        let luma = camera
            .frame()
            .expect("a frame")
            .expect("in time")
            .luma()
            .expect("a picture");
        assert_eq!((luma.width(), luma.height()), (mode.width, mode.height));
        let brightest = luma.pixels().iter().max();
        drop(camera);
        let set = super::linux::find(&vivid.id)
            .and_then(|node| node.set(mode))
            .expect("it takes the mode");
        let library = if set.for_nokhwa { "nokhwa" } else { "v4l" };
        println!(
            "format: {format:?} {}x{} through {library}, brightest {brightest:?}",
            mode.width, mode.height
        );
        assert_eq!(set.for_nokhwa, format != PixelFormat::Grey);
    }

    // And a camera whose cable is pulled says that it is lost.
    let listed = cameras.list().expect("a list");
    let vivid = listed
        .iter()
        .find(|camera| camera.name.starts_with("vivid"))
        .expect("the kernel's test camera");
    let mut camera = cameras.open(&vivid.id, &choose::mode).expect("it opens");
    camera.frame().expect("a frame");
    let bus = "/sys/bus/platform/drivers/vivid/unbind";
    fs::write(bus, "vivid.0").expect("it can be pulled");
    let lost = (0..200).find_map(|_| camera.frame().err());
    println!("pulled out: {lost:?}");
    assert_eq!(lost, Some(CameraError::Lost));
}
