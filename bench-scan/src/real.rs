//! Real photographs from a folder: beside each picture with a code lies a `.txt` with its text or a `.bin` with its bytes.
//! Pictures under a folder whose name begins with `falsepositives` hold no code.

use scan::Luma;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// One picture and what may rightly be read in it: nothing, or one of several spellings of the same text.
pub struct Photo {
    pub name: String,
    pub folder: String,
    pub luma: Luma,
    pub spellings: Vec<Vec<u8>>,
}

/// Every picture under `folder` that can be decoded and of which it is known what is in it, in the order of their names.
///
/// # Errors
/// When the folder cannot be listed.
pub fn photos(folder: &Path) -> io::Result<Vec<Photo>> {
    let mut paths = Vec::new();
    list(folder, &mut paths)?;
    paths.sort();
    Ok(paths.iter().filter_map(|path| photo(folder, path)).collect())
}

fn list(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path
            .extension()
            .map(|e| e.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        if path.is_dir() {
            list(&path, into)?;
        } else if ["png", "jpg", "jpeg", "webp"].contains(&extension.as_str()) {
            into.push(path);
        }
    }
    Ok(())
}

fn photo(root: &Path, path: &Path) -> Option<Photo> {
    let folder = path.parent()?.strip_prefix(root).ok()?.to_string_lossy().into_owned();
    let empty = path
        .components()
        .any(|c| c.as_os_str().to_string_lossy().starts_with("falsepositives"));
    let spellings = match (
        fs::read(path.with_extension("bin")),
        fs::read(path.with_extension("txt")),
        empty,
    ) {
        (_, _, true) => Vec::new(),
        (Ok(bytes), ..) => vec![bytes],
        (_, Ok(text), _) => spellings(&text),
        _ => return None,
    };
    let picture = image::open(path).ok()?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Some(Photo {
        name: path.file_name()?.to_string_lossy().into_owned(),
        folder,
        luma: Luma::new(width, height, picture.into_luma8().into_raw())?,
        spellings,
    })
}

/// The text is UTF-8, but a code may hold it in an older character set: each of these is right.
fn spellings(utf8: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(utf8);
    let old = [
        encoding_rs::SHIFT_JIS,
        encoding_rs::GBK,
        encoding_rs::WINDOWS_1252,
        encoding_rs::UTF_16LE,
    ];
    let mut all = vec![utf8.to_vec(), [b"\xEF\xBB\xBF".as_slice(), utf8].concat()];
    all.extend(old.iter().map(|charset| charset.encode(&text).0.into_owned()));
    if text.chars().all(|c| (c as u32) < 256) {
        all.push(text.chars().map(|c| c as u32 as u8).collect());
    }
    all
}
