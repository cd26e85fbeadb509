//! One of each message, small and full. All people are invented; every key is a repeated byte.

use crate::common::*;
use domain::{
    Sensitive,
    blank::{BlankNumber, BlankRange},
    code::{Code, DEVELOPMENT_GROUP},
    date::Day,
    ext::Extensions,
    ids::{Digest, Eid, Link, Realm, Rid},
    lease::LeaseDays,
    master::{CommuneName, Settings, Statement, Validity},
    notice::Notice,
    place::CommuneCode,
    registration::{
        Draft, DraftConsent, DraftField, DraftRepresentative, DraftResidence, DraftSignature, FieldName, Manner,
        Registration, Relation, Signer, Source,
    },
    state::{Decision, QuarantineReason, Reason, RefusalCode},
};
use minicbor::{Decode, Encode};
use protocol::{
    blanks::{Blank, BlankAnswer, BlankLine, BlankOutcome, BlankPool, BlankReport},
    cbor::Blob,
    changes::{Change, ChangesPage, DeviceKey, KeyNews, Origin, SealedVerdict, Stopped, Team, Verdict},
    citizen::Citizen,
    enrolment::{DeviceAnswer, DeviceRequest, Operator, Role, TokenAnswer, TokenRequest, Trust},
    envelope::{Body, Header, Kind},
    healing::{HaveAnswer, HaveRequest, Instance, Range, Span},
    master::{MasterItem, MasterNews},
    open::Open,
    receipt::{BatchAnswer, BatchRequest, Item, Outcome},
    report::{Acknowledged, DeviceReport},
    signed::Signed,
};

/// Seeds of the keys.
pub const ROOT: u8 = 1;
pub const PLATFORM: u8 = 2;
pub const CARDS: u8 = 3;
pub const OPENER: u8 = 4;
pub const DEVICE: u8 = 5;
pub const TRANSPORT: u8 = 6;
pub const SEALING: u8 = 7;
/// Number of the device.
pub const NUMBER: u32 = 1207;

type Samples<T> = Vec<(&'static str, T)>;

// --------------------------------------------------------------------------------------- of newer programs

/// A message that can carry what a newer program says besides.
pub trait Extended: Clone {
    fn extended(&self) -> Self;
}

macro_rules! extended {
    ($($name:ty),*) => {$(
        impl Extended for $name {
            fn extended(&self) -> Self {
                Self { ext: extensions(), ..self.clone() }
            }
        }
    )*};
}

extended!(
    Acknowledged,
    BatchAnswer,
    BatchRequest,
    BlankAnswer,
    BlankReport,
    ChangesPage,
    DeviceAnswer,
    DeviceReport,
    DeviceRequest,
    HaveAnswer,
    HaveRequest,
    Header,
    MasterItem,
    Registration,
    TokenAnswer,
    TokenRequest,
    Trust,
    Verdict
);

/// Three numbers that nobody has given a meaning.
pub fn extensions() -> Extensions {
    let values = [
        (1, vec![0x62, 0xc3, 0xa1]),
        (7, vec![0x82, 0x01, 0xf6]),
        (300, vec![0xa1, 0x01, 0xf5]),
    ];
    Extensions::new(values).unwrap()
}

/// A kind that nobody has written down.
fn newer<T>(bytes: &[u8]) -> Open<T>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    let read: Open<T> = minicbor::decode(bytes).unwrap();
    assert!(read.known().is_none());
    read
}

// ------------------------------------------------------------------------------------------------ envelope

fn field(text: &str, source: Source) -> Option<DraftField> {
    Some(DraftField {
        value: Sensitive::new(text.to_owned()),
        source,
    })
}

