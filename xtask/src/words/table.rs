//! The texts as one table (CSV) for a spreadsheet, out and in again.

use std::collections::BTreeSet;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::tree::Sentence;
use super::{Room, pattern, rule, usage};
use crate::error::{Error, Result};

const HEAD: [&str; 5] = ["key", "where", "placeholders", "vi", "en"];
/// By this a spreadsheet knows that the table is UTF-8.
const BOM: &str = "\u{feff}";

/// What is wrong with a text; `old` is what it replaces, whose placeholders it has to keep.
pub fn wrong(sentence: &Sentence, old: Option<&Sentence>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (language, text) in [("vi", &sentence.vi), ("en", &sentence.en)] {
        if text.trim().is_empty() {
            wrong.push(format!("{language}: empty"));
        }
        if text.contains(char::is_control) {
            wrong.push(format!("{language}: a line break or a hidden character"));
        }
        if *text != text.nfc().collect::<String>() {
            wrong.push(format!("{language}: letters and their marks are apart (not NFC)"));
        }
    }
    let names = |text: &str| pattern::names(text).map_err(|why| format!("`{text}`: {why}"));
    let known = old.map(|old| names(&old.vi)).transpose().ok().flatten();
    match (names(&sentence.vi), names(&sentence.en)) {
        (Ok(vi), Ok(en)) => {
            let wanted = known.unwrap_or_else(|| vi.clone());
            for (language, has) in [("vi", &vi), ("en", &en)] {
                wrong.extend(differs(language, &wanted, has));
            }
        }
        (vi, en) => wrong.extend(vi.err().into_iter().chain(en.err())),
    }
    wrong
}

fn differs(language: &str, wanted: &BTreeSet<String>, has: &BTreeSet<String>) -> Vec<String> {
    let lost = wanted
        .difference(has)
        .map(|name| format!("{language}: `{{{name}}}` is missing"));
    let new = has
        .difference(wanted)
        .map(|name| format!("{language}: `{{{name}}}` is filled in by nobody"));
    lost.chain(new).collect()
}

/// # Errors
/// When the file cannot be written.
pub fn export(root: &Path, rooms: &[Room], file: &Path) -> Result<()> {
    let uses = usage::Sources::read(root)?;
    let table = written(rooms, |room, key| match room.folder {
        "window" => uses.of(room, key).join(" "),
        _ => format!("code of a program ({})", room.name),
    })?;
    super::write(file, &table)?;
    println!("{} texts in {}", table.lines().count() - 1, file.display());
    Ok(())
}

fn written(rooms: &[Room], used: impl Fn(&Room, &str) -> String) -> Result<String> {
    let failed = |error: csv::Error| Error::Other(format!("the table: {error}"));
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEAD).map_err(failed)?;
    for room in rooms {
        for (key, sentence) in room.node.texts() {
            let mut names: Vec<_> = pattern::names(&sentence.vi).unwrap_or_default().into_iter().collect();
            names.iter_mut().for_each(|name| *name = format!("{{{name}}}"));
            let row = [
                format!("{}{key}", room.prefix()),
                used(room, &key),
                names.join(" "),
                guarded(&sentence.vi),
                guarded(&sentence.en),
            ];
            out.write_record(row).map_err(failed)?;
        }
    }
    let bytes = out
        .into_inner()
        .map_err(|error| Error::Other(format!("the table: {error}")))?;
    Ok(format!("{BOM}{}", String::from_utf8_lossy(&bytes)))
}

/// The texts of a table put into the rooms; what changed is printed.
///
/// # Errors
/// Every row that is refused. Nothing is taken then.
pub fn import(rooms: Vec<Room>, file: &Path) -> Result<Vec<Room>> {
    let table = std::fs::read_to_string(file).map_err(|source| Error::Io {
        what: file.display().to_string(),
        source,
    })?;
    let (rooms, changed) = taken(rooms, &table)?;
    for line in &changed {
        println!("{line}");
    }
    println!("{} texts changed", changed.len());
    Ok(rooms)
}

fn taken(mut rooms: Vec<Room>, table: &str) -> Result<(Vec<Room>, Vec<String>)> {
    let (mut changed, mut places, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (key, new) in rows(table)? {
        if !seen.insert(key.clone()) {
            places.push(format!("{key}: stands there twice"));
            continue;
        }
        let Some(old) = text_mut(&mut rooms, &key) else {
            places.push(format!("{key}: there is no such text"));
            continue;
        };
        if *old == new {
            continue;
        }
        places.extend(wrong(&new, Some(old)).into_iter().map(|why| format!("{key}: {why}")));
        for (language, before, after) in [("vi", &old.vi, &new.vi), ("en", &old.en, &new.en)] {
            if before != after {
                changed.push(format!("{key} ({language})\n  - {before}\n  + {after}"));
            }
        }
        *old = new;
    }
    match places.is_empty() {
        true => Ok((rooms, changed)),
        false => Err(rule(places)),
    }
}

/// Key and text of each row. A spreadsheet may have put semicolons between the columns, or moved the columns.
fn rows(table: &str) -> Result<Vec<(String, Sentence)>> {
    let table = table.strip_prefix(BOM).unwrap_or(table);
    let head = table.lines().next().unwrap_or_default();
    let between = if head.contains(';') { b';' } else { b',' };
    let failed = |error: csv::Error| Error::Other(format!("this is no table of texts: {error}"));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(between)
        .from_reader(table.as_bytes());
    let names = reader.headers().map_err(failed)?.clone();
    let column = |name: &str| {
        let at = names.iter().position(|each| each == name);
        at.ok_or_else(|| Error::Other(format!("this is no table of texts: the column `{name}` is missing")))
    };
    let (key, vi, en) = (column("key")?, column("vi")?, column("en")?);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(failed)?;
        let text = |at: usize| unguarded(row.get(at).unwrap_or_default()).nfc().collect::<String>();
        rows.push((
            row.get(key).unwrap_or_default().to_owned(),
            Sentence {
                vi: text(vi),
                en: text(en),
            },
        ));
    }
    Ok(rows)
}

