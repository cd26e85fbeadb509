//! Invented people and everything a platform would say about them. Numbers have serials 999xxx, which nobody holds.

#![allow(dead_code, reason = "each test and benchmark takes what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

pub mod forms;

use domain::{
    Sensitive,
    blank::{BlankNumber, BlankRange, BlankRefusal},
    code::{Code, DEVELOPMENT_GROUP},
    date::{CivilDate, Day},
    ext::Extensions,
    ids::{Digest, Eid, HouseholdId, Link, Realm, Rid, UnixTime},
    master::{CommuneName, Master, Settings, Statement},
    notice::Notice,
    place::{self, CommuneCode},
    registration::{
        Circumstances, Draft, DraftConsent, DraftField, DraftPhone, DraftRepresentative, DraftResidence,
        DraftSignature, FieldName, Manner, PhoneOwner, Registration, Relation, Signer, Source,
    },
    signers::SigningRule,
    state::{Decision, QuarantineReason, Reason, RefusalCode},
};
use proptest::{collection::vec, prelude::*, sample::select};
use protocol::{
    blanks::{Blank, BlankAnswer, BlankLine, BlankOutcome, BlankPool, BlankReport},
    cbor::Blob,
    changes::{Change, ChangesPage, DeviceKey, KeyNews, SealedVerdict, Stopped, Team, Verdict},
    citizen::Citizen,
    enrolment::{DeviceAnswer, DeviceRequest, Operator, Role, TokenAnswer, TokenRequest, Trust},
    envelope::{Body, Capture, Envelope, Header, Kind, VERSION},
    healing::{HaveAnswer, HaveRequest, Instance, Range, Span},
    keys::{SealKey, SealSecret, SignSecret, VerifyKey},
    master::{MasterItem, MasterNews},
    open::Open,
    receipt::{BatchAnswer, BatchRequest, Item, Outcome},
    report::{Acknowledged, DeviceReport},
};

/// Some moment of 2026.
pub const NOW: UnixTime = 1_790_000_000;

/// Not random: a test repeats itself.
pub struct Counting(pub u64);

impl rand_core::TryRng for Counting {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|n| n as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Ok(mixed ^ (mixed >> 27))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Counting {}

pub fn signer(n: u8) -> SignSecret {
    SignSecret::from_seed(&[n; 32])
}

pub fn opener(n: u8) -> SealSecret {
    SealSecret::from_bytes(&[n; 32])
}

// ------------------------------------------------------------------------------------------------ people

pub fn circumstances() -> Circumstances<'static> {
    Circumstances {
        today: CivilDate {
            year: 2026,
            month: 9,
            day: 21,
        },
        realm: Realm::Development,
        signing: SigningRule::CAREFUL,
        operator: 3,
        correcting: false,
        master: Master::built_in(),
    }
}

fn typed(text: impl Into<String>, source: Source) -> Option<DraftField> {
    Some(DraftField {
        value: Sensitive::new(text.into()),
        source,
    })
}

fn number(year: u16, male: bool, serial: u16) -> String {
    let century = (year / 100 - 19) * 2 + u16::from(!male);
    format!("048{century}{:02}999{serial:03}", year % 100)
}

fn signature(signer: Signer, manner: Manner, strokes: Option<Vec<u8>>) -> DraftSignature {
    let witness = (manner == Manner::Witness).then_some(9);
    DraftSignature {
        signer,
        manner,
        strokes: strokes.map(Sensitive::new),
        witness,
    }
}

