//! The recorded conversation, the recorded device's folder, and a clock and chance that follow them.

use app::{Session, env::Env, place::Place};
use protocol::{
    cbor::Blob,
    enrolment::{TokenRequest, Trust},
    keys::VerifyKey,
    signed::{Message, Signed},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use store::{Moment, device::Keys};
use tungnha_tests::{device::RELEASED_PIN, fixtures};

/// One call of the recorded device and what the recorded gateway answered.
#[derive(Debug, Clone)]
pub struct Call {
    /// When it was made, seconds since 1970 UTC.
    pub at: i64,
    pub method: String,
    pub path: String,
    /// It came with a token.
    pub bearer: bool,
    pub request: Vec<u8>,
    pub status: u16,
    pub answer: Vec<u8>,
}

impl Call {
    /// The path without what was asked for.
    pub fn route(&self) -> &str {
        self.path.split('?').next().unwrap()
    }
}

/// The whole recording.
pub struct Recorded {
    pub calls: Vec<Call>,
    pub said: Value,
}

pub fn folder() -> PathBuf {
    fixtures().join("protocol/released")
}

pub fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

impl Recorded {
    pub fn read() -> Self {
        let said: Value = serde_json::from_slice(&std::fs::read(folder().join("conversation.json")).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let call = |call: &Value| Call {
            at: call["at"].as_i64().unwrap(),
            method: text(&call["method"]),
            path: text(&call["path"]),
            bearer: call["headers"]["authorization"].is_string(),
            request: bytes(call["request"].as_str().unwrap()),
            status: u16::try_from(call["status"].as_u64().unwrap()).unwrap(),
            answer: bytes(call["answer"].as_str().unwrap()),
        };
        let calls = said["calls"].as_array().unwrap().iter().map(call).collect();
        Self { calls, said }
    }

    pub fn text(&self, name: &str) -> &str {
        self.said[name].as_str().unwrap()
    }

    /// The trust message, as the device of the recording came to know it.
    pub fn trust(&self) -> Trust {
        Trust::read(&self.calls[0].answer).unwrap()
    }

    /// An answer, verified with the recorded platform's key.
    pub fn answer<M: Message>(&self, call: &Call) -> M {
        Signed::verify(&call.answer, &self.trust().platform).unwrap()
    }

    /// Where each registration stood on the recorded device before its last correction.
    pub fn states(&self) -> Vec<(String, String)> {
        let states = self.said["states"].as_object().unwrap().iter();
        states
            .filter(|(rid, _)| !rid.contains(' '))
            .map(|(rid, state)| (rid.clone(), state.as_str().unwrap().to_owned()))
            .collect()
    }

    /// How many calls were made before that.
    pub fn undecided(&self) -> usize {
        usize::try_from(self.said["undecided"].as_u64().unwrap()).unwrap()
    }

    /// The platform's private keys: file in the data folder, bytes.
    pub fn keys(&self) -> Vec<(String, Vec<u8>)> {
        let keys = self.said["keys"].as_object().unwrap().iter();
        keys.map(|(file, hex)| (file.clone(), bytes(hex.as_str().unwrap())))
            .collect()
    }

    pub fn key(&self, file: &str) -> [u8; 32] {
        bytes(self.said["keys"][file].as_str().unwrap()).try_into().unwrap()
    }

    /// The nonces of the token requests, in their order.
    pub fn nonces(&self, calls: &[Call], transport: VerifyKey) -> Vec<Vec<u8>> {
        let nonce = |call: &Call| {
            let Blob(nonce) = Signed::verify::<TokenRequest>(&call.request, &[transport])
                .unwrap()
                .nonce;
            nonce
        };
        let tokens = calls.iter().filter(|call| call.route() == "/v1/token");
        tokens.map(nonce).collect()
    }
}

/// A clock that stands where a test puts it; chance that gives the recorded nonces first, then repeats itself.
pub struct Script {
    now: AtomicI64,
    nonces: Mutex<Vec<Vec<u8>>>,
    drawn: AtomicU64,
    /// Seconds that passed by the clock that nobody sets.
    up: AtomicU64,
}

impl Script {
    pub fn at(now: i64) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(now),
            nonces: Mutex::default(),
            drawn: AtomicU64::new(1),
            up: AtomicU64::new(1_000),
        })
    }

    pub fn pass(&self, seconds: u64) {
        self.up.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn set(&self, now: i64) {
        self.now.store(now, Ordering::SeqCst);
    }

    pub fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// What is drawn next where so many bytes are asked for.
    pub fn draw(&self, mut next: Vec<Vec<u8>>) {
        next.reverse();
        *self.nonces.lock().unwrap() = next;
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        let mut nonces = self.nonces.lock().unwrap();
        if nonces.last().is_some_and(|next| next.len() == bytes.len()) {
            return bytes.copy_from_slice(&nonces.pop().unwrap());
        }
        // An xorshift is enough: nothing here is a secret.
        for byte in bytes {
            let mut x = self.drawn.load(Ordering::SeqCst);
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            self.drawn.store(x, Ordering::SeqCst);
            *byte = x.to_be_bytes()[0];
        }
    }
}

impl Env for Script {
    fn moment(&self) -> Moment {
        Moment {
            wall: Script::now(self),
            monotonic: self.up.load(Ordering::SeqCst),
            boot: 7,
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        Script::fill(self, bytes);
    }

    fn millis(&self) -> u64 {
        0
    }

    fn built(&self) -> i64 {
        0
    }
}

impl gateway::env::Env for Script {
    fn now(&self) -> i64 {
        Script::now(self)
    }

    fn fill(&self, bytes: &mut [u8]) {
        Script::fill(self, bytes);
    }
}

/// The folder of the released device with everything registered and nothing sent, copied, in this program's hands.
pub struct Tablet {
    folder: tempfile::TempDir,
}

impl Tablet {
    pub fn copy() -> Self {
        let copy = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for part in ["home", "home/spool", "secrets"] {
            copy_files(&folder().join(part), &copy.folder.path().join(part));
        }
        copy
    }

    pub fn place(&self) -> Place {
        Place {
            home: self.folder.path().join("home"),
            secrets: Some(self.folder.path().join("secrets")),
            keyring: Some(false),
        }
    }

    pub fn open(&self, env: Arc<dyn Env>) -> Session {
        Session::open(&self.place(), None, RELEASED_PIN, env).unwrap()
    }
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// The private keys of the recorded device.
pub fn device_keys() -> Keys {
    let session = Tablet::copy().open(Script::at(0));
    session.store().read(store::device::keys).unwrap().unwrap()
}
