//! As much of Rust's grammar as the checks of the source need: what a file imports and names, without comments, texts and
//! tests. It is no parser; what a macro writes it does not see.

/// One name that a `use` brings into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Whether others can reach it through this file, and who.
    pub passed_on: Reach,
    /// `crate::a::B` as its parts; a glob ends with `*`.
    pub path: Vec<String>,
    /// The name here.
    pub name: String,
}

/// How far a name is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// For this file alone.
    Here,
    /// To other files of the crate.
    Crate,
    /// To other crates.
    Everybody,
}

/// The code without comments, texts and what is compiled for tests only; all of these become blanks.
pub fn code(text: &str) -> String {
    without_tests(&without_texts(text))
}

fn without_texts(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = at + skipped(rest, code.last().copied());
        if end == at {
            code.push(bytes[at]);
            at += 1;
        } else {
            let blank = |byte: &u8| if *byte == b'\n' { b'\n' } else { b' ' };
            code.extend(bytes[at..end].iter().map(blank));
            at = end;
        }
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// How many bytes of a comment or a literal begin here; `before` is the letter in front.
fn skipped(rest: &[u8], before: Option<u8>) -> usize {
    let until = |end: &[u8], from: usize| {
        let found = rest[from..].windows(end.len()).position(|window| window == end);
        found.map_or(rest.len(), |at| from + at + end.len())
    };
    let in_a_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match rest {
        [b'/', b'/', ..] => until(b"\n", 0) - 1,
        [b'/', b'*', ..] => until(b"*/", 2),
        [b'r', b'"' | b'#', ..] if !in_a_word => {
            let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            match rest.get(1 + hashes) {
                Some(b'"') => until(&[b"\"", "#".repeat(hashes).as_bytes()].concat(), 2 + hashes),
                _ => 0,
            }
        }
        [b'"', ..] => quoted(rest, b'"'),
        [b'\'', b'\\', ..] => quoted(rest, b'\''),
        // A letter in quotes, of up to four bytes; anything else is a lifetime.
        [b'\'', ..] => match rest.iter().skip(2).take(4).position(|byte| *byte == b'\'') {
            Some(at) => at + 3,
            None => 0,
        },
        _ => 0,
    }
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Cuts what follows `#[cfg(test)]`: to the end of its block, or of its statement.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        kept.push_str(&rest[..at]);
        let item = &rest[at + MARK.len()..];
        rest = &item[end_of_item(item)..];
    }
    kept + rest
}

fn end_of_item(item: &str) -> usize {
    let mut depth = 0_u32;
    for (at, letter) in item.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// Modules that are compiled for tests only and lie in files of their own.
pub fn test_modules(text: &str) -> Vec<String> {
    let code = without_texts(text);
    let after = code.split("#[cfg(test)]").skip(1);
    let names = after.filter_map(|item| {
        let item = item.trim_start();
        let name = item.strip_prefix("pub ").unwrap_or(item).strip_prefix("mod ")?;
        let name: String = name.chars().take_while(|letter| is_of_a_name(*letter)).collect();
        name.is_ascii().then_some(name)
    });
    names.collect()
}

/// Every name that the `use` statements of this code bring.
pub fn imports(code: &str) -> Vec<Import> {
    let mut imports = Vec::new();
    for (statement, reach) in statements(code) {
        let tree: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        expand(&tree, &[], reach, &mut imports);
    }
    imports
}

/// The trees of all `use` statements, and how far each passes on.
fn statements(code: &str) -> Vec<(&str, Reach)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end();
        // A word of its own at the beginning of a statement.
        let visible = before
            .rsplit([';', '{', '}', ']', '\n'])
            .next()
            .unwrap_or_default()
            .trim();
        let reach = match visible {
            "" => Reach::Here,
            "pub" => Reach::Everybody,
            within if within.starts_with("pub(") => Reach::Crate,
            _ => continue,
        };
        if let Some(end) = code[at..].find(';') {
            found.push((&code[at + 4..at + end], reach));
        }
    }
    found
}

fn expand(tree: &str, before: &[String], passed_on: Reach, imports: &mut Vec<Import>) {
    let tree = tree.trim().trim_start_matches("::");
    if let Some(at) = tree.find('{') {
        let head = tree[..at].trim().trim_end_matches("::");
        let parts = [before, &parts(head)[..]].concat();
        let inner = &tree[at + 1..tree.rfind('}').unwrap_or(tree.len())];
        for branch in branches(inner) {
            expand(branch, &parts, passed_on, imports);
        }
        return;
    }
    let (path, alias) = match tree.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias.trim().to_owned())),
        None => (tree, None),
    };
    let mut path = [before, &parts(path)[..]].concat();
    if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
        path.pop();
    }
    if let Some(last) = path.last().cloned() {
        let name = alias.unwrap_or(last);
        imports.push(Import { passed_on, path, name });
    }
}

/// The branches of a tree between its braces.
fn branches(inner: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&inner[from..]);
    found.retain(|branch| !branch.trim().is_empty());
    found
}

fn parts(path: &str) -> Vec<String> {
    let parts = path.split("::").map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Paths of two parts and more that stand in the code itself, like `crate::sync::run`.
pub fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("::") {
        let start = rest[..at].rfind(|letter| !is_of_a_name(letter));
        let start = start.map_or(0, |before| {
            before + rest[before..].chars().next().map_or(1, char::len_utf8)
        });
        let tail = &rest[start..];
        let end = tail
            .char_indices()
            .find(|(_, letter)| !is_of_a_name(*letter) && *letter != ':')
            .map_or(tail.len(), |(at, _)| at);
        let path = parts(&tail[..end]);
        if path.len() > 1 && start < at {
            found.push(path);
        }
        rest = &rest[(start + end).max(at + 2)..];
    }
    found
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str) -> Vec<String> {
        let say = |import: Import| {
            let reach = match import.passed_on {
                Reach::Here => "",
                Reach::Crate => "pub(crate) ",
                Reach::Everybody => "pub ",
            };
            format!("{reach}{} as {}", import.path.join("::"), import.name)
        };
        imports(code).into_iter().map(say).collect()
    }

    #[test]
    fn trees_are_taken_apart() {
        let code = code(
            "use crate::{a::{self, B, c::D as E}, f};\npub(crate) use super::g::*;\n    pub use h;\nfn reuse () {}",
        );
        assert_eq!(
            said(&code),
            [
                "crate::a as a",
                "crate::a::B as B",
                "crate::a::c::D as E",
                "crate::f as f",
                "pub(crate) super::g::* as *",
                "pub h as h",
            ]
        );
    }

    #[test]
    fn comments_texts_and_tests_are_no_code() {
        let text = "//! use crate::no;\n/* use crate::no; */ const A: &str = \"use crate::no; \\\" \";\n\
            const B: &str = r#\"use crate::no; \"#; const C: char = '\"'; fn d<'a>(e: &'a str) {}\n\
            #[cfg(test)]\nmod tests { use crate::no; fn f() { {} } }\n#[cfg(test)]\nuse crate::no;\nuse crate::yes;";
        assert_eq!(said(&code(text)), ["crate::yes as yes"]);
        assert_eq!(test_modules("#[cfg(test)]\nmod rig;\nmod real;"), ["rig"]);
    }

    #[test]
    fn paths_in_the_code_are_seen() {
        let code = "let a = crate::sync::run(b::C); <D as e::F>::g(); x.y::<z::Z>()";
        let found: Vec<_> = paths(code).iter().map(|path| path.join("::")).collect();
        assert_eq!(found, ["crate::sync::run", "b::C", "e::F", "z::Z"]);
    }
}
