//! The second form: MOSIP Claim 169 1.2 in a CBOR Web Token (RFC 8392) in COSE_Sign1 (RFC 9052), zlib (RFC 1950) and
//! Base45 (RFC 9285). What is on the card, and all of it:
//!
//! | where | what |
//! |---|---|
//! | protected header 1 | `EdDSA` (-8) |
//! | protected header 4 (key id) | the device's number, big-endian without leading zeros |
//! | claim 1 (issuer) | `tungnha`; `tungnha-demo` and `tungnha-dev` in the other worlds |
//! | claim 6 (issued at) | midnight in Vietnam of the day of issue |
//! | claim 169, field 1 (id) | the code, in groups |
//!
//! Independent readers shaped two things: only COSE tag 18 (the CWT tag 61 around it is refused by some), and never a
//! *stored* zlib block (one of them fails on it).

use super::{Citizen, Form, Printed};
use crate::{
    ProtocolError,
    keys::{SignSecret, Signature},
};
use domain::{
    code::Code,
    date::Day,
    ids::{DeviceId, Realm},
};
use minicbor::{Decoder, Encoder, data::Tag, decode, encode};

/// Base45 of the zlib header `78 DA`: what every text of this form begins with.
pub(super) const PREFIX: &str = "NCF";
/// No text of this form is so short; a typed code that begins like one is.
pub(super) const SHORTEST: usize = 100;

const COSE_SIGN1: Tag = Tag::new(18);
const ALGORITHM: u8 = 1;
const KEY_ID: u8 = 4;
const EDDSA: i8 = -8;
const ISSUER: u8 = 1;
const ISSUED_AT: u8 = 6;
const IDENTITY: u8 = 169;
const ID: u8 = 1;

const fn issuer(realm: Realm) -> &'static str {
    match realm {
        Realm::Live => "tungnha",
        Realm::Practice => "tungnha-demo",
        Realm::Development => "tungnha-dev",
    }
}

type Writing = encode::Error<std::convert::Infallible>;

fn bytes_of(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Result<(), Writing>) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(128));
    write(&mut encoder).expect("writing CBOR into memory cannot fail");
    encoder.into_writer()
}

fn protected(device: DeviceId) -> Vec<u8> {
    let number = device.to_be_bytes();
    let from = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
    bytes_of(|e| {
        e.map(2)?.u8(ALGORITHM)?.i8(EDDSA)?;
        e.u8(KEY_ID)?.bytes(&number[from..])?.ok()
    })
}

fn claims(citizen: &Citizen) -> Vec<u8> {
    bytes_of(|e| {
        e.map(3)?.u8(ISSUER)?.str(issuer(citizen.realm))?;
        e.u8(ISSUED_AT)?.i64(citizen.day.begins_at())?;
        e.u8(IDENTITY)?.map(1)?.u8(ID)?.str(&citizen.code.to_string())?.ok()
    })
}

/// `Sig_structure` of RFC 9052, 4.4: what is signed. It begins with a CBOR array and so with no context of ours.
fn signed(protected: &[u8], claims: &[u8]) -> Vec<u8> {
    bytes_of(|e| {
        e.array(4)?.str("Signature1")?.bytes(protected)?;
        e.bytes(&[])?.bytes(claims)?.ok()
    })
}

fn text(citizen: &Citizen, signature: &Signature) -> String {
    let message = bytes_of(|e| {
        e.tag(COSE_SIGN1)?.array(4)?.bytes(&protected(citizen.device))?;
        e.map(0)?.bytes(&claims(citizen))?.bytes(&signature.0)?.ok()
    });
    base45::encode(zlib::write(&message))
}

pub(super) fn write(citizen: &Citizen, with: &SignSecret) -> String {
    text(
        citizen,
        &with.sign_bare(&signed(&protected(citizen.device), &claims(citizen))),
    )
}

pub(super) fn read(written: &str) -> Result<Printed, ProtocolError> {
    let packed = base45::decode(written).map_err(|_| ProtocolError::Malformed)?;
    let message = zlib::read(&packed).ok_or(ProtocolError::Malformed)?;
    let (citizen, signature) = parts(&message).map_err(|_| ProtocolError::Malformed)?;
    // Every detail has one way of being written: what differs was not written by a device.
    if text(&citizen, &signature) != written {
        return Err(ProtocolError::Malformed);
    }
    Ok(Printed {
        form: Form::Claim169,
        signed: signed(&protected(citizen.device), &claims(&citizen)),
        citizen,
        signature,
    })
}

