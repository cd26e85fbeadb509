//! A stage: the real host on a device folder of its own, with scripted ports around it. One page looks at one stage.

use crate::{
    ports::{
        cameras::{Hand, Mood, PORT, Scripted},
        clock::Clock,
        desk::{Printers, StageDesk},
    },
    stories::town::Town,
};
use app::{Session, place::Place};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use host::{Host, scanning::Ports};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::{runtime::Handle, sync::Notify};
use tungnha_tests::{Proxy, Trouble};

/// The PIN of everybody in every story, in practice too.
pub const PIN: &str = "246813";
/// A PIN that an older program took: a birthday.
pub const OLD_PIN: &str = "270419";
/// The first person of every team.
pub const FIRST: u32 = 1;

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Network {
    /// It is there.
    Good,
    /// Nothing answers.
    #[default]
    None,
    /// Somebody else's login page answers.
    Portal,
}

/// How a stage is set before the page opens.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub network: Network,
    pub camera: Mood,
    pub scanner: bool,
    pub printers: Printers,
    /// Somebody is signed in.
    pub open: bool,
    /// With a PIN that an older program took: a birthday.
    pub birthday: bool,
    /// The platform was not heard for nine days.
    pub silent: bool,
    pub paused: bool,
    /// Nothing was tried yet.
    pub quiet: bool,
    pub practice: bool,
    /// Commands that read lists are refused with this code.
    pub refuse: Option<&'static str>,
    /// Every answer takes so long.
    pub delay: Duration,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            network: Network::default(),
            camera: Mood::default(),
            scanner: false,
            printers: Printers::default(),
            open: true,
            birthday: false,
            silent: false,
            paused: false,
            quiet: false,
            practice: false,
            refuse: None,
            delay: Duration::ZERO,
        }
    }
}

/// Commands that a stage can refuse: what lists and pages show.
const LISTS: [&str; 9] = [
    "today",
    "list",
    "search",
    "households",
    "tasks",
    "queue",
    "show",
    "board",
    "doctor",
];

#[derive(Default)]
struct Fault {
    refuse: Option<String>,
    delay: Duration,
}

/// A running host and everything around it.
pub struct Stage {
    pub host: Arc<Host>,
    pub desk: Arc<StageDesk>,
    pub clock: Arc<Clock>,
    /// How many pages listen.
    listeners: AtomicUsize,
    /// Texts of codes that belong to the story, by name.
    pub props: Value,
    runtime: Handle,
    cameras: Scripted,
    hand: Hand,
    line: Option<Proxy>,
    fault: Mutex<Fault>,
    over: Arc<Notify>,
    folder: tempfile::TempDir,
}

/// A temporary folder, in memory where the system has one for that: nobody waits for a disk.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::Builder::new().prefix("tung-nha-stage-").tempdir_in(memory),
        false => tempfile::tempdir(),
    }
    .expect("a temporary folder")
}

/// One of the two devices in a stage's folder.
pub fn place(folder: &Path, name: &str) -> Place {
    Place {
        home: folder.join(name),
        secrets: Some(folder.join("secrets")),
        keyring: Some(false),
    }
}

const LOGIN_PAGE: &[u8] =
    b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

impl Stage {
    /// Takes the folder in hand and sets everything as wanted. Blocks; not for a thread that drives futures.
    pub fn open(
        runtime: &Handle,
        folder: tempfile::TempDir,
        clock: Arc<Clock>,
        town: Option<&Town>,
        props: Value,
        setting: Setting,
    ) -> Self {
        let desk = Arc::new(StageDesk::new(folder.path().join("print"), setting.printers));
        let (cameras, hand) = (Scripted::new(setting.camera), Hand::new(setting.scanner));
        let ports = Ports {
            cameras: Arc::new(cameras.clone()),
            scanners: Arc::new(hand.clone()),
        };
        let (live, practice) = (place(folder.path(), "device"), place(folder.path(), "practice"));
        let line = town.map(|town| Proxy::before(&town.url));
        if let Some(line) = &line {
            crate::stories::lead(&live, &line.url(), clock.clone());
        }
        if setting.silent {
            crate::stories::long_silent(&live, clock.clone());
        }
        if setting.birthday {
            crate::stories::old_pin(&live, clock.clone());
        }
        let host = Host::start(live, practice, clock.clone(), desk.clone()).expect("the host starts");
        let stage = Self {
            host: Arc::new(host.with_eyes(ports)),
            desk,
            clock,
            listeners: AtomicUsize::new(0),
            props,
            runtime: runtime.clone(),
            cameras,
            hand,
            line,
            fault: Mutex::default(),
            over: Arc::default(),
            folder,
        };
        stage.network(setting.network);
        stage.set(setting);
        stage
    }

    fn set(&self, setting: Setting) {
        if setting.practice {
            self.ask("enter_practice", Value::Null);
        } else if setting.open {
            let pin = if setting.birthday { OLD_PIN } else { PIN };
            self.ask("sign_in", json!({ "operator": FIRST, "pin": pin }));
            if setting.scanner {
                self.ask("choose_scanner", json!({ "port": PORT }));
            }
            // So that the first page already knows what the network does.
            if !setting.quiet {
                self.ask("sync_now", Value::Null);
            }
            if setting.paused {
                self.ask("pause_sync", json!({ "paused": true }));
            }
        }
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.refuse = setting.refuse.map(str::to_owned);
        fault.delay = setting.delay;
    }

