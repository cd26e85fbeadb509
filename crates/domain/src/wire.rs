//! How values of the domain stand in CBOR (RFC 8949). Records are maps with the integer keys written beside each field,
//! in ascending order, absent options left out; enumerations are their numbers. Numbers are for ever: new ones are added
//! at the end. What is decoded goes through the same parsers as what is typed.

use crate::{Sensitive, date::PartialDate, name::PersonName, number::PersonalNumber, phone::Phone, place::CommuneCode};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

impl<C, T: Encode<C>> Encode<C> for Sensitive<T> {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        self.expose().encode(e, ctx)
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for Sensitive<T> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        T::decode(d, ctx).map(Sensitive::new)
    }
}

macro_rules! as_text {
    ($($name:ty),*) => {$(
        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.str(self.expose())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let text = d.str()?;
                match <$name>::parse(text) {
                    Ok(value) if value.expose() == text => Ok(value),
                    Ok(_) => Err(decode::Error::message("not in canonical form")),
                    Err(code) => Err(decode::Error::message(code)),
                }
            }
        }
    )*};
}

as_text!(PersonName, Phone);

/// The number travels as an integer: 12 digits are below 2^40.
impl<C> Encode<C> for PersonalNumber {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let number: u64 = self.expose().parse().unwrap_or(0);
        e.u64(number)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PersonalNumber {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        PersonalNumber::parse(&format!("{:012}", d.u64()?)).map_err(decode::Error::message)
    }
}

/// `yyyymmdd` as an integer; unknown parts are 00.
impl<C> Encode<C> for PartialDate {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        let (month, day) = self.month_day();
        let number =
            u32::from(self.year()) * 10_000 + u32::from(month.unwrap_or(0)) * 100 + u32::from(day.unwrap_or(0));
        e.u32(number)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PartialDate {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let number = d.u32()?;
        let (year, month, day) = (
            (number / 10_000) as u16,
            (number / 100 % 100) as u8,
            (number % 100) as u8,
        );
        match (month, day) {
            _ if number > 99_999_999 => Err(crate::date::BadDate),
            (0, 0) => PartialDate::year_only(year),
            (month, 0) => PartialDate::month(year, month),
            (month, day) => PartialDate::day(year, month, day),
        }
        .map_err(|_| decode::Error::message("date_invalid"))
    }
}

impl<C> Encode<C> for CommuneCode {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.u32(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CommuneCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.u32().map(CommuneCode)
    }
}

/// Strokes travel as a byte string.
pub(crate) mod strokes {
    use super::*;

    pub(crate) fn encode<C, W: encode::Write>(
        strokes: &Sensitive<Vec<u8>>,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        e.bytes(strokes.expose())?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Sensitive<Vec<u8>>, decode::Error> {
        d.bytes().map(|bytes| Sensitive::new(bytes.to_vec()))
    }
}
