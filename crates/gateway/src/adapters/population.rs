//! The national population data , and its simulator.

use crate::error::GatewayError;
use domain::{
    Sensitive,
    date::PartialDate,
    number::PersonalNumber,
    registration::Sex,
    verdict::{PersonOnRecord, Population},
};
use std::{collections::HashMap, path::Path};

/// Whoever knows the people of the country.
pub trait PopulationRegister: Send {
    /// What is known about a number.
    fn ask(&mut self, number: &PersonalNumber) -> Population;
}

/// No register: nothing is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRegister;

impl PopulationRegister for NoRegister {
    fn ask(&mut self, _: &PersonalNumber) -> Population {
        Population::NotAsked
    }
}

/// A list of invented people: CSV in UTF-8 with the columns `pin,name,birth,sex,deceased`
/// (12 digits; name line; `1988-02-09`, `1938-05` or `1938`; `male` or `female`; `0` or `1`).
#[derive(Debug, Clone)]
pub struct SimulatedRegister(HashMap<String, PersonOnRecord>);

impl SimulatedRegister {
    /// Reads the list.
    ///
    /// # Errors
    /// `population_list` with line and column, never the value.
    pub fn read(path: &Path) -> Result<Self, GatewayError> {
        let mut people = HashMap::new();
        let mut reader =
            csv::Reader::from_path(path).map_err(|_| GatewayError::PopulationList { line: 0, what: "file" })?;
        let headers = reader.headers().map_err(|_| GatewayError::PopulationList {
            line: 1,
            what: "header",
        })?;
        if headers != vec!["pin", "name", "birth", "sex", "deceased"] {
            return Err(GatewayError::PopulationList {
                line: 1,
                what: "header",
            });
        }
        for (index, record) in reader.records().enumerate() {
            let bad = |what| GatewayError::PopulationList {
                line: index as u64 + 2,
                what,
            };
            let record = record.map_err(|_| bad("row"))?;
            let number = PersonalNumber::parse(&record[0]).map_err(|_| bad("pin"))?;
            let person = PersonOnRecord {
                name: Sensitive::new(record[1].to_owned()),
                birth: record[2].parse::<PartialDate>().map_err(|_| bad("birth"))?,
                sex: match &record[3] {
                    "male" => Sex::Male,
                    "female" => Sex::Female,
                    _ => return Err(bad("sex")),
                },
                deceased: match &record[4] {
                    "0" => false,
                    "1" => true,
                    _ => return Err(bad("deceased")),
                },
            };
            people.insert(number.expose().to_owned(), person);
        }
        Ok(Self(people))
    }
}

impl PopulationRegister for SimulatedRegister {
    fn ask(&mut self, number: &PersonalNumber) -> Population {
        match self.0.get(number.expose()) {
            Some(person) => Population::Found(person.clone()),
            None => Population::NotFound,
        }
    }
}
