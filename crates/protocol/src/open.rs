//! Enumerations that may grow. What the platform says to a device in a list (a change, a decision) is one of a list of
//! kinds to which newer platforms add. A kind that this program does not know is kept as it came and never spoils what
//! came beside it (I6); a later program reads it.

use domain::ext::end_of_item;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// Deepest nesting of an item that is kept without being read.
const MAX_DEPTH: u8 = 16;

/// A value of an enumeration: one this program knows whole, or the bytes of one it does not.
///
/// On the wire it is an array whose first element is the number of the kind. It is known exactly if encoding what was
/// read gives the same bytes again; so an item with a field too many is newer too, not damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open<T> {
    /// One this program knows.
    Known(T),
    /// One it does not.
    Newer(Newer),
}

/// An item of a newer program: canonical CBOR, not understood. Only decoding makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer(Vec<u8>);

impl Newer {
    /// The item as it came.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<T> Open<T> {
    /// What this program knows.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Newer(_) => None,
        }
    }

    /// What this program knows, by value.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Newer(_) => None,
        }
    }
}

impl<T> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<C, T: Encode<C>> Encode<C> for Open<T> {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Known(value) => value.encode(e, ctx),
            Self::Newer(Newer(bytes)) => e.writer_mut().write_all(bytes).map_err(encode::Error::write),
        }
    }
}

impl<'b, C, T: for<'a> Decode<'a, ()> + Encode<()>> Decode<'b, C> for Open<T> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bad = || decode::Error::message("not an item of a list of kinds");
        let (input, from) = (d.input(), d.position());
        let to = end_of_item(input, from, MAX_DEPTH).ok_or_else(bad)?;
        let bytes = &input[from..to];
        if !is_kind(bytes) {
            return Err(bad());
        }
        d.set_position(to);
        Ok(match crate::cbor::decode::<T>(bytes, bytes.len()) {
            Ok(value) => Self::Known(value),
            Err(_) => Self::Newer(Newer(bytes.to_vec())),
        })
    }
}

/// An array that begins with the number of a kind.
fn is_kind(bytes: &[u8]) -> bool {
    let mut d = Decoder::new(bytes);
    matches!(d.array(), Ok(Some(1..))) && d.u32().is_ok()
}

/// A list of numbers to which newer programs add: a number without a name stands in `Newer`.
macro_rules! numbered {
    ($name:ident { $($number:literal => $variant:ident),* $(,)? }) => {
        impl $name {
            const fn number(self) -> u32 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Newer(number) => number,
                }
            }

            const fn of(number: u32) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    number => Self::Newer(number),
                }
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.u32(self.number())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                d.u32().map(Self::of)
            }
        }
    };
}

pub(crate) use numbered;
