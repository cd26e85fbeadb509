//! Sealing, signing for one purpose, verdicts for one device.

use crate::common::*;
use domain::{
    ids::{Eid, Rid},
    registration::FieldName,
    state::{Decision, Reason, RefusalCode},
};
use minicbor::{Decode, Encode};
use protocol::{
    ProtocolError,
    changes::{ChangesPage, SealedVerdict, Verdict},
    enrolment::{DeviceAnswer, DeviceRequest, TokenAnswer, TokenRequest, Trust},
    keys::{SealKey, SealSecret, VerifyKey},
    open::Open,
    receipt::BatchAnswer,
    report::{Acknowledged, DeviceReport},
    sealed,
    signed::{Message, Signed},
};
use std::collections::BTreeSet;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

/// RFC 9180, appendix A.2.1: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, sequence number 0.
#[test]
fn the_vector_of_the_rfc_opens() {
    let secret = hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
    let public = hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
    let encapsulated = hex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
    let ciphertext = hex("1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
    let with = SealSecret::from_bytes(&secret.try_into().unwrap());
    assert_eq!(with.public().unwrap().0.to_vec(), public);
    let opened = sealed::open(
        &with,
        "Ode on a Grecian Urn",
        b"Count-0",
        &[encapsulated, ciphertext].concat(),
    );
    assert_eq!(opened, Ok(b"Beauty is truth, truth beauty".to_vec()));
}

#[test]
fn what_is_sealed_is_bound_to_key_purpose_and_company() {
    let to = opener(1).public().unwrap();
    let made = sealed::seal(&to, "purpose", b"header", b"plain", &mut Counting(1)).unwrap();
    assert_eq!(made.len(), 5 + 32 + 16, "key and tag");
    let open = |n, info, aad, bytes: &[u8]| sealed::open(&opener(n), info, aad, bytes);
    assert_eq!(open(1, "purpose", b"header", &made), Ok(b"plain".to_vec()));
    let cannot = Err(ProtocolError::CannotOpen);
    assert_eq!(open(2, "purpose", b"header", &made), cannot);
    assert_eq!(open(1, "purposf", b"header", &made), cannot);
    assert_eq!(open(1, "purpose", b"headex", &made), cannot);
    for cut in 0..made.len() {
        assert_eq!(
            open(1, "purpose", b"header", &made[..cut]),
            cannot,
            "cut after {cut} bytes"
        );
    }
    for at in 0..made.len() {
        let mut altered = made.clone();
        altered[at] ^= 1;
        assert_eq!(open(1, "purpose", b"header", &altered), cannot, "byte {at}");
    }
    let again = sealed::seal(&to, "purpose", b"header", b"plain", &mut Counting(2)).unwrap();
    assert_ne!(again, made, "fresh randomness, other bytes");
}

#[test]
fn a_key_of_small_order_is_refused() {
    let refused = sealed::seal(&SealKey([0; 32]), "purpose", b"", b"plain", &mut Counting(1));
    assert_eq!(refused, Err(ProtocolError::BadKey));
    // The neutral element of Ed25519 would verify anything under lax rules.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let refused = VerifyKey(neutral).verify("context", b"message", &protocol::keys::Signature(signature));
    assert_eq!(refused, Err(ProtocolError::BadSignature));
}

#[test]
fn a_verdict_is_for_one_device_one_registration_one_revision() {
    let verdict = Verdict {
        decision: Open::Known(Decision::Refused(Reason {
            field: FieldName::Name,
            code: RefusalCode::NameMismatch,
        })),
        decided_at: NOW,
        account: None,
        sent: Some(Box::new(realistic(Some(150)).without_strokes())),
        ext: Default::default(),
    };
    let (rid, eid) = (Rid([1; 16]), Eid([2; 16]));
    let to = opener(4).public().unwrap();
    let made = SealedVerdict::seal(&verdict, 7, rid, eid, &to, &mut Counting(1)).unwrap();
    assert_eq!(made.open(7, &opener(4)), Ok(verdict));
    let cannot = Err(ProtocolError::CannotOpen);
    assert_eq!(made.open(8, &opener(4)), cannot, "another device number");
    assert_eq!(made.open(7, &opener(5)), cannot, "another key");
    assert_eq!(
        SealedVerdict {
            rid: Rid([3; 16]),
            ..made.clone()
        }
        .open(7, &opener(4)),
        cannot,
        "another registration"
    );
    assert_eq!(
        SealedVerdict {
            eid: Eid([3; 16]),
            ..made.clone()
        }
        .open(7, &opener(4)),
        cannot,
        "another revision"
    );
    let swapped = SealedVerdict {
        rid: Rid(eid.0),
        eid: Eid(rid.0),
        ..made
    };
    assert_eq!(swapped.open(7, &opener(4)), cannot, "swapped");
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
struct Promise {
    #[n(0)]
    time: i64,
}

impl Message for Promise {
    const CONTEXT: &'static str = "tungnha/1/promise";
    const LIMIT: usize = Acknowledged::LIMIT;
}

#[test]
fn a_signature_for_one_purpose_serves_no_other() {
    let bytes = Signed::make(&Promise { time: NOW }, &signer(2));
    let keys = [signer(1).public(), signer(2).public()];
    assert_eq!(Signed::verify(&bytes, &keys), Ok(Promise { time: NOW }));
    assert_eq!(
        Signed::verify::<Acknowledged>(&bytes, &keys),
        Err(ProtocolError::BadSignature),
        "the same shape"
    );
    assert_eq!(
        Signed::verify::<Promise>(&bytes, &keys[..1]),
        Err(ProtocolError::UnknownKey)
    );
    assert_eq!(Signed::verify::<Promise>(&bytes, &[]), Err(ProtocolError::UnknownKey));

    let key = signer(1).public();
    let signature = signer(1).sign("tungnha/1/a", b"bc");
    assert_eq!(key.verify("tungnha/1/a", b"bc", &signature), Ok(()));
    assert_eq!(
        key.verify("tungnha/1/ab", b"c", &signature),
        Err(ProtocolError::BadSignature)
    );

    let contexts = [
        BatchAnswer::CONTEXT,
        ChangesPage::CONTEXT,
        Trust::CONTEXT,
        DeviceRequest::CONTEXT,
        DeviceAnswer::CONTEXT,
        TokenRequest::CONTEXT,
        TokenAnswer::CONTEXT,
        DeviceReport::CONTEXT,
        Acknowledged::CONTEXT,
        "tungnha/1/envelope",
        "tungnha/1/citizen",
    ];
    assert_eq!(
        BTreeSet::from(contexts).len(),
        contexts.len(),
        "no two purposes share a name"
    );
    assert!(
        contexts
            .iter()
            .all(|context| context.starts_with("tungnha/1/") && !context.contains('\0'))
    );
}

#[test]
fn no_altered_byte_of_a_signed_page_is_believed() {
    let page = ChangesPage {
        device: 7,
        since: 1,
        next: 2,
        more: false,
        time: NOW,
        changes: vec![],
        wait: None,
        keys: None,
        master: None,
        ext: Default::default(),
    };
    let bytes = Signed::make(&page, &signer(2));
    assert_eq!(Signed::verify(&bytes, &[signer(2).public()]), Ok(page));
    for at in 0..bytes.len() {
        for mask in 1..=255u8 {
            let mut altered = bytes.clone();
            altered[at] ^= mask;
            let result = Signed::verify::<ChangesPage>(&altered, &[signer(2).public()]);
            assert!(result.is_err(), "byte {at} ^ {mask:02x}");
        }
    }
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let seed = "2a2a2a";
    let secret = [0x2a; 32];
    let shown = format!(
        "{:?} {:?}",
        protocol::keys::SignSecret::from_seed(&secret),
        SealSecret::from_bytes(&secret)
    );
    assert!(!shown.contains(seed) && !shown.contains("42, 42"), "{shown}");
    let token = TokenAnswer {
        nonce: protocol::cbor::Blob(vec![]),
        token: "5ec2e7".to_owned(),
        lifetime: 1,
        time: 0,
        ext: Default::default(),
    };
    assert!(!format!("{token:?}").contains("5ec2e7"));
    let shown = format!("{:?}", realistic(Some(10)));
    for personal in ["Hạnh", "048188999301", "0905000301", "Ích Khiêm"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
}
