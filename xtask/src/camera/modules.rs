//! Which of the kernel's modules the machine needs, each after those it needs itself.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The host's files over 9p with memory on top, and a test camera.
const WANTED: [&str; 5] = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "vivid"];

/// Files below `folder` in the order in which they can be loaded.
///
/// # Errors
/// When one is not there: another kernel than the one this was written for.
pub fn in_order(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = HashMap::new();
    gather(folder, &mut files);
    let mut order = Vec::new();
    for name in WANTED {
        add(name, &files, &mut order)?;
    }
    Ok(order)
}

fn gather(folder: &Path, files: &mut HashMap<String, PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|end| end == "ko") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
            files.insert(name, path);
        }
    }
}

fn add(name: &str, files: &HashMap<String, PathBuf>, order: &mut Vec<PathBuf>) -> Result<()> {
    let file = files
        .get(name)
        .ok_or_else(|| Error::Other(format!("the kernel's package has no module {name}")))?;
    if order.contains(file) {
        return Ok(());
    }
    let content = fs::read(file).map_err(|source| Error::Io {
        what: file.display().to_string(),
        source,
    })?;
    for needed in depends(&content) {
        add(&needed, files, order)?;
    }
    order.push(file.clone());
    Ok(())
}

/// A module says itself what it needs: `depends=mc,videodev` in its own section.
fn depends(content: &[u8]) -> Vec<String> {
    const MARK: &[u8] = b"\0depends=";
    let Some(at) = content.windows(MARK.len()).position(|part| part == MARK) else {
        return Vec::new();
    };
    let list = content[at + MARK.len()..]
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(list)
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_says_what_it_needs() {
        let said = |text: &str| depends(text.as_bytes());
        assert_eq!(
            said("x\0license=GPL\0depends=mc,videobuf2-common\0intree=Y\0"),
            ["mc", "videobuf2_common"]
        );
        assert!(said("\0depends=\0").is_empty());
        assert!(said("no section").is_empty());
    }
}
