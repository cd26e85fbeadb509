//! Marked points at which a test ends the process the hard way: `TUNGNHA_GATEWAY_KILL_AT=name` or `name:n` for the
//! n-th time it is passed. Not in release builds.

/// Every marked point, in the order in which a record passes them.
pub const POINTS: [&str; 7] = [
    "batch_before_commit",
    "batch_after_commit",
    "opener_after_keys",
    "opener_before_commit",
    "opener_after_commit",
    "verdict_before_commit",
    "verdict_after_commit",
];

/// Passes a marked point.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);

    debug_assert!(POINTS.contains(&name));
    let Ok(wanted) = std::env::var("TUNGNHA_GATEWAY_KILL_AT") else {
        return;
    };
    let (wanted, time) = match wanted.split_once(':') {
        Some((wanted, time)) => (wanted, time.parse().unwrap_or(1)),
        None => (wanted.as_str(), 1),
    };
    if wanted == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == time {
        // SIGKILL, so that no destructor and no handler runs.
        let _ = std::process::Command::new("kill")
            .args(["-9", &std::process::id().to_string()])
            .status();
        loop {
            std::thread::park();
        }
    }
}

/// Passes a marked point: nothing in a release build.
#[cfg(not(debug_assertions))]
pub(crate) fn point(_: &'static str) {}
