//! Measures the reader on real photographs: `TUNGNHA_SCAN_PHOTOS=<folder>` with pictures and, beside each that holds a code,
//! a `.txt` with the expected text. Pictures in a folder whose name contains `falsepositives` hold no code at all.

use scan::{Luma, STAGES, scan_luma};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn pictures(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let extension = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default()
            .to_lowercase();
        if path.is_dir() {
            pictures(&path, into);
        } else if ["png", "jpg", "jpeg", "webp"].contains(&extension.as_str()) {
            into.push(path);
        }
    }
}

/// The expected text is UTF-8, but some of the codes hold it in an older character set: any of these bytes are right.
fn spellings(utf8: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(utf8);
    let old = [encoding_rs::SHIFT_JIS, encoding_rs::GBK, encoding_rs::WINDOWS_1252];
    let encoded = old.iter().map(|charset| charset.encode(&text).0.into_owned());
    encoded.chain([utf8.to_vec()]).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test measures how long reading takes")]
fn reads_most_real_photographs_and_nothing_where_there_is_nothing() {
    let Some(folder) = std::env::var_os("TUNGNHA_SCAN_PHOTOS") else {
        eprintln!("skipped: TUNGNHA_SCAN_PHOTOS does not name a folder with photographs");
        return;
    };
    let mut paths = Vec::new();
    pictures(Path::new(&folder), &mut paths);
    paths.sort();
    let (mut total, mut read, mut other, mut invented) = (0_u32, 0_u32, Vec::new(), Vec::new());
    let mut by_stage: BTreeMap<&str, u32> = BTreeMap::new();
    let mut by_folder: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut took = Vec::new();
    for path in &paths {
        let parent = path
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let expected = fs::read(path.with_extension("txt")).ok();
        let nothing = parent.contains("falsepositives");
        if expected.is_none() && !nothing {
            continue;
        }
        let Ok(picture) = image::open(path) else { continue };
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let luma = Luma::new(width, height, picture.into_luma8().into_raw()).expect("a decoded picture");
        let start = std::time::Instant::now();
        let found = scan_luma(&luma, &mut || true);
        took.push(start.elapsed());
        if nothing {
            invented.extend(
                found
                    .iter()
                    .map(|code| format!("{parent}: {} by {}", path.display(), code.stage)),
            );
            continue;
        }
        total += 1;
        let score = by_folder.entry(parent).or_default();
        score.1 += 1;
        let expected = spellings(&expected.unwrap_or_default());
        match found.iter().find(|code| expected.contains(&code.bytes)) {
            Some(code) => {
                read += 1;
                score.0 += 1;
                *by_stage.entry(code.stage).or_default() += 1;
            }
            None if !found.is_empty() => other.push(path.display().to_string()),
            None => {}
        }
    }
    took.sort();
    eprintln!(
        "read {read} of {total} ({:.1} %)",
        100.0 * f64::from(read) / f64::from(total.max(1))
    );
    for (folder, (read, total)) in &by_folder {
        eprintln!("  {folder}: {read}/{total}");
    }
    for stage in STAGES {
        eprintln!(
            "  first read by {}: {}",
            stage.name,
            by_stage.get(stage.name).unwrap_or(&0)
        );
    }
    let [median, most, longest] = [took.len() / 2, took.len() * 9 / 10, took.len() - 1].map(|i| took[i]);
    eprintln!("median {median:?}, 90 % {most:?}, longest {longest:?}");
    eprintln!("other text than expected: {other:#?}");
    assert!(invented.is_empty(), "codes seen where there are none: {invented:#?}");
    assert!(
        total == 0 || f64::from(read) / f64::from(total) > 0.9,
        "fewer than 90 % of the photographs were read"
    );
}
