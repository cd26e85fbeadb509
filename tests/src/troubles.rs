//! What every error must be: the right exit status, a stable code, a sentence in two languages, and nobody's data.

use crate::{Device, Person, Ran};
use serde_json::Value;

/// A sentence of the catalogue: what is said of a code of a family (`error`, `problem`, `card`, ...).
pub fn sentence(family: &str, code: &str, language: &str) -> String {
    let file = format!("{}/../messages/codes/{family}.json", env!("CARGO_MANIFEST_DIR"));
    let table: Value = serde_json::from_slice(&std::fs::read(&file).expect(&file)).expect(&file);
    table[code][language]
        .as_str()
        .unwrap_or_else(|| panic!("no sentence for {code} in {language} in {file}"))
        .to_owned()
}

impl Ran {
    /// The command ended with this status and this code, said the code's sentence, and told nothing about anybody.
    #[track_caller]
    pub fn refuses(&self, status: i32, code: &str) -> &Value {
        assert_eq!(self.status, Some(status), "{code}: {self:?}");
        let line = self
            .lines
            .last()
            .unwrap_or_else(|| panic!("nothing on standard output: {self:?}"));
        let said = line["error"].as_str().or(line["reason"].as_str());
        assert_eq!(said, Some(code), "{self:?}");
        let own = [
            "home_missing",
            "not_an_id",
            "not_a_draft",
            "file",
            "output",
            "usage",
            "pin_not_given",
            "doctor_trouble",
        ];
        let family = if own.contains(&code) { "command" } else { "error" };
        assert!(
            ["en", "vi"]
                .iter()
                .any(|language| self.said.contains(&sentence(family, code, language))),
            "{code}: {:?}",
            self.said
        );
        line
    }

    /// Neither output holds anything of these people.
    #[track_caller]
    pub fn tells_nothing_about(&self, people: &[&Person]) {
        let out: String = self.lines.iter().map(Value::to_string).collect();
        for person in people {
            for (what, text) in [
                ("name", &person.name),
                ("number", &person.number),
                ("birth", &person.birth),
                ("phone", &person.phone),
                ("house", &person.house),
                ("address", &person.address),
            ] {
                assert!(
                    !self.said.contains(text.as_str()),
                    "{what} on standard error: {}",
                    self.said
                );
                assert!(!out.contains(text.as_str()), "{what} on standard output: {out}");
            }
        }
    }
}

/// What a device had saved before something went wrong, to be found again afterwards.
pub struct Saved {
    /// Everybody who was saved, with their registration and its code.
    pub people: Vec<(Person, String, Value)>,
}

impl Saved {
    /// Saves these people on a device.
    #[track_caller]
    pub fn on(device: &Device, numbers: std::ops::Range<u32>) -> Self {
        let mut saved = Self { people: Vec::new() };
        for number in numbers {
            saved.add(device, Person::number(number));
        }
        saved
    }

    /// Saves one more.
    #[track_caller]
    pub fn add(&mut self, device: &Device, person: Person) {
        let answer = device.register(&person.draft()).ok().clone();
        self.people.push((
            person,
            answer["rid"].as_str().expect("a rid").to_owned(),
            answer["code"].clone(),
        ));
    }

    /// Everybody is still there, whole, and the counts add up.
    #[track_caller]
    pub fn are_all_on(&self, device: &Device) {
        for (person, rid, code) in &self.people {
            let shown = device.run(&["show", rid]).ok().clone();
            assert_eq!(&shown["code"], code);
            assert_eq!(shown["draft"]["name"]["value"], person.name.as_str(), "{shown}");
            assert_eq!(shown["draft"]["pin"]["value"], person.number.as_str());
        }
        let queue = device.run(&["queue"]).ok().clone();
        assert_eq!(
            (&queue["begun"], &queue["conservation"]),
            (&self.count(), &Value::Bool(true)),
            "{queue}"
        );
    }

    /// How many, as JSON.
    pub fn count(&self) -> Value {
        Value::from(self.people.len())
    }

    /// People as they are planted.
    pub fn persons(&self) -> Vec<&Person> {
        self.people.iter().map(|(person, ..)| person).collect()
    }
}
