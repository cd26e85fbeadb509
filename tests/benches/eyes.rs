//! Live scanning as the window does it: a camera of 30 frames a second, the run that looks through it, and the window's
//! picture fetched all the while. How many frames are looked at, and how long until a card that is held up is read.
//!
//! `cargo xtask bench -- eyes`; nothing here asserts a speed.

use app::{
    env::{Env as _, SystemEnv},
    place::Place,
};
use host::scanning::{Camera, CameraError, CameraName, Cameras, Mode, Nothing, Ports};
use host::wire::scan::ScanTold;
use host::{Desk, Event, Host};
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use scan::{
    Luma, decode_picture,
    frame::{Frame, PixelFormat},
};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::sleep,
    time::Duration,
};

const FPS: u64 = 30;
const WATCHED: Duration = Duration::from_secs(4);
const CARDS: [&str; 3] = ["02-le-van-sau.jpg", "07-dang-van-tin.jpg", "11-truong-quoc-vinh.jpg"];

fn main() {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if !wanted.is_empty() && !wanted.iter().any(|word| "eyes".contains(word.as_str())) {
        return;
    }
    println!("live scanning, {FPS} frames a second, picture of the window fetched all the while");
    println!(
        "{:26} {:>16} {:>12} {:>22}",
        "", "looked at a second", "shown", "read after ms (3 cards)"
    );
    for (name, size, format) in [
        ("1280x720 MJPEG", (1280, 720), PixelFormat::Mjpeg),
        ("1920x1080 MJPEG", (1920, 1080), PixelFormat::Mjpeg),
        ("1280x720 YUYV", (1280, 720), PixelFormat::Yuyv),
    ] {
        let bench = Bench::new(size, format);
        let Pace { looked, cost, shown } = bench.pace();
        let read: Vec<_> = CARDS.iter().map(|card| bench.read(card)).collect();
        println!("{name:16} {looked:>20.1} {cost:>22.1} {shown:>16.1}   {read:?}");
    }
}

/// A camera that delivers what is before it.
struct Feed {
    mode: Mode,
    picture: Mutex<Arc<Frame>>,
}

struct Open(Arc<Feed>, u64, Arc<SystemEnv>);

struct Feeds(Arc<Feed>, Arc<SystemEnv>);

impl Cameras for Feeds {
    fn list(&self) -> Result<Vec<CameraName>, CameraError> {
        Ok(vec![CameraName {
            id: "feed".to_owned(),
            name: "feed".to_owned(),
        }])
    }

    fn open(&self, _: &str, _: &dyn Fn(&[Mode]) -> Option<Mode>) -> Result<Box<dyn Camera>, CameraError> {
        Ok(Box::new(Open(
            Arc::clone(&self.0),
            self.1.millis(),
            Arc::clone(&self.1),
        )))
    }
}

impl Camera for Open {
    fn mode(&self) -> Mode {
        self.0.mode
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        self.1 += 1000 / FPS;
        sleep(Duration::from_millis(self.1.saturating_sub(self.2.millis())));
        let picture = Arc::clone(&self.0.picture.lock().unwrap());
        Ok(Some((*picture).clone()))
    }
}

#[derive(Default)]
struct Ear(Mutex<Vec<ScanTold>>, Condvar);

impl Desk for Ear {
    fn tell(&self, event: Event) {
        if let Event::Scan(told) = event {
            self.0.lock().unwrap().push(*told);
            self.1.notify_all();
        }
    }

    fn open_file(&self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
}

struct Bench {
    host: Host,
    feed: Arc<Feed>,
    ear: Arc<Ear>,
    env: Arc<SystemEnv>,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new((width, height): (usize, usize), format: PixelFormat) -> Self {
        let mode = Mode {
            width,
            height,
            format,
            fps: FPS as u32,
        };
        let feed = Arc::new(Feed {
            mode,
            picture: Mutex::new(Arc::new(table(mode, None))),
        });
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| Place {
            home: folder.path().join(name),
            secrets: Some(folder.path().join("secrets")),
            keyring: Some(false),
        };
        let (env, ear) = (Arc::new(SystemEnv::new()), Arc::<Ear>::default());
        let ports = Ports {
            cameras: Arc::new(Feeds(Arc::clone(&feed), Arc::clone(&env))),
            scanners: Arc::new(Nothing),
        };
        let host = Host::start(place("device"), place("practice"), env.clone(), ear.clone()).unwrap();
        let bench = Self {
            host: host.with_eyes(ports),
            feed,
            ear,
            env,
            _folder: folder,
        };
        bench.ask("enter_practice", Value::Null);
        bench
    }

