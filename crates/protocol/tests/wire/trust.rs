//! How a device comes to believe a platform, and stops believing an older word of it.

use crate::common::*;
use domain::ids::Realm;
use proptest::prelude::*;
use protocol::{
    ProtocolError,
    enrolment::{DeviceRequest, Invitation, Trust},
    keys::{RootHash, SealKey},
    signed::Signed,
};

fn trust(serial: u64) -> Trust {
    Trust {
        root: signer(1).public(),
        serial,
        realm: Realm::Live,
        authorities: vec![],
        platform: vec![signer(2).public()],
        openers: vec![opener(1).public().unwrap()],
        issued_at: NOW,
        blanks: None,
        ext: Default::default(),
    }
}

#[test]
fn the_first_word_must_come_from_the_root_of_the_invitation() {
    let bytes = Signed::make(&trust(1), &signer(1));
    assert_eq!(
        Trust::verify_first(&bytes, &signer(1).public().root_hash()),
        Ok(trust(1))
    );
    let other = Trust::verify_first(&bytes, &signer(3).public().root_hash());
    assert_eq!(other, Err(ProtocolError::UnknownKey));
    let forged = Signed::make(&trust(1), &signer(3));
    assert_eq!(
        Trust::verify_first(&forged, &signer(1).public().root_hash()),
        Err(ProtocolError::BadSignature)
    );
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 0x10;
        let result = Trust::verify_first(&altered, &signer(1).public().root_hash());
        assert!(result.is_err(), "byte {at}");
    }
}

#[test]
fn later_words_only_move_forward_under_the_same_root_and_realm() {
    let known = trust(5);
    let rows = [
        (trust(6), 1, Ok(()), "newer"),
        (trust(5), 1, Ok(()), "the same"),
        (trust(4), 1, Err(ProtocolError::Mismatch), "older"),
        (
            Trust {
                realm: Realm::Practice,
                ..trust(6)
            },
            1,
            Err(ProtocolError::Mismatch),
            "another realm",
        ),
        (
            Trust {
                root: signer(3).public(),
                ..trust(6)
            },
            1,
            Err(ProtocolError::Mismatch),
            "another root inside",
        ),
        (
            Trust {
                root: signer(3).public(),
                ..trust(6)
            },
            3,
            Err(ProtocolError::UnknownKey),
            "another root",
        ),
        (trust(6), 2, Err(ProtocolError::UnknownKey), "a platform key is no root"),
    ];
    for (next, key, expected, why) in rows {
        let found = known.verify_next(&Signed::make(&next, &signer(key)));
        assert_eq!(found, expected.map(|()| next), "{why}");
    }
}

#[test]
fn an_enrolment_proves_that_the_device_holds_its_key() {
    let request = DeviceRequest {
        code: protocol::cbor::Blob(vec![7; 10]),
        signing: signer(5).public(),
        sealing: SealKey([6; 32]),
        transport: signer(6).public(),
        program: "0.1.0".to_owned(),
        ext: Default::default(),
    };
    let verify = |bytes: &[u8]| Signed::verify_self(bytes, |request: &DeviceRequest| request.signing);
    assert_eq!(verify(&Signed::make(&request, &signer(5))), Ok(request.clone()));
    assert_eq!(
        verify(&Signed::make(&request, &signer(6))),
        Err(ProtocolError::BadSignature)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_invitation_survives_paper_and_stays_in_alphanumeric_mode(code in any::<[u8; 10]>(), root in any::<[u8; 16]>()) {
        let invitation = Invitation { code, root: RootHash(root) };
        let text = invitation.to_string();
        prop_assert_eq!(text.parse::<Invitation>(), Ok(invitation));
        prop_assert_eq!(format!("  {text}\n").parse::<Invitation>(), Ok(invitation));
        prop_assert!(text.len() <= 44 && crate::citizen::is_alphanumeric(&text), "{}", text);
        prop_assert!(text[..text.len() - 1].parse::<Invitation>().is_err());
        prop_assert!(!format!("{invitation:?}").contains(&text[5..20]), "the code is a secret");
    }

    #[test]
    fn any_text_may_be_held_against_an_invitation(text in "(TNI1:)?[ -~]{0,80}|\\PC{0,40}") {
        if let Ok(invitation) = text.parse::<Invitation>() {
            prop_assert_eq!(invitation.to_string(), text.trim());
        }
    }
}
