//! After a purge no page of the database and no frame of its log holds a trace of a person; in the files as they lie on
//! the disk there never was one.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::{Person, Rig, THU, decide, settle};
use domain::{
    ids::{Eid, Rid},
    registration::{Draft, DraftField, FieldName, Source},
    retention::{AFTER_RECEIPT, AFTER_REFUSAL, AFTER_VERDICT, CONFIRMED_AFTER},
    state::{Decision, Event, Reason, RefusalCode, State},
    text::search_key,
};
use std::{collections::BTreeSet, fs, path::Path};
use store::{Store, StoreError, device, drafts, envelopes, outbox, purge, records, revise};
use unicode_normalization::UnicodeNormalization as _;

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        out.extend((0..=chunk.len()).map(|at| char::from(ALPHABET[(number >> (18 - 6 * at) & 63) as usize])));
    }
    out
}

/// Every form in which a text could lie about.
fn forms(text: &str) -> BTreeSet<Vec<u8>> {
    let folded = search_key(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut texts: Vec<String> = vec![text.nfc().collect(), text.nfd().collect(), text.to_lowercase(), folded];
    if digits.len() >= 9 {
        texts.push(digits);
    }
    let mut forms = BTreeSet::new();
    for text in texts {
        forms.insert(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.insert(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        // At every offset of a longer base64 text; what depends on the neighbours is cut off.
        for shift in 0..3 {
            let padded = [&b"\0\0"[..shift], text.as_bytes()].concat();
            let code = base64(&padded);
            let inner = &code[if shift == 0 { 0 } else { 4 }..code.len() - code.len() % 4 - 4];
            forms.insert(inner.as_bytes().to_vec());
        }
        if let Ok(number) = text.parse::<u64>() {
            // As a number: the last five bytes in both orders hold a PIN.
            forms.insert(number.to_be_bytes()[3..].to_vec());
            forms.insert(number.to_le_bytes()[..5].to_vec());
        }
        forms.insert(text.into_bytes());
    }
    forms
}

/// What must not be found, with a table of first byte pairs that rules out nearly every place at once.
struct Needles {
    forms: Vec<(String, Vec<u8>)>,
    begins: Vec<bool>,
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

impl Needles {
    /// Whole lines, and each word of the name long enough not to occur by chance.
    fn of(person: &Person<'_>) -> Self {
        let mut texts = vec![person.name, person.number, person.house, person.card_address];
        texts.extend(person.phone);
        texts.extend(person.name.split(' ').filter(|word| search_key(word).len() > 5));
        let forms: Vec<_> = texts
            .into_iter()
            .flat_map(|text| {
                forms(text)
                    .into_iter()
                    .filter(|form| form.len() >= 5)
                    .map(|form| (text.to_owned(), form))
            })
            .collect();
        let mut begins = vec![false; 1 << 16];
        forms.iter().for_each(|(_, form)| begins[pair(form)] = true);
        Self { forms, begins }
    }

    fn in_bytes(&self, hay: &[u8]) -> Option<String> {
        let places = hay.windows(2).enumerate().filter(|(_, bytes)| self.begins[pair(bytes)]);
        let mut found = places.filter_map(|(at, _)| self.forms.iter().find(|(_, form)| hay[at..].starts_with(form)));
        found.next().map(|(text, _)| text.clone())
    }
}

/// A copy of the folder, since nobody opens a live database file.
fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            let status = std::process::Command::new("cp")
                .arg(entry.path())
                .arg(to.path())
                .status()
                .unwrap();
            assert!(status.success());
        }
    }
    to
}

fn in_plaintext(rig: &Rig, key: &[u8; 32], needles: &Needles) -> Option<String> {
    let copy = copy(&rig.path());
    let pages = store::testing::plaintext_pages(copy.path(), key).unwrap();
    assert!(pages.len() > 10);
    assert!(
        pages
            .iter()
            .any(|page| page.windows(12).any(|window| window == b"CREATE TABLE")),
        "decrypted at all"
    );
    pages.iter().find_map(|page| needles.in_bytes(page))
}

fn on_disk(rig: &Rig, needles: &Needles) -> Option<String> {
    let mut folders = vec![copy(&rig.path())];
    if rig.path().join("spool").exists() {
        folders.push(copy(&rig.path().join("spool")));
    }
    folders.iter().find_map(|folder| {
        fs::read_dir(folder.path()).unwrap().find_map(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            needles.in_bytes(&bytes)
        })
    })
}

