//! People who come one after the other while programs are being killed.

use crate::{Book, Chance, Device, Person};
use app::Session;
use domain::registration::Draft;
use std::collections::BTreeMap;

/// People of a town where the platform decides in every way: of ten, one is refused and one is somebody else's number
/// a second time.
pub struct Newcomers {
    /// Who came.
    pub book: Book,
    /// The test's chance.
    pub chance: Chance,
    people: u32,
}

impl Newcomers {
    /// Nobody has come yet; the seed is printed.
    #[allow(clippy::new_without_default, reason = "it prints")]
    pub fn new() -> Self {
        Self {
            book: Book::default(),
            chance: Chance::new(),
            people: 0,
        }
    }

    /// The simulated population: everybody, one in ten with another birthday than on the card.
    pub fn population() -> tempfile::NamedTempFile {
        let mut text = String::from("pin,name,birth,sex,deceased\n");
        for n in 1..=999 {
            let person = Person::number(n);
            let birth = if Self::verdict(n) == "refused" {
                "1949-12-31"
            } else {
                &person.birth
            };
            text += &format!("{},{},{birth},{},0\n", person.number, person.name, person.sex);
        }
        let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    /// What the platform decides about the `n`th: the name of a state.
    pub fn verdict(n: u32) -> &'static str {
        match n % 10 {
            3 => "refused",
            7 => "possible_duplicate",
            _ => "accepted",
        }
    }

    /// Whose card it is: the seventh shows the one of the sixth.
    fn card(n: u32) -> Person {
        Person::number(if Self::verdict(n) == "possible_duplicate" {
            n - 1
        } else {
            n
        })
    }

    /// Checks the device, and saves some more people when little is left to be sent.
    #[track_caller]
    pub fn come(&mut self, device: &Device) {
        let session = device.unlock_now();
        self.book.check(&session);
        if session.queue().unwrap().unsent < 3 {
            for _ in 0..4 {
                self.one_comes(&session);
            }
        }
    }

    fn one_comes(&mut self, session: &Session) {
        self.people += 1;
        assert!(self.people < 1000, "more people than numbers");
        let id = self.chance.id();
        self.book.begin(&id, self.people);
        let draft: Draft = serde_json::from_value(Self::card(self.people).draft()).unwrap();
        let saved = session.register(Some(id.parse().expect("an id")), &draft).unwrap();
        self.book.saved(&id, &serde_json::to_value(saved).unwrap());
    }

    /// How many of them end in which state.
    pub fn expected(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for told in self.book.0.values() {
            *counts.entry(Self::verdict(told.person)).or_default() += 1;
        }
        counts
    }
}
