//! How WebKit paints the page on Linux.

use std::{fs, path::Path};
use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Without graphics hardware WebKit would paint through OpenGL all the same, done by the processor: half as fast to start,
/// and the first use of each shape stops the page for up to most of a second. Plain painting has neither.
pub fn fit(window: &WebviewWindow) -> tauri::Result<()> {
    if hardware(Path::new("/dev/dri")) {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
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
