//! The list of the city's device keys on a device: taken in parts, looked up one by one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use common::{Counting, Rig};
use domain::{code::Code, ids::Realm};
use protocol::{
    changes::{DeviceKey, KEYS_MAX, Origin},
    citizen::{Citizen, Standing},
    keys::{SignSecret, VerifyKey},
};
use std::time::Instant;
use store::signers;

const CITY: u32 = 30_000;

fn key(device: u32, revoked_at: Option<i64>) -> DeviceKey {
    DeviceKey {
        device,
        key: VerifyKey([device as u8; 32]),
        revoked_at,
        origin: Some(Origin {
            enrolled: domain::date::Day::from_number(20_700 + device),
            group: device as u16,
        }),
    }
}

#[test]
fn parts_add_up_and_an_old_part_says_nothing() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let put = |list: &[DeviceKey], serial| store.write(|tx| signers::put(tx, list, serial)).unwrap();
    let get = |device| store.read(|tx| signers::get(tx, device)).unwrap();
    assert_eq!((store.read(signers::serial).unwrap(), get(1)), (0, None));
    assert_eq!(store.read(signers::complete_at).unwrap(), None);

    put(&[key(1, None), key(2, None)], 2);
    put(&[key(1, Some(500))], 3);
    assert_eq!(get(1), Some(key(1, Some(500))));
    // A page that comes late knows nothing of the revocation.
    put(&[key(1, None), key(2, None)], 2);
    put(&[key(1, None)], 3);
    assert_eq!(
        (get(1), get(2), get(3)),
        (Some(key(1, Some(500))), Some(key(2, None)), None)
    );
    assert_eq!(
        (store.read(signers::serial).unwrap(), store.read(signers::len).unwrap()),
        (3, 2)
    );

    for (at, known) in [(700, 700), (600, 700), (800, 800)] {
        store.write(|tx| signers::set_complete(tx, at)).unwrap();
        assert_eq!(store.read(signers::complete_at).unwrap(), Some(known));
    }
    // Another start knows the same.
    drop(store);
    let store = rig.reopen().unwrap();
    assert_eq!(store.read(|tx| signers::get(tx, 1)).unwrap(), Some(key(1, Some(500))));
}

/// What a verifier carries for the whole city, and how long one look takes.
#[test]
#[allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement")]
fn thirty_thousand_devices_on_the_disk() {
    let mut rig = Rig::empty();
    let mut rng = Counting(9);
    let keys: Vec<_> = (1..=CITY)
        .map(|device| DeviceKey {
            device,
            key: match device % 100 {
                // Real ones, and for the rest what is as long.
                0 => SignSecret::generate(&mut rng).public(),
                _ => VerifyKey(std::array::from_fn(|at| (device >> (at % 4 * 8)) as u8 ^ at as u8)),
            },
            revoked_at: device.is_multiple_of(50).then_some(1_790_000_000),
            origin: None,
        })
        .collect();
    let store = rig.store();
    let size = |store: &store::Store| {
        store.scrub().unwrap();
        store.health().unwrap().bytes
    };
    let before = size(&store);
    let start = Instant::now();
    for (part, list) in (1u64..).zip(keys.chunks(KEYS_MAX)) {
        store.write(|tx| signers::put(tx, list, part)).unwrap();
    }
    let took = start.elapsed();
    let bytes = size(&store) - before;
    let start = Instant::now();
    const LOOKS: u32 = 1000;
    for n in 0..LOOKS {
        let device = n * 7919 % CITY + 1;
        let found = store.read(|tx| signers::get(tx, device)).unwrap();
        assert_eq!(found.as_ref(), keys.get(device as usize - 1));
    }
    let look = start.elapsed() / LOOKS;
    // A whole check: take the text apart, look the device up, verify.
    let signer = SignSecret::generate(&mut rng);
    let citizen = Citizen {
        code: Code::from_parts(12, [1, 2, 3, 4, 5]).unwrap(),
        realm: Realm::Live,
        device: 29_999,
        day: domain::date::Day::from_number(20_783),
    };
    let known = DeviceKey {
        device: citizen.device,
        key: signer.public(),
        revoked_at: None,
        origin: None,
    };
    store.write(|tx| signers::put(tx, &[known], 1_000)).unwrap();
    let text = citizen.to_text(&signer);
    let start = Instant::now();
    for _ in 0..LOOKS {
        let key_of = |device| store.read(|tx| signers::get(tx, device)).unwrap();
        assert_eq!(Citizen::check(&text, Realm::Live, key_of).0, Standing::Valid);
    }
    let check = start.elapsed() / LOOKS;
    println!(
        "keys of {CITY} devices: {bytes} bytes on the disk, taken in within {took:?}; one look {look:?}, one check {check:?}"
    );
    assert!(check.as_millis() < 20, "{check:?}");
    assert!(bytes < 2_000_000, "{bytes}");
    assert!(look.as_millis() < 5, "{look:?}");
}
