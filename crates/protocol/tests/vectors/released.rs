//! What released programs wrote is written the same today, byte for byte, and read.

use crate::{folder, make};
use serde_json::Value;
use std::{collections::BTreeMap, fs};

/// Message, name, bytes.
type Written = BTreeMap<(String, String), String>;

fn recorded() -> Written {
    let text = fs::read_to_string(folder().join("released/messages.json")).unwrap();
    let list: Vec<[String; 3]> = serde_json::from_str(&text).unwrap();
    list.into_iter()
        .map(|[message, name, bytes]| ((message, name), bytes))
        .collect()
}

fn today() -> Written {
    let mut written = Written::new();
    for file in make::files() {
        let file = serde_json::to_value(&file).unwrap();
        for good in file["good"].as_array().unwrap() {
            let text = |part: &Value| part.as_str().unwrap().to_owned();
            let bytes = good.get("hex").or(good.get("text")).unwrap();
            written.insert((text(&file["message"]), text(&good["name"])), text(bytes));
        }
    }
    written
}

/// An empty map of extensions, an absent field and a newer list change nothing of what an older program reads.
#[test]
fn the_bytes_of_released_programs_are_those_of_today() {
    let today = today();
    let recorded = recorded();
    assert!(recorded.len() >= 25, "{}", recorded.len());
    for (name, bytes) in recorded {
        assert_eq!(today.get(&name), Some(&bytes), "{name:?}");
    }
}