const OTHER: Person<'_> = Person {
    name: "Trần Văn Phước",
    number: "048088999456",
    phone: Some("0935777888"),
    house: "77 Lê Duẩn",
    card_address: "Tổ 3, Phường Thạch Thang, Quận Hải Châu, Đà Nẵng",
};

/// A record in each state from which content goes.
fn answer(store: &Store, rid: &Rid, eid: Eid, event: Event, now: i64) -> State {
    store.write(|tx| settle(tx, rid, eid, event, now)).unwrap()
}

#[test]
fn nothing_is_left_after_a_purge() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let needles = Needles::of(&THU);
    let key = store.raw_key_for_tests();
    let spool = store.spool().unwrap();
    // Neighbours on the same pages, who stay.
    for now in 0..30 {
        rig.register(&store, &OTHER.registration(), now);
    }
    let (rid, first) = rig.register(&store, &THU.registration(), 100);
    // Typed letter by letter, then dropped: consent not given.
    let declined = rig.rid();
    let mut draft = Draft::default();
    store
        .write(|tx| drafts::begin(tx, &declined, None, &draft, 101))
        .unwrap();
    for end in 1..=THU.name.chars().count() {
        let value = domain::Sensitive::new(THU.name.chars().take(end).collect());
        draft.name = Some(DraftField {
            value,
            source: Source::Typed,
        });
        store.write(|tx| drafts::put(tx, &declined, &draft, 102)).unwrap();
    }
    spool.reconcile(&store.read(outbox::waiting).unwrap()).unwrap();
    assert!(
        in_plaintext(&rig, &key, &needles).is_some(),
        "the scan finds what is there"
    );
    assert_eq!(on_disk(&rig, &needles), None);

    store.write(|tx| drafts::discard(tx, &declined)).unwrap();
    let second = store
        .write(|tx| rig.revise(tx, &rid, Some(&THU.registration()), 200))
        .unwrap();
    for eid in [first, second] {
        answer(&store, &rid, eid, Event::Receipt { eid }, 300);
    }
    let verdict = Event::Verdict {
        eid: second,
        decision: Decision::Accepted,
    };
    assert_eq!(answer(&store, &rid, second, verdict, 400), State::Accepted);
    assert_eq!(on_disk(&rig, &needles), None);

    let at = 400 + AFTER_VERDICT;
    assert!(store.read(|tx| purge::due(tx, at - 1)).unwrap().is_empty());
    let early = store.write(|tx| purge::purge(tx, &rid, at - 1));
    assert!(matches!(early, Err(StoreError::WrongState)));
    assert_eq!(store.read(|tx| purge::due(tx, at)).unwrap(), [rid]);
    store.write(|tx| purge::purge(tx, &rid, at)).unwrap();
    assert!(
        in_plaintext(&rig, &key, &needles).is_some(),
        "the log still holds it: the scrub is needed"
    );
    store.scrub().unwrap();
    assert_eq!(in_plaintext(&rig, &key, &needles), None);
    assert_eq!(on_disk(&rig, &needles), None);
    assert!(store.read(|tx| purge::due(tx, at)).unwrap().is_empty());

    // What is sealed stays until the platform was heard of a day after its verdict: it may have forgotten the record by then.
    let heard = |at| store.write(|tx| device::raise_server_floor(tx, at)).unwrap();
    heard(400 + CONFIRMED_AFTER - 1);
    assert!(store.read(|tx| purge::due(tx, at)).unwrap().is_empty());
    assert!(store.read(|tx| envelopes::bytes(tx, &second)).unwrap().is_some());
    heard(400 + CONFIRMED_AFTER);
    assert_eq!(store.read(|tx| purge::due(tx, at)).unwrap(), [rid]);
    store.write(|tx| purge::purge(tx, &rid, at)).unwrap();
    assert!(store.read(|tx| envelopes::bytes(tx, &second)).unwrap().is_none());

    // The stub still answers, and proves what was sent.
    let content = THU.registration();
    store
        .read(|tx| {
            let stub = records::get(tx, &rid)?.unwrap();
            assert_eq!(
                (stub.content.as_ref(), stub.initials.as_str(), stub.revisions),
                (None, "N.T.T.H", 2)
            );
            assert_eq!(records::by_code(tx, stub.code.unwrap())?.unwrap().rid, rid);
            assert_eq!(
                records::same_number(tx, &content.number.as_ref().unwrap().value)?,
                [rid]
            );
            assert_eq!(records::same_address(tx, &content.residence)?, [rid]);
            assert!(records::find(tx, THU.name, 10)?.is_empty());
            for text in [THU.number.to_owned(), stub.code.unwrap().to_string()] {
                let hits = records::find(tx, &text, 10)?;
                assert_eq!((hits.len(), hits[0].rid, hits[0].content.is_none()), (1, rid, true));
            }
            assert_eq!(
                records::find(tx, "tran van phuoc", 50)?.len(),
                30,
                "the neighbours stayed"
            );
            assert_eq!(outbox::len(tx)?, 30);
            assert!(records::counts(tx)?.holds());
            let kept = store::testing::kept_header(tx, &second).expect("header, hash and signature");
            protocol::envelope::verify_header(&kept.0, &kept.1, &kept.2, &rig.signing.public()).unwrap();
            Ok::<_, StoreError>(())
        })
        .unwrap();
    drop(store);
    assert_eq!(in_plaintext(&rig, &key, &needles), None, "closing brings nothing back");
}

