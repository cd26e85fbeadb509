//! Marked places where a test may kill the process as a power cut would: `TUNGNHA_KILL_AT=name` or `name:n` for the
//! n-th time. Nothing of it is left in a release build.

/// Marks a place where a test may kill the process.
#[macro_export]
macro_rules! point {
    ($name:literal) => {{
        #[cfg(debug_assertions)]
        $crate::point::reached($name);
    }};
}

/// Kills the process if the environment asks for it here. Use [`crate::point!`].
pub fn reached(name: &str) {
    #[cfg(debug_assertions)]
    {
        use std::sync::{
            OnceLock,
            atomic::{AtomicU64, Ordering},
        };
        static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static SEEN: AtomicU64 = AtomicU64::new(0);
        let wanted = WANTED.get_or_init(|| {
            let text = std::env::var("TUNGNHA_KILL_AT").ok()?;
            Some(match text.rsplit_once(':') {
                Some((name, count)) => (name.to_owned(), count.parse().ok()?),
                None => (text, 1),
            })
        });
        if let Some((wanted, count)) = wanted
            && wanted == name
            && SEEN.fetch_add(1, Ordering::SeqCst) + 1 == *count
        {
            // SIGKILL and not abort(): no handler, no destructor, no buffer flushed. The shell's own `kill` needs no
            // package and our code no unsafe.
            let _ = std::process::Command::new("/bin/sh")
                .args(["-c", "kill -9 $PPID"])
                .status();
            loop {
                std::thread::park();
            }
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
