//! Search as a person types: without marks, with marks, digits, codes, and anything else.

#![allow(clippy::unwrap_used, reason = "what a test unwraps is what it asserts")]

mod common;

use common::{Person, Rig};
use store::{Store, records};

const PEOPLE: [Person<'_>; 6] = [
    Person {
        name: "Nguyễn Thị Hồng",
        number: "048188999001",
        phone: Some("0905123456"),
        house: "12 Lê Lợi",
        card_address: "Tổ 1, Phường Hải Châu",
    },
    Person {
        name: "Nguyên Thi Hong",
        number: "048188999002",
        phone: None,
        house: "14 Lê Lợi",
        card_address: "Tổ 1",
    },
    Person {
        name: "Đồng Văn Hổ",
        number: "048088999003",
        phone: Some("0935777888"),
        house: "K123/45 Đống Đa",
        card_address: "Tổ 3, Phường Thuận Phước",
    },
    Person {
        name: "Trần Đông",
        number: "048088999004",
        phone: None,
        house: "Kiệt 7 Ông Ích Khiêm",
        card_address: "Tổ 4",
    },
    Person {
        name: "Y Blŏk Niê",
        number: "048088999005",
        phone: None,
        house: "",
        card_address: "Tổ 5",
    },
    Person {
        name: "H'Hen Niê",
        number: "048188999006",
        phone: None,
        house: "",
        card_address: "Tổ 5",
    },
];

fn filled() -> (Rig, Store) {
    let mut rig = Rig::empty();
    let store = rig.store();
    for (at, person) in PEOPLE.iter().enumerate() {
        rig.register(&store, &person.registration(), at as i64);
    }
    (rig, store)
}

fn names(store: &Store, text: &str) -> Vec<String> {
    let hits = store.read(|tx| records::find(tx, text, 20)).unwrap();
    hits.into_iter()
        .map(|hit| hit.content.unwrap().name.value.expose().to_owned())
        .collect()
}