/// A child: no number in hand, no phone, a mother who signs with a cross before a witness.
fn child() -> Registration {
    let signature = |signer, manner, witness| DraftSignature {
        signer,
        manner,
        strokes: None,
        witness,
    };
    Draft {
        name: field("Bríu Thị Ngơn", Source::BirthCertificate),
        birth: field("2019-05", Source::BirthCertificate),
        sex: field("female", Source::BirthCertificate),
        no_number: true,
        residence: DraftResidence {
            commune: Some("20455".to_owned()),
            group: Some(Sensitive::new("Thôn Nal".to_owned())),
            house: None,
            lodging: false,
        },
        representative: Some(DraftRepresentative {
            name: Sensitive::new("Ating Thị Bríu".to_owned()),
            relation: Relation::Mother,
            number: Sensitive::new("049190999017".to_owned()),
        }),
        consent: DraftConsent {
            notice: Some(1),
            account: Some(true),
            contact: None,
            help: Some(false),
            read_aloud: true,
            signatures: vec![
                signature(Signer::Myself, Manner::Mark, None),
                signature(Signer::Representative, Manner::Witness, Some(9)),
            ],
        },
        ..Draft::default()
    }
    .finish(&circumstances())
    .unwrap()
}

pub fn envelopes() -> Samples<(Header, Body)> {
    let to = opener(OPENER).public().unwrap();
    let first = Header {
        prev: None,
        ..header(1, &to)
    };
    let later = |seq, kind| Header {
        rid: Rid([1; 16]),
        base: Some(Link([0xba; 16])),
        kind,
        ..header(seq, &to)
    };
    let body = |registration| Body::Registration(Box::new(registration));
    vec![
        ("a registration", (first.clone(), body(realistic(Some(24))))),
        (
            "a child of a device that has seen no server yet",
            (
                Header {
                    commune: CommuneCode(20455),
                    captured: protocol::envelope::Capture {
                        server_floor: None,
                        ..first.captured
                    },
                    ..header(2, &to)
                },
                body(child()),
            ),
        ),
        (
            "a correction, its signature kept from before",
            (later(3, Kind::Correction), body(realistic(Some(24)).without_strokes())),
        ),
        ("a withdrawal", (later(4, Kind::Withdrawal), Body::Withdrawal)),
        (
            "a registration of a newer program",
            (first.extended(), body(realistic(Some(24)).extended())),
        ),
    ]
}

// ----------------------------------------------------------------------------------------------- enrolment

pub fn trusts() -> Samples<Trust> {
    let small = Trust {
        root: signer(ROOT).public(),
        serial: 1,
        realm: Realm::Development,
        authorities: vec![Blob(vec![0x30, 0x82]), Blob(vec![0x30, 0x83])],
        platform: vec![signer(PLATFORM).public()],
        openers: vec![opener(OPENER).public().unwrap()],
        issued_at: NOW,
        blanks: None,
        ext: Default::default(),
    };
    let blanks = Trust {
        serial: 2,
        blanks: Some(vec![signer(CARDS).public()]),
        ..small.clone()
    };
    let mut moved = Trust {
        serial: 3,
        ..blanks.clone()
    };
    let addresses = ["https://tungnha.example", "https://tungnha.example:8443"];
    moved.set_addresses(&addresses.map(str::to_owned)).unwrap();
    vec![
        ("without blank cards", small),
        ("with blank cards", blanks),
        ("with addresses", moved),
    ]
}

pub fn device_requests() -> Samples<DeviceRequest> {
    vec![(
        "a new device",
        DeviceRequest {
            code: Blob((0..10).collect()),
            signing: signer(DEVICE).public(),
            sealing: opener(SEALING).public().unwrap(),
            transport: signer(TRANSPORT).public(),
            program: "0.1.0".to_owned(),
            ext: Default::default(),
        },
    )]
}

fn people() -> Vec<Operator> {
    vec![
        Operator {
            id: 1,
            name: "Chị Ba".to_owned(),
            ext: Default::default(),
        },
        Operator {
            id: 300,
            name: "Anh Tư".to_owned(),
            ext: Default::default(),
        },
    ]
}

pub fn device_answers() -> Samples<DeviceAnswer> {
    vec![(
        "a volunteer's device",
        DeviceAnswer {
            signing: signer(DEVICE).public(),
            device: NUMBER,
            group: DEVELOPMENT_GROUP,
            realm: Realm::Development,
            role: Role::Volunteer,
            team: "Tổ 1".to_owned(),
            communes: vec![CommuneCode(20242), CommuneCode(20455)],
            operators: people(),
            time: NOW,
            ext: Default::default(),
        },
    )]
}

pub fn token_requests() -> Samples<TokenRequest> {
    vec![(
        "a request",
        TokenRequest {
            device: NUMBER,
            nonce: Blob(vec![0x5a; 16]),
            ext: Default::default(),
        },
    )]
}

