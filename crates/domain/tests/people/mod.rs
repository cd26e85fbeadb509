//! Drafts that finish, for tests to bend.

use domain::{
    Sensitive,
    date::CivilDate,
    ids::Realm,
    master::Master,
    registration::{
        Circumstances, Draft, DraftConsent, DraftField, DraftPhone, DraftRepresentative, DraftResidence,
        DraftSignature, Manner, PhoneOwner, Relation, Signer, Source,
    },
    signers::SigningRule,
};

pub const TODAY: CivilDate = CivilDate {
    year: 2026,
    month: 11,
    day: 23,
};

pub fn around(realm: Realm) -> Circumstances<'static> {
    Circumstances {
        today: TODAY,
        realm,
        signing: SigningRule::CAREFUL,
        operator: 7,
        correcting: false,
        master: Master::built_in(),
    }
}

pub fn text(value: &str) -> Sensitive<String> {
    Sensitive::new(value.to_owned())
}

pub fn field(value: &str, source: Source) -> Option<DraftField> {
    Some(DraftField {
        value: text(value),
        source,
    })
}

pub fn drawn(signer: Signer) -> DraftSignature {
    DraftSignature {
        signer,
        manner: Manner::Drawn,
        strokes: Some(Sensitive::new(vec![1, 2, 3, 4])),
        witness: None,
    }
}

/// A grown-up with a card, a phone and every optional part.
pub fn adult() -> Draft {
    Draft {
        name: field("Trần Thị Mỹ Hạnh", Source::Scanned),
        birth: field("1988-02-09", Source::Scanned),
        sex: field("female", Source::Scanned),
        number: field("048188999301", Source::Scanned),
        number_again: None,
        no_number: false,
        card_address: field("Tổ 18, Thạch Thang, Hải Châu, Đà Nẵng", Source::Scanned),
        issued: Some(text("2022-05-10")),
        residence: DraftResidence {
            commune: Some("20242".to_owned()),
            group: Some(text("Tổ 18")),
            house: Some(text("K45/12 Ông Ích Khiêm")),
            lodging: false,
        },
        phone: Some(DraftPhone {
            number: text("0905999123"),
            owner: PhoneOwner::Myself,
        }),
        household: Some(domain::ids::HouseholdId([3; 16])),
        representative: None,
        consent: DraftConsent {
            notice: Some(1),
            account: Some(true),
            contact: Some(true),
            help: Some(true),
            read_aloud: false,
            signatures: vec![drawn(Signer::Myself)],
        },
        indicators: vec!["vneid".to_owned(), "online_services".to_owned()],
    }
}

/// Somebody born on this date, with a mother and every signature, of which the age decides what counts.
pub fn child(birth: &str) -> Draft {
    Draft {
        name: field("Phan Gia Bảo", Source::BirthCertificate),
        birth: field(birth, Source::BirthCertificate),
        sex: field("male", Source::BirthCertificate),
        number: field("048215999414", Source::BirthCertificate),
        card_address: None,
        issued: None,
        phone: None,
        household: None,
        representative: Some(DraftRepresentative {
            name: text("Lê Thị Ngọc"),
            relation: Relation::Mother,
            number: text("048190999415"),
        }),
        consent: DraftConsent {
            contact: None,
            signatures: vec![drawn(Signer::Representative), drawn(Signer::Myself)],
            ..adult().consent
        },
        indicators: Vec::new(),
        ..adult()
    }
}
