//! What the volunteer was told, held against what is there.

use app::{AppError, Session, refusal::Refusal};
use domain::state::State;
use serde_json::Value;
use std::collections::BTreeMap;
use store::{device, envelopes, outbox, receipts};

/// What the test knows of one registration.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Which [`crate::Person`].
    pub person: u32,
    /// The code, once a program answered that it is saved.
    pub code: Option<String>,
    /// Revisions that are known to be there.
    pub revisions: u32,
    /// Withdrawn, and told so.
    pub withdrawn: bool,
}

/// Every registration that was ever tried.
#[derive(Debug, Default)]
pub struct Book(pub BTreeMap<String, Told>);

impl Book {
    /// Somebody is about to be saved under an id.
    pub fn begin(&mut self, rid: &str, person: u32) {
        let told = Told {
            person,
            ..Told::default()
        };
        assert!(self.0.insert(rid.to_owned(), told).is_none(), "ids do not repeat");
    }

    /// A program answered that it is saved: from now on it must be there, under this code and no other.
    #[track_caller]
    pub fn saved(&mut self, rid: &str, answer: &Value) {
        let code = answer["code"].as_str().expect("an answer has a code");
        assert_eq!(answer["rid"].as_str(), Some(rid));
        let told = self.0.get_mut(rid).expect("begun");
        assert_eq!(told.code.as_deref().unwrap_or(code), code, "{rid} has another code now");
        told.code = Some(code.to_owned());
        told.revisions = told.revisions.max(1);
    }

    /// Registrations told to be saved and not withdrawn.
    pub fn standing(&self) -> Vec<String> {
        let standing = self.0.iter().filter(|(_, told)| told.code.is_some() && !told.withdrawn);
        standing.map(|(rid, _)| rid.clone()).collect()
    }

    /// Registrations nobody answered about yet.
    pub fn unanswered(&self) -> Vec<String> {
        let open = self.0.iter().filter(|(_, told)| told.code.is_none());
        open.map(|(rid, _)| rid.clone()).collect()
    }

    /// Revisions of all registrations.
    pub fn revisions(&self) -> u32 {
        self.0.values().map(|told| told.revisions).sum()
    }

    /// Nothing that was told is lost, nothing is there twice, the counts add up.
    #[track_caller]
    pub fn check(&self, session: &Session) {
        let mut there = 0;
        for (rid, told) in &self.0 {
            match session.show(rid.parse().expect("an id")) {
                Ok(shown) => {
                    there += 1;
                    let code = shown.code.map(|code| code.to_string());
                    assert!(told.code.is_none() || told.code == code, "{rid}: {told:?}, {code:?}");
                    assert!(
                        shown.revisions >= told.revisions,
                        "{rid}: {told:?}, {}",
                        shown.revisions
                    );
                    assert!(!told.withdrawn || shown.state == State::Withdrawn, "{rid}");
                }
                Err(AppError::Refused(Refusal::UnknownRid)) => assert!(told.code.is_none(), "{rid} is lost: {told:?}"),
                Err(error) => panic!("{rid}: {error:?}"),
            }
        }
        let queue = session.queue().expect("counted");
        assert!(queue.conservation, "{queue:?}");
        assert_eq!(queue.begun, there, "begun, and nothing twice");
    }

    /// [`Book::check`] at the end: everybody is there exactly once, with exactly the revisions that were told,
    /// and the files are whole.
    #[track_caller]
    pub fn check_complete(&self, session: &Session) {
        self.check(session);
        let findings = session.doctor().expect("the doctor comes");
        assert!(findings.healthy, "{findings:?}");
        for (rid, told) in &self.0 {
            let shown = session.show(rid.parse().expect("an id")).expect("there");
            assert_eq!(
                (shown.code.map(|code| code.to_string()), shown.revisions),
                (told.code.clone(), told.revisions),
                "{rid}"
            );
        }
        let queue = session.queue().expect("counted");
        assert_eq!(queue.begun, self.0.len() as u64);
        let next = session.store().read(device::position).expect("a position");
        assert_eq!(
            (next.epoch, next.seq),
            (1, u64::from(self.revisions()) + 1),
            "the chain has no gap"
        );
    }
}

/// Every envelope of the device has one receipt of its own, and nothing waits any more: not in the outbox, not in the
/// spool. Gives the gateway's numbers.
#[track_caller]
pub fn receipts_of(session: &Session) -> Vec<u64> {
    let mut numbers = session
        .store()
        .read(|tx| -> store::Result<_> {
            assert_eq!(outbox::len(tx)?, 0, "the outbox is empty");
            let mut numbers = Vec::new();
            for seq in 1..device::position(tx)?.seq {
                let eid = envelopes::at(tx, 1, seq)?.unwrap_or_else(|| panic!("no envelope {seq}"));
                let receipt = receipts::of(tx, &eid)?.unwrap_or_else(|| panic!("no receipt for {seq}"));
                numbers.push(receipt.number);
            }
            Ok(numbers)
        })
        .expect("readable");
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "two envelopes share a receipt");
    let spool = session.store().spool().expect("a spool");
    assert!(spool.list().expect("listed").is_empty() && spool.answers().expect("listed").is_empty());
    numbers
}
