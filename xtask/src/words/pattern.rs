//! What is to be filled into a text: the part of ICU's MessageFormat that the window reads (`ui/src/i18n/pattern.ts`).

use std::collections::BTreeSet;

/// A place in a text that is filled in: `{name}`, or `{count, plural, one {…} other {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hole {
    pub name: String,
    /// Chosen by a number, which the text then says as `#`.
    pub plural: bool,
}

/// The holes of a text, each once, in the order in which they come.
///
/// # Errors
/// What is wrong with it, for whoever wrote it.
pub fn holes(text: &str) -> Result<Vec<Hole>, String> {
    let mut reader = Reader {
        rest: text,
        holes: Vec::new(),
    };
    reader.text(false)?;
    Ok(reader.holes)
}

/// The names alone: what both languages, and an old and a new text, must have in common.
pub fn names(text: &str) -> Result<BTreeSet<String>, String> {
    Ok(holes(text)?.into_iter().map(|hole| hole.name).collect())
}

struct Reader<'a> {
    rest: &'a str,
    holes: Vec<Hole>,
}

impl Reader<'_> {
    fn text(&mut self, inside: bool) -> Result<(), String> {
        loop {
            let Some(at) = self.rest.find(['{', '}']) else {
                return if inside {
                    Err("a `{` is not closed".into())
                } else {
                    Ok(())
                };
            };
            let opens = self.rest[at..].starts_with('{');
            if !opens {
                self.rest = &self.rest[at..];
                return if inside {
                    Ok(())
                } else {
                    Err("a `}` closes nothing".into())
                };
            }
            self.rest = &self.rest[at + 1..];
            self.hole()?;
        }
    }

    /// After its `{`, through its `}`.
    fn hole(&mut self) -> Result<(), String> {
        let name = self.up_to(&[',', '}'])?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("`{{{name}}}` names nothing that can be filled in"));
        }
        let plural = self.took(',');
        self.note(Hole { name, plural });
        if plural {
            self.ways()?;
        }
        match self.took('}') {
            true => Ok(()),
            false => Err("a `{` is not closed".into()),
        }
    }

    fn ways(&mut self) -> Result<(), String> {
        let kind = self.up_to(&[',', '}'])?;
        if kind != "plural" || !self.took(',') {
            return Err(format!("`{kind}` is no way to choose; only `plural` is"));
        }
        let mut keys = Vec::new();
        loop {
            let key = self.up_to(&['{', '}'])?;
            if key.is_empty() {
                break;
            }
            let exact = key
                .strip_prefix('=')
                .is_some_and(|number| number.parse::<u32>().is_ok());
            if !exact && !["one", "other"].contains(&key.as_str()) {
                return Err(format!("`{key}` is no case of a plural; `=0`, `one` and `other` are"));
            }
            if !self.took('{') {
                return Err(format!("`{key}` has no text"));
            }
            keys.push(key);
            self.text(true)?;
            self.took('}');
        }
        match keys.iter().any(|key| key == "other") {
            true => Ok(()),
            false => Err("a plural needs the case `other`".into()),
        }
    }

    fn note(&mut self, hole: Hole) {
        match self.holes.iter_mut().find(|each| each.name == hole.name) {
            Some(known) => known.plural |= hole.plural,
            None => self.holes.push(hole),
        }
    }

    fn up_to(&mut self, ends: &[char]) -> Result<String, String> {
        let at = self.rest.find(ends).ok_or("a `{` is not closed")?;
        let (before, rest) = self.rest.split_at(at);
        self.rest = rest;
        Ok(before.trim().to_owned())
    }

    fn took(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_to_be_filled_in_once_each() {
        let plural = "{name}: {count, plural, =0 {nobody} one {# person at {name}} other {# people}}";
        let found = holes(plural).unwrap();
        assert_eq!(
            found
                .iter()
                .map(|hole| (hole.name.as_str(), hole.plural))
                .collect::<Vec<_>>(),
            [("name", false), ("count", true)]
        );
        assert!(holes("the city's server").unwrap().is_empty());
    }

    #[test]
    fn refuses_what_the_window_could_not_read() {
        for wrong in [
            "{",
            "}",
            "{}",
            "{a b}",
            "{name",
            "{n, plural}",
            "{n, select, a {x} other {y}}",
            "{n, plural, one {x}}",
            "{n, plural, few {x} other {y}}",
            "{n, plural, other {x}",
            "{n, plural, other}",
        ] {
            assert!(holes(wrong).is_err(), "{wrong}");
        }
    }
}