pub fn token_answers() -> Samples<TokenAnswer> {
    vec![(
        "an hour",
        TokenAnswer {
            nonce: Blob(vec![0x5a; 16]),
            token: "00ff".repeat(16),
            lifetime: 3600,
            time: NOW,
            ext: Default::default(),
        },
    )]
}

// ------------------------------------------------------------------------------------------------- batches

pub fn batches() -> Samples<BatchRequest> {
    vec![(
        "two envelopes, not looked into here",
        BatchRequest {
            envelopes: vec![Blob(vec![0x83, 0x40, 0x40, 0x40]), Blob(vec![0x80])],
            ext: Default::default(),
        },
    )]
}

pub fn receipts() -> Samples<BatchAnswer> {
    let item = |n: u8, outcome| Item {
        eid: (n != 5).then_some(Eid([n; 16])),
        digest: Digest([n; 32]),
        outcome,
        number: u64::from(n) * 100,
        received_at: NOW,
    };
    let outcomes = [
        Outcome::Received,
        Outcome::Replayed,
        Outcome::Held,
        Outcome::DigestConflict,
        Outcome::Unreadable,
        Outcome::WrongRealm,
        Outcome::StaleBase,
        Outcome::Retry,
    ];
    let small = BatchAnswer {
        request: Digest([9; 32]),
        time: NOW,
        items: vec![item(1, Outcome::Received)],
        wait: None,
        ext: Default::default(),
    };
    let every = BatchAnswer {
        items: (1..).zip(outcomes).map(|(n, outcome)| item(n, outcome)).collect(),
        wait: Some(60),
        ..small.clone()
    };
    let newer = BatchAnswer {
        items: vec![item(1, Outcome::Newer(8))],
        ..small.clone()
    };
    let twice = BatchAnswer {
        ext: BatchAnswer::saying_used_twice(Some(7)),
        ..small.clone()
    };
    vec![
        ("one receipt", small),
        ("an outcome of a newer program", newer),
        ("every outcome", every),
        ("a number used twice", twice),
    ]
}

// ------------------------------------------------------------------------------------------------- changes

pub fn verdicts() -> Samples<Verdict> {
    let refused = Verdict {
        decision: Open::Known(Decision::Refused(Reason {
            field: FieldName::Name,
            code: RefusalCode::NameMismatch,
        })),
        decided_at: NOW,
        account: None,
        sent: Some(Box::new(realistic(None).without_strokes())),
        ext: Default::default(),
    };
    let accepted = Verdict {
        decision: Open::Known(Decision::Accepted),
        account: Some("CDS-0123456789".to_owned()),
        sent: None,
        ..refused.clone()
    };
    let duplicate = Verdict {
        decision: Open::Known(Decision::PossibleDuplicate),
        ..refused.clone()
    };
    let newer = Verdict {
        // Refused, with field 17 and reason 13: this program has neither.
        decision: newer(&[0x82, 0x02, 0x81, 0x82, 0x11, 0x0d]),
        sent: None,
        ..refused.clone()
    };
    vec![
        ("refused, with what was sent", refused),
        ("accepted", accepted),
        ("a possible duplicate", duplicate),
        ("a decision of a newer program", newer),
    ]
}

pub fn pool() -> BlankPool {
    let number = |serial| BlankNumber::from_serial(serial).unwrap();
    let range = |first, last| BlankRange {
        first: number(first),
        last: number(last),
    };
    BlankPool {
        team: 12,
        made: vec![range(80_000_000, 80_000_019)],
        used: vec![range(80_000_003, 80_000_003)],
        void: vec![],
        ext: Default::default(),
    }
}

fn keys() -> KeyNews {
    let key = |device, n, revoked_at| DeviceKey {
        device,
        key: signer(n).public(),
        revoked_at,
        origin: None,
    };
    KeyNews::new(
        4,
        9,
        true,
        &[
            key(NUMBER, DEVICE, None),
            key(7, 11, Some(NOW - 86_400)),
            key(70_000, 12, None),
        ],
    )
}

