//! The types of the window's words, written from the catalogue: a text that is not there, or a value it does not get, then
//! does not compile in the window.

use super::pattern;
use super::tree::{Node, Sentence};
use super::{Room, rule};
use crate::error::Result;

const HEAD: &str = "\
// Written by `cargo xtask words types` from messages/window; `cargo xtask test` compares. Change the words there.

import type { Value } from './pattern';

";

/// `ui/src/i18n/catalogue.ts`: an interface for each room, and the table of rooms by name.
///
/// # Errors
/// When a text cannot be read.
pub fn typescript(rooms: &[Room]) -> Result<String> {
    let mut ts = HEAD.to_owned();
    ts.push_str("export interface Rooms {\n");
    for room in rooms {
        ts.push_str(&format!("  {}: ", property(&room.name)));
        node(&room.node, 1, &room.name, &mut ts)?;
        ts.push_str(";\n");
    }
    ts.push_str("}\n");
    Ok(ts)
}

fn node(of: &Node, depth: usize, at: &str, ts: &mut String) -> Result<()> {
    match of {
        Node::Text(sentence) => ts.push_str(&text(sentence, at)?),
        Node::Group(entries) => {
            ts.push_str("{\n");
            for (name, each) in entries {
                ts.push_str(&format!("{}readonly {}: ", "  ".repeat(depth + 1), property(name)));
                node(each, depth + 1, &format!("{at}.{name}"), ts)?;
                ts.push_str(";\n");
            }
            ts.push_str(&"  ".repeat(depth));
            ts.push('}');
        }
    }
    Ok(())
}

fn text(sentence: &Sentence, at: &str) -> Result<String> {
    let read = |text| pattern::holes(text).map_err(|why| rule(vec![format!("{at}: {why}")]));
    let mut holes = read(&sentence.vi)?;
    for hole in read(&sentence.en)? {
        match holes.iter_mut().find(|each| each.name == hole.name) {
            Some(known) => known.plural |= hole.plural,
            None => holes.push(hole),
        }
    }
    if holes.is_empty() {
        return Ok("string".to_owned());
    }
    let values: Vec<_> = holes
        .iter()
        .map(|hole| format!("{}: {}", hole.name, if hole.plural { "number" } else { "Value" }))
        .collect();
    Ok(format!("(values: {{ {} }}) => string", values.join("; ")))
}

fn property(name: &str) -> String {
    match name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit())
    {
        true => name.to_owned(),
        false => format!("'{name}'"),
    }
}