/// A registration as most of them are; `strokes` is the number of bytes of the drawn signature, none means a cross.
pub fn realistic(strokes: Option<usize>) -> Registration {
    let mut rng = Counting(7);
    let line = |len| {
        let mut line = vec![0; len];
        rand_core::Rng::fill_bytes(&mut rng, &mut line);
        line
    };
    let strokes = strokes.map(line);
    let manner = if strokes.is_some() { Manner::Drawn } else { Manner::Mark };
    Draft {
        name: typed("Trần Thị Mỹ Hạnh", Source::Scanned),
        birth: typed("1988-02-09", Source::Scanned),
        sex: typed("female", Source::Scanned),
        number: typed("048188999301", Source::Scanned),
        card_address: typed(
            "K45/12 Ông Ích Khiêm, Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng",
            Source::Scanned,
        ),
        issued: Some(Sensitive::new("2022-05-10".to_owned())),
        residence: DraftResidence {
            commune: Some("20242".to_owned()),
            group: Some(Sensitive::new("Tổ 18".to_owned())),
            house: Some(Sensitive::new("K45/12 Ông Ích Khiêm".to_owned())),
            lodging: false,
        },
        phone: Some(DraftPhone {
            number: Sensitive::new("0905000301".to_owned()),
            owner: PhoneOwner::Myself,
        }),
        household: Some(HouseholdId([8; 16])),
        consent: DraftConsent {
            notice: Some(1),
            account: Some(true),
            contact: Some(true),
            help: Some(true),
            read_aloud: true,
            signatures: vec![signature(Signer::Myself, manner, strokes)],
        },
        indicators: vec!["smartphone_help".to_owned(), "vneid_level_2".to_owned()],
        ..Draft::default()
    }
    .finish(&circumstances())
    .unwrap()
}

const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Đặng", "Phạm", "Bh'nướch", "Ating", "Hoàng"];
const MIDDLE: [&str; 6] = ["Thị", "Văn", "Ngọc Ánh", "Đình", "Mỹ", "Quốc-Bảo"];
const GIVEN: [&str; 8] = ["Hạnh", "Sáu", "Ngơn", "Thu", "Ưng", "Đức", "Ỷ", "Bríu"];
const LINES: [&str; 5] = [
    "",
    "K45/12 Ông Ích Khiêm",
    "12 Trần Phú",
    "Hẻm 3, nhà thứ hai bên trái",
    "Thôn Nal, xã Hùng Sơn",
];

prop_compose! {
    /// Any registration that the form lets through: all ages, with and without number, phone and representative.
    pub fn registrations()(
        name in (select(&FAMILY[..]), select(&MIDDLE[..]), select(&GIVEN[..])),
        birth in (1930u16..=2025, 1u8..=12, 1u8..=28, 0u8..3),
        male in any::<bool>(),
        serials in (0u16..1000, 0u16..1000),
        numbered in proptest::option::of(select(vec![Source::Scanned, Source::Typed, Source::ByHeart, Source::Vneid])),
        address in proptest::option::of(select(&LINES[..])),
        issued in proptest::option::of(2021u16..=2026),
        residence in (0usize..94, 1u8..99, select(&LINES[..]), any::<bool>()),
        phone in proptest::option::of((0u32..1000, any::<bool>())),
        household in proptest::option::of(any::<[u8; 16]>()),
        consent in (any::<bool>(), any::<bool>(), any::<bool>()),
        signed in (select(vec![Manner::Drawn, Manner::Mark, Manner::Witness]), vec(any::<u8>(), 1..=200)),
    ) -> Registration {
        let (year, month, day, precision) = birth;
        let manner = signed.0;
        let strokes = (manner == Manner::Drawn).then_some(signed.1);
        let own = number(year, male, serials.0);
        let commune = place::communes().nth(residence.0 % place::communes().count()).unwrap().code;
        Draft {
            name: typed(format!("{} {} {}", name.0, name.1, name.2), Source::Typed),
            birth: typed(match precision {
                0 => format!("{year}"),
                1 => format!("{year}-{month:02}"),
                _ => format!("{year}-{month:02}-{day:02}"),
            }, Source::Edited),
            sex: typed(if male { "male" } else { "female" }, Source::BirthCertificate),
            number: numbered.and_then(|source| typed(own.clone(), source)),
            number_again: Some(Sensitive::new(own)),
            no_number: numbered.is_none(),
            card_address: address.and_then(|line| typed(line, Source::Scanned)),
            issued: issued.map(|year| Sensitive::new(format!("{year}-01-31"))),
            residence: DraftResidence {
                commune: Some(commune.to_string()),
                group: Some(Sensitive::new(format!("Tổ {}", residence.1))),
                house: Some(Sensitive::new(residence.2.to_owned())),
                lodging: residence.3,
            },
            phone: phone.map(|(n, own)| DraftPhone {
                number: Sensitive::new(format!("0905000{n:03}")),
                owner: if own { PhoneOwner::Myself } else { PhoneOwner::Family },
            }),
            household: household.map(HouseholdId),
            representative: Some(DraftRepresentative {
                name: Sensitive::new("Trần Thị Mỹ Hạnh".to_owned()),
                relation: Relation::Mother,
                number: Sensitive::new(number(1900, false, serials.1)),
            }),
            consent: DraftConsent {
                notice: Some(1),
                account: Some(true),
                contact: Some(consent.0),
                help: Some(consent.1),
                read_aloud: consent.2,
                signatures: vec![
                    signature(Signer::Myself, manner, strokes.clone()),
                    signature(Signer::Representative, manner, strokes),
                ],
            },
            indicators: vec!["smartphone_help".to_owned()],
        }
        .finish(&circumstances())
        .expect("the generator keeps the rules")
    }
}

