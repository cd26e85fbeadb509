//! What is told: on the terminal as it happens, and once more in `summary.txt`.

use std::{fmt::Write as _, fs, path::PathBuf, time::Instant};

/// Widest line of a paragraph, in letters.
const WIDTH: usize = 100;

/// The story so far. What was told is in its file also when it ends early: that helps to understand why.
pub struct Story {
    file: PathBuf,
    text: String,
    chapter: u32,
    checks: u32,
    begun: Instant,
}

impl Story {
    /// An empty page; the clock runs from here.
    pub fn begin(file: PathBuf) -> Story {
        Story {
            file,
            text: String::new(),
            chapter: 0,
            checks: 0,
            begun: Instant::now(),
        }
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
        let _ = writeln!(self.text, "{line}");
    }

    /// Begins a numbered part.
    pub fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        let title = format!("{}. {title}", self.chapter);
        self.line("");
        self.line(&title);
    }

    /// A sentence or more, wrapped.
    pub fn say(&mut self, text: &str) {
        for line in wrap(text, WIDTH - 3) {
            self.line(&format!("   {line}"));
        }
    }

    /// A thing under the sentence before, wrapped.
    pub fn item(&mut self, text: &str) {
        for (index, line) in wrap(text, WIDTH - 7).into_iter().enumerate() {
            self.line(&format!("     {} {line}", if index == 0 { "-" } else { " " }));
        }
    }

    /// A table whose columns stand below each other; the first row is its head.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<_> = (0..columns)
            .map(|column| {
                rows.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| letters(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        for row in rows {
            let mut line = "    ".to_owned();
            for (cell, width) in row.iter().zip(&widths) {
                let space = " ".repeat(width - letters(cell));
                // Numbers stand to the right.
                let number = cell.ends_with(|c: char| c.is_ascii_digit()) && cell.len() < 8;
                let _ = if number {
                    write!(line, " {space}{cell} ")
                } else {
                    write!(line, " {cell}{space} ")
                };
            }
            self.line(line.trim_end());
        }
    }

    /// Something that has to be true; the story ends at the first that is not.
    #[track_caller]
    pub fn check(&mut self, holds: bool, expected: &str) {
        self.checks += 1;
        assert!(
            holds,
            "In part {} it should be true that {expected}. It is not.",
            self.chapter
        );
    }

    /// Checks that two numbers are the same.
    #[track_caller]
    pub fn check_count(&mut self, what: &str, found: u64, expected: u64) {
        self.check(found == expected, &format!("{what} is {expected} (found {found})"));
    }

    /// How much was checked.
    pub fn checks(&self) -> u32 {
        self.checks
    }

    /// Seconds since the beginning.
    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        // Not an assertion: it may be a failed one that brought us here.
        if let Err(error) = fs::write(&self.file, self.text.trim_start()) {
            println!("{}: {error}", self.file.display());
        }
    }
}

/// Columns on a terminal: composed letters, as the programs deliver them, take one each.
fn letters(text: &str) -> usize {
    text.chars().count()
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if letters(line) + 1 + letters(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filled_and_no_word_is_lost() {
        let text = "Bh'nướch Thị Ngơn và Võ Minh Khôi";
        assert_eq!(wrap(text, 12), ["Bh'nướch Thị", "Ngơn và Võ", "Minh Khôi"]);
        assert_eq!(wrap("dài-hơn-một-dòng x", 4), ["dài-hơn-một-dòng", "x"]);
        assert_eq!(wrap(" ", 4), Vec::<String>::new());
    }

    fn page() -> (tempfile::TempDir, Story) {
        let folder = tempfile::tempdir().unwrap();
        let story = Story::begin(folder.path().join("summary.txt"));
        (folder, story)
    }

    #[test]
    fn a_false_expectation_stops_with_its_sentence_and_what_was_told_is_kept() {
        let (folder, mut story) = page();
        story.chapter("At the door");
        story.check_count("the number of receipts", 4, 4);
        let failed = std::panic::catch_unwind(move || {
            assert_eq!(story.checks(), 1);
            story.check_count("the number of receipts", 3, 4);
        });
        let message = failed.unwrap_err();
        assert_eq!(
            message.downcast_ref::<String>().map(String::as_str),
            Some("In part 1 it should be true that the number of receipts is 4 (found 3). It is not.")
        );
        let told = fs::read_to_string(folder.path().join("summary.txt")).unwrap();
        assert_eq!(told, "1. At the door\n");
    }

    #[test]
    fn columns_stand_below_each_other() {
        let (_folder, mut story) = page();
        story.table(&[
            vec!["Phường".into(), "số".into()],
            vec!["Hải Châu".into(), "12".into()],
            vec!["Xã".into(), "3".into()],
        ]);
        assert_eq!(story.text, "     Phường    số\n     Hải Châu  12\n     Xã         3\n");
    }
}
