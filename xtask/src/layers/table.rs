//! Who may use what, and why. A crate that is not in [`ROOMS`] fails the check until somebody decides about it here.

/// One crate of the workspace, named by its folder.
pub struct Room {
    pub folder: &'static str,
    /// Folders of the crates it may use.
    pub uses: &'static [&'static str],
    /// External crates that must not arrive in it even through others.
    pub never: &'static [&'static str],
    pub why: &'static str,
}

/// An external crate that only some rooms may name in `[dependencies]` or `[build-dependencies]`.
pub struct Fence {
    pub crates: &'static [&'static str],
    pub rooms: &'static [&'static str],
    /// Whether `[dev-dependencies]` may name it elsewhere: a test may draw the picture it then reads.
    pub free_in_tests: bool,
    pub why: &'static str,
}

const DOMAIN: &str = "crates/domain";
const PROTOCOL: &str = "crates/protocol";
const STORE: &str = "crates/store";
const CLIENT: &str = "crates/client";
const SCAN: &str = "crates/scan";
const PRINT: &str = "crates/print";
const APP: &str = "crates/app";
const HOST: &str = "crates/host";
const PRINTERS: &str = "crates/print-queues";
const GATEWAY: &str = "crates/gateway";
const CTL: &str = "crates/ctl";
const WINDOW: &str = "src-tauri";
const TESTS: &str = "tests";
const XTASK: &str = "xtask";
const BENCH_SCAN: &str = "bench-scan";

/// What any crate's tests may use beyond their room: these two are pure, and what one draws the other reads.
pub const INSTRUMENTS: &[&str] = &[SCAN, PRINT];

/// Disk, network and a runtime.
const OUTSIDE: &[&str] = &["tokio", "rusqlite", "libsqlite3-sys", "reqwest", "hyper"];

pub const ROOMS: &[Room] = &[
    Room {
        folder: DOMAIN,
        uses: &[],
        never: &[
            "tokio",
            "rusqlite",
            "libsqlite3-sys",
            "reqwest",
            "hyper",
            "getrandom",
            "rand",
        ],
        why: "the rules: no disk, no network, no clock, no randomness, so that a test can say what happens",
    },
    Room {
        folder: PROTOCOL,
        uses: &[DOMAIN],
        never: OUTSIDE,
        why: "what leaves a device, byte for byte; pure, so that both ends and the tests agree on the bytes",
    },
    Room {
        folder: STORE,
        uses: &[DOMAIN, PROTOCOL],
        never: &["reqwest", "hyper"],
        why: "the disk; it never meets the network, or a slow network would hold a transaction open",
    },
    Room {
        folder: CLIENT,
        uses: &[DOMAIN, PROTOCOL],
        never: &["rusqlite", "libsqlite3-sys"],
        why: "the network; it never meets the disk, so that what is sent is what app froze",
    },
    Room {
        folder: SCAN,
        uses: &[DOMAIN, PROTOCOL],
        never: OUTSIDE,
        why: "pixels to bytes, pure",
    },
    Room {
        folder: PRINT,
        uses: &[DOMAIN, PROTOCOL],
        never: OUTSIDE,
        why: "records to paper, pure",
    },
    Room {
        folder: APP,
        uses: &[DOMAIN, PROTOCOL, STORE, CLIENT, SCAN, PRINT],
        never: &[],
        why: "decides in which order things happen on a device; the central side is another machine",
    },
    Room {
        folder: HOST,
        uses: &[DOMAIN, PROTOCOL, SCAN, APP],
        never: &[],
        why: "everything a window may ask; the only room that knows both use cases and the window's table. It does not know the store, so no handler can open a transaction",
    },
    Room {
        folder: PRINTERS,
        uses: &[DOMAIN, PROTOCOL, APP],
        never: &[],
        why: "the machine's print queues behind app's port; window and command line share it",
    },
    Room {
        folder: GATEWAY,
        uses: &[DOMAIN, PROTOCOL, PRINT],
        never: &[],
        why: "the central side; what it shares with a device is rules, bytes and paper (it makes the sheets of blank cards; print is pure), not a device's code",
    },
    Room {
        folder: CTL,
        uses: &[DOMAIN, PROTOCOL, SCAN, APP, PRINTERS],
        never: &["tungnha-host", "tauri", "nokhwa", "v4l", "serialport"],
        why: "app without a window, its cameras and its table; pictures it is given it reads itself. What it would decide the window would lack",
    },
    Room {
        folder: WINDOW,
        uses: &[DOMAIN, PROTOCOL, SCAN, APP, HOST, PRINTERS],
        never: &[],
        why: "host with a window; it wires the hardware and decides nothing",
    },
    Room {
        folder: TESTS,
        uses: &[
            DOMAIN, PROTOCOL, STORE, CLIENT, SCAN, PRINT, APP, HOST, PRINTERS, GATEWAY, CTL,
        ],
        never: &[],
        why: "whole journeys; the one place where every crate may meet",
    },
    Room {
        folder: XTASK,
        uses: &[],
        never: OUTSIDE,
        why: "has to build on a machine that still lacks the libraries the others link",
    },
    Room {
        folder: BENCH_SCAN,
        uses: &[SCAN],
        never: OUTSIDE,
        why: "measures scan against other readers; they and their C++ must not come into a crate that ships or is tested",
    },
];

pub const FENCES: &[Fence] = &[
    Fence {
        crates: &["rusqlite", "libsqlite3-sys"],
        rooms: &[STORE, GATEWAY, TESTS],
        free_in_tests: false,
        why: "one owner for each database; a second door to a live file costs committed rows",
    },
    Fence {
        crates: &["reqwest"],
        rooms: &[CLIENT, GATEWAY, TESTS],
        free_in_tests: true,
        why: "a device has one way out, with the platform's own CA pinned; the gateway's adapters have theirs",
    },
    Fence {
        crates: &["ipp", "hyper", "hyper-util", "http-body-util"],
        rooms: &[PRINTERS, TESTS],
        free_in_tests: true,
        why: "print-queues speaks to a print system on this machine; whoever else wants HTTP takes client's door, with its CA pinned",
    },
    Fence {
        crates: &["axum", "axum-server", "rcgen"],
        rooms: &[GATEWAY, TESTS],
        free_in_tests: true,
        why: "only the central side listens and makes certificates; a device never does",
    },
    Fence {
        crates: &["rqrr", "rxing"],
        rooms: &[SCAN, TESTS, BENCH_SCAN],
        free_in_tests: true,
        why: "decoders panic on real pictures; scan is where that is caught",
    },
    Fence {
        crates: &["zxing-cpp", "quircs"],
        rooms: &[BENCH_SCAN],
        free_in_tests: false,
        why: "readers to compare with; C++ that looks at foreign pixels does not ship",
    },
    Fence {
        crates: &["krilla", "hayro", "harfrust"],
        rooms: &[PRINT, TESTS],
        free_in_tests: true,
        why: "one place decides how paper looks",
    },
    Fence {
        crates: &["qrcode"],
        rooms: &[PRINT, TESTS, BENCH_SCAN],
        free_in_tests: true,
        why: "codes are drawn where their size on paper is known",
    },
    Fence {
        crates: &["zune-jpeg"],
        rooms: &[SCAN, TESTS],
        free_in_tests: true,
        why: "what a camera sends becomes grey pixels in one place, which is tested with broken frames",
    },
    Fence {
        crates: &["tauri", "tauri-build", "nokhwa", "v4l", "serialport"],
        rooms: &[WINDOW],
        free_in_tests: false,
        why: "window, camera and scanners stay in the shell, so that every use case runs without one",
    },
];