fn text_mut<'a>(rooms: &'a mut [Room], key: &str) -> Option<&'a mut Sentence> {
    let room = rooms.iter_mut().find(|room| key.starts_with(&room.prefix()))?;
    let key = key[room.prefix().len()..].to_owned();
    room.node.text_mut(&key)
}

/// A spreadsheet takes a cell that begins like this for a formula. An apostrophe before it makes it a text again.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if text.starts_with(FORMULA) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{catalogue, tree};
    use super::*;
    use std::path::PathBuf;

    fn room(json: &str) -> Vec<Room> {
        vec![Room {
            folder: "window",
            name: "people".into(),
            node: tree::parse(json).unwrap(),
        }]
    }

    const TWO: &str = r#"{"title":{"vi":"Tìm","en":"=HYPERLINK(1)"},"in":{"of":{"vi":"{n} nhà","en":"{n, plural, one {# house} other {# houses}}"}}}"#;

    fn table(rows: &[&str]) -> String {
        format!("{BOM}key,where,placeholders,vi,en\n{}\n", rows.join("\n"))
    }

    fn places(error: &Error) -> String {
        error.to_string()
    }

    #[test]
    fn the_whole_catalogue_comes_back_as_it_went_byte_for_byte() {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let rooms = catalogue(&root).unwrap();
        let table = written(&rooms, |_, _| "somewhere".to_owned()).unwrap();
        let (back, changed) = taken(rooms.clone(), &table).unwrap();
        assert!(changed.is_empty(), "{changed:?}");
        for (before, after) in rooms.iter().zip(&back) {
            let kept = std::fs::read_to_string(root.join(before.path())).unwrap();
            assert_eq!(after.node.to_json(), kept, "{}", before.path());
        }
    }

    #[test]
    fn no_cell_is_a_formula_and_none_is_changed_by_the_guard() {
        let table = written(&room(TWO), |_, _| String::new()).unwrap();
        assert!(table.contains(",'=HYPERLINK(1)"), "{table}");
        let mut reader = csv::Reader::from_reader(table.trim_start_matches(BOM).as_bytes());
        let formulas = reader
            .records()
            .flatten()
            .filter(|row| row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])));
        assert_eq!(formulas.count(), 0);
        for text in ["=1", "'=1", "''x", "'x", "-", "x", "@a", "+84"] {
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }

    #[test]
    fn a_changed_text_is_taken_also_from_a_table_with_semicolons_and_letters_taken_apart() {
        let apart: String = "Tìm người".nfd().collect();
        let table = format!("vi;en;key\n{apart};Find;window/people:title\n");
        let (rooms, changed) = taken(room(TWO), &table).unwrap();
        assert_eq!(changed.len(), 2);
        assert!(rooms[0].node.to_json().contains("\"vi\": \"Tìm người\""));
    }

    #[test]
    fn what_would_break_a_screen_is_refused_and_nothing_is_taken() {
        let rows = [
            ("window/people:nothing,,,a,b", "there is no such text"),
            ("codes/people:title,,,a,b", "there is no such text"),
            ("window/people:title,,, ,b", "vi: empty"),
            ("window/people:in.of,,,nhà,{n} houses", "vi: `{n}` is missing"),
            ("window/people:in.of,,,{n} nhà,houses", "en: `{n}` is missing"),
            (
                "window/people:in.of,,,{n} nhà,{n} of {all}",
                "en: `{all}` is filled in by nobody",
            ),
            ("window/people:title,,,Tìm {x,Find", "is not closed"),
            ("window/people:title,,,\"Tìm\nngười\",Find", "a line break"),
        ];
        for (row, why) in rows {
            let error = taken(room(TWO), &table(&[row])).unwrap_err();
            assert!(places(&error).contains(why), "{row}: {error}");
        }
        let twice = ["window/people:title,,,a,b", "window/people:title,,,a,b"];
        assert!(places(&taken(room(TWO), &table(&twice)).unwrap_err()).contains("twice"));
        assert!(taken(room(TWO), "a,b\n1,2\n").is_err(), "no such columns");
    }
}
