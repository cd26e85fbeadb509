//! IPP messages as bytes (RFC 8010): as much as a client needs that prints, asks and cancels.

use app::paper::printer::PrinterError;

/// Operations (RFC 8011 5.4.15; the two of CUPS are its own).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Operation {
    PrintJob = 0x0002,
    CancelJob = 0x0008,
    GetJobAttributes = 0x0009,
    GetPrinterAttributes = 0x000b,
    CupsGetDefault = 0x4001,
    CupsGetPrinters = 0x4002,
}

const OPERATION_GROUP: u8 = 0x01;
const JOB_GROUP: u8 = 0x02;
const END: u8 = 0x03;
/// Tags below begin a group, tags from here on a value.
const FIRST_VALUE_TAG: u8 = 0x10;
const INTEGER: u8 = 0x21;
const BOOLEAN: u8 = 0x22;
const ENUM: u8 = 0x23;
const NAME: u8 = 0x42;
const KEYWORD: u8 = 0x44;
const URI: u8 = 0x45;
const CHARSET: u8 = 0x47;
const LANGUAGE: u8 = 0x48;
const MIME: u8 = 0x49;

/// A question under way.
pub struct Request {
    bytes: Vec<u8>,
    in_job_group: bool,
}

impl Request {
    pub fn new(operation: Operation) -> Self {
        let mut request = Self {
            bytes: vec![2, 0],
            in_job_group: false,
        };
        request.bytes.extend((operation as u16).to_be_bytes());
        request.bytes.extend(1_u32.to_be_bytes());
        request.bytes.push(OPERATION_GROUP);
        request.value(CHARSET, "attributes-charset", b"utf-8");
        request.value(LANGUAGE, "attributes-natural-language", b"en");
        request
    }

    fn value(&mut self, tag: u8, name: &str, value: &[u8]) {
        // Every name and value of ours is far below the 64 KiB that fit.
        let length = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
        self.bytes.push(tag);
        self.bytes.extend(length(name.len()));
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(length(value.len()));
        self.bytes.extend(&value[..value.len().min(usize::from(u16::MAX))]);
    }

    pub fn uri(mut self, name: &str, value: &str) -> Self {
        self.value(URI, name, value.as_bytes());
        self
    }

    pub fn name(mut self, name: &str, value: &str) -> Self {
        self.value(NAME, name, value.as_bytes());
        self
    }

    pub fn mime(mut self, name: &str, value: &str) -> Self {
        self.value(MIME, name, value.as_bytes());
        self
    }

    pub fn boolean(mut self, name: &str, value: bool) -> Self {
        self.value(BOOLEAN, name, &[u8::from(value)]);
        self
    }

    /// One keyword or several.
    pub fn keywords(mut self, name: &str, values: &[&str]) -> Self {
        for (i, value) in values.iter().enumerate() {
            // Further values of the same attribute have no name.
            self.value(KEYWORD, if i == 0 { name } else { "" }, value.as_bytes());
        }
        self
    }

    /// What follows belongs to the job and not to the question.
    pub fn of_job(mut self) -> Self {
        if !self.in_job_group {
            self.bytes.push(JOB_GROUP);
            self.in_job_group = true;
        }
        self
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.push(END);
        self.bytes
    }
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Each group after the first: printers or jobs.
    pub groups: Vec<Group>,
}

/// Attributes of one printer or job: name and values.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Group(Vec<(String, Vec<Value>)>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(i32),
    Truth(bool),
    Text(String),
    /// Of a kind that we never ask for.
    Other,
}

impl Group {
    fn all(&self, name: &str) -> &[Value] {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or(&[], |(_, values)| values)
    }

    pub fn number(&self, name: &str) -> Option<i32> {
        self.all(name).iter().find_map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
    }