// --------------------------------------------------------------------------------------------- envelopes

pub fn header(seq: u64, opener: &SealKey) -> Header {
    Header {
        version: VERSION,
        eid: Eid([seq as u8; 16]),
        rid: Rid([seq as u8; 16]),
        base: None,
        device: 1207,
        epoch: 1,
        seq,
        prev: (seq > 1).then_some(Link([0xab; 16])),
        operator: 4031,
        realm: Realm::Development,
        opener: opener.id(),
        kind: Kind::Registration,
        captured: Capture {
            wall: NOW,
            monotonic: 86_400,
            boot: 0x1234_5678,
            server_floor: Some(NOW - 3600),
        },
        commune: "20242".parse().unwrap(),
        notice: 1,
        code: Code::from_parts(DEVELOPMENT_GROUP, [1, 2, 3, 4, 5]).unwrap(),
        ext: Default::default(),
    }
}

/// The envelope of a registration, signed by `signer(1)`, sealed to `opener(1)`.
pub fn envelope(seq: u64, body: &Body) -> Envelope {
    let to = opener(1).public().unwrap();
    Envelope::make(header(seq, &to), body, &to, &signer(1), &mut Counting(seq)).unwrap()
}

prop_compose! {
    pub fn headers()(
        ids in any::<([u8; 16], [u8; 16], Option<[u8; 16]>, Option<[u8; 16]>)>(),
        numbers in any::<(u32, u32, u64, u32, u16)>(),
        opener in any::<[u8; 8]>(),
        realm in select(vec![Realm::Live, Realm::Practice, Realm::Development]),
        kind in select(vec![Kind::Registration, Kind::Correction, Kind::Withdrawal]),
        clock in any::<(i64, u64, u32, Option<i64>)>(),
        commune in 0u32..100_000,
        code in 0u64..1 << 50,
    ) -> Header {
        Header {
            version: VERSION,
            eid: Eid(ids.0),
            rid: Rid(ids.1),
            base: ids.2.map(Link),
            device: numbers.0,
            epoch: numbers.1,
            seq: numbers.2,
            prev: ids.3.map(Link),
            operator: numbers.3,
            realm,
            opener: protocol::keys::KeyId(opener),
            kind,
            captured: Capture { wall: clock.0, monotonic: clock.1, boot: clock.2, server_floor: clock.3 },
            commune: place::CommuneCode(commune),
            notice: numbers.4,
            code: Code::from_bits(code).unwrap(),
            ext: Default::default(),
        }
    }
}

pub fn bodies() -> impl Strategy<Value = Body> {
    prop_oneof![1 => Just(Body::Withdrawal), 4 => registrations().prop_map(|r| Body::Registration(Box::new(r)))]
}

// ---------------------------------------------------------------------------------------------- messages

/// Mostly nothing, sometimes what a newer program might say.
pub fn extensions() -> impl Strategy<Value = Extensions> {
    let values = vec![
        vec![0x00],
        vec![0x62, 0xc3, 0xa1],
        vec![0x82, 0x01, 0xf6],
        vec![0xa1, 0x01, 0xf5],
    ];
    prop_oneof![
        3 => Just(Extensions::NONE),
        1 => proptest::collection::btree_map(any::<u64>(), select(values), 0..4)
            .prop_map(|entries| Extensions::new(entries).unwrap()),
    ]
}

fn blobs() -> impl Strategy<Value = Blob> {
    vec(any::<u8>(), 0..300).prop_map(Blob)
}

fn texts() -> impl Strategy<Value = String> {
    select(vec!["", "Tổ công nghệ số 5", "0.1.0", "keyring"]).prop_map(str::to_owned)
}