#[test]
fn a_withdrawal_erases_at_once_and_what_was_sent_once_it_is_received() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let needles = Needles::of(&THU);
    let key = store.raw_key_for_tests();
    let (rid, first) = rig.register(&store, &THU.registration(), 100);
    let last = store.write(|tx| rig.revise(tx, &rid, None, 200)).unwrap();
    store.scrub().unwrap();
    assert_eq!(in_plaintext(&rig, &key, &needles), None);
    store
        .read(|tx| {
            assert_eq!(records::get(tx, &rid)?.unwrap().state, State::Withdrawn);
            assert_eq!(
                outbox::len(tx)?,
                2,
                "what was agreed to and what was withdrawn both travel"
            );
            assert!(purge::due(tx, i64::MAX)?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    for eid in [first, last] {
        answer(&store, &rid, eid, Event::Receipt { eid }, 300);
    }
    assert_eq!(store.read(|tx| purge::due(tx, 300)).unwrap(), [rid]);
    store.write(|tx| purge::purge(tx, &rid, 300)).unwrap();
    assert!(store.read(|tx| purge::due(tx, i64::MAX)).unwrap().is_empty());
}

#[test]
fn nothing_unsent_is_ever_purged() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let (rid, eid) = rig.register(&store, &THU.registration(), 100);
    assert!(store.read(|tx| purge::due(tx, i64::MAX)).unwrap().is_empty());
    assert!(matches!(
        store.write(|tx| purge::purge(tx, &rid, i64::MAX)),
        Err(StoreError::WrongState)
    ));
    // Received, corrected, not yet sent again: the correction counts.
    answer(&store, &rid, eid, Event::Receipt { eid }, 200);
    store
        .write(|tx| rig.revise(tx, &rid, Some(&THU.registration()), 300))
        .unwrap();
    assert!(store.read(|tx| purge::due(tx, i64::MAX)).unwrap().is_empty());
    assert!(
        store
            .read(|tx| records::get(tx, &rid))
            .unwrap()
            .unwrap()
            .content
            .is_some()
    );
}

#[test]
fn what_a_refusal_brings_back_stays_until_it_is_decided() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let needles = Needles::of(&THU);
    let key = store.raw_key_for_tests();
    let (rid, eid) = rig.register(&store, &THU.registration(), 100);
    answer(&store, &rid, eid, Event::Receipt { eid }, 200);
    let back = |tx: &store::Write<'_>| revise::restore_content(tx, &rid, &THU.registration());
    assert!(matches!(store.write(back), Err(StoreError::WrongState)));
    let late = 200 + AFTER_RECEIPT;
    store.write(|tx| purge::purge(tx, &rid, late)).unwrap();
    let reason = Reason {
        field: FieldName::Name,
        code: RefusalCode::NameMismatch,
    };
    let refused = Event::Verdict {
        eid,
        decision: Decision::Refused(reason),
    };
    answer(&store, &rid, eid, refused, late + 10);
    store.write(back).unwrap();
    let wanted_until = late + 10 + AFTER_REFUSAL;
    assert!(store.read(|tx| purge::due(tx, wanted_until - 1)).unwrap().is_empty());
    assert_eq!(
        store.read(|tx| purge::due(tx, wanted_until)).unwrap(),
        [rid],
        "a correction that nobody makes keeps it for 30 days"
    );
    assert_eq!(store.read(|tx| records::find(tx, "thu hong", 5)).unwrap().len(), 1);
    // Corrected and accepted: now it goes like any other.
    let second = store
        .write(|tx| rig.revise(tx, &rid, Some(&THU.registration()), late + 20))
        .unwrap();
    assert_eq!(
        store
            .read(|tx| Ok::<_, StoreError>(decide(tx, &rid, Event::Receipt { eid: second }).state))
            .unwrap(),
        State::Received
    );
    let accepted = Event::Verdict {
        eid: second,
        decision: Decision::Accepted,
    };
    answer(&store, &rid, second, accepted, late + 30);
    let gone = late + 30 + AFTER_VERDICT;
    assert_eq!(store.read(|tx| purge::due(tx, gone)).unwrap(), [rid]);
    store.write(|tx| purge::purge(tx, &rid, gone)).unwrap();
    store.scrub().unwrap();
    assert_eq!(in_plaintext(&rig, &key, &needles), None);
}

