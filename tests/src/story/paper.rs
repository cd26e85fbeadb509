//! The card that a resident takes home, read back by programs that are not ours.

use super::{Day, arg, text};
use crate::on_path;
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Đặng Văn Tín, whose card was photographed: the README shows both of his cards.
const WHO: u8 = 7;

impl Day {
    pub(super) fn card_to_keep(&mut self) {
        self.story.chapter("A card to keep");
        let one = &self.registered[&WHO];
        let (name, code, rid) = (one.name.clone(), one.code.clone(), one.rid.clone());
        let pdf = self.folder.join("card.pdf");
        let card = self.ours.run(&["card", &rid, "--out", arg(&pdf)]).ok().clone();
        self.story
            .check(card["code"] == *code, "the card carries the code given at the door");
        self.story.check(card["with_name"] == true, "the card carries the name");
        self.story.say(&format!(
            "{name}, {code}: a PDF of 85.6 x 53.98 mm and {} bytes.",
            card["bytes"]
        ));

        if on_path("pdftotext") {
            let words = squeezed(&read("pdftotext", &[arg(&pdf), "-"]));
            self.story
                .check(words.contains(&name), &format!("pdftotext reads {name} on the card"));
            self.story
                .check(words.contains(&code), "pdftotext reads the code on the card");
            self.story
                .item("pdftotext reads name and code, every mark in its place.");
        } else {
            self.story
                .item("pdftotext is not installed: whether the name can be copied out of the PDF was not looked at.");
        }

        let qr = match self.photographed_qr(&pdf) {
            Some(qr) => {
                self.story.check(
                    qr == text(&card["qr"]),
                    "zbar reads the same QR that the program says it drew",
                );
                self.story
                    .item("Drawn at 300 dpi (pdftoppm), the QR is read by zbar, a reader that is not ours.");
                qr
            }
            None => {
                self.story
                    .item("pdftoppm or zbarimg is not installed: the QR is taken from the program's own word.");
                text(&card["qr"]).to_owned()
            }
        };
        let judged = self.ours.run(&["code", "verify", &qr]).ok().clone();
        self.story
            .check(judged["status"] == "valid", "the QR of the card is valid");
        self.story
            .check(judged["code"] == *code, "the QR carries the code on the card");
        let forged = self.ours.run(&["code", "verify", &altered(&qr)]);
        let forged = forged.expect(1).last().expect("an answer");
        self.story.check(
            forged["status"] != "valid",
            "a QR with one altered character is not valid",
        );
        self.story.item(&format!(
            "`code verify`, without a network: {}. With one character changed: {}.",
            text(&judged["status"]).replace('_', " "),
            text(&forged["status"]).replace('_', " ")
        ));
    }

    /// PDF -> picture -> text, by programs of others; `None` where one of them is missing.
    fn photographed_qr(&self, pdf: &Path) -> Option<String> {
        if !on_path("pdftoppm") || !on_path("zbarimg") {
            return None;
        }
        let picture = self.folder.join("card");
        read(
            "pdftoppm",
            &["-png", "-singlefile", "-r", "300", arg(pdf), arg(&picture)],
        );
        let picture = picture.with_extension("png");
        let qr = [
            "--quiet",
            "--nodbus",
            "--raw",
            "-Sdisable",
            "-Sqrcode.enable",
            arg(&picture),
        ];
        Some(read("zbarimg", &qr).trim_end().to_owned())
    }
}

/// What another program says; its complaints go to the terminal.
fn read(program: &str, args: &[&str]) -> String {
    let ran = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(ran.status.success(), "{program} failed ({})", ran.status);
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// Words with one space between them: a name may go over two lines.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with one character near its end changed into another of the same alphabet.
fn altered(qr: &str) -> String {
    let mut letters: Vec<char> = qr.chars().collect();
    let at = letters.len().saturating_sub(4);
    if let Some(letter) = letters.get_mut(at) {
        *letter = if *letter == '7' { '8' } else { '7' };
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_character_changes() {
        for qr in ["TN1:ABC7DEF", "TN1:7777777", "TN"] {
            let other = altered(qr);
            let changed = qr.chars().zip(other.chars()).filter(|(a, b)| a != b).count();
            assert_eq!((changed, other.len()), (1, qr.len()));
        }
    }
}