fn operators() -> impl Strategy<Value = Vec<Operator>> {
    vec(
        (any::<u32>(), texts()).prop_map(|(id, name)| Operator {
            id,
            name,
            ext: Default::default(),
        }),
        0..30,
    )
}

pub fn decisions() -> impl Strategy<Value = Decision> {
    let fields = select(vec![FieldName::Name, FieldName::Number, FieldName::Record]);
    let codes = select(vec![
        RefusalCode::NameMismatch,
        RefusalCode::NumberUnknown,
        RefusalCode::PersonDeceased,
    ]);
    prop_oneof![
        Just(Decision::Accepted),
        Just(Decision::PossibleDuplicate),
        (fields, codes).prop_map(|(field, code)| Decision::Refused(Reason { field, code })),
    ]
}

pub fn verdicts() -> impl Strategy<Value = Verdict> {
    let sent = proptest::option::of(registrations().prop_map(|r| Box::new(r.without_strokes())));
    (decisions(), any::<i64>(), proptest::option::of(texts()), sent).prop_map(
        |(decision, decided_at, account, sent)| Verdict {
            decision: decision.into(),
            decided_at,
            account,
            sent,
            ext: Default::default(),
        },
    )
}

fn changes() -> impl Strategy<Value = Change> {
    let reasons = select(vec![QuarantineReason::Unreadable, QuarantineReason::StaleBase]);
    prop_oneof![
        (any::<[u8; 16]>(), any::<[u8; 16]>(), blobs()).prop_map(|(rid, eid, sealed)| Change::Verdict(SealedVerdict {
            rid: Rid(rid),
            eid: Eid(eid),
            sealed,
            ext: Default::default(),
        })),
        (
            texts(),
            vec(any::<u32>().prop_map(place::CommuneCode), 0..5),
            operators()
        )
            .prop_map(|(name, communes, operators)| Change::Team(Team {
                name,
                communes,
                operators,
                ext: Default::default(),
            })),
        blobs().prop_map(Change::Trust),
        pools().prop_map(Change::Blanks),
        Just(Change::Revoked),
        (any::<[u8; 16]>(), any::<[u8; 16]>(), reasons).prop_map(|(rid, eid, reason)| Change::Stopped(Stopped {
            rid: Rid(rid),
            eid: Eid(eid),
            reason,
            ext: Default::default(),
        })),
    ]
}

fn blank_numbers() -> impl Strategy<Value = BlankNumber> {
    (0u32..100_000_000).prop_map(|serial| BlankNumber::from_serial(serial).unwrap())
}

pub fn pools() -> impl Strategy<Value = BlankPool> {
    let ranges = || {
        vec(
            (blank_numbers(), blank_numbers()).prop_map(|(first, last)| BlankRange { first, last }),
            0..6,
        )
    };
    (any::<u32>(), ranges(), ranges(), ranges()).prop_map(|(team, made, used, void)| BlankPool {
        team,
        made,
        used,
        void,
        ext: Default::default(),
    })
}

pub fn blank_reports() -> impl Strategy<Value = BlankReport> {
    let code = proptest::option::of((0u64..1 << 50).prop_map(|bits| Code::from_bits(bits).unwrap()));
    let line = (blank_numbers(), code, any::<(bool, i64, u32)>()).prop_map(|(number, code, n)| BlankLine {
        number,
        code,
        spoiled: n.0,
        at: n.1,
        operator: n.2,
        ext: Default::default(),
    });
    (any::<u32>(), vec(line, 0..20)).prop_map(|(device, blanks)| BlankReport {
        device,
        blanks,
        ext: Default::default(),
    })
}

pub fn blank_answers() -> impl Strategy<Value = BlankAnswer> {
    let outcome =
        select(vec![None, Some(BlankRefusal::Bound), Some(BlankRefusal::Unknown)]).prop_map(BlankOutcome::from);
    (any::<([u8; 32], i64)>(), vec(outcome, 0..20)).prop_map(|(n, blanks)| BlankAnswer {
        request: Digest(n.0),
        time: n.1,
        blanks,
        ext: Default::default(),
    })
}

pub fn blanks() -> impl Strategy<Value = Blank> {
    (blank_numbers(), any::<u32>()).prop_map(|(number, team)| Blank { number, team })
}

