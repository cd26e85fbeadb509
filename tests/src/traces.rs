//! What a person leaves behind in bytes: every planted value in every form it could lie on a disk in.

use crate::{Person, town::files};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::Mutex,
};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Shorter than this, chance alone would find it in a megabyte of ciphertext.
const SHORTEST: usize = 5;

/// One value in one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Which value: `name`, `number`, `phone`, `birth`, `house`, `card_address`, `signature`.
    pub value: &'static str,
    /// How it is written, for example `utf16le`.
    pub written: String,
    /// The bytes to look for.
    pub bytes: Vec<u8>,
}

/// Everything to look for, indexed by its first two bytes.
pub struct Traces {
    forms: Vec<Form>,
    starts: HashMap<[u8; 2], Vec<usize>>,
    /// The room that a device keeps for a full disk: large, and the same on each, so it is looked through once.
    looked: Mutex<Vec<u8>>,
}

impl Traces {
    /// Of a person and the strokes of the signature that [`Person::draft`] gives.
    pub fn of(person: &Person) -> Self {
        let mut traces = Self {
            forms: Vec::new(),
            starts: HashMap::new(),
            looked: Mutex::default(),
        };
        for (value, line) in [
            ("name", &person.name),
            ("house", &person.house),
            ("card_address", &person.address),
        ] {
            traces.line(value, line);
        }
        traces.number(&person.number);
        traces.phone(&person.phone);
        traces.birth(&person.birth);
        let strokes = &person.draft()["consent"]["signatures"][0]["strokes"];
        let bytes: Vec<u8> = serde_json::from_value(strokes.clone()).expect("strokes");
        traces.encoded("signature", "points", &bytes);
        traces.encoded("signature", "json", strokes.to_string().as_bytes());
        traces
    }

    /// Every form.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// The forms that occur in these bytes.
    pub fn find(&self, bytes: &[u8]) -> Vec<&Form> {
        let mut found = BTreeSet::new();
        for (at, start) in bytes.windows(2).enumerate() {
            for &form in self.starts.get(start).into_iter().flatten() {
                if bytes[at..].starts_with(&self.forms[form].bytes) {
                    found.insert(form);
                }
            }
        }
        found.into_iter().map(|form| &self.forms[form]).collect()
    }

    /// The values of which anything occurs.
    pub fn values(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        self.find(bytes).iter().map(|form| form.value).collect()
    }

    /// What occurs in the files and file names of a folder that is not empty: file, value and form.
    pub fn in_folder(&self, folder: &Path) -> Vec<String> {
        let files = files(folder);
        assert!(!files.is_empty(), "there is something to scan");
        let mut found = Vec::new();
        for (path, bytes) in files {
            let mut looked = self.looked.lock().expect("nobody panicked");
            if path.ends_with("reserve") && *looked == bytes {
                continue;
            }
            let name = path.to_string_lossy();
            for form in self.find(&bytes).into_iter().chain(self.find(name.as_bytes())) {
                found.push(format!("{name}: {} as {}", form.value, form.written));
            }
            if path.ends_with("reserve") && found.is_empty() {
                *looked = bytes;
            }
        }
        found
    }

    fn line(&mut self, value: &'static str, line: &str) {
        let words: Vec<&str> = line
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        self.letters(value, "line", line);
        self.letters(value, "words", &words.join(" "));
        for word in words.iter().filter(|word| word.chars().count() >= SHORTEST) {
            self.letters(value, "word", word);
        }
    }

    /// Composed, decomposed and without marks, each as it is, in small and in capital letters.
    fn letters(&mut self, value: &'static str, part: &str, text: &str) {
        let bare: String = text
            .nfd()
            .filter(|c| !is_combining_mark(*c))
            .map(|c| match c {
                'đ' => 'd',
                'Đ' => 'D',
                other => other,
            })
            .collect();
        for (marks, text) in [
            ("nfc", text.nfc().collect()),
            ("nfd", text.nfd().collect()),
            ("bare", bare),
        ] {
            let text: String = text;
            for (case, text) in [
                ("", text.clone()),
                ("small ", text.to_lowercase()),
                ("capital ", text.to_uppercase()),
            ] {
                self.text(value, &format!("{case}{part} {marks}"), &text);
            }
        }
    }

