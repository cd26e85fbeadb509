//! Pre-printed cards on a device: what was said, what was answered, and what must be exchanged.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use common::{Person, Rig};
use domain::{
    blank::{BlankNumber, BlankRange, BlankRefusal, BlankState},
    code::Code,
    ids::Rid,
};
use protocol::blanks::BlankPool;
use store::{Store, blanks, records};

fn number(serial: u32) -> BlankNumber {
    BlankNumber::from_serial(serial).unwrap()
}

/// A device with two registrations.
fn device() -> (Rig, Store, [(Rid, Code); 2]) {
    let mut rig = Rig::empty();
    let store = rig.store();
    let people = ["Trần Thị Mỹ Hạnh", "Lê Văn Sáu"].map(|name| {
        let person = Person {
            name,
            number: "048188999301",
            phone: None,
            house: "K1",
            card_address: "Tổ 1",
        };
        let (rid, _) = rig.register(&store, &person.registration(), 100);
        let record = store.read(|tx| records::get(tx, &rid)).unwrap().unwrap();
        (rid, record.code.unwrap())
    });
    (rig, store, people)
}

#[test]
fn a_word_is_unsent_until_the_platform_answered_exactly_that() {
    let (mut rig, store, [(rid, code), _]) = device();
    let blank = || store.read(|tx| blanks::get(tx, number(1))).unwrap().unwrap();
    let untold = || store.read(|tx| blanks::untold(tx, 10)).unwrap().len();
    store
        .write(|tx| blanks::bind(tx, number(1), &rid, code, 7, 100))
        .unwrap();
    assert_eq!(
        (blank().state, blank().told, untold()),
        (BlankState::Bound(code), false, 1)
    );
    // Spoiled while the first word was on its way: its answer is not one to the second.
    store.write(|tx| blanks::spoil(tx, number(1), 7, 110)).unwrap();
    store.write(|tx| blanks::answered(tx, number(1), 1, None)).unwrap();
    assert_eq!(
        (blank().state, blank().told, blank().bound, untold()),
        (BlankState::Spoiled, false, Some((rid, code)), 1)
    );
    store.write(|tx| blanks::answered(tx, number(1), 2, None)).unwrap();
    assert_eq!((blank().told, untold()), (true, 0));
    // An answer that comes late says nothing new, one to a word never said says nothing.
    for revision in [1, 9] {
        store
            .write(|tx| blanks::answered(tx, number(1), revision, None))
            .unwrap();
    }
    assert!(blank().told);
    drop(store);
    let store = rig.reopen().unwrap();
    assert_eq!(store.read(blanks::list).unwrap().len(), 1);
}

#[test]
fn a_refused_card_is_a_task_until_it_is_exchanged_or_taken_back() {
    let (_rig, store, [(first, first_code), (second, second_code)]) = device();
    let tasks = || -> Vec<_> {
        store
            .read(blanks::to_exchange)
            .unwrap()
            .iter()
            .map(|blank| blank.number)
            .collect()
    };
    for (serial, rid, code) in [(1, first, first_code), (2, second, second_code)] {
        store
            .write(|tx| blanks::bind(tx, number(serial), &rid, code, 7, 100))
            .unwrap();
        store
            .write(|tx| blanks::answered(tx, number(serial), 1, Some(BlankRefusal::Bound)))
            .unwrap();
    }
    assert_eq!(tasks(), [number(1), number(2)]);
    store
        .write(|tx| blanks::bind(tx, number(3), &first, first_code, 7, 120))
        .unwrap();
    assert_eq!(tasks(), [number(2)], "another card was handed out");
    store.write(|tx| blanks::spoil(tx, number(2), 7, 130)).unwrap();
    assert_eq!(tasks(), []);
    // The blank that was refused is somebody else's: nothing is said of it any more.
    let untold: Vec<_> = store
        .read(|tx| blanks::untold(tx, 10))
        .unwrap()
        .iter()
        .map(|blank| blank.number)
        .collect();
    assert_eq!(untold, [number(3)]);
    let of_second = store.read(|tx| blanks::of_registration(tx, &second)).unwrap();
    assert_eq!((of_second.len(), of_second[0].refused), (1, Some(BlankRefusal::Bound)));
}

#[test]
fn the_newest_word_about_the_pool_stands() {
    let (_rig, store, _) = device();
    let pool = |last| BlankPool {
        team: 3,
        made: vec![BlankRange {
            first: number(1),
            last: number(last),
        }],
        used: Vec::new(),
        void: Vec::new(),
        ext: Default::default(),
    };
    assert_eq!(store.read(blanks::pool).unwrap(), None);
    for (last, at, known) in [(10, 100, 10), (30, 300, 30), (20, 200, 30)] {
        store.write(|tx| blanks::set_pool(tx, &pool(last), at)).unwrap();
        assert_eq!(store.read(blanks::pool).unwrap().unwrap().0, pool(known));
    }
}