/// All with their origins, or none: that is how a list comes.
pub fn device_keys() -> impl Strategy<Value = Vec<DeviceKey>> {
    let key =
        any::<(u32, [u8; 32], Option<i64>, u32, u16)>().prop_map(|(device, key, revoked_at, day, group)| DeviceKey {
            device,
            key: VerifyKey(key),
            revoked_at,
            origin: Some(protocol::changes::Origin {
                enrolled: domain::date::Day::from_number(day),
                group,
            }),
        });
    (vec(key, 0..20), any::<bool>()).prop_map(|(mut keys, origins)| {
        if !origins {
            keys.iter_mut().for_each(|key| key.origin = None);
        }
        keys
    })
}

pub fn key_news() -> impl Strategy<Value = KeyNews> {
    (any::<(u64, u64, bool)>(), device_keys()).prop_map(|(n, list)| KeyNews::new(n.0, n.1, n.2, &list))
}

pub fn pages() -> impl Strategy<Value = ChangesPage> {
    (
        any::<(u32, u64, u64, bool, i64, Option<u32>)>(),
        vec(changes(), 0..12),
        proptest::option::of(key_news()),
        proptest::option::of(master_news()),
    )
        .prop_map(|(n, changes, keys, master)| ChangesPage {
            device: n.0,
            since: n.1,
            next: n.2,
            more: n.3,
            time: n.4,
            changes: changes.into_iter().map(Open::from).collect(),
            wait: n.5,
            keys,
            master,
            ext: Default::default(),
        })
}

pub fn master_news() -> impl Strategy<Value = MasterNews> {
    (any::<(u64, u64, bool)>(), vec(blobs(), 0..4)).prop_map(|(n, items)| MasterNews {
        after: n.0,
        serial: n.1,
        more: n.2,
        items,
    })
}

pub fn master_items() -> impl Strategy<Value = MasterItem> {
    let notice = (any::<u16>(), ".{0,40}", ".{0,40}").prop_map(|(version, vietnamese, english)| {
        Statement::Notice(Notice {
            version,
            vietnamese,
            english,
        })
    });
    let commune = (0u32..100_000, ".{0,20}").prop_map(|(code, name)| CommuneName {
        code: CommuneCode(code),
        name,
    });
    let settings = any::<(u16, u16)>().prop_map(|(idle_lock_minutes, draft_hours)| {
        Statement::Settings(Settings {
            idle_lock_minutes,
            draft_hours,
            ..Settings::DEFAULT
        })
    });
    let item = prop_oneof![notice, vec(commune, 0..5).prop_map(Statement::Communes), settings];
    (
        any::<(u64, i64, u32, Option<u32>)>(),
        select(vec![Realm::Live, Realm::Practice, Realm::Development]),
        item,
    )
        .prop_map(|(n, realm, item)| MasterItem {
            realm,
            serial: n.0,
            issued_at: n.1,
            from: Day::from_number(n.2),
            until: n.3.map(Day::from_number),
            item: item.into(),
            ext: Default::default(),
        })
}

pub fn batches() -> impl Strategy<Value = BatchRequest> {
    vec(blobs(), 0..50).prop_map(|envelopes| BatchRequest {
        envelopes,
        ext: Default::default(),
    })
}

pub fn receipts() -> impl Strategy<Value = BatchAnswer> {
    let outcomes = vec![
        Outcome::Received,
        Outcome::Replayed,
        Outcome::Held,
        Outcome::DigestConflict,
        Outcome::Unreadable,
        Outcome::WrongRealm,
        Outcome::StaleBase,
        Outcome::Retry,
    ];
    let item = (any::<(Option<[u8; 16]>, [u8; 32], u64, i64)>(), select(outcomes)).prop_map(|(n, outcome)| Item {
        eid: n.0.map(Eid),
        digest: Digest(n.1),
        outcome,
        number: n.2,
        received_at: n.3,
    });
    (any::<([u8; 32], i64, Option<u32>)>(), vec(item, 0..50)).prop_map(|(n, items)| BatchAnswer {
        request: Digest(n.0),
        time: n.1,
        items,
        wait: n.2,
        ext: Default::default(),
    })
}

