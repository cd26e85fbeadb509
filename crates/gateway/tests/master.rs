//! Master data at the gateway: who signs it, who gets it, and what becomes of records made under a notice that is not
//! known here yet, or not the one of today.

#![allow(clippy::unwrap_used, reason = "helpers of a test unwrap what the test asserts")]

mod support;

use domain::{
    date::{CivilDate, Day},
    ids::Realm,
    master::{CommuneName, Master, Settings, Statement, Validity},
    notice::Notice,
    place::CommuneCode,
    registration::{Circumstances, Registration},
    signers::SigningRule,
    state::{Decision, RefusalCode},
};
use gateway::{Imported, WaitingForNotice, read_sheet};
use protocol::{
    changes::ChangesPage,
    envelope::{Body, Envelope, Header},
    keys::SignSecret,
    master::{MasterItem, MasterNews, PAGE_BYTES},
    receipt::Outcome,
    signed::Signed,
};
use serde_json::{Value, json};
use std::path::Path;
use support::{NOW, Rig, Tablet, adult, number};

fn day(text: &str) -> Day {
    text.parse::<CivilDate>().unwrap().into()
}

fn from(text: &str) -> Validity {
    Validity::from(day(text))
}

fn notice(version: u16, text: &str) -> Notice {
    Notice {
        version,
        vietnamese: format!("{text}\n1. Một.\n2. Hai.\n3. Ba.\n"),
        english: "A translation.".to_owned(),
    }
}

fn settings(idle_lock_minutes: u16) -> Statement {
    Statement::Settings(Settings {
        idle_lock_minutes,
        ..Settings::DEFAULT
    })
}

/// A registration under a notice that the tablet knows.
fn under(notice: &Notice, serial: u16) -> Registration {
    let mut master = Master::built_in().clone();
    master
        .add(from("01/01/2026"), Statement::Notice(notice.clone()))
        .unwrap();
    let around = Circumstances {
        today: CivilDate::in_vietnam(NOW),
        realm: Realm::Development,
        signing: SigningRule::CAREFUL,
        operator: 1,
        correcting: false,
        master: &master,
    };
    let mut draft = adult(&number(serial));
    draft.consent.notice = Some(notice.version);
    draft.finish(&around).unwrap()
}

fn envelope(tablet: &mut Tablet, notice: &Notice, serial: u16) -> Envelope {
    let header = Header {
        notice: notice.version,
        ..tablet.header()
    };
    tablet.freeze(header, &Body::Registration(Box::new(under(notice, serial))))
}

fn outcomes(rig: &Rig, tablet: &Tablet, envelopes: &[&Envelope]) -> Vec<Outcome> {
    rig.send(tablet, envelopes).iter().map(|item| item.outcome).collect()
}

fn decisions(rig: &Rig, tablet: &Tablet) -> Vec<Decision> {
    let verdicts = rig.verdicts(tablet).into_iter();
    verdicts
        .map(|(_, verdict)| verdict.decision.into_known().unwrap())
        .collect()
}

#[test]
fn a_record_under_a_notice_not_known_here_is_held_and_decided_once_it_is_imported() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let two = notice(2, "Hai");
    let (held, plain) = (envelope(&mut tablet, &two, 1), tablet.register(under(&notice_one(), 2)));
    assert_eq!(
        outcomes(&rig, &tablet, &[&held, &plain]),
        [Outcome::Held, Outcome::Received]
    );
    assert_eq!(
        outcomes(&rig, &tablet, &[&held]),
        [Outcome::Held],
        "the same answer again"
    );
    assert_eq!(rig.drain(), 1, "only the one that can be judged");
    assert_eq!(
        rig.standings(),
        [("held", 1), ("accepted", 1)],
        "and nobody is refused for it"
    );
    let waiting = WaitingForNotice {
        notice: 2,
        device: tablet.id(),
        revisions: 1,
    };
    assert_eq!(
        rig.gateway.master_list().unwrap(),
        (vec![], vec![waiting]),
        "whoever sits here sees why"
    );

    let imported = rig
        .gateway
        .import_master(from("01/01/2027"), Statement::Notice(two))
        .unwrap();
    let expected = Imported {
        serial: 1,
        kind: "notice",
        freed: 1,
    };
    assert_eq!(imported, expected);
    assert_eq!(rig.drain(), 1);
    assert_eq!(rig.standings(), [("accepted", 2)]);
    assert_eq!(outcomes(&rig, &tablet, &[&held]), [Outcome::Replayed]);
    assert_eq!(rig.gateway.master_list().unwrap().1, []);
    assert_eq!(rig.gateway.audit().unwrap(), (2, Vec::new()));
}

fn notice_one() -> Notice {
    Master::built_in().notice(1).unwrap().clone()
}

