//! A person's machine with nothing of ours on it: a virtual display, a home folder and a driver for the window.

use super::Window;
use crate::{on_path, program};
use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

/// What has to be on the search path, and Debian's name for it.
const TOOLS: [(&str, &str); 2] = [("Xvfb", "xvfb"), ("WebKitWebDriver", "webkit2gtk-driver")];

/// A machine of its own; everything it started ends when it is dropped.
pub struct Desktop {
    folder: tempfile::TempDir,
    /// Where pictures of the screen go.
    pictures: PathBuf,
    taken: AtomicU32,
    display: String,
    server: Child,
}

impl Desktop {
    /// A machine for this story, or `None` and a line that says why not.
    ///
    /// Pictures go to `TUNGNHA_PICTURES`, else to `window/<story>` in the target folder.
    pub fn or_skip(story: &str) -> Option<Self> {
        for (tool, package) in TOOLS {
            if !on_path(tool) {
                println!("skipped: {story}, because {tool} ({package}) is not installed");
                return None;
            }
        }
        let target = program("tungnha-gateway");
        let target = target
            .parent()
            .and_then(Path::parent)
            .expect("target/<profile>/<program>");
        let pictures = std::env::var_os("TUNGNHA_PICTURES")
            .map_or_else(|| target.join("window"), PathBuf::from)
            .join(story);
        let _ = std::fs::remove_dir_all(&pictures);
        std::fs::create_dir_all(&pictures).expect("a folder for pictures");
        let folder = tempfile::tempdir().expect("a temporary folder");
        viewer(folder.path());
        let (server, display) = display(folder.path());
        Some(Self {
            folder,
            pictures,
            taken: AtomicU32::new(0),
            display,
            server,
        })
    }

    /// Opens the window.
    pub fn open(&self) -> Window<'_> {
        let port = free_port();
        let driver = self
            .command(Path::new("WebKitWebDriver"))
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .stdout(self.log())
            .stderr(self.log())
            .spawn()
            .expect("WebKitWebDriver starts");
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "WebKitWebDriver does not listen");
            sleep(Duration::from_millis(20));
        }
        Window::attach(self, driver, port)
    }

    /// Starts the window without a driver and waits for its end: for a start that is refused.
    pub fn start_and_wait(&self) -> Output {
        self.command(&program("tung-nha"))
            .output()
            .expect("the window's program starts")
    }

    /// Starts a window without a driver: for what is measured from outside.
    pub fn start(&self, program: &Path, env: &[(&str, &str)]) -> Child {
        self.command(program)
            .envs(env.iter().copied())
            .stdout(self.log())
            .stderr(self.log())
            .spawn()
            .expect("the program starts")
    }

    /// How many pixels of the screen have exactly this colour (red, green, blue) now.
    pub fn painted(&self, colour: [u8; 3]) -> usize {
        let screen = std::fs::read(self.path("Xvfb_screen0")).expect("the screen's file");
        // X window dump: big-endian words; the first is the header's size, the twentieth the number of colour entries.
        let word = |n: usize| u32::from_be_bytes(screen[4 * n..4 * n + 4].try_into().expect("four bytes")) as usize;
        let [red, green, blue] = colour;
        screen[word(0) + 12 * word(19)..]
            .chunks_exact(4)
            .filter(|pixel| pixel[..3] == [blue, green, red])
            .count()
    }

    /// The window's data folder (`TUNGNHA_HOME`).
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder that stands in for a camera (`src-tauri/src/cameras/pictures.rs`); no camera as long as it is not there.
    pub fn camera(&self) -> PathBuf {
        self.folder.path().join("camera")
    }

    /// A path in the person's home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the system's viewer was last asked to show, kept beside the pictures.
    pub fn opened(&self) -> Option<PathBuf> {
        let shown = self.path("shown.pdf");
        let kept = self.pictures.join("card.pdf");
        std::fs::copy(shown, &kept).ok().map(|_| kept)
    }

    /// What the window and its driver wrote.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.path("window.log")).unwrap_or_default()
    }

    /// The place of the next picture.
    pub(super) fn next_picture(&self, name: &str) -> PathBuf {
        let number = self.taken.fetch_add(1, Ordering::SeqCst) + 1;
        self.pictures.join(format!("{number:02}-{name}.png"))
    }

    fn log(&self) -> File {
        File::options()
            .create(true)
            .append(true)
            .open(self.path("window.log"))
            .expect("a log file")
    }

    /// A program as this person starts it: nothing of whoever runs the tests is read or changed.
    fn command(&self, program: &Path) -> Command {
        let home = self.folder.path();
        let runtime = home.join("runtime");
        private(&runtime);
        let mut command = Command::new(program);
        // The viewer of ours comes first.
        let mut path = OsString::from(home.join("bin"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        command
            .env("HOME", home)
            .env("PATH", path)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_RUNTIME_DIR", runtime)
            .env("TUNGNHA_HOME", self.data())
            .env("TUNGNHA_SECRETS", home.join("secrets"))
            // Without it a machine's own camera would watch the test.
            .env("TUNGNHA_CAMERA_PICTURES", self.camera())
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            // Without them the window does not let itself be driven.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A viewer that keeps what it was asked to show.
fn viewer(home: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = home.join("bin").join("xdg-open");
    std::fs::create_dir_all(home.join("bin")).expect("a folder for programs");
    std::fs::write(
        &path,
        "#!/bin/sh\ncp \"$1\" \"$HOME/shown.tmp\" && mv \"$HOME/shown.tmp\" \"$HOME/shown.pdf\"\n",
    )
    .expect("a viewer");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("mode 0755");
}

/// Xvfb chooses a free display itself and says which. Without a window manager a window may be as large as the screen.
fn display(folder: &Path) -> (Child, String) {
    let log = File::create(folder.join("xvfb.log")).expect("a log file");
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x1280x24", "-nolisten", "tcp"])
        // What is on the screen, as a file.
        .arg("-fbdir")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("Xvfb starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("Xvfb says which display");
    let display = format!(":{}", line.trim());
    assert!(display.len() > 1, "Xvfb found no free display");
    (server, display)
}

fn private(folder: &Path) {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    if !folder.exists() {
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .expect("a runtime folder");
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).expect("mode 0700");
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}
