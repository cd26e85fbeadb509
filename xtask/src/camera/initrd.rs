//! The machine's first files: busybox, modules and a script, in the kernel's own archive format (cpio, "newc").

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// # Errors
/// When a file cannot be read or the archive cannot be written.
pub fn write(to: &Path, busybox: &Path, modules: &[PathBuf], fed: &Path, init: &str) -> Result<()> {
    let read = |path: &Path| {
        fs::read(path).map_err(|source| Error::Io {
            what: path.display().to_string(),
            source,
        })
    };
    let mut archive = Archive::default();
    archive.file("busybox", 0o755, &read(busybox)?);
    archive.file("init", 0o755, init.as_bytes());
    for module in modules.iter().map(PathBuf::as_path).chain([fed]) {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        archive.file(&name, 0o644, &read(module)?);
    }
    fs::write(to, archive.end()).map_err(|source| Error::Io {
        what: to.display().to_string(),
        source,
    })
}

#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    files: u32,
}

impl Archive {
    /// Thirteen numbers of eight hexadecimal digits, the name, the content; each padded to four bytes.
    fn file(&mut self, name: &str, mode: u32, content: &[u8]) {
        const REGULAR: u32 = 0o100_000;
        self.files += 1;
        self.entry(name, self.files, REGULAR | mode, content);
    }

    fn entry(&mut self, name: &str, inode: u32, mode: u32, content: &[u8]) {
        let (size, name_size) = (content.len() as u32, name.len() as u32 + 1);
        self.bytes.extend(b"070701");
        for number in [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0] {
            self.bytes.extend(format!("{number:08x}").into_bytes());
        }
        self.bytes.extend(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(content);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn end(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, 0, &[]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_laid_out_as_the_kernel_reads_it() {
        let mut archive = Archive::default();
        archive.file("init", 0o755, b"hello");
        let bytes = archive.end();
        assert!(bytes.starts_with(b"07070100000001000081ed"));
        assert_eq!(&bytes[94..102], b"00000005", "the name with its end");
        assert_eq!(&bytes[110..115], b"init\0");
        // The name ends at 115, so its content begins at 116.
        assert_eq!(&bytes[116..121], b"hello");
        assert!(bytes.len().is_multiple_of(4));
    }
}
