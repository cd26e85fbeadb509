//! The practice people (`fixtures/practice.csv`, all invented) and who is admitted into which world.
//!
//! The worlds are told apart twice: practice takes nobody whose number could be a real card's, and the real world refuses
//! exactly the people of the list. That six digits beginning with 999 are never issued is an assumption.

use crate::{
    date::{PartialDate, Precision},
    ids::Realm,
    number::PersonalNumber,
    place::CommuneCode,
    problem::ProblemCode,
    registration::Sex,
};
use serde::Deserialize;
use std::sync::OnceLock;

/// First three of the six free digits of every practice number.
const PRACTICE_SERIAL: &str = "999";

crate::codes! {
    /// Why somebody is not admitted into this world.
    pub enum NotHere {
        /// A real card in practice.
        RealCard => "real_card_in_demo",
        /// One of the list in the real world.
        PracticePerson => "practice_person",
    }
}

impl From<NotHere> for ProblemCode {
    fn from(not_here: NotHere) -> Self {
        match not_here {
            NotHere::RealCard => Self::RealCardInDemo,
            NotHere::PracticePerson => Self::PracticePerson,
        }
    }
}

/// How a practice person is registered, which is what they are there to teach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisteredBy {
    /// The card in their hand is scanned.
    #[serde(rename = "card")]
    IdCard,
    /// VNeID on their phone is read off.
    Vneid,
    /// A birth certificate.
    BirthCertificate,
    /// Not today: a date to come back when a parent is in.
    Appointment,
    /// Not at all: the person has died.
    Nobody,
}

/// What is wrong with the code on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// Every mark is lost: `Nguyen Thi Thu`.
    NoMarks,
}

/// One practice person.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    /// Name line.
    pub name: String,
    /// Number; its last six digits begin with 999.
    #[serde(rename = "pin")]
    pub number: PersonalNumber,
    /// Birth date, of one person only the year.
    pub birth: PartialDate,
    /// Sex as printed, which for one of them is not what the number says.
    pub sex: Sex,
    /// Nine digits of the old identity card, where the code still carries them.
    pub old_id: Option<String>,
    /// Address as the card, VNeID or certificate prints it.
    pub address: String,
    /// Issue date of the card; none for people without one.
    pub issued: Option<PartialDate>,
    /// Names of the parents on a child's card.
    pub parents: Option<String>,
    /// How they are registered.
    #[serde(rename = "enrolled_by")]
    pub registered_by: RegisteredBy,
    /// Where they live today.
    pub commune: CommuneCode,
    /// What is wrong with the code.
    pub damage: Option<Damage>,
    /// What they teach, for the trainer.
    pub teaches: String,
}

/// First day on which the Căn cước was issued instead of the CCCD (Law 26/2023/QH15).
const CAN_CUOC_SINCE: (u16, u8, u8) = (2024, 7, 1);

impl Person {
    /// What a scanner delivers of this person's card; `None` for people without one. Seven fields on a CCCD, eleven on a
    /// Căn cước, by the issue date.
    pub fn idcard_text(&self) -> Option<String> {
        let issued = self.issued?;
        let fields = [
            self.number.expose(),
            self.old_id.as_deref().unwrap_or(""),
            &self.name,
            &as_on_idcard(&self.birth),
            match self.sex {
                Sex::Male => "Nam",
                Sex::Female => "Nữ",
            },
            &self.address,
            &as_on_idcard(&issued),
        ]
        .join("|");
        let (month, day) = issued.month_day();
        let issued = (issued.year(), month.unwrap_or(1), day.unwrap_or(1));
        let text = if issued >= CAN_CUOC_SINCE {
            match &self.parents {
                Some(parents) => format!("{fields}||{parents}|"),
                None => format!("{fields}||||"),
            }
        } else {
            fields
        };
        Some(match self.damage {
            Some(Damage::NoMarks) => without_marks(&text),
            None => text,
        })
    }
}

