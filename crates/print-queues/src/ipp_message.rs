//! Questions to CUPS and what it answers. How the bytes stand (RFC 8010) is the business of the crate `ipp`.

use app::paper::printer::PrinterError;
use bytes::{BufMut as _, Bytes, BytesMut};
use ipp::{
    attribute::{IppAttribute, IppAttributeGroup, IppAttributes},
    model::{DelimiterTag, IppVersion, Operation},
    parser::{IppParseError, IppParser},
    reader::IppReader,
    request::IppRequestResponse,
    value::IppValue,
};
use std::io::Cursor;

/// Nothing we ask for has parts at all. `ipp` copies them and lets go of them by recursion, so that depth would end the
/// program.
const DEEPEST: usize = 8;
/// How a collection inside of another one begins.
const NESTED: [u8; 5] = [0x34, 0, 0, 0, 0];

/// A question under way.
pub struct Question(IppRequestResponse);

impl Question {
    /// # Errors
    /// [`PrinterError::Answer`], which does not happen: a question without an address is whole.
    pub fn new(operation: Operation) -> Result<Self, PrinterError> {
        IppRequestResponse::new(IppVersion::v2_0(), operation, None)
            .map(Self)
            .map_err(|_| PrinterError::Answer)
    }

    /// A question about a queue, named by its address.
    ///
    /// # Errors
    /// [`PrinterError::UnknownQueue`]: CUPS has no names that long.
    pub fn of_queue(operation: Operation, uri: String) -> Result<Self, PrinterError> {
        Self::new(operation)?.about("printer-uri", uri)
    }

    /// A question about a job, named by its address.
    ///
    /// # Errors
    /// [`PrinterError::UnknownQueue`], as above.
    pub fn of_job(operation: Operation, uri: String) -> Result<Self, PrinterError> {
        Self::new(operation)?.about("job-uri", uri)
    }

    fn about(mut self, name: &str, uri: String) -> Result<Self, PrinterError> {
        self.add(DelimiterTag::OperationAttributes, name, IppValue::new_uri(uri))
            .map_err(|_| PrinterError::UnknownQueue)?;
        Ok(self)
    }

    fn add(
        &mut self,
        group: DelimiterTag,
        name: &str,
        value: Result<IppValue, IppParseError>,
    ) -> Result<(), IppParseError> {
        self.0
            .attributes_mut()
            .add(group, IppAttribute::with_name(name, value?)?);
        Ok(())
    }

    /// What belongs to the question.
    ///
    /// # Errors
    /// [`PrinterError::Answer`] for a value that is too long to be written.
    pub fn with(mut self, name: &str, value: Result<IppValue, IppParseError>) -> Result<Self, PrinterError> {
        self.add(DelimiterTag::OperationAttributes, name, value)
            .map_err(|_| PrinterError::Answer)?;
        Ok(self)
    }

    /// What belongs to the job.
    ///
    /// # Errors
    /// As [`Question::with`].
    pub fn of_the_job(mut self, name: &str, value: Result<IppValue, IppParseError>) -> Result<Self, PrinterError> {
        self.add(DelimiterTag::JobAttributes, name, value)
            .map_err(|_| PrinterError::Answer)?;
        Ok(self)
    }

    /// Only these attributes are wanted back.
    ///
    /// # Errors
    /// As [`Question::with`].
    pub fn asking(self, names: &[&str]) -> Result<Self, PrinterError> {
        let names: Result<Vec<_>, _> = names.iter().map(|name| IppValue::new_keyword(*name)).collect();
        self.with("requested-attributes", names.map(IppValue::Array))
    }

    /// As it goes over the wire, with the document behind it.
    pub fn finish(self, document: &[u8]) -> Bytes {
        let question = self.0.to_bytes();
        let mut whole = BytesMut::with_capacity(question.len() + document.len());
        whole.put(question);
        whole.put(document);
        whole.freeze()
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// How it went (RFC 8011 appendix B).
    pub status: u16,
    attributes: IppAttributes,
}

impl Answer {
    /// # Errors
    /// [`PrinterError::Answer`] for anything but a whole message.
    pub fn read(bytes: Bytes) -> Result<Self, PrinterError> {
        if bytes.windows(NESTED.len()).filter(|five| **five == NESTED).count() > DEEPEST {
            return Err(PrinterError::Answer);
        }
        let (header, attributes, _) = IppParser::new(IppReader::new(Cursor::new(bytes)))
            .parse_parts()
            .map_err(|_| PrinterError::Answer)?;
        Ok(Self {
            status: header.operation_or_status.cast_unsigned(),
            attributes,
        })
    }

    /// The queues it tells of.
    pub fn printers(&self) -> impl Iterator<Item = Group<'_>> {
        self.attributes.groups_of(DelimiterTag::PrinterAttributes).map(Group)
    }

    /// The job it tells of.
    pub fn job(&self) -> Option<Group<'_>> {
        self.attributes.first_of(DelimiterTag::JobAttributes).map(Group)
    }
}

