//! What a locked device still sends: sealed, ordered, mended from the database, and silent about people.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::{Rig, THU};
use domain::ids::{Eid, Realm};
use std::fs;
use store::{Contact, Home, Spooled, StoreError, outbox};

fn contact() -> Contact {
    Contact {
        gateway: "https://gateway.example.vn".to_owned(),
        trust: vec![1, 2, 3],
        device: 4,
        realm: Realm::Development,
        transport_seed: [8; 32],
        server_floor: Some(1_790_000_000),
        role: protocol::enrolment::Role::Volunteer,
        team: "Tổ 12".to_owned(),
        communes: vec![domain::place::CommuneCode(20242)],
        operators: vec![protocol::enrolment::Operator {
            id: 1,
            name: "Lê Thị Tập".to_owned(),
            ext: Default::default(),
        }],
    }
}

#[test]
fn what_a_locked_device_needs_is_there_without_a_pin() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let made: Vec<Eid> = (0..5)
        .map(|now| rig.register(&store, &THU.registration(), now).1)
        .collect();
    let waiting = store.read(outbox::waiting).unwrap();
    let spool = store.spool().unwrap();
    assert_eq!(spool.contact().unwrap(), None);
    spool.set_contact(&contact()).unwrap();
    for one in &waiting {
        spool.put(one.spooled(), &one.envelope).unwrap();
    }
    drop((store, spool));

    let home = Home::open(&rig.path()).unwrap();
    let spool = home.spool(&rig.vault()).unwrap();
    assert_eq!(spool.contact().unwrap(), Some(contact()));
    let listed = spool.list().unwrap();
    assert_eq!(
        listed.iter().map(|spooled| spooled.eid).collect::<Vec<_>>(),
        made,
        "in the order of the chain"
    );
    for (spooled, one) in listed.iter().zip(&waiting) {
        assert_eq!(spool.get(spooled).unwrap().as_ref(), Some(&one.envelope));
    }
    // Answers that cannot be applied yet.
    spool.put_answer(b"answer one").unwrap();
    spool.put_answer(b"answer two").unwrap();
    spool.put_answer(b"answer one").unwrap();
    let mut answers = spool.answers().unwrap();
    answers.sort();
    assert_eq!(answers, [b"answer one", b"answer two"]);
    spool.remove_answer(b"answer one").unwrap();
    spool.remove(&listed[0]).unwrap();
    spool.remove(&listed[0]).unwrap();
    assert_eq!((spool.answers().unwrap().len(), spool.list().unwrap().len()), (1, 4));
}

#[test]
fn torn_altered_and_exchanged_files_count_as_absent_and_are_mended() {
    let mut rig = Rig::empty();
    let store = rig.store();
    for now in 0..5 {
        rig.register(&store, &THU.registration(), now);
    }
    let waiting = store.read(outbox::waiting).unwrap();
    let spool = store.spool().unwrap();
    assert_eq!(spool.reconcile(&waiting).unwrap(), (5, 0));
    assert_eq!(
        spool.reconcile(&waiting).unwrap(),
        (0, 0),
        "what is right is left alone"
    );
    spool.put_answer(b"answer").unwrap();

    let dir = rig.path().join("spool");
    let listed = spool.list().unwrap();
    let file = |spooled: &Spooled| {
        fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().contains(&spooled.eid.to_string()))
            .unwrap()
    };
    let (first, second, third, fourth) = (file(&listed[0]), file(&listed[1]), file(&listed[2]), file(&listed[3]));
    let whole = fs::read(&first).unwrap();
    fs::write(&first, &whole[..whole.len() / 2]).unwrap();
    fs::write(&second, b"").unwrap();
    let mut altered = fs::read(&third).unwrap();
    altered[30] ^= 1;
    fs::write(&third, altered).unwrap();
    fs::write(&fourth, fs::read(file(&listed[4])).unwrap()).unwrap();
    fs::write(dir.join("left-over.new"), b"half").unwrap();
    for spooled in &listed[..4] {
        assert_eq!(spool.get(spooled).unwrap(), None);
    }
    let other = store.close();
    assert_eq!(spool.reconcile(&waiting[..4]).unwrap(), (4, 2));
    for one in &waiting[..4] {
        assert_eq!(spool.get(&one.spooled()).unwrap().as_ref(), Some(&one.envelope));
    }
    assert_eq!((spool.list().unwrap().len(), spool.answers().unwrap().len()), (4, 1));
    drop(other);
}

#[test]
fn an_altered_contact_is_an_error_and_not_an_address() {
    let mut rig = Rig::empty();
    let home = rig.home();
    let spool = home.spool(&rig.vault()).unwrap();
    spool.set_contact(&contact()).unwrap();
    let path = rig.path().join("contact");
    let sealed = fs::read(&path).unwrap();
    assert!(!sealed.windows(7).any(|window| window == b"gateway"));
    for at in [0, 30, sealed.len() - 1] {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        fs::write(&path, altered).unwrap();
        assert!(matches!(spool.contact(), Err(StoreError::BadFile { file: "contact" })));
    }
}
