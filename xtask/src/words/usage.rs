//! Which files read a text. The window's are looked for by name: TypeScript already refuses a name that is not in the
//! catalogue, so what is left to find is a text that nobody names.

use std::path::{Path, PathBuf};

use super::Room;
use crate::error::{Error, Result};

/// The window's sources, without tests, what they stand on, and the gallery: words only these read are read by nobody.
pub struct Sources(Vec<(String, String)>);

impl Sources {
    pub fn read(root: &Path) -> Result<Self> {
        let src = root.join("ui/src");
        let mut files = Vec::new();
        walk(&src, &mut files)?;
        files.sort();
        let mut sources = Vec::new();
        for file in files {
            let name = file
                .strip_prefix(&src)
                .unwrap_or(&file)
                .to_string_lossy()
                .replace('\\', "/");
            let skipped = name.ends_with(".test.ts")
                || ["gallery/", "testing/"].iter().any(|folder| name.starts_with(folder))
                || name == "i18n/catalogue.ts";
            if skipped || !(name.ends_with(".ts") || name.ends_with(".svelte")) {
                continue;
            }
            let text = std::fs::read_to_string(&file).map_err(|source| Error::Io {
                what: name.clone(),
                source,
            })?;
            sources.push((name, text));
        }
        Ok(Self(sources))
    }

    /// The files that read a text of the window, as they are named below `ui/src`.
    pub fn of(&self, room: &Room, key: &str) -> Vec<&str> {
        let parts: Vec<&str> = key.split('.').collect();
        let knows = |text: &str| match room.name.as_str() {
            "common" => ["/i18n'", "./index'", "common.json'"]
                .iter()
                .any(|from| text.contains(from)),
            name => text.contains(&format!("{name}/words'")) || text.contains("'./words'"),
        };
        // A feature's `./words` is its own; other features name its folder.
        let mine = |name: &str, text: &str| match room.name.as_str() {
            "common" => true,
            folder => name.starts_with(&format!("features/{folder}/")) || text.contains(&format!("{folder}/words'")),
        };
        let found = self
            .0
            .iter()
            .filter(|(name, text)| knows(text) && mine(name, text) && reads(text, &parts));
        found.map(|(name, _)| name.as_str()).collect()
    }
}

/// Whether a text is read by its name (`.queued`), or its group as a whole: by a value (`.state[`), or given to somebody
/// (`named(words.state, `, `ago(then, now, t.when)`).
fn reads(text: &str, parts: &[&str]) -> bool {
    let Some((leaf, groups)) = parts.split_last() else {
        return false;
    };
    let ends = |c: char| !c.is_alphanumeric() && c != '_';
    let named = |name: &str| after(text, name).any(|(_, rest)| rest.starts_with(ends));
    match groups.last() {
        Some(group) => whole(text, group) || (named(leaf) && groups.iter().all(|group| named(group))),
        None => named(leaf),
    }
}

/// What stands before and after each `.name`.
fn after<'a>(text: &'a str, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let found: Vec<_> = text
        .match_indices(&format!(".{name}"))
        .map(|(at, found)| (at, at + found.len()))
        .collect();
    found.into_iter().map(|(from, to)| (&text[..from], &text[to..]))
}

fn whole(text: &str, group: &str) -> bool {
    after(text, group).any(|(before, rest)| {
        let path = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '.' || c == '_');
        rest.starts_with(['[', ',']) || (rest.starts_with(')') && path.trim_end().ends_with(','))
    })
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |source| Error::Io {
        what: folder.display().to_string(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        match path.is_dir() {
            true => walk(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::reads;

    #[test]
    fn a_text_is_read_by_its_name_or_its_group_by_a_value() {
        assert!(reads("{words.title}", &["title"]));
        assert!(!reads("{words.titleMany}", &["title"]), "another, longer name");
        assert!(reads("t.state[found.state]", &["state", "queued"]));
        assert!(reads("t.state.queued)", &["state", "queued"]));
        assert!(reads("named(words.state, code)", &["state", "queued"]));
        assert!(reads("ago(then, now, t.when)", &["when", "minutes"]));
        assert!(
            !reads("$derived(register.compare)", &["compare", "title"]),
            "that only shortens the name"
        );
        assert!(!reads("t.other.queued)", &["state", "queued"]), "another group");
    }
}