#[test]
fn marks_rank_and_never_hide() {
    let (_rig, store) = filled();
    let (hong, hong_bare, ho, dong, blok, hhen) = (
        PEOPLE[0].name,
        PEOPLE[1].name,
        PEOPLE[2].name,
        PEOPLE[3].name,
        PEOPLE[4].name,
        PEOPLE[5].name,
    );
    let table: &[(&str, &[&str])] = &[
        // Newest first where nothing tells them apart.
        ("nguyen thi", &[hong_bare, hong]),
        ("NGUYEN THI", &[hong_bare, hong]),
        ("nguyễn thi", &[hong, hong_bare]),
        ("Nguyễn Thị", &[hong, hong_bare]),
        ("nguyên", &[hong_bare, hong]),
        // Decomposed, as some keyboards type it.
        ("Nguye\u{302}\u{303}n Thi\u{323}", &[hong, hong_bare]),
        ("ngu th h", &[hong_bare, hong]),
        ("hong nguyen", &[hong_bare, hong]),
        // đ is a letter of its own for Unicode and not for who types.
        ("dong ho", &[ho]),
        ("Đồng Hổ", &[ho]),
        ("đông", &[dong, ho]),
        ("đồng", &[ho, dong]),
        ("dong", &[dong, ho]),
        // Letters of the highlands.
        ("y blok", &[blok]),
        ("blŏk", &[blok]),
        ("nie", &[hhen, blok]),
        ("h'hen", &[hhen]),
        // Houses and addresses.
        ("k123/45", &[ho]),
        ("k123", &[ho]),
        ("le loi 14", &[hong_bare]),
        ("phuong thuan phuoc", &[ho]),
        // Numbers: whole, beginning, last six and four; phones as people write them.
        ("048088999003", &[ho]),
        ("048 088 999003", &[ho]),
        ("999003", &[ho]),
        ("9003", &[ho]),
        ("0935777888", &[ho]),
        ("0935 777 888", &[ho]),
        ("+84 935.777.888", &[ho]),
        ("7888", &[ho]),
        ("nguyen 3456", &[hong]),
        // The year of birth tells people of one name apart.
        ("dong 1988", &[dong, ho]),
        ("dong 1989", &[]),
        // Nothing.
        ("nguyen tran", &[]),
        ("zzz", &[]),
        ("", &[]),
        ("   ", &[]),
        ("\"", &[]),
        ("*", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(names(&store, text), *expected, "{text}");
    }
}

#[test]
fn nothing_typed_is_syntax() {
    let (_rig, store) = filled();
    let hong = PEOPLE[0].name;
    for text in [
        "nguyen AND",
        "nguyen OR tran",
        "NOT nguyen",
        "nguyen NEAR tran",
        "NEAR(nguyen thi, 2)",
        "folded : zzz",
        "exact:nguyen zzz",
        "{folded} : zzz",
        "nguyen^zzz",
        "- zzz",
        "\"nguyen zzz",
        "nguyen\") OR (\"zzz",
        "zzz*",
        "search",
        "' OR 1=1 --",
        "zzz; DROP TABLE registration;",
        "\0zzz",
        "%zzz",
        "_zzz",
        "\u{202e}zzz",
        "nguyen + zzz",
    ] {
        assert_eq!(names(&store, text), [] as [&str; 0], "{text:?}");
    }
    for text in [
        "\"nguyễn\" (thị)",
        "^nguyễn* thị*",
        "nguyễn, thị; hồng!",
        "{nguyễn} : thị",
        "-nguyễn +thị",
        "nguyễn\tthị\nhồng",
    ] {
        assert_eq!(names(&store, text).first().map(String::as_str), Some(hong), "{text:?}");
    }
    // As long as anybody can paste it.
    assert!(names(&store, &"nguyen ".repeat(100_000)).len() == 2);
    assert!(names(&store, &"\u{301}".repeat(10_000)).is_empty());
}

#[test]
fn a_code_is_found_however_it_is_typed() {
    let (mut rig, store) = filled();
    let (rid, _) = rig.register(&store, &common::THU.registration(), 50);
    let code = store
        .read(|tx| records::get(tx, &rid))
        .unwrap()
        .unwrap()
        .code
        .unwrap()
        .to_string();
    for text in [
        code.clone(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', " "),
        code[..9].to_owned(),
    ] {
        let hits = store.read(|tx| records::find(tx, &text, 5)).unwrap();
        assert_eq!(hits.first().map(|hit| hit.rid), Some(rid), "{text}");
    }
}

#[test]
fn a_correction_replaces_the_words() {
    let (mut rig, store) = filled();
    let (rid, _) = rig.register(&store, &common::THU.registration(), 50);
    let corrected = Person {
        name: "Lê Thị Sương",
        ..common::THU
    }
    .registration();
    store.write(|tx| rig.revise(tx, &rid, Some(&corrected), 60)).unwrap();
    assert!(names(&store, "thu hong").is_empty());
    assert_eq!(names(&store, "suong"), ["Lê Thị Sương"]);
}

#[test]
fn limits_hold_and_newest_come_first() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let mut rids: Vec<_> = (0..30)
        .map(|now| rig.register(&store, &PEOPLE[0].registration(), now).0)
        .collect();
    rids.reverse();
    let hits = store.read(|tx| records::find(tx, "nguyễn", 10)).unwrap();
    assert_eq!(hits.iter().map(|hit| hit.rid).collect::<Vec<_>>(), rids[..10]);
    assert!(store.read(|tx| records::find(tx, "nguyễn", 0)).unwrap().is_empty());
}

/// Half of the streets are named after somebody: who is called so comes first, however long ago they were enrolled.
#[test]
fn a_name_comes_before_a_street_of_that_name() {
    let mut rig = Rig::empty();
    let store = rig.store();
    let bears = Person {
        name: "Nguyễn Thị Lý",
        house: "3 Lê Lợi",
        ..common::THU
    };
    let lives = Person {
        name: "Đặng Thị Thảo",
        house: "45 Nguyễn Văn Linh",
        ..common::THU
    };
    rig.register(&store, &bears.registration(), 1);
    for now in 2..40 {
        rig.register(&store, &lives.registration(), now);
    }
    for text in ["nguyen thi", "nguyễn thị", "nguy", "Nguyễn"] {
        assert_eq!(names(&store, text)[..2], [bears.name, lives.name], "{text}");
    }
    assert_eq!(names(&store, "nguyen van linh")[0], lives.name);
}

/// Files of the schema in which a name was not told from a street; a row that cannot be read keeps nobody from working.
#[test]
fn an_older_index_gets_its_names() {
    let (mut rig, store) = filled();
    let lives = "Trần Nam";
    let neighbour = Person {
        name: lives,
        house: "9 Đống Đa",
        ..common::THU
    };
    rig.register(&store, &neighbour.registration(), 50);
    store::testing::execute(
        &store,
        "DROP TABLE newer; DROP TABLE master; DROP TABLE forgotten; DROP TABLE stray; DROP TABLE name_search;
         ALTER TABLE draft DROP COLUMN idle; ALTER TABLE draft DROP COLUMN boot; ALTER TABLE draft DROP COLUMN monotonic;
         DROP INDEX envelope_bodies; ALTER TABLE registration DROP COLUMN held;
         ALTER TABLE signer DROP COLUMN enrolled; ALTER TABLE signer DROP COLUMN code_group;
         UPDATE registration SET content = x'00' WHERE id = 1",
    );
    store::testing::set_schema(&store, 2);
    drop(store);
    let store = rig.reopen().unwrap();
    // Newest first would say it the other way round.
    assert_eq!(names(&store, "dong"), [PEOPLE[3].name, PEOPLE[2].name, lives]);
    assert_eq!(names(&store, "0935 777 888"), [PEOPLE[2].name]);
}