#[test]
fn records_under_the_notice_before_stand_whenever_they_were_made() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let two = Statement::Notice(notice(2, "Hai"));
    rig.gateway.import_master(from("01/10/2026"), two).unwrap();
    // Captured on 2026-09-21, sent after the second began; captured after it by a tablet that had not heard of it.
    let before = tablet.register(under(&notice_one(), 3));
    rig.env.advance(30 * 86_400);
    let mut header = tablet.header();
    header.captured.wall = NOW + 25 * 86_400;
    let after = tablet.freeze(header, &Body::Registration(Box::new(under(&notice_one(), 4))));
    let today = envelope(&mut tablet, &notice(2, "Hai"), 5);
    assert_eq!(
        outcomes(&rig, &tablet, &[&before, &after, &today]),
        [Outcome::Received; 3]
    );
    rig.drain();
    assert_eq!(decisions(&rig, &tablet), [Decision::Accepted; 3]);
}

#[test]
fn another_text_under_a_known_number_is_refused_and_a_no_waits_for_nothing() {
    let mut rig = Rig::new();
    let mut tablet = rig.tablet();
    let (other, gone) = (
        envelope(&mut tablet, &notice(2, "Khác"), 6),
        envelope(&mut tablet, &notice(2, "Hai"), 7),
    );
    let header = Header {
        notice: 2,
        kind: protocol::envelope::Kind::Withdrawal,
        rid: gone.header.rid,
        base: Some(gone.digest().link()),
        code: gone.header.code,
        ..tablet.header()
    };
    let no = tablet.freeze(header, &Body::Withdrawal);
    let sent = outcomes(&rig, &tablet, &[&other, &gone, &no]);
    assert_eq!(sent, [Outcome::Held, Outcome::Held, Outcome::Received]);
    rig.drain();
    assert_eq!(rig.standings(), [("held", 1), ("withdrawn", 1)]);
    let imported = rig
        .gateway
        .import_master(from("01/01/2027"), Statement::Notice(notice(2, "Hai")));
    imported.unwrap();
    rig.drain();
    assert_eq!(
        rig.standings(),
        [("refused", 1), ("withdrawn", 1)],
        "what was withdrawn is never processed"
    );
    let [Decision::Refused(reason)] = decisions(&rig, &tablet)[..] else {
        panic!("one verdict")
    };
    assert_eq!(reason.code, RefusalCode::NoticeUnknown);
}

#[test]
fn the_root_signs_and_only_who_asks_is_told() {
    let mut rig = Rig::new();
    let tablet = rig.tablet();
    let page = |master| -> ChangesPage {
        let page = rig
            .gateway
            .changes(
                tablet.id(),
                0,
                Some(gateway::AskedKeys {
                    after: 0,
                    origins: true,
                }),
                master,
            )
            .unwrap();
        Signed::verify(&page, &tablet.trust.platform).unwrap()
    };
    assert_eq!(page(Some(0)).master, Some(MasterNews::pack(0, [])));
    for minutes in 1..=3 {
        let imported = rig
            .gateway
            .import_master(from("01/01/2027"), settings(minutes))
            .unwrap();
        assert_eq!(imported.serial, u64::from(minutes));
    }
    assert_eq!(page(None).master, None, "a released program could not read the page");
    let news = page(Some(1)).master.unwrap();
    assert_eq!((news.after, news.serial, news.more, news.items.len()), (1, 3, false, 2));
    for (signed, serial) in news.items.iter().zip(2..) {
        let item = MasterItem::verify(&signed.0, tablet.trust.root, Realm::Development).unwrap();
        assert_eq!((item.serial, item.from), (serial, day("01/01/2027")));
        // Neither a platform key nor another world's statement will do.
        assert!(MasterItem::verify(&signed.0, tablet.trust.platform[0], Realm::Development).is_err());
        assert!(MasterItem::verify(&signed.0, tablet.trust.root, Realm::Live).is_err());
        assert!(
            MasterItem::verify(
                &item.sign(&SignSecret::from_seed(&[9; 32])),
                tablet.trust.root,
                item.realm
            )
            .is_err()
        );
    }
    let parts = (1..=5).map(|serial| (serial, vec![0; PAGE_BYTES / 2]));
    let first = MasterNews::pack(0, parts.clone());
    assert_eq!((first.serial, first.items.len(), first.more), (2, 2, true));
    let last = MasterNews::pack(4, parts.skip(4));
    assert_eq!((last.serial, last.more), (5, false));
    let large = MasterNews::pack(0, [(1, vec![0; PAGE_BYTES + 1])]);
    assert_eq!(
        (large.serial, large.more),
        (1, false),
        "one that is longer travels alone"
    );
}

