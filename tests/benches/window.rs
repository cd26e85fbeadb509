//! What the window costs beside a window with nothing in it: time until it is usable, memory, size of the page; and how
//! long after a key its results are painted, beside 100,000 residents.
//!
//! `cargo xtask bench -- window`; nothing here asserts a speed.

use app::{Session, env::SystemEnv, place::Place};
use serde_json::json;
use std::{
    collections::VecDeque,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tungnha_tests::{
    crowd, program,
    window::{Desktop, Ward, Window, children},
};

/// Our ground and our ink; the empty window has the same two colours.
const GROUND: [u8; 3] = [0xf5, 0xf6, 0xf3];
const INK: [u8; 3] = [0x11, 0x21, 0x1e];
/// Pixels of ground and of ink with which a page is there with its words.
const ENOUGH: (usize, usize) = (300_000, 40);
const STARTS: usize = 15;
const RESIDENTS: u32 = 100_000;
/// The PIN that everybody in a class knows (`host`).
const PRACTICE_PIN: &str = "246813";
const TYPED: [&str; 5] = ["nguyen thi", "Trần Thị", "0905712", "hoang van thu", "le van hung"];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    if chosen("window_size") {
        size();
    }
    if chosen("window_start") {
        start();
    }
    if chosen("window_keys") {
        keys();
    }
}

/// Smallest, median, 95th percentile and largest of some figures, smallest first.
fn spread(figures: &mut [f64], unit: &str) -> String {
    figures.sort_by(f64::total_cmp);
    let at = |part: f64| figures[((figures.len() - 1) as f64 * part).round() as usize];
    format!(
        "min {:.1}, median {:.1}, p95 {:.1}, max {:.1} {unit} ({} times)",
        at(0.0),
        at(0.5),
        at(0.95),
        at(1.0),
        figures.len()
    )
}

fn size() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a checkout");
    let (mut page, mut fonts) = ((0, 0), 0);
    let mut folders = VecDeque::from([root.join("ui/dist")]);
    while let Some(folder) = folders.pop_front() {
        for entry in std::fs::read_dir(folder).expect("ui/dist is built").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push_back(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("a file");
            if path.extension().is_some_and(|kind| kind == "woff2" || kind == "woff") {
                fonts += bytes.len();
                continue;
            }
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            packed.write_all(&bytes).expect("in memory");
            page.0 += bytes.len();
            page.1 += packed.finish().expect("in memory").len();
        }
    }
    println!(
        "window_size: the page without fonts is {} KB, {} KB compressed (gzip); fonts {} KB",
        page.0 / 1000,
        page.1 / 1000,
        fonts / 1000
    );
}

/// From the start of the process until its words are painted: ours with a device that waits for its PIN.
fn start() {
    let Some(desktop) = Desktop::or_skip("bench-start") else {
        return;
    };
    let ward = Ward::open();
    let mut window = desktop.open();
    ward.hand_over(&mut window, "volunteer");
    window.sees("Chưa ghi nhận ai");
    drop(window);
    drop(ward);
    let empty = empty_window();
    let as_it_is: &[_] = &[];
    // On a machine without graphics hardware ours is painted so (`src-tauri/src/graphics.rs`).
    let plainly: &[_] = &[("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")];
    let programs = [
        ("ours", program("tung-nha"), as_it_is),
        ("empty", empty.clone(), as_it_is),
        ("empty, painted plainly", empty, plainly),
    ];
    let mut figures = programs.each_ref().map(|_| (Vec::new(), Vec::new()));
    for n in 0..=STARTS {
        for ((_, program, env), figures) in programs.iter().zip(&mut figures) {
            let (time, memory) = until_usable(&desktop, program, env);
            // The first of each only brings the program into memory.
            if n > 0 {
                figures.0.push(time);
                figures.1.push(memory);
            }
        }
    }
    let medians = figures.each_mut().map(|(times, memory)| {
        (
            spread(times, "ms"),
            spread(memory, "MB"),
            times[times.len() / 2],
            memory[memory.len() / 2],
        )
    });
    for ((time, memory, ..), (name, ..)) in medians.iter().zip(&programs) {
        println!("window_start: {name}: usable after {time}");
        println!("window_start: {name}: memory (PSS)  {memory}");
    }
    for ((_, _, time, memory), (name, ..)) in medians.iter().zip(&programs).skip(1) {
        println!(
            "window_start: ours / {name}: time {:.2}, memory {:.2}",
            medians[0].2 / time,
            medians[0].3 / memory
        );
    }
}

