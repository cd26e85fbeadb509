//! How WebKit paints the page on Linux.

use std::{env, fs, os::unix::process::CommandExt as _, path::Path, process::Command};

/// WebKit's word for painting shapes and letters with the processor; read when its processes start.
const PAINT_PLAINLY: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

/// Without graphics hardware WebKit would paint through OpenGL all the same, done by the processor: the first use of each
/// shape stops the page for up to most of a second. To be called first: the program starts anew in its place, because the
/// surroundings of a running process are not safely changed.
pub fn fit() {
    if env::var_os(PAINT_PLAINLY).is_some() || hardware(Path::new("/dev/dri")) {
        return;
    }
    if let Ok(program) = env::current_exe() {
        // It returns only when that did not work; then the window is slower and otherwise the same.
        let _ = Command::new(program)
            .args(env::args_os().skip(1))
            .env(PAINT_PLAINLY, "1")
            .exec();
    }
}

/// Whether the kernel has a graphics device that this person may draw with: a render node. A `card` alone only shows.
fn hardware(devices: &Path) -> bool {
    fs::read_dir(devices).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            entry.file_name().to_string_lossy().starts_with("renderD")
                && fs::File::options().read(true).write(true).open(entry.path()).is_ok()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_render_node_is_graphics_hardware() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!hardware(&folder.path().join("dri")));
        fs::write(folder.path().join("card0"), []).unwrap();
        assert!(!hardware(folder.path()));
        fs::write(folder.path().join("renderD128"), []).unwrap();
        assert!(hardware(folder.path()));
    }
}
