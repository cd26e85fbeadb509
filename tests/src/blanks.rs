//! Sheets of pre-printed cards, made by the real gateway and read back from the rasterised page.

use crate::Town;
use serde_json::Value;
use std::process::Command;

/// Makes a sheet for a team. The account of it, and the text of each of its ten codes; `None` without pdftoppm.
pub fn sheet(town: &Town, team: &str) -> (Value, Option<Vec<String>>) {
    let keep = tempfile::tempdir().expect("a folder");
    let pdf = keep.path().join("sheet.pdf");
    let made = town.run(
        "blanks",
        &["--team", team, "--out", pdf.to_str().expect("a plain path")],
    );
    let picture = pdf.with_extension("");
    let drawn = Command::new("pdftoppm")
        .args(["-r", "200", "-png", "-singlefile"])
        .arg(&pdf)
        .arg(&picture)
        .status();
    if !drawn.is_ok_and(|status| status.success()) {
        println!("skipped: pdftoppm is missing, the sheet is not read from paper");
        return (made, None);
    }
    let png = std::fs::read(picture.with_extension("png")).expect("a picture");
    let found = scan::scan_picture(&png, &mut || true).expect("a picture");
    let mut texts: Vec<_> = found
        .into_iter()
        .filter_map(|code| code.text)
        .filter(|text| text.starts_with("TNP1:"))
        .collect();
    texts.sort();
    (made, Some(texts))
}