#[test]
fn what_is_no_statement_is_neither_signed_nor_kept() {
    let rig = Rig::new();
    let import = |valid, says| rig.gateway.import_master(valid, says).map_err(|error| error.code());
    let turned = Validity {
        from: day("02/01/2027"),
        until: Some(day("01/01/2027")),
    };
    assert_eq!(import(turned, settings(3)), Err("usage"));
    for says in [
        settings(0),
        Statement::Notice(notice(1, "Khác")),
        Statement::Notice(notice(3, "Ba")),
        Statement::Communes(vec![]),
    ] {
        assert_eq!(import(from("01/01/2027"), says), Err("usage"));
    }
    assert_eq!(rig.gateway.master_list().unwrap(), (vec![], vec![]));
    assert_eq!(rig.gateway.master().unwrap(), *Master::built_in());
}

/// A new commune takes teams from its first day on; one that went takes no new ones, and its board stays.
#[test]
fn a_commune_begins_and_ends_on_its_day() {
    let rig = Rig::new();
    let invite = |code: CommuneCode| {
        let invite = gateway::Invite {
            ward: None,
            grants: Vec::new(),
            widen: false,
            team: "Tổ 9".to_owned(),
            communes: vec![code],
            role: protocol::enrolment::Role::Volunteer,
            operators: vec!["Chị Ba".to_owned()],
            minutes: 15,
        };
        rig.gateway.invite(&invite).map(drop).map_err(|error| error.code())
    };
    let (new, old) = (CommuneCode(20_001), support::HAI_CHAU);
    let mut list = Master::built_in().communes_on(day("01/10/2026")).to_vec();
    list.retain(|commune| commune.code != old);
    list.push(CommuneName {
        code: new,
        name: "Phường Mới".to_owned(),
    });
    list.sort_by_key(|commune| commune.code);
    rig.gateway
        .import_master(from("01/10/2026"), Statement::Communes(list))
        .unwrap();
    assert_eq!((invite(old), invite(new)), (Ok(()), Err("usage")));
    rig.env.advance(10 * 86_400);
    assert_eq!((invite(old), invite(new)), (Err("usage"), Ok(())));
    assert!(rig.gateway.board_of(old).is_ok() && rig.gateway.board_of(new).is_ok());
}

fn sheet(folder: &Path, says: &Value) -> Result<(Validity, Statement), &'static str> {
    let file = folder.join("sheet.json");
    std::fs::write(&file, says.to_string()).unwrap();
    read_sheet(&file).map_err(|error| error.code())
}

#[test]
fn a_file_says_one_thing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("2.vi.md"), notice(2, "Hai").vietnamese).unwrap();
    std::fs::write(folder.join("2.en.md"), "A translation.").unwrap();
    std::fs::write(
        folder.join("list.csv"),
        "full_name,code,area\nPhường B,20200,1\nPhường A,20100,2\n",
    )
    .unwrap();
    std::fs::write(folder.join("bad.csv"), "code\n20200\n").unwrap();
    let texts = json!({ "number": 2, "vietnamese": "2.vi.md", "english": "2.en.md" });
    let values = json!({ "idle_lock_minutes": 5, "draft_hours": 12 });
    let read = sheet(folder, &json!({ "from": "2027-01-01", "notice": texts })).unwrap();
    assert_eq!(read, (from("01/01/2027"), Statement::Notice(notice(2, "Hai"))));
    let (valid, _) = sheet(
        folder,
        &json!({ "from": "2027-01-01", "until": "2027-02-28", "settings": values }),
    )
    .unwrap();
    assert_eq!(valid.until, Some(day("28/02/2027")));
    let (_, Statement::Communes(list)) =
        sheet(folder, &json!({ "from": "2027-01-01", "communes": "list.csv" })).unwrap()
    else {
        panic!("communes")
    };
    assert_eq!(
        list.iter().map(|commune| commune.code.0).collect::<Vec<_>>(),
        [20100, 20200]
    );
    for (bad, code) in [
        (json!({ "from": "2027-01", "settings": values }), "usage"),
        (json!({ "from": "01/01/2027", "settings": values }), "usage"),
        (json!({ "from": "2027-01-01" }), "usage"),
        (
            json!({ "from": "2027-01-01", "settings": values, "communes": "list.csv" }),
            "usage",
        ),
        (json!({ "from": "2027-01-01", "settings": values, "more": 1 }), "usage"),
        (
            json!({ "from": "2027-01-01", "settings": { "idle_lock_minutes": 5 } }),
            "usage",
        ),
        (json!({ "from": "2027-01-01", "communes": "bad.csv" }), "usage"),
        (json!({ "from": "2027-01-01", "communes": "none.csv" }), "io"),
    ] {
        assert_eq!(sheet(folder, &bad).map(drop), Err(code), "{bad}");
    }
}
