//! What one registration costs a device and the platform, in time and in bytes on the wire.

#[path = "../tests/common/mod.rs"]
mod common;

use common::*;
use divan::{Bencher, black_box};
use domain::{code::Code, ids::Realm};
use protocol::{
    changes::DeviceKey,
    citizen::Citizen,
    envelope::{Body, Envelope},
};

#[allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it measured"
)]
fn main() {
    for (what, strokes) in [
        ("without a signature", None),
        ("with a signature of 150 bytes", Some(150)),
    ] {
        let made = envelope(2, &body(strokes));
        println!(
            "bytes on the wire {what}: {} (header {}, sealed body {})",
            made.to_bytes().len(),
            made.header_bytes().len(),
            made.sealed().len()
        );
    }
    println!(
        "characters of a citizen QR: {} (version 1: {})",
        card().to_text(&signer(1)).len(),
        card().to_text_of_version_1(&signer(1)).len()
    );
    divan::main();
}

fn body(strokes: Option<usize>) -> Body {
    Body::Registration(Box::new(realistic(strokes)))
}

fn card() -> Citizen {
    Citizen {
        code: Code::from_bits(1 << 47).expect("50 bits"),
        realm: Realm::Live,
        device: 1207,
        day: domain::date::Day::from_number(20_717),
    }
}

#[divan::bench]
fn seal_and_sign(bencher: Bencher<'_, '_>) {
    let body = body(Some(150));
    bencher.bench(|| envelope(2, black_box(&body)).to_bytes());
}

#[divan::bench]
fn verify_and_open(bencher: Bencher<'_, '_>) {
    let bytes = envelope(2, &body(Some(150))).to_bytes();
    let (key, with) = (signer(1).public(), opener(1));
    bencher.bench(|| {
        let read = Envelope::from_bytes(black_box(&bytes)).expect("an envelope");
        read.verify(&key).expect("signed");
        read.open(&with).expect("sealed to this key")
    });
}

#[divan::bench]
fn verify_only(bencher: Bencher<'_, '_>) {
    let bytes = envelope(2, &body(Some(150))).to_bytes();
    let key = signer(1).public();
    bencher.bench(|| Envelope::from_bytes(black_box(&bytes)).and_then(|read| read.verify(&key)));
}

#[divan::bench]
fn citizen_sign(bencher: Bencher<'_, '_>) {
    let (card, key) = (card(), signer(1));
    bencher.bench(|| black_box(&card).to_text(&key));
}

#[divan::bench]
fn citizen_check(bencher: Bencher<'_, '_>) {
    let text = card().to_text(&signer(1));
    let key = DeviceKey {
        device: 1207,
        key: signer(1).public(),
        revoked_at: None,
        origin: None,
    };
    bencher.bench(|| Citizen::check(black_box(&text), Realm::Live, |_| Some(key.clone())));
}
