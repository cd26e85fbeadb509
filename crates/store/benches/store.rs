//! What a person waits for: a save next to one bare fdatasync of the same bytes, a search over 100,000 residents, a PIN.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Person, Rig, moment};
use divan::Bencher;
use domain::{
    code::Code,
    ids::{Eid, Rid},
    registration::Draft,
    state::{Event, State, next},
};
use protocol::envelope::{Envelope, Header};
use std::{fs::File, io::Write as _, sync::OnceLock};
use store::{KdfCost, Store, StoreError, drafts, purge, records, revise};

const RESIDENTS: u32 = 100_000;
/// Size of a realistic envelope.
const ENVELOPE: [u8; 600] = [0x5a; 600];

fn main() {
    divan::main();
}

/// Saves a resident without sealing: what is measured here is the store.
fn save(tx: &store::Write<'_>, number: u32) -> Result<(), StoreError> {
    const FAMILY: [&str; 8] = ["Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng"];
    const MIDDLE: [&str; 5] = ["Thị", "Thị", "Văn", "Thị Thu", "Đức"];
    const GIVEN: [&str; 7] = ["Hồng", "Lan", "Hùng", "Phước", "Sương", "Dũng", "Đào"];
    let at = number as usize;
    let name = format!("{} {} {}", FAMILY[at % 8], MIDDLE[at / 8 % 5], GIVEN[at / 40 % 7]);
    let content = Person {
        name: &name,
        number: &format!("0481880{:05}", number % 100_000),
        phone: Some(&format!("0905{:06}", number % 1_000_000)),
        house: &format!("K{}/{} Lê Duẩn", at % 300, at % 40),
        card_address: "Tổ 12, Phường Thạch Thang, Quận Hải Châu, Đà Nẵng",
    }
    .registration();
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    let (rid, eid) = (Rid(bytes), Eid(bytes));
    drafts::begin(tx, &rid, None, &Draft::default(), 0)?;
    let place = store::device::position(tx)?;
    let mut envelope = sealed().clone();
    envelope.header = Header {
        rid,
        eid,
        code: Code::from_bits(number.into()).expect("a small number"),
        epoch: place.epoch,
        seq: place.seq,
        ..envelope.header
    };
    let new = revise::NewRevision {
        envelope: &envelope,
        content: Some(&content),
        now: 0,
    };
    let to = next(State::Draft, None, Event::Saved { head: eid }).expect("a draft is saved");
    revise::put_revision(tx, &new, &to)
}

/// An envelope of realistic size, sealed once.
fn sealed() -> &'static Envelope {
    static SEALED: OnceLock<Envelope> = OnceLock::new();
    SEALED.get_or_init(|| {
        let mut rig = Rig::empty();
        let first = store::device::Position {
            epoch: 1,
            seq: 1,
            prev: None,
        };
        let header = rig.header(Rid([0; 16]), Eid([0; 16]), first, 0);
        rig.seal(header, Some(&common::THU.registration()))
    })
}

fn town() -> &'static Store {
    static TOWN: OnceLock<(Rig, Store)> = OnceLock::new();
    let (_, store) = TOWN.get_or_init(|| {
        let mut rig = Rig::empty();
        let store = rig.store();
        for first in (0..RESIDENTS).step_by(1000) {
            store
                .write(|tx| (first..first + 1000).try_for_each(|number| save(tx, number)))
                .expect("filled");
        }
        (rig, store)
    });
    store
}

#[divan::bench(args = [
    "nguyen thi", "nguyễn thị", "n", "nguyen thi hong", "dang duc dao", "k123", "0905012345", "2345", "lê duẩn", "zzz"
])]
fn search_100_000(bencher: Bencher<'_, '_>, text: &str) {
    let store = town();
    bencher.bench(|| store.read(|tx| records::find(tx, text, 20)).expect("found"));
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn save_one(bencher: Bencher<'_, '_>) {
    let mut rig = Rig::empty();
    let store = rig.store();
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        store.write(|tx| save(tx, number)).expect("saved");
    });
}

#[divan::bench(sample_count = 100, sample_size = 1)]
fn save_one_among_100_000(bencher: Bencher<'_, '_>) {
    let store = town();
    let number = std::sync::atomic::AtomicU32::new(RESIDENTS);
    bencher.bench_local(|| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        store.write(|tx| save(tx, number)).expect("saved");
    });
}

/// So many of 1,500 are due: in parts, as a device does it.
#[divan::bench(args = [150, 200], sample_count = 3, sample_size = 1)]
fn purge_of_1_500(bencher: Bencher<'_, '_>, due: u32) {
    bencher
        .with_inputs(|| {
            let mut rig = Rig::empty();
            let store = rig.store();
            store
                .write(|tx| {
                    (0..1500).try_for_each(|number| {
                        save(tx, number)?;
                        let mut bytes = [0; 16];
                        bytes[..4].copy_from_slice(&number.to_be_bytes());
                        if number % (1500 / due) == 0 && number < due * (1500 / due) {
                            common::settle(tx, &Rid(bytes), Eid(bytes), Event::Receipt { eid: Eid(bytes) }, 0)?;
                        }
                        Ok::<_, StoreError>(())
                    })
                })
                .expect("filled");
            store.scrub().expect("written");
            (rig, store)
        })
        .bench_local_values(|(rig, store)| {
            let mut gone = 0;
            loop {
                let mut part = store.read(|tx| purge::due(tx, i64::MAX)).expect("looked");
                if part.is_empty() {
                    break;
                }
                part.truncate(purge::AT_ONCE);
                gone += part.len();
                store
                    .write(|tx| purge::purge_all(tx, &part, i64::MAX, |_| Ok::<_, StoreError>(())))
                    .expect("purged");
                store.scrub().expect("written");
            }
            assert_eq!(gone, due as usize);
            (rig, store)
        });
}

/// Nothing is due among 5,000 whose content is here.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn what_is_due_among_5_000(bencher: Bencher<'_, '_>) {
    let mut rig = Rig::empty();
    let store = rig.store();
    store
        .write(|tx| {
            (0..5000).try_for_each(|number| {
                save(tx, number)?;
                let mut bytes = [0; 16];
                bytes[..4].copy_from_slice(&number.to_be_bytes());
                common::settle(
                    tx,
                    &Rid(bytes),
                    Eid(bytes),
                    Event::Receipt { eid: Eid(bytes) },
                    1_000_000,
                )
                .map(drop)
            })
        })
        .expect("filled");
    bencher.bench_local(|| store.read(|tx| purge::due(tx, 1_000_001)).expect("looked"));
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn bare_fdatasync(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut file = File::create(dir.path().join("bytes")).expect("a file");
    bencher.bench_local(|| {
        file.write_all(&ENVELOPE)
            .and_then(|()| file.sync_data())
            .expect("written");
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn unlock_with_the_default_cost(bencher: Bencher<'_, '_>) {
    let mut rig = Rig::empty();
    let home = rig.home();
    let vault = rig.vault();
    home.change_pin(
        &vault,
        common::OPERATOR,
        common::PIN,
        common::PIN,
        KdfCost::default(),
        moment(0),
        &mut rig.rng,
    )
    .expect("changed");
    bencher.bench_local(|| drop(rig.unlock(&home).expect("opened")));
}
