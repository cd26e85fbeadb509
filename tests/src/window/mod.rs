//! The real window in a virtual display, used as a person uses it: what can be pressed is found by the name a screen
//! reader says, what is there is read from the page.
//!
//! WebKit's own driver starts the program; nothing stands in for any part of it.

mod desktop;
mod ward;

pub use desktop::Desktop;
pub use ward::{Ward, card};

use fantoccini::{
    Client, ClientBuilder,
    elements::{Element, ElementRef},
    error::CmdError,
};
use serde_json::{Value, json};
use std::{
    future::Future,
    path::Path,
    process::Child,
    thread::{panicking, sleep},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// How long a person would wait before giving up.
const PATIENCE: Duration = Duration::from_secs(20);
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open window; it and its driver end when it is dropped.
pub struct Window<'a> {
    desktop: &'a Desktop,
    runtime: Runtime,
    client: Client,
    driver: Child,
    presses: u32,
}

impl<'a> Window<'a> {
    fn attach(desktop: &'a Desktop, driver: Child, port: u16) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let options = json!({ "binary": crate::program("tung-nha"), "args": [] });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let connected = runtime.block_on(
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
                .capabilities(capabilities)
                .connect(&format!("http://127.0.0.1:{port}")),
        );
        let client = match connected {
            Ok(client) => client,
            Err(error) => {
                let mut driver = driver;
                let _ = driver.kill();
                let _ = driver.wait();
                panic!("the window does not open: {error}\n{}", desktop.said())
            }
        };
        let mut window = Self {
            desktop,
            runtime,
            client,
            driver,
            presses: 0,
        };
        window.resize(1280, 800);
        window
    }

    fn wait<T>(&self, what: impl Future<Output = Result<T, CmdError>>) -> Result<T, CmdError> {
        self.runtime.block_on(what)
    }

    /// Gives the window this size in pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.wait(self.client.set_window_rect(0, 0, width, height))
            .expect("the window takes a size");
    }

    /// Runs a script in the page and gives what it returns.
    #[track_caller]
    pub fn script(&self, script: &str, args: Vec<Value>) -> Value {
        self.wait(self.client.execute(script, args))
            .unwrap_or_else(|error| panic!("{error}\n{}", self.desktop.said()))
    }

    /// All text on the page, in one line.
    pub fn text(&self) -> String {
        let text = self.script(
            "return document.body.innerText.normalize('NFC').replace(/\\s+/g, ' ')",
            vec![],
        );
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Asks the program as the page does: `Ok` the answer, `Err` what it refused with.
    pub fn ask(&self, name: &str, args: Value) -> Result<Value, Value> {
        self.invoke("rpc", json!({ "name": name, "args": args }))
    }

    /// Calls any of the shell's commands as a script in the page would.
    pub fn invoke(&self, command: &str, args: Value) -> Result<Value, Value> {
        let script = "const [command, args, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, args).then(ok => done({ ok }), no => done({ no }));";
        let answer = self
            .wait(self.client.execute_async(script, vec![json!(command), args]))
            .expect("the page answers");
        match answer.get("no") {
            Some(no) => Err(no.clone()),
            None => Ok(answer["ok"].clone()),
        }
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            if Instant::now() > end {
                self.picture("gave-up");
                panic!(
                    "waited in vain until {what}; the page says: {}\n{}",
                    self.text(),
                    self.desktop.said()
                );
            }
            sleep(Duration::from_millis(40));
        }
    }

    /// Waits until this text is on the page.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.until(&format!("“{text}” is there"), |window| window.text().contains(text));
    }

    /// Waits until this text is no longer on the page.
    #[track_caller]
    pub fn no_longer_sees(&self, text: &str) {
        self.until(&format!("“{text}” is gone"), |window| !window.text().contains(text));
    }

    fn look_for(&self, kind: &str, name: &str) -> Option<Element> {
        self.look_in(None, kind, name)
    }

    fn look_in(&self, group: Option<&str>, kind: &str, name: &str) -> Option<Element> {
        let found = self.script(include_str!("find.js"), vec![json!(kind), json!(name), json!(group)]);
        let id = found.get(ELEMENT)?.as_str()?;
        Some(Element::from_element_id(
            self.client.clone(),
            ElementRef::from(id.to_owned()),
        ))
    }

    /// Whether something with this name can be pressed now.
    pub fn offers(&self, name: &str) -> bool {
        self.look_for("press", name).is_some()
    }

    /// Presses what has this name, once it is there, nothing lies over it and buttons do not rest (ui/src/shared/press.ts).
    #[track_caller]
    pub fn press(&mut self, name: &str) {
        self.press_one(None, name);
    }

    /// Presses an answer of the question, or a part of the section, that begins with these words.
    #[track_caller]
    pub fn press_in(&mut self, group: &str, name: &str) {
        self.press_one(Some(group), name);
    }

    #[track_caller]
    fn press_one(&mut self, group: Option<&str>, name: &str) {
        self.until(&format!("“{name}” can be pressed"), |window| {
            !window.is_resting()
                && window
                    .look_in(group, "press", name)
                    .is_some_and(|element| window.wait(element.click()).is_ok())
        });
        self.presses += 1;
    }

    /// Whether buttons ignore a press now (ui/src/shared/press.ts).
    pub fn is_resting(&self) -> bool {
        self.script("return 'resting' in document.documentElement.dataset", vec![]) == true
    }

    /// Types into the field of this name, over what was there.
    #[track_caller]
    pub fn fill(&self, name: &str, text: &str) {
        self.until(&format!("“{name}” can be filled in"), |window| {
            window.look_for("field", name).is_some_and(|field| {
                window
                    .wait(async {
                        field.clear().await?;
                        field.send_keys(text).await
                    })
                    .is_ok()
            })
        });
    }

    /// What the field of this name holds.
    pub fn value(&self, name: &str) -> Option<String> {
        let field = self.look_for("field", name)?;
        self.wait(field.prop("value")).ok()?
    }

    /// Types without choosing a field: keys go where the focus is.
    pub fn keys(&self, keys: &str) {
        let focused = self
            .wait(self.client.active_element())
            .expect("something has the focus");
        self.wait(focused.send_keys(keys)).expect("keys arrive");
    }

    /// Presses keys on the keyboard, wherever the focus is; `\u{e009}k\u{e000}` is Control held while `k` is pressed.
    pub fn type_anywhere(&self, keys: &str) {
        use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
        let mut board = KeyActions::new("keyboard".to_owned());
        let mut held = Vec::new();
        for value in keys.chars() {
            match value {
                '\u{e008}'..='\u{e00a}' => {
                    board = board.then(KeyAction::Down { value });
                    held.push(value);
                }
                '\u{e000}' => {
                    for value in held.drain(..) {
                        board = board.then(KeyAction::Up { value });
                    }
                }
                _ => board = board.then(KeyAction::Down { value }).then(KeyAction::Up { value }),
            }
        }
        self.wait(self.client.perform_actions(board)).expect("keys arrive");
    }

    /// Chooses a file in the page's file field.
    #[track_caller]
    pub fn choose_file(&self, file: &Path) {
        let path = file.to_str().expect("an ASCII path");
        self.until("a file can be chosen", |window| {
            window
                .look_for("file", "")
                .is_some_and(|field| window.wait(field.send_keys(path)).is_ok())
        });
    }

    /// Draws lines with the pointer on a surface: points in parts of its width and height.
    #[track_caller]
    pub fn draw(&mut self, selector: &str, points: &[(f64, f64)]) {
        let at = self.script(
            "const pad = document.querySelector(arguments[0]); pad.scrollIntoView({ block: 'center' });
             const { x, y, width, height } = pad.getBoundingClientRect(); return [x, y, width, height];",
            vec![json!(selector)],
        );
        let [x, y, width, height] = [0, 1, 2, 3].map(|n| at[n].as_f64().expect("the pad has a place"));
        use fantoccini::actions::{InputSource as _, MouseActions, PointerAction};
        let mut hand = MouseActions::new("hand".to_owned());
        for (n, (across, down)) in points.iter().enumerate() {
            hand = hand.then(PointerAction::MoveTo {
                duration: Some(Duration::from_millis(20)),
                x: x + across * width,
                y: y + down * height,
            });
            if n == 0 {
                hand = hand.then(PointerAction::Down { button: 0 });
            }
        }
        hand = hand.then(PointerAction::Up { button: 0 });
        self.wait(self.client.perform_actions(hand)).expect("the pointer moves");
    }

    /// Presses so far.
    pub fn presses(&self) -> u32 {
        self.presses
    }

    /// Takes a picture once fonts are there and the last change is painted.
    pub fn picture(&self, name: &str) {
        let painted = "const done = arguments[0];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))));";
        let _ = self.wait(self.client.execute_async(painted, vec![]));
        if let Ok(png) = self.wait(self.client.screenshot()) {
            std::fs::write(self.desktop.next_picture(name), png).expect("a picture is written");
        }
    }

    /// The window's process.
    pub fn process(&self) -> u32 {
        children(self.driver.id())
            .into_iter()
            .find(|(_, name)| name == "tung-nha")
            .expect("the driver started the window")
            .0
    }

    /// Ends the window's process without warning.
    pub fn kill(self) {
        let process = self.process().to_string();
        let done = std::process::Command::new("kill").args(["-9", &process]).status();
        assert!(done.expect("kill runs").success());
        // The page's own process sees the line end and goes by itself.
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        if panicking() {
            self.picture("at-the-failure");
        }
        let window = children(self.driver.id());
        let _ = self
            .runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(5), self.client.clone().close()).await });
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // A window that did not close with its session would hold the folder of the next one.
        for (process, _) in window {
            let gone = || !Path::new(&format!("/proc/{process}")).exists();
            let end = Instant::now() + Duration::from_secs(5);
            while !gone() && Instant::now() < end {
                sleep(Duration::from_millis(20));
            }
            if !gone() {
                let _ = std::process::Command::new("kill")
                    .args(["-9", &process.to_string()])
                    .status();
            }
        }
    }
}

/// Children of a process: number and name.
pub fn children(parent: u32) -> Vec<(u32, String)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| {
            let process: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name stands in parentheses and may hold any character.
            let (head, tail) = stat.rsplit_once(") ")?;
            let name = head.split_once('(')?.1.to_owned();
            let of: u32 = tail.split(' ').nth(1)?.parse().ok()?;
            (of == parent).then_some((process, name))
        })
        .collect()
}
