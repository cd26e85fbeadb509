//! What sources and documents cite, a reader finds: documents, decisions, files of the source, and tests by name.

use std::collections::BTreeMap;

/// Files by their path from the root, as git tracks them.
type Files = BTreeMap<String, Vec<u8>>;

const ADRS: &str = "docs/adr/";
const INDEX: &str = "docs/adr/README.md";
/// Kinds of files in which a citation may stand.
const TEXT: [&str; 12] = [
    ".rs", ".ts", ".js", ".svelte", ".css", ".sql", ".md", ".toml", ".py", ".cjs", ".cddl", ".html",
];
/// Where paths in documents begin; other words with a stroke in them are not paths of ours.
const FOLDERS: [&str; 9] = [
    "crates/",
    "docs/",
    "fixtures/",
    "messages/",
    "migrations/",
    "src-tauri/",
    "tests/",
    "ui/",
    "xtask/",
];

/// One line for each citation that leads nowhere.
pub fn faults(files: &Files) -> Vec<String> {
    let texts: Vec<(&String, String)> = files
        .iter()
        .filter(|(path, _)| TEXT.iter().any(|kind| path.ends_with(kind)))
        .map(|(path, bytes)| (path, String::from_utf8_lossy(bytes).into_owned()))
        .collect();
    let mut places = Vec::new();
    for (path, text) in &texts {
        // This file's own tests name what does not exist.
        if path.as_str() == "xtask/src/cited.rs" {
            continue;
        }
        // A decision speaks of the tree of its day: of its citations only documents are followed.
        let document = path.ends_with(".md") && !path.starts_with(ADRS);
        for (number, line) in text.lines().enumerate() {
            let mut missing = documents(line)
                .filter(|cited| !is_there(files, cited))
                .collect::<Vec<_>>();
            missing.extend(decisions(line).filter(|cited| !is_there(files, cited)));
            if document {
                missing.extend(quoted(line).filter(|cited| !is_there(files, cited)).map(str::to_owned));
                missing.extend(linked(path, line).filter(|cited| !is_there(files, cited)));
            }
            missing.sort();
            missing.dedup();
            places.extend(
                missing
                    .into_iter()
                    .map(|cited| format!("{path}:{} cites {cited}, which is not there", number + 1)),
            );
        }
    }
    places.extend(decisions_out_of_form(files));
    places
}

/// Whether a file or folder begins so, or, behind `::`, a function of that name stands in it.
fn is_there(files: &Files, cited: &str) -> bool {
    let (path, function) = match cited.split_once("::") {
        Some((path, function)) => (path, Some(function)),
        None => (cited, None),
    };
    match function {
        None if path.ends_with(".md") => files.contains_key(path),
        None => files.keys().any(|file| file.starts_with(path)),
        Some(function) => files.get(path).is_some_and(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            let wanted = format!("fn {function}");
            text.match_indices(&wanted).any(|(at, _)| {
                let next = text[at + wanted.len()..].chars().next();
                next.is_some_and(|c| !c.is_alphanumeric() && c != '_')
            })
        }),
    }
}

const fn of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-')
}

/// `docs/….md` and `docs/adr/NNNN` wherever they stand, if nothing stands before them that makes them a longer path.
fn documents(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices("docs/").filter_map(|(at, _)| {
        if line[..at].chars().next_back().is_some_and(of_path) {
            return None;
        }
        let path: String = line[at..].chars().take_while(|c| of_path(*c)).collect();
        let path = path.trim_end_matches('.');
        (path.ends_with(".md") || path.starts_with(ADRS)).then(|| path.to_owned())
    })
}

/// `ADR 17` as the beginning of its file's path.
fn decisions(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices("ADR ").filter_map(|(at, found)| {
        let digits: String = line[at + found.len()..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let number: u16 = digits.parse().ok()?;
        Some(format!("{ADRS}{number:04}-"))
    })
}

/// Paths in backticks: `crates/domain/src/state.rs`, with a test behind two colons. A word with `*`, `<`, `NNN` or
/// `NAME` in it is a pattern.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|word| {
        FOLDERS.iter().any(|folder| word.starts_with(folder))
            && !word.contains("NNN")
            && !word.contains("NAME")
            && word.chars().all(|c| of_path(c) || c == ':')
    })
}

/// Targets of links inside the repository, from its root.
fn linked<'a>(path: &'a str, line: &'a str) -> impl Iterator<Item = String> + 'a {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    line.split("](").skip(1).filter_map(move |rest| {
        let target = rest.split([')', '#']).next()?;
        if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
            return None;
        }
        let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
        for step in target.split('/') {
            match step {
                ".." => drop(steps.pop()),
                "." | "" => {}
                step => steps.push(step),
            }
        }
        Some(steps.join("/"))
    })
}

