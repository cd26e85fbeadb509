//! Attacks on the real programs: a gateway process of its own for each, real TLS, real folders, and a tablet that sends
//! what no honest program would. Each says what must not happen, tries it, and looks whether it did.

mod board;
mod disk;
mod platform;
mod records;

use std::panic;
use std::time::Instant;

/// One attack.
pub struct Attack {
    /// Where it strikes.
    pub room: &'static str,
    /// A short name; the commands and the tests choose by it.
    pub name: &'static str,
    /// What must not happen.
    pub must_not: &'static str,
    /// Tries it; panics with a sentence when it happened.
    pub run: fn(),
}

/// Everything that is tried.
pub fn list() -> Vec<Attack> {
    let rooms = [
        ("board", board::ATTACKS),
        ("records", records::ATTACKS),
        ("platform", platform::ATTACKS),
        ("disk", disk::ATTACKS),
    ];
    rooms
        .into_iter()
        .flat_map(|(room, rows)| {
            rows.iter().map(move |&(name, must_not, run)| Attack {
                room,
                name,
                must_not,
                run,
            })
        })
        .collect()
}

/// As the attacks stand in their files.
type Row = (&'static str, &'static str, fn());

/// Tries all, or those whose name holds a word, and prints a table. True when everything held.
pub fn all(words: &[String]) -> bool {
    // The sentence stands in the table; where in the source it was said does not matter there.
    panic::set_hook(Box::new(|_| {}));
    let chosen: Vec<_> = list()
        .into_iter()
        .filter(|attack| words.is_empty() || words.iter().any(|word| attack.name.contains(word.as_str())))
        .collect();
    let mut held = 0;
    for attack in &chosen {
        let begun = Instant::now();
        let outcome = panic::catch_unwind(attack.run);
        let seconds = begun.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                held += 1;
                println!(
                    "held     {:<40} {seconds:>5.1} s  never: {}",
                    attack.name, attack.must_not
                );
            }
            Err(said) => {
                let said = said
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| said.downcast_ref::<&str>().copied())
                    .unwrap_or("it ended early");
                println!(
                    "BROKEN   {:<40} {seconds:>5.1} s  {}\n         {said}",
                    attack.name, attack.must_not
                );
            }
        }
    }
    let _ = panic::take_hook();
    println!("{held} of {} held", chosen.len());
    held == chosen.len() && held > 0
}
