//! Why something could not be printed.

/// A refusal to print. No part of what was to be printed is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// The content does not fit a QR code whose modules are large enough to be read from paper.
    #[error("too much content for a QR code that can be read from paper")]
    QrTooLarge,
    /// The text does not fit even at the smallest size that can be read.
    #[error("the text does not fit at a readable size")]
    TextTooLong,
    /// A character that the font has no picture of: it would come out as an empty box.
    #[error("the text holds a character that the font does not have")]
    UnknownCharacter,
    /// There is nothing to print.
    #[error("nothing to print")]
    Nothing,
    /// The PDF could not be put together.
    #[error("the document could not be written")]
    Document,
}

impl PrintError {
    /// Stable code for programs and translations.
    pub const fn code(self) -> &'static str {
        match self {
            Self::QrTooLarge => "qr_too_large",
            Self::TextTooLong => "text_too_long",
            Self::UnknownCharacter => "unknown_character",
            Self::Nothing => "nothing_to_print",
            Self::Document => "document",
        }
    }
}