/// The normal case: the verdict comes within seconds. What its correction needs stays as long as its task is open, and
/// goes with it after a month.
#[test]
fn an_early_refusal_keeps_what_its_correction_needs() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let (rid, eid) = rig.register(&store, &THU.registration(), 100);
    answer(&store, &rid, eid, Event::Receipt { eid }, 200);
    let reason = Reason {
        field: FieldName::Name,
        code: RefusalCode::NameMismatch,
    };
    let refused = Event::Verdict {
        eid,
        decision: Decision::Refused(reason),
    };
    answer(&store, &rid, eid, refused, 205);
    let due = |at| store.read(|tx| purge::due(tx, at)).unwrap();
    assert!(due(200 + AFTER_RECEIPT + 3600).is_empty());
    assert!(due(205 + AFTER_REFUSAL - 1).is_empty());
    assert_eq!(due(205 + AFTER_REFUSAL), [rid]);
}

/// Many at once take the other way through the search index; it leaves as little.
#[test]
fn nothing_is_left_after_many_are_purged_at_once() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let needles = Needles::of(&THU);
    let key = store.raw_key_for_tests();
    for now in 0..30 {
        rig.register(&store, &OTHER.registration(), now);
        if now % 2 == 0 {
            let (rid, eid) = rig.register(&store, &THU.registration(), now);
            answer(&store, &rid, eid, Event::Receipt { eid }, 100);
        }
    }
    store.scrub().unwrap();
    assert!(
        in_plaintext(&rig, &key, &needles).is_some(),
        "the scan finds what is there"
    );
    let at = 100 + AFTER_RECEIPT;
    let due = store.read(|tx| purge::due(tx, at)).unwrap();
    assert_eq!(due.len(), 15);
    let mut told = 0;
    store
        .write(|tx| {
            purge::purge_all(tx, &due, at, |_| {
                told += 1;
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    store.scrub().unwrap();
    assert_eq!(told, 15);
    assert_eq!(in_plaintext(&rig, &key, &needles), None);
    assert_eq!(on_disk(&rig, &needles), None);
    assert!(store.read(|tx| purge::due(tx, at)).unwrap().is_empty());
    assert_eq!(
        store.read(|tx| records::find(tx, "tran van phuoc", 50)).unwrap().len(),
        30
    );
    // The rule of the index is as it was: one alone leaves nothing either.
    let (rid, eid) = rig.register(&store, &THU.registration(), 100);
    answer(&store, &rid, eid, Event::Receipt { eid }, 100);
    store
        .write(|tx| purge::purge_all(tx, &[rid], at, |_| Ok::<_, StoreError>(())))
        .unwrap();
    store.scrub().unwrap();
    assert_eq!(in_plaintext(&rig, &key, &needles), None);
}