    fn ask(&self, name: &str, args: Value) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(self.host.rpc(name, args)).unwrap()
    }

    /// Begins a run and waits for its pictures; its number.
    fn start(&self) -> u32 {
        let view = self.ask("start_scan", json!({ "purpose": "card", "camera": null }));
        let run = view["run"].as_u64().unwrap() as u32;
        while self.host.frames_looked_at(run).unwrap() < 5 {
            sleep(Duration::from_millis(5));
        }
        run
    }

    /// Of a table without a card: every stage of the search has its turn.
    fn pace(&self) -> Pace {
        let run = self.start();
        let spent_before = spent("eyes");
        let (stop, shown) = (AtomicBool::new(false), AtomicU64::new(0));
        let (looked, took) = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    if self.host.camera_picture(run).is_some() {
                        shown.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
            let (before, began) = (self.host.frames_looked_at(run).unwrap(), self.env.millis());
            sleep(WATCHED);
            stop.store(true, Ordering::Relaxed);
            (
                self.host.frames_looked_at(run).unwrap() - before,
                self.env.millis() - began,
            )
        });
        let cost = spent("eyes").saturating_sub(spent_before) as f64 / 1e6 / looked.max(1) as f64;
        self.ask("stop_scan", json!({ "run": run }));
        let a_second = |count: u64| count as f64 * 1000.0 / took as f64;
        Pace {
            looked: a_second(looked),
            cost,
            shown: a_second(shown.load(Ordering::Relaxed)),
        }
    }

    /// Milliseconds from a card being held up to the window hearing of it.
    fn read(&self, card: &str) -> u64 {
        let picture = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../fixtures/idcards")
            .join(card);
        let card = decode_picture(&std::fs::read(picture).unwrap()).unwrap();
        let held = Arc::new(table(self.feed.mode, Some(&card)));
        *self.feed.picture.lock().unwrap() = Arc::new(table(self.feed.mode, None));
        self.start();
        self.ear.0.lock().unwrap().clear();
        let began = self.env.millis();
        *self.feed.picture.lock().unwrap() = held;
        let is_idcard = |told: &ScanTold| matches!(told, ScanTold::Card { scan, .. } if scan.draft.is_some());
        let waited = self
            .ear
            .1
            .wait_timeout_while(self.ear.0.lock().unwrap(), Duration::from_secs(20), |told| {
                !told.iter().any(is_idcard)
            });
        assert!(!waited.unwrap().1.timed_out(), "the card is read");
        self.env.millis() - began
    }
}

/// What one format costs.
struct Pace {
    /// Frames looked at in a second.
    looked: f64,
    /// Milliseconds of one core for each: says the same on a busy machine.
    cost: f64,
    /// Pictures handed to the window in a second.
    shown: f64,
}

/// Nanoseconds on a core that threads of this name have had.
fn spent(name: &str) -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name))
        .filter_map(|task| {
            std::fs::read_to_string(task.path().join("schedstat"))
                .ok()?
                .split(' ')
                .next()?
                .parse::<u64>()
                .ok()
        })
        .sum()
}

/// A wooden table with some grain, and perhaps a card on it.
fn table(mode: Mode, card: Option<&Luma>) -> Frame {
    let (width, height) = (mode.width, mode.height);
    let mut grey: Vec<u8> = (0..width * height)
        .map(|at| (120 + (at / width / 7 % 5) * 6 + (at.wrapping_mul(2_654_435_761) >> 20) % 9) as u8)
        .collect();
    if let Some(card) = card {
        let (left, top) = ((width - card.width()) / 2, (height - card.height()) / 2);
        for (y, row) in card.pixels().chunks(card.width()).enumerate() {
            grey[(top + y) * width + left..][..row.len()].copy_from_slice(row);
        }
    }
    let bytes = match mode.format {
        PixelFormat::Mjpeg => {
            let mut file = Vec::new();
            let colour: Vec<u8> = grey.iter().flat_map(|&grey| [grey, grey, grey]).collect();
            JpegEncoder::new_with_quality(&mut file, 85)
                .encode(&colour, width as u32, height as u32, ExtendedColorType::Rgb8)
                .unwrap();
            file
        }
        _ => grey.iter().flat_map(|&grey| [grey, 128]).collect(),
    };
    Frame {
        width,
        height,
        format: mode.format,
        bytes,
    }
}
