//! A host with such cameras, and what the window would hear of it.

use crate::fake::{Fake, FakeScanner, on_the_table};
use app::{
    env::{Env as _, SystemEnv},
    place::Place,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use host::scanning::Ports;
use host::{Desk, Event, Host};
use scan::decode_picture;
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

#[derive(Default)]
pub struct Ear {
    heard: Mutex<Vec<Value>>,
    news: Condvar,
}

impl Desk for Ear {
    fn tell(&self, event: Event) {
        if let Event::Scan(told) = event {
            self.heard.lock().unwrap().push(serde_json::to_value(told).unwrap());
            self.news.notify_all();
        }
    }

    fn open_file(&self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
}

pub struct Rig {
    pub host: Host,
    pub ear: Arc<Ear>,
    pub camera: Fake,
    pub scanner: FakeScanner,
    pub env: SystemEnv,
    _folder: tempfile::TempDir,
}

impl Rig {
    /// A practice device, open, with two cameras.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| Place {
            home: folder.path().join(name),
            secrets: Some(folder.path().join("secrets")),
            keyring: Some(false),
        };
        let (camera, scanner, ear) = (Fake::new(), FakeScanner::default(), Arc::<Ear>::default());
        let ports = Ports {
            cameras: Arc::new(camera.clone()),
            scanners: Arc::new(scanner.clone()),
        };
        let env = Arc::new(SystemEnv::new());
        let host = Host::start(place("device"), place("practice"), env, ear.clone())
            .unwrap()
            .with_eyes(ports);
        let rig = Self {
            host,
            ear,
            camera,
            scanner,
            env: SystemEnv::new(),
            _folder: folder,
        };
        assert_eq!(rig.ask("enter_practice", Value::Null)["phase"], "open");
        rig
    }

    #[track_caller]
    pub fn ask(&self, name: &str, args: Value) -> Value {
        self.try_ask(name, args).unwrap_or_else(|code| panic!("{name}: {code}"))
    }

    pub fn try_ask(&self, name: &str, args: Value) -> Result<Value, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(self.host.rpc(name, args))
            .map_err(|failure| failure.code)
    }

    /// Begins a run for cards; its number.
    #[track_caller]
    pub fn start(&self) -> u32 {
        self.start_for("card")
    }

    #[track_caller]
    pub fn start_for(&self, purpose: &str) -> u32 {
        let view = self.ask("start_scan", json!({ "purpose": purpose, "camera": null }));
        u32::try_from(view["run"].as_u64().unwrap()).unwrap()
    }

    pub fn stop(&self, run: u32) {
        self.ask("stop_scan", json!({ "run": run }));
    }

    /// Waits for something to be told that was not told before this call's last one.
    #[track_caller]
    pub fn hears(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let heard = self.ear.heard.lock().unwrap();
        let (mut heard, _) = self
            .ear
            .news
            .wait_timeout_while(heard, Duration::from_secs(15), |heard| !heard.iter().any(&fits))
            .unwrap();
        let Some(at) = heard.iter().position(&fits) else {
            panic!("never told: {what}; but {heard:#?}");
        };
        heard.drain(..=at).next_back().unwrap()
    }

    #[track_caller]
    pub fn hears_status(&self, camera: &str) -> Value {
        self.hears(camera, |told| {
            told["told"] == "status" && told["view"]["camera"] == camera
        })
    }

    /// Everything told so far and not asked for yet.
    pub fn rest(&self) -> Vec<Value> {
        std::mem::take(&mut *self.ear.heard.lock().unwrap())
    }

    /// Milliseconds that something takes.
    pub fn took(&self, what: impl FnOnce()) -> u64 {
        let before = self.env.millis();
        what();
        self.env.millis() - before
    }

    /// Holds the card of a practice person before the camera.
    pub fn hold_up(&self, name: &str) {
        let people = self.ask("practice_people", Value::Null);
        let person = people
            .as_array()
            .unwrap()
            .iter()
            .find(|person| person["name"] == name)
            .unwrap();
        let png = STANDARD.decode(person["card_png"].as_str().unwrap()).unwrap();
        self.camera.shows(on_the_table(&decode_picture(&png).unwrap()));
    }
}