    fn number(&mut self, number: &str) {
        for text in [
            number.to_owned(),
            grouped(number, " "),
            grouped(number, "."),
            number[6..].to_owned(),
        ] {
            self.text("number", "digits", &text);
        }
        let number: u64 = number.parse().expect("digits");
        // CBOR writes the last eight bytes, SQLite the last six, a struct all of them the other way round.
        self.encoded("number", "integer", &number.to_be_bytes()[8 - SHORTEST..]);
        self.encoded("number", "integer le", &number.to_le_bytes()[..SHORTEST]);
    }

    fn phone(&mut self, phone: &str) {
        let bare = phone.strip_prefix('0').expect("a national number");
        let spaced = format!("{} {} {}", &phone[..4], &phone[4..7], &phone[7..]);
        let abroad = format!("+84 {}", &spaced[1..]);
        for text in [
            bare,
            &spaced,
            &abroad,
            &spaced.replace(' ', "."),
            &phone[phone.len() - 6..],
        ] {
            // `bare` is also found in 0905…, 84905… and +84905….
            self.text("phone", "digits", text);
        }
    }

    fn birth(&mut self, birth: &str) {
        let (year, month, day) = (&birth[..4], &birth[5..7], &birth[8..]);
        for text in [
            birth.to_owned(),
            format!("{day}/{month}/{year}"),
            format!("{day}{month}{year}"),
            format!("{year}{month}{day}"),
        ] {
            self.text("birth", "digits", &text);
        }
        let number: u32 = birth.replace('-', "").parse().expect("digits");
        let mut cbor = vec![0x1a];
        cbor.extend(number.to_be_bytes());
        self.encoded("birth", "cbor", &cbor);
    }

    /// A text in the encodings of texts.
    fn text(&mut self, value: &'static str, written: &str, text: &str) {
        self.encoded(value, written, text.as_bytes());
        for (name, order) in [
            ("utf16le", u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ("utf16be", u16::to_be_bytes),
        ] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
            self.add(value, format!("{written} {name}"), bytes);
        }
        let escape = |c: char| match c.is_ascii() {
            true => c.to_string(),
            false => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect(),
        };
        self.add(
            value,
            format!("{written} json"),
            text.chars().map(escape).collect::<String>().into_bytes(),
        );
    }

    /// Bytes as they are, in Base64 at each of its three phases, in hexadecimal and percent-encoded.
    fn encoded(&mut self, value: &'static str, written: &str, bytes: &[u8]) {
        self.add(value, written.to_owned(), bytes.to_vec());
        for phase in 0..3 {
            let mut shifted = vec![0; phase];
            shifted.extend(bytes);
            let text = STANDARD_NO_PAD.encode(&shifted);
            // Only the letters that all six of their bits come from the value.
            let inner = &text[(phase * 8).div_ceil(6)..shifted.len() * 8 / 6];
            self.add(value, format!("{written} base64+{phase}"), inner.as_bytes().to_vec());
            let url = inner.replace('+', "-").replace('/', "_");
            self.add(value, format!("{written} base64url+{phase}"), url.into_bytes());
        }
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add(value, format!("{written} HEX"), hex.to_uppercase().into_bytes());
        self.add(value, format!("{written} hex"), hex.into_bytes());
        for (space, name) in [("%20", "percent"), ("+", "form")] {
            let text: String = bytes
                .iter()
                .map(|&byte| match byte {
                    b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                    b' ' => space.to_owned(),
                    _ => format!("%{byte:02X}"),
                })
                .collect();
            self.add(value, format!("{written} {name}"), text.into_bytes());
        }
    }

    fn add(&mut self, value: &'static str, written: String, bytes: Vec<u8>) {
        if bytes.len() < SHORTEST || self.forms.iter().any(|form| form.bytes == bytes) {
            return;
        }
        self.starts
            .entry([bytes[0], bytes[1]])
            .or_default()
            .push(self.forms.len());
        self.forms.push(Form { value, written, bytes });
    }
}

fn grouped(digits: &str, between: &str) -> String {
    let groups: Vec<&str> = (0..digits.len())
        .step_by(3)
        .map(|at| &digits[at..(at + 3).min(digits.len())])
        .collect();
    groups.join(between)
}