    /// Sends in the background from now on, as the window's program does.
    pub fn send_in_background(&self) {
        let (pulse, over, runtime) = (
            Arc::clone(&self.host).pulse(),
            Arc::clone(&self.over),
            self.runtime.clone(),
        );
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = pulse => {}
                    () = over.notified() => {}
                }
            });
        });
    }

    /// The network from now on.
    pub fn network(&self, network: Network) {
        let Some(line) = &self.line else { return };
        match network {
            Network::Good => line.mend(),
            Network::None => line.trouble("", Trouble::Down),
            Network::Portal => line.trouble("", Trouble::Portal(LOGIN_PAGE.to_vec())),
        }
    }

    /// Answers to this route get lost: what the gateway takes it takes, and the device does not hear of it.
    pub fn lose_answers(&self, route: &str) {
        if let Some(line) = &self.line {
            line.trouble(route, Trouble::LoseAnswer);
        }
    }

    /// Runs a command for the page. Blocks.
    ///
    /// # Errors
    /// What the program answers instead, as JSON.
    pub fn rpc(&self, name: &str, args: Value) -> Result<Value, Value> {
        let (refuse, delay) = {
            let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
            (fault.refuse.clone(), fault.delay)
        };
        thread::sleep(delay);
        match refuse {
            Some(code) if LISTS.contains(&name) => Err(json!({ "code": code })),
            _ => self.try_ask(name, args),
        }
    }

    fn try_ask(&self, name: &str, args: Value) -> Result<Value, Value> {
        let answer = self.runtime.block_on(self.host.rpc(name, args));
        answer.map_err(|failure| serde_json::to_value(failure).expect("a failure is JSON"))
    }

    /// Runs a command of a story, which is known to work.
    #[track_caller]
    pub fn ask(&self, name: &str, args: Value) -> Value {
        self.try_ask(name, args)
            .unwrap_or_else(|failure| panic!("{name}: {failure}"))
    }

    /// Does what a test asks of the world around the program.
    ///
    /// # Errors
    /// What is wrong with the script.
    pub fn script(&self, script: &Value) -> Result<(), &'static str> {
        for (port, wanted) in script.as_object().ok_or("not_an_object")? {
            let text = wanted.as_str().unwrap_or_default();
            match port.as_str() {
                "hold_up" => self.cameras.hold_up(&code_png(text)?)?,
                "hold_up_png" => self
                    .cameras
                    .hold_up(&STANDARD.decode(text).map_err(|_| "not_base64")?)?,
                "scan" => self.hand.scans(text),
                "camera" => self.cameras.set(Mood::of(text).ok_or("unknown_mood")?),
                "network" => self.network(match text {
                    "good" => Network::Good,
                    "none" => Network::None,
                    "portal" => Network::Portal,
                    _ => return Err("unknown_network"),
                }),
                "refuse" => {
                    self.fault.lock().unwrap_or_else(PoisonError::into_inner).refuse =
                        wanted.as_str().map(str::to_owned)
                }
                _ => return Err("unknown_port"),
            }
        }
        Ok(())
    }

    /// Closes the program and keeps what lies on the disk.
    pub fn freeze(self) -> tempfile::TempDir {
        self.ask("lock", Value::Null);
        let Self { host, folder, .. } = self;
        assert_eq!(Arc::strong_count(&host), 1, "nobody else uses the host");
        drop(host);
        folder
    }

    /// Closes the program, does something with the device that no command does, and opens it again on a good line.
    pub fn interlude(self, town: &Town, work: impl FnOnce(&Session)) -> Self {
        let (runtime, clock) = (self.runtime.clone(), Arc::clone(&self.clock));
        let line = Proxy::before(&town.url);
        let folder = self.freeze();
        let device = place(folder.path(), "device");
        crate::stories::lead(&device, &line.url(), clock.clone());
        let session = Session::open(&device, Some(FIRST), PIN, clock.clone()).expect("it opens");
        work(&session);
        drop((session, line));
        let setting = Setting {
            network: Network::Good,
            open: false,
            ..Setting::default()
        };
        let stage = Self::open(&runtime, folder, clock, Some(town), Value::Null, setting);
        stage.ask("sign_in", json!({ "operator": FIRST, "pin": PIN }));
        stage
    }

    /// Where its device looks for the gateway.
    pub fn url(&self) -> Option<String> {
        self.line.as_ref().map(Proxy::url)
    }

    /// Ends what it does by itself; the folder goes when the last one lets go of the stage.
    pub fn end(&self) {
        // No driver is left hanging.
        self.cameras.set(Mood::Well);
        self.over.notify_one();
    }

    /// No page listens.
    pub fn is_alone(&self) -> bool {
        self.listeners.load(Ordering::SeqCst) == 0
    }

    /// A page listens, or no longer: how many still do.
    pub fn listen(&self, more: bool) -> usize {
        match more {
            true => self.listeners.fetch_add(1, Ordering::SeqCst) + 1,
            false => self.listeners.fetch_sub(1, Ordering::SeqCst) - 1,
        }
    }
}

fn code_png(text: &str) -> Result<Vec<u8>, &'static str> {
    print::qr_png(text.as_bytes(), 6, print::ErrorCorrection::M).map_err(|_| "too_long")
}
