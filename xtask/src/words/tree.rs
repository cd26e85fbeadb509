//! A file of the catalogue: groups of texts in the order somebody wrote them, which JSON maps of serde would lose.

use std::fmt;
use std::path::Path;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::error::{Error, Result};

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub vi: String,
    pub en: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Text(Sentence),
    Group(Vec<(String, Node)>),
}

impl Node {
    /// Every text with its key (`state.queued`), in order.
    pub fn texts(&self) -> Vec<(String, &Sentence)> {
        let mut found = Vec::new();
        self.gather("", &mut found);
        found
    }

    fn gather<'a>(&'a self, key: &str, found: &mut Vec<(String, &'a Sentence)>) {
        match self {
            Self::Text(sentence) => found.push((key.to_owned(), sentence)),
            Self::Group(entries) => {
                for (name, node) in entries {
                    let here = if key.is_empty() {
                        name.clone()
                    } else {
                        format!("{key}.{name}")
                    };
                    node.gather(&here, found);
                }
            }
        }
    }

    /// The text under a key.
    pub fn text_mut(&mut self, key: &str) -> Option<&mut Sentence> {
        let (name, rest) = match key.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (key, None),
        };
        let Self::Group(entries) = self else { return None };
        let node = entries
            .iter_mut()
            .find(|(each, _)| each == name)
            .map(|(_, node)| node)?;
        match (rest, node) {
            (Some(rest), node) => node.text_mut(rest),
            (None, Self::Text(sentence)) => Some(sentence),
            (None, Self::Group(_)) => None,
        }
    }

    /// The file as it is kept: two spaces, one text a line, a newline at the end.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(0, &mut json);
        json.push('\n');
        json
    }

    fn write(&self, depth: usize, json: &mut String) {
        let inner = "  ".repeat(depth + 1);
        let lines: Vec<String> = match self {
            Self::Text(Sentence { vi, en }) => {
                vec![
                    format!("{inner}\"vi\": {}", quoted(vi)),
                    format!("{inner}\"en\": {}", quoted(en)),
                ]
            }
            Self::Group(entries) => entries
                .iter()
                .map(|(name, node)| {
                    let mut line = format!("{inner}{}: ", quoted(name));
                    node.write(depth + 1, &mut line);
                    line
                })
                .collect(),
        };
        json.push_str("{\n");
        json.push_str(&lines.join(",\n"));
        json.push('\n');
        json.push_str(&"  ".repeat(depth));
        json.push('}');
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Reads a file of the catalogue.
///
/// # Errors
/// When it cannot be read, is no JSON, has a key twice, or a text that is not there in exactly both languages.
pub fn read(path: &Path) -> Result<Node> {
    let what = || path.display().to_string();
    let json = std::fs::read_to_string(path).map_err(|source| Error::Io { what: what(), source })?;
    parse(&json).map_err(|error| Error::Other(format!("{}: {error}", what())))
}

pub fn parse(json: &str) -> std::result::Result<Node, serde_json::Error> {
    serde_json::from_str(json)
}

/// What stands at a key: a text in one language is only met inside a sentence.
enum Raw {
    Text(String),
    Node(Node),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        match Raw::deserialize(from)? {
            Raw::Node(node) => Ok(node),
            Raw::Text(_) => Err(de::Error::custom("a text without its languages")),
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a group of texts, or a text as {\"vi\": …, \"en\": …}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Raw, A::Error> {
        let mut texts: Vec<(String, String)> = Vec::new();
        let mut nodes: Vec<(String, Node)> = Vec::new();
        while let Some((key, raw)) = map.next_entry::<String, Raw>()? {
            if texts.iter().any(|(each, _)| *each == key) || nodes.iter().any(|(each, _)| *each == key) {
                return Err(de::Error::custom(format!("`{key}` stands there twice")));
            }
            match raw {
                Raw::Text(text) => texts.push((key, text)),
                Raw::Node(node) => nodes.push((key, node)),
            }
        }
        match texts.as_slice() {
            [] => Ok(Raw::Node(Node::Group(nodes))),
            [(first, vi), (second, en)] if nodes.is_empty() && first == "vi" && second == "en" => {
                Ok(Raw::Node(Node::Text(Sentence {
                    vi: vi.clone(),
                    en: en.clone(),
                })))
            }
            _ => Err(de::Error::custom(
                "a text is {\"vi\": …, \"en\": …}, in this order and nothing else",
            )),
        }
    }
}