fn keys_with_origins() -> KeyNews {
    let key = |device, n, enrolled, group| DeviceKey {
        device,
        key: signer(n).public(),
        revoked_at: None,
        origin: Some(Origin {
            enrolled: domain::date::Day::from_number(enrolled),
            group,
        }),
    };
    KeyNews::new(9, 11, false, &[key(7, 11, 20_710, 6), key(70_000, 12, 20_717, 559)])
}

pub fn pages() -> Samples<ChangesPage> {
    let empty = ChangesPage {
        device: NUMBER,
        since: 7,
        next: 7,
        more: false,
        time: NOW,
        changes: vec![],
        wait: None,
        keys: None,
        master: None,
        ext: Default::default(),
    };
    let (rid, eid) = (Rid([1; 16]), Eid([2; 16]));
    let full = ChangesPage {
        next: 13,
        more: true,
        changes: [
            Change::Verdict(SealedVerdict {
                rid,
                eid,
                sealed: Blob(vec![0xcd; 60]),
                ext: Default::default(),
            }),
            Change::Team(Team {
                name: "Tổ 1".to_owned(),
                communes: vec![CommuneCode(20242)],
                operators: people(),
                ext: Default::default(),
            }),
            Change::Trust(Blob(Signed::make(&trusts()[1].1, &signer(ROOT)))),
            Change::Revoked,
            Change::Stopped(Stopped {
                rid,
                eid,
                reason: QuarantineReason::Unreadable,
                ext: Default::default(),
            }),
            Change::Blanks(pool()),
        ]
        .map(Open::Known)
        .to_vec(),
        wait: Some(30),
        keys: Some(keys()),
        ..empty.clone()
    };
    let origins = ChangesPage {
        keys: Some(keys_with_origins()),
        ..empty.clone()
    };
    let newer = ChangesPage {
        next: 9,
        changes: vec![
            newer(&[0x82, 0x18, 0x2a, 0x80]),
            Open::Known(Change::Revoked),
            // A team of which this program knows all but key 40.
            newer(&[
                0x82, 0x02, 0x81, 0xa4, 0x00, 0x61, 0x54, 0x01, 0x80, 0x02, 0x80, 0x18, 0x28, 0x00,
            ]),
        ],
        ..empty.clone()
    };
    let master = ChangesPage {
        master: Some(MasterNews::pack(
            3,
            [(4, master_items().swap_remove(0).1.sign(&signer(ROOT)))],
        )),
        ..empty.clone()
    };
    vec![
        ("nothing new", empty),
        ("kinds of a newer program", newer),
        ("with master data", master),
        ("one of everything", full),
        ("keys with their origins", origins),
    ]
}

// --------------------------------------------------------------------------------------------- master data

pub fn master_items() -> Samples<MasterItem> {
    let settings = MasterItem {
        realm: Realm::Development,
        serial: 4,
        issued_at: NOW,
        from: Day::from_number(20_820),
        until: None,
        item: Statement::Settings(Settings {
            idle_lock_minutes: 5,
            draft_hours: 12,
            ..Settings::DEFAULT
        })
        .into(),
        ext: Default::default(),
    };
    let lease = MasterItem::of(
        Realm::Development,
        4,
        NOW,
        Validity::from(Day::from_number(20_820)),
        Statement::Settings(Settings {
            lease: LeaseDays(14),
            ..Settings::DEFAULT
        }),
    );
    let communes = MasterItem {
        item: Statement::Communes(vec![
            CommuneName {
                code: CommuneCode(20_242),
                name: "Phường Hải Châu".to_owned(),
            },
            CommuneName {
                code: CommuneCode(20_455),
                name: "Xã Avương".to_owned(),
            },
        ])
        .into(),
        ..settings.clone()
    };
    let later = MasterItem {
        // A kind that nobody has written down.
        item: newer(&[0x82, 0x09, 0x81, 0x01]),
        ..settings.clone()
    };
    let notice = MasterItem {
        until: Some(Day::from_number(21_184)),
        item: Statement::Notice(Notice {
            version: 2,
            vietnamese: "1. Lập tài khoản.\n2. Gọi cho tôi.\n3. Giúp tôi.\n".to_owned(),
            english: "1. Make an account.\n2. Call me.\n3. Help me.\n".to_owned(),
        })
        .into(),
        ..settings.clone()
    };
    vec![
        ("settings", settings),
        ("settings with another lease", lease),
        ("communes", communes),
        ("a kind of a newer program", later),
        ("a notice for a year", notice),
    ]
}

