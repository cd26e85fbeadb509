//! Debian 12's names for what we need, and how to see that it is there already.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it nothing compiles.
    Build,
    /// The story looks at its own results with programs that are not ours; it opens the window in a display in memory.
    Story,
    /// Some tests use it and say so when they have to skip.
    Tests,
    /// Other readers of QR codes, to compare ours with; nothing that ships or is tested has them.
    Compare,
}

impl Need {
    pub fn says(self) -> &'static str {
        match self {
            Need::Build => "to build",
            Need::Story => "for the story and for tests",
            Need::Tests => "for tests",
            Need::Compare => "for bench-scan",
        }
    }
}

pub struct Package {
    pub name: &'static str,
    pub need: Need,
    pub found: Found,
    pub why: &'static str,
}

/// How to see that it is there, even when it did not come from Debian's package.
pub enum Found {
    Program(&'static str),
    /// A name pkg-config knows.
    Library(&'static str),
    /// It leaves no sign that is the same everywhere: only the package list knows.
    Package,
}

/// The order is that of the list a person sees. Debian 12 ships `dbus-run-session` in dbus-daemon.
pub const PACKAGES: &[Package] = &[
    Package {
        name: "gcc",
        need: Need::Build,
        found: Found::Program("cc"),
        why: "the C compiler for SQLCipher and ring",
    },
    Package {
        name: "pkg-config",
        need: Need::Build,
        found: Found::Program("pkg-config"),
        why: "finds the C libraries",
    },
    Package {
        name: "libssl-dev",
        need: Need::Build,
        found: Found::Library("libcrypto"),
        why: "libcrypto, with which SQLCipher encrypts",
    },
    Package {
        name: "libwebkit2gtk-4.1-dev",
        need: Need::Build,
        found: Found::Library("webkit2gtk-4.1"),
        why: "the system's web view, in which the window is drawn",
    },
    Package {
        name: "libclang-dev",
        need: Need::Build,
        found: Found::Package,
        why: "reads the kernel's header for cameras (Video4Linux)",
    },
    Package {
        name: "strace",
        need: Need::Tests,
        found: Found::Program("strace"),
        why: "tells whether what was shown as saved had reached the disk",
    },
    Package {
        name: "xvfb",
        need: Need::Story,
        found: Found::Program("Xvfb"),
        why: "a display in memory, so that the window opens where there is none",
    },
    Package {
        name: "webkit2gtk-driver",
        need: Need::Story,
        found: Found::Program("WebKitWebDriver"),
        why: "presses and reads in the real window",
    },
    Package {
        name: "chromium",
        need: Need::Tests,
        found: Found::Program("chromium"),
        why: "a second browser, for the checks of accessibility",
    },
    Package {
        name: "poppler-utils",
        need: Need::Story,
        found: Found::Program("pdftotext"),
        why: "pdftotext and pdftoppm, to read our cards back",
    },
    Package {
        name: "zbar-tools",
        need: Need::Story,
        found: Found::Program("zbarimg"),
        why: "zbarimg, a second opinion on our QR codes",
    },
    Package {
        name: "dbus-daemon",
        need: Need::Tests,
        found: Found::Program("dbus-run-session"),
        why: "a session bus of the tests' own",
    },
    Package {
        name: "gnome-keyring",
        need: Need::Tests,
        found: Found::Program("gnome-keyring-daemon"),
        why: "a real keyring for the device secret",
    },
    Package {
        name: "python3-pip",
        need: Need::Tests,
        found: Found::Program("pip3"),
        why: "fetches an independent reader of the citizen QR's standard",
    },
    Package {
        name: "cmake",
        need: Need::Compare,
        found: Found::Program("cmake"),
        why: "builds zxing-cpp, a reader to compare with",
    },
    Package {
        name: "g++",
        need: Need::Compare,
        found: Found::Program("c++"),
        why: "the C++ compiler for zxing-cpp",
    },
    Package {
        name: "libzbar-dev",
        need: Need::Compare,
        found: Found::Library("zbar"),
        why: "zbar, a reader to compare with",
    },
    Package {
        name: "cups",
        need: Need::Tests,
        found: Found::Program("cupsd"),
        why: "a print system of the tests' own",
    },
    Package {
        name: "cups-client",
        need: Need::Tests,
        found: Found::Program("lpadmin"),
        why: "sets up queues in it",
    },
    Package {
        name: "cups-filters",
        need: Need::Tests,
        found: Found::Program("driverless"),
        why: "turns our PDF into what a printer gets",
    },
];
