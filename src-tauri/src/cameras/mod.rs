//! The cameras of this machine, behind the port of `host::scanning`.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(all(test, target_os = "linux"))]
mod machine;
mod native;
#[cfg(debug_assertions)]
mod pictures;

use host::scanning::Cameras;
use std::sync::Arc;

/// The machine's own cameras. In a build for development `TUNGNHA_CAMERA_PICTURES` may name a folder of pictures that stands
/// in for one; a release has no such door.
pub fn of_this_machine() -> Arc<dyn Cameras> {
    #[cfg(debug_assertions)]
    if let Some(folder) = std::env::var_os("TUNGNHA_CAMERA_PICTURES") {
        return Arc::new(pictures::Pictures::new(folder.into()));
    }
    Arc::new(native::Native)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The port's contract on what this machine has; `cargo xtask camera` runs it where there is a camera for certain.
    #[test]
    fn the_machines_cameras_keep_the_contract() {
        let seen = host::scanning::contract::of(Arc::new(native::Native));
        if seen.is_empty() {
            println!("skipped: no camera");
        }
        for camera in seen {
            println!(
                "{}: {:?}, {}.{} frames/s",
                camera.name,
                camera.mode,
                camera.tenths_per_second / 10,
                camera.tenths_per_second % 10
            );
        }
    }
}
