//! Which program may say what to which (ADR 23). Every call names the protocol version of the program that makes it.

/// The version this program speaks. What each version brought:
///
/// | version | what |
/// |---|---|
/// | 1 | the first; its calls name no version |
/// | 2 | extensions ([`domain::ext`]), kinds that are kept unread ([`crate::open`]), signed master data |
pub const VERSION: u32 = 2;

/// The version of a program that names none.
pub const FIRST: u32 = 1;

/// Header of a request: the version of the program that makes the call, decimal. Of every answer: that of the gateway.
/// It is not signed: a caller that lies about it harms nobody but itself.
pub const HEADER: &str = "tungnha-protocol";

/// The version that a request's header names. What is no number is version 1: such a caller gets what every program reads.
pub fn named(header: Option<&str>) -> u32 {
    header
        .and_then(|text| text.parse().ok())
        .filter(|version| *version >= FIRST)
        .unwrap_or(FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_names_nothing_is_the_first() {
        for (header, version) in [
            (None, 1),
            (Some("1"), 1),
            (Some("2"), 2),
            (Some("17"), 17),
            (Some(""), 1),
            (Some("0"), 1),
            (Some("-2"), 1),
            (Some("99999999999"), 1),
            (Some("two"), 1),
        ] {
            assert_eq!(named(header), version, "{header:?}");
        }
    }
}
