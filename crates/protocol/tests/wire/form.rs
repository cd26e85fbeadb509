//! Every message has exactly one form.

use crate::common::{
    forms::{FREE, other_forms},
    *,
};
use minicbor::{Decode, Encode};
use proptest::prelude::*;
use protocol::{
    cbor,
    envelope::Envelope,
    signed::{Message, Signed},
};
use std::fmt::Debug;

const LIMIT: usize = 1 << 20;

/// A message as bytes, whether it came back as it was, and who reads such bytes.
#[derive(Clone)]
struct Sample {
    name: &'static str,
    bytes: Vec<u8>,
    same: bool,
    /// It holds a list of kinds, which newer programs add to.
    open: bool,
    /// The bytes the message has when it is written again; `None` when it is refused.
    read: fn(&[u8]) -> Option<Vec<u8>>,
}

impl Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:02x?}", self.name, self.bytes)
    }
}

fn sample<T>(value: T) -> Sample
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq,
{
    let bytes = cbor::encode(&value);
    Sample {
        name: std::any::type_name::<T>(),
        same: cbor::decode::<T>(&bytes, LIMIT).is_ok_and(|read| read == value),
        bytes,
        open: false,
        read: |bytes| cbor::decode::<T>(bytes, LIMIT).ok().map(|read| cbor::encode(&read)),
    }
}

/// A message, now and then with what a newer program says besides.
macro_rules! extended {
    ($messages:expr) => {
        ($messages, extensions()).prop_map(|(mut message, ext)| {
            message.ext = ext;
            message
        })
    };
}

fn open(sample: Sample) -> Sample {
    Sample { open: true, ..sample }
}

fn framed<M: Message>(message: M) -> Sample {
    let bytes = Signed::make(&message, &signer(2));
    Sample {
        name: "Signed",
        same: Signed::verify::<M>(&bytes, &[signer(2).public()])
            .is_ok_and(|read| cbor::encode(&read) == cbor::encode(&message)),
        bytes,
        open: false,
        read: |bytes| {
            cbor::decode::<Signed>(bytes, LIMIT)
                .ok()
                .map(|read| cbor::encode(&read))
        },
    }
}

fn sealed(body: protocol::envelope::Body) -> Sample {
    let made = envelope(1, &body);
    let bytes = made.to_bytes();
    Sample {
        name: "Envelope",
        same: Envelope::from_bytes(&bytes).is_ok_and(|read| read == made && read.open(&opener(1)) == Ok(body)),
        bytes,
        open: false,
        read: |bytes| Envelope::from_bytes(bytes).ok().map(|read| read.to_bytes()),
    }
}

/// Any message of the protocol.
fn messages() -> BoxedStrategy<Sample> {
    prop_oneof![
        extended!(registrations()).prop_map(sample),
        extended!(headers()).prop_map(sample),
        bodies().prop_map(sample),
        bodies().prop_map(sealed),
        extended!(batches()).prop_map(sample),
        extended!(receipts()).prop_map(sample),
        extended!(receipts()).prop_map(framed),
        extended!(pages()).prop_map(sample).prop_map(open),
        extended!(pages()).prop_map(framed),
        extended!(master_items()).prop_map(sample).prop_map(open),
        extended!(master_items()).prop_map(framed),
        extended!(verdicts()).prop_map(sample).prop_map(open),
        extended!(trusts()).prop_map(sample),
        extended!(device_requests()).prop_map(sample),
        extended!(device_answers()).prop_map(sample),
        extended!(token_requests()).prop_map(sample),
        extended!(token_answers()).prop_map(sample),
        extended!(reports()).prop_map(sample),
        extended!(acknowledgements()).prop_map(sample),
        extended!(have_requests()).prop_map(sample),
        extended!(have_answers()).prop_map(sample),
        citizens().prop_map(sample),
        blanks().prop_map(sample),
        extended!(blank_reports()).prop_map(sample),
        extended!(blank_reports()).prop_map(framed),
        extended!(blank_answers()).prop_map(sample),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(message in messages()) {
        prop_assert!(message.same, "{message:?}");
    }

    #[test]
    fn every_other_form_of_the_same_message_is_refused(message in messages()) {
        for (how, bytes) in other_forms(&message.bytes) {
            // In a list of kinds it is a kind that only newer programs know, and stays as it came.
            let kept = (message.read)(&bytes).filter(|again| !(message.open && FREE.contains(&how) && *again == bytes));
            prop_assert_eq!(kept, None, "{}: {}", message.name, how);
        }
    }

    #[test]
    fn damaged_messages_are_refused_or_read_as_what_they_are(
        message in messages(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let at = place.index(message.bytes.len());
        let mut changed = message.bytes.clone();
        changed[at] = byte;
        let mut longer = message.bytes.clone();
        longer.insert(at, byte);
        let mut shorter = message.bytes.clone();
        shorter.remove(at);
        for bytes in [changed, longer, shorter] {
            if let Some(again) = (message.read)(&bytes) {
                prop_assert_eq!(again, bytes, "{}", message.name);
            }
        }
        prop_assert_eq!((message.read)(&message.bytes[..at]), None, "cut off");
    }

    #[test]
    fn arbitrary_bytes_stop_nobody(bytes in prop::collection::vec(any::<u8>(), 0..400), message in messages()) {
        if let Some(again) = (message.read)(&bytes) {
            prop_assert_eq!(again, bytes);
        }
    }
}

#[test]
fn nesting_and_claimed_lengths_cost_nothing() {
    let hostile = [
        vec![0x81; 100_000],
        vec![0xa1; 100_000],
        vec![0xd8; 100_000],
        vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0],
        vec![0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        [vec![0xa1, 0x18, 99], vec![0x81; 100_000]].concat(),
        [
            vec![0xa1, 0x00, 0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff],
            vec![0x40; 10],
        ]
        .concat(),
    ];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..200 {
        let message = proptest::strategy::ValueTree::current(&messages().new_tree(&mut runner).unwrap());
        for bytes in &hostile {
            assert_eq!((message.read)(bytes), None, "{}", message.name);
        }
    }
}

#[test]
fn a_message_over_its_limit_is_not_even_read() {
    let page = protocol::report::Acknowledged {
        time: NOW,
        ext: Default::default(),
    };
    let bytes = cbor::encode(&page);
    assert_eq!(
        cbor::decode::<protocol::report::Acknowledged>(&bytes, bytes.len()),
        Ok(page)
    );
    let refused = cbor::decode::<protocol::report::Acknowledged>(&bytes, bytes.len() - 1);
    assert_eq!(refused.map_err(|error| error.code()), Err("too_long"));
}