/// Every decision says when it was made and how it stands, and is in the index.
fn decisions_out_of_form(files: &Files) -> Vec<String> {
    let text = |path: &str| files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let index = text(INDEX).unwrap_or_default();
    let mut places = Vec::new();
    let mut before = "";
    for path in files.keys() {
        let Some(name) = path.strip_prefix(ADRS).filter(|name| *name != "README.md") else {
            continue;
        };
        let text = text(path).unwrap_or_default();
        for head in ["- Date: 2", "- Status: "] {
            if !text.lines().take(6).any(|line| line.starts_with(head)) {
                places.push(format!(
                    "{path} does not begin with a line `{}`",
                    head.trim_end_matches('2').trim_end()
                ));
            }
        }
        let number = name.split('-').next().unwrap_or_default();
        if number == before {
            places.push(format!("{path} bears a number that another decision has"));
        }
        before = number;
        if !index.contains(&format!("({name})")) {
            places.push(format!("{INDEX} does not list {name}"));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(changed: &[(&str, &str)]) -> Files {
        let whole = [
            ("docs/protocol.md", "# The protocol"),
            (INDEX, "| [1](0001-first.md) | First | 2026-11-23 | accepted |"),
            (
                "docs/adr/0001-first.md",
                "# 1. First\n\n- Date: 2026-11-23\n- Status: accepted\n",
            ),
            (
                "crates/domain/tests/state.rs",
                "#[test]\nfn every_event_in_every_state() {}\n",
            ),
        ];
        whole
            .iter()
            .chain(changed)
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn what_is_cited_and_missing_is_named_with_its_place() {
        for (path, text, expected) in [
            (
                "crates/a/src/lib.rs",
                "//\n//! See docs/facts.md.",
                "crates/a/src/lib.rs:2 cites docs/facts.md,",
            ),
            ("ui/src/a.ts", "// (ADR 2)", "cites docs/adr/0002-,"),
            ("migrations/a.sql", "-- docs/adr/0009", "cites docs/adr/0009,"),
            (
                "docs/security.md",
                "`crates/domain/src/none.rs`",
                "cites crates/domain/src/none.rs,",
            ),
            (
                "docs/security.md",
                "`crates/domain/tests/state.rs::every_event`",
                "cites crates/domain/tests/state.rs::every_event,",
            ),
            (
                "docs/security.md",
                "[there](adr/0002-none.md)",
                "cites docs/adr/0002-none.md,",
            ),
            (
                "migrations/NOTES.md",
                "[there](../docs/none.md#a)",
                "cites docs/none.md,",
            ),
            (
                "docs/adr/0001-first.md",
                "# 1\n\n- Status: accepted",
                "does not begin with a line `- Date:`",
            ),
            (
                "docs/adr/0001-first.md",
                "# 1\n\n- Date: 2026-11-23",
                "does not begin with a line `- Status:`",
            ),
            (INDEX, "", "does not list 0001-first.md"),
        ] {
            let found = faults(&tree(&[(path, text)]));
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].contains(expected), "{found:?}");
        }
        let again = ("docs/adr/0001-again.md", "- Date: 2026-11-23\n- Status: accepted");
        let index = (INDEX, "(0001-first.md) (0001-again.md)");
        let found = faults(&tree(&[again, index]));
        assert_eq!(
            found,
            ["docs/adr/0001-first.md bears a number that another decision has"]
        );
    }

    #[test]
    fn what_is_there_and_what_is_no_citation_pass() {
        for (path, text) in [
            ("crates/a/src/lib.rs", "//! docs/protocol.md, docs/adr/0001, ADR 1."),
            (
                "crates/a/src/lib.rs",
                "// ../docs/elsewhere.md, `crates/domain/src/none.rs`",
            ),
            (
                "README.md",
                "`crates/domain/tests/state.rs::every_event_in_every_state`, [it](docs/protocol.md)",
            ),
            (
                "README.md",
                "`crates/domain`, `migrations/device/NNNN_what.sql`, `target/run/`, [out](https://example.org/x)",
            ),
            (
                "docs/adr/0001-first.md",
                "# 1\n\n- Date: 2026-11-23\n- Status: accepted\n\n`crates/gone/src/a.rs`",
            ),
        ] {
            let found = faults(&tree(&[(path, text), ("migrations/NOTES.md", "")]));
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
