//! The envelope: frozen, signed over header and body, openable by one key only.

use crate::common::*;
use domain::ids::Digest;
use minicbor::Encoder;
use protocol::{
    ProtocolError, cbor,
    envelope::{Body, Envelope, MAX_BYTES, verify_header},
    keys::Signature,
};

fn registration(strokes: Option<usize>) -> Body {
    Body::Registration(Box::new(realistic(strokes)))
}

/// The bytes of an envelope put together from parts that do not belong together.
fn spliced(header: &[u8], sealed: &[u8], signature: &Signature) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    encoder
        .array(3)
        .unwrap()
        .bytes(header)
        .unwrap()
        .bytes(sealed)
        .unwrap()
        .bytes(&signature.0)
        .unwrap();
    encoder.into_writer()
}

#[test]
fn one_altered_byte_anywhere_is_noticed() {
    let body = registration(Some(150));
    let made = envelope(1, &body);
    let bytes = made.to_bytes();
    let key = signer(1).public();
    assert_eq!(Envelope::from_bytes(&bytes).unwrap().verify(&key), Ok(()));
    for at in 0..bytes.len() {
        for mask in [0x01, 0x20, 0x80, 0xff] {
            let mut altered = bytes.clone();
            altered[at] ^= mask;
            let Ok(read) = Envelope::from_bytes(&altered) else {
                continue;
            };
            assert!(read.verify(&key).is_err(), "byte {at} ^ {mask:02x}");
            match read.open(&opener(1)) {
                Ok(opened) => assert_eq!(opened, body, "byte {at} ^ {mask:02x} opens as something else"),
                Err(error) => assert_eq!(error, ProtocolError::CannotOpen),
            }
        }
    }
}

#[test]
fn a_body_opens_only_under_its_own_header() {
    let (one, two) = (envelope(1, &registration(None)), envelope(2, &Body::Withdrawal));
    let read = Envelope::from_bytes(&spliced(one.header_bytes(), two.sealed(), &two.signature())).unwrap();
    assert_eq!(read.open(&opener(1)), Err(ProtocolError::CannotOpen));
    assert_eq!(read.verify(&signer(1).public()), Err(ProtocolError::BadSignature));
}

#[test]
fn only_the_opener_opens_and_only_the_device_signs() {
    let made = envelope(1, &registration(None));
    assert_eq!(made.open(&opener(2)), Err(ProtocolError::CannotOpen));
    assert_eq!(made.verify(&signer(2).public()), Err(ProtocolError::BadSignature));
    assert_eq!(made.open(&opener(1)), Ok(registration(None)));
}

#[test]
fn a_header_is_provable_after_its_body_was_erased() {
    let made = envelope(1, &registration(Some(150)));
    let (header, hash, signature, key) = (
        made.header_bytes(),
        made.body_hash(),
        made.signature(),
        signer(1).public(),
    );
    assert_eq!(verify_header(header, &hash, &signature, &key), Ok(made.header.clone()));
    assert!(verify_header(header, &Digest([0; 32]), &signature, &key).is_err());
    assert!(verify_header(header, &hash, &signature, &signer(2).public()).is_err());
    for at in 0..header.len() {
        let mut altered = header.to_vec();
        altered[at] ^= 1;
        assert!(verify_header(&altered, &hash, &signature, &key).is_err(), "byte {at}");
    }
}

#[test]
fn the_digest_names_header_and_body_together() {
    let one = envelope(1, &registration(None));
    let again = envelope(1, &registration(None));
    assert_eq!(one.digest(), again.digest());
    let other_body = envelope(1, &Body::Withdrawal);
    assert_eq!(one.header_bytes(), other_body.header_bytes());
    assert_ne!(one.digest(), other_body.digest());
    assert_ne!(one.digest(), envelope(2, &registration(None)).digest());
}

#[test]
fn a_newer_version_is_named_before_anything_else_is_judged() {
    let made = envelope(1, &Body::Withdrawal);
    let mut header = made.header_bytes().to_vec();
    assert_eq!(header[1..3], [0, 1], "key 0 is the version");
    header[2] = 7;
    let bytes = spliced(&header, made.sealed(), &made.signature());
    assert_eq!(
        Envelope::from_bytes(&bytes),
        Err(ProtocolError::UnknownVersion { version: 7 })
    );
    for header in [&[][..], &[0x80], &[0xa0], &[0xa1, 1, 1], &[0xff]] {
        let bytes = spliced(header, made.sealed(), &made.signature());
        assert_eq!(Envelope::from_bytes(&bytes), Err(ProtocolError::Malformed));
    }
}

#[test]
fn an_envelope_has_a_longest_length() {
    let made = envelope(1, &Body::Withdrawal);
    let long = spliced(made.header_bytes(), &vec![0; MAX_BYTES], &made.signature());
    assert_eq!(
        Envelope::from_bytes(&long),
        Err(ProtocolError::TooLong { limit: MAX_BYTES })
    );
}

#[test]
fn a_registration_is_small_enough_for_a_bad_line() {
    for (strokes, most) in [(None, 750), (Some(150), 900)] {
        let made = envelope(2, &registration(strokes));
        let (header, whole) = (made.header_bytes().len(), made.to_bytes().len());
        let plain = cbor::encode(&registration(strokes)).len();
        println!("registration, strokes {strokes:?}: header {header}, body {plain}, on the wire {whole} bytes");
        assert!(whole < most, "{whole} bytes with strokes {strokes:?}");
    }
}