pub fn trusts() -> impl Strategy<Value = Trust> {
    let keys = || vec(any::<[u8; 32]>(), 0..4);
    (
        any::<([u8; 32], u64, i64)>(),
        vec(blobs(), 0..3),
        keys(),
        keys(),
        proptest::option::of(keys()),
    )
        .prop_map(|(n, authorities, platform, openers, blanks)| Trust {
            root: VerifyKey(n.0),
            serial: n.1,
            realm: Realm::Live,
            authorities,
            platform: platform.into_iter().map(VerifyKey).collect(),
            openers: openers.into_iter().map(SealKey).collect(),
            issued_at: n.2,
            blanks: blanks.map(|keys| keys.into_iter().map(VerifyKey).collect()),
            ext: Default::default(),
        })
}

pub fn device_requests() -> impl Strategy<Value = DeviceRequest> {
    (any::<([u8; 10], [u8; 32], [u8; 32], [u8; 32])>(), texts()).prop_map(|(n, program)| DeviceRequest {
        code: Blob(n.0.to_vec()),
        signing: VerifyKey(n.1),
        sealing: SealKey(n.2),
        transport: VerifyKey(n.3),
        program,
        ext: Default::default(),
    })
}

pub fn device_answers() -> impl Strategy<Value = DeviceAnswer> {
    let communes = vec(any::<u32>().prop_map(place::CommuneCode), 0..5);
    (any::<([u8; 32], u32, u16, bool, i64)>(), texts(), communes, operators()).prop_map(
        |(n, team, communes, operators)| DeviceAnswer {
            signing: VerifyKey(n.0),
            device: n.1,
            group: n.2,
            realm: Realm::Practice,
            role: if n.3 { Role::Volunteer } else { Role::Coordinator },
            team,
            communes,
            operators,
            time: n.4,
            ext: Default::default(),
        },
    )
}

pub fn token_requests() -> impl Strategy<Value = TokenRequest> {
    (any::<u32>(), blobs()).prop_map(|(device, nonce)| TokenRequest {
        device,
        nonce,
        ext: Default::default(),
    })
}

pub fn token_answers() -> impl Strategy<Value = TokenAnswer> {
    (blobs(), texts(), any::<(u32, i64)>()).prop_map(|(nonce, token, (lifetime, time))| TokenAnswer {
        nonce,
        token,
        lifetime,
        time,
        ext: Default::default(),
    })
}

pub fn reports() -> impl Strategy<Value = DeviceReport> {
    (
        any::<(u32, i64, u64, Option<i64>, u64)>(),
        vec(any::<u64>(), 9),
        texts(),
        texts(),
    )
        .prop_map(|(n, by_state, program, secret)| DeviceReport {
            device: n.0,
            time: n.1,
            begun: n.2,
            by_state,
            oldest_unsent: n.3,
            unsent: n.4,
            program,
            secret,
            ext: Default::default(),
        })
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let range = (1u64..1 << 40, 0u64..1000).prop_map(|(first, more)| Range {
        first,
        last: first + more,
    });
    vec((any::<u32>(), vec(range, 0..4)), 0..3).prop_map(|spans| {
        let span = |(epoch, ranges)| Span { epoch, ranges };
        spans.into_iter().map(span).collect()
    })
}

pub fn have_requests() -> impl Strategy<Value = HaveRequest> {
    (any::<u32>(), any::<Option<[u8; 16]>>(), any::<u64>(), spans()).prop_map(|(device, life, since, sent)| {
        HaveRequest {
            device,
            life: life.map(Instance),
            since,
            sent,
            ext: Default::default(),
        }
    })
}

pub fn have_answers() -> impl Strategy<Value = HaveAnswer> {
    let head = any::<([u8; 32], i64, [u8; 16], bool)>();
    (head, spans(), spans(), spans(), spans()).prop_map(|(head, missing, accepted, doubtful, refused)| HaveAnswer {
        request: Digest(head.0),
        time: head.1,
        life: Instance(head.2),
        forgot: head.3,
        missing,
        accepted,
        doubtful,
        refused,
        ext: Default::default(),
    })
}

pub fn acknowledgements() -> impl Strategy<Value = Acknowledged> {
    any::<i64>().prop_map(|time| Acknowledged {
        time,
        ext: Default::default(),
    })
}

pub fn citizens() -> impl Strategy<Value = Citizen> {
    (0u64..1 << 50, any::<(u32, u32)>()).prop_map(|(bits, (device, day))| {
        let code = Code::from_bits(bits).unwrap();
        Citizen {
            code,
            realm: domain::code::realm_of(code),
            device,
            day: domain::date::Day::from_number(day),
        }
    })
}