fn parts(message: &[u8]) -> Result<(Citizen, Signature), decode::Error> {
    let other = || decode::Error::message("not one of ours");
    let mut d = Decoder::new(message);
    (d.tag()? == COSE_SIGN1 && d.array()? == Some(4))
        .then_some(())
        .ok_or_else(other)?;
    let device = device(d.bytes()?)?;
    (d.map()? == Some(0)).then_some(()).ok_or_else(other)?;
    let mut claims = Decoder::new(d.bytes()?);
    let signature = Signature::try_from(d.bytes()?).map_err(|_| other())?;

    (claims.map()? == Some(3) && claims.u8()? == ISSUER)
        .then_some(())
        .ok_or_else(other)?;
    let issued_by = claims.str()?;
    let realm = [Realm::Live, Realm::Practice, Realm::Development]
        .into_iter()
        .find(|realm| issuer(*realm) == issued_by)
        .ok_or_else(other)?;
    (claims.u8()? == ISSUED_AT).then_some(()).ok_or_else(other)?;
    // Not midnight, or before 1970: the text written again would differ, and is refused.
    let day = Day::from_number(Day::of(claims.i64()?).number());
    (claims.u8()? == IDENTITY && claims.map()? == Some(1) && claims.u8()? == ID)
        .then_some(())
        .ok_or_else(other)?;
    let code: Code = claims.str()?.parse().map_err(|_| other())?;
    let citizen = Citizen {
        code,
        realm,
        device,
        day,
    };
    Ok((citizen, signature))
}

fn device(protected: &[u8]) -> Result<DeviceId, decode::Error> {
    let other = || decode::Error::message("not one of ours");
    let mut d = Decoder::new(protected);
    let right = d.map()? == Some(2) && d.u8()? == ALGORITHM && d.i8()? == EDDSA && d.u8()? == KEY_ID;
    let number = d.bytes()?;
    (right && number.len() <= size_of::<DeviceId>())
        .then_some(())
        .ok_or_else(other)?;
    Ok(number.iter().fold(0, |id, byte| id << 8 | DeviceId::from(*byte)))
}

/// Zlib with one block of fixed Huffman codes (RFC 1951, 3.2.6) and literals only. A signature does not compress, and a
/// general encoder would then write the *stored* block that one reader cannot open. Reading takes only the same, so that
/// nothing can be blown up.
mod zlib {
    const HEADER: [u8; 2] = [0x78, 0xda];
    const FINAL_FIXED: (u32, u32) = (0b011, 3);

    pub(super) fn write(data: &[u8]) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        let (mut bits, mut held) = (0u32, 0u32);
        let mut put = |value: u32, count: u32, out: &mut Vec<u8>| {
            bits |= value << held;
            held += count;
            while held >= 8 {
                out.push(bits as u8);
                bits >>= 8;
                held -= 8;
            }
        };
        put(FINAL_FIXED.0, FINAL_FIXED.1, &mut out);
        for byte in data {
            let (code, length) = match u32::from(*byte) {
                low @ 0..=143 => (0x30 + low, 8),
                high => (0x190 + high - 144, 9),
            };
            // Huffman codes begin with their highest bit.
            put(code.reverse_bits() >> (32 - length), length, &mut out);
        }
        // The end of the block is seven zeros; seven more fill the last byte.
        put(0, 7, &mut out);
        put(0, 7, &mut out);
        out.extend(checksum(data).to_be_bytes());
        out
    }

    pub(super) fn read(packed: &[u8]) -> Option<Vec<u8>> {
        let (body, sum) = packed.strip_prefix(&HEADER)?.split_last_chunk::<4>()?;
        let mut bits = body
            .iter()
            .flat_map(|byte| (0..8).map(move |n| u32::from(byte >> n & 1)));
        let mut take = |count: usize| {
            bits.by_ref()
                .take(count)
                .try_fold((0, 0), |(value, n), bit| Some((value << 1 | bit, n + 1)))
                .filter(|(_, n)| *n == count)
                .map(|(value, _)| value)
        };
        // The three bits of the block's head are written lowest first: 1, then 01 as 1 and 0.
        if take(3)? != 0b110 {
            return None;
        }
        let mut data = Vec::with_capacity(packed.len());
        loop {
            let seven = take(7)?;
            if seven == 0 {
                break;
            }
            let eight = seven << 1 | take(1)?;
            match eight {
                0x30..=0xbf => data.push((eight - 0x30) as u8),
                0xc8..=0xff => data.push((((eight << 1) | take(1)?) - 0x190 + 144) as u8),
                _ => return None,
            }
        }
        (checksum(&data).to_be_bytes() == *sum).then_some(data)
    }

    /// Adler-32 (RFC 1950, 8.2).
    fn checksum(data: &[u8]) -> u32 {
        let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
            let a = (a + u32::from(*byte)) % 65_521;
            (a, (b + a) % 65_521)
        });
        b << 16 | a
    }
}