fn until_usable(desktop: &Desktop, program: &Path, env: &[(&str, &str)]) -> (f64, f64) {
    let begin = Instant::now();
    let mut process = desktop.start(program, env);
    while !is_there(desktop) {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "nothing was painted: {}",
            desktop.said()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    let time = begin.elapsed().as_secs_f64() * 1000.0;
    std::thread::sleep(Duration::from_millis(500));
    let memory = pss(process.id()) as f64 / 1000.0;
    let web: Vec<u32> = children(process.id()).into_iter().map(|(id, _)| id).collect();
    let _ = process.kill();
    let _ = process.wait();
    while web.iter().any(|id| alive(*id)) || is_there(desktop) {
        std::thread::sleep(Duration::from_millis(20));
    }
    (time, memory)
}

fn is_there(desktop: &Desktop) -> bool {
    desktop.painted(GROUND) >= ENOUGH.0 && desktop.painted(INK) >= ENOUGH.1
}

fn alive(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

/// Memory of a process and all it started, shared pages counted in parts, in kB.
fn pss(process: u32) -> u64 {
    let own = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    children(process)
        .into_iter()
        .fold(own, |sum, (child, _)| sum + pss(child))
}

fn empty_window() -> PathBuf {
    let ours = program("tung-nha");
    let path = ours.parent().expect("a folder").join("examples/empty-window");
    assert!(
        path.exists(),
        "cargo build --release -p tungnha-window --example empty-window"
    );
    path
}

/// From the key to the paint: the letter in its field, and the people found for it.
fn keys() {
    let Some(desktop) = Desktop::or_skip("bench-keys") else {
        return;
    };
    let place = Place {
        home: desktop.data().join("practice"),
        secrets: Some(desktop.path("secrets")),
        keyring: Some(false),
    };
    let env = Arc::new(SystemEnv::new());
    std::fs::create_dir_all(desktop.data()).expect("a data folder");
    app::practice::device::init(&place, PRACTICE_PIN, env.clone()).expect("a practice device");
    let session = Session::open(&place, None, PRACTICE_PIN, env.clone()).expect("open");
    crowd::fill(&session, &*env, RESIDENTS);
    drop(session);
    let mut window = desktop.open();
    window.press("Luyện tập");
    window.sees("LUYỆN TẬP");
    window
        .ask("pause_sync", json!({ "paused": true }))
        .expect("sending is held back");
    let (mut opened, mut letters, mut results) = (Vec::new(), Vec::new(), Vec::new());
    for text in TYPED {
        watch_opening(&window);
        window.type_anywhere("\u{e009}k\u{e000}");
        window.sees("Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã");
        watch(&window);
        for letter in text.chars() {
            window.type_anywhere(&letter.to_string());
            std::thread::sleep(Duration::from_millis(120));
        }
        std::thread::sleep(Duration::from_millis(300));
        opened.extend(window.script("return window.opened", vec![]).as_f64());
        let seen = window.script("return window.seen", vec![]);
        for each in seen.as_array().expect("a list") {
            letters.extend(each["letter"].as_f64());
            results.extend(each["result"].as_f64());
        }
        window.picture("found");
        window.type_anywhere("\u{e00c}");
        window.no_longer_sees("Tên, năm sinh, số, điện thoại, địa chỉ hoặc mã");
    }
    println!("window_keys: search opened after {}", spread(&mut opened, "ms"));
    println!("window_keys: letter painted after {}", spread(&mut letters, "ms"));
    println!("window_keys: people painted after {}", spread(&mut results, "ms"));
}

/// Gives its argument the time at which the page, as it is now, was painted: the end of the next frame.
const PAINTED: &str = "const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
});";

/// Notes when the search, opened by its keys, was painted.
fn watch_opening(window: &Window<'_>) {
    let script = "delete window.opened;
        let at;
        document.addEventListener('keydown', (event) => (at ??= event.key === 'k' ? event.timeStamp : undefined), true);
        const seen = new MutationObserver(() => {
          if (at === undefined || !document.querySelector('[role=dialog]')) return;
          seen.disconnect();
          painted((now) => (window.opened = now - at));
        });
        seen.observe(document.body, { childList: true, subtree: true });";
    window.script(&format!("{PAINTED} {script}"), vec![]);
}

/// Notes for every key when its letter and when the first change of the results after it were painted, counted from the
/// moment at which the key reached the page.
fn watch(window: &Window<'_>) {
    let script = "window.seen = [];
         const dialog = document.querySelector('[role=dialog]');
         dialog.addEventListener('keydown', (event) => {
           const key = { at: event.timeStamp };
           window.seen.push(key);
           painted((now) => (key.letter = now - key.at));
         }, true);
         new MutationObserver(() => {
           const key = window.seen.at(-1);
           if (!key || key.changed) return;
           key.changed = true;
           painted((now) => (key.result = now - key.at));
         }).observe(dialog.querySelector('.list'), { childList: true, characterData: true, subtree: true });";
    window.script(&format!("{PAINTED} {script}"), vec![]);
}
