//! The list of device keys that every verifier holds.

use crate::common::*;
use domain::ids::UnixTime;
use proptest::prelude::*;
use protocol::{
    ProtocolError, cbor,
    changes::{ChangesPage, DeviceKey, KEYS_MAX, KeyNews},
    keys::VerifyKey,
    signed::{Message as _, Signed},
};

/// Devices of the whole city.
const CITY: u32 = 30_000;

fn city() -> Vec<DeviceKey> {
    let mut rng = Counting(30);
    let mut key = || {
        let mut key = [0; 32];
        rand_core::Rng::fill_bytes(&mut rng, &mut key);
        VerifyKey(key)
    };
    (1..=CITY)
        .map(|device| DeviceKey {
            device,
            key: key(),
            // One in fifty was lost or taken out of use.
            revoked_at: device.is_multiple_of(50).then_some(NOW as UnixTime),
            origin: None,
        })
        .collect()
}

fn page(news: KeyNews) -> ChangesPage {
    ChangesPage {
        device: 7,
        since: 12,
        next: 12,
        more: false,
        time: NOW,
        changes: Vec::new(),
        wait: None,
        keys: Some(news),
        master: None,
        ext: Default::default(),
    }
}

/// The whole city once is a megabyte; what is new afterwards is what it is, and an empty answer costs a few bytes.
#[test]
fn thirty_thousand_devices_on_the_wire() {
    let list = city();
    let parts: Vec<_> = list
        .chunks(KEYS_MAX)
        .scan(0, |serial, part| {
            let after = *serial;
            *serial += part.len() as u64;
            Some(KeyNews::new(after, *serial, *serial < u64::from(CITY), part))
        })
        .collect();
    let bytes: Vec<_> = parts
        .iter()
        .map(|part| Signed::make(&page(part.clone()), &signer(2)))
        .collect();
    let whole: usize = bytes.iter().map(Vec::len).sum();
    let largest = bytes.iter().map(Vec::len).max().unwrap();
    let one = Signed::make(&page(KeyNews::new(30_000, 30_001, false, &list[..1])), &signer(2)).len();
    let none = Signed::make(&page(KeyNews::none(30_000)), &signer(2)).len();
    println!(
        "keys of {CITY} devices: {whole} bytes in {} pages, the largest {largest}; one new device {one}, nothing new {none}",
        bytes.len(),
    );
    assert!(whole < 1_050_000 && largest < 75_000 && largest < ChangesPage::LIMIT);
    assert!(one < 190 && none < 150);
    let read: Vec<_> = parts.iter().flat_map(|part| part.list().unwrap()).collect();
    assert_eq!(read, list);
}

#[test]
fn columns_that_do_not_fit_are_refused() {
    let good = cbor::encode(&KeyNews::new(0, 2, false, &city()[..2]));
    let read = |bytes: &[u8]| cbor::decode::<KeyNews>(bytes, 1 << 20).and_then(|news| news.list());
    assert_eq!(read(&good).map(|list| list.len()), Ok(2));
    // A step less, a step that leads below zero, a revocation of nobody.
    let altered = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|window| window == from).unwrap();
        [&good[..at], to, &good[at + from.len()..]].concat()
    };
    for bytes in [
        altered(&[0x03, 0x82, 0x01, 0x01], &[0x03, 0x81, 0x01]),
        altered(&[0x03, 0x82, 0x01, 0x01], &[0x03, 0x82, 0x01, 0x21]),
        [&good[..good.len() - 1], &[0x81, 0x82, 0x02, 0x00]].concat(),
    ] {
        assert_eq!(read(&bytes), Err(ProtocolError::Malformed), "{bytes:02x?}");
    }
}

proptest! {
    #[test]
    fn any_list_is_read_again(list in device_keys()) {
        prop_assert_eq!(KeyNews::new(1, 2, true, &list).list(), Ok(list));
    }
}