// --------------------------------------------------------------------------------------- reports and cards

pub fn reports() -> Samples<DeviceReport> {
    let idle = DeviceReport {
        device: NUMBER,
        time: NOW,
        begun: 12,
        by_state: vec![1, 0, 2, 5, 1, 1, 1, 1, 0],
        oldest_unsent: None,
        unsent: 0,
        program: "0.1.0".to_owned(),
        secret: "keyring".to_owned(),
        ext: Default::default(),
    };
    let behind = DeviceReport {
        oldest_unsent: Some(NOW - 3 * 86_400),
        unsent: 40,
        secret: "file".to_owned(),
        ..idle.clone()
    };
    vec![("nothing unsent", idle), ("three days behind", behind)]
}

fn span(epoch: u32, ranges: &[(u64, u64)]) -> Span {
    let range = |(first, last): &(u64, u64)| Range {
        first: *first,
        last: *last,
    };
    Span {
        epoch,
        ranges: ranges.iter().map(range).collect(),
    }
}

pub fn have_requests() -> Samples<HaveRequest> {
    let first = HaveRequest {
        device: NUMBER,
        life: None,
        since: 0,
        sent: vec![],
        ext: Default::default(),
    };
    let later = HaveRequest {
        life: Some(Instance([0x1f; 16])),
        since: 40,
        sent: vec![span(1, &[(1, 27), (29, 29)]), span(77, &[(1, 300)])],
        ..first.clone()
    };
    vec![("a first meeting", first), ("a cursor of another life", later)]
}

pub fn have_answers() -> Samples<HaveAnswer> {
    let all = HaveAnswer {
        request: Digest([0x44; 32]),
        time: NOW,
        life: Instance([0x2f; 16]),
        forgot: false,
        missing: vec![],
        accepted: vec![],
        doubtful: vec![],
        refused: vec![],
        ext: Default::default(),
    };
    let forgot = HaveAnswer {
        forgot: true,
        missing: vec![span(1, &[(26, 27)]), span(77, &[(2, 300)])],
        accepted: vec![span(1, &[(1, 20)])],
        doubtful: vec![span(1, &[(21, 21)])],
        refused: vec![span(1, &[(22, 24)])],
        ..all.clone()
    };
    vec![("everything is there", all), ("some was forgotten", forgot)]
}

pub fn acknowledgements() -> Samples<Acknowledged> {
    vec![(
        "yes",
        Acknowledged {
            time: NOW,
            ext: Default::default(),
        },
    )]
}

pub fn code() -> Code {
    Code::from_parts(DEVELOPMENT_GROUP, [1, 2, 3, 4, 5]).unwrap()
}

pub fn blank_reports() -> Samples<BlankReport> {
    let line = |serial, code, spoiled| BlankLine {
        number: BlankNumber::from_serial(serial).unwrap(),
        code,
        spoiled,
        at: NOW,
        operator: 1,
        ext: Default::default(),
    };
    vec![(
        "one bound, one spoiled",
        BlankReport {
            device: NUMBER,
            blanks: vec![line(80_000_003, Some(code()), false), line(80_000_004, None, true)],
            ext: Default::default(),
        },
    )]
}

pub fn blank_answers() -> Samples<BlankAnswer> {
    vec![(
        "every outcome",
        BlankAnswer {
            request: Digest([9; 32]),
            time: NOW,
            blanks: vec![
                BlankOutcome::Taken,
                BlankOutcome::Bound,
                BlankOutcome::Spoiled,
                BlankOutcome::Void,
                BlankOutcome::OtherTeam,
                BlankOutcome::Unknown,
            ],
            ext: Default::default(),
        },
    )]
}

pub fn blank_card() -> Blank {
    Blank {
        number: BlankNumber::from_serial(80_000_003).unwrap(),
        team: 12,
    }
}

pub fn citizen() -> Citizen {
    Citizen {
        code: code(),
        realm: Realm::Development,
        device: NUMBER,
        day: domain::date::Day::from_number(20_783),
    }
}