/// `09021988`, or what is known of it.
fn as_on_idcard(date: &PartialDate) -> String {
    match (date.precision(), date.month_day()) {
        (Precision::Day, (Some(month), Some(day))) => format!("{day:02}{month:02}{}", date.year()),
        (Precision::Month, (Some(month), _)) => format!("{month:02}{}", date.year()),
        _ => date.year().to_string(),
    }
}

fn without_marks(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

/// Everybody on the practice list.
pub fn people() -> &'static [Person] {
    static PEOPLE: OnceLock<Vec<Person>> = OnceLock::new();
    PEOPLE.get_or_init(|| {
        csv::Reader::from_reader(include_str!("../../../fixtures/practice.csv").as_bytes())
            .into_deserialize()
            .map(|row| row.expect("embedded fixture parses"))
            .collect()
    })
}

/// Practice takes only numbers whose last six digits begin with 999 (`real_card_in_demo`); live refuses exactly the numbers
/// of the practice list (`practice_person`). Development takes everything.
pub fn admit(realm: Realm, number: &PersonalNumber) -> Result<(), NotHere> {
    match realm {
        Realm::Practice if number.expose().get(6..9) != Some(PRACTICE_SERIAL) => Err(NotHere::RealCard),
        Realm::Live if people().iter().any(|person| person.number == *number) => Err(NotHere::PracticePerson),
        Realm::Live | Realm::Practice | Realm::Development => Ok(()),
    }
}

/// The same rule for a representative's number: a real parent's card has no place in practice either.
pub fn admit_representative(realm: Realm, number: &PersonalNumber) -> Result<(), NotHere> {
    admit(realm, number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place;

    fn person(name: &str) -> &'static Person {
        people().iter().find(|person| person.name == name).unwrap()
    }

    #[test]
    fn twelve_invented_people_in_communes_of_today() {
        assert_eq!(people().len(), 12);
        for person in people() {
            assert_eq!(&person.number.expose()[6..9], PRACTICE_SERIAL);
            assert!(place::commune(person.commune).is_some());
            assert_eq!(person.number.birth_year(), person.birth.year());
            let handed_over = !matches!(
                person.registered_by,
                RegisteredBy::Vneid | RegisteredBy::BirthCertificate
            );
            assert_eq!(person.idcard_text().is_some(), handed_over);
        }
        let told_apart = people()
            .iter()
            .filter(|person| person.number.sex() != person.sex)
            .count();
        assert_eq!(told_apart, 1, "one card teaches the warning about the sex");
    }

    #[test]
    fn cards_have_seven_or_eleven_fields_by_their_date() {
        let fields = |name: &str| person(name).idcard_text().unwrap().split('|').count();
        assert_eq!(fields("Trần Thị Mỹ Hạnh"), 7);
        assert_eq!(fields("Bh'nướch Thị Ngơn"), 11);
        assert_eq!(fields("Huỳnh Bảo Châu"), 11);
        assert!(person("Lê Văn Sáu").idcard_text().unwrap().contains("|1938|Nam|"));
        let damaged = person("Nguyễn Thị Thu").idcard_text().unwrap();
        assert!(
            damaged.is_ascii() && damaged.contains("|Nguyen Thi Thu|05081980|Nu|"),
            "{damaged}"
        );
    }

    #[test]
    fn worlds_are_told_apart_twice() {
        let real = PersonalNumber::parse("048188000301").unwrap();
        let unlisted = PersonalNumber::parse("048188999777").unwrap();
        for person in people() {
            assert_eq!(admit(Realm::Live, &person.number), Err(NotHere::PracticePerson));
            assert_eq!(
                admit_representative(Realm::Live, &person.number),
                Err(NotHere::PracticePerson)
            );
            assert_eq!(admit(Realm::Practice, &person.number), Ok(()));
            assert_eq!(admit(Realm::Development, &person.number), Ok(()));
        }
        assert_eq!(admit(Realm::Practice, &real), Err(NotHere::RealCard));
        assert_eq!(admit_representative(Realm::Practice, &real), Err(NotHere::RealCard));
        for number in [real, unlisted] {
            assert_eq!(admit(Realm::Live, &number), Ok(()));
            assert_eq!(admit(Realm::Development, &number), Ok(()));
        }
    }
}
