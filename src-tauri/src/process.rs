//! What this process must not leave behind, and how it ends early.

use std::process::ExitCode;

/// No core dump, and a panic names its place only: its message may quote what somebody typed.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("panic at {place}");
    }));
}

/// As for `tungnhactl`: the surroundings are in the way (in use, no display, disk).
const SURROUNDINGS: u8 = 3;

/// Says why in the code that the sentences of both languages go by, and gives the exit status.
pub fn give_up(code: &str) -> ExitCode {
    eprintln!("tung-nha: {code}");
    ExitCode::from(SURROUNDINGS)
}