    pub fn truth(&self, name: &str) -> Option<bool> {
        self.all(name).iter().find_map(|value| match value {
            Value::Truth(truth) => Some(*truth),
            _ => None,
        })
    }

    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.all(name).iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], PrinterError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PrinterError::Answer)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PrinterError> {
        Ok(self.take(1)?[0])
    }

    fn sized(&mut self) -> Result<&'a [u8], PrinterError> {
        let length = self.take(2)?;
        self.take(usize::from(u16::from_be_bytes([length[0], length[1]])))
    }
}

impl Response {
    /// # Errors
    /// [`PrinterError::Answer`] for anything but a whole message.
    pub fn read(bytes: &[u8]) -> Result<Self, PrinterError> {
        let mut bytes = Bytes(bytes);
        let head = bytes.take(8)?;
        let status = u16::from_be_bytes([head[2], head[3]]);
        let mut groups: Vec<Group> = Vec::new();
        let mut in_operation = false;
        loop {
            let tag = bytes.byte()?;
            if tag == END {
                return Ok(Self { status, groups });
            }
            if tag < FIRST_VALUE_TAG {
                in_operation = tag == OPERATION_GROUP;
                if !in_operation {
                    groups.push(Group::default());
                }
                continue;
            }
            let (name, value) = (bytes.sized()?, bytes.sized()?);
            if in_operation {
                continue;
            }
            let group = groups.last_mut().ok_or(PrinterError::Answer)?;
            let value = match (tag, value) {
                (INTEGER | ENUM, &[a, b, c, d]) => Value::Number(i32::from_be_bytes([a, b, c, d])),
                (BOOLEAN, &[truth]) => Value::Truth(truth != 0),
                (0x40..=0x49, text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                _ => Value::Other,
            };
            match (name, group.0.last_mut()) {
                ([], Some((_, values))) => values.push(value),
                ([], None) => return Err(PrinterError::Answer),
                (name, _) => group.0.push((String::from_utf8_lossy(name).into_owned(), vec![value])),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_reads_as_written() {
        let bytes = Request::new(Operation::PrintJob)
            .uri("printer-uri", "ipp://localhost/printers/a")
            .keywords("requested-attributes", &["a", "b"])
            .boolean("purge-job", true)
            .of_job()
            .boolean("purge-job", false)
            .keywords("media", &["iso_a4_210x297mm"])
            .finish();
        assert_eq!(&bytes[..8], [2, 0, 0, 2, 0, 0, 0, 1]);
        let read = Response::read(&bytes).expect("a message");
        assert_eq!(read.groups.len(), 1, "the operation's own group is not told");
        assert_eq!(read.groups[0].truth("purge-job"), Some(false));
        assert_eq!(read.groups[0].text("media"), Some("iso_a4_210x297mm"));
    }

    #[test]
    fn several_values_belong_to_the_name_before() {
        let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 1, 0x04];
        for (name, value) in [("printer-state-reasons", "offline-report"), ("", "media-empty")] {
            bytes.push(KEYWORD);
            bytes.extend((name.len() as u16).to_be_bytes());
            bytes.extend(name.as_bytes());
            bytes.extend((value.len() as u16).to_be_bytes());
            bytes.extend(value.as_bytes());
        }
        bytes.push(END);
        let read = Response::read(&bytes).expect("a message");
        let reasons: Vec<&str> = read.groups[0].texts("printer-state-reasons").collect();
        assert_eq!(reasons, ["offline-report", "media-empty"]);
        for end in 0..bytes.len() {
            assert_eq!(Response::read(&bytes[..end]), Err(PrinterError::Answer), "cut at {end}");
        }
    }

    #[test]
    fn no_bytes_whatever_end_the_program() {
        let mut seed = 7_u64;
        for _ in 0..20_000 {
            let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 1];
            for _ in 0..seed % 40 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                bytes.push((seed >> 40) as u8 % 0x4a);
            }
            seed = seed.wrapping_add(1);
            let _ = Response::read(&bytes);
        }
    }
}