/// Attributes of one printer or job.
#[derive(Clone, Copy)]
pub struct Group<'a>(&'a IppAttributeGroup);

impl<'a> Group<'a> {
    fn all(self, name: &str) -> impl Iterator<Item = &'a IppValue> {
        self.0.get(name).into_iter().flat_map(IppAttribute::value)
    }

    pub fn number(self, name: &str) -> Option<i32> {
        self.all(name).find_map(|value| match value {
            IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
            _ => None,
        })
    }

    pub fn truth(self, name: &str) -> Option<bool> {
        self.all(name).find_map(|value| value.as_boolean().copied())
    }

    pub fn texts(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.all(name).filter_map(|value| match value {
            IppValue::Keyword(text) => Some(text.as_ref()),
            IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => Some(name.as_ref()),
            IppValue::TextWithoutLanguage(text) | IppValue::TextWithLanguage { text, .. } => Some(text.as_ref()),
            _ => None,
        })
    }

    pub fn text(self, name: &str) -> Option<&'a str> {
        self.texts(name).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: u8 = 0x03;

    /// An answer that begins in a printer's group.
    fn of_printer(attributes: &[(u8, &str, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 1, 0x04];
        for (tag, name, value) in attributes {
            bytes.push(*tag);
            bytes.extend((name.len() as u16).to_be_bytes());
            bytes.extend(name.as_bytes());
            bytes.extend((value.len() as u16).to_be_bytes());
            bytes.extend(*value);
        }
        bytes.push(END);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Answer, PrinterError> {
        Answer::read(Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn a_question_stands_as_rfc_8010_says() {
        let question = Question::of_queue(Operation::PrintJob, "ipp://localhost/printers/a".into())
            .and_then(|question| question.asking(&["b", "c"]))
            .and_then(|question| question.of_the_job("media", IppValue::new_keyword("iso_a4_210x297mm")))
            .expect("short values");
        let mut expected = vec![2, 0, 0, 2, 0, 0, 0, 1, 0x01];
        expected.extend(b"\x47\0\x12attributes-charset\0\x05utf-8");
        expected.extend(b"\x48\0\x1battributes-natural-language\0\x02en");
        expected.extend(b"\x45\0\x0bprinter-uri\0\x1aipp://localhost/printers/a");
        expected.extend(b"\x44\0\x14requested-attributes\0\x01b\x44\0\0\0\x01c");
        expected.extend(b"\x02\x44\0\x05media\0\x10iso_a4_210x297mm\x03%PDF");
        assert_eq!(question.finish(b"%PDF"), expected);
    }

    #[test]
    fn several_values_belong_to_the_name_before() {
        let bytes = of_printer(&[
            (0x44, "printer-state-reasons", b"offline-report"),
            (0x44, "", b"media-empty"),
            (0x23, "printer-state", &[0, 0, 0, 5]),
            (0x22, "printer-is-accepting-jobs", &[0]),
            (0x41, "printer-info", "Văn phòng".as_bytes()),
        ]);
        let answer = read(&bytes).expect("a message");
        let group = answer.printers().next().expect("a printer");
        let reasons: Vec<&str> = group.texts("printer-state-reasons").collect();
        assert_eq!(reasons, ["offline-report", "media-empty"]);
        assert_eq!(group.number("printer-state"), Some(5));
        assert_eq!(group.truth("printer-is-accepting-jobs"), Some(false));
        assert_eq!(group.text("printer-info"), Some("Văn phòng"));
        assert!(answer.job().is_none());
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]).err(), Some(PrinterError::Answer), "cut at {end}");
        }
    }

    #[test]
    fn what_cups_did_not_understand_hides_no_job() {
        let mut bytes = vec![2, 0, 0, 1, 0, 0, 0, 1, 0x05];
        bytes.extend(b"\x10\0\x0dprint-scaling\0\0");
        bytes.extend(b"\x02\x21\0\x06job-id\0\x04\0\0\0\x07\x03");
        let answer = read(&bytes).expect("a message");
        assert_eq!(answer.job().and_then(|job| job.number("job-id")), Some(7));
    }

    #[test]
    fn collections_within_collections_end_nothing() {
        for depth in [1, DEEPEST, 200_000] {
            let mut parts: Vec<(u8, &str, &[u8])> = vec![(0x34, "media-col", b"")];
            for _ in 0..depth {
                parts.extend([(0x4a, "", &b"a"[..]), (0x34, "", b"")]);
            }
            parts.extend(std::iter::repeat_n((0x37, "", &b""[..]), depth + 1));
            assert_eq!(read(&of_printer(&parts)).is_ok(), depth <= DEEPEST, "{depth} deep");
        }
    }

    #[test]
    fn no_bytes_whatever_end_the_program() {
        let mut seed = 7_u64;
        for _ in 0..20_000 {
            let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 1];
            for _ in 0..seed % 40 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                bytes.push((seed >> 40) as u8 % 0x4c);
            }
            seed = seed.wrapping_add(1);
            let _ = read(&bytes);
        }
    }
}
